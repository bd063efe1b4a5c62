//! How a template is shown.

use plugmint::{OperatorEnroll, ProductionTemplate, RepeatPolicy, SourceWatch};

use crate::commands::{access, state};
use crate::output::{facts, labels, time, visible};

pub(super) const COLUMNS: [&str; 5] = ["ID", "NAME", "PASSWORDS", "STATE", "CREATED"];

pub(super) fn row(template: &ProductionTemplate) -> Vec<String> {
    let design = template.design();
    vec![
        template.id().to_string(),
        visible(design.name().as_str()),
        design.password_class().to_string(),
        state(template.state()),
        time(template.created_at()),
    ]
}

pub(super) fn screen(template: &ProductionTemplate) -> String {
    let design = template.design();
    let operator_enroll = match design.operator_enroll() {
        OperatorEnroll::Allowed => "allowed",
        OperatorEnroll::Refused => "refused",
    };
    let repeat = match design.repeat() {
        RepeatPolicy::UntilActivated => "until activated",
        RepeatPolicy::Always => "always",
        RepeatPolicy::Never => "never",
    };
    let sources = match design.sources() {
        SourceWatch::Off => "not watched".to_owned(),
        SourceWatch::AtMost(limit) => format!("suspicious above {limit} within a day"),
    };
    facts([
        ("Template", Some(template.id().to_string())),
        ("Name", Some(visible(design.name().as_str()))),
        ("Company", Some(template.company().to_string())),
        ("State", Some(state(template.state()))),
        ("Enroll passwords", Some(design.password_class().to_string())),
        ("Control passwords", Some(design.control_class().to_string())),
        ("Argon2id", Some(design.argon2().to_string())),
        ("Operator enrollment", Some(operator_enroll.to_owned())),
        ("Repeats credentials", Some(repeat.to_owned())),
        ("Controllers of a Thing", Some(format!("at most {}", design.controllers()))),
        ("Their access", Some(access(design.access()).to_owned())),
        ("Sources of a device", Some(sources)),
        ("Labels", labels(design.labels())),
        ("Created", Some(time(template.created_at()))),
    ])
}
