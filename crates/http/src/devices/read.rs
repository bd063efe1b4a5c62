//! `GET /iot/device/{id}`

use axum::http::StatusCode;
use plugmint::{AccessLevel, LookUpError, PlugId, Profile, Registry};
use serde::Serialize;
use serde_json::value::RawValue;

use super::DeviceApi;
use super::answer::{Answered, Refusal, json};
use super::caller::Caller;
use super::target::Target;

/// What a device shows of itself.
#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    hwid: Option<&'a str>,
    model: String,
    name: Option<&'a str>,
    status: &'static str,
    perm: Option<&'a RawValue>,
    props: Option<&'a RawValue>,
}

impl DeviceApi {
    pub(super) async fn read(&self, caller: &Caller, id: &str) -> Result<Answered, Refusal> {
        let plug_id: Option<PlugId> = id.parse().ok();
        let target = match (caller, plug_id) {
            (Caller::Owner { company }, Some(plug_id)) => {
                let target = self.of_company(&plug_id, company).await?;
                target.ok_or_else(Refusal::unknown)?
            }
            (Caller::Owner { .. }, None) => return Err(Refusal::unknown()),
            (Caller::Device { principal, .. }, Some(plug_id))
                if plug_id == *principal.plug_id() =>
            {
                let itself = Target::of(&self.registry, principal).await?;
                itself.ok_or_else(Refusal::unauthorized)?
            }
            (Caller::DeviceOfOwner { plug_id: own }, Some(plug_id)) if plug_id == *own => {
                let itself = Target::find(&self.registry, own).await?;
                itself.ok_or_else(Refusal::unauthorized)?
            }
            (_, Some(plug_id)) => self.controlled(caller, &plug_id).await?,
            (_, None) => return Err(Refusal::forbidden()),
        };
        self.show(&target).await
    }

    /// A device of a company's.
    pub(super) async fn of_company(
        &self,
        plug_id: &PlugId,
        company: &plugmint::CompanyId,
    ) -> Result<Option<Target>, Refusal> {
        let Some(target) = Target::find(&self.registry, plug_id).await? else {
            return Ok(None);
        };
        let is_theirs = target.company(&self.registry).await?.as_ref() == Some(company);
        Ok(Some(target).filter(|_| is_theirs))
    }

    /// A Thing that the caller may at least read.
    async fn controlled(&self, caller: &Caller, plug_id: &PlugId) -> Result<Target, Refusal> {
        // The same words whether the other one is there or not.
        caller.ensure_current()?;
        let Some(target @ Target::Thing(_)) = Target::find(&self.registry, plug_id).await? else {
            return Err(Refusal::forbidden());
        };
        let Target::Thing(status) = &target else { return Err(Refusal::forbidden()) };
        let holder = caller.plug_id().ok_or_else(Refusal::forbidden)?;
        match self.registry.access(holder, &status.id).await? {
            AccessLevel::None => Err(Refusal::forbidden()),
            AccessLevel::Read | AccessLevel::ReadWrite => Ok(target),
        }
    }

    async fn show(&self, target: &Target) -> Result<Answered, Refusal> {
        let (plug_id, id) = match target {
            Target::Thing(status) => (status.plug_id, &status.id),
            Target::Controller(status) => (Some(status.plug_id), &status.thing),
        };
        let plug_id = plug_id.ok_or_else(Refusal::unknown)?;
        let profile = profile(&self.registry, &plug_id).await?;
        let (hwid, name) = match target {
            Target::Thing(status) => (Some(status.id.serial().as_str()), profile.name()),
            Target::Controller(status) => (
                status.own_serial.as_ref().map(plugmint::SerialNumber::as_str),
                status.name.as_ref(),
            ),
        };
        let shown = Shown {
            id: plug_id.to_string(),
            hwid,
            model: id.template().to_string(),
            name: name.map(plugmint::DeviceName::as_str),
            status: target.status(),
            perm: profile.perm().and_then(|perm| serde_json::from_str(perm.as_str()).ok()),
            props: profile.props().and_then(|props| serde_json::from_str(props.as_str()).ok()),
        };
        Ok(json(StatusCode::OK, &shown))
    }
}

async fn profile(registry: &Registry, plug_id: &PlugId) -> Result<Profile, Refusal> {
    match registry.profile(plug_id).await {
        Ok(profile) => Ok(profile),
        Err(LookUpError::Fault(fault)) => Err(fault.into()),
        // It was there a moment ago.
        Err(_) => Ok(Profile::default()),
    }
}
