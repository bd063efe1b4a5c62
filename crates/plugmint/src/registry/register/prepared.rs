//! What a new serial comes to before it is looked up: its passwords checked and stretched.

use futures_util::{StreamExt, stream};
use plugmint_core::derivation::{PasswordText, SealNonce, SealedKey, Stretched, Verifier};
use plugmint_core::lifecycle::{Registered, Registration};
use plugmint_core::{
    ControlPassword, KeyVersion, Labels, OperatorEnroll, PasswordClass, ProductionTemplate,
    SerialId, UnixMillis,
};

use crate::Fault;
use crate::key_ring::KeyRing;
use crate::registry::Registry;

use super::{NewSerial, RegisterError};

/// A serial whose passwords are what its template asks for, and stretched.
pub(super) struct Prepared {
    pub(super) id: SerialId,
    enroll: Stretched,
    control: Option<Stretched>,
    labels: Labels,
}

impl Registry {
    /// Stretches the passwords, as many at once as the pool has threads.
    pub(super) async fn prepare_all(
        &self,
        template: &ProductionTemplate,
        new: Vec<NewSerial>,
    ) -> Vec<Result<Prepared, RegisterError>> {
        let at_once = self.0.pool.limits().workers().get();
        stream::iter(new).map(|new| self.prepare(template, new)).buffered(at_once).collect().await
    }

    async fn prepare(
        &self,
        template: &ProductionTemplate,
        new: NewSerial,
    ) -> Result<Prepared, RegisterError> {
        let id = SerialId::new(*template.id(), new.serial);
        let enroll = new.enroll_password.expose_text();
        let control = new.control_password.as_ref().map(ControlPassword::expose_text);
        let design = template.design();
        design.check_passwords(enroll, control)?;
        let stretch = async |class: PasswordClass, password: PasswordText<'_>| {
            let stretching = class.stretching(design.argon2(), &id, password);
            self.0.pool.finish(id.template(), stretching).await
        };
        let enroll = stretch(design.password_class(), enroll).await?;
        let control = match control {
            None => None,
            Some(control) => Some(stretch(design.control_class().class(), control).await?),
        };
        Ok(Prepared { id, enroll, control, labels: new.labels })
    }

    /// The serial as it is registered now, under the current key version.
    pub(super) fn registered(
        &self,
        template: &ProductionTemplate,
        new: &Prepared,
        ring: &KeyRing,
        at: UnixMillis,
    ) -> Result<Registered, Fault> {
        let version = ring.current();
        let sealed = self.seal(ring, template, &new.id, &new.enroll)?;
        let (enroll, control) = self.verifiers(version, new)?;
        let registration = Registration::new(version, enroll, control, at);
        Ok(Registered::new(registration.with_labels(new.labels.clone()), sealed))
    }

    /// The enroll key of a serial, sealed under the current key version, where its template allows
    /// operator enrollment.
    pub(in crate::registry) fn seal(
        &self,
        ring: &KeyRing,
        template: &ProductionTemplate,
        id: &SerialId,
        enroll: &Stretched,
    ) -> Result<Option<SealedKey>, Fault> {
        match template.design().operator_enroll() {
            OperatorEnroll::Refused => Ok(None),
            OperatorEnroll::Allowed => {
                let version = ring.current();
                let key = ring
                    .version(version)?
                    .template_key(id.template())
                    .enroll_key(id.serial(), enroll);
                let nonce = SealNonce::from_random(self.0.random.bytes()?);
                Ok(Some(SealedKey::seal(version, ring.current_seal(), nonce, id, &key)?))
            }
        }
    }

    /// What proves the serial's passwords under a key version.
    pub(super) fn verifiers(
        &self,
        version: KeyVersion,
        new: &Prepared,
    ) -> Result<(Verifier, Option<Verifier>), Fault> {
        let template_key = self.0.keys.load().version(version)?.template_key(new.id.template());
        let serial = new.id.serial();
        let control = new.control.as_ref();
        let control = control.map(|control| template_key.control_key(serial, control).verifier());
        Ok((template_key.enroll_key(serial, &new.enroll).verifier(), control))
    }
}
