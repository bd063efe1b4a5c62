//! New passwords for a serial.

use std::sync::Arc;

use axum::Router;
use plugmint::{
    Actor, ControlPassword, EnrollPassword, Epoch, GrantsThen, NewPasswords, Outcome, SerialId,
};

use super::{Operators, Serves, call};
use crate::operators::secret;

macro_rules! renewal {
    ($(#[$doc:meta])* $name:ident($path:literal) is $verb:ident) => {
        call! {
            $(#[$doc])*
            $name($path) => Outcome;
            {
                /// Which serial.
                serial: SerialId,
                /// The epoch that was seen.
                epoch: Epoch,
                /// The new enroll password.
                #[serde(with = "secret")]
                enroll: EnrollPassword,
                /// The new control password; without one nobody can control the Thing.
                #[serde(default, with = "secret::optional")]
                control: Option<ControlPassword>,
                /// Who asks.
                by: Actor,
            }
            |call, operators| {
                let new = NewPasswords::new(call.enroll);
                let new = call.control.into_iter().fold(new, NewPasswords::with_control);
                operators.registry().$verb(&call.serial, &new, call.epoch, &call.by).await?
            }
        }
    };
}

renewal! {
    /// Before its device has enrolled:
    /// [`Registry::replace_passwords`](plugmint::Registry::replace_passwords).
    ReplacePasswords("serial/replace-passwords") is replace_passwords
}
renewal! {
    /// For somebody else: [`Registry::transfer`](plugmint::Registry::transfer).
    Transfer("serial/transfer") is transfer
}

call! {
    /// Another control password:
    /// [`Registry::replace_control_password`](plugmint::Registry::replace_control_password).
    ReplaceControlPassword("serial/replace-control-password") => Outcome;
    {
        /// Which serial.
        serial: SerialId,
        /// The new control password.
        #[serde(with = "secret")]
        control: ControlPassword,
        /// What becomes of the grants on it.
        #[serde(default)]
        grants: GrantsThen,
        /// Who asks.
        by: Actor,
    }
    |call, operators| {
        let registry = operators.registry();
        let (id, new) = (&call.serial, &call.control);
        registry.replace_control_password(id, new, call.grants, &call.by).await?
    }
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router.serves::<ReplacePasswords>().serves::<Transfer>().serves::<ReplaceControlPassword>()
}
