//! What passwords come to, without a registry.

use plugmint::testing::root_key;
use plugmint::{ControlPassword, NewPasswords, PasswordClass, SerialId, TemplateDesign};
use plugmint_core::KeyVersion;
use plugmint_core::derivation::{
    EnrollKey, PlatformKeys, SealNonce, SealedKey, StretchMemory, Stretched, TemplateKey, Verifier,
};
use plugmint_core::lifecycle::{Offered, Registered, Registration, Renewal};
use plugmint_core::{OperatorEnroll, UnixMillis};
use plugmint_tests::{enroll_password, watch};

use crate::operation::{PASSWORDS, Pair};

/// The passwords of a serial, under the design of its template.
pub(crate) struct Passwords<'a> {
    pub(crate) design: &'a TemplateDesign,
    pub(crate) id: &'a SerialId,
}

impl Passwords<'_> {
    /// Why a template does not take them.
    pub(crate) fn refusal(&self, pair: Pair) -> Option<&'static str> {
        let control = pair.control.map(control_password);
        let control = control.as_ref().map(ControlPassword::expose_text);
        let enroll = enroll_password(PASSWORDS[pair.enroll]);
        let checked = self.design.check_passwords(enroll.expose_text(), control);
        checked.err().map(|refusal| refusal.code())
    }

    pub(crate) fn enroll_key(&self, password: usize) -> EnrollKey {
        let stretched = self.stretched(self.design.password_class(), password);
        self.template_key().enroll_key(self.id.serial(), &stretched)
    }

    pub(crate) fn as_enroll(&self, password: usize) -> Verifier {
        self.enroll_key(password).verifier()
    }

    pub(crate) fn as_control(&self, password: usize) -> Verifier {
        let stretched = self.stretched(self.design.control_class().class(), password);
        self.template_key().control_key(self.id.serial(), &stretched).verifier()
    }

    pub(crate) fn offered(&self, pair: Pair) -> Offered {
        let offered = Offered::new(self.as_enroll(pair.enroll), self.as_control(pair.enroll));
        match pair.control {
            None => offered,
            Some(control) => {
                offered.with_control(self.as_control(control), self.as_enroll(control))
            }
        }
    }

    pub(crate) fn renewal(&self, pair: Pair) -> Renewal {
        let control = pair.control.map(|control| self.as_control(control));
        let enroll = self.as_enroll(pair.enroll);
        Renewal::new(KeyVersion::FIRST, enroll, control, self.sealed(pair.enroll))
    }

    pub(crate) fn registered(&self, pair: Pair, at: UnixMillis) -> Registered {
        let control = pair.control.map(|control| self.as_control(control));
        let enroll = self.as_enroll(pair.enroll);
        let registration = Registration::new(KeyVersion::FIRST, enroll, control, at);
        Registered::new(registration, self.sealed(pair.enroll))
    }

    /// The nonce is the registry's to draw: any does here.
    fn sealed(&self, password: usize) -> Option<SealedKey> {
        match self.design.operator_enroll() {
            OperatorEnroll::Refused => None,
            OperatorEnroll::Allowed => {
                let (keys, key) = (keys(), self.enroll_key(password));
                let nonce = SealNonce::from_random([0; SealNonce::LEN]);
                let version = KeyVersion::FIRST;
                Some(SealedKey::seal(version, keys.seal(), nonce, self.id, &key).unwrap())
            }
        }
    }

    fn stretched(&self, class: PasswordClass, password: usize) -> Stretched {
        let password = enroll_password(PASSWORDS[password]);
        class
            .stretching(self.design.argon2(), self.id, password.expose_text())
            .run(&mut StretchMemory::new())
            .unwrap()
    }

    fn template_key(&self) -> TemplateKey {
        keys().template_key(self.id.template())
    }
}

pub(crate) fn keys() -> PlatformKeys {
    PlatformKeys::of_root(&root_key())
}

pub(crate) fn control_password(password: usize) -> ControlPassword {
    watch("control password", PASSWORDS[password].as_bytes());
    ControlPassword::parse(PASSWORDS[password]).unwrap()
}

pub(crate) fn new_passwords(pair: Pair) -> NewPasswords {
    let new = NewPasswords::new(enroll_password(PASSWORDS[pair.enroll]));
    match pair.control {
        None => new,
        Some(control) => new.with_control(control_password(control)),
    }
}
