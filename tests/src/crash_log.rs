//! What a disk may hold after a crash.

use std::sync::Arc;

use rand_core::Rng;

use crate::DiskOp;

/// What a disk held, and what was done to it since.
#[derive(Clone, Debug)]
pub struct CrashLog {
    /// What lasts whatever happens: everything up to the last sync that was passed.
    durable: Vec<u8>,
    /// What came behind it, and may be lost, in any part and any order.
    unsynced: Vec<DiskOp>,
}

/// What became of the writes behind the last sync.
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

impl CrashLog {
    /// A disk that holds these bytes for good.
    #[must_use]
    pub const fn new(durable: Vec<u8>) -> Self {
        Self { durable, unsynced: Vec::new() }
    }

    /// Lets an operation come to its end.
    pub fn push(&mut self, op: &DiskOp) {
        match op {
            DiskOp::Sync => {
                for op in self.unsynced.drain(..) {
                    op.apply(&mut self.durable);
                }
            }
            op => self.unsynced.push(op.clone()),
        }
    }

    /// What the disk holds when it crashes here.
    pub fn image(&self, loss: Loss, random: &mut impl Rng) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        let mut kept = match loss {
            Loss::Nothing => self.unsynced.clone(),
            Loss::Everything => Vec::new(),
            Loss::Some | Loss::Reordered => {
                let coin = |_: &&DiskOp| random.next_u32().is_multiple_of(2);
                self.unsynced.iter().filter(coin).cloned().collect()
            }
            Loss::Torn => self.unsynced.iter().flat_map(|op| torn(op, random)).collect(),
        };
        if loss == Loss::Reordered {
            for at in (1..kept.len()).rev() {
                let other = random.next_u64() % (at as u64 + 1);
                kept.swap(at, usize::try_from(other).unwrap());
            }
        }
        for op in kept {
            op.apply(&mut bytes);
        }
        bytes
    }
}

/// The sectors of a write that came through.
fn torn(op: &DiskOp, random: &mut impl Rng) -> Vec<DiskOp> {
    let DiskOp::Write(offset, data) = op else {
        return if random.next_u32().is_multiple_of(2) { vec![op.clone()] } else { Vec::new() };
    };
    let sectors = data.chunks(SECTOR).enumerate().filter_map(|(number, sector)| {
        let at = offset + (number * SECTOR) as u64;
        random.next_u32().is_multiple_of(2).then(|| DiskOp::Write(at, Arc::from(sector)))
    });
    sectors.collect()
}

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;
