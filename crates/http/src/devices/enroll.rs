//! `POST` and `PUT /iot/device`

use axum::http::StatusCode;
use plugmint::{
    ControlPassword, ControllerRequest, DeviceName, EnrollPassword, OpaqueText, PlugIdKind,
    ProfileChange, SerialId, SerialNumber, Source, TemplateId,
};
use serde_json::value::RawValue;

use super::DeviceApi;
use super::answer::{Answered, Refusal, credentials, empty};
use super::body::{Object, is_null, object, optional_parsed, parsed};
use super::caller::{Caller, Claimed};

impl DeviceApi {
    /// A Thing enrolls. Whatever credentials it sends along mean nothing.
    pub(super) async fn enroll(
        &self,
        source: Option<&Source>,
        body: &[u8],
    ) -> Result<Answered, Refusal> {
        let object = object(body)?;
        let id = serial_id(&object, "hwid")?;
        let password = parsed(&object, "pass", EnrollPassword::parse)?;
        let mut profile = ProfileChange::new();
        if let Some(name) = optional_parsed(&object, "name", DeviceName::parse)? {
            profile = profile.name(Some(name));
        }
        if let Some(props) = object.get("props").filter(|props| !is_null(props)) {
            profile = profile.props(opaque("props", props)?);
        }
        let enrolled = self.registry.enroll_with_profile(source, &id, &password, &profile).await?;
        Ok(credentials(StatusCode::OK, enrolled.credentials()))
    }

    /// A Controller enrolls; or whoever has enrolled is granted one more Thing.
    pub(super) async fn control(
        &self,
        source: Option<&Source>,
        claimed: Claimed<'_>,
        body: &[u8],
    ) -> Result<Answered, Refusal> {
        let caller = match claimed {
            Claimed::Nobody => None,
            Claimed::Owner { .. } => {
                self.caller(claimed, source).await?;
                // An owner is no device that could hold anything.
                return Err(Refusal::forbidden());
            }
            Claimed::Half | Claimed::Device { .. } | Claimed::DeviceOfOwner { .. } => {
                Some(self.caller(claimed, source).await?)
            }
        };
        let object = object(body)?;
        let thing = serial_id(&object, "ctrl")?;
        let control = parsed(&object, "pass", ControlPassword::parse)?;
        if let Some(caller) = caller {
            return self.add(source, &caller, &thing, &control).await;
        }
        let mut request = ControllerRequest::new();
        if let Some(own) = optional_parsed(&object, "hwid", SerialNumber::parse)? {
            request = request.with_own_serial(own);
        }
        if let Some(name) = optional_parsed(&object, "name", DeviceName::parse)? {
            request = request.with_name(name);
        }
        let enrolled = self.registry.enroll_controller(source, &thing, &control, &request).await?;
        Ok(credentials(StatusCode::CREATED, enrolled.credentials()))
    }

    async fn add(
        &self,
        source: Option<&Source>,
        caller: &Caller,
        thing: &SerialId,
        control: &ControlPassword,
    ) -> Result<Answered, Refusal> {
        caller.ensure_current()?;
        match caller {
            Caller::Device { principal, password } => {
                let holder = principal.plug_id();
                self.registry.add_thing(source, holder, password, thing, control).await?;
            }
            Caller::DeviceOfOwner { plug_id } => {
                self.registry.add_thing_for(source, plug_id, thing, control).await?;
            }
            Caller::Owner { .. } => return Err(Refusal::forbidden()),
        }
        Ok(empty())
    }
}

/// The serial that `model` and another field name.
fn serial_id(object: &Object<'_>, name: &str) -> Result<SerialId, Refusal> {
    let template =
        parsed(object, "model", |text| plugmint::PlugId::parse_kind(PlugIdKind::Template, text))?;
    let serial = parsed(object, name, SerialNumber::parse)?;
    Ok(SerialId::new(TemplateId::from_parts(*template.body()), serial))
}

/// JSON that is kept as it was given; `None` for null.
pub(super) fn opaque(name: &str, value: &RawValue) -> Result<Option<OpaqueText>, Refusal> {
    if is_null(value) {
        return Ok(None);
    }
    let text = OpaqueText::parse(value.get());
    let text = text.map_err(|long| Refusal::malformed(format!("`{name}`: {long}")))?;
    Ok(Some(text))
}
