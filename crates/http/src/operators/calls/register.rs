//! Serials become known.

use std::sync::Arc;

use axum::Router;
use plugmint::{
    Actor, ControlPassword, EnrollPassword, Labels, LookUpError, NewSerial, SerialId, SerialNumber,
    SerialStatus, TemplateId, Unknown,
};
use serde::{Deserialize, Serialize};

use super::{Operators, Serves, call};
use crate::operators::{OperatorError, secret};

/// A serial with its passwords, as it is to be registered.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Offered {
    /// The serial number.
    pub serial: SerialNumber,
    /// Its enroll password.
    #[serde(with = "secret")]
    pub enroll: EnrollPassword,
    /// Its control password, where it may be controlled.
    #[serde(default, with = "secret::optional", skip_serializing_if = "Option::is_none")]
    pub control: Option<ControlPassword>,
    /// What the host wants to remember.
    #[serde(default)]
    pub labels: Labels,
}

impl From<Offered> for NewSerial {
    fn from(offered: Offered) -> Self {
        let new = Self::new(offered.serial, offered.enroll).with_labels(offered.labels);
        offered.control.into_iter().fold(new, Self::with_control_password)
    }
}

call! {
    /// Registers one serial: [`Registry::register`](plugmint::Registry::register).
    Register("serial/register") => SerialStatus;
    {
        /// Of which template.
        template: TemplateId,
        /// The serial.
        new: Offered,
        /// Who asks.
        by: Actor,
    }
    |call, operators| {
        operators.registry().register(&call.template, call.new.into(), &call.by).await?
    }
}

call! {
    /// Registers many: [`Registry::register_all`](plugmint::Registry::register_all). For each, in
    /// order, why it is not registered now; `null` where it is.
    RegisterAll("serial/register-all") => Vec<Option<OperatorError>>;
    {
        /// Of which template.
        template: TemplateId,
        /// The serials.
        new: Vec<Offered>,
        /// Who asks.
        by: Actor,
    }
    |call, operators| {
        let new = call.new.into_iter().map(NewSerial::from).collect();
        let verdicts = operators.registry().register_all(&call.template, new, &call.by).await?;
        verdicts.into_iter().map(|verdict| verdict.err().map(OperatorError::from)).collect()
    }
}

call! {
    /// What [`RegisterAll`] would answer: [`Registry::check_all`](plugmint::Registry::check_all).
    CheckSerials("serial/check") => Vec<Option<OperatorError>>;
    {
        /// Of which template.
        template: TemplateId,
        /// The serials.
        new: Vec<Offered>,
    }
    |call, operators| {
        let new = call.new.into_iter().map(NewSerial::from).collect();
        let verdicts = operators.registry().check_all(&call.template, new).await?;
        verdicts.into_iter().map(|verdict| verdict.err().map(OperatorError::from)).collect()
    }
}

call! {
    /// Which serials there are, for each, in order.
    Known("serial/known") => Vec<bool>;
    {
        /// Of which template.
        template: TemplateId,
        /// The serial numbers.
        serials: Vec<SerialNumber>,
    }
    |call, operators| {
        let mut known = Vec::with_capacity(call.serials.len());
        for serial in call.serials {
            let found = operators.registry().serial(&SerialId::new(call.template, serial)).await;
            known.push(match found {
                Ok(_) => true,
                Err(LookUpError::Unknown(Unknown::Serial { .. })) => false,
                Err(error) => return Err(error.into()),
            });
        }
        known
    }
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router.serves::<Register>().serves::<RegisterAll>().serves::<CheckSerials>().serves::<Known>()
}
