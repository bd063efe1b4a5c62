//! What the devices' interface serves in a second, beside a handler of axum's that does nothing.
//!
//! `benches/load` installs `wrk` and runs this: all servers in one process, called in turn. A goal that
//! is missed is a failure; it is one without tags, which the program has: their cost is beside it.

#![expect(clippy::unwrap_used, reason = "a measurement that fails ends the run")]
#![expect(clippy::panic, reason = "a measurement that fails ends the run")]
#![expect(clippy::print_stdout, reason = "the report")]

mod calls;
mod served;
mod wrk;

use std::process::ExitCode;

use plugmint::PasswordClass;

use served::Served;
use wrk::{Rate, Target, called_in_turn};

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
    let ratios = CONNECTIONS.map(|connections| {
        let names = ["GET of one's own device", "the same with tags"];
        let [ratio, _] = compared(names, &reading, (connections, ROUNDS, seconds));
        println!("    expected at least {GOAL} without tags");
        ratio
    });
    for (class, rounds) in [(PasswordClass::Generated, ROUNDS), (PasswordClass::Chosen, FEW_ROUNDS)]
    {
        let enrolling = served.enrolling(class);
        let name = format!("enroll again, {class}, with tags");
        for connections in CONNECTIONS {
            compared([name.as_str()], &enrolling, (connections, rounds, seconds));
        }
    }
    let is_met = ratios.into_iter().all(|ratio| ratio >= GOAL);
    if is_met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What calls come to, of a handler that does nothing but answer alike, which is the last target.
fn compared<const OURS: usize, const ALL: usize>(
    names: [&str; OURS],
    targets: &[Target; ALL],
    how: (u32, usize, u32),
) -> [f64; OURS] {
    let (connections, rounds, seconds) = how;
    let rates = called_in_turn(targets, connections, rounds, seconds);
    let Some((bare, ours)) = rates.split_last() else { panic!("nobody is called") };
    println!("{connections} at once, {rounds} rounds");
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
    println!("  {name:<36} {typical:>9.0} ({least:.0} to {most:.0})");
}

const ROUNDS: usize = 15;

/// Of what takes so long that more would tell no more.
const FEW_ROUNDS: usize = 3;

const CONNECTIONS: [u32; 2] = [1, 64];

/// The least that a read of one's own device may come to, of a handler that does nothing.
const GOAL: f64 = 0.8;
