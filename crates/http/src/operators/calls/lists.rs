//! What there is.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use plugmint::{
    CompanyId, KeyVersion, PlugId, SerialCounts, SerialFilter, SerialId, SerialPage, SerialStatus,
};
use serde::{Deserialize, Serialize};

use super::{Operators, Serves, call};

call! {
    /// Whose registry it is.
    About("about") => Standing;
    {}
    |_call, operators| {
        let registry = operators.registry();
        Standing { company: *registry.company(), key_version: registry.key_version() }
    }
}

/// Whose registry it is, and which root key is current.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Standing {
    /// The company that it was made for.
    pub company: CompanyId,
    /// New serials hang on it.
    pub key_version: KeyVersion,
}

call! {
    /// A page of serials: [`Registry::serials`](plugmint::Registry::serials).
    ListSerials("serial/list") => SerialPage;
    {
        /// Which ones.
        filter: SerialFilter,
        /// Behind which one.
        #[serde(default)]
        after: Option<SerialId>,
        /// How many at most.
        limit: NonZeroUsize,
    }
    |call, operators| {
        operators.registry().serials(&call.filter, call.after.as_ref(), call.limit).await?
    }
}

call! {
    /// Counts serials: [`Registry::count_serials`](plugmint::Registry::count_serials) to the end;
    /// tells how many it has counted.
    CountSerials("serial/count") while SerialCounts => SerialCounts;
    {
        /// Which ones.
        filter: SerialFilter,
    }
    |call, operators, steps| {
        let registry = operators.registry();
        let (mut counts, mut next) = registry.count_serials(&call.filter, None).await?;
        while let Some(after) = next {
            steps.tell(counts).await?;
            let (more, behind) = registry.count_serials(&call.filter, Some(&after)).await?;
            counts += more;
            next = behind;
        }
        counts
    }
}

call! {
    /// One serial: [`Registry::serial`](plugmint::Registry::serial).
    ShowSerial("serial/show") => SerialStatus;
    {
        /// Which one.
        serial: SerialId,
    }
    |call, operators| operators.registry().serial(&call.serial).await?
}

call! {
    /// Whose Plug-ID that is: [`Registry::serial_of`](plugmint::Registry::serial_of).
    FindSerial("serial/find") => SerialId;
    {
        /// The Plug-ID of a device.
        plug_id: PlugId,
    }
    |call, operators| operators.registry().serial_of(&call.plug_id).await?
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router
        .serves::<About>()
        .serves::<ListSerials>()
        .serves::<CountSerials>()
        .serves::<ShowSerial>()
        .serves::<FindSerial>()
}
