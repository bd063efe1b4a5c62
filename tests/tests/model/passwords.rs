//! What passwords come to, without a registry.

use plugmint::{ControlPassword, NewPasswords, PasswordClass, SerialId, TemplateDesign};
use plugmint_core::KeyVersion;
use plugmint_core::derivation::{
    ControlKey, EnrollKey, SealNonce, SealedKey, StretchMemory, Stretched, TemplateKey, Verifier,
};
use plugmint_core::lifecycle::{Offered, Registered, Registration, Renewal};
use plugmint_core::{OperatorEnroll, UnixMillis};
use plugmint_tests::{enroll_password, watch};

use crate::operation::{PASSWORDS, Pair};
use crate::root_keys::keys;

/// The passwords of a serial, under the design of its template.
#[derive(Clone, Copy)]
pub(crate) struct Passwords<'a> {
    pub(crate) design: &'a TemplateDesign,
    pub(crate) id: &'a SerialId,
    /// What the serial hangs on.
    pub(crate) version: KeyVersion,
    /// What it would hang on if it were new.
    pub(crate) current: KeyVersion,
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

    pub(crate) fn control_key(&self, password: usize) -> ControlKey {
        let stretched = self.stretched(self.design.control_class().class(), password);
        self.template_key().control_key(self.id.serial(), &stretched)
    }

    pub(crate) fn as_control(&self, password: usize) -> Verifier {
        self.control_key(password).verifier()
    }

    /// The same passwords as those of a new serial.
    const fn anew(self) -> Self {
        Self { version: self.current, ..self }
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
        let anew = self.anew();
        let control = pair.control.map(|control| anew.as_control(control));
        let enroll = anew.as_enroll(pair.enroll);
        Renewal::new(self.current, enroll, control, anew.sealed(pair.enroll))
    }

    pub(crate) fn registered(&self, pair: Pair, at: UnixMillis) -> Registered {
        let anew = self.anew();
        let control = pair.control.map(|control| anew.as_control(control));
        let enroll = anew.as_enroll(pair.enroll);
        let registration = Registration::new(self.current, enroll, control, at);
        Registered::new(registration, anew.sealed(pair.enroll))
    }

    /// The nonce is the registry's to draw: any does here.
    fn sealed(&self, password: usize) -> Option<SealedKey> {
        match self.design.operator_enroll() {
            OperatorEnroll::Refused => None,
            OperatorEnroll::Allowed => {
                let (keys, key) = (keys(self.version), self.enroll_key(password));
                Some(SealedKey::seal(self.version, keys.seal(), nonce(), self.id, &key).unwrap())
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
        keys(self.version).template_key(self.id.template())
    }
}

pub(crate) fn nonce() -> SealNonce {
    SealNonce::from_random([0; SealNonce::LEN])
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
