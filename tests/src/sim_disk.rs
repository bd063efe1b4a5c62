//! A disk in memory that keeps a log, and fails as it is told.

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use plugmint_redb::Disk;
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;

use crate::{CrashLog, Loss};

/// A disk in memory.
pub struct SimDisk {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// What it held first.
    begun: Vec<u8>,
    bytes: Vec<u8>,
    log: Vec<DiskOp>,
    plan: Plan,
    /// Operations so far, reads included.
    done: u64,
    failures: u64,
    gate: Gate,
    /// Whether a sync waits for the gate.
    held: bool,
    syncs: u64,
}

/// Something that changes a disk.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a crash image must know what each does")]
pub enum DiskOp {
    /// The length becomes this.
    SetLen(u64),
    /// Bytes are written there.
    Write(u64, Arc<[u8]>),
    /// Everything before it lasts.
    Sync,
    /// It failed: what it should have made last may be lost for good, though later ones pass.
    FailedSync,
    /// Power was lost, and this is left.
    PowerLost(Arc<[u8]>),
}

/// What goes wrong on a disk.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub enum Plan {
    /// Nothing.
    #[default]
    Sound,
    /// The operation of that number fails, the next ones do not.
    FailsOnce(u64),
    /// The operation of that number fails, and all behind it.
    FailsFrom(u64),
    /// The operation of that number fails, and of a write a part is done before; the next ones do
    /// not.
    TearsOnce(u64),
    /// The next sync that comes to its end fails, the ones behind it do not.
    FailsNextSync,
    /// Power is lost at the operation of that number: what was not synced is lost in that way, and
    /// nothing is done any more.
    LosesPower(u64, Loss),
    /// There is room for so many bytes.
    FullAt(u64),
}

/// Whether syncs come to their end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Gate {
    Open,
    Shut,
}

impl SimDisk {
    /// A disk that holds these bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Arc<Self> {
        let state = State {
            begun: bytes.clone(),
            bytes,
            log: Vec::new(),
            plan: Plan::Sound,
            done: 0,
            failures: 0,
            gate: Gate::Open,
            held: false,
            syncs: 0,
        };
        Arc::new(Self { state: Mutex::new(state), changed: Condvar::new() })
    }

    /// What goes wrong from now on; operations are counted from 0 anew.
    pub fn plan(&self, plan: Plan) {
        let mut state = self.lock();
        state.plan = plan;
        state.done = 0;
        state.failures = 0;
    }

    /// Operations that failed since the last plan.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.lock().failures
    }

    /// Operations since the last plan, reads included.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.lock().done
    }

    /// Syncs so far.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.lock().syncs
    }

    /// What changed the disk so far.
    #[must_use]
    pub fn log(&self) -> Vec<DiskOp> {
        self.lock().log.clone()
    }

    /// How many operations changed the disk so far.
    #[must_use]
    pub fn log_len(&self) -> usize {
        self.lock().log.len()
    }

    /// What it holds.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.lock().bytes.clone()
    }

    /// From now on a sync waits until [`open_gate`](Self::open_gate).
    pub fn shut_gate(&self) {
        self.lock().gate = Gate::Shut;
    }

    /// Lets syncs go on.
    pub fn open_gate(&self) {
        self.lock().gate = Gate::Open;
        self.changed.notify_all();
    }

    /// Waits until a sync waits for the gate.
    pub fn wait_for_sync(&self) {
        let mut state = self.lock();
        while !state.held {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, if this operation does not fail.
    fn operation(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut state = self.lock();
        state.begin()?;
        Ok(state)
    }
}

impl State {
    /// Counts an operation, and says whether it fails.
    fn begin(&mut self) -> io::Result<()> {
        let number = self.done;
        self.done += 1;
        let fails = match self.plan {
            Plan::FailsOnce(at) | Plan::TearsOnce(at) => number == at,
            Plan::FailsFrom(from) | Plan::LosesPower(from, _) => number >= from,
            Plan::Sound | Plan::FailsNextSync | Plan::FullAt(_) => false,
        };
        match self.plan {
            Plan::LosesPower(at, loss) if number == at => self.lose_power(loss),
            _ => {}
        }
        if fails { self.fail() } else { Ok(()) }
    }

    fn fail(&mut self) -> io::Result<()> {
        self.failures += 1;
        Err(io::Error::other("the disk failed"))
    }

    fn lose_power(&mut self, loss: Loss) {
        let mut crash = CrashLog::new(self.begun.clone());
        self.log.iter().for_each(|op| crash.push(op));
        let left = crash.image(loss, &mut ChaCha12Rng::seed_from_u64(self.done));
        self.change(DiskOp::PowerLost(left.into()));
    }

    fn change(&mut self, op: DiskOp) {
        op.apply(&mut self.bytes);
        self.log.push(op);
    }

    fn ensure_room(&mut self, end: u64) -> io::Result<()> {
        match self.plan {
            Plan::FullAt(room) if end > room => {
                self.failures += 1;
                Err(io::ErrorKind::StorageFull.into())
            }
            _ => Ok(()),
        }
    }
}

impl Disk for SimDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.operation()?.bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.operation()?;
        let at = usize::try_from(offset).map_err(io::Error::other)?;
        let read = state.bytes.get(at..).and_then(|bytes| bytes.get(..out.len()));
        out.copy_from_slice(read.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.operation()?;
        state.ensure_room(len)?;
        state.change(DiskOp::SetLen(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.lock();
        let mut synced = state.begin();
        while synced.is_ok() && state.gate == Gate::Shut {
            state.held = true;
            self.changed.notify_all();
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.held = false;
        if matches!(state.plan, Plan::FailsNextSync) {
            state.plan = Plan::Sound;
            synced = state.fail();
        }
        state.syncs += u64::from(synced.is_ok());
        state.log.push(if synced.is_ok() { DiskOp::Sync } else { DiskOp::FailedSync });
        synced
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        let number = state.done;
        let begun = state.begin();
        if matches!(state.plan, Plan::TearsOnce(at) if at == number) {
            // Anything from an eighth to seven of them.
            let eighths = usize::try_from(number % 7).unwrap() + 1;
            state.change(DiskOp::Write(offset, data[..data.len() * eighths / 8].into()));
        }
        begun?;
        state.ensure_room(offset + data.len() as u64)?;
        state.change(DiskOp::Write(offset, data.into()));
        Ok(())
    }
}

impl fmt::Debug for SimDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("SimDisk")
            .field("len", &state.bytes.len())
            .field("plan", &state.plan)
            .finish_non_exhaustive()
    }
}

impl DiskOp {
    /// Does it to the bytes of a disk.
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::SetLen(len) => bytes.resize(usize::try_from(*len).unwrap(), 0),
            Self::Write(offset, data) => {
                let at = usize::try_from(*offset).unwrap();
                if bytes.len() < at + data.len() {
                    bytes.resize(at + data.len(), 0);
                }
                bytes[at..at + data.len()].copy_from_slice(data);
            }
            Self::PowerLost(left) => *bytes = left.to_vec(),
            Self::Sync | Self::FailedSync => {}
        }
    }
}
