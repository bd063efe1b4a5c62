//! News that are told when their commit is done, also when nobody waits for that.

use std::thread;

use plugmint_core::{EventKind, PlugId, SerialId, UnixMillis};

use crate::Source;

use super::{CloneSuspicion, Ending, Observer, Revocation};

/// What a commit means for whoever is connected.
#[derive(Clone, Copy)]
pub(crate) enum News {
    /// A password ends with it.
    Revoked(EventKind),
    /// A password goes on until then.
    Ending(UnixMillis),
}

/// Tells an observer when it is dropped, unless nothing was committed.
pub(crate) struct Telling<'a> {
    observer: Option<&'a dyn Observer>,
    id: &'a SerialId,
    plug_id: PlugId,
    news: News,
}

impl<'a> Telling<'a> {
    /// To be made before the commit is handed over: from then on it may happen without us.
    pub(crate) const fn new(
        observer: &'a dyn Observer,
        id: &'a SerialId,
        plug_id: PlugId,
        news: News,
    ) -> Self {
        Self { observer: Some(observer), id, plug_id, news }
    }

    /// Nothing was committed.
    pub(crate) fn call_off(mut self) {
        self.observer = None;
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        let Some(observer) = self.observer.filter(|_| may_tell()) else { return };
        let (plug_id, id) = (&self.plug_id, self.id);
        match self.news {
            News::Revoked(by) => observer.revoked(&Revocation { plug_id, id, by }),
            News::Ending(until) => observer.ending(&Ending { plug_id, id, until }),
        }
    }
}

/// Tells of a serial that was enrolled elsewhere when it is dropped, if it was.
///
/// Whoever hangs up after the commit would go untold otherwise: the record has its source then, and
/// the next time it is no other.
pub(crate) struct Suspicion<'a> {
    observer: Option<&'a dyn Observer>,
    id: &'a SerialId,
    source: Option<&'a Source>,
    pub(crate) is_elsewhere: bool,
}

impl<'a> Suspicion<'a> {
    pub(crate) const fn new(
        observer: Option<&'a dyn Observer>,
        id: &'a SerialId,
        source: Option<&'a Source>,
    ) -> Self {
        Self { observer, id, source, is_elsewhere: false }
    }
}

impl Drop for Suspicion<'_> {
    fn drop(&mut self) {
        if let (Some(observer), Some(source)) = (self.observer, self.source)
            && self.is_elsewhere
            && may_tell()
        {
            observer.suspects_clone(&CloneSuspicion::EnrolledElsewhere { id: self.id, source });
        }
    }
}

/// A host's panic while another one unwinds would end the process.
fn may_tell() -> bool {
    !thread::panicking()
}
