//! What the tests of more than one crate share.

#![expect(clippy::unwrap_used, reason = "where the harness fails, the test shall fail")]
#![expect(clippy::indexing_slicing, reason = "where the harness fails, the test shall fail")]
#![expect(clippy::missing_panics_doc, reason = "where the harness fails, the test shall fail")]

mod apart;
mod audit_error;
mod canaries;
mod controlled;
mod counting;
mod crash_log;
mod golden;
mod hex;
mod linear;
mod lives;
mod panics;
mod polled;
mod recorded;
mod root_keys;
mod scene;
mod sim_disk;
mod together;
mod troubled;
mod vectors;
mod watched;
mod yielding;

pub use apart::{
    Named, control_secrets, controller_secret, platform_secrets, thing_secrets, thing_secrets_at,
};
pub use audit_error::AuditError;
pub use canaries::Canaries;
pub use controlled::{control_of, control_password, known_as, new_controllable};
pub use counting::CountingStore;
pub use crash_log::{CrashLog, Loss};
pub use golden::{
    GOLDEN, Golden, GoldenStory, answer, difference, everything, golden_directory, make_golden,
    of_template, open_golden, store_of_today,
};
pub use hex::{of_hex, to_hex};
pub use linear::{Sequential, Ticker, Timed, is_linearizable};
pub(crate) use lives::begin_plain_lives;
pub use lives::{LIFE, Lives, TOGETHER, Verb, begin_lives, begin_lives_with, register_together};
pub use panics::{STORE_THREADS, panics_of_stores, watch_panics};
pub use polled::polled;
pub use recorded::Recorded;
pub use root_keys::{Keys, version};
pub use scene::{Scene, chosen_design, design, enroll_password, generated_password, new_serial};
pub use sim_disk::{DiskOp, Plan, SimDisk};
pub use together::{Member, Together};
pub use troubled::{Trouble, TroubledStore};
pub use vectors::{Cost, Input, Output, Role, Vector, Vectors};
pub use watched::{lines_watched, watch, watch_all, watch_credentials, watch_told};
pub use yielding::YieldingStore;

/// The guide for backends: its program is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/backends.md")]
#[derive(Debug)]
pub struct BackendsGuide;
