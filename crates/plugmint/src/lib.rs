#![doc = include_str!("../README.md")]
//!
//! # What is where
//! * [`Registry`] does everything: [`create_template`](Registry::create_template),
//!   [`register`](Registry::register), [`enroll`](Registry::enroll),
//!   [`authenticate`](Registry::authenticate), [`disable`](Registry::disable),
//!   [`retire`](Registry::retire), [`history`](Registry::history).
//! * [`RootKeys`] says where the root key comes from: [`FileRootKeys`], [`EnvRootKeys`], or a key
//!   service of your own.
//! * [`Store`] is the contract of storage; `plugmint-redb` and `plugmint-memory` keep it.
//! * Everything else is a value: an id, a password, a template, an event, an outcome.
//!
//! # Features
//! * `testing`: the module `testing`, a registry in memory whose clock stands still.

mod attempts;
mod clock;
mod fault;
mod key_ring;
mod keys;
mod random;
mod registry;
mod root_keys;
mod serial_queue;
mod source;
mod stretch_pool;
mod unknown;

#[cfg(feature = "testing")]
pub mod testing;

pub use attempts::{AttemptLimits, AttemptRate};
pub use clock::{Clock, SystemClock};
pub use fault::Fault;
pub use registry::{
    AuthenticateError, CreateError, CreateTemplateError, EnrollError, FindError, LookUpError,
    MarkError, NewSerial, OpenError, RegisterAllError, RegisterError, Registry, RegistryBuilder,
    RetireError,
};
pub use root_keys::{
    CreateKeyFileError, EnvKeyError, EnvRootKeys, FileRootKeys, KeyFileError, RootKeyError,
    RootKeys, platform_keys,
};
pub use source::{InvalidSource, Source};
pub use stretch_pool::{StretchLimits, StretchLoad};
pub use unknown::Unknown;

pub use plugmint_core::derivation;
pub use plugmint_core::derivation::{Credentials, RootKey, RootLabel, RootMac};
pub use plugmint_core::lifecycle::{Enrollment, Mark, Outcome, StageName};
pub use plugmint_core::{
    Actor, Argon2Cost, Author, CompanyId, ConnectionPassword, ControlClass, ControlPassword,
    EnrollOutcome, EnrollPassword, Epoch, Event, EventHash, EventKind, EventNumber, HistoryHead,
    InvalidConnectionPassword, InvalidCost, InvalidLabel, InvalidPassword, InvalidPlugId,
    InvalidRecord, InvalidSerialNumber, InvalidText, KeyVersion, Labels, OperatorEnroll, Ordinal,
    PasswordClass, PasswordRefusal, PlugId, PlugIdKind, Principal, PrincipalKind,
    ProductionTemplate, RepeatPolicy, SecretText, SerialId, SerialNumber, SerialStatus,
    TemplateDesign, TemplateId, TemplateName, UnixMillis, UnknownClass, WrongClass,
};
pub use plugmint_store::{CreateStoreError, OpenStoreError, Store, StoreError};
