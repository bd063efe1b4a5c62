//! What a host is told as it happens.

use plugmint_core::{EventKind, PlugId, Principal, SerialId, UnixMillis};

use crate::Source;

/// Told of what no history keeps, and of revoked principals at once. Every method does nothing
/// unless it is written.
///
/// It is called inside the operation, on the caller's thread: be quick, do not block, and do not
/// call the registry. A host that counts attempts by source, or must drop a session, hands it on.
pub trait Observer: Send + Sync {
    /// An attempt was refused. The state of the device is as it was.
    fn refused(&self, attempt: &RefusedAttempt<'_>) {
        let _ = attempt;
    }

    /// A device or a Controller was given the credentials again that it had been given before.
    fn repeated(&self, repeat: &RepeatedEnrollment<'_>) {
        let _ = repeat;
    }

    /// Two devices may have one serial's credentials. Nobody is refused for it.
    fn suspects_clone(&self, suspicion: &CloneSuspicion<'_>) {
        let _ = suspicion;
    }

    /// The password that connects now goes on until a time, as that of an overlap: drop the
    /// principal's session then, unless it has connected with its new one. No commit and no other
    /// call tells of the end. Called when [`revoked`](Self::revoked) is, and again when the time is
    /// set anew.
    fn ending(&self, ending: &Ending<'_>) {
        let _ = ending;
    }

    /// A password that connected does not any more: drop the principal's session.
    ///
    /// Called after the commit, once for each; also when the commit's outcome is unknown, because
    /// the store failed or the caller did not wait, and then the password may still connect: a
    /// device that connects again has lost nothing. A process that dies between the commit and this
    /// call tells nobody: the feed of events does.
    ///
    /// A grant that ends is no password, and is not told here: ask
    /// [`access`](crate::Registry::access), or follow the feed.
    ///
    /// Only the registry that did it tells. Other processes on the same store, and the program, are
    /// not heard here: who holds sessions beside them follows the [feed](crate::Registry::feed).
    fn revoked(&self, revocation: &Revocation<'_>) {
        let _ = revocation;
    }
}

/// A principal with a password that goes on for a while.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Ending<'a> {
    /// What it is called.
    pub plug_id: &'a PlugId,
    /// Its template and serial number.
    pub id: &'a SerialId,
    /// The first instant at which the password does not connect.
    pub until: UnixMillis,
}

/// An attempt that was refused.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RefusedAttempt<'a> {
    /// What was tried, and by whom as far as that was said: nothing of it is proved.
    pub attempt: Attempt<'a>,
    /// Where the call came from, where the host said so.
    pub source: Option<&'a Source>,
    /// The code of the error that was answered, such as `refused` or `throttled`.
    pub code: &'static str,
}

/// What was tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Attempt<'a> {
    /// To enroll with a serial.
    Enroll(&'a SerialId),
    /// To connect under a Plug-ID; `None` for a text that is none.
    Authenticate(Option<&'a PlugId>),
    /// To take a device off by its own password.
    Unenroll(&'a PlugId),
    /// To enroll as a Controller of a Thing.
    Control(&'a SerialId),
    /// To give up Things, as whoever holds them.
    Release(&'a PlugId),
    /// To be granted one more Thing.
    AddThing {
        /// Who wants it.
        holder: &'a PlugId,
        /// What is wanted.
        thing: &'a SerialId,
    },
}

/// A device or a Controller that was given its credentials again.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RepeatedEnrollment<'a> {
    /// The serial; of a Controller that of its Thing.
    pub id: &'a SerialId,
    /// The Controller; `None` for the serial's own device.
    pub about: Option<&'a PlugId>,
    /// Where the call came from, where the host said so.
    pub source: Option<&'a Source>,
}

/// Why two devices may have one serial's credentials.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum CloneSuspicion<'a> {
    /// Somebody came with the right enroll password to a serial whose device has connected before,
    /// from another source than the last enrollment; whether credentials were given or not. It may
    /// be its owner, who moved.
    EnrolledElsewhere {
        /// The serial.
        id: &'a SerialId,
        /// Where it came from now.
        source: &'a Source,
    },
    /// A principal has connected from more sources within a day than its template allows. Told for
    /// each source beyond that is not among the last eight.
    TooManySources {
        /// Who it is.
        principal: &'a Principal,
        /// The source that it had not connected from.
        source: &'a Source,
        /// From how many it has connected now.
        sources: u8,
    },
}

/// A principal with a password that does not connect any more.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Revocation<'a> {
    /// What it is or was called.
    pub plug_id: &'a PlugId,
    /// Its template and serial number; of a Controller those of the Thing that it enrolled with.
    pub id: &'a SerialId,
    /// What ended the password. [`EventKind::Activated`] ended that of an overlap: the device
    /// itself is welcome with its new one.
    pub by: EventKind,
}
