//! What no secret can do.

use plugmint::{
    ConnectionPassword, ControlPassword, Credentials, EnrollPassword, Enrollment, EnvRootKeys,
    FileRootKeys, NewPasswords, NewSerial, RootKey, RootMac,
};
use plugmint_core::derivation::{
    AuthKey, AuthVerifier, ControlKey, EnrollKey, KeptKeys, KeyCheck, MintingKeys, MintingRoots,
    PasswordText, PlatformKeys, PlatformRoots, SealKey, SealedKey, StretchJob, StretchMemory,
    Stretched, Stretching, TemplateKey, Verifier,
};
use plugmint_core::lifecycle::{
    Activated, Change, Decision, Enrolled, Former, Identity, Offered, Outcome, Overlap, Registered,
    Registration, Renewal, Retired, SerialRecord, Stage,
};
use plugmint_core::{Credential, CredentialView, SecretText};
use plugmint_store::TagKey;
use static_assertions::assert_not_impl_any;

macro_rules! secret {
    ($($name:ty),+ $(,)?) => {
        $(assert_not_impl_any!($name: std::fmt::Display, serde::Serialize, PartialEq);)+
    };
}

secret!(
    Activated,
    AuthKey,
    AuthVerifier,
    Change,
    ConnectionPassword,
    ControlKey,
    ControlPassword,
    Credential,
    CredentialView<'_>,
    Credentials,
    Decision<Enrollment>,
    Decision<Outcome>,
    EnrollKey,
    EnrollPassword,
    Enrolled,
    Enrollment,
    EnvRootKeys,
    FileRootKeys,
    Former,
    Identity,
    KeptKeys,
    KeyCheck,
    MintingKeys,
    MintingRoots,
    NewPasswords,
    NewSerial,
    Offered,
    Overlap,
    PasswordText<'_>,
    PlatformKeys,
    PlatformRoots,
    Registered,
    Registration,
    Renewal,
    Retired,
    RootKey,
    RootMac,
    SealKey,
    SealedKey,
    SecretText,
    SerialRecord,
    Stage,
    StretchJob,
    StretchMemory,
    Stretched,
    Stretching,
    TagKey,
    TemplateKey,
    Verifier,
);
