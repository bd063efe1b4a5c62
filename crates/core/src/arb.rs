//! Strategies for property tests: every value that they give is one that the crate can make.

mod controllers;
mod life;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

use crate::{
    AccessLevel, Actor, Argon2Cost, Author, CompanyId, ControlClass, ControllerCap, EnrollPassword,
    Labels, OperatorEnroll, PasswordClass, PlugId, PlugIdKind, ProductionTemplate, RepeatPolicy,
    SerialId, SerialNumber, SourceLimit, SourceWatch, TemplateChange, TemplateDesign, TemplateId,
    TemplateName, TemplateState, UnixMillis,
};

pub use controllers::{
    arb_controller, arb_controller_event, arb_controller_life, arb_device_name, arb_grant,
    arb_known_as, arb_roster,
};
pub use life::{arb_event, arb_life, arb_serial_record};

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

/// Any template, in any state.
pub fn arb_template() -> impl Strategy<Value = ProductionTemplate> {
    (arb_template_id(), arb_company_id(), arb_design(), arb_time(), arb_template_state()).prop_map(
        |(id, company, design, at, state)| {
            ProductionTemplate::create(id, company, design, at).with_state(state)
        },
    )
}

/// Any design.
pub fn arb_design() -> impl Strategy<Value = TemplateDesign> {
    let cost = (1_u32..9, 8_u32..9000, 1_u32..9)
        .prop_filter_map("a cost", |(lanes, kib, passes)| Argon2Cost::new(kib, passes, lanes).ok());
    let fixed = (
        select(vec![PasswordClass::Generated, PasswordClass::Chosen, PasswordClass::Shared]),
        select(vec![ControlClass::Generated, ControlClass::Chosen]),
        cost,
        select(vec![OperatorEnroll::Refused, OperatorEnroll::Allowed]),
    );
    let settings = (arb_repeat_policy(), arb_controller_cap(), arb_access(), arb_source_watch());
    (arb_template_name(), fixed, settings, arb_labels()).prop_map(
        |(name, (class, control, cost, operator), (repeat, cap, access, sources), labels)| {
            TemplateDesign::new(name)
                .with_password_class(class)
                .with_control_class(control)
                .with_argon2(cost)
                .with_operator_enroll(operator)
                .with_repeat(repeat)
                .with_controllers(cap)
                .with_access(access)
                .with_sources(sources)
                .with_labels(labels)
        },
    )
}

/// Any change of a template: each part of it is asked for, or not.
pub fn arb_template_change() -> impl Strategy<Value = TemplateChange> {
    use prop::option::of;
    let words = (of(arb_template_name()), of(arb_labels()));
    let settings = (
        of(arb_repeat_policy()),
        of(arb_controller_cap()),
        of(arb_access()),
        of(arb_source_watch()),
    );
    (words, settings).prop_map(|((name, labels), (repeat, cap, access, sources))| {
        let mut change = TemplateChange::new();
        change = name.into_iter().fold(change, TemplateChange::rename);
        change = labels.into_iter().fold(change, TemplateChange::labels);
        change = repeat.into_iter().fold(change, TemplateChange::repeat);
        change = cap.into_iter().fold(change, TemplateChange::controllers);
        change = access.into_iter().fold(change, TemplateChange::access);
        sources.into_iter().fold(change, TemplateChange::sources)
    })
}

/// Any state.
pub fn arb_template_state() -> impl Strategy<Value = TemplateState> {
    prop_oneof![
        Just(TemplateState::Open),
        arb_time().prop_map(|since| TemplateState::Closed { since }),
        arb_time().prop_map(|since| TemplateState::Deleting { since }),
        arb_time().prop_map(|since| TemplateState::Deleted { since }),
    ]
}

/// Any policy.
pub fn arb_repeat_policy() -> impl Strategy<Value = RepeatPolicy> {
    select(vec![RepeatPolicy::UntilActivated, RepeatPolicy::Always, RepeatPolicy::Never])
}

/// Any level.
pub fn arb_access() -> impl Strategy<Value = AccessLevel> {
    select(vec![AccessLevel::None, AccessLevel::Read, AccessLevel::ReadWrite])
}

/// Any number of Controllers that a Thing may have.
pub fn arb_controller_cap() -> impl Strategy<Value = ControllerCap> {
    (1..=ControllerCap::MAX).prop_filter_map("a cap", |number| ControllerCap::new(number).ok())
}

/// Any watch over sources.
pub fn arb_source_watch() -> impl Strategy<Value = SourceWatch> {
    (0..=SourceLimit::MAX)
        .prop_map(|number| SourceLimit::new(number).map_or(SourceWatch::Off, SourceWatch::AtMost))
}

/// Any time.
pub fn arb_time() -> impl Strategy<Value = UnixMillis> {
    any::<u64>().prop_map(UnixMillis::new)
}

fn arb_template_name() -> impl Strategy<Value = TemplateName> {
    arb_name().prop_filter_map("a name", |text| TemplateName::parse(&text).ok())
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
