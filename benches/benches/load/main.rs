//! What the devices' interface serves in a second, beside a handler of axum's that does nothing.
//!
//! `benches/load` installs `wrk` and runs this: all servers in one process, called in turn. A goal
//! that is missed is a failure: it is to be met with tags, as the program has them, and without.

#![expect(clippy::unwrap_used, reason = "a measurement that fails ends the run")]
#![expect(clippy::panic, reason = "a measurement that fails ends the run")]
#![expect(clippy::print_stdout, reason = "the report")]

mod calls;
mod served;
mod wrk;

use std::process::ExitCode;

use plugmint::PasswordClass;

use served::Served;
use wrk::{Callers, Rate, Target, called_in_turn};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((_, more)) = words.split_last().filter(|(last, _)| *last == "--bench") else {
        // Built and run among all other targets: timings are for who asks for them.
        return ExitCode::SUCCESS;
    };
    let seconds = more.first().map_or(1, |seconds| seconds.parse().unwrap());
    let served = Served::new();
    println!("calls a second, the median of so many rounds of {seconds} s, in turn");
    let reading = served.reading();
    let names = ["GET of one's own device", "the same with tags", "the same by the router"];
    let mut is_met = true;
    for callers in READERS {
        let [plain, tagged, _] = compared(names, &reading, (callers, ROUNDS, seconds));
        println!("    expected at least {GOAL}, also with tags");
        is_met &= plain >= GOAL && tagged >= GOAL;
    }
    compared(names, &reading, (ONE_THREAD, ROUNDS, seconds));
    for (class, rounds) in [(PasswordClass::Generated, ROUNDS), (PasswordClass::Chosen, FEW_ROUNDS)]
    {
        let enrolling = served.enrolling(class);
        let name = format!("enroll again, {class}, with tags");
        for callers in ENROLLERS {
            compared([name.as_str()], &enrolling, (callers, rounds, seconds));
        }
    }
    if is_met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What calls come to, of a handler that does nothing but answer alike, which is the last target.
fn compared<const OURS: usize, const ALL: usize>(
    names: [&str; OURS],
    targets: &[Target; ALL],
    how: (Callers, usize, u32),
) -> [f64; OURS] {
    let (callers, rounds, seconds) = how;
    let rates = called_in_turn(targets, callers, rounds, seconds);
    let Some((bare, ours)) = rates.split_last() else { panic!("nobody is called") };
    let Callers { threads, connections } = callers;
    println!("{connections} connections of {threads} threads, {rounds} rounds");
    row("a handler that does nothing", bare);
    let mut ratios = [f64::NAN; OURS];
    for ((ratio, name), rate) in ratios.iter_mut().zip(names).zip(ours) {
        row(name, rate);
        *ratio = rate.typical() / bare.typical();
        println!("    {ratio:.3} of it");
    }
    ratios
}

fn row(name: &str, rate: &Rate) {
    let (typical, least, most) = (rate.typical(), rate.least(), rate.most());
    let served = rate.served();
    println!("  {name:<36} {typical:>9.0} ({least:.0} to {most:.0}), {served:.1} us of the server");
}

const ROUNDS: usize = 15;

/// Of what takes so long that more would tell no more.
const FEW_ROUNDS: usize = 3;

/// The second is what `wrk` takes where it is not told.
const READERS: [Callers; 3] = [
    Callers { threads: 1, connections: 1 },
    Callers { threads: 2, connections: 10 },
    Callers { threads: 2, connections: 64 },
];

/// One that is full before a handler that does nothing is, and waits for who does more: it measures
/// how the two share the cores.
const ONE_THREAD: Callers = Callers { threads: 1, connections: 64 };

const ENROLLERS: [Callers; 2] =
    [Callers { threads: 1, connections: 1 }, Callers { threads: 2, connections: 64 }];

/// The least that a read of one's own device may come to, of a handler that does nothing.
const GOAL: f64 = 0.8;
