//! What a connection is at.

use crate::wiped::Wiped;

/// What the next bytes of a connection are.
#[derive(Debug)]
pub(super) enum State {
    /// The next bytes are a head.
    Head,
    /// So many bytes are of a body.
    Body(u64),
    /// A chunk is next.
    Chunk,
    /// So many bytes are of a chunk.
    InChunk(u64),
    /// The trailer behind the last chunk.
    Trailer,
    /// The body of this head is whatever comes.
    Unsaid(Wiped),
    /// Nothing is looked at any more.
    Through,
    /// The device has sent all of a body without a length, and waits for its answer: who is told
    /// that its connection ends would hang up.
    Waits,
    /// The device sends nothing more.
    Ended,
}

impl State {
    /// Whether more is to come of what the device has begun to send: `has_begun` when that may be a
    /// head.
    pub(super) const fn is_open(&self, has_begun: bool) -> bool {
        match self {
            Self::Head => has_begun,
            Self::Body(_)
            | Self::Chunk
            | Self::InChunk(_)
            | Self::Trailer
            | Self::Unsaid(_)
            | Self::Through => true,
            Self::Waits | Self::Ended => false,
        }
    }
}
