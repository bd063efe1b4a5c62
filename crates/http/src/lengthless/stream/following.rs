//! Where one call ends and the next begins.

use super::frame::{self, Follows};
use super::{DeviceStream, State};

impl<S> DeviceStream<S> {
    /// Moves on as far as what came allows. Whether something did.
    pub(super) fn advance(&mut self) -> bool {
        match &mut self.state {
            State::Head | State::Chunk if self.came.bytes().is_empty() => false,
            State::Head => {
                let Some((length, follows)) = frame::head(self.came.bytes()) else { return false };
                match follows {
                    Follows::Length(0) => {
                        self.let_through(length);
                        self.ask();
                    }
                    Follows::Length(body) => {
                        self.let_through(length);
                        self.state = State::Body(body);
                    }
                    Follows::Chunks => {
                        // Where it ends is for two to find: nothing may hang on it.
                        self.own = None;
                        self.let_through(length);
                        self.state = State::Chunk;
                    }
                    Follows::Unsaid => {
                        self.state = State::Unsaid(self.came.take(length));
                    }
                    Follows::Unknown => self.state = State::Through,
                }
                true
            }
            State::Body(left) | State::InChunk(left) => {
                let now = usize::try_from(*left).unwrap_or(usize::MAX).min(self.came.bytes().len());
                *left -= now as u64;
                if *left > 0 && now == 0 {
                    return false;
                }
                let is_all = *left == 0;
                if is_all && matches!(self.state, State::InChunk(_)) {
                    self.state = State::Chunk;
                } else if is_all {
                    self.ask();
                }
                self.let_through(now);
                true
            }
            State::Chunk => match frame::chunk(self.came.bytes()) {
                Ok(None) => false,
                Ok(Some((size, true))) => {
                    self.let_through(usize::try_from(size).unwrap_or(usize::MAX));
                    self.state = State::Trailer;
                    true
                }
                Ok(Some((all, false))) => {
                    self.state = State::InChunk(all);
                    true
                }
                Err(()) => {
                    self.state = State::Through;
                    true
                }
            },
            State::Trailer => match frame::trailer(self.came.bytes()) {
                Some(length) => {
                    self.let_through(length);
                    self.ask();
                    true
                }
                None if self.came.bytes().len() > MOST_TRAILER => {
                    self.state = State::Through;
                    true
                }
                None => false,
            },
            State::Through | State::Waits | State::Ended => {
                let all = self.came.bytes().len();
                self.let_through(all);
                all > 0
            }
            State::Unsaid(_) => false,
        }
    }

    fn let_through(&mut self, length: usize) {
        if length == 0 {
            return;
        }
        self.ready.push(self.came.take(length).bytes());
        self.late = None;
        self.silence.end();
    }

    /// A call has come whole.
    pub(super) fn ask(&mut self) {
        self.state = State::Head;
        self.is_asked = true;
        if let Some(own) = &mut self.own {
            own.hand_on();
        }
    }

    /// All of a body that is whatever came has come: its head is told its length. What comes behind
    /// it belongs to nothing.
    pub(super) fn close_unsaid(&mut self, then: State) {
        if let State::Unsaid(head) = &self.state {
            let head = frame::with_length(head.bytes(), self.came.bytes().len());
            self.ready.push(&head);
        }
        self.state = then;
        self.waiting = None;
        self.is_asked = true;
        self.silence.end();
    }
}

/// What is longer is looked at by whoever reads it.
const MOST_TRAILER: usize = 16 * 1024;
