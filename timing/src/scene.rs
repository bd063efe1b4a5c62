//! What the cases share: one serial, whose keys and passwords are secret from their first byte on.

use plugmint_core::derivation::{
    AuthVerifier, EnrollKey, PasswordText, PlatformKeys, RootKey, StretchMemory, Stretched,
    TemplateKey,
};
use plugmint_core::lifecycle::{Decision, Registered, Registration, SerialRecord};
use plugmint_core::{
    Argon2Cost, Author, ConnectionPassword, Epoch, KeyVersion, PasswordClass, RepeatPolicy,
    SerialId, SerialNumber, TemplateId, UnixMillis,
};

use crate::memcheck::{secret, secret_bytes};
use crate::verdict::Compared::{Secrets, Untold};
use crate::verdict::published;

pub(crate) const NOW: UnixMillis = UnixMillis::new(1_790_000_000_000);

/// When an overlap ends.
pub(crate) const UNTIL: UnixMillis = UnixMillis::new(1_790_000_060_000);

/// Whether what is presented is what is stored.
#[derive(Clone, Copy)]
pub(crate) enum Presented {
    /// The enroll password, and the connection password of the first epoch.
    Right,
    /// The connection password of the epoch behind it.
    Next,
    Wrong,
}

impl Presented {
    pub(crate) const fn is_right(self) -> bool {
        matches!(self, Self::Right)
    }

    pub(crate) fn enroll_key(self) -> EnrollKey {
        let password = match self {
            Self::Right | Self::Next => "mWz8yS3kQ0a1-Vt5xJrLpA",
            Self::Wrong => "nWz8yS3kQ0a1-Vt5xJrLpA",
        };
        template_key().enroll_key(id().serial(), &stretched(password))
    }

    pub(crate) fn auth_verifier(self) -> AuthVerifier {
        let epoch = match self {
            Self::Right | Self::Wrong => Epoch::FIRST,
            Self::Next => Epoch::new(1),
        };
        let credentials = Self::Right.enroll_key().credentials(epoch);
        let password = match self {
            Self::Right | Self::Next => credentials.connection_password(),
            Self::Wrong => &connection_password("wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn"),
        };
        keys().auth().verifier(credentials.plug_id(), password)
    }
}

/// What a store may hold of a serial.
#[derive(Clone, Copy)]
pub(crate) enum Held {
    Registered,
    Enrolled,
    Activated,
    /// Registered again, while the password of the first epoch goes on.
    RegisteredInOverlap,
    /// Enrolled again, while the password of the first epoch goes on.
    EnrolledInOverlap,
    /// Enrolled and disabled.
    Disabled,
    /// Retired after it was enrolled.
    Retired,
}

impl Held {
    /// As it is read from a store.
    pub(crate) fn record(self) -> SerialRecord {
        SerialRecord::decode(&self.made().encode()).unwrap()
    }

    fn made(self) -> SerialRecord {
        match self {
            Self::Registered => {
                let verifier = Presented::Right.enroll_key().verifier();
                let registration = Registration::new(KeyVersion::FIRST, verifier, None, NOW);
                let registered = Registered::new(registration, None);
                SerialRecord::register(&id(), registered, Author::Device).record().clone()
            }
            Self::Enrolled => {
                let (registered, key) = (Self::Registered.made(), Presented::Right.enroll_key());
                enrolled(registered, &key)
            }
            Self::Activated => {
                let (enrolled, presented) = (Self::Enrolled.made(), Presented::Right);
                let verifier = presented.auth_verifier();
                let compared = &[Secrets, Untold];
                committed(published(compared, || enrolled.authenticate(&verifier, NOW)))
            }
            Self::RegisteredInOverlap => {
                let (activated, by) = (Self::Activated.made(), Author::Device);
                committed(activated.reactivate(Epoch::FIRST, Some(UNTIL), by, NOW))
            }
            Self::EnrolledInOverlap => {
                enrolled(Self::RegisteredInOverlap.made(), &Presented::Right.enroll_key())
            }
            Self::Disabled => committed(Self::Enrolled.made().disable(Author::Device, NOW)),
            Self::Retired => {
                committed::<_, ()>(Ok(Self::Enrolled.made().retire(Author::Device, NOW)))
            }
        }
    }
}

pub(crate) fn id() -> SerialId {
    SerialId::new(TemplateId::from_parts([3; 12]), SerialNumber::parse("SN-0001").unwrap())
}

pub(crate) fn root_key() -> RootKey {
    RootKey::from_random(&mut secret([0x5a; 32]))
}

pub(crate) fn keys() -> PlatformKeys {
    PlatformKeys::of_root(&root_key())
}

pub(crate) fn template_key() -> TemplateKey {
    keys().template_key(id().template())
}

/// Stretched from a text that is not secret; from here on it is.
pub(crate) fn stretched(password: &str) -> Stretched {
    let text = PasswordText::of_any(password.as_bytes()).unwrap();
    let stretching = PasswordClass::Generated.stretching(Argon2Cost::DEFAULT, &id(), text);
    let stretched = stretching.run(&mut StretchMemory::new()).unwrap();
    secret_bytes(stretched.expose_bytes());
    stretched
}

/// Parsed from a text that is not secret; from here on it is.
pub(crate) fn connection_password(text: &str) -> ConnectionPassword {
    let password = ConnectionPassword::parse(text).unwrap();
    secret_bytes(password.expose_bytes());
    password
}

fn enrolled(registered: SerialRecord, key: &EnrollKey) -> SerialRecord {
    let policy = RepeatPolicy::UntilActivated;
    committed(published(&[Secrets], || {
        SerialRecord::enroll(Some(registered), key, policy, keys().auth(), None, NOW)
    }))
}

pub(crate) fn committed<A, E: std::fmt::Debug>(decision: Result<Decision<A>, E>) -> SerialRecord {
    match decision {
        Ok(Decision::Commit(change, _)) => change.record().clone(),
        Ok(Decision::Answer(_)) => panic!("nothing to commit"),
        Err(refusal) => panic!("{refusal:?}"),
    }
}
