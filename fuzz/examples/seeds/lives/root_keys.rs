//! Lives over which the root key is replaced.

use plugmint_fuzz::lifecycle::command::{
    CHOSEN, Command, Device, OfController, OfGrants, OfRootKeys, Offer, PASSWORDS, Seen,
};

use super::controllers::{connect, control, enroll, grants, register};

/// What each offer comes to, and what may be dropped when.
pub(super) fn rotations() -> Vec<Command> {
    let [device, other] = [0, 1].map(|serial| Device { template: 2, serial });
    let by_operator = |device| Command::EnrollByOperator { device };
    let refused = [
        Offer::Known,
        Offer::Beyond,
        Offer::NextTwo,
        Offer::Same,
        Offer::Other,
        Offer::WithoutPresent,
        Offer::Nothing,
    ];
    let refused = refused.map(rotate);
    let begin = [register(device), drop_version(1), rotate(Offer::Next), drop_version(1)];
    let second = [
        register(other),
        sweep(),
        sweep(),
        drop_version(1),
        drop_version(1),
        drop_version(3),
        Command::Reopen,
        by_operator(device),
        connect(0),
        rotate(Offer::Next),
        by_operator(other),
        drop_version(2),
        sweep(),
        drop_version(2),
    ];
    let end = [Command::Reopen, connect(0), connect(1), rotate(Offer::Next), rotate(Offer::Next)];
    [&refused[..], &begin, &second, &refused, &end, &[drop_version(3), sweep()]].concat()
}

/// To somebody else and back, under another root key: another name each time, and a Controller of
/// before that nobody can derive any more.
pub(super) fn transferred() -> Vec<Command> {
    let device = Device { template: 3, serial: 2 };
    let none = PASSWORDS.len();
    let transfer =
        |password, control| Command::Transfer { device, password, control, seen: Seen::Present };
    vec![
        register(device),
        enroll(device),
        control(device, 1, 0),
        grants(OfGrants::SetAccess { device, level: 1 }),
        rotate(Offer::Next),
        transfer(CHOSEN, none),
        Command::Enroll { device, password: CHOSEN },
        transfer(0, 1),
        sweep(),
        drop_version(1),
        Command::Reopen,
        enroll(device),
        control(device, 1, 0),
        connect(0),
        connect(1),
        connect(2),
        connect(3),
    ]
}

/// A Thing with two Controllers, one of them reactivated, grants both ways, and over all of it
/// another root key, the old one gone.
pub(super) fn all() -> Vec<Command> {
    let [device, other] = [0, 1].map(|serial| Device { template: 0, serial });
    let reactivate = |pick, seen| Command::Controller(OfController::Reactivate { pick, seen });
    let begin = [
        register(device),
        register(other),
        enroll(device),
        enroll(other),
        control(device, 1, 0),
        control(device, 1, 1),
        connect(0),
        connect(1),
        connect(3),
        grants(OfGrants::AddThing { device: other, pick: 0, password: 1 }),
        grants(OfGrants::AddThing { device, pick: 2, password: 1 }),
        grants(OfGrants::Grant { device: other, pick: 3 }),
        Command::Wait { seconds: 5 },
    ];
    let over = [
        rotate(Offer::Next),
        reactivate(1, Seen::Present),
        sweep(),
        drop_version(1),
        Command::Reopen,
        control(device, 1, 0),
        connect(0),
        connect(1),
        connect(2),
        grants(OfGrants::SetAccess { device: other, level: 2 }),
        Command::Reactivate { device, overlap: 100, seen: Seen::Present },
        grants(OfGrants::ReleaseAllThings { pick: 4 }),
        enroll(device),
        connect(0),
        control(device, 1, 2),
        Command::ReadFeed { limit: 3 },
        Command::Controller(OfController::Disable { pick: 1 }),
        Command::Disable { device: other },
    ];
    [&begin[..], &over].concat()
}

fn rotate(offer: Offer) -> Command {
    Command::RootKeys(OfRootKeys::Rotate { offer })
}

fn sweep() -> Command {
    Command::RootKeys(OfRootKeys::Sweep)
}

fn drop_version(version: u32) -> Command {
    Command::RootKeys(OfRootKeys::Drop { version })
}
