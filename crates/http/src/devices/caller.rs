//! Who calls.

use axum::http::{HeaderMap, HeaderName};
use plugmint::{
    CompanyId, ConnectionPassword, PlugId, PlugIdKind, Principal, ProvenBy, Registry, Source,
};

use crate::{Account, Claim, Owners};

use super::DeviceApi;
use super::answer::Refusal;
use super::target::Target;

/// Who calls, as the headers say; nothing of it is proved.
pub(super) enum Claimed<'a> {
    Nobody,
    /// Some of what is needed: whoever wants to be somebody is not to be taken for nobody.
    Half,
    Device {
        plug_id: &'a str,
        auth: &'a str,
    },
    Owner {
        email: &'a str,
        master: &'a str,
    },
    DeviceOfOwner {
        plug_id: &'a str,
        master: &'a str,
    },
}

/// Who calls, proved.
pub(super) enum Caller {
    /// A Thing or a Controller, with the password that it proved.
    Device { principal: Box<Principal>, password: ConnectionPassword },
    /// The owner of a company's devices.
    Owner { company: CompanyId },
    /// A Thing or a Controller, under the password of its owner.
    DeviceOfOwner { plug_id: PlugId },
}

impl<'a> Claimed<'a> {
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        // What is no text proves nothing, but it claims something.
        let text = |name: &HeaderName| {
            let value = headers.get(name).map(|value| str::from_utf8(value.as_bytes()));
            value.map(Result::unwrap_or_default)
        };
        let (plug_id, auth) = (text(&PLUG_ID), text(&PLUG_AUTH));
        let (plug_id, auth) = match (plug_id, auth) {
            (Some(plug_id), Some(auth)) => return Self::Device { plug_id, auth },
            half => half,
        };
        let (email, master) = (text(&PLUG_EMAIL), text(&PLUG_MASTER));
        match (plug_id, auth, email, master) {
            (_, _, Some(email), Some(master)) => Self::Owner { email, master },
            (Some(plug_id), None, None, Some(master)) => Self::DeviceOfOwner { plug_id, master },
            (None, None, None, None) => Self::Nobody,
            (_, _, _, _) => Self::Half,
        }
    }
}

impl DeviceApi {
    /// Who calls. A device that connects for the first time is activated by it, an owner activates
    /// nobody.
    pub(super) async fn caller(
        &self,
        claimed: Claimed<'_>,
        source: Option<&Source>,
    ) -> Result<Caller, Refusal> {
        match claimed {
            Claimed::Nobody | Claimed::Half => Err(Refusal::unauthorized()),
            Claimed::Device { plug_id, auth } => {
                let (Ok(id), Ok(password)) =
                    (PlugId::parse(plug_id), ConnectionPassword::parse(auth))
                else {
                    return Box::pin(self.malformed(plug_id, auth, source)).await;
                };
                let principal = self.connect(source, &id, &password).await?;
                Ok(Caller::Device { principal: Box::new(principal), password })
            }
            Claimed::Owner { email, master } => {
                let claim = Claim::Email(email);
                let company = Box::pin(self.owner(source, claim, master)).await?;
                Ok(Caller::Owner { company })
            }
            Claimed::DeviceOfOwner { plug_id, master } => {
                let plug_id = PlugId::parse_kind(PlugIdKind::Device, plug_id);
                let plug_id = plug_id.map_err(|_| Refusal::unauthorized())?;
                // Whoever names a device that is not there costs what one who names another does.
                let company = Box::pin(company_of(&self.registry, &plug_id)).await?;
                let nobody = CompanyId::from_parts([0; 12]);
                let claim = Claim::Company(company.as_ref().unwrap_or(&nobody));
                Box::pin(self.owner(source, claim, master)).await?;
                company.map(|_| Caller::DeviceOfOwner { plug_id }).ok_or_else(Refusal::unauthorized)
            }
        }
    }

    /// A device that proves who it is, and is activated when it does so for the first time.
    pub(super) async fn connect(
        &self,
        source: Option<&Source>,
        plug_id: &PlugId,
        password: &ConnectionPassword,
    ) -> Result<Principal, Refusal> {
        Ok(match source {
            Some(source) => self.registry.authenticate_from(source, plug_id, password).await?,
            None => self.registry.authenticate(plug_id, password).await?,
        })
    }

    /// A device that sends what can be no credentials: it waits as long as one whose are wrong.
    async fn malformed(
        &self,
        plug_id: &str,
        auth: &str,
        source: Option<&Source>,
    ) -> Result<Caller, Refusal> {
        match source {
            Some(source) => self.registry.authenticate_text_from(source, plug_id, auth).await?,
            None => self.registry.authenticate_text(plug_id, auth).await?,
        };
        Err(Refusal::unauthorized())
    }

    /// The company whose owner's password it is.
    async fn owner(
        &self,
        source: Option<&Source>,
        claim: Claim<'_>,
        master: &str,
    ) -> Result<CompanyId, Refusal> {
        let owners: &dyn Owners = &*self.owners;
        let account = owners.find(claim).await?;
        let claimed = match claim {
            Claim::Email(email) => email.to_owned(),
            Claim::Company(company) => company.to_string(),
        };
        let name = account.as_ref().map_or(claimed.as_str(), |account| account.name());
        let hash = account.as_ref().map(Account::hash);
        let is_right = self.registry.verify_account(source, name, hash, master).await?;
        let account = account.filter(|_| is_right).ok_or_else(Refusal::unauthorized)?;
        Ok(*account.company())
    }
}

impl Caller {
    /// Refuses a password in its overlap: it connects and reads, and changes nothing.
    pub(super) fn ensure_current(&self) -> Result<(), Refusal> {
        match self {
            Self::Device { principal, .. } => match principal.proven_by() {
                ProvenBy::Current => Ok(()),
                ProvenBy::Overlap { .. } => Err(Refusal::forbidden()),
            },
            Self::Owner { .. } | Self::DeviceOfOwner { .. } => Ok(()),
        }
    }

    /// Which device calls, or is called for.
    pub(super) const fn plug_id(&self) -> Option<&PlugId> {
        match self {
            Self::Device { principal, .. } => Some(principal.plug_id()),
            Self::DeviceOfOwner { plug_id } => Some(plug_id),
            Self::Owner { .. } => None,
        }
    }
}

/// The company of a device, if there is such a device.
pub(super) async fn company_of(
    registry: &Registry,
    plug_id: &PlugId,
) -> Result<Option<CompanyId>, Refusal> {
    match Target::find(registry, plug_id).await? {
        Some(target) => target.company(registry).await,
        None => Ok(None),
    }
}

static PLUG_ID: HeaderName = HeaderName::from_static("x-plug-id");
static PLUG_AUTH: HeaderName = HeaderName::from_static("x-plug-auth");
static PLUG_EMAIL: HeaderName = HeaderName::from_static("x-plug-email");
static PLUG_MASTER: HeaderName = HeaderName::from_static("x-plug-master");
