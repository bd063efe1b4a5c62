//! What each counted answer is counted as.

use plugmint_core::controller::ControllerEnrollment;
use plugmint_core::lifecycle::{Enrollment, Outcome};
use plugmint_core::{EnrollOutcome, Principal, ProvenBy};

use crate::{AccountError, AddThingError, AuthenticateError, EnrollControllerError, EnrollError};

use super::calls::Counted;

impl Counted for Result<Principal, AuthenticateError> {
    const DONE: &'static [&'static str] = &["accepted", "overlap"];
    const REFUSED: &'static [&'static str] = AuthenticateError::CODES;

    fn outcome(&self) -> &'static str {
        match self.as_ref().map(Principal::proven_by) {
            Ok(ProvenBy::Current) => "accepted",
            Ok(ProvenBy::Overlap { .. }) => "overlap",
            Err(error) => error.code(),
        }
    }
}

impl Counted for Result<Enrollment, EnrollError> {
    const DONE: &'static [&'static str] = ENROLLED;
    const REFUSED: &'static [&'static str] = EnrollError::CODES;

    fn outcome(&self) -> &'static str {
        match self {
            Ok(enrollment) => enrollment.outcome().code(),
            Err(error) => error.code(),
        }
    }
}

impl Counted for Result<ControllerEnrollment, EnrollControllerError> {
    const DONE: &'static [&'static str] = ENROLLED;
    const REFUSED: &'static [&'static str] = EnrollControllerError::CODES;

    fn outcome(&self) -> &'static str {
        match self {
            Ok(enrollment) => enrollment.outcome().code(),
            Err(error) => error.code(),
        }
    }
}

impl Counted for Result<Outcome, AddThingError> {
    const DONE: &'static [&'static str] = &["done", "already-done"];
    const REFUSED: &'static [&'static str] = AddThingError::CODES;

    fn outcome(&self) -> &'static str {
        match self {
            Ok(Outcome::Done) => "done",
            Ok(Outcome::AlreadyDone) => "already-done",
            Err(error) => error.code(),
        }
    }
}

impl Counted for Result<bool, AccountError> {
    const DONE: &'static [&'static str] = &["right", "wrong"];
    const REFUSED: &'static [&'static str] = AccountError::CODES;

    fn outcome(&self) -> &'static str {
        match self {
            Ok(true) => "right",
            Ok(false) => "wrong",
            Err(error) => error.code(),
        }
    }
}

const ENROLLED: &[&str] =
    &[EnrollOutcome::First.code(), EnrollOutcome::Reissued.code(), EnrollOutcome::Repeated.code()];

#[cfg(test)]
mod tests {
    use crate::Fault;

    use super::*;

    /// The codes that the source of an error's `code` has.
    fn told(source: &str) -> Vec<&str> {
        let (_, code) = source.split_once("pub const fn code").unwrap();
        let (code, _) = code.split_once("\n    }\n").unwrap();
        code.split("=> \"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
    }

    #[test]
    fn every_code_of_every_counted_error_is_counted() {
        for (source, codes) in [
            (include_str!("../fault.rs"), Fault::CODES),
            (include_str!("../registry/authenticate/error.rs"), AuthenticateError::CODES),
            (include_str!("../registry/enroll/error.rs"), EnrollError::CODES),
            (include_str!("../registry/controllers/error.rs"), EnrollControllerError::CODES),
            (include_str!("../registry/grants/error.rs"), AddThingError::CODES),
            (include_str!("../registry/account.rs"), AccountError::CODES),
        ] {
            assert_eq!(told(source), codes);
        }
    }
}
