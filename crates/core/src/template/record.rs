//! The record of a Production Template.

use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::derivation::Argon2Cost;
use crate::{ControlClass, Labels, PasswordClass, TemplateId};

use super::{OperatorEnroll, ProductionTemplate, RepeatPolicy, TemplateDesign, TemplateName};

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
        design.labels.encode(&mut encoder);
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
                labels: Labels::decode(&mut decoder)?,
            },
            created_at: decoder.time("created at")?,
        };
        decoder.finish()?;
        Ok(template)
    }
}

const VERSION: u8 = 1;
