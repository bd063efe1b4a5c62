//! What no secret can do.

use plugmint::{
    ConnectionPassword, ControlPassword, Credentials, EnrollPassword, Enrollment, EnvRootKeys,
    FileRootKeys, NewSerial, RootKey, RootMac,
};
use plugmint_core::derivation::{
    AuthKey, AuthVerifier, ControlKey, EnrollKey, KeyCheck, PasswordText, PlatformKeys,
    PlatformRoots, SealKey, SealedKey, StretchJob, StretchMemory, Stretched, Stretching,
    TemplateKey, Verifier,
};
use plugmint_core::lifecycle::{Activated, Enrolled, Registered, Registration, SerialRecord};
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
    ConnectionPassword,
    ControlKey,
    ControlPassword,
    Credential,
    CredentialView<'_>,
    Credentials,
    EnrollKey,
    EnrollPassword,
    Enrolled,
    Enrollment,
    EnvRootKeys,
    FileRootKeys,
    KeyCheck,
    NewSerial,
    PasswordText<'_>,
    PlatformKeys,
    PlatformRoots,
    Registered,
    Registration,
    RootKey,
    RootMac,
    SealKey,
    SealedKey,
    SecretText,
    SerialRecord,
    StretchJob,
    StretchMemory,
    Stretched,
    Stretching,
    TagKey,
    TemplateKey,
    Verifier,
);
