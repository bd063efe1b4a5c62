//! `wrk` on the other side of loopback.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::calls::Calls;

/// How many calls went through in a second, in each round, and what each took of this process,
/// which serves, in microseconds.
#[derive(Default)]
pub(crate) struct Rate {
    calls: Vec<f64>,
    served: Vec<f64>,
}

/// Who calls: so many threads of `wrk`, which share so many connections.
#[derive(Clone, Copy)]
pub(crate) struct Callers {
    pub(crate) threads: u32,
    pub(crate) connections: u32,
}

/// One who is called, and how: a script is a file.
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) script: PathBuf,
}

impl Calls {
    pub(crate) fn written_to(&self, file: &Path) {
        std::fs::write(file, self.script()).unwrap();
    }
}

/// Calls each, and all of them again in each round: what else the machine does meets them alike.
pub(crate) fn called_in_turn<const N: usize>(
    targets: &[Target; N],
    callers: Callers,
    rounds: usize,
    seconds: u32,
) -> [Rate; N] {
    for target in targets {
        // Not counted: connections, caches and the clock of the processor settle.
        called(target, callers, 1);
    }
    let mut rates: [Rate; N] = std::array::from_fn(|_| Rate::default());
    for _ in 0..rounds {
        for (rate, target) in rates.iter_mut().zip(targets) {
            let (calls, served) = called(target, callers, seconds);
            rate.calls.push(calls);
            rate.served.push(served);
        }
    }
    rates
}

fn called(target: &Target, callers: Callers, seconds: u32) -> (f64, f64) {
    let Callers { threads, connections } = callers;
    let mut command = Command::new("wrk");
    command.args(["--threads", &threads.to_string(), "--connections", &connections.to_string()]);
    command.args(["--duration", &format!("{seconds}s"), "--timeout", "30s", "--script"]);
    let before = time_of_this_process();
    let output = command.arg(&target.script).arg(format!("http://{}/", target.address)).output();
    let served = time_of_this_process() - before;
    let output = output.unwrap_or_else(|error| panic!("wrk: {error}: benches/load installs it"));
    let told = String::from_utf8_lossy(&output.stdout);
    let is_clean = output.status.success() && !told.contains("Non-2xx") && !told.contains("Socket");
    assert!(is_clean, "{told}{}", String::from_utf8_lossy(&output.stderr));
    let number = |line: Option<&str>| -> f64 {
        line.unwrap_or_else(|| panic!("{told}")).trim().parse().unwrap()
    };
    let rate = number(told.lines().find_map(|line| line.strip_prefix("Requests/sec:")));
    let calls = told.lines().find_map(|line| line.split_once(" requests in ")).map(|(n, _)| n);
    (rate, served / number(calls))
}

/// How long this process has run on any core, in microseconds; children that are called are others.
fn time_of_this_process() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // Behind the name, which may be anything: proc(5) counts from 3 there.
    let (_, rest) = stat.rsplit_once(')').unwrap();
    let ticks = rest.split_whitespace().skip(14 - 3).take(2).map(|n| n.parse::<f64>().unwrap());
    ticks.sum::<f64>() * 1e6 / TICKS_A_SECOND
}

/// `USER_HZ`, which Linux tells programs by.
const TICKS_A_SECOND: f64 = 100.0;

impl Rate {
    pub(crate) fn typical(&self) -> f64 {
        median(&self.calls)
    }

    pub(crate) fn served(&self) -> f64 {
        median(&self.served)
    }

    pub(crate) fn least(&self) -> f64 {
        self.calls.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn most(&self) -> f64 {
        self.calls.iter().copied().fold(0.0, f64::max)
    }
}

fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
