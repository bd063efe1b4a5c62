//! What ends a device's password and lets it enroll again: reactivate and unenroll.

use plugmint_core::lifecycle::{Outcome, RevokeRefusal};
use plugmint_core::{Actor, Author, Epoch, SerialId, UnixMillis};
use tracing::instrument;

use super::{Registry, VerbError};

impl Registry {
    /// The device's password ends, and it enrolls again: the same Plug-ID, another password. The
    /// cure for a leaked connection password, and for a device that lost the one it was given. A
    /// leaked enroll password is cured by [`transfer`](Self::transfer) only.
    ///
    /// `seen` is the epoch that the caller saw. So a call whose outcome is unknown is made again:
    /// it answers `AlreadyDone` when it was done.
    ///
    /// One commit. The password ends with it; a device that is connected stays so until its host
    /// drops the session, see [`Observer::revoked`](crate::Observer::revoked).
    ///
    /// # Errors
    /// * [`VerbError::Unknown`] template or serial.
    /// * [`VerbError::Refused`]: it is retired, there is no password to end, or something else has
    ///   happened to it since the caller looked.
    /// * [`VerbError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn reactivate(
        &self,
        id: &SerialId,
        seen: Epoch,
        by: &Actor,
    ) -> Result<Outcome, RevokeError> {
        self.end_password(id, seen, None, by).await
    }

    /// As [`reactivate`](Self::reactivate), but the password that the device used last connects
    /// until the device has used its new one, and at most until that time: it is never without one.
    /// What the old password may do is connect, nothing else.
    ///
    /// A password that has ended does not return: where none was used, or it has ended, there is no
    /// overlap. Until a time that has passed is [`reactivate`](Self::reactivate).
    ///
    /// # Errors
    /// Those of [`reactivate`](Self::reactivate).
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial(), %until),
        err(level = "debug")
    )]
    pub async fn reactivate_with_overlap(
        &self,
        id: &SerialId,
        seen: Epoch,
        until: UnixMillis,
        by: &Actor,
    ) -> Result<Outcome, RevokeError> {
        self.end_password(id, seen, Some(until), by).await
    }

    /// The device is taken off: every password of its ends, an overlap too, and so do the grants on
    /// it and those that it holds. It may enroll again, under the same Plug-ID.
    ///
    /// `seen` is the epoch that the caller saw, as for [`reactivate`](Self::reactivate). One
    /// commit.
    ///
    /// # Errors
    /// * [`VerbError::Unknown`] template or serial.
    /// * [`VerbError::Refused`]: it is retired or not enrolled, or something else has happened to
    ///   it since the caller looked.
    /// * [`VerbError::Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn unenroll(
        &self,
        id: &SerialId,
        seen: Epoch,
        by: &Actor,
    ) -> Result<Outcome, RevokeError> {
        self.operate(id, |record| {
            let author = Author::Operator(by.clone());
            record.unenroll(seen, author, self.0.clock.now()).map_err(VerbError::Refused)
        })
        .await
    }

    async fn end_password(
        &self,
        id: &SerialId,
        seen: Epoch,
        until: Option<UnixMillis>,
        by: &Actor,
    ) -> Result<Outcome, RevokeError> {
        self.operate(id, |record| {
            let author = Author::Operator(by.clone());
            record.reactivate(seen, until, author, self.0.clock.now()).map_err(VerbError::Refused)
        })
        .await
    }
}

/// Why a serial was not reactivated or unenrolled.
pub type RevokeError = VerbError<RevokeRefusal>;
