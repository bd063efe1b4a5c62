//! What ends passwords: reactivate, unenroll, replace, transfer.

use serde::{Deserialize, Serialize};

use crate::derivation::Verifier;
use crate::{Author, Epoch, EventKind, UnixMillis};

use super::registration::ControlOrigin;
use super::serial_record::done;
use super::{
    Decision, EpochRefusal, Offered, Outcome, Raise, Registration, Renewal, ReplaceControlRefusal,
    ReplaceRefusal, RevokeRefusal, SerialRecord, Stage, TransferRefusal,
};

/// Each takes the epoch that its caller saw. So a call whose answer was lost is made again: it
/// answers [`Outcome::AlreadyDone`] when it was this verb that raised that epoch, and is refused
/// when anything else did.
impl SerialRecord {
    /// The device must enroll again, under the same Plug-ID. With `until`, the password that it
    /// used last goes on until it has used the new one, and at most until then; a password that has
    /// ended does not return.
    ///
    /// # Errors
    /// [`RevokeRefusal`]; [`RevokeRefusal::NotEnrolled`] for a Registered serial without an
    /// overlap.
    pub fn reactivate(
        self,
        seen: Epoch,
        until: Option<UnixMillis>,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, RevokeRefusal> {
        // What ends at once is no overlap.
        let until = until.filter(|until| at < *until);
        let registration = self.stage.registration().ok_or(RevokeRefusal::Retired)?;
        let Some(epoch) = registration.next_epoch(Raise::Reactivate, seen)? else {
            // Whoever asks for no overlap must not be told that it is done while one runs.
            let overlap = self.stage.overlap().filter(|overlap| overlap.is_running(at));
            return match (until, overlap) {
                (None, Some(_)) => {
                    Err(EpochRefusal::Moved { seen, now: registration.epoch }.into())
                }
                (None, None) | (Some(_), _) => Ok(Decision::Answer(Outcome::AlreadyDone)),
            };
        };
        let registered = match self.stage {
            Stage::Registered(registered) => {
                registered.reactivate(epoch, until, at).ok_or(RevokeRefusal::NotEnrolled)?
            }
            Stage::Enrolled(enrolled) => enrolled.reactivate(epoch, until, at),
            Stage::Activated(activated) => activated.reactivate(epoch, until, at),
            Stage::Retired(_) => return Err(RevokeRefusal::Retired),
        };
        Ok(done(self.head, Stage::Registered(registered), EventKind::Reactivated, author, at))
    }

    /// The device is taken off: its passwords end, and it may enroll again, under the same Plug-ID.
    ///
    /// # Errors
    /// [`RevokeRefusal`]; [`RevokeRefusal::NotEnrolled`] for a Registered serial.
    pub fn unenroll(
        self,
        seen: Epoch,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, RevokeRefusal> {
        let registration = self.stage.registration().ok_or(RevokeRefusal::Retired)?;
        let Some(epoch) = registration.next_epoch(Raise::Unenroll, seen)? else {
            return Ok(Decision::Answer(Outcome::AlreadyDone));
        };
        let registered = match self.stage {
            Stage::Registered(_) => return Err(RevokeRefusal::NotEnrolled),
            Stage::Enrolled(enrolled) => enrolled.unenroll(epoch),
            Stage::Activated(activated) => activated.unenroll(epoch),
            Stage::Retired(_) => return Err(RevokeRefusal::Retired),
        };
        Ok(done(self.head, Stage::Registered(registered), EventKind::Unenrolled, author, at))
    }

    /// A serial whose device has never enrolled has other passwords from now on, both of them.
    /// `offered` are the new ones under the key version that it has, `renewal` under the one that
    /// it shall have.
    ///
    /// # Errors
    /// [`ReplaceRefusal`]
    pub fn replace_passwords(
        self,
        seen: Epoch,
        offered: &Offered,
        renewal: Renewal,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, ReplaceRefusal> {
        let registration = self.stage.registration().ok_or(ReplaceRefusal::Retired)?;
        let Some(epoch) = next_epoch(registration, Raise::ReplacePasswords, seen, offered)? else {
            return Ok(Decision::Answer(Outcome::AlreadyDone));
        };
        let unchanged = offered.unchanged(registration);
        let registered = match self.stage {
            Stage::Registered(registered) if registered.former.is_none() => registered,
            Stage::Registered(_) | Stage::Enrolled(_) | Stage::Activated(_) => {
                return Err(ReplaceRefusal::HasEnrolled);
            }
            Stage::Retired(_) => return Err(ReplaceRefusal::Retired),
        };
        if let Some(which) = unchanged {
            return Err(ReplaceRefusal::Unchanged(which));
        }
        let stage = Stage::Registered(registered.replace_passwords(renewal, epoch));
        Ok(done(self.head, stage, EventKind::PasswordsReplaced, author, at))
    }

    /// The serial goes to somebody else, who gets passwords and an identity that nobody had: what
    /// its owner of before knows opens nothing.
    ///
    /// # Errors
    /// [`TransferRefusal`]
    pub fn transfer(
        self,
        seen: Epoch,
        offered: &Offered,
        renewal: Renewal,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, TransferRefusal> {
        let registration = self.stage.registration().ok_or(TransferRefusal::Retired)?;
        let Some(epoch) = next_epoch(registration, Raise::Transfer, seen, offered)? else {
            return Ok(Decision::Answer(Outcome::AlreadyDone));
        };
        if let Some(which) = offered.repeated(registration) {
            return Err(TransferRefusal::Repeated(which));
        }
        let registered = match self.stage {
            Stage::Registered(registered) => registered.transfer(renewal, epoch),
            Stage::Enrolled(enrolled) => enrolled.transfer(renewal, epoch),
            Stage::Activated(activated) => activated.transfer(renewal, epoch),
            Stage::Retired(_) => return Err(TransferRefusal::Retired),
        };
        Ok(done(self.head, Stage::Registered(registered), EventKind::Transferred, author, at))
    }

    /// Controllers enroll with another control password from now on. The stage and the epoch stay.
    /// `control` and `as_enroll` are what the new password comes to as a control password and as an
    /// enroll password, under the key version that the serial has.
    ///
    /// Grants on the Thing end or stay, as is asked for. Controllers of before live on, and are not
    /// reactivated any more: nobody could derive them.
    ///
    /// A repeat says [`Outcome::AlreadyDone`], unless grants stayed and are to end now: it is told
    /// from a password that replaces itself by how the serial came to it.
    ///
    /// # Errors
    /// [`ReplaceControlRefusal`]
    pub fn replace_control_password(
        self,
        control: Verifier,
        as_enroll: &Verifier,
        grants: GrantsThen,
        author: Author,
        at: UnixMillis,
    ) -> Result<Decision<Outcome>, ReplaceControlRefusal> {
        let registration = self.stage.registration().ok_or(ReplaceControlRefusal::Retired)?;
        if registration.enroll_verifier.matches(as_enroll) {
            return Err(ReplaceControlRefusal::SamePasswords);
        }
        let old = registration.control_verifier.as_ref();
        let is_same = old.is_some_and(|old| old.matches(&control));
        match (registration.control_origin, grants) {
            (_, _) if !is_same => {}
            // Nobody is told that grants have ended while they stay.
            (ControlOrigin::Replaced(GrantsThen::Stay), GrantsThen::End) => {}
            (ControlOrigin::Replaced(_), _) => return Ok(Decision::Answer(Outcome::AlreadyDone)),
            (ControlOrigin::Given, _) => return Err(ReplaceControlRefusal::Unchanged),
        }
        let stage = self.stage.with_control(control, grants);
        Ok(done(self.head, stage, EventKind::ControlPasswordReplaced, author, at))
    }
}

/// What becomes of the grants on a Thing when its control password is replaced.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "they end or they stay")]
pub enum GrantsThen {
    /// All of them end: whoever knew the old password has nothing left.
    #[default]
    End,
    /// They stay: only who comes from now on needs the new password.
    Stay,
}

/// As [`Registration::next_epoch`], where a repeat names the same passwords too.
fn next_epoch(
    registration: &Registration,
    verb: Raise,
    seen: Epoch,
    offered: &Offered,
) -> Result<Option<Epoch>, EpochRefusal> {
    match registration.next_epoch(verb, seen)? {
        None if !offered.are_those_of(registration) => {
            Err(EpochRefusal::Moved { seen, now: registration.epoch })
        }
        next => Ok(next),
    }
}
