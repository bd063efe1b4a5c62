//! What is asked. Who asks is the actor of the host's that the history names.

mod backup;
mod controllers;
mod devices;
mod events;
mod grants;
mod keys;
mod life;
mod lists;
mod passwords;
mod register;
mod templates;

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use super::{Call, Operators, serve};

pub use backup::{BackUp, BackedUp};
pub use controllers::{
    DisableController, EnableController, EnrollController, ListControllers, ReactivateController,
    RetireController, ShowController,
};
pub use devices::{Authenticate, Authenticated, Enroll, Given, UnenrollDevice};
pub use events::{FeedPage, ForgetEvents, History, ReadFeed, VerifyHistory};
pub use grants::{Access, Grant, ListGrantsOf, ListGrantsOn, Release, ReleaseAll, SetAccess};
pub use keys::{
    AddKey, AddedKey, CountKeys, DropKey, DroppedKey, ListKeys, ListedKey, SweepKeys, SweptKeys,
    VersionStanding,
};
pub use life::{
    ComesTo, Disable, Enable, EnrollByOperator, Explain, Explained, Reactivate, Retire, Unenroll,
};
pub use lists::{About, CountSerials, FindSerial, ListSerials, ShowSerial, Standing};
pub use passwords::{ReplaceControlPassword, ReplacePasswords, Transfer};
pub use register::{CheckSerials, Known, Offered, Register, RegisterAll};
pub use templates::{
    ChangeTemplate, CloseTemplate, CreateTemplate, DeleteTemplate, ListTemplates, OpenTemplate,
    ShowTemplate,
};

/// A call: its fields, its path, what is told on the way, its answer, and how it is done.
macro_rules! call {
    (
        $(#[$doc:meta])*
        $name:ident($path:literal) $(while $step:ty)? => $answer:ty;
        { $($(#[$field_doc:meta])* $field:ident: $of:ty,)* }
        |$call:ident, $operators:ident $(, $steps:ident)?| $body:expr
    ) => {
        $(#[$doc])*
        #[derive(Debug, serde::Deserialize, serde::Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $of,)*
        }

        impl crate::operators::call::sealed::Sealed for $name {}

        impl crate::operators::Call for $name {
            const PATH: &'static str = $path;
            type Step = crate::operators::calls::step!($($step)?);
            type Answer = $answer;

            async fn ask(
                self,
                $operators: &crate::operators::Operators,
                steps: crate::operators::Steps<Self::Step>,
            ) -> Result<$answer, crate::operators::OperatorError> {
                let $call = self;
                $(let $steps = &steps;)?
                let answer = $body;
                drop(steps);
                Ok(answer)
            }
        }
    };
}

/// What is told on the way, if anything is.
macro_rules! step {
    () => {
        crate::operators::NoStep
    };
    ($step:ty) => {
        $step
    };
}

use {call, step};

/// Adds the route of a call.
trait Serves {
    fn serves<C: Call>(self) -> Self;
}

impl Serves for Router<Arc<Operators>> {
    fn serves<C: Call>(self) -> Self {
        self.route(&format!("/v1/{}", C::PATH), post(serve::answer::<C>))
    }
}

pub(super) fn routes(router: Router<Arc<Operators>>) -> Router<Arc<Operators>> {
    let of = [
        lists::routes,
        templates::routes,
        register::routes,
        life::routes,
        passwords::routes,
        devices::routes,
        controllers::routes,
        grants::routes,
        events::routes,
        keys::routes,
        backup::routes,
    ];
    of.into_iter().fold(router, |router, routes| routes(router))
}
