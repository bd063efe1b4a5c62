//! Who is this? And a device that takes itself off.

use crate::derivation::AuthVerifier;
use crate::{Author, EventKind, ProvenBy, UnixMillis};

use super::serial_record::changed;
use super::{Decision, Mark, Overlap, Raise, Registration, SerialRecord, Stage, Stranger};

impl SerialRecord {
    /// A device connected with a password that comes to `presented`. The first use of a password
    /// activates the device and ends its overlap; the password of before connects while its overlap
    /// runs, and changes nothing.
    ///
    /// # Errors
    /// [`Stranger`] unless `presented` proves a password of its now and it is neither disabled nor
    /// retired.
    pub fn authenticate(
        self,
        presented: &AuthVerifier,
        at: UnixMillis,
    ) -> Result<Decision<ProvenBy>, Stranger> {
        match self.proven(presented, at).ok_or(Stranger)? {
            by @ ProvenBy::Overlap { .. } => Ok(Decision::Answer(by)),
            by @ ProvenBy::Current => match self.stage {
                Stage::Enrolled(enrolled) => {
                    let stage = Stage::Activated(enrolled.activate(at));
                    let (kind, author) = (EventKind::Activated, Author::Device);
                    let change = changed(self.head, stage, kind, author, at);
                    Ok(Decision::Commit(Box::new(change), by))
                }
                Stage::Activated(_) => Ok(Decision::Answer(by)),
                Stage::Registered(_) | Stage::Retired(_) => Err(Stranger),
            },
        }
    }

    /// A device with a password that comes to `presented` takes itself off: the password ends, and
    /// it may enroll again. The password of an overlap does not do.
    ///
    /// # Errors
    /// [`Stranger`] unless `presented` proves its current password and it is neither disabled nor
    /// retired. A device that repeats it is a stranger: its password has ended.
    pub fn unenroll_by_device(
        self,
        presented: &AuthVerifier,
        at: UnixMillis,
    ) -> Result<Decision<()>, Stranger> {
        let ProvenBy::Current = self.proven(presented, at).ok_or(Stranger)? else {
            return Err(Stranger);
        };
        let registration = self.stage.registration().ok_or(Stranger)?;
        let next = registration.next_epoch(Raise::Unenroll, registration.epoch);
        let epoch = next.ok().flatten().ok_or(Stranger)?;
        let registered = match self.stage {
            Stage::Enrolled(enrolled) => enrolled.unenroll(epoch),
            Stage::Activated(activated) => activated.unenroll(epoch),
            Stage::Registered(_) | Stage::Retired(_) => return Err(Stranger),
        };
        let (stage, kind) = (Stage::Registered(registered), EventKind::Unenrolled);
        let change = changed(self.head, stage, kind, Author::Device, at);
        Ok(Decision::Commit(Box::new(change), ()))
    }

    /// Which of its passwords was presented. Both are compared, always.
    fn proven(&self, presented: &AuthVerifier, at: UnixMillis) -> Option<ProvenBy> {
        let nobody = AuthVerifier::from_parts([0; 32]);
        let (current, overlap) = match &self.stage {
            Stage::Registered(registered) => {
                (None, registered.former.as_ref().and_then(|former| former.overlap.as_ref()))
            }
            Stage::Enrolled(enrolled) => {
                (Some(&enrolled.identity.auth_verifier), enrolled.overlap.as_ref())
            }
            Stage::Activated(activated) => (Some(&activated.identity.auth_verifier), None),
            Stage::Retired(_) => (None, None),
        };
        let is_current = current.unwrap_or(&nobody).matches(presented);
        let is_former = overlap.map_or(&nobody, Overlap::auth_verifier).matches(presented);
        let mark = self.stage.registration().map(Registration::mark);
        if mark != Some(Mark::Enabled) {
            return None;
        }
        // A verdict is looked at only where whoever asks is told of it.
        if current.is_some() && is_current {
            return Some(ProvenBy::Current);
        }
        let running = overlap.filter(|overlap| overlap.is_running(at) && is_former);
        running.map(|overlap| ProvenBy::Overlap { until: overlap.until })
    }
}
