//! Values and errors.

use plugmint::testing::FixedClock;
use plugmint::{
    Actor, AttemptLimits, AuthenticateError, ChangeTemplateError, CompanyId, CreateError,
    CreateTemplateError, DeleteTemplateError, EnrollError, Fault, FeedCursor, FindError,
    HistoryBreak, ListError, Living, LookUpError, MarkError, NotTransferred, OpenError,
    PasswordError, RegisterAllError, RegisterError, RetireError, RootKeyError, Source,
    StretchLimits, SystemClock, Unknown, VerbError, Verdict, VerifyHistoryError,
};
use plugmint_core::derivation::{
    PasswordText, PasswordTooLong, PlatformKeys, RootKey, RootLabel, SealNonce, SealedKey,
    StretchFailed, StretchMemory, Unsealable,
};
use plugmint_core::lifecycle::{
    Place, ReplaceRefusal, RevokeRefusal, SerialRecord, Situation, Verb, rule,
};
use plugmint_core::{
    Argon2Cost, Author, ConnectionPassword, ControlClass, ControllerCap, DenyReason,
    EnrollPassword, Epoch, EventHash, HistoryHead, HistoryStart, Installation, KeyVersion, Labels,
    Ordinal, PasswordClass, PasswordRefusal, PlugId, PlugIdKind, RepeatPolicy, SerialId,
    SerialNumber, SourceLimit, SourceWatch, TemplateChange, TemplateId, TemplateName, UnixMillis,
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

/// Where a serial is, what a verb comes to there, and why it is refused.
pub(crate) fn situations(shown: &mut Shown) {
    let situation =
        Situation::all().find(|situation| matches!(situation.place(), Place::Living(_)));
    let situation = situation.unwrap();
    shown.show(&situation);
    shown.show(&situation.template());
    shown.show(&situation.place());
    let Place::Living(living) = situation.place() else { panic!("it lives") };
    shown.show(&living);
    shown.show(&living.point());
    shown.show(&living.epoch());
    shown.show(&Verb::Enroll);
    shown.show(&"become".parse::<Verb>().unwrap_err());
    let rule = rule(Verb::Enroll, &situation);
    shown.show(&rule);
    shown.show(&rule.answer());

    shown.show(&template().state());
    shown.show(&template().design().controllers());
    shown.show(&template().design().access());
    let limit = SourceLimit::new(1).unwrap();
    shown.show(&limit);
    shown.show(&SourceWatch::AtMost(limit));
    shown.show(&SourceLimit::new(0).unwrap_err());
    shown.show(&ControllerCap::new(0).unwrap_err());
    shown.show(&TemplateChange::new().rename(TemplateName::parse("U").unwrap()));
    shown.show(&DenyReason::parse("not today").unwrap());
    shown.show(&Verdict::Deny(DenyReason::parse("not today").unwrap()));
    shown.show(&"".parse::<FeedCursor>().unwrap_err());
    let head = HistoryHead::before_first(&id());
    shown.show(&HistoryStart::new(head, at(1)));
    shown.show(&ENROLL.parse::<HistoryHead>().unwrap_err());
    shown.show(&ENROLL.parse::<EventHash>().unwrap_err());
    shown.show(&Living::Refuse);
    for mixed_up in [ENROLL.to_owned(), format!("{ENROLL}/{CONTROL}")] {
        shown.show(&mixed_up.parse::<SerialId>().unwrap_err());
    }

    let fault = || Fault::Closed;
    shown.show(&VerbError::<RevokeRefusal>::Refused(RevokeRefusal::NotEnrolled));
    shown.show(&PasswordError::<ReplaceRefusal>::Fault(fault()));
    shown.show(&PasswordError::<NotTransferred>::Passwords(PasswordRefusal::SamePasswords));
    shown.show(&NotTransferred::TemplateClosed);
    shown.show(&ChangeTemplateError::Fault(fault()));
    shown.show(&DeleteTemplateError::InUse { id: Box::new(id()) });
    shown.show(&VerifyHistoryError::Fault(fault()));
    shown.show(&HistoryBreak::Missing);
    shown.show(&ListError::ForeignCursor);
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
