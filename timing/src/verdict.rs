//! Where the verdict of a comparison becomes public, and nothing but the verdict.
//!
//! `subtle` passes each outcome through one function that the compiler may not look into,
//! `subtle::black_box`. valgrind calls [`black_box`] in its place, by name and at run time: the
//! code under test stays as it was compiled. A path says which comparisons it makes; the last call
//! of each is its verdict, and that one byte becomes public.

#![expect(unsafe_code, reason = "valgrind finds a replacement by the name of its symbol")]

use std::sync::{Mutex, PoisonError};

use crate::memcheck;

/// What a comparison calls before its verdict.
#[derive(Clone, Copy)]
pub(crate) enum Compared {
    /// Two secrets of one size: all their bytes come together first, and no outcome of a part is
    /// there to be passed.
    Secrets,
    /// The same, of whose verdict nobody is told: one was compared with what nobody's password
    /// comes to, so that there are as many comparisons as always, or two that no caller has a hand
    /// in.
    Untold,
    /// Two texts: the outcome of each of so many bytes. None where their lengths differ, which are
    /// no secret.
    Texts(usize),
}

/// Runs a path that makes these comparisons, in this order, and whose verdicts are public, but for
/// those that are untold: whoever asked is told.
pub(crate) fn published<T>(compared: &[Compared], path: impl FnOnce() -> T) -> T {
    watched(compared, Verdicts::Public, path)
}

/// Runs a path that makes these comparisons and whose verdicts nobody may learn.
pub(crate) fn withheld<T>(compared: &[Compared], path: impl FnOnce() -> T) -> T {
    watched(compared, Verdicts::Secret, path)
}

#[derive(Clone, Copy)]
enum Verdicts {
    Public,
    Secret,
}

/// Which calls are to come, how many have come, whether each verdict hangs on a secret, and whether
/// one did not.
struct Calls {
    verdicts: Vec<usize>,
    made: usize,
    secret: bool,
    hollow: bool,
}

fn watched<T>(compared: &[Compared], verdicts: Verdicts, path: impl FnOnce() -> T) -> T {
    let mut end = 0;
    let ends: Vec<usize> = compared
        .iter()
        .map(|compared| {
            end += match compared {
                Compared::Secrets | Compared::Untold => 1,
                Compared::Texts(len) => len + 1,
            };
            end
        })
        .collect();
    let told = |(compared, end): (&Compared, &usize)| match (verdicts, compared) {
        (Verdicts::Secret, _) | (_, Compared::Untold) => None,
        (Verdicts::Public, Compared::Secrets | Compared::Texts(_)) => Some(end - 1),
    };
    let published = compared.iter().zip(&ends).filter_map(told).collect();
    let lengths_differ = compared.iter().any(|compared| matches!(compared, Compared::Texts(0)));
    let calls = Calls { verdicts: published, made: 0, secret: !lengths_differ, hollow: false };
    with_calls(|now| *now = calls);
    let answer = path();
    let (made, hollow) = with_calls(|calls| (calls.made, calls.hollow));
    assert_eq!(made, ends.last().copied().unwrap_or(0), "calls of subtle::black_box");
    assert!(!hollow, "a secret was lost on the way: a verdict did not hang on one");
    answer
}

/// What valgrind calls in place of `subtle::black_box::<u8>`.
///
/// The name is `I_REPLACE_SONAME_FNNAME_ZZ` of valgrind.h: in the program itself (`NONE`), any
/// symbol with `6subtle9black_box` in it, as both of Rust's manglings write it.
// SAFETY: the name is nobody else's, and nothing but valgrind looks for it. Rust passes and returns
// a `u8` in the low byte of the register where C passes and returns a `u32`.
#[unsafe(export_name = "_vgr00000ZZ_NONE_Za6subtle9blackZuboxZa")]
extern "C" fn black_box(outcome: u32) -> u32 {
    let [outcome, ..] = outcome.to_le_bytes();
    let is_published = with_calls(|calls| {
        calls.made += 1;
        let is_published = calls.verdicts.contains(&(calls.made - 1));
        let is_checked = is_published && calls.secret && memcheck::is_watching();
        calls.hollow |= is_checked && !memcheck::is_secret(&[outcome]);
        is_published
    });
    u32::from(if is_published { memcheck::public(outcome) } else { outcome })
}

/// Keeps the replacement in the program, which itself never calls it.
#[used]
static KEPT: extern "C" fn(u32) -> u32 = black_box;

fn with_calls<T>(act: impl FnOnce(&mut Calls) -> T) -> T {
    act(&mut CALLS.lock().unwrap_or_else(PoisonError::into_inner))
}

static CALLS: Mutex<Calls> =
    Mutex::new(Calls { verdicts: Vec::new(), made: 0, secret: false, hollow: false });
