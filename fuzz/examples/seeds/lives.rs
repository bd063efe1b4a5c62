//! Lives of devices: a whole one in each template, and what is refused.

mod controllers;
mod profiles;
mod root_keys;
mod verbs;

use plugmint_fuzz::lifecycle::Commands;
use plugmint_fuzz::lifecycle::command::{CHOSEN, Command, Device, PASSWORDS, Proof, TEMPLATES};

use super::Seed;

pub(super) fn seeds() -> Vec<Seed> {
    all().into_iter().map(|(name, commands)| (name, commands.to_bytes())).collect()
}

/// All of them, by name.
pub(super) fn all() -> Vec<(String, Commands)> {
    let mut all = Vec::new();
    for template in 0..TEMPLATES {
        for tagged in [false, true] {
            let records = if tagged { "tagged" } else { "plain" };
            let name = format!("life-{template}-{records}");
            all.push((name, Commands { tagged, all: life(Device { template, serial: 0 }) }));
        }
    }
    let untagged = |name: &str, all| (name.to_owned(), Commands { tagged: false, all });
    all.push(untagged("disabled", disabled()));
    all.push(untagged("retired-early", retired_early()));
    all.push(untagged("passwords", passwords()));
    all.push(untagged("together", together()));
    all.push(untagged("overlaps", verbs::overlaps()));
    all.push(untagged("revoked", verbs::revoked()));
    all.push(untagged("other-passwords", verbs::other_passwords()));
    all.push(untagged("transfers", verbs::transfers()));
    all.push(untagged("by-operator", verbs::by_operator()));
    all.push(untagged("templates", verbs::templates()));
    all.push(untagged("forgotten", verbs::forgotten()));
    all.push(untagged("controllers", controllers::controllers()));
    all.push(untagged("one-place", controllers::one_place()));
    all.push(untagged("fewer-places", controllers::fewer_places()));
    all.push(untagged("held", controllers::held()));
    all.push(untagged("profiles", profiles::profiles()));
    for (tagged, records) in [(false, "plain"), (true, "tagged")] {
        let named = |name, all| (format!("{name}-{records}"), Commands { tagged, all });
        all.push(named("rotations", root_keys::rotations()));
        all.push(named("rotated-and-transferred", root_keys::transferred()));
        all.push(named("all", root_keys::all()));
    }
    all.push(untagged("unknown", life(Device { template: 0, serial: 1 })[1..].to_vec()));
    all
}

fn life(device: Device) -> Vec<Command> {
    let right = Command::Authenticate { device, proof: Proof::Right };
    let enroll = Command::Enroll { device, password: 0 };
    vec![
        register(device, 0),
        Command::Enroll { device, password: 1 },
        enroll,
        Command::Wait { seconds: 5 },
        enroll,
        Command::Authenticate { device, proof: Proof::OtherPassword },
        Command::Authenticate { device, proof: Proof::OtherKind },
        Command::Reopen,
        right,
        Command::Authenticate { device, proof: Proof::RightInUpperCase },
        enroll,
        Command::Disable { device },
        right,
        Command::Enable { device },
        right,
        Command::Retire { device },
        right,
        enroll,
        register(device, 0),
    ]
}

fn disabled() -> Vec<Command> {
    let device = Device { template: 1, serial: 2 };
    let enroll = Command::Enroll { device, password: 0 };
    let (disable, enable) = (Command::Disable { device }, Command::Enable { device });
    let right = Command::Authenticate { device, proof: Proof::Right };
    let malformed = Command::Authenticate { device, proof: Proof::Malformed };
    let begin = [register(device, 0), disable, disable, enroll, enable, enroll, disable];
    [&begin[..], &[right, enroll, enable, enable, malformed, right, disable, right]].concat()
}

fn retired_early() -> Vec<Command> {
    let devices = [0, 1, 2].map(|serial| Device { template: 2, serial });
    let begin = devices.map(|device| register(device, 0));
    let enroll = devices.map(|device| Command::Enroll { device, password: 0 });
    let retire = devices.map(|device| Command::Retire { device });
    let mark = devices.map(|device| Command::Disable { device });
    [&begin[..], &enroll[1..], &mark[2..], &retire, &retire, &mark, &begin].concat()
}

fn passwords() -> Vec<Command> {
    let mut all = Vec::new();
    for template in [0, 3] {
        for (serial, password) in [(0, 0), (1, CHOSEN)] {
            let device = Device { template, serial };
            let register = |control| Command::Register { device, password, control };
            all.extend((0..=PASSWORDS.len()).map(register));
            all.push(register(1));
        }
    }
    all
}

fn together() -> Vec<Command> {
    let device = Device { template: 3, serial: 2 };
    let together =
        |template, password, control| Command::RegisterTogether { template, password, control };
    let enroll = Command::Enroll { device, password: 1 };
    vec![
        register(device, 1),
        together(3, 1, 0),
        together(3, 1, 3),
        Command::Retire { device },
        together(3, 1, 0),
        together(0, CHOSEN, 3),
        together(4, 0, 1),
        enroll,
    ]
}

fn register(device: Device, password: usize) -> Command {
    Command::Register { device, password, control: PASSWORDS.len() }
}
