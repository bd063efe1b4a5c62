//! What was acknowledged is there: after a crash at any write, a failing disk, a kill, a flipped
//! bit and a restored backup.

#![cfg(test)]

mod backups;
mod crashes;
mod failed_reads;
mod failing_disks;
mod flips;
mod golden;
mod groups;
mod kills;
mod load;
mod making;
mod permissions;
mod untrue;

/// How many times something is tried: fewer in CI than before a release.
fn count(variable: &str, default: usize) -> usize {
    std::env::var(variable).map_or(default, |count| count.parse().expect("a number"))
}
