//! The numbers that a derivation counts with.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident, $first:expr) => {
        #[derive(
            Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
        )]
        $(#[$doc])*
        pub struct $name(u32);

        impl $name {
            /// The first one.
            pub const FIRST: Self = Self($first);

            /// The number itself.
            #[must_use]
            pub const fn number(self) -> u32 {
                self.0
            }

            /// The next one, or `None` past the last.
            #[must_use]
            pub const fn next(self) -> Option<Self> {
                match self.0.checked_add(1) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

counter!(
    /// How often the connection password of a serial was reissued; from 0 up.
    ///
    /// It enters the derivation of the password and not of the Plug-ID, it never falls, and none is
    /// used twice.
    Epoch,
    0
);

impl Epoch {
    /// The epoch with this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }
}

counter!(
    /// Which Controller of a Thing one is; from 0 up, and none is used twice.
    Ordinal,
    0
);

impl Ordinal {
    /// The ordinal with this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }
}

counter!(
    /// Which root key something hangs on; from 1 up.
    #[serde(from = "NonZeroU32")]
    KeyVersion,
    1
);

impl KeyVersion {
    /// The version with this number, or `None` for 0.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        if number == 0 { None } else { Some(Self(number)) }
    }
}

impl From<NonZeroU32> for KeyVersion {
    fn from(number: NonZeroU32) -> Self {
        Self(number.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_and_ordinals_count_from_0_and_versions_from_1() {
        assert_eq!(Epoch::FIRST.number(), 0);
        assert_eq!(Ordinal::FIRST.number(), 0);
        assert_eq!(KeyVersion::FIRST.number(), 1);
        assert_eq!(KeyVersion::new(0), None);
    }

    #[test]
    fn a_counter_ends_instead_of_starting_over() {
        assert_eq!(Epoch::new(7).next(), Some(Epoch::new(8)));
        assert_eq!(Epoch::new(u32::MAX).next(), None);
    }
}
