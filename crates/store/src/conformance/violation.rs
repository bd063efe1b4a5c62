//! How a test says what a backend broke.

use std::error::Error as StdError;
use std::fmt;

use super::BoxError;

/// A clause that does not hold, and the claim in which that was seen.
pub struct Violation {
    clause: Clause,
    claim: String,
    source: Option<BoxError>,
}

impl Violation {
    pub(super) const fn new(clause: Clause, claim: String, source: Option<BoxError>) -> Self {
        Self { clause, claim, source }
    }

    /// The clause that does not hold.
    #[must_use]
    pub const fn clause(&self) -> Clause {
        self.clause
    }

    /// What should have been so.
    #[must_use]
    pub fn claim(&self) -> &str {
        &self.claim
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not hold: expected that {}", self.clause, self.claim)
    }
}

/// What a failed test prints: the message and its causes.
impl fmt::Debug for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut source = self.source();
        while let Some(error) = source {
            write!(f, "\n  because {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl StdError for Violation {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|cause| &**cause as &(dyn StdError + 'static))
    }
}

/// A clause of the contract of [`Store`](crate::Store).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Clause {
    /// All or nothing.
    C1,
    /// Guarded.
    C2,
    /// Fresh revisions.
    C3,
    /// Read your writes.
    C4,
    /// Ordered scans.
    C5,
    /// Durable.
    C6,
    /// Released.
    C7,
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::C1 => "C1 (all or nothing)",
            Self::C2 => "C2 (guarded)",
            Self::C3 => "C3 (fresh revisions)",
            Self::C4 => "C4 (read your writes)",
            Self::C5 => "C5 (ordered scans)",
            Self::C6 => "C6 (durable)",
            Self::C7 => "C7 (released)",
        })
    }
}
