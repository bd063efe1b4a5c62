//! `PATCH /iot/device/{id}`

use axum::http::StatusCode;
use plugmint::{
    Actor, DeviceName, MarkControllerError, MarkError, PlugId, ProfileChange,
    ReactivateControllerError, ReactivateControllerRefusal, RevokeError, RevokeRefusal,
    SetProfileError,
};

use super::DeviceApi;
use super::answer::{Answered, Refusal, empty};
use super::body::{Object, object, optional_parsed, text};
use super::caller::Caller;
use super::enroll::opaque;
use super::perm;
use super::target::Target;

/// What an owner makes of a device.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Status {
    Ok,
    Disabled,
    Reactivate,
}

impl DeviceApi {
    pub(super) async fn change(
        &self,
        caller: &Caller,
        id: &str,
        body: &[u8],
    ) -> Result<Answered, Refusal> {
        caller.ensure_current()?;
        let plug_id: Option<PlugId> = id.parse().ok();
        let is_itself = plug_id.is_some() && plug_id.as_ref() == caller.plug_id();
        let target = match (caller, plug_id) {
            (Caller::Owner { company }, Some(plug_id)) => {
                self.of_company(&plug_id, company).await?.ok_or_else(Refusal::unknown)?
            }
            (Caller::Owner { .. }, None) => return Err(Refusal::unknown()),
            (_, Some(plug_id)) if is_itself => {
                let itself = Target::find(&self.registry, &plug_id).await?;
                itself.ok_or_else(Refusal::unauthorized)?
            }
            (_, _) => return Err(Refusal::forbidden()),
        };
        let object = object(body)?;
        let (profile, status) = (profile(&object)?, status(&object)?);
        let by_owner = matches!(caller, Caller::Owner { .. });
        if status.is_some() && !by_owner {
            return Err(Refusal::forbidden());
        }
        // Of both, this may be refused.
        if let Some(status) = status {
            self.set_status(&target, status).await?;
        }
        if profile != ProfileChange::new() {
            self.keep(caller, &target, &profile).await?;
        }
        Ok(empty())
    }

    async fn keep(
        &self,
        caller: &Caller,
        target: &Target,
        profile: &ProfileChange,
    ) -> Result<(), Refusal> {
        let kept = match (caller, plug_id_of(target)) {
            (Caller::Device { password, .. }, Some(plug_id)) => {
                self.registry.set_own_profile(&plug_id, password, profile).await?;
                return Ok(());
            }
            (_, Some(plug_id)) => self.registry.set_profile(&plug_id, profile, &owner()?).await,
            (_, None) => return Err(Refusal::unknown()),
        };
        match kept {
            Ok(_) => Ok(()),
            Err(SetProfileError::Fault(fault)) => Err(fault.into()),
            Err(_) => Err(Refusal::unknown()),
        }
    }

    async fn set_status(&self, target: &Target, status: Status) -> Result<(), Refusal> {
        // Who is enabled with a password that shall end could connect in between; and who cannot be
        // reactivated stays as it is.
        if status == Status::Reactivate {
            self.reactivate(target).await?;
        }
        self.mark(target, status).await
    }

    async fn reactivate(&self, target: &Target) -> Result<(), Refusal> {
        let by = owner()?;
        match target {
            Target::Thing(thing) => {
                match self.registry.reactivate(&thing.id, thing.epoch, &by).await {
                    // One that is registered has no password to end.
                    Ok(_) | Err(RevokeError::Refused(RevokeRefusal::NotEnrolled)) => Ok(()),
                    Err(RevokeError::Fault(fault)) => Err(fault.into()),
                    Err(RevokeError::Refused(refused)) => Err(conflict(&refused)),
                    Err(_) => Err(Refusal::unknown()),
                }
            }
            Target::Controller(controller) => {
                let (plug_id, seen) = (&controller.plug_id, controller.epoch);
                match self.registry.reactivate_controller(plug_id, seen, &by).await {
                    Ok(_)
                    | Err(ReactivateControllerError::Refused(
                        ReactivateControllerRefusal::NotEnrolled,
                    )) => Ok(()),
                    Err(ReactivateControllerError::Fault(fault)) => Err(fault.into()),
                    Err(ReactivateControllerError::Refused(refused)) => Err(conflict(&refused)),
                    Err(_) => Err(Refusal::unknown()),
                }
            }
        }
    }

    async fn mark(&self, target: &Target, status: Status) -> Result<(), Refusal> {
        let by = owner()?;
        match target {
            Target::Thing(thing) => {
                let id = &thing.id;
                let marked = match status {
                    Status::Disabled => self.registry.disable(id, &by).await,
                    Status::Ok | Status::Reactivate => self.registry.enable(id, &by).await,
                };
                match marked {
                    Ok(_) => Ok(()),
                    Err(MarkError::Fault(fault)) => Err(fault.into()),
                    Err(_) => Err(Refusal::unknown()),
                }
            }
            Target::Controller(controller) => {
                let plug_id = &controller.plug_id;
                let marked = match status {
                    Status::Disabled => self.registry.disable_controller(plug_id, &by).await,
                    Status::Ok | Status::Reactivate => {
                        self.registry.enable_controller(plug_id, &by).await
                    }
                };
                match marked {
                    Ok(_) => Ok(()),
                    Err(MarkControllerError::Fault(fault)) => Err(fault.into()),
                    Err(_) => Err(Refusal::unknown()),
                }
            }
        }
    }
}

/// Who an owner is in the history of a serial.
pub(super) fn owner() -> Result<Actor, Refusal> {
    Actor::parse("owner").map_err(|_| Refusal::unauthorized())
}

const fn plug_id_of(target: &Target) -> Option<PlugId> {
    match target {
        Target::Thing(status) => status.plug_id,
        Target::Controller(status) => Some(status.plug_id),
    }
}

fn conflict(refused: &dyn std::fmt::Display) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, refused.to_string())
}

/// What a `PATCH` says of what is kept.
fn profile(object: &Object<'_>) -> Result<ProfileChange, Refusal> {
    let mut change = ProfileChange::new();
    if object.contains_key("name") {
        change = change.name(optional_parsed(object, "name", DeviceName::parse)?);
    }
    if let Some(value) = object.get("perm") {
        change = change.perm(opaque("perm", value)?, perm::access(value)?);
    }
    if let Some(value) = object.get("props") {
        change = change.props(opaque("props", value)?);
    }
    Ok(change)
}

fn status(object: &Object<'_>) -> Result<Option<Status>, Refusal> {
    let malformed =
        || Refusal::malformed("`status`: expected \"ok\", \"disabled\" or \"reactivate\"");
    let Some(value) = object.get("status") else { return Ok(None) };
    match text(value).ok_or_else(malformed)?.as_str() {
        "ok" => Ok(Some(Status::Ok)),
        "disabled" => Ok(Some(Status::Disabled)),
        "reactivate" => Ok(Some(Status::Reactivate)),
        _ => Err(malformed()),
    }
}
