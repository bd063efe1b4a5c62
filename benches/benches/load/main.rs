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
    println!("calls a second, the median of {ROUNDS} rounds of {seconds} s, in turn");
    let worst = reading(&served, seconds);
    for class in [PasswordClass::Generated, PasswordClass::Chosen] {
        let script = served.script("enrolling.lua", &served.enrolling(class));
        let target = Target { address: served.devices, script: &script };
        for connections in CONNECTIONS {
            let [again] = called_in_turn([target], connections, 1, seconds);
            row(&format!("enroll again, {class}"), connections, &again);
        }
    }
    if worst >= GOAL { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What devices that read themselves come to, of a handler that does nothing; at worst.
fn reading(served: &Served, seconds: u32) -> f64 {
    let script = served.script("reading.lua", &served.reading());
    let target = |address| Target { address, script: &script };
    let ratios = CONNECTIONS.map(|connections| {
        let targets = [target(served.devices), target(served.bare)];
        let [ours, bare] = called_in_turn(targets, connections, ROUNDS, seconds);
        row("GET of one's own device", connections, &ours);
        row("a handler that does nothing", connections, &bare);
        let ratio = ours.typical() / bare.typical();
        println!("    {ratio:.2} of it, expected at least {GOAL}");
        ratio
    });
    ratios.into_iter().fold(f64::INFINITY, f64::min)
}

fn row(name: &str, connections: u32, rate: &Rate) {
    let (typical, least, most) = (rate.typical(), rate.least(), rate.most());
    println!("{name:<30} {connections:>3} at once {typical:>9.0} ({least:.0} to {most:.0})");
}

const ROUNDS: usize = 9;

const CONNECTIONS: [u32; 2] = [1, 64];

/// The least that a read of one's own device may come to, of a handler that does nothing.
const GOAL: f64 = 0.8;
