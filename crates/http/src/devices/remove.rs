//! `DELETE /iot/device` and `DELETE /iot/device/{controller}`

use axum::http::StatusCode;
use plugmint::{PlugId, ReleaseError, RetireError, RevokeError, RevokeRefusal, SerialId};

use super::DeviceApi;
use super::answer::{Answered, Refusal, empty, json};
use super::caller::Caller;
use super::change::owner;
use super::lists::{self, Named};
use super::target::Target;

impl DeviceApi {
    /// Devices are taken off: the caller, or those that an owner names. How many were.
    pub(super) async fn remove(&self, caller: &Caller, body: &[u8]) -> Result<Answered, Refusal> {
        caller.ensure_current()?;
        let named = lists::read(body)?;
        let removed = match caller {
            Caller::Owner { company } => match named {
                Named::Nothing => {
                    return Err(Refusal::malformed("an owner names the devices to remove"));
                }
                Named::These(these) => {
                    let mut removed = 0_u64;
                    for plug_id in &these {
                        if let Some(target) = self.of_company(plug_id, company).await? {
                            removed += u64::from(self.take_off(&target).await?);
                        }
                    }
                    removed
                }
            },
            Caller::Device { principal, password } => {
                let own = principal.plug_id();
                if !names_only(&named, own)? {
                    return Ok(json(StatusCode::OK, &0));
                }
                self.registry.unenroll_by_device(own, password).await?;
                1
            }
            Caller::DeviceOfOwner { plug_id } => {
                if !names_only(&named, plug_id)? {
                    return Ok(json(StatusCode::OK, &0));
                }
                match Target::find(&self.registry, plug_id).await? {
                    Some(target) => u64::from(self.take_off(&target).await?),
                    None => 0,
                }
            }
        };
        Ok(json(StatusCode::OK, &removed))
    }

    /// A Controller, or a Thing, gives up Things that it was granted: those that are named, or all.
    pub(super) async fn release(
        &self,
        caller: &Caller,
        id: &str,
        body: &[u8],
    ) -> Result<Answered, Refusal> {
        caller.ensure_current()?;
        let holder: Option<PlugId> = id.parse().ok();
        let is_itself = holder.is_some() && holder.as_ref() == caller.plug_id();
        let holder = match (caller, holder) {
            (Caller::Owner { company }, Some(holder)) => {
                let target = self.of_company(&holder, company).await?;
                target.map(|_| holder).ok_or_else(Refusal::unknown)?
            }
            (Caller::Owner { .. }, None) => return Err(Refusal::unknown()),
            (_, Some(holder)) if is_itself => holder,
            (_, _) => return Err(Refusal::forbidden()),
        };
        match (lists::read(body)?, caller) {
            (Named::Nothing, Caller::Device { password, .. }) => {
                self.registry.release_all_things(&holder, password).await?;
            }
            (Named::Nothing, Caller::Owner { .. } | Caller::DeviceOfOwner { .. }) => {
                released(self.registry.release_all(&holder, &owner()?).await)?;
            }
            (Named::These(these), Caller::Device { password, .. }) => {
                let things = self.things(&these).await?;
                self.registry.release_things(&holder, password, &things).await?;
            }
            (Named::These(these), Caller::Owner { .. } | Caller::DeviceOfOwner { .. }) => {
                for thing in self.things(&these).await? {
                    let by = owner()?;
                    released(self.registry.release(&thing, &holder, &by).await)?;
                }
            }
        }
        Ok(empty())
    }

    /// The Things that are called so; what is none cannot be held.
    async fn things(&self, named: &[PlugId]) -> Result<Vec<SerialId>, Refusal> {
        let mut things = Vec::new();
        for plug_id in named {
            if let Some(Target::Thing(status)) = Target::find(&self.registry, plug_id).await? {
                things.push(status.id);
            }
        }
        Ok(things)
    }

    /// Whether a device was there to be taken off.
    async fn take_off(&self, target: &Target) -> Result<bool, Refusal> {
        let by = owner()?;
        match target {
            Target::Thing(status) => {
                match self.registry.unenroll(&status.id, status.epoch, &by).await {
                    Ok(_) => Ok(true),
                    Err(RevokeError::Fault(fault)) => Err(fault.into()),
                    Err(RevokeError::Refused(RevokeRefusal::NotEnrolled) | _) => Ok(false),
                }
            }
            Target::Controller(status) => {
                match self.registry.retire_controller(&status.plug_id, &by).await {
                    Ok(_) => Ok(true),
                    Err(RetireError::Fault(fault)) => Err(fault.into()),
                    Err(_) => Ok(false),
                }
            }
        }
    }
}

/// Whether the caller means itself; who names others may not.
fn names_only(named: &Named, own: &PlugId) -> Result<bool, Refusal> {
    match named {
        Named::Nothing => Ok(true),
        Named::These(these) if these.iter().all(|named| named == own) => Ok(!these.is_empty()),
        Named::These(_) => Err(Refusal::forbidden()),
    }
}

fn released<T>(done: Result<T, ReleaseError>) -> Result<(), Refusal> {
    match done {
        Err(ReleaseError::Fault(fault)) => Err(fault.into()),
        // Otherwise nobody holds anything under that name any more.
        Ok(_) | Err(_) => Ok(()),
    }
}
