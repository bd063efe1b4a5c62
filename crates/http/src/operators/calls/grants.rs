//! Who may act on what.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use plugmint::{AccessLevel, Actor, GrantsOfPage, GrantsOnPage, Outcome, PlugId, SerialId};

use super::{Operators, Serves, call};

call! {
    /// Who may act on a Thing: [`Registry::grants_on`](plugmint::Registry::grants_on).
    ListGrantsOn("grant/list-on") => GrantsOnPage;
    {
        /// On which Thing.
        thing: SerialId,
        /// Behind which holder.
        #[serde(default)]
        after: Option<PlugId>,
        /// How many at most.
        limit: NonZeroUsize,
    }
    |call, operators| {
        operators.registry().grants_on(&call.thing, call.after.as_ref(), call.limit).await?
    }
}

call! {
    /// What somebody may act on: [`Registry::grants_of`](plugmint::Registry::grants_of).
    ListGrantsOf("grant/list-of") => GrantsOfPage;
    {
        /// Of which holder.
        holder: PlugId,
        /// Behind which Thing.
        #[serde(default)]
        after: Option<SerialId>,
        /// How many at most.
        limit: NonZeroUsize,
    }
    |call, operators| {
        operators.registry().grants_of(&call.holder, call.after.as_ref(), call.limit).await?
    }
}

call! {
    /// [`Registry::grant`](plugmint::Registry::grant).
    Grant("grant/add") => Outcome;
    {
        /// On which Thing.
        thing: SerialId,
        /// For whom.
        holder: PlugId,
        /// Who asks.
        by: Actor,
    }
    |call, operators| operators.registry().grant(&call.thing, &call.holder, &call.by).await?
}

call! {
    /// [`Registry::release`](plugmint::Registry::release).
    Release("grant/release") => Outcome;
    {
        /// Which Thing.
        thing: SerialId,
        /// Whose grant.
        holder: PlugId,
        /// Who asks.
        by: Actor,
    }
    |call, operators| operators.registry().release(&call.thing, &call.holder, &call.by).await?
}

call! {
    /// [`Registry::release_all`](plugmint::Registry::release_all).
    ReleaseAll("grant/release-all") => ();
    {
        /// Whose grants.
        holder: PlugId,
        /// Who asks.
        by: Actor,
    }
    |call, operators| operators.registry().release_all(&call.holder, &call.by).await?
}

call! {
    /// What a holder may do with a Thing: [`Registry::access`](plugmint::Registry::access).
    Access("grant/access") => AccessLevel;
    {
        /// Who.
        holder: PlugId,
        /// With which Thing.
        thing: SerialId,
    }
    |call, operators| operators.registry().access(&call.holder, &call.thing).await?
}

call! {
    /// What Controllers may do with a Thing:
    /// [`Registry::set_access`](plugmint::Registry::set_access).
    SetAccess("serial/set-access") => Outcome;
    {
        /// Which Thing.
        serial: SerialId,
        /// What; without it, what its template says.
        access: Option<AccessLevel>,
        /// Who asks.
        by: Actor,
    }
    |call, operators| operators.registry().set_access(&call.serial, call.access, &call.by).await?
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    router
        .serves::<ListGrantsOn>()
        .serves::<ListGrantsOf>()
        .serves::<Grant>()
        .serves::<Release>()
        .serves::<ReleaseAll>()
        .serves::<Access>()
        .serves::<SetAccess>()
}
