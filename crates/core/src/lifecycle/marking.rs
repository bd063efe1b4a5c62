//! Disabled for a while, or retired for good.

use crate::{AccessLevel, Author, EventKind, UnixMillis};

use super::serial_record::done;
use super::{Decision, Mark, Outcome, RetiredSerial, SerialRecord, Stage};

impl SerialRecord {
    /// It shall neither enroll nor authenticate until it is enabled again.
    ///
    /// # Errors
    /// [`RetiredSerial`], which is more than disabled.
    pub fn disable(
        self,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, RetiredSerial> {
        self.set_mark(Mark::Disabled, EventKind::Disabled, author, at)
    }

    /// It may enroll and authenticate again.
    ///
    /// # Errors
    /// [`RetiredSerial`], which does not come back.
    pub fn enable(
        self,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, RetiredSerial> {
        self.set_mark(Mark::Enabled, EventKind::Enabled, author, at)
    }

    /// It shall never enroll or authenticate again, from any stage.
    pub fn retire(self, author: Author, at: UnixMillis) -> Decision<Outcome> {
        let retired = match self.stage {
            Stage::Retired(_) => return Decision::Answer(Outcome::AlreadyDone),
            Stage::Registered(registered) => registered.retire(at),
            Stage::Enrolled(enrolled) => enrolled.retire(at),
            Stage::Activated(activated) => activated.retire(at),
        };
        done(self.head, Stage::Retired(retired), EventKind::Retired, author, at)
    }

    /// Controllers may do that with it; `None` is what its template says.
    ///
    /// # Errors
    /// [`RetiredSerial`], with which nobody can do anything.
    pub fn set_access(
        self,
        access: Option<AccessLevel>,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, RetiredSerial> {
        let now = self.stage.registration().ok_or(RetiredSerial)?.access();
        if now == access {
            return Ok(Decision::Answer(Outcome::AlreadyDone));
        }
        Ok(done(self.head, self.stage.with_access(access), EventKind::AccessSet, author, at))
    }

    fn set_mark(
        self,
        mark: Mark,
        kind: EventKind,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, RetiredSerial> {
        let now = self.mark().ok_or(RetiredSerial)?;
        if now == mark {
            return Ok(Decision::Answer(Outcome::AlreadyDone));
        }
        Ok(done(self.head, self.stage.marked(mark), kind, author, at))
    }
}
