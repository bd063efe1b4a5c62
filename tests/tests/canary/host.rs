//! A host that says everything that it is asked and told.

use plugmint::{
    CloneSuspicion, Decider, DenyReason, Ending, EnrollRequest, Labels, Observer, RefusedAttempt,
    RepeatedEnrollment, Revocation, Verdict,
};

use crate::kept::Kept;

pub(crate) struct Host(pub(crate) Kept);

/// The serial that it does not want.
pub(crate) const UNWANTED: &str = "SN-unwanted";

impl Decider for Host {
    fn decide(&self, request: &EnrollRequest<'_>) -> Verdict {
        self.say("asked", request);
        if request.id.serial().as_str() == UNWANTED {
            return Verdict::Deny(DenyReason::parse("not this one").unwrap());
        }
        let mut labels = Labels::new();
        labels.insert("line", "7").unwrap();
        Verdict::AllowWith(labels)
    }
}

impl Observer for Host {
    fn refused(&self, attempt: &RefusedAttempt<'_>) {
        self.say("refused", attempt);
    }

    fn repeated(&self, repeat: &RepeatedEnrollment<'_>) {
        self.say("repeated", repeat);
    }

    fn suspects_clone(&self, suspicion: &CloneSuspicion<'_>) {
        self.say("suspects", suspicion);
    }

    fn ending(&self, ending: &Ending<'_>) {
        self.say("ending", ending);
    }

    fn revoked(&self, revocation: &Revocation<'_>) {
        self.say("revoked", revocation);
    }
}

impl Host {
    fn say<T: std::fmt::Debug>(&self, whence: &str, told: &T) {
        self.0.keep(whence, format!("{told:?} {told:#?}"));
    }
}
