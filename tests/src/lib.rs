//! What the tests of more than one crate share.

#![expect(clippy::unwrap_used, reason = "where the harness fails, the test shall fail")]
#![expect(clippy::missing_panics_doc, reason = "where the harness fails, the test shall fail")]

mod counting;
mod hex;
mod scene;
mod troubled;
mod vectors;
mod yielding;

pub use counting::CountingStore;
pub use hex::{of_hex, to_hex};
pub use scene::{Scene, chosen_design, design, enroll_password, generated_password, new_serial};
pub use troubled::{Trouble, TroubledStore};
pub use vectors::{Cost, Input, Output, Role, Vector, Vectors};
pub use yielding::YieldingStore;
