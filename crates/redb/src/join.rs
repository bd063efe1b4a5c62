//! Waiting for a thread of the store's own to end.

use std::thread::{self, JoinHandle};

/// Waits until a thread has ended. A panic of it was told to everybody who waited for an answer;
/// one at its very end, when nobody waits any more, to the panic hook alone.
///
/// The thread itself is not waited for. It drops the store when the answer that it gives wakes a
/// task that an executor drops there and then, and that held the last handle; it ends when it comes
/// back from it.
pub(crate) fn join(thread: JoinHandle<()>) {
    if thread.thread().id() != thread::current().id() {
        drop(thread.join());
    }
}
