//! Secrets that are looked for.

use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize};

/// Secrets that are looked for in every block that any thread frees, until this is dropped.
///
/// They are kept in static memory, which is never freed. Tests run side by side: a secret of one
/// must be no other's.
#[derive(Debug)]
pub struct Watched(Vec<(&'static str, &'static Needle)>);

impl Watched {
    /// Looks for these secrets of 8 to 64 bytes from now on.
    ///
    /// # Panics
    /// When one is shorter or longer, or too many are looked for.
    #[must_use]
    #[expect(clippy::panic, reason = "where the harness fails, the test shall fail")]
    pub fn new(secrets: &[(&'static str, &[u8])]) -> Self {
        let watch = |(name, secret): &(&'static str, &[u8])| {
            let Some(needle) = Needle::watch(secret) else { panic!("no room for the {name}") };
            (*name, needle)
        };
        Self(secrets.iter().map(watch).collect())
    }

    /// The names of those that were found, and how often.
    #[must_use]
    pub fn found(&self) -> Vec<(&'static str, usize)> {
        let found = |(name, needle): &(&'static str, &Needle)| (*name, needle.found.load(Acquire));
        self.0.iter().map(found).filter(|(_, times)| *times > 0).collect()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        for (_, needle) in &self.0 {
            needle.state.store(FREE, Release);
            WATCHED.fetch_sub(1, Relaxed);
        }
    }
}

/// Whether anything is looked for.
pub(crate) fn any() -> bool {
    WATCHED.load(Relaxed) > 0
}

/// Counts what a block holds. Runs in the allocator: it allocates nothing and does not panic.
pub(crate) fn search(block: &[u8]) {
    let mut needles = [None; MOST];
    let mut ends = [false; 256];
    let watched = NEEDLES.iter().filter(|needle| needle.state.load(Acquire) == WATCHED_FOR);
    for (place, needle) in needles.iter_mut().zip(watched) {
        let head = needle.head.load(Relaxed);
        *place = Some((head, needle));
        if let Some(end) = ends.get_mut(usize::from(last_byte(head))) {
            *end = true;
        }
    }
    let mut last = 0;
    for (read, byte) in (1..).zip(block) {
        last = last << 8 | u64::from(*byte);
        // Few bytes end the head of a needle: the others cost a look into this table.
        if read < HEAD || ends.get(usize::from(*byte)) != Some(&true) {
            continue;
        }
        for (head, needle) in needles.iter().map_while(Option::as_ref) {
            if *head == last && needle.begins(block.get(read - HEAD..).unwrap_or_default()) {
                needle.found.fetch_add(1, AcqRel);
            }
        }
    }
}

/// One secret: its first 8 bytes, which are searched for, and all of them.
#[derive(Debug)]
struct Needle {
    state: AtomicU8,
    head: AtomicU64,
    len: AtomicUsize,
    bytes: [AtomicU8; LONGEST],
    found: AtomicUsize,
}

impl Needle {
    const fn unused() -> Self {
        Self {
            state: AtomicU8::new(FREE),
            head: AtomicU64::new(0),
            len: AtomicUsize::new(0),
            bytes: [const { AtomicU8::new(0) }; LONGEST],
            found: AtomicUsize::new(0),
        }
    }

    /// `None` when there is no room for it.
    fn watch(secret: &[u8]) -> Option<&'static Self> {
        let head = secret.first_chunk::<HEAD>().filter(|_| secret.len() <= LONGEST)?;
        let is_mine =
            |needle: &&Self| needle.state.compare_exchange(FREE, FILLING, AcqRel, Relaxed).is_ok();
        let needle = NEEDLES.iter().find(is_mine)?;
        needle.head.store(u64::from_be_bytes(*head), Relaxed);
        needle.len.store(secret.len(), Relaxed);
        needle.bytes.iter().zip(secret).for_each(|(to, from)| to.store(*from, Relaxed));
        needle.found.store(0, Relaxed);
        needle.state.store(WATCHED_FOR, Release);
        WATCHED.fetch_add(1, Relaxed);
        Some(needle)
    }

    /// Whether these bytes begin with the secret.
    fn begins(&self, bytes: &[u8]) -> bool {
        let len = self.len.load(Relaxed);
        let same = |(own, byte): (&AtomicU8, &u8)| own.load(Relaxed) == *byte;
        bytes.len() >= len && self.bytes.iter().zip(bytes).take(len).all(same)
    }
}

const fn last_byte(head: u64) -> u8 {
    let [.., last] = head.to_be_bytes();
    last
}

static NEEDLES: [Needle; MOST] = [const { Needle::unused() }; MOST];

/// How many needles are watched for.
static WATCHED: AtomicUsize = AtomicUsize::new(0);

/// The states of a needle.
const FREE: u8 = 0;
const FILLING: u8 = 1;
const WATCHED_FOR: u8 = 2;

/// More than the tests watch for at once.
const MOST: usize = 768;

const HEAD: usize = 8;

const LONGEST: usize = 64;
