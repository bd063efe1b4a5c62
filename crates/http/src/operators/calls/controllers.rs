//! Controllers.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use plugmint::{
    Actor, ControlPassword, ControllerPage, ControllerRequest, ControllerStatus, DeviceName, Epoch,
    Ordinal, Outcome, PlugId, SerialId, SerialNumber,
};

use super::{Given, Operators, Serves, call};
use crate::operators::secret;

macro_rules! verb {
    ($(#[$doc:meta])* $name:ident($path:literal) is $verb:ident) => {
        call! {
            $(#[$doc])*
            $name($path) => Outcome;
            {
                /// Which Controller.
                plug_id: PlugId,
                /// Who asks.
                by: Actor,
            }
            |call, operators| operators.registry().$verb(&call.plug_id, &call.by).await?
        }
    };
}

verb! {
    /// [`Registry::disable_controller`](plugmint::Registry::disable_controller).
    DisableController("controller/disable") is disable_controller
}
verb! {
    /// [`Registry::enable_controller`](plugmint::Registry::enable_controller).
    EnableController("controller/enable") is enable_controller
}
verb! {
    /// [`Registry::retire_controller`](plugmint::Registry::retire_controller).
    RetireController("controller/retire") is retire_controller
}

call! {
    /// [`Registry::reactivate_controller`](plugmint::Registry::reactivate_controller).
    ReactivateController("controller/reactivate") => Outcome;
    {
        /// Which Controller.
        plug_id: PlugId,
        /// The epoch that was seen.
        epoch: Epoch,
        /// Who asks.
        by: Actor,
    }
    |call, operators| {
        operators.registry().reactivate_controller(&call.plug_id, call.epoch, &call.by).await?
    }
}

call! {
    /// [`Registry::controller`](plugmint::Registry::controller).
    ShowController("controller/show") => ControllerStatus;
    {
        /// Which Controller.
        plug_id: PlugId,
    }
    |call, operators| operators.registry().controller(&call.plug_id).await?
}

call! {
    /// A page of a Thing's: [`Registry::controllers`](plugmint::Registry::controllers).
    ListControllers("controller/list") => ControllerPage;
    {
        /// Of which Thing.
        thing: SerialId,
        /// Behind which one.
        #[serde(default)]
        after: Option<Ordinal>,
        /// How many at most.
        limit: NonZeroUsize,
    }
    |call, operators| operators.registry().controllers(&call.thing, call.after, call.limit).await?
}

call! {
    /// [`Registry::enroll_controller`](plugmint::Registry::enroll_controller).
    EnrollController("controller/enroll") => Given;
    {
        /// For which Thing.
        thing: SerialId,
        /// Its control password.
        #[serde(with = "secret")]
        password: ControlPassword,
        /// What people call it.
        #[serde(default)]
        name: Option<DeviceName>,
        /// The serial number of its own, by which it is known again.
        #[serde(default)]
        own_serial: Option<SerialNumber>,
    }
    |call, operators| {
        let request = ControllerRequest::new();
        let request = call.name.into_iter().fold(request, ControllerRequest::with_name);
        let own_serial = call.own_serial.into_iter();
        let request = own_serial.fold(request, ControllerRequest::with_own_serial);
        let registry = operators.registry();
        registry.enroll_controller(None, &call.thing, &call.password, &request).await?.into()
    }
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router
        .serves::<DisableController>()
        .serves::<EnableController>()
        .serves::<RetireController>()
        .serves::<ReactivateController>()
        .serves::<ShowController>()
        .serves::<ListControllers>()
        .serves::<EnrollController>()
}
