//! What may be asked of a store, and the bytes that it is written as.

use std::num::NonZeroUsize;

use arbitrary::{Arbitrary, Result, Unstructured};
use plugmint_store::Key;

/// What is asked in one run, one after the other.
#[derive(Clone, Debug)]
pub struct Commands(pub Vec<Command>);

impl Commands {
    /// The bytes that come to these commands.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for command in &self.0 {
            command.write(&mut bytes);
        }
        bytes
    }
}

impl<'a> Arbitrary<'a> for Commands {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut commands = Vec::new();
        while !u.is_empty() && commands.len() < MOST_COMMANDS {
            commands.push(u.arbitrary()?);
        }
        Ok(Self(commands))
    }
}

/// Something that is asked of a store.
#[derive(Clone, Debug)]
pub enum Command {
    /// One batch.
    Commit(Vec<Step>),
    /// Batches that arrive while another commit is under way.
    CommitTogether(Vec<Vec<Step>>),
    /// A page.
    Scan {
        /// How its keys begin.
        prefix: Vec<u8>,
        /// The key that they come after.
        after: Option<Box<Key>>,
        /// How many at most.
        limit: NonZeroUsize,
    },
    /// The last handle is dropped, and the store opened anew.
    Reopen,
}

impl Command {
    fn write(&self, bytes: &mut Vec<u8>) {
        let count = |of: usize| u8::try_from(of).unwrap_or_default();
        let write_steps = |steps: &[Step], bytes: &mut Vec<u8>| {
            bytes.push(count(steps.len()));
            bytes.extend(steps.iter().copied().flat_map(Step::to_bytes));
        };
        match self {
            Self::Commit(steps) => {
                bytes.push(0);
                write_steps(steps, bytes);
            }
            Self::CommitTogether(batches) => {
                bytes.extend([1, count(batches.len().saturating_sub(1))]);
                for steps in batches {
                    write_steps(steps, bytes);
                }
            }
            Self::Scan { prefix, after, limit } => {
                let number = |key: &[u8]| {
                    let at = (0..KEYS).find(|number| key_of(*number).as_bytes().starts_with(key));
                    at.unwrap_or_default()
                };
                let after = after.as_ref().map_or(NO_KEY, |after| number(after.as_bytes()));
                bytes.extend([
                    2,
                    number(prefix),
                    count(prefix.len()),
                    after,
                    count(limit.get() - 1),
                ]);
            }
            Self::Reopen => bytes.push(3),
        }
    }
}

impl<'a> Arbitrary<'a> for Command {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.arbitrary::<u8>()? % 8 {
            1 | 4 => {
                let count = u.arbitrary::<u8>()? % 4 + 1;
                Self::CommitTogether((0..count).map(|_| steps(u)).collect::<Result<_>>()?)
            }
            2 | 5 => {
                let [key, len, after, limit]: [u8; 4] = u.arbitrary()?;
                let key = key_of(key % KEYS);
                let len = usize::from(len).min(key.as_bytes().len());
                let after = Some(after % 32)
                    .filter(|after| *after < KEYS)
                    .map(|after| Box::new(key_of(after)));
                let limit = NonZeroUsize::MIN.saturating_add(usize::from(limit % 20));
                Self::Scan { prefix: key.as_bytes()[..len].to_vec(), after, limit }
            }
            3 => Self::Reopen,
            _ => Self::Commit(steps(u)?),
        })
    }
}

fn steps(u: &mut Unstructured<'_>) -> Result<Vec<Step>> {
    let count = u.arbitrary::<u8>()? % 8;
    (0..count).map(|_| u.arbitrary().map(Step::of_bytes)).collect()
}

/// A step of a batch: which key, on which guard, to what effect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Step {
    /// The number of the key, for [`key_of`].
    pub key: u8,
    /// What it is guarded with.
    pub guard: Guarded,
    /// What it does.
    pub effect: Effected,
    /// How long the value is that it puts.
    pub len: usize,
}

/// What a step is guarded with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Guarded {
    /// What holds as far as is known.
    Now,
    /// That there is no record.
    Absent,
    /// The revision of the record before the last, or the last before it was deleted.
    Before,
    /// The revision that was given last, to whatever key.
    Latest,
    /// A revision that was never given.
    Invented,
}

/// What a step does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "they are named as the effects of a batch")]
pub enum Effected {
    Keep,
    Put,
    Delete,
}

impl Step {
    fn of_bytes([key, what, len]: [u8; 3]) -> Self {
        let guard = match what % 8 {
            0..=3 => Guarded::Now,
            4 => Guarded::Absent,
            5 => Guarded::Before,
            6 => Guarded::Latest,
            _ => Guarded::Invented,
        };
        let effect = match what / 8 % 4 {
            0 | 1 => Effected::Put,
            2 => Effected::Delete,
            _ => Effected::Keep,
        };
        // Some are longer than a page.
        let len = usize::from(len);
        Self {
            key: key % KEYS,
            guard,
            effect,
            len: if len < 224 { len } else { (len - 223) * 300 },
        }
    }

    fn to_bytes(self) -> [u8; 3] {
        let guard = match self.guard {
            Guarded::Now => 0,
            Guarded::Absent => 4,
            Guarded::Before => 5,
            Guarded::Latest => 6,
            Guarded::Invented => 7,
        };
        let effect = match self.effect {
            Effected::Put => 0,
            Effected::Delete => 2,
            Effected::Keep => 3,
        };
        let len = if self.len < 224 { self.len } else { self.len / 300 + 223 };
        [self.key, guard + 8 * effect, u8::try_from(len).unwrap_or(u8::MAX)]
    }
}

/// One of the keys, some of which begin as others do.
#[must_use]
pub fn key_of(number: u8) -> Key {
    let longest = [b'z'; Key::MAX_LEN];
    let key: &[u8] = match number {
        0 => b"a",
        1 => b"a\0",
        2 => b"a\0\0",
        3 => b"ab",
        4 => b"abc",
        5 => b"b",
        6 => b"\0",
        7 => b"\xff",
        8 => b"\xff\xff",
        9 => b"\xff\xfe",
        10 => b"z",
        11 => &longest,
        12 => &longest[1..],
        13 => b"abd",
        14 => b"ac",
        _ => b"\x7f",
    };
    Key::new(key).unwrap()
}

/// How many keys there are.
pub const KEYS: u8 = 16;

const NO_KEY: u8 = 31;

/// More tell nothing new.
const MOST_COMMANDS: usize = 40;
