// Relative links of the README lead nowhere on a page of rustdoc: of two definitions the first
// counts.
//! [lifecycle]: #pages-of-the-repository
//! [operating]: #pages-of-the-repository
//! [program]: #pages-of-the-repository
//! [elsewhere]: #pages-of-the-repository
//!
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
//! # Pages of the repository
//! `docs/lifecycle.md` has the life of a serial as a table ([`explain`](Registry::explain) answers
//! from it), `docs/operating.md` says what to do when something leaks or is lost, `docs/program.md`
//! names the verbs of the program, `crates/plugmint/examples/root_key_elsewhere.rs` keeps the root
//! key with another process, and `SECURITY.md` says what is not defended.
//!
//! # Features
//! * `testing`: the module `testing`, a registry in memory whose clock stands still.

mod attempts;
mod clock;
mod fault;
mod hooks;
mod key_ring;
mod keys;
mod metrics;
mod random;
mod registry;
mod root_keys;
mod serial_queue;
mod source;
mod source_watch;
mod stored_keys;
mod stretch_pool;
mod unknown;

#[cfg(feature = "testing")]
pub mod testing;

pub use attempts::{AttemptLimits, AttemptRate};
pub use clock::{Clock, SystemClock};
pub use fault::Fault;
pub use hooks::{
    Attempt, CloneSuspicion, Decider, Ending, EnrollRequest, Observer, RefusedAttempt,
    RepeatedEnrollment, Revocation, Verdict,
};
pub use registry::{
    AccountError, AddThingError, AuthenticateError, ChangeTemplateError, ControllerPage,
    CreateError, CreateTemplateError, DeleteTemplateError, DeletionProgress, DropKeyError,
    EnrollControllerError, EnrollError, Explanation, Feed, FeedCursor, FeedEvent, FindError,
    ForgetCursor, Forgotten, GrantError, GrantOf, GrantOn, GrantsOfPage, GrantsOnPage,
    HistoryBreak, InvalidFeedCursor, KeptHead, KeyCursor, KeyProgress, KeyUses, ListError, Living,
    LookUpError, MarkControllerError, MarkError, NewPasswords, NewSerial, NotTransferred,
    OpenError, OperatorEnrollError, PasswordError, ReactivateControllerError, Refusal,
    RegisterAllError, RegisterError, Registry, RegistryBuilder, ReleaseError, ReplaceControlError,
    ReplaceError, RetireError, RevokeError, RotateError, SerialCounts, SerialFilter, SerialPage,
    SerialScope, SetProfileError, Swept, TemplateClosed, TemplateDeletion, TransferError,
    VerbError, VerifiedHistory, VerifyHistoryError,
};
pub use root_keys::{
    CreateKeyFileError, EnvKeyError, EnvRootKeys, FileRootKeys, KeyFileError, RootKeyError,
    RootKeys, platform_keys,
};
pub use source::{InvalidSource, Source};
pub use stretch_pool::{StretchLimits, StretchLoad};
pub use unknown::Unknown;

pub use plugmint_core::controller::{
    ControllerEnrollment, ControllerRefusal, ControllerRequest, ControllerStageName,
    ControllerStatus, DeviceName, ReactivateControllerRefusal,
};
pub use plugmint_core::derivation;
pub use plugmint_core::derivation::{
    AccountHash, Credentials, InvalidAccountHash, RootKey, RootLabel, RootMac,
};
pub use plugmint_core::grant::NotControllable;
pub use plugmint_core::lifecycle::{
    Answer, Enrollment, EpochRefusal, GrantsThen, Mark, OperatorEnrollRefusal, Outcome,
    ReplaceControlRefusal, ReplaceRefusal, RetiredSerial, RevokeRefusal, Rule, StageName,
    TransferRefusal, Verb, Which,
};
pub use plugmint_core::{
    AccessLevel, Actor, Argon2Cost, Author, CompanyId, ConnectionPassword, ControlClass,
    ControlPassword, ControllerCap, DenyReason, EnrollOutcome, EnrollPassword, Epoch, Event,
    EventHash, EventKind, EventNumber, HistoryHead, InvalidConnectionPassword,
    InvalidControllerCap, InvalidCost, InvalidEventHash, InvalidHead, InvalidLabel,
    InvalidPassword, InvalidPlugId, InvalidRecord, InvalidSerialId, InvalidSerialNumber,
    InvalidSourceLimit, InvalidText, KeyStanding, KeyVersion, Labels, OpaqueText,
    OpaqueTextTooLong, OperatorEnroll, Ordinal, PasswordClass, PasswordRefusal, PlugId, PlugIdKind,
    Principal, PrincipalKind, ProductionTemplate, Profile, ProfileChange, ProvenBy, RepeatPolicy,
    SecretText, SerialId, SerialNumber, SerialStatus, SourceLimit, SourceWatch, TemplateChange,
    TemplateDesign, TemplateId, TemplateName, TemplateState, UnixMillis, UnknownClass, WrongClass,
};
pub use plugmint_store::{CreateStoreError, OpenStoreError, Store, StoreError};
