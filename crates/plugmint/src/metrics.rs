//! What a registry counts and times, for the recorder of the crate `metrics` that its host has.
//!
//! `docs/metrics.md` has every name. Labels are outcomes, never ids: there are as many series for
//! one device as for a million.

mod calls;
mod outcomes;
mod stretches;

use plugmint_core::Principal;
use plugmint_core::controller::ControllerEnrollment;
use plugmint_core::lifecycle::{Enrollment, Outcome};

use crate::{AccountError, AddThingError, AuthenticateError, EnrollControllerError, EnrollError};

pub(crate) use calls::{Begun, Calls};
pub(crate) use stretches::Stretches;

/// The handles of a registry.
pub(crate) struct Metrics {
    pub(crate) authenticate: Calls<Result<Principal, AuthenticateError>>,
    pub(crate) enroll: Calls<Result<Enrollment, EnrollError>>,
    pub(crate) enroll_controller: Calls<Result<ControllerEnrollment, EnrollControllerError>>,
    pub(crate) add_thing: Calls<Result<Outcome, AddThingError>>,
    pub(crate) verify_account: Calls<Result<bool, AccountError>>,
    pub(crate) stretches: Stretches,
}

impl Metrics {
    /// Registers everything with the recorder of now.
    pub(crate) fn register() -> Self {
        Self {
            authenticate: Calls::register(
                ("plugmint_authenticate_total", "Connections, by outcome."),
                ("plugmint_authenticate_seconds", "How long connections take."),
            ),
            enroll: Calls::register(
                ("plugmint_enroll_total", "Enrollments of devices, by outcome."),
                ("plugmint_enroll_seconds", "How long enrollments of devices take."),
            ),
            enroll_controller: Calls::register(
                ("plugmint_enroll_controller_total", "Enrollments of Controllers, by outcome."),
                ("plugmint_enroll_controller_seconds", "How long enrollments of Controllers take."),
            ),
            add_thing: Calls::register(
                ("plugmint_add_thing_total", "Things that holders add, by outcome."),
                ("plugmint_add_thing_seconds", "How long adding a Thing takes."),
            ),
            verify_account: Calls::register(
                ("plugmint_verify_account_total", "Looks at an owner's password, by outcome."),
                (
                    "plugmint_verify_account_seconds",
                    "How long a look at an owner's password takes.",
                ),
            ),
            stretches: Stretches::register(),
        }
    }
}
