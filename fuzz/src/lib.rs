//! The properties that the fuzz targets hold inputs against.
//!
//! Each module has a type for its inputs, made of any bytes, and a `check` that panics where the
//! property does not hold. The targets in `fuzz_targets/` only hand over.

#![expect(clippy::missing_panics_doc, reason = "a check panics where its property does not hold")]

pub mod batch;
pub mod devices;
pub mod ids;
pub mod lifecycle;
pub mod records;
pub mod rows;
