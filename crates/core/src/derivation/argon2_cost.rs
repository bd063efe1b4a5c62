//! What one Argon2id costs.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The cost of one Argon2id (RFC 9106, version 0x13): memory, passes and lanes.
///
/// A value that exists is one that RFC 9106 allows. What a platform is willing to pay is its own
/// policy: running one takes tens of milliseconds and `memory_kib` KiB at the default.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "Numbers")]
pub struct Argon2Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Argon2Cost {
    /// 19,456 KiB, 2 passes, 1 lane: what OWASP recommends.
    pub const DEFAULT: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// The most lanes, 2^24 - 1.
    pub const MAX_LANES: u32 = (1 << 24) - 1;

    /// A cost of `memory_kib` KiB, `passes` passes over them and `lanes` lanes.
    ///
    /// # Errors
    /// [`InvalidCost`] for what RFC 9106 does not allow.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, InvalidCost> {
        if lanes == 0 || lanes > Self::MAX_LANES {
            return Err(InvalidCost::Lanes { found: lanes });
        }
        if passes == 0 {
            return Err(InvalidCost::Passes);
        }
        if memory_kib / 8 < lanes {
            return Err(InvalidCost::Memory { found: memory_kib, lanes });
        }
        Ok(Self { memory_kib, passes, lanes })
    }

    /// Whether it takes no more of anything than `most`: memory, passes, lanes.
    #[must_use]
    pub const fn is_within(self, most: Self) -> bool {
        self.memory_kib <= most.memory_kib && self.passes <= most.passes && self.lanes <= most.lanes
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes; they are computed one after another.
    #[must_use]
    pub const fn lanes(&self) -> u32 {
        self.lanes
    }
}

/// A cost as it comes from elsewhere.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Argon2Cost")]
struct Numbers {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl TryFrom<Numbers> for Argon2Cost {
    type Error = InvalidCost;

    fn try_from(numbers: Numbers) -> Result<Self, InvalidCost> {
        Self::new(numbers.memory_kib, numbers.passes, numbers.lanes)
    }
}

impl Default for Argon2Cost {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for Argon2Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { memory_kib, passes, lanes } = self;
        write!(f, "{memory_kib} KiB, {passes} passes, {lanes} lanes")
    }
}

/// Why RFC 9106 does not allow a cost.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidCost {
    /// Too little memory for the lanes.
    #[error("{found} KiB of memory for {lanes} lanes: expected at least 8 KiB for each lane")]
    Memory {
        /// The memory that was given, in KiB.
        found: u32,
        /// The lanes that were given.
        lanes: u32,
    },
    /// No pass.
    #[error("0 passes: expected at least 1")]
    Passes,
    /// No lane, or too many.
    #[error("{found} lanes: expected 1 to {max}", max = Argon2Cost::MAX_LANES)]
    Lanes {
        /// The lanes that were given.
        found: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_needs_8_kib() {
        assert!(Argon2Cost::new(8, 1, 1).is_ok());
        assert_eq!(Argon2Cost::new(7, 1, 1), Err(InvalidCost::Memory { found: 7, lanes: 1 }));
        assert!(Argon2Cost::new(24, 1, 3).is_ok());
        assert_eq!(Argon2Cost::new(23, 1, 3), Err(InvalidCost::Memory { found: 23, lanes: 3 }));
    }

    #[test]
    fn passes_and_lanes_begin_at_1() {
        assert_eq!(Argon2Cost::new(64, 0, 1), Err(InvalidCost::Passes));
        assert_eq!(Argon2Cost::new(64, 1, 0), Err(InvalidCost::Lanes { found: 0 }));
    }

    #[test]
    fn the_largest_cost_of_the_rfc_is_a_value() {
        assert!(Argon2Cost::new(u32::MAX, u32::MAX, Argon2Cost::MAX_LANES).is_ok());
        assert_eq!(
            Argon2Cost::new(u32::MAX, 1, 1 << 24),
            Err(InvalidCost::Lanes { found: 1 << 24 })
        );
    }

    #[test]
    fn a_cost_is_within_another_one_when_nothing_of_it_is_more() {
        let cost = |memory_kib, passes, lanes| Argon2Cost::new(memory_kib, passes, lanes).unwrap();
        let most = cost(64, 3, 2);
        for within in [most, cost(63, 3, 2), cost(64, 2, 2), cost(64, 3, 1)] {
            assert!(within.is_within(most), "{within}");
        }
        for beyond in [cost(65, 3, 2), cost(64, 4, 2), cost(64, 3, 3), cost(65, 4, 3)] {
            assert!(!beyond.is_within(most), "{beyond}");
        }
    }

    #[test]
    fn a_cost_reads_as_what_it_takes() {
        assert_eq!(Argon2Cost::DEFAULT.to_string(), "19456 KiB, 2 passes, 1 lanes");
    }
}
