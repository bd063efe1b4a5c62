//! The rules of plugmint, and nothing else.
//!
//! This crate knows identifiers, secrets, the derivation of credentials, Production Templates, the
//! life of a serial, and the canonical bytes of all of them. It knows no async, I/O, clock,
//! randomness or logging: time and random bytes are arguments. Servers use the crate `plugmint`,
//! which drives these rules over a store; this one is for whoever mints or verifies without a
//! server: factory tools, auditors, tests.
//!
//! ```
//! use plugmint_core::lifecycle::{Decision, Registered, Registration, SerialRecord, StageName};
//! use plugmint_core::derivation::{PlatformKeys, RootKey, StretchMemory};
//! use plugmint_core::{Argon2Cost, Author, EnrollPassword, KeyVersion, PasswordClass};
//! use plugmint_core::{RepeatPolicy, SerialId, UnixMillis};
//!
//! // A device's key, from its password.
//! let keys = PlatformKeys::of_root(&RootKey::parse(&"5a".repeat(32))?);
//! let id = SerialId::new("mod-5c66bc451866d3c62ba0b904".parse()?, "SN-0001".parse()?);
//! let password = EnrollPassword::parse("mWz8yS3kQ0a1-Vt5xJrLpA")?;
//! let stretched = PasswordClass::Generated
//!     .stretching(Argon2Cost::DEFAULT, &id, password.expose_text())
//!     .run(&mut StretchMemory::new())?;
//! let key = keys.template_key(id.template()).enroll_key(id.serial(), &stretched);
//!
//! // It is registered, and then enrolls.
//! let now = UnixMillis::new(1_790_000_000_000);
//! let registration = Registration::new(KeyVersion::FIRST, key.verifier(), None, now);
//! let change = SerialRecord::register(&id, Registered::new(registration, None), Author::Device);
//! let record = change.record().clone();
//! let policy = RepeatPolicy::UntilActivated;
//! let decision = SerialRecord::enroll(Some(record), &key, policy, keys.auth(), None, now)?;
//! let Decision::Commit(change, enrollment) = decision else { unreachable!() };
//! assert_eq!(change.record().stage().name(), StageName::Enrolled);
//! assert_eq!(enrollment.credentials().plug_id(), &key.plug_id());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//! * `arbitrary`: the module `arb` with `arb_*` strategies for property tests.

mod codec;
mod connection_password;
pub mod controller;
mod counter;
mod credential;
mod deny_reason;
pub mod grant;
mod history;
mod installation;
mod key_standing;
mod labels;
mod password;
mod password_class;
mod plug_id;
mod principal;
mod profile;
mod secret;
mod serial_id;
mod serial_number;
mod source_mark;
mod status;
mod template;
mod text;
mod time;

#[cfg(any(test, feature = "arbitrary"))]
pub mod arb;
pub mod derivation;
pub mod lifecycle;

pub use codec::{InvalidRecord, RecordProblem};
pub use connection_password::{ConnectionPassword, InvalidConnectionPassword};
pub use counter::{Epoch, KeyVersion, Ordinal};
pub use credential::{Admission, Credential, CredentialView, Proven, ProvenInOverlap};
pub use deny_reason::DenyReason;
pub use derivation::{Argon2Cost, Credentials, InvalidCost};
pub use history::{
    Actor, Author, BrokenChain, Event, EventHash, EventKind, EventNumber, HistoryHead,
    HistoryStart, InvalidEventHash, InvalidHead,
};
pub use installation::Installation;
pub use key_standing::KeyStanding;
pub use labels::{InvalidLabel, Labels};
pub use lifecycle::EnrollOutcome;
pub use password::{ControlPassword, EnrollPassword, InvalidPassword};
pub use password_class::{ControlClass, PasswordClass, UnknownClass, WrongClass};
pub use plug_id::{CompanyId, InvalidPlugId, PlugId, PlugIdKind, TemplateId};
pub use principal::{Principal, PrincipalKind, ProvenBy};
pub use profile::{OpaqueText, OpaqueTextTooLong, Profile, ProfileChange};
pub use secret::SecretText;
pub use serial_id::{InvalidSerialId, SerialId};
pub use serial_number::{InvalidSerialNumber, SerialNumber};
pub use source_mark::SourceMark;
pub use status::SerialStatus;
pub use template::{
    AccessLevel, ControllerCap, InvalidControllerCap, InvalidSourceLimit, OperatorEnroll,
    PasswordRefusal, ProductionTemplate, RepeatPolicy, SourceLimit, SourceWatch, TemplateChange,
    TemplateDesign, TemplateName, TemplateState,
};
pub use text::InvalidText;
pub use time::UnixMillis;
