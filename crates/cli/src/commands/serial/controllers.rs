//! How many Controllers enrolled with a Thing.

use std::fmt;

use plugmint::{ControllerStageName, SerialId};
use plugmint_http::operators::ListControllers;
use serde::Serialize;

use crate::commands::pages::Pages;
use crate::desk::Desk;
use crate::failure::Failure;

/// How many there are.
#[derive(Default, Serialize)]
pub(super) struct Controllers {
    living: u64,
    retired: u64,
}

pub(super) fn count(desk: &Desk, thing: &SerialId) -> Result<Controllers, Failure> {
    let pages = Pages::new(None, None);
    let mut counted = Controllers::default();
    loop {
        let page = pages.next(|after, limit| {
            let page = {
                let after = after.copied();
                desk.ask(ListControllers { thing: *thing, after, limit })?
            };
            Ok((page.controllers, page.next))
        })?;
        if page.is_empty() {
            return Ok(counted);
        }
        for controller in page {
            match controller.stage {
                ControllerStageName::Retired => counted.retired += 1,
                ControllerStageName::Enrolled
                | ControllerStageName::Activated
                | ControllerStageName::MustEnrollAgain => counted.living += 1,
            }
        }
    }
}

impl fmt::Display for Controllers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.living, self.retired) {
            (0, 0) => f.write_str("none"),
            (living, 0) => living.fmt(f),
            (living, retired) => write!(f, "{living}, and {retired} retired"),
        }
    }
}
