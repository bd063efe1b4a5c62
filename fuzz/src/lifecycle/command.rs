//! What may happen to a registry, and the bytes that it is written as.

mod controllers;
mod grants;
mod parts;
mod profiles;
mod root_keys;

use arbitrary::{Arbitrary, Result, Unstructured};
use plugmint::{AccessLevel, RepeatPolicy};

pub use controllers::OfController;
pub use grants::OfGrants;
pub use parts::{Device, Proof, Seen};
pub use profiles::{OfProfiles, Said, Word};
pub use root_keys::{MOST_VERSIONS, OfRootKeys, Offer};

/// What happens in one run.
///
/// Its bytes are one that says whether records have tags, and four for each command.
#[derive(Clone, Debug)]
pub struct Commands {
    /// Whether records have tags.
    pub tagged: bool,
    /// One after the other.
    pub all: Vec<Command>,
}

impl Commands {
    /// The bytes that come to these commands.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let commands = self.all.iter().flat_map(Command::to_bytes);
        [u8::from(self.tagged)].into_iter().chain(commands).collect()
    }
}

impl<'a> Arbitrary<'a> for Commands {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let tagged = u.arbitrary::<u8>()? % 2 == 1;
        let mut all = Vec::new();
        while u.len() >= 4 && all.len() < MOST_COMMANDS {
            all.extend(Command::of_bytes(u.arbitrary()?));
        }
        Ok(Self { tagged, all })
    }
}

/// Something that happens. `password` is an index into [`PASSWORDS`]; `control` is one too, and
/// none beyond its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "they are named as the calls that they stand for")]
pub enum Command {
    Register {
        device: Device,
        password: usize,
        control: usize,
    },
    RegisterTogether {
        template: usize,
        password: usize,
        control: usize,
    },
    Enroll {
        device: Device,
        password: usize,
    },
    Authenticate {
        device: Device,
        proof: Proof,
    },
    Disable {
        device: Device,
    },
    Enable {
        device: Device,
    },
    Retire {
        device: Device,
    },
    Wait {
        seconds: u8,
    },
    Reopen,
    EnrollByOperator {
        device: Device,
    },
    /// With a password that the device was told at any time, counted from the last.
    AuthenticateOld {
        device: Device,
        pick: usize,
    },
    UnenrollByDevice {
        device: Device,
        pick: usize,
    },
    /// With an overlap of four times so many seconds; without one for 0.
    Reactivate {
        device: Device,
        overlap: u8,
        seen: Seen,
    },
    Unenroll {
        device: Device,
        seen: Seen,
    },
    ReplacePasswords {
        device: Device,
        password: usize,
        control: usize,
        seen: Seen,
    },
    Transfer {
        device: Device,
        password: usize,
        control: usize,
        seen: Seen,
    },
    ReplaceControl {
        device: Device,
        password: usize,
        stay: bool,
    },
    Close {
        template: usize,
    },
    Open {
        template: usize,
    },
    /// `cap` is that of Controllers, and what it was for 0; `level` is one of [`LEVELS`].
    Change {
        template: usize,
        repeat: usize,
        cap: u16,
        level: usize,
    },
    Delete {
        template: usize,
        retire: bool,
    },
    /// What is older than so many seconds.
    Forget {
        seconds: u8,
    },
    ReadFeed {
        limit: u8,
    },
    Controller(OfController),
    Grants(OfGrants),
    RootKeys(OfRootKeys),
    Profiles(OfProfiles),
}

impl Command {
    /// The command that four bytes come to: a verb, a device and two arguments.
    ///
    /// A verb keeps its number, so that a corpus keeps its meaning. Numbers without a verb are
    /// nothing; new verbs take them.
    #[must_use]
    pub fn of_bytes(bytes @ [verb, device, first, second]: [u8; 4]) -> Option<Self> {
        let (first, second) = (usize::from(first), usize::from(second));
        let device = Device::of_byte(device);
        let template = device.template;
        let (password, control) = (first % PASSWORDS.len(), second % (PASSWORDS.len() + 1));
        let seen = Seen::of_argument(second);
        let low = |number| u8::try_from(number).unwrap_or_default();
        Some(match verb % 64 {
            0 => Self::Register { device, password, control },
            1 => Self::Enroll { device, password },
            2 => Self::Authenticate { device, proof: Proof::ALL[first % Proof::ALL.len()] },
            3 => Self::Disable { device },
            4 => Self::Enable { device },
            5 => Self::Retire { device },
            6 => Self::RegisterTogether { template, password, control },
            7 => Self::Wait { seconds: low(first) },
            8 => Self::Reopen,
            9 => Self::EnrollByOperator { device },
            10 => Self::AuthenticateOld { device, pick: first },
            11 => Self::UnenrollByDevice { device, pick: first },
            12 => Self::Reactivate { device, overlap: low(first), seen },
            13 => Self::Unenroll { device, seen },
            14 => Self::ReplacePasswords { device, password, control, seen },
            15 => Self::Transfer { device, password, control, seen },
            16 => Self::ReplaceControl { device, password, stay: second % 2 == 1 },
            17 => Self::Close { template },
            18 => Self::Open { template },
            19 => {
                let (cap, level) = (u16::from(low(second)) % 4, (second >> 4) % LEVELS.len());
                Self::Change { template, repeat: first % REPEATS.len(), cap, level }
            }
            20 => Self::Delete { template, retire: first % 2 == 1 },
            21 => Self::Forget { seconds: low(first) },
            22 => Self::ReadFeed { limit: low(first).max(1) },
            verb @ 23..30 => Self::Controller(OfController::of_bytes(verb, bytes)?),
            verb @ 30..37 => Self::Grants(OfGrants::of_bytes(verb, bytes)?),
            verb @ 37..40 => Self::RootKeys(OfRootKeys::of_bytes(verb, bytes)?),
            verb @ 40..43 => Self::Profiles(OfProfiles::of_bytes(verb, bytes)?),
            _ => return None,
        })
    }

    /// Four bytes that come to this command.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 4] {
        let byte = |index: usize| u8::try_from(index).unwrap_or_default();
        let first_of = |template| Device { template, serial: 0 }.to_byte();
        match *self {
            Self::Register { device, password, control } => {
                [0, device.to_byte(), byte(password), byte(control)]
            }
            Self::Enroll { device, password } => [1, device.to_byte(), byte(password), 0],
            Self::Authenticate { device, proof } => [2, device.to_byte(), proof as u8, 0],
            Self::Disable { device } => [3, device.to_byte(), 0, 0],
            Self::Enable { device } => [4, device.to_byte(), 0, 0],
            Self::Retire { device } => [5, device.to_byte(), 0, 0],
            Self::RegisterTogether { template, password, control } => {
                [6, first_of(template), byte(password), byte(control)]
            }
            Self::Wait { seconds } => [7, 0, seconds, 0],
            Self::Reopen => [8, 0, 0, 0],
            Self::EnrollByOperator { device } => [9, device.to_byte(), 0, 0],
            Self::AuthenticateOld { device, pick } => [10, device.to_byte(), byte(pick), 0],
            Self::UnenrollByDevice { device, pick } => [11, device.to_byte(), byte(pick), 0],
            Self::Reactivate { device, overlap, seen } => {
                [12, device.to_byte(), overlap, seen.to_bits()]
            }
            Self::Unenroll { device, seen } => [13, device.to_byte(), 0, seen.to_bits()],
            Self::ReplacePasswords { device, password, control, seen } => {
                [14, device.to_byte(), byte(password), byte(control) | seen.to_bits()]
            }
            Self::Transfer { device, password, control, seen } => {
                [15, device.to_byte(), byte(password), byte(control) | seen.to_bits()]
            }
            Self::ReplaceControl { device, password, stay } => {
                [16, device.to_byte(), byte(password), u8::from(stay)]
            }
            Self::Close { template } => [17, first_of(template), 0, 0],
            Self::Open { template } => [18, first_of(template), 0, 0],
            Self::Change { template, repeat, cap, level } => {
                let second = byte(level << 4 | usize::from(cap));
                [19, first_of(template), byte(repeat), second]
            }
            Self::Delete { template, retire } => [20, first_of(template), u8::from(retire), 0],
            Self::Forget { seconds } => [21, 0, seconds, 0],
            Self::ReadFeed { limit } => [22, 0, limit, 0],
            Self::Controller(command) => command.to_bytes(),
            Self::Grants(command) => command.to_bytes(),
            Self::RootKeys(command) => command.to_bytes(),
            Self::Profiles(command) => command.to_bytes(),
        }
    }
}

/// What devices are called.
pub const SERIALS: [&str; 4] = ["SN-1", "SN-10", "A", "00:1B:44:11:3A:B7"];

/// What Controllers call themselves, some of them.
pub const OWN_SERIALS: [&str; 2] = ["phone", "SN-1"];

/// What they enroll and are controlled with: all but the last as a generator writes them.
pub const PASSWORDS: [&str; 3] = [
    "0123456789abcdef0123456789abcdef",
    "fedcba9876543210fedcba9876543210",
    "correct horse battery staple",
];

/// The password that no generator writes.
pub const CHOSEN: usize = 2;

/// What devices are told that enroll again.
pub const REPEATS: [RepeatPolicy; 3] =
    [RepeatPolicy::UntilActivated, RepeatPolicy::Always, RepeatPolicy::Never];

/// What holders may do with a Thing; `None` is what its template says.
pub const LEVELS: [Option<AccessLevel>; 4] =
    [None, Some(AccessLevel::None), Some(AccessLevel::Read), Some(AccessLevel::ReadWrite)];

/// What is kept in profiles.
pub const TEXTS: [&str; 2] = ["kitchen", r#"{"ctrl":"r"}"#];

/// How many templates there are, and one that is not there.
pub const TEMPLATES: usize = 5;

/// More tell nothing new.
const MOST_COMMANDS: usize = 60;
