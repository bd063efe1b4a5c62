//! The key layout: what lies in the store, and under which key.
//!
//! A key is a letter and fixed-size fields; a serial number stands last, or is closed by a zero
//! byte, which none contains. So two different things never have one key, and what belongs together
//! lies together: the serials of a template in the order of their numbers, the events of a serial
//! in the order of their happening.

use plugmint_core::controller::OwnSerialMark;
use plugmint_core::{
    CompanyId, EventNumber, KeyVersion, Ordinal, PlugId, PlugIdKind, SerialId, SerialNumber,
    TemplateId, UnixMillis,
};
use plugmint_store::{InvalidKey, Key};

/// The letter of each kind of record. One that is added comes with a golden store of its own
/// (tests/fixtures).
#[cfg(any(test, feature = "testing"))]
pub(crate) const LETTERS: [u8; 17] = *b"ikvwtcspdefhnmorb";

/// `i`: the installation. One record, written when the store was made.
pub(crate) fn installation() -> Result<Key, InvalidKey> {
    Key::new(b"i")
}

/// `k` version(4): the key check of a root key.
pub(crate) fn key_check(version: KeyVersion) -> Result<Key, InvalidKey> {
    Key::joined(&[KEY_CHECKS, &version.number().to_be_bytes()])
}

/// The version that a key of [`key_check`], [`key_standing`] or [`kept_keys`] names.
pub(crate) fn version_of(key: &Key) -> Option<KeyVersion> {
    let number = key.as_bytes().last_chunk().copied().map(u32::from_be_bytes);
    number.and_then(KeyVersion::new)
}

/// All key checks.
pub(crate) const KEY_CHECKS: &[u8] = b"k";

/// `v` version(4): that a key version is closed or dropped. While there is none, it is in use.
pub(crate) fn key_standing(version: KeyVersion) -> Result<Key, InvalidKey> {
    Key::joined(&[KEY_STANDINGS, &version.number().to_be_bytes()])
}

/// All standings of key versions.
pub(crate) const KEY_STANDINGS: &[u8] = b"v";

/// `w` version(4): the kept keys of a version that is not the current one, sealed.
pub(crate) fn kept_keys(version: KeyVersion) -> Result<Key, InvalidKey> {
    Key::joined(&[KEPT_KEYS, &version.number().to_be_bytes()])
}

/// All kept keys.
pub(crate) const KEPT_KEYS: &[u8] = b"w";

/// `t` template(12): a Production Template.
pub(crate) fn template(id: &TemplateId) -> Result<Key, InvalidKey> {
    Key::joined(&[b"t", id.body()])
}

/// `c` company(12) template(12): that a template belongs to a company. The record is empty.
pub(crate) fn company_template(company: &CompanyId, id: &TemplateId) -> Result<Key, InvalidKey> {
    Key::joined(&[b"c", company.body(), id.body()])
}

/// The templates of a company.
pub(crate) fn company_templates(company: &CompanyId) -> Vec<u8> {
    [b"c".as_slice(), company.body()].concat()
}

/// The template that a key of [`company_template`] names.
pub(crate) fn template_of(key: &Key) -> Option<TemplateId> {
    key.as_bytes().last_chunk().copied().map(TemplateId::from_parts)
}

/// `s` template(12) serial: a serial.
pub(crate) fn serial(id: &SerialId) -> Result<Key, InvalidKey> {
    Key::joined(&[SERIALS, id.template().body(), id.serial().as_bytes()])
}

/// All serials.
pub(crate) const SERIALS: &[u8] = b"s";

/// The serial that a key of [`serial`] names.
pub(crate) fn serial_id_of(key: &Key) -> Option<SerialId> {
    let template = key.as_bytes().get(1..)?.first_chunk().copied()?;
    let serial = SerialNumber::parse(serial_of(key)?).ok()?;
    Some(SerialId::new(TemplateId::from_parts(template), serial))
}

/// The serials of a template.
pub(crate) fn serials(template: &TemplateId) -> Vec<u8> {
    [b"s".as_slice(), template.body()].concat()
}

/// The serial number that a key of [`serial`] names.
pub(crate) fn serial_of(key: &Key) -> Option<&str> {
    key.as_bytes().get(1 + PlugId::BODY_LEN..).and_then(|serial| str::from_utf8(serial).ok())
}

/// `p` plug-id(12): the credential of a device, a projection of its serial's record.
pub(crate) fn credential(plug_id: &PlugId) -> Result<Key, InvalidKey> {
    Key::joined(&[b"p", plug_id.body()])
}

/// `d` plug-id(12): what is kept with a device under that Plug-ID.
pub(crate) fn profile(plug_id: &PlugId) -> Result<Key, InvalidKey> {
    Key::joined(&[b"d", plug_id.body()])
}

/// `e` template(12) serial 0 number(8): an event of a serial.
pub(crate) fn event(id: &SerialId, number: EventNumber) -> Result<Key, InvalidKey> {
    Key::joined(&[&events(id), &number.number().to_be_bytes()])
}

/// The events of a serial.
pub(crate) fn events(id: &SerialId) -> Vec<u8> {
    [b"e".as_slice(), id.template().body(), id.serial().as_bytes(), &[0]].concat()
}

/// `f` time(8) template(12) serial 0 number(8): that an event happened then, for whoever follows
/// all serials. The record is empty.
pub(crate) fn feed(at: UnixMillis, id: &SerialId, number: EventNumber) -> Result<Key, InvalidKey> {
    let (at, number) = (at.millis().to_be_bytes(), number.number().to_be_bytes());
    let (template, serial) = (id.template().body(), id.serial().as_bytes());
    Key::joined(&[FEED, &at, template, serial, &[0], &number])
}

/// What every key of [`feed`] from that time on follows.
pub(crate) fn feed_before(at: UnixMillis) -> Result<Key, InvalidKey> {
    // No key of an event is as short as this, so each of that very time lies behind it.
    Key::joined(&[FEED, &at.millis().to_be_bytes()])
}

/// The time, serial and number that a key of [`feed`] names.
pub(crate) fn event_of(key: &Key) -> Option<(UnixMillis, SerialId, EventNumber)> {
    let (at, rest) = key.as_bytes().get(1..)?.split_first_chunk()?;
    let (template, rest) = rest.split_first_chunk()?;
    let (rest, number) = rest.split_last_chunk()?;
    let serial = rest.strip_suffix(&[0])?;
    let serial = SerialNumber::parse(str::from_utf8(serial).ok()?).ok()?;
    let id = SerialId::new(TemplateId::from_parts(*template), serial);
    let at = UnixMillis::new(u64::from_be_bytes(*at));
    Some((at, id, EventNumber::new(u64::from_be_bytes(*number))))
}

/// The feed.
pub(crate) const FEED: &[u8] = b"f";

/// `h` template(12) serial: where a history begins whose older events were forgotten.
pub(crate) fn forgotten(id: &SerialId) -> Result<Key, InvalidKey> {
    Key::joined(&[b"h", id.template().body(), id.serial().as_bytes()])
}

/// `n` template(12) serial 0 ordinal(4): a Controller of a Thing.
pub(crate) fn controller(id: &SerialId, ordinal: Ordinal) -> Result<Key, InvalidKey> {
    Key::joined(&[&controllers(id), &ordinal.number().to_be_bytes()])
}

/// The Controllers of a Thing.
pub(crate) fn controllers(id: &SerialId) -> Vec<u8> {
    [b"n".as_slice(), id.template().body(), id.serial().as_bytes(), &[0]].concat()
}

/// The ordinal that a key of [`controller`] names.
pub(crate) fn ordinal_of(key: &Key) -> Option<Ordinal> {
    key.as_bytes().last_chunk().copied().map(u32::from_be_bytes).map(Ordinal::new)
}

/// `m` template(12) serial: which Controllers of a Thing take a place.
pub(crate) fn roster(id: &SerialId) -> Result<Key, InvalidKey> {
    Key::joined(&[b"m", id.template().body(), id.serial().as_bytes()])
}

/// `o` template(12) serial 0 own-serial(16): which Controller of a Thing an own serial number
/// names.
pub(crate) fn known_as(id: &SerialId, own_serial: &OwnSerialMark) -> Result<Key, InvalidKey> {
    let (template, serial) = (id.template().body(), id.serial().as_bytes());
    Key::joined(&[b"o", template, serial, &[0], own_serial.as_bytes()])
}

/// `r` template(12) serial 0 holder(12): a grant, under its Thing.
pub(crate) fn grant_on(id: &SerialId, holder: &PlugId) -> Result<Key, InvalidKey> {
    Key::joined(&[&grants_on(id), holder.body()])
}

/// The grants on a Thing.
pub(crate) fn grants_on(id: &SerialId) -> Vec<u8> {
    [b"r".as_slice(), id.template().body(), id.serial().as_bytes(), &[0]].concat()
}

/// The holder that a key of [`grant_on`] names.
pub(crate) fn holder_of(key: &Key) -> Option<PlugId> {
    let body = key.as_bytes().last_chunk().copied();
    body.map(|body| PlugId::from_parts(PlugIdKind::Device, body))
}

/// `b` holder(12) template(12) serial: the same grant, under its holder.
pub(crate) fn grant_of(holder: &PlugId, id: &SerialId) -> Result<Key, InvalidKey> {
    Key::joined(&[&grants_of(holder), id.template().body(), id.serial().as_bytes()])
}

/// The grants of a holder.
pub(crate) fn grants_of(holder: &PlugId) -> Vec<u8> {
    [b"b".as_slice(), holder.body()].concat()
}

/// The Thing that a key of [`grant_of`] names.
pub(crate) fn thing_of(key: &Key) -> Option<SerialId> {
    let (template, serial) = key.as_bytes().get(1 + PlugId::BODY_LEN..)?.split_first_chunk()?;
    let serial = SerialNumber::parse(str::from_utf8(serial).ok()?).ok()?;
    Some(SerialId::new(TemplateId::from_parts(*template), serial))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(serial: &str) -> SerialId {
        SerialId::new(TemplateId::from_parts([7; 12]), serial.parse().unwrap())
    }

    fn device() -> PlugId {
        PlugId::from_parts(PlugIdKind::Device, [5; 12])
    }

    #[test]
    fn the_longest_serial_fits_into_every_key() {
        let id = id(&"S".repeat(128));
        assert!(serial(&id).is_ok());
        assert!(event(&id, EventNumber::new(u64::MAX)).is_ok());
        assert!(feed(UnixMillis::new(u64::MAX), &id, EventNumber::new(u64::MAX)).is_ok());
        assert!(forgotten(&id).is_ok());
        assert!(controller(&id, Ordinal::new(u32::MAX)).is_ok());
        assert!(roster(&id).is_ok());
        assert!(known_as(&id, &OwnSerialMark::new(id.serial())).is_ok());
        assert!(grant_on(&id, &device()).is_ok());
        assert!(grant_of(&device(), &id).is_ok());
    }

    #[test]
    fn a_key_names_what_it_was_made_of() {
        assert_eq!(serial_of(&serial(&id("SN-1")).unwrap()), Some("SN-1"));
        assert_eq!(serial_id_of(&serial(&id("SN-1")).unwrap()), Some(id("SN-1")));
        let (company, template) = (CompanyId::from_parts([1; 12]), TemplateId::from_parts([2; 12]));
        assert_eq!(version_of(&key_check(KeyVersion::FIRST).unwrap()), Some(KeyVersion::FIRST));
        assert_eq!(template_of(&company_template(&company, &template).unwrap()), Some(template));
        let key = controller(&id("SN-1"), Ordinal::new(7)).unwrap();
        assert_eq!(ordinal_of(&key), Some(Ordinal::new(7)));
        assert_eq!(holder_of(&grant_on(&id("SN-1"), &device()).unwrap()), Some(device()));
        assert_eq!(thing_of(&grant_of(&device(), &id("SN-1")).unwrap()), Some(id("SN-1")));
        assert_eq!(thing_of(&Key::new(b"b").unwrap()), None);
    }

    #[test]
    fn a_place_in_the_feed_names_its_event_and_nothing_else_does() {
        let (at, number) = (UnixMillis::new(1_790_000_000_000), EventNumber::new(3));
        for serial in ["S", "SN-1", "00:1B:44:11:3A:B7"] {
            let key = feed(at, &id(serial), number).unwrap();
            assert_eq!(event_of(&key), Some((at, id(serial), number)));
        }
        assert!(feed_before(at).unwrap() < feed(at, &id("S"), EventNumber::new(0)).unwrap());
        let unclosed = [FEED, &[0; 8], &[7; 12], b"SN-1x", &[0; 8]].concat();
        for bytes in [&unclosed[..], b"f", b"f12345678"] {
            assert_eq!(event_of(&Key::new(bytes).unwrap()), None);
        }
    }

    #[test]
    fn events_of_one_serial_are_not_among_those_of_a_longer_one() {
        let short = events(&id("SN-1"));
        let long = event(&id("SN-10"), EventNumber::new(0)).unwrap();
        assert!(!long.as_bytes().starts_with(&short));
        assert!(event(&id("SN-1"), EventNumber::new(5)).unwrap().as_bytes().starts_with(&short));
    }

    #[test]
    fn events_are_ordered_as_they_happened() {
        let id = id("SN-1");
        assert!(
            event(&id, EventNumber::new(255)).unwrap() < event(&id, EventNumber::new(256)).unwrap()
        );
    }

    #[test]
    fn every_letter_that_a_key_begins_with_is_among_the_letters() {
        let (source, _) = include_str!("keys.rs").split_once("#[cfg(test)]").unwrap();
        let literals = source.split('"').skip(1).step_by(2);
        let begun: std::collections::BTreeSet<_> =
            literals.filter(|text| text.len() == 1).map(|letter| letter.as_bytes()[0]).collect();
        assert_eq!(begun, LETTERS.into());
    }

    #[test]
    fn every_kind_of_record_has_a_letter_of_its_own() {
        let plug_id = TemplateId::from_parts([7; 12]).plug_id();
        let keys = [
            installation(),
            key_check(KeyVersion::FIRST),
            key_standing(KeyVersion::FIRST),
            kept_keys(KeyVersion::FIRST),
            template(id("S").template()),
            company_template(&CompanyId::from_parts([1; 12]), id("S").template()),
            serial(&id("S")),
            credential(&plug_id),
            event(&id("S"), EventNumber::new(0)),
            feed(UnixMillis::new(0), &id("S"), EventNumber::new(0)),
            forgotten(&id("S")),
            controller(&id("S"), Ordinal::FIRST),
            roster(&id("S")),
            known_as(&id("S"), &OwnSerialMark::new(id("S").serial())),
            grant_on(&id("S"), &device()),
            grant_of(&device(), &id("S")),
            profile(&device()),
        ];
        let letters: std::collections::BTreeSet<_> =
            keys.into_iter().map(|key| key.unwrap().as_bytes()[0]).collect();
        assert_eq!(letters, LETTERS.into());
    }
}
