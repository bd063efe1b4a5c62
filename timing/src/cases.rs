//! The cases: paths that must bring no report, and leaks that must.

mod admission;
mod comparison;
mod controlling;
mod derivation;
mod enrollment;
mod registry;
mod renewal;
mod sealing;
mod tags;

use std::fmt;

use crate::leaks;

/// One path, or one planted leak.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) expected: Expected,
    pub(crate) run: fn(),
}

/// What memcheck must say.
#[derive(Clone, Copy)]
pub(crate) enum Expected {
    /// Nothing, after it let pass one branch for each of these entries of `verdicts.supp`.
    Silence(&'static [&'static str]),
    /// At least one report.
    Report,
}

impl Case {
    /// A path all of whose verdicts, if there are any, pass through `subtle`.
    const fn path(name: &'static str, run: fn()) -> Self {
        Self { name, expected: Expected::Silence(&[]), run }
    }

    /// A path on which a dependency checks one tag, and that branches on the verdict just there.
    const fn tag_path(name: &'static str, verdicts: &'static [&'static str], run: fn()) -> Self {
        Self { name, expected: Expected::Silence(verdicts), run }
    }

    /// Something that memcheck must see.
    pub(crate) const fn leak(name: &'static str, run: fn()) -> Self {
        Self { name, expected: Expected::Report, run }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence(verdicts) => {
                f.write_str("silence")?;
                verdicts.iter().try_for_each(|verdict| write!(f, " {verdict}"))
            }
            Self::Report => f.write_str("report"),
        }
    }
}

pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    let groups = [
        derivation::CASES,
        comparison::CASES,
        admission::CASES,
        enrollment::CASES,
        renewal::CASES,
        controlling::CASES,
        registry::CASES,
        sealing::CASES,
        tags::CASES,
        leaks::CASES,
    ];
    groups.into_iter().flatten()
}
