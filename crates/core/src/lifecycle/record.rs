//! The canonical bytes of a serial's record.

use crate::codec::{Decoder, Encoder, InvalidRecord};
use crate::derivation::{AuthVerifier, SealNonce, SealedKey, Verifier};
use crate::grant::Generations;
use crate::{AccessLevel, HistoryHead, Labels, SourceMark, UnixMillis};

use super::{
    Activated, ControlOrigin, Enrolled, Former, GrantsThen, Identity, Mark, Overlap, Raise,
    Registered, Registration, Retired, SerialRecord, Stage,
};

impl SerialRecord {
    /// Its canonical bytes, without template and serial number: those are the record's key.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoder = Encoder::new(VERSION);
        match &self.stage {
            Stage::Registered(registered) => {
                encoder.u8(0);
                encode_registration(&mut encoder, &registered.registration);
                encode_sealed_key(&mut encoder, registered.sealed_key.as_ref());
                encoder.option(registered.former.as_ref(), |encoder, former| {
                    encoder.fixed(former.plug_id.body());
                    encode_overlap(encoder, former.overlap.as_ref());
                });
            }
            Stage::Enrolled(enrolled) => {
                encoder.u8(1);
                encode_registration(&mut encoder, &enrolled.registration);
                encode_sealed_key(&mut encoder, enrolled.sealed_key.as_ref());
                encode_identity(&mut encoder, &enrolled.identity);
                encode_overlap(&mut encoder, enrolled.overlap.as_ref());
                encoder.u64(enrolled.enrolled_at.millis());
            }
            Stage::Activated(activated) => {
                encoder.u8(2);
                encode_registration(&mut encoder, &activated.registration);
                encode_identity(&mut encoder, &activated.identity);
                encoder.u64(activated.enrolled_at.millis());
                encoder.u64(activated.activated_at.millis());
            }
            Stage::Retired(retired) => {
                encoder.u8(3);
                encode_retired(&mut encoder, retired);
            }
        }
        self.head.encode(&mut encoder);
        encoder.finish()
    }

    /// A record from its canonical bytes.
    ///
    /// # Errors
    /// [`InvalidRecord`] for bytes that [`SerialRecord::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidRecord> {
        let mut decoder = Decoder::new("serial", VERSION, bytes)?;
        let stage = match decoder.u8("stage")? {
            0 => Stage::Registered(Registered {
                registration: decode_registration(&mut decoder)?,
                sealed_key: decode_sealed_key(&mut decoder)?,
                former: decoder.option("former", |decoder| {
                    let plug_id = decoder.plug_id()?;
                    Ok(Former { plug_id, overlap: decode_overlap(decoder)? })
                })?,
            }),
            1 => Stage::Enrolled(Enrolled {
                registration: decode_registration(&mut decoder)?,
                sealed_key: decode_sealed_key(&mut decoder)?,
                identity: decode_identity(&mut decoder)?,
                overlap: decode_overlap(&mut decoder)?,
                enrolled_at: decoder.time("enrolled at")?,
            }),
            2 => Stage::Activated(Activated {
                registration: decode_registration(&mut decoder)?,
                identity: decode_identity(&mut decoder)?,
                enrolled_at: decoder.time("enrolled at")?,
                activated_at: decoder.time("activated at")?,
            }),
            3 => Stage::Retired(decode_retired(&mut decoder)?),
            _ => return Err(decoder.invalid("stage")),
        };
        let head = HistoryHead::decode(&mut decoder)?;
        decoder.finish()?;
        Ok(Self { stage, head })
    }
}

fn encode_registration(encoder: &mut Encoder, registration: &Registration) {
    encoder.u32(registration.key_version.number());
    encoder.fixed(registration.enroll_verifier.expose_bytes());
    encoder.option(registration.control_verifier.as_ref(), |encoder, verifier| {
        encoder.fixed(verifier.expose_bytes());
    });
    encoder.u8(match registration.control_origin {
        ControlOrigin::Given => 0,
        ControlOrigin::Replaced(GrantsThen::End) => 1,
        ControlOrigin::Replaced(GrantsThen::Stay) => 2,
    });
    encoder.u32(registration.epoch.number());
    encoder.u8(match registration.raised_by {
        None => 0,
        Some(Raise::Reactivate) => 1,
        Some(Raise::Unenroll) => 2,
        Some(Raise::ReplacePasswords) => 3,
        Some(Raise::Transfer) => 4,
    });
    encoder.u32(registration.next_ordinal.number());
    encoder.u8(match registration.mark {
        Mark::Enabled => 0,
        Mark::Disabled => 1,
    });
    registration.labels.encode(encoder);
    encoder.u64(registration.registered_at.millis());
    encoder.option(registration.connected_at, |encoder, at: UnixMillis| encoder.u64(at.millis()));
    encoder.option(registration.enrolled_from, |encoder, mark: SourceMark| {
        encoder.fixed(mark.as_bytes());
    });
    encoder.u8(match registration.access {
        None => 0,
        Some(AccessLevel::None) => 1,
        Some(AccessLevel::Read) => 2,
        Some(AccessLevel::ReadWrite) => 3,
    });
    registration.grants.encode(encoder);
}

fn decode_registration(decoder: &mut Decoder<'_>) -> Result<Registration, InvalidRecord> {
    Ok(Registration {
        key_version: decoder.key_version()?,
        enroll_verifier: Verifier::from_parts(decoder.fixed("enroll verifier")?),
        control_verifier: decoder.option("control verifier", |decoder| {
            decoder.fixed("control verifier").map(Verifier::from_parts)
        })?,
        control_origin: match decoder.u8("control origin")? {
            0 => ControlOrigin::Given,
            1 => ControlOrigin::Replaced(GrantsThen::End),
            2 => ControlOrigin::Replaced(GrantsThen::Stay),
            _ => return Err(decoder.invalid("control origin")),
        },
        epoch: decoder.epoch()?,
        raised_by: match decoder.u8("raised by")? {
            0 => None,
            1 => Some(Raise::Reactivate),
            2 => Some(Raise::Unenroll),
            3 => Some(Raise::ReplacePasswords),
            4 => Some(Raise::Transfer),
            _ => return Err(decoder.invalid("raised by")),
        },
        next_ordinal: decoder.ordinal("next ordinal")?,
        mark: match decoder.u8("mark")? {
            0 => Mark::Enabled,
            1 => Mark::Disabled,
            _ => return Err(decoder.invalid("mark")),
        },
        labels: Labels::decode(decoder)?,
        registered_at: decoder.time("registered at")?,
        connected_at: decoder.option("connected at", |decoder| decoder.time("connected at"))?,
        enrolled_from: decoder.option("enrolled from", |decoder| {
            decoder.fixed("enrolled from").map(SourceMark::from_parts)
        })?,
        access: match decoder.u8("access")? {
            0 => None,
            1 => Some(AccessLevel::None),
            2 => Some(AccessLevel::Read),
            3 => Some(AccessLevel::ReadWrite),
            _ => return Err(decoder.invalid("access")),
        },
        grants: Generations::decode(decoder)?,
    })
}

fn encode_overlap(encoder: &mut Encoder, overlap: Option<&Overlap>) {
    encoder.option(overlap, |encoder, overlap| {
        encoder.fixed(overlap.auth_verifier.expose_bytes());
        encoder.u64(overlap.until.millis());
    });
}

fn decode_overlap(decoder: &mut Decoder<'_>) -> Result<Option<Overlap>, InvalidRecord> {
    decoder.option("overlap", |decoder| {
        let auth_verifier = AuthVerifier::from_parts(decoder.fixed("overlap")?);
        Ok(Overlap { auth_verifier, until: decoder.time("overlap")? })
    })
}

fn encode_sealed_key(encoder: &mut Encoder, sealed_key: Option<&SealedKey>) {
    encoder.option(sealed_key, |encoder, sealed| {
        encoder.u32(sealed.key_version().number());
        let (nonce, ciphertext, tag) = sealed.to_parts();
        encoder.fixed(&nonce);
        encoder.fixed(&ciphertext);
        encoder.fixed(&tag);
    });
}

fn decode_sealed_key(decoder: &mut Decoder<'_>) -> Result<Option<SealedKey>, InvalidRecord> {
    decoder.option("sealed key", |decoder| {
        let key_version = decoder.key_version()?;
        let nonce = decoder.fixed::<{ SealNonce::LEN }>("sealed key")?;
        let parts = (nonce, decoder.fixed("sealed key")?, decoder.fixed("sealed key")?);
        Ok(SealedKey::from_parts(key_version, parts))
    })
}

fn encode_identity(encoder: &mut Encoder, identity: &Identity) {
    encoder.fixed(identity.plug_id.body());
    encoder.fixed(identity.auth_verifier.expose_bytes());
}

fn decode_identity(decoder: &mut Decoder<'_>) -> Result<Identity, InvalidRecord> {
    Ok(Identity {
        plug_id: decoder.plug_id()?,
        auth_verifier: AuthVerifier::from_parts(decoder.fixed("auth verifier")?),
    })
}

fn encode_retired(encoder: &mut Encoder, retired: &Retired) {
    encoder.u32(retired.key_version.number());
    encoder.u32(retired.epoch.number());
    encoder.u32(retired.next_ordinal.number());
    retired.labels.encode(encoder);
    encoder.option(retired.plug_id.as_ref(), |encoder, plug_id| {
        encoder.fixed(plug_id.body());
    });
    encoder.u64(retired.registered_at.millis());
    encoder.u64(retired.retired_at.millis());
}

fn decode_retired(decoder: &mut Decoder<'_>) -> Result<Retired, InvalidRecord> {
    Ok(Retired {
        key_version: decoder.key_version()?,
        epoch: decoder.epoch()?,
        next_ordinal: decoder.ordinal("next ordinal")?,
        labels: Labels::decode(decoder)?,
        plug_id: decoder.option("plug-id", Decoder::plug_id)?,
        registered_at: decoder.time("registered at")?,
        retired_at: decoder.time("retired at")?,
    })
}

const VERSION: u8 = 1;
