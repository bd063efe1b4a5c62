//! What a verb would do, and which rule says so.

use plugmint_core::lifecycle::{Rule, Situation, Verb, rule};
use plugmint_core::{SerialId, SerialStatus};
use serde::Serialize;
use tracing::instrument;

use crate::{Fault, keys};

use super::Registry;

impl Registry {
    /// What a verb on a serial would come to now, and which rule decides: for operators, who ask
    /// why a device was refused. Nothing is written, no password is needed, and nothing is hashed.
    ///
    /// It is told what happens to a caller that proves the right password, saw the present epoch
    /// and offers passwords that will do. Attempt limits and the host's own
    /// [`Decider`](crate::Decider) are not looked at.
    ///
    /// # Errors
    /// [`Fault`]. An unknown template or serial is explained, too.
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial(), %verb),
        err(level = "debug")
    )]
    pub async fn explain(&self, id: &SerialId, verb: Verb) -> Result<Explanation, Fault> {
        let mut explained = self.explain_all(id, &[verb]).await?;
        explained.pop().ok_or_else(|| super::drive::defect("no explanation"))
    }

    /// As [`explain`](Self::explain), of many verbs, all as the serial is at one moment.
    ///
    /// # Errors
    /// [`Fault`]
    #[instrument(
        level = "debug",
        skip_all,
        fields(template = %id.template(), serial = %id.serial()),
        err(level = "debug")
    )]
    pub async fn explain_all(
        &self,
        id: &SerialId,
        verbs: &[Verb],
    ) -> Result<Vec<Explanation>, Fault> {
        self.ensure_open()?;
        let template = self.load_template(id.template()).await?.map(|(template, _)| template);
        let record = self.load_serial(&keys::serial(id)?).await?.map(|(record, _)| record);
        let now = self.0.clock.now();
        let situation = Situation::of(record.as_ref(), template.as_ref(), now);
        let status = record.as_ref().map(|record| SerialStatus::new(*id, record, now));
        let explain = |verb: &Verb| Explanation {
            verb: *verb,
            rule: rule(*verb, &situation),
            status: status.clone(),
        };
        Ok(verbs.iter().map(explain).collect())
    }
}

/// What a verb would come to.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The verb.
    pub verb: Verb,
    /// What it would come to, and why.
    #[serde(flatten)]
    pub rule: Rule,
    /// The serial as it is; `None` when there is none.
    pub status: Option<SerialStatus>,
}
