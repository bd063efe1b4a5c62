//! Strategies for property tests: every value that they give is one that the crate can make.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

use crate::derivation::{
    Argon2Cost, AuthVerifier, EnrollKey, PasswordText, PlatformKeys, RootKey, SealNonce, SealedKey,
    StretchMemory, Verifier,
};
use crate::lifecycle::{Change, Decision, Identity, Registered, Registration, SerialRecord, Stage};
use crate::{
    Actor, Author, CompanyId, ControlClass, EnrollPassword, Event, KeyVersion, Labels,
    OperatorEnroll, PasswordClass, PlugId, PlugIdKind, ProductionTemplate, RepeatPolicy, SerialId,
    SerialNumber, TemplateDesign, TemplateId, TemplateName, UnixMillis,
};

/// Any Plug-ID of any kind.
pub fn arb_plug_id() -> impl Strategy<Value = PlugId> {
    (select(vec![PlugIdKind::Device, PlugIdKind::Template, PlugIdKind::Company]), any::<[u8; 12]>())
        .prop_map(|(kind, body)| PlugId::from_parts(kind, body))
}

/// Any id of a template.
pub fn arb_template_id() -> impl Strategy<Value = TemplateId> {
    any::<[u8; 12]>().prop_map(TemplateId::from_parts)
}

/// Any id of a company.
pub fn arb_company_id() -> impl Strategy<Value = CompanyId> {
    any::<[u8; 12]>().prop_map(CompanyId::from_parts)
}

/// Serial numbers of every length, in and outside ASCII, also with white space inside.
pub fn arb_serial_number() -> impl Strategy<Value = SerialNumber> {
    arb_name().prop_filter_map("a serial number", |text| SerialNumber::parse(&text).ok())
}

/// Any serial of any template.
pub fn arb_serial_id() -> impl Strategy<Value = SerialId> {
    (arb_template_id(), arb_serial_number())
        .prop_map(|(template, serial)| SerialId::new(template, serial))
}

/// The texts that a generator of passwords writes, in each of its forms.
pub fn arb_generated_text() -> impl Strategy<Value = String> {
    use base64ct::{Base64, Base64Unpadded, Base64Url, Base64UrlUnpadded, Encoding};
    let encoders: Vec<fn(&[u8]) -> String> = vec![
        base16ct::lower::encode_string,
        base16ct::upper::encode_string,
        Base64::encode_string,
        Base64Unpadded::encode_string,
        Base64Url::encode_string,
        Base64UrlUnpadded::encode_string,
    ];
    (select(vec![16_usize, 20, 24, 32]), any::<[u8; 32]>(), select(encoders)).prop_map(
        |(len, bytes, encode)| encode(&bytes.iter().copied().take(len).collect::<Vec<_>>()),
    )
}

/// Enroll passwords of class generated.
pub fn arb_generated_password() -> impl Strategy<Value = EnrollPassword> {
    arb_generated_text().prop_filter_map("a password", |text| EnrollPassword::parse(&text).ok())
}

/// Any actor.
pub fn arb_actor() -> impl Strategy<Value = Actor> {
    arb_name().prop_filter_map("an actor", |text| Actor::parse(&text).ok())
}

/// Any author.
pub fn arb_author() -> impl Strategy<Value = Author> {
    prop_oneof![Just(Author::Device), arb_actor().prop_map(Author::Operator)]
}

/// No labels up to as many as there may be.
pub fn arb_labels() -> impl Strategy<Value = Labels> {
    vec(("[a-z.-]{1,64}", "[ -~\u{e0}-\u{17f}]{0,100}"), 0..=Labels::MAX_COUNT).prop_filter_map(
        "labels",
        |pairs| {
            let mut labels = Labels::new();
            for (name, value) in pairs {
                labels.insert(&name, &value).ok()?;
            }
            Some(labels)
        },
    )
}

/// Any template.
pub fn arb_template() -> impl Strategy<Value = ProductionTemplate> {
    let cost = (1_u32..9, 8_u32..9000, 1_u32..9)
        .prop_filter_map("a cost", |(lanes, kib, passes)| Argon2Cost::new(kib, passes, lanes).ok());
    let design = (
        arb_name().prop_filter_map("a name", |text| TemplateName::parse(&text).ok()),
        select(vec![PasswordClass::Generated, PasswordClass::Chosen, PasswordClass::Shared]),
        select(vec![ControlClass::Generated, ControlClass::Chosen]),
        cost,
        select(vec![OperatorEnroll::Refused, OperatorEnroll::Allowed]),
        arb_repeat_policy(),
        arb_labels(),
    )
        .prop_map(|(name, class, control, cost, operator, repeat, labels)| {
            TemplateDesign::new(name)
                .with_password_class(class)
                .with_control_class(control)
                .with_argon2(cost)
                .with_operator_enroll(operator)
                .with_repeat(repeat)
                .with_labels(labels)
        });
    (arb_template_id(), arb_company_id(), design, arb_time())
        .prop_map(|(id, company, design, at)| ProductionTemplate::create(id, company, design, at))
}

/// Any policy.
pub fn arb_repeat_policy() -> impl Strategy<Value = RepeatPolicy> {
    select(vec![RepeatPolicy::UntilActivated, RepeatPolicy::Always, RepeatPolicy::Never])
}

/// Any time.
pub fn arb_time() -> impl Strategy<Value = UnixMillis> {
    any::<u64>().prop_map(UnixMillis::new)
}

/// A serial and a record that some sequence of verbs leads to.
pub fn arb_serial_record() -> impl Strategy<Value = (SerialId, SerialRecord)> {
    arb_life().prop_filter_map("a record", |(id, changes)| {
        changes.last().map(|change| (id, change.record().clone()))
    })
}

/// Events that some sequence of verbs leads to.
pub fn arb_event() -> impl Strategy<Value = Event> {
    (arb_life(), any::<prop::sample::Index>()).prop_filter_map("an event", |((_, changes), at)| {
        (!changes.is_empty()).then(|| at.get(&changes).event().clone())
    })
}

/// A serial and all changes of some life of it, the registration first.
pub fn arb_life() -> impl Strategy<Value = (SerialId, Vec<Change>)> {
    let registered = (
        any::<Option<[u8; 32]>>(),
        any::<Option<[u8; SealNonce::LEN]>>(),
        1..=u32::MAX,
        arb_labels(),
    );
    let start = (arb_serial_id(), registered, arb_author(), arb_time());
    let verbs = vec((0_u8..5, arb_author(), arb_time()), 0..8);
    (start, verbs).prop_filter_map("a life", |(start, verbs)| {
        let (id, (control, nonce, version, labels), author, at) = start;
        let key = enroll_key(&id)?;
        let version = KeyVersion::new(version).unwrap_or(KeyVersion::FIRST);
        let registration =
            Registration::new(version, key.verifier(), control.map(Verifier::from_parts), at)
                .with_labels(labels);
        let sealed = nonce.and_then(|nonce| {
            let nonce = SealNonce::from_random(nonce);
            SealedKey::seal(version, platform_keys().seal(), nonce, &id, &key).ok()
        });
        let first = SerialRecord::register(&id, Registered::new(registration, sealed), author);
        let mut record = first.record().clone();
        let mut changes = vec![first];
        for (verb, author, at) in verbs {
            if let Some(change) = live(record.clone(), verb, author, at, &key) {
                record = change.record().clone();
                changes.push(change);
            }
        }
        Some((id, changes))
    })
}

/// Names: mostly readable, some as odd as the rules allow, some that break them.
fn arb_name() -> impl Strategy<Value = String> {
    Union::new([
        "[A-Z0-9:-]{1,32}".boxed(),
        "[!-~]([ -~]{0,40}[!-~])?".boxed(),
        "\\PC{1,40}".boxed(),
        "[!-~]{120,128}".boxed(),
    ])
}

fn live(
    record: SerialRecord,
    verb: u8,
    author: Author,
    at: UnixMillis,
    key: &EnrollKey,
) -> Option<Change> {
    let keys = platform_keys();
    let changed = |decision: Decision<_>| match decision {
        Decision::Commit(change, _) => Some(*change),
        Decision::Answer(_) => None,
    };
    match verb {
        0 => match SerialRecord::enroll(
            Some(record),
            key,
            RepeatPolicy::UntilActivated,
            keys.auth(),
            at,
        ) {
            Ok(Decision::Commit(change, _)) => Some(*change),
            Ok(Decision::Answer(_)) | Err(_) => None,
        },
        1 => match record.clone().authenticate(&auth_verifier(&record)?, at) {
            Ok(Decision::Commit(change, ())) => Some(*change),
            Ok(Decision::Answer(())) | Err(_) => None,
        },
        2 => record.disable(author, at).ok().and_then(changed),
        3 => record.enable(author, at).ok().and_then(changed),
        _ => changed(record.retire(author, at)),
    }
}

fn auth_verifier(record: &SerialRecord) -> Option<AuthVerifier> {
    let identity = match record.stage() {
        Stage::Enrolled(enrolled) => Some(enrolled.identity()),
        Stage::Activated(activated) => Some(activated.identity()),
        Stage::Registered(_) | Stage::Retired(_) => None,
    };
    identity.map(Identity::auth_verifier).cloned()
}

fn platform_keys() -> PlatformKeys {
    PlatformKeys::of_root(&RootKey::from_random(&mut [0x5a; 32]))
}

fn enroll_key(id: &SerialId) -> Option<EnrollKey> {
    let text = PasswordText::of_checked(b"mWz8yS3kQ0a1-Vt5xJrLpA");
    let stretching = PasswordClass::Generated.stretching(Argon2Cost::DEFAULT, id, text);
    let stretched = stretching.run(&mut StretchMemory::new()).ok()?;
    Some(platform_keys().template_key(id.template()).enroll_key(id.serial(), &stretched))
}
