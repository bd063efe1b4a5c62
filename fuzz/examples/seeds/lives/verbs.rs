//! Lives with the verbs that end passwords, give new ones, and close templates.

use plugmint_fuzz::lifecycle::command::{CHOSEN, Command, Device, PASSWORDS, Proof, Seen};

use super::{life, register};

/// A password that goes on beside the next one, and ends by its use, by the clock or by a verb.
pub(super) fn overlaps() -> Vec<Command> {
    let device = Device { template: 0, serial: 0 };
    let (present, again) = (Seen::Present, Seen::Before);
    let enroll = Command::Enroll { device, password: 0 };
    let right = Command::Authenticate { device, proof: Proof::Right };
    let old = |pick| Command::AuthenticateOld { device, pick };
    let reactivate = |overlap, seen| Command::Reactivate { device, overlap, seen };
    vec![
        register(device, 0),
        enroll,
        right,
        reactivate(100, present),
        reactivate(100, again),
        reactivate(0, again),
        right,
        enroll,
        old(1),
        reactivate(50, present),
        old(1),
        old(0),
        enroll,
        right,
        old(2),
        reactivate(2, present),
        right,
        Command::Wait { seconds: 9 },
        right,
        enroll,
        right,
        reactivate(200, present),
        Command::Reopen,
        right,
        Command::Disable { device },
        right,
        Command::Enable { device },
        right,
        Command::UnenrollByDevice { device, pick: 0 },
        reactivate(0, present),
        right,
        reactivate(0, present),
        reactivate(0, again),
    ]
}

pub(super) fn revoked() -> Vec<Command> {
    let device = Device { template: 1, serial: 1 };
    let enroll = Command::Enroll { device, password: 0 };
    let right = Command::Authenticate { device, proof: Proof::Right };
    let unenroll = |seen| Command::Unenroll { device, seen };
    vec![
        register(device, 0),
        unenroll(Seen::Present),
        enroll,
        unenroll(Seen::NotYet),
        unenroll(Seen::Present),
        unenroll(Seen::Before),
        right,
        enroll,
        right,
        Command::UnenrollByDevice { device, pick: 1 },
        Command::UnenrollByDevice { device, pick: 0 },
        Command::UnenrollByDevice { device, pick: 0 },
        right,
        enroll,
        Command::Retire { device },
        unenroll(Seen::Present),
        right,
    ]
}

pub(super) fn other_passwords() -> Vec<Command> {
    let device = Device { template: 0, serial: 2 };
    let replace =
        |password, control, seen| Command::ReplacePasswords { device, password, control, seen };
    let control = |password| Command::ReplaceControl { device, password, stay: false };
    let none = PASSWORDS.len();
    vec![
        Command::Register { device, password: 0, control: 1 },
        replace(1, 0, Seen::Present),
        replace(1, 0, Seen::Before),
        replace(1, none, Seen::Before),
        replace(1, 0, Seen::Present),
        replace(0, 0, Seen::Present),
        replace(CHOSEN, none, Seen::Present),
        control(0),
        control(1),
        replace(0, none, Seen::Present),
        control(1),
        control(1),
        control(0),
        control(CHOSEN),
        Command::Enroll { device, password: 1 },
        Command::Enroll { device, password: 0 },
        replace(1, none, Seen::Present),
    ]
}

/// To somebody else and back: the name is the old one, no password is.
pub(super) fn transfers() -> Vec<Command> {
    let device = Device { template: 3, serial: 0 };
    let transfer = |password, seen| {
        let control = PASSWORDS.len();
        Command::Transfer { device, password, control, seen }
    };
    let enroll = |password| Command::Enroll { device, password };
    let right = Command::Authenticate { device, proof: Proof::Right };
    let old = |pick| Command::AuthenticateOld { device, pick };
    vec![
        register(device, CHOSEN),
        enroll(CHOSEN),
        right,
        Command::Reactivate { device, overlap: 100, seen: Seen::Present },
        transfer(CHOSEN, Seen::Present),
        transfer(1, Seen::Present),
        transfer(1, Seen::Before),
        right,
        enroll(CHOSEN),
        enroll(1),
        right,
        transfer(CHOSEN, Seen::Present),
        enroll(CHOSEN),
        old(0),
        old(1),
        old(2),
        transfer(0, Seen::NotYet),
        Command::Close { template: 3 },
        transfer(0, Seen::Present),
    ]
}

pub(super) fn by_operator() -> Vec<Command> {
    let device = Device { template: 2, serial: 3 };
    let enroll = Command::EnrollByOperator { device };
    let right = Command::Authenticate { device, proof: Proof::Right };
    let reactivate = Command::Reactivate { device, overlap: 0, seen: Seen::Present };
    vec![
        enroll,
        register(device, 0),
        Command::Disable { device },
        enroll,
        Command::Enable { device },
        enroll,
        enroll,
        Command::Enroll { device, password: 0 },
        reactivate,
        enroll,
        right,
        enroll,
        reactivate,
        enroll,
        Command::Retire { device },
        enroll,
    ]
}

pub(super) fn templates() -> Vec<Command> {
    let device = Device { template: 1, serial: 0 };
    let other = Device { template: 1, serial: 1 };
    let enroll = Command::Enroll { device, password: 0 };
    let right = Command::Authenticate { device, proof: Proof::Right };
    let (close, open) = (Command::Close { template: 1 }, Command::Open { template: 1 });
    let delete = |retire| Command::Delete { template: 1, retire };
    vec![
        register(device, 0),
        enroll,
        close,
        close,
        right,
        enroll,
        register(other, 1),
        open,
        open,
        Command::Change { template: 1, repeat: 2, cap: 0, level: 0 },
        Command::Change { template: 1, repeat: 2, cap: 0, level: 0 },
        enroll,
        register(other, 1),
        delete(false),
        enroll,
        delete(true),
        delete(true),
        right,
        enroll,
        open,
        Command::ReplacePasswords {
            device: other,
            password: 0,
            control: PASSWORDS.len(),
            seen: Seen::Present,
        },
        Command::Retire { device: other },
        Command::Delete { template: 4, retire: false },
        Command::Close { template: 4 },
    ]
}

pub(super) fn forgotten() -> Vec<Command> {
    let device = Device { template: 0, serial: 0 };
    let (read, wait) = (Command::ReadFeed { limit: 2 }, Command::Wait { seconds: 100 });
    let begin = life(device);
    let forget = |seconds| Command::Forget { seconds };
    let end = [read, forget(0), read, Command::Reopen, read, register(device, 0), read];
    [&begin[..4], &[read, wait, forget(50)], &begin[4..], &[forget(200), wait], &end].concat()
}
