//! The time in which the connection password of before still connects.

use crate::UnixMillis;
use crate::derivation::AuthVerifier;

/// The password that a device used last, alive until the device uses its new one or the time is up.
///
/// It connects and does nothing else. No record changes when its time is up: who reads one asks
/// [`is_running`](Self::is_running).
#[derive(Clone, Debug)]
pub struct Overlap {
    pub(super) auth_verifier: AuthVerifier,
    pub(super) until: UnixMillis,
}

impl Overlap {
    pub(super) const fn new(auth_verifier: AuthVerifier, until: UnixMillis) -> Self {
        Self { auth_verifier, until }
    }

    /// Whether the password still connects: the instant `until` is the first at which it does not.
    #[must_use]
    pub fn is_running(&self, at: UnixMillis) -> bool {
        at < self.until
    }

    /// What proves the password.
    #[must_use]
    pub const fn auth_verifier(&self) -> &AuthVerifier {
        &self.auth_verifier
    }

    /// When it ends at the latest.
    #[must_use]
    pub const fn until(&self) -> UnixMillis {
        self.until
    }

    /// The same password until another time, unless it has ended: what has ended never returns.
    pub(super) fn extended(self, until: UnixMillis, at: UnixMillis) -> Option<Self> {
        let overlap = self.is_running(at).then_some(Self { until, ..self });
        overlap.filter(|overlap| overlap.is_running(at))
    }
}
