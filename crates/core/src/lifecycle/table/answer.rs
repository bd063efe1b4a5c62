//! What a verb comes to.

use std::fmt;

use serde::Serialize;

use crate::EnrollOutcome;

use super::super::StageName;

/// What a verb comes to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a host must know what to show for each")]
pub enum Answer {
    /// It is done: something is written, and the serial is in that stage.
    Becomes(StageName),
    /// Credentials are given: new ones, and the serial is Enrolled, or the same ones as before, and
    /// nothing is written.
    Enrolls(EnrollOutcome),
    /// The device connects, and nothing is written.
    Admitted,
    /// Everything is so already; nothing is written.
    AlreadyDone,
    /// It is refused with that code, and nothing is written. `refused` is the one answer to whoever
    /// is a stranger.
    Refused(&'static str),
}

impl Answer {
    /// Whether something is written before the answer is given.
    #[must_use]
    pub const fn is_written(&self) -> bool {
        match self {
            Self::Becomes(_) | Self::Enrolls(EnrollOutcome::First | EnrollOutcome::Reissued) => {
                true
            }
            Self::Enrolls(EnrollOutcome::Repeated)
            | Self::Admitted
            | Self::AlreadyDone
            | Self::Refused(_) => false,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Becomes(stage) => write!(f, "done, {stage}"),
            Self::Enrolls(EnrollOutcome::First) => f.write_str("first credentials, Enrolled"),
            Self::Enrolls(EnrollOutcome::Reissued) => f.write_str("new credentials, Enrolled"),
            Self::Enrolls(EnrollOutcome::Repeated) => f.write_str("the same credentials"),
            Self::Admitted => f.write_str("admitted"),
            Self::AlreadyDone => f.write_str("already done"),
            Self::Refused(code) => write!(f, "refused: `{code}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_reads_as_what_comes() {
        let texts = [
            (Answer::Becomes(StageName::Retired), "done, Retired"),
            (Answer::Enrolls(EnrollOutcome::First), "first credentials, Enrolled"),
            (Answer::Enrolls(EnrollOutcome::Reissued), "new credentials, Enrolled"),
            (Answer::Enrolls(EnrollOutcome::Repeated), "the same credentials"),
            (Answer::Admitted, "admitted"),
            (Answer::AlreadyDone, "already done"),
            (Answer::Refused("retired"), "refused: `retired`"),
        ];
        for (answer, text) in texts {
            assert_eq!(answer.to_string(), text);
        }
    }

    #[test]
    fn an_answer_is_json_by_its_name() {
        let json = |answer: Answer| serde_json::to_string(&answer).unwrap();
        assert_eq!(json(Answer::Becomes(StageName::Activated)), r#"{"becomes":"activated"}"#);
        assert_eq!(json(Answer::Enrolls(EnrollOutcome::First)), r#"{"enrolls":"first"}"#);
        assert_eq!(json(Answer::AlreadyDone), r#""already-done""#);
        assert_eq!(json(Answer::Refused("refused")), r#"{"refused":"refused"}"#);
    }
}
