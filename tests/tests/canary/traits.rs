//! What no secret can do.

use plugmint::{
    ConnectionPassword, ControlPassword, Credentials, EnrollPassword, Enrollment, EnvRootKeys,
    FileRootKeys, NewSerial, RootKey, RootMac,
};
use plugmint_core::derivation::{
    AuthKey, AuthVerifier, ControlKey, EnrollKey, PlatformKeys, SealKey, SealedKey, StretchMemory,
    Stretched, Stretching, TemplateKey, Verifier,
};
use plugmint_core::lifecycle::{Registration, SerialRecord};
use plugmint_store::TagKey;
use static_assertions::assert_not_impl_any;

macro_rules! secret {
    ($($name:ty),+ $(,)?) => {
        $(assert_not_impl_any!($name: std::fmt::Display, serde::Serialize, PartialEq);)+
    };
}

secret!(
    AuthKey,
    AuthVerifier,
    ConnectionPassword,
    ControlKey,
    ControlPassword,
    Credentials,
    EnrollKey,
    EnrollPassword,
    Enrollment,
    EnvRootKeys,
    FileRootKeys,
    NewSerial,
    PlatformKeys,
    Registration,
    RootKey,
    RootMac,
    SealKey,
    SealedKey,
    SerialRecord,
    StretchMemory,
    Stretched,
    Stretching,
    TagKey,
    TemplateKey,
    Verifier,
);
