//! `GET /iot/device/{id}`

use std::fmt::Write;

use axum::http::StatusCode;
use plugmint::{
    AccessLevel, DeviceName, LookUpError, PlugId, Principal, PrincipalKind, Profile, ProvenBy,
    Registry, SerialNumber, TemplateId,
};
use serde_json::value::RawValue;

use super::DeviceApi;
use super::answer::{Answered, Refusal, with_body};
use super::caller::Caller;
use super::target::Target;

/// What a device shows of itself.
struct Shown<'a> {
    id: &'a PlugId,
    hwid: Option<&'a str>,
    model: &'a TemplateId,
    name: Option<&'a str>,
    status: &'static str,
    perm: Option<&'a RawValue>,
    props: Option<&'a RawValue>,
}

impl DeviceApi {
    pub(super) async fn read(&self, caller: &Caller, id: &str) -> Result<Answered, Refusal> {
        match (caller, PlugId::parse(id).ok()) {
            (Caller::Device { principal, .. }, Some(plug_id))
                if plug_id == *principal.plug_id() =>
            {
                let json = self.read_itself(principal).await?;
                Ok(with_body(StatusCode::OK, json.into_bytes()))
            }
            (_, plug_id) => Box::pin(self.read_another(caller, plug_id)).await,
        }
    }

    async fn read_another(
        &self,
        caller: &Caller,
        plug_id: Option<PlugId>,
    ) -> Result<Answered, Refusal> {
        let target = match (caller, plug_id) {
            (Caller::Owner { company }, Some(plug_id)) => {
                let target = self.of_company(&plug_id, company).await?;
                target.ok_or_else(Refusal::unknown)?
            }
            (Caller::Owner { .. }, None) => return Err(Refusal::unknown()),
            (Caller::DeviceOfOwner { plug_id: own }, Some(plug_id)) if plug_id == *own => {
                let itself = Target::find(&self.registry, own).await?;
                itself.ok_or_else(Refusal::unauthorized)?
            }
            (_, Some(plug_id)) => self.controlled(caller, &plug_id).await?,
            (_, None) => return Err(Refusal::forbidden()),
        };
        let plug_id = target.plug_id().ok_or_else(Refusal::unknown)?;
        let json = shown(&target, &profile(&self.registry, plug_id).await?)?;
        Ok(with_body(StatusCode::OK, json.into_bytes()))
    }

    /// A device reads itself, as most calls do.
    pub(super) async fn read_itself(&self, principal: &Principal) -> Result<String, Refusal> {
        let profile = self.registry.profile_of(principal).await?;
        match (principal.kind(), principal.proven_by()) {
            // Whose current password connects is Activated and not disabled: its record says no
            // more.
            (PrincipalKind::Thing, ProvenBy::Current) => {
                let (id, model) = (principal.plug_id(), principal.id().template());
                let hwid = Some(principal.id().serial().as_str());
                Ok(Shown::new(id, hwid, model, "ok", &profile).named(profile.name()).json())
            }
            (PrincipalKind::Thing, ProvenBy::Overlap { .. })
            | (PrincipalKind::Controller { .. }, _) => {
                let itself = Box::pin(Target::of(&self.registry, principal)).await?;
                shown(&itself.ok_or_else(Refusal::unauthorized)?, &profile)
            }
        }
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
}

fn shown(target: &Target, profile: &Profile) -> Result<String, Refusal> {
    let plug_id = target.plug_id().ok_or_else(Refusal::unknown)?;
    let (hwid, name) = match target {
        Target::Thing(status) => (Some(status.id.serial()), profile.name()),
        Target::Controller(status) => (status.own_serial.as_ref(), status.name.as_ref()),
    };
    let hwid = hwid.map(SerialNumber::as_str);
    Ok(Shown::new(plug_id, hwid, target.template(), target.status(), profile).named(name).json())
}

impl<'a> Shown<'a> {
    fn new(
        id: &'a PlugId,
        hwid: Option<&'a str>,
        model: &'a TemplateId,
        status: &'static str,
        profile: &'a Profile,
    ) -> Self {
        Self {
            id,
            hwid,
            model,
            name: None,
            status,
            perm: profile.perm().and_then(|perm| serde_json::from_str(perm.as_str()).ok()),
            props: profile.props().and_then(|props| serde_json::from_str(props.as_str()).ok()),
        }
    }

    fn named(self, name: Option<&'a DeviceName>) -> Self {
        Self { name: name.map(DeviceName::as_str), ..self }
    }

    /// As JSON, by hand: no other call is made as often, and a serializer looks at each character
    /// of ids, which have none that is written otherwise.
    fn json(&self) -> String {
        let [perm, props] = [self.perm, self.props].map(|kept| kept.map_or("null", RawValue::get));
        // As long as it becomes, if no text is written otherwise: it is sent from where it is then.
        let kept = FIXED_LEN + self.status.len() + perm.len() + props.len();
        let texts = [self.hwid, self.name].map(|text| text.map_or(4, |text| text.len() + 2));
        let mut json = String::with_capacity(texts.into_iter().fold(kept, usize::saturating_add));
        // Writing to a string does not fail.
        write!(json, "{{\"id\":\"{}\",\"hwid\":", self.id).unwrap_or_default();
        push_text(&mut json, self.hwid);
        write!(json, ",\"model\":\"{}\",\"name\":", self.model).unwrap_or_default();
        push_text(&mut json, self.name);
        for piece in
            [",\"status\":\"", self.status, "\",\"perm\":", perm, ",\"props\":", props, "}"]
        {
            json.push_str(piece);
        }
        json
    }
}

/// A text as JSON has it, or null.
fn push_text(json: &mut String, text: Option<&str>) {
    match text {
        None => json.push_str("null"),
        Some(text) if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') => {
            json.push('"');
            json.push_str(text);
            json.push('"');
        }
        Some(text) => json.push_str(&serde_json::to_string(text).unwrap_or_default()),
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

/// What every answer has, with its two ids.
const FIXED_LEN: usize = 2 * PlugId::TEXT_LEN
    + r#"{"id":"","hwid":,"model":"","name":,"status":"","perm":,"props":}"#.len();

#[cfg(test)]
mod tests {
    use plugmint::PlugIdKind;

    use super::*;

    #[test]
    fn an_answer_is_json_and_takes_the_room_that_it_needs() {
        let id = PlugId::from_parts(PlugIdKind::Device, [7; PlugId::BODY_LEN]);
        let model = TemplateId::from_parts([9; 12]);
        let kept: &RawValue = serde_json::from_str(r#"{"a":[1,"b"]}"#).unwrap();
        for (text, raw) in [(None, None), (Some("kitchen"), Some(kept)), (Some(""), None)] {
            let shown = Shown {
                id: &id,
                hwid: text,
                model: &model,
                name: text,
                status: "ok",
                perm: raw,
                props: raw,
            };
            let json = shown.json();
            assert_eq!(json.len(), json.capacity(), "{json}");
            let read: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!(read["id"], id.to_string());
            assert_eq!(read["model"], model.to_string());
            assert_eq!(read["hwid"], serde_json::to_value(text).unwrap());
            assert_eq!(read["props"], serde_json::to_value(raw).unwrap());
        }
    }

    #[test]
    fn a_text_is_written_as_a_serializer_writes_it() {
        let texts = ["", "kitchen", "a \"b\"", "back\\slash", "K\u{fc}hl", "\u{7f}\u{2028}", "\t"];
        for text in texts.map(Some).into_iter().chain([None]) {
            let mut json = String::new();
            push_text(&mut json, text);
            assert_eq!(json, serde_json::to_string(&text).unwrap());
        }
    }
}
