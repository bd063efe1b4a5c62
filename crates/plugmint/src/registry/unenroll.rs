//! A device that takes itself off.

use plugmint_core::{Admission, ConnectionPassword, Credential, PlugId, PlugIdKind, PrincipalKind};
use tracing::instrument;

use crate::Attempt;

use super::drive::RestsOn;
use super::{AuthenticateError, Registry};

impl Registry {
    /// A device takes itself off with its Plug-ID and connection password: the password ends, and
    /// it may enroll again, under the same Plug-ID. Grants on it and those that it holds end.
    ///
    /// One commit. A device whose answer got lost asks again and gets the strangers' answer: its
    /// password has ended. The password of an overlap does not do.
    ///
    /// A Controller that takes itself off is retired: who enrolls again is another one.
    ///
    /// # Errors
    /// * [`AuthenticateError::Refused`]: the one answer for an unknown Plug-ID, a wrong password,
    ///   one that has ended or is in its overlap, a disabled or a retired device.
    /// * [`AuthenticateError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn unenroll_by_device(
        &self,
        plug_id: &PlugId,
        password: &ConnectionPassword,
    ) -> Result<(), AuthenticateError> {
        let done = self.take_off(plug_id, password).await;
        if let Err(error @ AuthenticateError::Refused) = &done {
            self.tell_refused(Attempt::Unenroll(plug_id), None, error.code());
        }
        done
    }

    async fn take_off(
        &self,
        plug_id: &PlugId,
        password: &ConnectionPassword,
    ) -> Result<(), AuthenticateError> {
        self.ensure_open()?;
        let found = self.load_credential(plug_id).await?.map(|(credential, _)| credential);
        let found = found.filter(|_| plug_id.kind() == PlugIdKind::Device);
        let presented = {
            let keys = self.0.keys.load();
            let version = found.as_ref().map_or(keys.current(), Credential::key_version);
            keys.version(version)?.auth().verifier(plug_id, password)
        };
        let credential = found.ok_or(AuthenticateError::Refused)?;
        match credential.admit(&presented) {
            Admission::Admitted(_) | Admission::Activates(_) => {}
            // Whoever is a stranger costs what a stranger costs, whether the Plug-ID is known.
            Admission::Overlap(_) | Admission::Refused => return Err(AuthenticateError::Refused),
        }
        if let PrincipalKind::Controller { ordinal } = credential.kind() {
            return self.retire_itself(credential.id(), ordinal, &presented).await;
        }
        self.drive(credential.id(), RestsOn::Serial, |loaded| {
            let record = loaded.serial.clone().ok_or(AuthenticateError::Refused)?;
            Ok::<_, AuthenticateError>(record.unenroll_by_device(&presented, self.0.clock.now())?)
        })
        .await
    }
}
