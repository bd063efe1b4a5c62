//! The record of a Production Template.

use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::derivation::Argon2Cost;
use crate::{ControlClass, Labels, PasswordClass, TemplateId};

use super::{
    AccessLevel, ControllerCap, OperatorEnroll, ProductionTemplate, RepeatPolicy, SourceLimit,
    SourceWatch, TemplateDesign, TemplateName, TemplateState,
};

impl ProductionTemplate {
    /// Its canonical bytes, without the id: that is the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let design = &self.design;
        let mut encoder = Encoder::new(VERSION);
        encoder.fixed(self.company.body());
        encoder.text(design.name.as_str());
        encoder.u8(match design.password_class {
            PasswordClass::Generated => 0,
            PasswordClass::Chosen => 1,
            PasswordClass::Shared => 2,
        });
        encoder.u8(match design.control_class {
            ControlClass::Generated => 0,
            ControlClass::Chosen => 1,
        });
        encoder.u32(design.argon2.memory_kib());
        encoder.u32(design.argon2.passes());
        encoder.u32(design.argon2.lanes());
        encoder.u8(match design.operator_enroll {
            OperatorEnroll::Refused => 0,
            OperatorEnroll::Allowed => 1,
        });
        encoder.u8(match design.repeat {
            RepeatPolicy::UntilActivated => 0,
            RepeatPolicy::Always => 1,
            RepeatPolicy::Never => 2,
        });
        encoder.u16(design.controllers.number());
        encoder.u8(match design.access {
            AccessLevel::None => 0,
            AccessLevel::Read => 1,
            AccessLevel::ReadWrite => 2,
        });
        encoder.u8(match design.sources {
            SourceWatch::Off => 0,
            SourceWatch::AtMost(limit) => limit.number(),
        });
        design.labels.encode(&mut encoder);
        match self.state {
            TemplateState::Open => encoder.u8(0),
            TemplateState::Closed { since } => {
                encoder.u8(1);
                encoder.u64(since.millis());
            }
            TemplateState::Deleting { since } => {
                encoder.u8(3);
                encoder.u64(since.millis());
            }
            TemplateState::Deleted { since } => {
                encoder.u8(2);
                encoder.u64(since.millis());
            }
        }
        encoder.u64(self.created_at.millis());
        encoder.finish()
    }

    /// The template with that id from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`ProductionTemplate::encode`] does not write.
    pub fn decode(id: TemplateId, bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("template", VERSION, bytes)?;
        let template = Self {
            id,
            company: decoder.company()?,
            design: TemplateDesign {
                name: TemplateName::parse(decoder.text("name")?)
                    .map_err(|_| decoder.invalid("name"))?,
                password_class: match decoder.u8("password class")? {
                    0 => PasswordClass::Generated,
                    1 => PasswordClass::Chosen,
                    2 => PasswordClass::Shared,
                    _ => return Err(decoder.invalid("password class")),
                },
                control_class: match decoder.u8("control class")? {
                    0 => ControlClass::Generated,
                    1 => ControlClass::Chosen,
                    _ => return Err(decoder.invalid("control class")),
                },
                argon2: Argon2Cost::new(
                    decoder.u32("argon2 memory")?,
                    decoder.u32("argon2 passes")?,
                    decoder.u32("argon2 lanes")?,
                )
                .map_err(|_| decoder.invalid("argon2 cost"))?,
                operator_enroll: match decoder.u8("operator enrollment")? {
                    0 => OperatorEnroll::Refused,
                    1 => OperatorEnroll::Allowed,
                    _ => return Err(decoder.invalid("operator enrollment")),
                },
                repeat: match decoder.u8("repeat policy")? {
                    0 => RepeatPolicy::UntilActivated,
                    1 => RepeatPolicy::Always,
                    2 => RepeatPolicy::Never,
                    _ => return Err(decoder.invalid("repeat policy")),
                },
                controllers: ControllerCap::new(decoder.u16("controllers")?)
                    .map_err(|_| decoder.invalid("controllers"))?,
                access: match decoder.u8("access")? {
                    0 => AccessLevel::None,
                    1 => AccessLevel::Read,
                    2 => AccessLevel::ReadWrite,
                    _ => return Err(decoder.invalid("access")),
                },
                sources: match decoder.u8("sources")? {
                    0 => SourceWatch::Off,
                    limit => SourceWatch::AtMost(
                        SourceLimit::new(limit).map_err(|_| decoder.invalid("sources"))?,
                    ),
                },
                labels: Labels::decode(&mut decoder)?,
            },
            state: match decoder.u8("state")? {
                0 => TemplateState::Open,
                1 => TemplateState::Closed { since: decoder.time("state")? },
                3 => TemplateState::Deleting { since: decoder.time("state")? },
                2 => TemplateState::Deleted { since: decoder.time("state")? },
                _ => return Err(decoder.invalid("state")),
            },
            created_at: decoder.time("created at")?,
        };
        decoder.finish()?;
        Ok(template)
    }
}

const VERSION: u8 = 1;
