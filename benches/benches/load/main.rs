//! What the devices' interface serves in a second, beside a handler of axum's that does nothing.
//!
//! `benches/load` installs `wrk` and runs this: two servers in one process, called in turn. A goal that
//! is missed is a failure.

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
    let script = served.script("reading.lua", &served.reading());
    let name = "GET of one's own device";
    let ratios = CONNECTIONS.map(|connections| {
        let ratio = compared(name, served.targets(&script), (connections, ROUNDS, seconds));
        println!("    expected at least {GOAL}");
        ratio
    });
    for (class, rounds) in [(PasswordClass::Generated, ROUNDS), (PasswordClass::Chosen, FEW_ROUNDS)]
    {
        let script = served.script("enrolling.lua", &served.enrolling(class));
        let name = format!("enroll again, {class}");
        for connections in CONNECTIONS {
            compared(&name, served.targets(&script), (connections, rounds, seconds));
        }
    }
    let is_met = ratios.into_iter().all(|ratio| ratio >= GOAL);
    if is_met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What calls come to, of a handler that does nothing but answer alike.
fn compared(name: &str, targets: [Target<'_>; 2], how: (u32, usize, u32)) -> f64 {
    let (connections, rounds, seconds) = how;
    let [ours, bare] = called_in_turn(targets, connections, rounds, seconds);
    println!("{connections} at once, {rounds} rounds");
    row(name, &ours);
    row("a handler that does nothing", &bare);
    let ratio = ours.typical() / bare.typical();
    println!("    {ratio:.3} of it");
    ratio
}

fn row(name: &str, rate: &Rate) {
    let (typical, least, most) = (rate.typical(), rate.least(), rate.most());
    println!("  {name:<30} {typical:>9.0} ({least:.0} to {most:.0})");
}

const ROUNDS: usize = 9;

/// Of what takes so long that more would tell no more.
const FEW_ROUNDS: usize = 3;

const CONNECTIONS: [u32; 2] = [1, 64];

/// The least that a read of one's own device may come to, of a handler that does nothing.
const GOAL: f64 = 0.8;
