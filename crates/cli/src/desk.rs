//! Who does what is asked: the registry itself, or the server that owns it.

use std::ops::ControlFlow;

use plugmint_http::operators::{Call, OperatorClient, Operators};
use pollster::block_on;
use tokio::runtime::Runtime;

use crate::failure::Failure;

/// Where the verbs of this program are done.
#[derive(Debug)]
pub(crate) enum Desk {
    /// In this process, which owns the store for now.
    Here(Operators),
    /// In the server that owns it.
    There(OperatorClient, Runtime),
}

impl Desk {
    /// Does a call.
    pub(crate) fn ask<C: Call>(&self, call: C) -> Result<C::Answer, Failure> {
        self.ask_long(call, |_| ())
    }

    /// Does a call that takes long; `step` hears how far it is.
    pub(crate) fn ask_long<C: Call>(
        &self,
        call: C,
        mut step: impl FnMut(C::Step),
    ) -> Result<C::Answer, Failure> {
        self.ask_while(call, |told| {
            step(told);
            ControlFlow::Continue(())
        })
    }

    /// Does a call until `step` breaks it off, which is the failure `hung-up`.
    pub(crate) fn ask_while<C: Call>(
        &self,
        call: C,
        step: impl FnMut(C::Step) -> ControlFlow<()>,
    ) -> Result<C::Answer, Failure> {
        Ok(match self {
            Self::Here(operators) => block_on(operators.ask(call, step)),
            Self::There(client, runtime) => runtime.block_on(client.ask(&call, step)),
        }?)
    }
}
