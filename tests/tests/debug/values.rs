//! Values and errors.

use plugmint::testing::FixedClock;
use plugmint::{
    Actor, AttemptLimits, AuthenticateError, CompanyId, CreateError, CreateTemplateError,
    EnrollError, Fault, FindError, LookUpError, MarkError, OpenError, RegisterAllError,
    RegisterError, RetireError, RootKeyError, Source, StretchLimits, SystemClock, Unknown,
};
use plugmint_core::derivation::{
    PasswordText, PasswordTooLong, PlatformKeys, RootKey, RootLabel, SealNonce, SealedKey,
    StretchFailed, StretchMemory, Unsealable,
};
use plugmint_core::lifecycle::SerialRecord;
use plugmint_core::{
    Argon2Cost, Author, ConnectionPassword, ControlClass, EnrollPassword, Epoch, Installation,
    KeyVersion, Labels, Ordinal, PasswordClass, PasswordRefusal, PlugId, PlugIdKind, RepeatPolicy,
    SerialId, SerialNumber, TemplateId, UnixMillis,
};

use crate::shown::Shown;
use crate::things::*;

pub(crate) fn values(shown: &mut Shown) {
    shown.show(&id());
    shown.show(id().serial());
    shown.show(id().template());
    shown.show(&CompanyId::from_parts([2; 12]));
    shown.show(&PlugId::from_parts(PlugIdKind::Device, [3; 12]));
    shown.show(&PlugIdKind::Device);
    shown.show(&PasswordClass::Chosen);
    shown.show(&ControlClass::Chosen);
    shown.show(&cost());
    shown.show(&Epoch::FIRST);
    shown.show(&Ordinal::FIRST);
    shown.show(&KeyVersion::FIRST);
    shown.show(&UnixMillis::new(1));
    shown.show(&Actor::parse("ada").unwrap());
    shown.show(&Author::Device);
    shown.show(&Labels::new());
    shown.show(&template());
    shown.show(template().design());
    shown.show(template().design().name());
    shown.show(&template().design().operator_enroll());
    shown.show(&RepeatPolicy::Always);
    shown.show(&RootLabel::Auth);
    shown.show(&StretchLimits::default());
    shown.show(&AttemptLimits::default());
    shown.show(&AttemptLimits::default().per_source());
    shown.show(&Source::new("192.0.2.1").unwrap());
    shown.show(&Source::new("").unwrap_err());
    shown.show(&Installation::new(CompanyId::from_parts([2; 12]), UnixMillis::new(1)));
    shown.show(&SystemClock);
    shown.show(&FixedClock::default());
}

pub(crate) fn errors(shown: &mut Shown) {
    shown.show(&EnrollPassword::parse("canary\u{7}").unwrap_err());
    shown.show(&EnrollPassword::parse(&format!("{ENROLL}\u{7}")).unwrap_err());
    shown.show(&ConnectionPassword::parse(ENROLL).unwrap_err());
    shown.show(&RootKey::parse(ENROLL).unwrap_err());
    let text = PasswordText::of_any(ENROLL.as_bytes()).unwrap();
    shown.show(&PasswordClass::Generated.check(text).unwrap_err());
    shown.show(&"other".parse::<PasswordClass>().unwrap_err());
    shown.show(&PlugId::parse("").unwrap_err());
    shown.show(&PasswordRefusal::SamePasswords);
    shown.show(&SerialNumber::parse("").unwrap_err());
    shown.show(&SerialNumber::parse("").unwrap_err().reason());
    shown.show(&Argon2Cost::new(0, 0, 0).unwrap_err());
    shown.show(&Labels::new().insert("", "").unwrap_err());
    let invalid = SerialRecord::decode(&[]).unwrap_err();
    shown.show(&invalid);
    shown.show(&invalid.problem());
    let unsealable: Unsealable = unsealable();
    shown.show(&unsealable);
    shown.show(&StretchFailed::OutOfMemory { memory_kib: 1 });
    shown.show(&PasswordTooLong);

    shown.show(&Unknown::Template { id: *id().template() });
    let fault = || Fault::Closed;
    shown.show(&fault());
    shown.show(&EnrollError::Fault(fault()));
    shown.show(&AuthenticateError::Fault(fault()));
    shown.show(&RegisterError::Fault(fault()));
    shown.show(&MarkError::Fault(fault()));
    shown.show(&RetireError::Fault(fault()));
    shown.show(&LookUpError::Fault(fault()));
    shown.show(&CreateTemplateError::Fault(fault()));
    shown.show(&OpenError::Fault(fault()));
    shown.show(&RootKeyError::new(KeyVersion::FIRST, "cause"));
    shown.show(&CreateError::AlreadyCreated);
    shown.show(&FindError::Fault(fault()));
    shown.show(&RegisterAllError::Fault(fault()));
}

pub(crate) fn unsealable() -> Unsealable {
    let keys = PlatformKeys::of_root(&root());
    let text = PasswordText::of_any(ENROLL.as_bytes()).unwrap();
    let stretched = PasswordClass::Generated
        .stretching(cost(), &id(), text)
        .run(&mut StretchMemory::new())
        .unwrap();
    let key = keys.template_key(id().template()).enroll_key(id().serial(), &stretched);
    let nonce = SealNonce::from_random([4; SealNonce::LEN]);
    let sealed = SealedKey::seal(KeyVersion::FIRST, keys.seal(), nonce, &id(), &key).unwrap();
    let elsewhere = SerialId::new(TemplateId::from_parts([9; 12]), *id().serial());
    sealed.open(keys.seal(), &elsewhere).unwrap_err()
}
