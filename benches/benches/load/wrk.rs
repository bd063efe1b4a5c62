//! `wrk` on the other side of loopback.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::calls::Calls;

/// How many calls went through in a second, in each round.
pub(crate) struct Rate(Vec<f64>);

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
    connections: u32,
    rounds: usize,
    seconds: u32,
) -> [Rate; N] {
    for target in targets {
        // Not counted: connections, caches and the clock of the processor settle.
        called(target, connections, 1);
    }
    let mut rates = [const { Rate(Vec::new()) }; N];
    for _ in 0..rounds {
        for (rate, target) in rates.iter_mut().zip(targets) {
            rate.0.push(called(target, connections, seconds));
        }
    }
    rates
}

fn called(target: &Target, connections: u32, seconds: u32) -> f64 {
    let mut command = Command::new("wrk");
    command.args(["--threads", "1", "--connections", &connections.to_string()]);
    command.args(["--duration", &format!("{seconds}s"), "--timeout", "30s", "--script"]);
    let output = command.arg(&target.script).arg(format!("http://{}/", target.address)).output();
    let output = output.unwrap_or_else(|error| panic!("wrk: {error}: benches/load installs it"));
    let told = String::from_utf8_lossy(&output.stdout);
    let is_clean = output.status.success() && !told.contains("Non-2xx") && !told.contains("Socket");
    assert!(is_clean, "{told}{}", String::from_utf8_lossy(&output.stderr));
    let rate = told.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    rate.unwrap_or_else(|| panic!("{told}")).trim().parse().unwrap()
}

impl Rate {
    pub(crate) fn typical(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn most(&self) -> f64 {
        self.0.iter().copied().fold(0.0, f64::max)
    }
}
