//! What is kept with a device and with a Controller.

use plugmint_fuzz::lifecycle::command::{Command, Device, OfProfiles, PASSWORDS, Said, Seen, Word};

use super::controllers::{connect, control, register};

/// Said with an enrollment, by the device, by an operator and of a Controller; gone with another
/// identity, and refused once it is retired.
pub(super) fn profiles() -> Vec<Command> {
    let device = Device { template: 0, serial: 0 };
    let (first, second) = ([Word::Is(0); 3], [Word::Is(1); 3]);
    let (nothing, stays) = ([Word::Goes; 3], [Word::Stays; 3]);
    let enroll = |said| Command::Profiles(OfProfiles::Enroll { device, password: 0, said });
    let reactivate = Command::Reactivate { device, overlap: 0, seen: Seen::Present };
    let unenroll = Command::Unenroll { device, seen: Seen::Present };
    let transfer =
        Command::Transfer { device, password: 1, control: PASSWORDS.len(), seen: Seen::Present };
    vec![
        set(0, first),
        register(device),
        enroll(first),
        enroll(second),
        set_own(0, stays),
        set_own(0, second),
        set(0, second),
        connect(0),
        control(device, 1, 0),
        set(0, first),
        set_own(0, nothing),
        set(1, [Word::Stays, Word::Goes, Word::Stays]),
        reactivate,
        enroll(nothing),
        set(0, first),
        unenroll,
        set(0, second),
        enroll(stays),
        Command::Disable { device },
        set_own(0, first),
        set(0, first),
        Command::Enable { device },
        transfer,
        set(0, second),
        Command::Enroll { device, password: 1 },
        set_own(0, first),
        Command::Retire { device },
        set(0, nothing),
        set_own(0, nothing),
    ]
}

const fn set(pick: usize, said: Said) -> Command {
    Command::Profiles(OfProfiles::Set { pick, said })
}

const fn set_own(pick: usize, said: Said) -> Command {
    Command::Profiles(OfProfiles::SetOwn { pick, said })
}
