//! A control password, tried.

use plugmint_core::controller::ControlledThing;
use plugmint_core::derivation::Stretched;
use plugmint_core::lifecycle::{Registration, Stranger};
use plugmint_core::{ControlPassword, ProductionTemplate, SerialId};

use crate::attempts::{Attempt, Throttled, Tried};
use crate::registry::Registry;
use crate::registry::reading::Reading;
use crate::stretch_pool::NotStretched;
use crate::{Fault, Source};

/// What an attempt at a control password has come to before anything is decided.
pub(in crate::registry) struct ControlAttempt<'a> {
    pub(in crate::registry) stretched: Stretched,
    pub(in crate::registry) paid: Attempt<'a>,
}

/// Why it came to nothing.
pub(in crate::registry) enum NotTried {
    Stranger,
    Throttled(Throttled),
    NotStretched(NotStretched),
    Fault(Fault),
}

impl Registry {
    /// Pays for an attempt at the control password of a Thing, and stretches it. What was paid is
    /// paid back by who finds that the password was right.
    pub(in crate::registry) async fn try_control(
        &self,
        source: Option<&Source>,
        thing: &SerialId,
        password: &ControlPassword,
    ) -> Result<ControlAttempt<'_>, NotTried> {
        // To a device a closed template is one that is not there.
        let template = self.load_template(thing.template()).await?.map(|(template, _)| template);
        let template = template.filter(ProductionTemplate::is_open);
        let class = template.as_ref().map(|template| template.design().control_class().class());
        let (tried, now) = (Tried::Control(thing), self.0.clock.now());
        let paid = self.0.attempts.reserve(source, tried, class, now)?;
        // A template's id is no secret, so nothing is hashed for one that is not there.
        let (Some(class), Some(template)) = (class, template) else {
            return Err(NotTried::Stranger);
        };
        let password = password.expose_text();
        let stretching = class.stretching(template.design().argon2(), thing, password);
        match self.0.pool.finish(thing.template(), stretching).await {
            Ok(stretched) => Ok(ControlAttempt { stretched, paid }),
            Err(not) => {
                paid.give_back();
                Err(NotTried::NotStretched(not))
            }
        }
    }
}

impl Reading<'_> {
    /// The Thing, if it is the right password of one that may be controlled, and its template: what
    /// was kept from the slow hash is held against the record that was just read.
    pub(in crate::registry) async fn controlled(
        &mut self,
        id: &SerialId,
        stretched: &Stretched,
    ) -> Result<Result<(ControlledThing, ProductionTemplate), Stranger>, Fault> {
        let template = self.template(id.template()).await?;
        let record = self.serial(id).await?;
        let version = record
            .as_ref()
            .and_then(|record| record.stage().registration())
            .map(Registration::key_version);
        let presented = self.registry().control_key(id, version, stretched)?.verifier();
        let Some(template) = template.filter(ProductionTemplate::is_open) else {
            return Ok(Err(Stranger));
        };
        Ok(ControlledThing::prove(record, presented).map(|thing| (thing, template)))
    }
}

impl From<Fault> for NotTried {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Throttled> for NotTried {
    fn from(throttled: Throttled) -> Self {
        Self::Throttled(throttled)
    }
}
