//! From a password to 32 bytes: at once for one that a machine made, by Argon2id for one that a
//! person chose.

use std::fmt;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use crate::secret::Secret;
use crate::{PasswordClass, SerialId};

use super::argon2_cost::Argon2Cost;
use super::mac::{digest, digest_into};

/// The exact bytes of a password, as a derivation takes them.
#[derive(Clone, Copy)]
pub struct PasswordText<'a>(&'a [u8]);

impl<'a> PasswordText<'a> {
    /// Any bytes at all: for tools that reproduce a derivation and judge no password.
    ///
    /// # Errors
    /// [`PasswordTooLong`] beyond 4 GiB, which neither the encoding nor RFC 9106 can express.
    pub fn of_any(bytes: &'a [u8]) -> Result<Self, PasswordTooLong> {
        u32::try_from(bytes.len()).map(|_| Self(bytes)).map_err(|_| PasswordTooLong)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether both are the same bytes, in a time that does not depend on where they differ.
    #[must_use]
    pub fn matches(self, other: PasswordText<'_>) -> bool {
        self.0.ct_eq(other.0).into()
    }

    pub(crate) const fn of_checked(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for PasswordText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordText(..)")
    }
}

/// A password is longer than 4 GiB.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[error("the password is longer than 4,294,967,295 bytes")]
pub struct PasswordTooLong;

impl PasswordClass {
    /// Begins to stretch a password as its class says: what costs a microsecond is done here, what
    /// costs an Argon2id becomes a job.
    pub fn stretching(
        self,
        cost: Argon2Cost,
        id: &SerialId,
        password: PasswordText<'_>,
    ) -> Stretching {
        let salt = match self {
            Self::Generated => {
                return Stretching::Done(Stretched(Secret::boxed(|stretched| {
                    digest_into(stretched, "plugmint/v1/generated", &[password.0]);
                })));
            }
            Self::Chosen => {
                digest("plugmint/v1/salt", &[id.template().body(), id.serial().as_bytes()])
            }
            Self::Shared => digest("plugmint/v1/salt", &[id.template().body()]),
        };
        Stretching::Slow(StretchJob { password: Zeroizing::new(password.0.into()), salt, cost })
    }
}

/// A password on its way to [`Stretched`].
#[derive(Debug)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a caller must know what to do with each")]
pub enum Stretching {
    /// It is there already.
    Done(Stretched),
    /// It takes an Argon2id, which belongs on a thread of its own.
    Slow(StretchJob),
}

impl Stretching {
    /// Finishes here and now, also when that takes an Argon2id.
    ///
    /// # Errors
    /// Those of [`StretchJob::run`].
    pub fn run(self, memory: &mut StretchMemory) -> Result<Stretched, StretchFailed> {
        match self {
            Self::Done(stretched) => Ok(stretched),
            Self::Slow(job) => job.run(memory),
        }
    }
}

/// One Argon2id that waits to be run: tens of milliseconds and `memory_kib` KiB at the default
/// cost. It never belongs on a thread that serves others.
#[must_use]
pub struct StretchJob {
    password: Zeroizing<Box<[u8]>>,
    salt: [u8; 16],
    cost: Argon2Cost,
}

impl StretchJob {
    /// That of an account's password, which is nobody's enroll or control password.
    pub(super) fn of_account(password: PasswordText<'_>, salt: [u8; 16], cost: Argon2Cost) -> Self {
        Self { password: Zeroizing::new(password.0.into()), salt, cost }
    }

    /// What it will cost.
    #[must_use]
    pub const fn cost(&self) -> Argon2Cost {
        self.cost
    }

    /// Hashes, and wipes the memory that it used.
    ///
    /// # Errors
    /// [`StretchFailed::OutOfMemory`] when `memory` cannot grow to the cost. Nothing is lost: the
    /// same password can be stretched again.
    pub fn run(self, memory: &mut StretchMemory) -> Result<Stretched, StretchFailed> {
        let params =
            Params::new(self.cost.memory_kib(), self.cost.passes(), self.cost.lanes(), Some(32))
                .map_err(|_| StretchFailed::Unsupported)?;
        let blocks = memory.blocks(params.block_count(), self.cost.memory_kib())?;
        let stretched = Secret::try_boxed(|stretched| {
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
                &self.password,
                &self.salt,
                stretched,
                &mut *blocks,
            )
        });
        // As slices, which are wiped at once: an array is wiped word by word, in twice the time.
        for block in blocks.iter_mut() {
            AsMut::<[u64]>::as_mut(block).zeroize();
        }
        stretched.map(Stretched).map_err(|_| StretchFailed::Unsupported)
    }
}

impl fmt::Debug for StretchJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StretchJob").field("cost", &self.cost).finish_non_exhaustive()
    }
}

/// The blocks that Argon2id works in, kept from job to job: a first use pays for the pages, later
/// ones do not. They hold nothing between jobs.
#[derive(Default)]
pub struct StretchMemory(Vec<Block>);

impl StretchMemory {
    /// Memory that has no block yet; it grows to the largest cost it meets.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    fn blocks(&mut self, count: usize, memory_kib: u32) -> Result<&mut [Block], StretchFailed> {
        if self.0.len() < count {
            // What there is goes first: it holds nothing, and growing it would hold both for a
            // while.
            self.0 = Vec::new();
            let reserved = self.0.try_reserve_exact(count);
            reserved.map_err(|_| StretchFailed::OutOfMemory { memory_kib })?;
            self.0.resize(count, Block::new());
        }
        self.0.get_mut(..count).ok_or(StretchFailed::OutOfMemory { memory_kib })
    }
}

impl fmt::Debug for StretchMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StretchMemory({} KiB)", self.0.len())
    }
}

/// Why an Argon2id could not be run.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum StretchFailed {
    /// The memory that the cost asks for is not to be had.
    #[error("no {memory_kib} KiB of memory for one Argon2id")]
    OutOfMemory {
        /// The memory that was asked for.
        memory_kib: u32,
    },
    /// The implementation of Argon2id cannot express the cost on this machine.
    #[error("this machine cannot run an Argon2id of that cost")]
    Unsupported,
}

/// What a password comes to before it meets a key: 32 bytes, wiped when dropped. They lie in one
/// place from the start: moving them leaves no copy behind.
pub struct Stretched(Box<Secret<32>>);

impl Stretched {
    pub(super) fn secret(&self) -> &Secret<32> {
        &self.0
    }

    #[expect(clippy::unnecessary_box_returns, reason = "what is returned by value moves")]
    pub(super) fn into_secret(self) -> Box<Secret<32>> {
        self.0
    }

    /// The bytes, for an auditor's tool.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

impl fmt::Debug for Stretched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stretched(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SerialNumber, TemplateId};

    fn id(serial: &str) -> SerialId {
        SerialId::new(TemplateId::from_parts([1; 12]), SerialNumber::parse(serial).unwrap())
    }

    fn stretch(class: PasswordClass, serial: &str, memory: &mut StretchMemory) -> [u8; 32] {
        let cost = Argon2Cost::new(64, 1, 1).unwrap();
        let password = PasswordText::of_checked(b"correct horse");
        *class.stretching(cost, &id(serial), password).run(memory).unwrap().expose_bytes()
    }

    #[test]
    fn generated_needs_no_job_and_the_others_one() {
        for (class, slow) in [
            (PasswordClass::Generated, false),
            (PasswordClass::Chosen, true),
            (PasswordClass::Shared, true),
        ] {
            let text = PasswordText::of_checked(b"12345678");
            let stretching = class.stretching(Argon2Cost::DEFAULT, &id("S"), text);
            assert_eq!(matches!(stretching, Stretching::Slow(_)), slow);
        }
    }

    #[test]
    fn only_a_chosen_password_is_stretched_with_its_serial() {
        let memory = &mut StretchMemory::new();
        for (class, same) in [
            (PasswordClass::Generated, true),
            (PasswordClass::Chosen, false),
            (PasswordClass::Shared, true),
        ] {
            assert_eq!(stretch(class, "A", memory) == stretch(class, "B", memory), same);
        }
    }

    #[test]
    fn reused_memory_gives_what_fresh_memory_gives() {
        let reused = &mut StretchMemory::new();
        let first = stretch(PasswordClass::Chosen, "A", reused);
        stretch(PasswordClass::Chosen, "B", reused);
        assert_eq!(stretch(PasswordClass::Chosen, "A", reused), first);
        assert_eq!(stretch(PasswordClass::Chosen, "A", &mut StretchMemory::new()), first);
    }

    #[test]
    fn memory_holds_nothing_after_a_job() {
        let memory = &mut StretchMemory::new();
        stretch(PasswordClass::Chosen, "A", memory);
        assert_eq!(memory.0.len(), 64);
        assert!(memory.0.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
    }

    #[test]
    fn memory_that_is_not_to_be_had_is_an_error() {
        let cost = Argon2Cost::new(u32::MAX, 1, 1).unwrap();
        let memory = &mut StretchMemory::new();
        assert_eq!(
            memory.blocks(usize::MAX / 2, cost.memory_kib()).unwrap_err(),
            StretchFailed::OutOfMemory { memory_kib: u32::MAX }
        );
    }

    #[test]
    fn texts_match_when_all_their_bytes_do() {
        let text = PasswordText::of_checked(b"correct horse");
        assert!(text.matches(PasswordText::of_checked(b"correct horse")));
        for other in [&b"correct horsf"[..], b"correct hors", b"correct horse "] {
            assert!(!text.matches(PasswordText::of_checked(other)));
        }
    }
}
