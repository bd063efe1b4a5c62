//! What a device does, done by hand: in a factory, or to see whether it would work.

use std::sync::Arc;

use axum::Router;
use plugmint::{
    ConnectionPassword, ControllerEnrollment, EnrollOutcome, EnrollPassword, Enrollment, Ordinal,
    PlugId, Principal, PrincipalKind, ProvenBy, SerialId,
};
use serde::{Deserialize, Serialize};

use super::{Operators, Serves, call};
use crate::operators::secret;

/// Credentials that were given.
#[derive(Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Given {
    /// The Plug-ID.
    pub plug_id: PlugId,
    /// The connection password.
    #[serde(with = "secret")]
    pub connection_password: ConnectionPassword,
    /// Whether they are new.
    pub outcome: EnrollOutcome,
    /// Which Controller of its Thing it is; a device is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinal: Option<Ordinal>,
}

impl From<Enrollment> for Given {
    fn from(enrollment: Enrollment) -> Self {
        let outcome = enrollment.outcome();
        let (plug_id, connection_password) = enrollment.into_credentials().into_parts();
        Self { plug_id, connection_password, outcome, ordinal: None }
    }
}

impl From<ControllerEnrollment> for Given {
    fn from(enrollment: ControllerEnrollment) -> Self {
        let (outcome, ordinal) = (enrollment.outcome(), Some(enrollment.ordinal()));
        let (plug_id, connection_password) = enrollment.into_credentials().into_parts();
        Self { plug_id, connection_password, outcome, ordinal }
    }
}

call! {
    /// [`Registry::enroll`](plugmint::Registry::enroll).
    Enroll("enroll") => Given;
    {
        /// Which serial.
        serial: SerialId,
        /// Its enroll password.
        #[serde(with = "secret")]
        password: EnrollPassword,
    }
    |call, operators| operators.registry().enroll(&call.serial, &call.password).await?.into()
}

call! {
    /// [`Registry::authenticate`](plugmint::Registry::authenticate).
    Authenticate("authenticate") => Authenticated;
    {
        /// Who connects.
        plug_id: PlugId,
        /// With what.
        #[serde(with = "secret")]
        password: ConnectionPassword,
    }
    |call, operators| {
        operators.registry().authenticate(&call.plug_id, &call.password).await?.into()
    }
}

/// Who connected: what another process is told of a [`Principal`], which only a registry makes.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Authenticated {
    /// Its Plug-ID.
    pub plug_id: PlugId,
    /// Whether it is a Thing or a Controller.
    pub kind: PrincipalKind,
    /// Whether by a password in its overlap.
    pub proven_by: ProvenBy,
    /// Its serial; a Controller's is its Thing's.
    #[serde(flatten)]
    pub id: SerialId,
}

impl From<Principal> for Authenticated {
    fn from(principal: Principal) -> Self {
        Self {
            plug_id: *principal.plug_id(),
            kind: principal.kind(),
            proven_by: principal.proven_by(),
            id: *principal.id(),
        }
    }
}

call! {
    /// [`Registry::unenroll_by_device`](plugmint::Registry::unenroll_by_device).
    UnenrollDevice("unenroll") => ();
    {
        /// Who leaves.
        plug_id: PlugId,
        /// With what.
        #[serde(with = "secret")]
        password: ConnectionPassword,
    }
    |call, operators| {
        operators.registry().unenroll_by_device(&call.plug_id, &call.password).await?;
    }
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router.serves::<Enroll>().serves::<Authenticate>().serves::<UnenrollDevice>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_with_a_password_sends_it_and_does_not_show_it() {
        let password = "0123456789abcdef0123456789abcdef";
        let id = "mod-5c66bc451866d3c62ba0b904/SN-1".parse().unwrap();
        let call = Enroll { serial: id, password: EnrollPassword::parse(password).unwrap() };
        assert!(!format!("{call:?}").contains(password));
        let sent = serde_json::to_string(&call).unwrap();
        assert!(sent.contains(password));
        let read: Enroll = serde_json::from_str(&sent).unwrap();
        assert!(read.password.expose_text().matches(call.password.expose_text()));
    }
}
