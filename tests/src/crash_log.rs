//! What a disk may hold after a crash.

use std::sync::Arc;

use rand_core::Rng;

use crate::DiskOp;

/// What a disk held, and what was done to it since.
#[derive(Clone, Debug)]
pub struct CrashLog {
    /// What lasts whatever happens.
    durable: Vec<u8>,
    /// What came behind it, in its order: from the first that may be lost on.
    later: Vec<(DiskOp, Fate)>,
}

/// What the disk owes of an operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    /// A sync behind it was passed: it is there.
    Synced,
    /// No sync came behind it: it may be lost.
    Unsynced,
    /// The sync behind it failed: it may be lost, although a later sync is passed.
    Doubtful,
}

/// What became of the operations that no sync covers, or one that failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "each is an answer that a disk may give")]
pub enum Loss {
    /// All are there.
    Nothing,
    /// None is there.
    Everything,
    /// Some are there, in their order.
    Some,
    /// Some are there, and where they overlap an earlier one may win.
    Reordered,
    /// Some are there, sector by sector.
    Torn,
}

impl Loss {
    /// Every one.
    pub const ALL: [Self; 5] =
        [Self::Nothing, Self::Everything, Self::Some, Self::Reordered, Self::Torn];
}

impl CrashLog {
    /// A disk that holds these bytes for good.
    #[must_use]
    pub const fn new(durable: Vec<u8>) -> Self {
        Self { durable, later: Vec::new() }
    }

    /// Lets an operation come to its end.
    pub fn push(&mut self, op: &DiskOp) {
        match op {
            DiskOp::Sync => {
                let unsynced = self.later.iter_mut().filter(|(_, fate)| *fate != Fate::Doubtful);
                unsynced.for_each(|(_, fate)| *fate = Fate::Synced);
                let first = self.later.iter().position(|(_, fate)| *fate != Fate::Synced);
                for (op, _) in self.later.drain(..first.unwrap_or(self.later.len())) {
                    op.apply(&mut self.durable);
                }
            }
            DiskOp::FailedSync => {
                // The length is the file system's, which keeps a journal of it.
                let written = |op: &DiskOp| matches!(op, DiskOp::Write(..));
                for (op, fate) in &mut self.later {
                    if *fate == Fate::Unsynced && written(op) {
                        *fate = Fate::Doubtful;
                    }
                }
            }
            DiskOp::PowerLost(left) => *self = Self::new(left.to_vec()),
            op => self.later.push((op.clone(), Fate::Unsynced)),
        }
    }

    /// What the disk holds when it crashes here.
    pub fn image(&self, loss: Loss, random: &mut impl Rng) -> Vec<u8> {
        let mut kept: Vec<_> = self
            .later
            .iter()
            .flat_map(|(op, fate)| match fate {
                Fate::Synced => vec![(op.clone(), *fate)],
                Fate::Unsynced | Fate::Doubtful => {
                    left_of(op, loss, random).into_iter().map(|op| (op, *fate)).collect()
                }
            })
            .collect();
        if loss == Loss::Reordered {
            // What was synced later stands over what was lost or kept before.
            for run in kept.split_mut(|(_, fate)| *fate == Fate::Synced) {
                shuffle(run, random);
            }
        }
        let mut bytes = self.durable.clone();
        for (op, _) in kept {
            op.apply(&mut bytes);
        }
        bytes
    }
}

/// What came through of an operation that may be lost.
fn left_of(op: &DiskOp, loss: Loss, random: &mut impl Rng) -> Vec<DiskOp> {
    match (loss, op) {
        (Loss::Nothing, op) => vec![op.clone()],
        (Loss::Everything, _) => Vec::new(),
        (Loss::Torn, DiskOp::Write(offset, data)) => {
            let sectors = data.chunks(SECTOR).enumerate().filter_map(|(number, sector)| {
                let at = offset + (number * SECTOR) as u64;
                coin(random).then(|| DiskOp::Write(at, Arc::from(sector)))
            });
            sectors.collect()
        }
        (Loss::Some | Loss::Reordered | Loss::Torn, op) => {
            coin(random).then(|| op.clone()).into_iter().collect()
        }
    }
}

fn coin(random: &mut impl Rng) -> bool {
    random.next_u32().is_multiple_of(2)
}

fn shuffle<T>(run: &mut [T], random: &mut impl Rng) {
    for at in (1..run.len()).rev() {
        let other = random.next_u64() % (at as u64 + 1);
        run.swap(at, usize::try_from(other).unwrap());
    }
}

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;
