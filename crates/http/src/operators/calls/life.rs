//! The verbs on one serial.

use std::sync::Arc;

use axum::Router;
use plugmint::{
    Actor, Answer, EnrollOutcome, Epoch, Outcome, SerialId, StageName, UnixMillis, Verb,
};
use serde::{Deserialize, Serialize};

use super::{Given, Operators, Serves, call};

macro_rules! verb {
    ($(#[$doc:meta])* $name:ident($path:literal) is $verb:ident) => {
        call! {
            $(#[$doc])*
            $name($path) => Outcome;
            {
                /// Which serial.
                serial: SerialId,
                /// Who asks.
                by: Actor,
            }
            |call, operators| operators.registry().$verb(&call.serial, &call.by).await?
        }
    };
}

verb! {
    /// Keeps a device out: [`Registry::disable`](plugmint::Registry::disable).
    Disable("serial/disable") is disable
}
verb! {
    /// Lets a device in again: [`Registry::enable`](plugmint::Registry::enable).
    Enable("serial/enable") is enable
}
verb! {
    /// Ends a serial: [`Registry::retire`](plugmint::Registry::retire).
    Retire("serial/retire") is retire
}

call! {
    /// Makes a device enroll again: [`Registry::reactivate`](plugmint::Registry::reactivate), or
    /// with an overlap.
    Reactivate("serial/reactivate") => Outcome;
    {
        /// Which serial.
        serial: SerialId,
        /// The epoch that was seen.
        epoch: Epoch,
        /// Until when the password that was used last goes on.
        #[serde(default)]
        until: Option<UnixMillis>,
        /// Who asks.
        by: Actor,
    }
    |call, operators| {
        let (registry, id, seen) = (operators.registry(), &call.serial, call.epoch);
        match call.until {
            None => registry.reactivate(id, seen, &call.by).await?,
            Some(until) => registry.reactivate_with_overlap(id, seen, until, &call.by).await?,
        }
    }
}

call! {
    /// Takes a device off: [`Registry::unenroll`](plugmint::Registry::unenroll).
    Unenroll("serial/unenroll") => Outcome;
    {
        /// Which serial.
        serial: SerialId,
        /// The epoch that was seen.
        epoch: Epoch,
        /// Who asks.
        by: Actor,
    }
    |call, operators| operators.registry().unenroll(&call.serial, call.epoch, &call.by).await?
}

call! {
    /// Enrolls a device without its password:
    /// [`Registry::enroll_by_operator`](plugmint::Registry::enroll_by_operator).
    EnrollByOperator("serial/enroll") => Given;
    {
        /// Which serial.
        serial: SerialId,
        /// Who asks.
        by: Actor,
    }
    |call, operators| {
        operators.registry().enroll_by_operator(&call.serial, &call.by).await?.into()
    }
}

call! {
    /// What verbs would come to: [`Registry::explain_all`](plugmint::Registry::explain_all).
    Explain("serial/explain") => Vec<Explained>;
    {
        /// Which serial.
        serial: SerialId,
        /// Which verbs.
        verbs: Vec<Verb>,
    }
    |call, operators| {
        let explained = operators.registry().explain_all(&call.serial, &call.verbs).await?;
        let explained = explained.into_iter().map(|explained| Explained {
            verb: explained.verb,
            answer: explained.rule.answer().into(),
            comes_to: explained.rule.answer().to_string(),
            because: explained.rule.because().to_owned(),
        });
        explained.collect()
    }
}

/// What a verb would come to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explained {
    /// The verb.
    pub verb: Verb,
    /// What it would come to.
    pub answer: ComesTo,
    /// The same in words.
    pub comes_to: String,
    /// Why.
    pub because: String,
}

/// What a verb would come to: [`Answer`] as it came from another process.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "as its model")]
pub enum ComesTo {
    /// It is done, and the serial is in that stage.
    Becomes(StageName),
    /// Credentials are given.
    Enrolls(EnrollOutcome),
    /// The device connects.
    Admitted,
    /// Everything is so already.
    AlreadyDone,
    /// It is refused with that code.
    Refused(String),
}

impl From<Answer> for ComesTo {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Becomes(stage) => Self::Becomes(stage),
            Answer::Enrolls(outcome) => Self::Enrolls(outcome),
            Answer::Admitted => Self::Admitted,
            Answer::AlreadyDone => Self::AlreadyDone,
            Answer::Refused(code) => Self::Refused(code.to_owned()),
        }
    }
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router
        .serves::<Disable>()
        .serves::<Enable>()
        .serves::<Retire>()
        .serves::<Reactivate>()
        .serves::<Unenroll>()
        .serves::<EnrollByOperator>()
        .serves::<Explain>()
}
