//! What operators do with one Controller.

use plugmint_core::controller::{
    Attached, ControllerChange, ControllerRefusal, OwnSerialMark, ReactivateControllerRefusal,
    Roster,
};
use plugmint_core::lifecycle::{Decision, Outcome};
use plugmint_core::{Actor, Author, Epoch, Ordinal, PlugId, PrincipalKind, SerialId};
use tracing::instrument;

use crate::registry::reading::Reading;
use crate::registry::{Registry, RetireError, VerbError};
use crate::{Fault, Unknown};

impl Registry {
    /// The Controller shall neither connect nor act on any Thing until it is enabled again, nor
    /// enroll with its own serial number. Its grants stay. One commit; a repeat writes nothing and
    /// says `AlreadyDone`.
    ///
    /// Who knows the control password may still enroll as another one: for a lost phone
    /// [replace](Self::replace_control_password) that, too.
    ///
    /// # Errors
    /// * [`VerbError::Unknown`] Controller.
    /// * [`VerbError::Refused`]: it is retired, which is more than disabled.
    /// * [`VerbError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn disable_controller(
        &self,
        plug_id: &PlugId,
        by: &Actor,
    ) -> Result<Outcome, MarkControllerError> {
        let author = Author::Operator(by.clone());
        self.operate_controller(plug_id, |attached, _| {
            attached.disable(&author, self.0.clock.now()).map_err(VerbError::Refused)
        })
        .await
    }

    /// The Controller may connect and act again, with the password that it had. One commit; a
    /// repeat writes nothing and says `AlreadyDone`.
    ///
    /// # Errors
    /// * [`VerbError::Unknown`] Controller.
    /// * [`VerbError::Refused`]: it is retired, and does not come back.
    /// * [`VerbError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn enable_controller(
        &self,
        plug_id: &PlugId,
        by: &Actor,
    ) -> Result<Outcome, MarkControllerError> {
        let author = Author::Operator(by.clone());
        self.operate_controller(plug_id, |attached, _| {
            attached.enable(&author, self.0.clock.now()).map_err(VerbError::Refused)
        })
        .await
    }

    /// The Controller's password ends at once, and it enrolls again with its own serial number and
    /// the control password: the same Plug-ID, another password. Its grants stay.
    ///
    /// `seen` is the epoch that the caller saw. So a call whose outcome is unknown is made again:
    /// it answers `AlreadyDone` when it was done. One commit.
    ///
    /// # Errors
    /// * [`VerbError::Unknown`] Controller.
    /// * [`VerbError::Refused`]: it is retired, there is no password to end, it named no own serial
    ///   number, another one came with that since, or the control password was replaced since, so
    ///   that it could not enroll again; or something else has happened to it since the caller
    ///   looked.
    /// * [`VerbError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn reactivate_controller(
        &self,
        plug_id: &PlugId,
        seen: Epoch,
        by: &Actor,
    ) -> Result<Outcome, ReactivateControllerError> {
        self.ensure_open()?;
        let place = self.place_of_controller::<ReactivateControllerError>(plug_id).await?;
        let ((id, ordinal), author) = (&place, &Author::Operator(by.clone()));
        self.drive_thing(id, |mut reading| async move {
            let attached = reading.attached(id, *ordinal).await?;
            let attached = attached.ok_or_else(|| Unknown::controller(plug_id))?;
            let known = match attached.controller.own_serial() {
                Some(own_serial) => reading.known(id, &OwnSerialMark::new(own_serial)).await?,
                None => None,
            };
            let decision = attached
                .reactivate(known, seen, author, self.0.clock.now())
                .map_err(VerbError::Refused)?;
            Ok::<_, ReactivateControllerError>(reading.concludes(decision))
        })
        .await
    }

    /// The Controller never connects again and acts on nothing. Its ordinal stays used; the place
    /// that it took, if it took one, is free. From any stage; one commit; a repeat writes nothing
    /// and says `AlreadyDone`.
    ///
    /// # Errors
    /// * [`RetireError::Unknown`] Controller.
    /// * [`RetireError::Fault`]
    #[instrument(level = "debug", skip_all, fields(%plug_id), err(level = "debug"))]
    pub async fn retire_controller(
        &self,
        plug_id: &PlugId,
        by: &Actor,
    ) -> Result<Outcome, RetireError> {
        let author = Author::Operator(by.clone());
        self.operate_controller(plug_id, |attached, roster| {
            Ok(attached.retire(roster, &author, self.0.clock.now()))
        })
        .await
    }

    /// Does a verb on a Controller that must be there.
    async fn operate_controller<E: From<Fault> + From<Unknown>>(
        &self,
        plug_id: &PlugId,
        verb: impl Fn(Attached, &Roster) -> Result<Decision<Outcome, ControllerChange>, E> + Send + Sync,
    ) -> Result<Outcome, E> {
        self.ensure_open()?;
        let (id, ordinal) = &self.place_of_controller::<E>(plug_id).await?;
        let verb = &verb;
        self.drive_thing(id, |mut reading| async move {
            let attached = reading.attached(id, *ordinal).await?;
            let attached = attached.ok_or_else(|| Unknown::controller(plug_id))?;
            let roster = reading.roster(id, &attached.thing).await?;
            Ok(reading.concludes(verb(attached, &roster)?))
        })
        .await
    }

    /// Where the record of a Controller lies. That never changes.
    pub(in crate::registry) async fn place_of_controller<E: From<Fault> + From<Unknown>>(
        &self,
        plug_id: &PlugId,
    ) -> Result<(SerialId, Ordinal), E> {
        let credential = Reading::new(self).credential(plug_id).await?;
        match credential.map(|credential| (*credential.id(), credential.kind())) {
            Some((id, PrincipalKind::Controller { ordinal })) => Ok((id, ordinal)),
            Some(_) | None => Err(Unknown::controller(plug_id).into()),
        }
    }
}

/// Why a Controller was not disabled or enabled.
pub type MarkControllerError = VerbError<ControllerRefusal>;

/// Why a Controller was not reactivated.
pub type ReactivateControllerError = VerbError<ReactivateControllerRefusal>;
