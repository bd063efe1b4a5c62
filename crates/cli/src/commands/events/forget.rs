//! `plugmint events forget`

use plugmint::{Clock, SystemClock, UnixMillis};
use plugmint_http::operators::ForgetEvents;
use serde::Serialize;

use crate::args::ForgetArgs;
use crate::desk::Desk;
use crate::failure::{Failure, Kind};
use crate::output::{Output, time};
use crate::progress;

pub(crate) fn run(arguments: &ForgetArgs, desk: &Desk, output: &Output) -> Result<(), Failure> {
    let now = SystemClock.now();
    let before = arguments.before.at(now);
    if before > now {
        // A mistyped year must not cost every history its past.
        let message = format!("{} is in the future: expected a time that has passed", time(before));
        return Err(Failure::new(Kind::Usage, "usage", message));
    }
    let forgetting = progress::spinner("{spinner} {pos} events forgotten", output);
    let forgotten =
        desk.ask_long(ForgetEvents { before }, |forgotten| forgetting.set_position(forgotten))?;
    forgetting.finish_and_clear();
    output.show(&Forgot { before, forgotten }, |Forgot { before, forgotten }| {
        format!("{forgotten} events from before {} are forgotten", time(*before))
    })
}

#[derive(Serialize)]
struct Forgot {
    before: UnixMillis,
    forgotten: u64,
}
