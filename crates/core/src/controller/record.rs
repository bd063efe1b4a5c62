//! The canonical bytes of a Controller's record.

use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::derivation::{AuthVerifier, Verifier};
use crate::grant::Generation;
use crate::lifecycle::Mark;
use crate::serial_number::SerialText;

use super::{Controller, ControllerStage, DeviceName};

impl Controller {
    /// Its canonical bytes, without its Thing and its ordinal: those are the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        encoder.u32(self.key_version.number());
        encoder.fixed(self.control_verifier.expose_bytes());
        encoder.fixed(self.plug_id.body());
        encoder.u32(self.epoch.number());
        encoder.u8(match self.mark {
            Mark::Enabled => 0,
            Mark::Disabled => 1,
        });
        encoder.option(self.name.as_ref(), |encoder, name| encoder.text(name.as_str()));
        encoder.option(self.own_serial.as_ref(), |encoder, own| encoder.text(own.as_str()));
        match &self.stage {
            ControllerStage::Enrolled { auth_verifier } => {
                encoder.u8(0);
                encoder.fixed(auth_verifier.expose_bytes());
            }
            ControllerStage::Activated { auth_verifier, activated_at } => {
                encoder.u8(1);
                encoder.fixed(auth_verifier.expose_bytes());
                encoder.u64(activated_at.millis());
            }
            ControllerStage::MustEnrollAgain => encoder.u8(2),
            ControllerStage::Retired { retired_at } => {
                encoder.u8(3);
                encoder.u64(retired_at.millis());
            }
        }
        self.held.encode(&mut encoder);
        encoder.u64(self.enrolled_at.millis());
        encoder.option(self.connected_at, |encoder, at| encoder.u64(at.millis()));
        encoder.finish()
    }

    /// A Controller from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`Controller::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("controller", VERSION, bytes)?;
        let verifier = |decoder: &mut Decoder<'_>| {
            decoder.fixed("auth verifier").map(AuthVerifier::from_parts)
        };
        let controller = Self {
            key_version: decoder.key_version()?,
            control_verifier: Verifier::from_parts(decoder.fixed("control verifier")?),
            plug_id: decoder.plug_id()?,
            epoch: decoder.epoch()?,
            mark: match decoder.u8("mark")? {
                0 => Mark::Enabled,
                1 => Mark::Disabled,
                _ => return Err(decoder.invalid("mark")),
            },
            name: decoder.option("name", |decoder| {
                let name = DeviceName::parse(decoder.text("name")?);
                name.map_err(|_| decoder.invalid("name"))
            })?,
            own_serial: decoder
                .option("own serial", |decoder| decoder.serial().map(SerialText::into))?,
            stage: match decoder.u8("stage")? {
                0 => ControllerStage::Enrolled { auth_verifier: verifier(&mut decoder)? },
                1 => ControllerStage::Activated {
                    auth_verifier: verifier(&mut decoder)?,
                    activated_at: decoder.time("activated at")?,
                },
                2 => ControllerStage::MustEnrollAgain,
                3 => ControllerStage::Retired { retired_at: decoder.time("retired at")? },
                _ => return Err(decoder.invalid("stage")),
            },
            held: Generation::decode(&mut decoder)?,
            enrolled_at: decoder.time("enrolled at")?,
            connected_at: decoder.option("connected at", |decoder| decoder.time("connected at"))?,
        };
        decoder.finish()?;
        Ok(controller)
    }
}

const VERSION: u8 = 1;
