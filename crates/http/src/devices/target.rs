//! What a Plug-ID names.

use plugmint::{
    CompanyId, ControllerStageName, ControllerStatus, FindError, LookUpError, Mark, PlugId,
    Principal, PrincipalKind, Registry, SerialStatus, StageName, TemplateId,
};

use super::answer::Refusal;

/// A Thing or a Controller that is there: it is not retired, and is called so today.
#[derive(Debug)]
pub(super) enum Target {
    Thing(Box<SerialStatus>),
    Controller(Box<ControllerStatus>),
}

impl Target {
    pub(super) async fn find(
        registry: &Registry,
        plug_id: &PlugId,
    ) -> Result<Option<Self>, Refusal> {
        match registry.serial_of(plug_id).await {
            Ok(id) => match registry.serial(&id).await {
                Ok(status) => Ok(Self::of_thing(status, plug_id)),
                Err(LookUpError::Fault(fault)) => Err(fault.into()),
                Err(_) => Ok(None),
            },
            Err(FindError::Fault(fault)) => Err(fault.into()),
            Err(_) => Self::find_controller(registry, plug_id).await,
        }
    }

    /// The one that has just connected.
    pub(super) async fn of(
        registry: &Registry,
        principal: &Principal,
    ) -> Result<Option<Self>, Refusal> {
        match principal.kind() {
            PrincipalKind::Thing => match registry.serial(principal.id()).await {
                Ok(status) => Ok(Self::of_thing(status, principal.plug_id())),
                Err(LookUpError::Fault(fault)) => Err(fault.into()),
                Err(_) => Ok(None),
            },
            PrincipalKind::Controller { .. } => {
                Self::find_controller(registry, principal.plug_id()).await
            }
        }
    }

    fn of_thing(status: SerialStatus, plug_id: &PlugId) -> Option<Self> {
        let is_there = status.stage != StageName::Retired && status.plug_id == Some(*plug_id);
        is_there.then(|| Self::Thing(Box::new(status)))
    }

    async fn find_controller(
        registry: &Registry,
        plug_id: &PlugId,
    ) -> Result<Option<Self>, Refusal> {
        match registry.controller(plug_id).await {
            Ok(status) if status.stage == ControllerStageName::Retired => Ok(None),
            Ok(status) => Ok(Some(Self::Controller(Box::new(status)))),
            Err(LookUpError::Fault(fault)) => Err(fault.into()),
            Err(_) => Ok(None),
        }
    }

    /// Whose template it, or its Thing, is of.
    pub(super) async fn company(&self, registry: &Registry) -> Result<Option<CompanyId>, Refusal> {
        match registry.template(self.template()).await {
            Ok(template) => Ok(Some(*template.company())),
            Err(LookUpError::Fault(fault)) => Err(fault.into()),
            Err(_) => Ok(None),
        }
    }

    /// The template of it, or of its Thing.
    pub(super) const fn template(&self) -> &TemplateId {
        match self {
            Self::Thing(status) => status.id.template(),
            Self::Controller(status) => status.thing.template(),
        }
    }

    pub(super) const fn plug_id(&self) -> Option<&PlugId> {
        match self {
            Self::Thing(status) => status.plug_id.as_ref(),
            Self::Controller(status) => Some(&status.plug_id),
        }
    }

    /// As devices write it.
    pub(super) fn status(&self) -> &'static str {
        let (mark, must_enroll_again) = match self {
            Self::Thing(status) => (status.mark, status.stage == StageName::Registered),
            Self::Controller(status) => {
                (status.mark, status.stage == ControllerStageName::MustEnrollAgain)
            }
        };
        match (mark, must_enroll_again) {
            (Some(Mark::Disabled), _) => "disabled",
            (_, true) => "reactivate",
            (_, false) => "ok",
        }
    }
}
