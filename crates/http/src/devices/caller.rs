//! Who calls.

use axum::http::HeaderMap;
use plugmint::{
    CompanyId, ConnectionPassword, PlugId, PlugIdKind, Principal, ProvenBy, Registry, Source,
};
use zeroize::Zeroizing;

use crate::{Account, Claim, Owners};

use super::DeviceApi;
use super::answer::Refusal;
use super::target::Target;

/// Who calls, as the headers say; nothing of it is proved.
pub(super) enum Claimed {
    Nobody,
    /// Some of what is needed: whoever wants to be somebody is not to be taken for nobody.
    Half,
    Device {
        plug_id: String,
        auth: Zeroizing<String>,
    },
    Owner {
        email: String,
        master: Zeroizing<String>,
    },
    DeviceOfOwner {
        plug_id: String,
        master: Zeroizing<String>,
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

impl Claimed {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        // What is no text proves nothing, but it claims something.
        let text = |name: &str| {
            let value = headers.get(name).map(|value| str::from_utf8(value.as_bytes()));
            value.map(|text| text.unwrap_or_default().to_owned())
        };
        let (plug_id, auth) = (text("x-plug-id"), text("x-plug-auth").map(Zeroizing::new));
        let (plug_id, auth) = match (plug_id, auth) {
            (Some(plug_id), Some(auth)) => return Self::Device { plug_id, auth },
            half => half,
        };
        let (email, master) = (text("x-plug-email"), text("x-plug-master").map(Zeroizing::new));
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
        claimed: Claimed,
        source: Option<&Source>,
    ) -> Result<Caller, Refusal> {
        match claimed {
            Claimed::Nobody | Claimed::Half => Err(Refusal::unauthorized()),
            Claimed::Device { plug_id, auth } => {
                let principal = match source {
                    Some(source) => {
                        self.registry.authenticate_text_from(source, &plug_id, &auth).await?
                    }
                    None => self.registry.authenticate_text(&plug_id, &auth).await?,
                };
                let password = ConnectionPassword::parse(&auth);
                let password = password.map_err(|_| Refusal::unauthorized())?;
                Ok(Caller::Device { principal: Box::new(principal), password })
            }
            Claimed::Owner { email, master } => {
                let claim = Claim::Email(&email);
                let company = Box::pin(self.owner(source, claim, &master)).await?;
                Ok(Caller::Owner { company })
            }
            Claimed::DeviceOfOwner { plug_id, master } => {
                let plug_id = PlugId::parse_kind(PlugIdKind::Device, &plug_id);
                let plug_id = plug_id.map_err(|_| Refusal::unauthorized())?;
                // Whoever names a device that is not there costs what one who names another does.
                let company = Box::pin(company_of(&self.registry, &plug_id)).await?;
                let nobody = CompanyId::from_parts([0; 12]);
                let claim = Claim::Company(company.as_ref().unwrap_or(&nobody));
                Box::pin(self.owner(source, claim, &master)).await?;
                company.map(|_| Caller::DeviceOfOwner { plug_id }).ok_or_else(Refusal::unauthorized)
            }
        }
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
