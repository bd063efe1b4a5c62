//! Lives with Controllers, and with what they hold.

use plugmint_fuzz::lifecycle::command::{
    CHOSEN, Command, Device, OWN_SERIALS, OfController, OfGrants, Seen,
};

/// None of the own serial numbers.
const NAMELESS: usize = OWN_SERIALS.len();

/// Places for two: who is known again, who must wait, and who makes room.
pub(super) fn controllers() -> Vec<Command> {
    let device = Device { template: 0, serial: 0 };
    let begin = [register(device), control(device, 1, 0), enroll(device)];
    let two = [
        control(device, 0, 0),
        control(device, 1, 0),
        control(device, 1, 0),
        control(device, 1, NAMELESS),
        connect(0),
        connect(1),
        control(device, 1, NAMELESS),
    ];
    [&begin[..], &two, &reactivated(device), &marked(device), &replaced(device)].concat()
}

fn reactivated(device: Device) -> Vec<Command> {
    let reactivate = |pick, seen| Command::Controller(OfController::Reactivate { pick, seen });
    vec![
        reactivate(0, Seen::Present),
        reactivate(2, Seen::Present),
        reactivate(1, Seen::NotYet),
        reactivate(1, Seen::Present),
        reactivate(1, Seen::Before),
        reactivate(1, Seen::Present),
        connect(1),
        control(device, 1, 0),
        connect(0),
        connect(2),
        control(device, 1, 0),
    ]
}

fn marked(device: Device) -> Vec<Command> {
    let disable = |pick| Command::Controller(OfController::Disable { pick });
    let enable = |pick| Command::Controller(OfController::Enable { pick });
    let retire = |pick| Command::Controller(OfController::Retire { pick });
    vec![
        disable(0),
        disable(0),
        connect(0),
        control(device, 1, 0),
        enable(0),
        enable(0),
        connect(0),
        take_off(1),
        take_off(1),
        enable(1),
        control(device, 1, 1),
        control(device, 1, NAMELESS),
        retire(0),
        retire(0),
        disable(0),
        control(device, 1, 1),
    ]
}

fn replaced(device: Device) -> Vec<Command> {
    let replace = |password, stay| Command::ReplaceControl { device, password, stay };
    vec![
        replace(CHOSEN, true),
        Command::Disable { device },
        control(device, 1, NAMELESS),
        Command::Enable { device },
        control(device, 1, NAMELESS),
        Command::ReplaceControl { device, password: 0, stay: true },
        Command::Transfer { device, password: CHOSEN, control: 0, seen: Seen::Present },
        Command::Unenroll { device, seen: Seen::Present },
        connect(0),
        Command::Retire { device },
        connect(0),
        control(device, 1, 0),
        take_off(0),
        connect(2),
    ]
}

/// A place for one, whom a chosen password lets in: grants end with it or stay.
pub(super) fn one_place() -> Vec<Command> {
    let device = Device { template: 1, serial: 1 };
    let replace = |password, stay| Command::ReplaceControl { device, password, stay };
    let reactivate =
        |pick| Command::Controller(OfController::Reactivate { pick, seen: Seen::Present });
    vec![
        Command::Register { device, password: 0, control: CHOSEN },
        enroll(device),
        control(device, CHOSEN, 0),
        control(device, CHOSEN, 1),
        connect(0),
        control(device, CHOSEN, 0),
        replace(1, true),
        reactivate(0),
        control(device, CHOSEN, 0),
        control(device, 1, 0),
        replace(CHOSEN, false),
        reactivate(0),
        grants(OfGrants::Grant { device, pick: 0 }),
        control(device, CHOSEN, 1),
        control(device, CHOSEN, NAMELESS),
        connect(0),
        control(device, CHOSEN, 1),
        Command::Close { template: 1 },
        control(device, CHOSEN, NAMELESS),
    ]
}

/// Fewer places than there were, and a lower level for all who hold something.
pub(super) fn fewer_places() -> Vec<Command> {
    let device = Device { template: 3, serial: 0 };
    let change = |cap, level| Command::Change { template: 3, repeat: 0, cap, level };
    vec![
        register(device),
        enroll(device),
        control(device, 1, NAMELESS),
        control(device, 1, NAMELESS),
        control(device, 1, 0),
        change(1, 2),
        change(1, 0),
        connect(2),
        control(device, 1, 0),
        control(device, 1, NAMELESS),
        control(device, 1, NAMELESS),
        connect(0),
        connect(1),
        take_off(4),
        control(device, 1, 1),
        change(3, 3),
        control(device, 1, 1),
    ]
}

/// Things and Controllers that hold each other's Things, and themselves.
pub(super) fn held() -> Vec<Command> {
    let [device, other] = [0, 3].map(|template| Device { template, serial: 3 });
    let add = |device, pick, password| grants(OfGrants::AddThing { device, pick, password });
    let give = |device, pick| grants(OfGrants::Grant { device, pick });
    let release = |device, pick| grants(OfGrants::Release { device, pick });
    let level = |device, level| grants(OfGrants::SetAccess { device, level });
    let let_go = |pick, all| grants(OfGrants::ReleaseThings { device, pick, all });
    let begin = [
        give(device, 0),
        register(device),
        register(other),
        enroll(device),
        give(other, 0),
        enroll(other),
        control(device, 1, NAMELESS),
    ];
    let given = [
        add(other, 0, 0),
        add(other, 0, 1),
        add(other, 0, 1),
        add(device, 1, 1),
        give(other, 1),
        give(other, 2),
        give(other, 2),
        level(other, 2),
        level(other, 2),
        level(device, 1),
        Command::Disable { device },
        Command::Enable { device },
        Command::Reopen,
    ];
    let released = [
        let_go(0, false),
        let_go(0, true),
        add(device, 0, 1),
        release(other, 1),
        release(other, 1),
        grants(OfGrants::ReleaseAllThings { pick: 0 }),
        add(other, 0, 1),
        grants(OfGrants::ReleaseAll { pick: 2 }),
        grants(OfGrants::ReleaseAll { pick: 2 }),
        give(device, 1),
    ];
    let ended = [
        connect(1),
        Command::Unenroll { device: other, seen: Seen::Present },
        give(device, 1),
        give(other, 0),
        Command::Retire { device: other },
        grants(OfGrants::ReleaseAll { pick: 1 }),
        level(other, 0),
    ];
    [&begin[..], &given, &released, &ended].concat()
}

pub(super) fn register(device: Device) -> Command {
    Command::Register { device, password: 0, control: 1 }
}

pub(super) fn enroll(device: Device) -> Command {
    Command::Enroll { device, password: 0 }
}

pub(super) fn control(device: Device, password: usize, own: usize) -> Command {
    Command::Controller(OfController::Enroll { device, password, own })
}

pub(super) fn connect(pick: usize) -> Command {
    Command::Controller(OfController::Connect { pick })
}

pub(super) fn take_off(pick: usize) -> Command {
    Command::Controller(OfController::TakeOff { pick })
}

pub(super) fn grants(command: OfGrants) -> Command {
    Command::Grants(command)
}
