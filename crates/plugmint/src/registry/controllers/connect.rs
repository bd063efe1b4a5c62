//! A Controller that comes with its own connection password.

use plugmint_core::controller::Attached;
use plugmint_core::derivation::AuthVerifier;
use plugmint_core::{Ordinal, Principal, SerialId};

use crate::Fault;
use crate::registry::reading::Reading;
use crate::registry::{AuthenticateError, Registry};

impl Registry {
    /// The first connection of a Controller.
    pub(in crate::registry) async fn activate_controller(
        &self,
        principal: Principal,
        ordinal: Ordinal,
        presented: &AuthVerifier,
    ) -> Result<Principal, AuthenticateError> {
        let id = principal.id();
        self.drive_thing(id, |mut reading| async move {
            let attached = reading.attached(id, ordinal).await?;
            let attached = attached.ok_or(AuthenticateError::Refused)?;
            let decision = attached.authenticate(presented, self.0.clock.now())?;
            Ok::<_, AuthenticateError>(reading.concludes(decision.map(|()| principal)))
        })
        .await
    }

    /// A Controller takes itself off: that is the end of it.
    pub(in crate::registry) async fn retire_itself(
        &self,
        id: &SerialId,
        ordinal: Ordinal,
        presented: &AuthVerifier,
    ) -> Result<(), AuthenticateError> {
        self.drive_thing(id, |mut reading| async move {
            let attached = reading.attached(id, ordinal).await?;
            let attached = attached.ok_or(AuthenticateError::Refused)?;
            let roster = reading.roster(id, &attached.thing).await?;
            let now = self.0.clock.now();
            let decision = attached.retire_itself(presented, &roster, now)?;
            Ok::<_, AuthenticateError>(reading.concludes(decision))
        })
        .await
    }
}

impl Reading<'_> {
    /// A Controller with its Thing.
    pub(in crate::registry) async fn attached(
        &mut self,
        id: &SerialId,
        ordinal: Ordinal,
    ) -> Result<Option<Attached>, Fault> {
        let thing = self.serial(id).await?;
        let controller = self.controller(id, ordinal).await?;
        let both = thing.zip(controller);
        Ok(both.map(|(thing, controller)| Attached { thing, ordinal, controller }))
    }
}
