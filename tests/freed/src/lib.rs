//! An allocator that looks for secrets in every block that is freed.
//!
//! Whoever links this crate frees through [`Inspecting`]. A test [watches](Watched::new) the
//! secrets that it is about to use, uses them, drops everything, and asks which were found.
//!
//! A block that grows or shrinks is always moved, so what it leaves behind is seen, also where the
//! system would not have moved it. Dead stack is not inspected: Rust has no sound way to read it.

mod inspecting;
mod watched;

pub use inspecting::Inspecting;
pub use watched::Watched;

#[global_allocator]
static ALLOCATOR: Inspecting = Inspecting;
