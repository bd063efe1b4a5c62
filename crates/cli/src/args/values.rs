//! How the words of a command line become values.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use plugmint::{
    AccessLevel, Argon2Cost, ControllerCap, Epoch, InvalidPlugId, KeyVersion, Labels, Ordinal,
    PlugId, PlugIdKind, RepeatPolicy, SerialId, SerialNumber, SourceLimit, SourceWatch, StageName,
    TemplateId, UnixMillis,
};

/// A time that was named: itself, or how long ago it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Moment {
    At(UnixMillis),
    Ago(u64),
}

impl Moment {
    /// The time that is meant when it is `now`.
    pub(crate) const fn at(self, now: UnixMillis) -> UnixMillis {
        match self {
            Self::At(at) => at,
            Self::Ago(millis) => UnixMillis::new(now.millis().saturating_sub(millis)),
        }
    }
}

/// What Controllers may do with a Thing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OwnAccess {
    /// What its template says.
    Template,
    /// What is said of the Thing itself.
    Level(AccessLevel),
}

/// A time as RFC 3339 writes it, or an age.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        let at = u64::try_from(timestamp.as_millisecond());
        return at.map(|at| Moment::At(UnixMillis::new(at))).map_err(|_| MOMENT.to_owned());
    }
    duration(text).map(Moment::Ago).map_err(|_| MOMENT.to_owned())
}

/// A length of time in milliseconds: more than nothing.
pub(super) fn duration(text: &str) -> Result<u64, String> {
    let span = text.parse::<Span>().ok();
    let days = SpanRelativeTo::days_are_24_hours();
    let duration = span.and_then(|span| span.to_duration(days).ok());
    let millis = duration.as_ref().map(SignedDuration::as_millis);
    let millis = millis.and_then(|millis| u64::try_from(millis).ok());
    millis.filter(|millis| *millis > 0).ok_or_else(|| DURATION.to_owned())
}

pub(super) fn device(text: &str) -> Result<PlugId, InvalidPlugId> {
    PlugId::parse_kind(PlugIdKind::Device, text)
}

pub(super) fn argon2_cost(text: &str) -> Result<Argon2Cost, String> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(str::parse).collect();
    match numbers.as_deref() {
        Ok([memory_kib, passes, lanes]) => {
            Argon2Cost::new(*memory_kib, *passes, *lanes).map_err(|invalid| invalid.to_string())
        }
        Ok(_) | Err(_) => {
            Err("expected three numbers of at most 4294967295, as in 19456,2,1".to_owned())
        }
    }
}

pub(super) fn epoch(text: &str) -> Result<Epoch, String> {
    let number = text.parse().map_err(|_| "expected a number of at most 4294967295");
    Ok(Epoch::new(number?))
}

pub(super) fn key_version(text: &str) -> Result<KeyVersion, String> {
    let version = text.parse().ok().and_then(KeyVersion::new);
    version.ok_or_else(|| "expected a number from 1 to 4294967295".to_owned())
}

/// In any letters: a screen and an event write it with a capital.
pub(super) fn stage(text: &str) -> Result<StageName, String> {
    one_of(
        &text.to_ascii_lowercase(),
        [
            ("registered", StageName::Registered),
            ("enrolled", StageName::Enrolled),
            ("activated", StageName::Activated),
            ("retired", StageName::Retired),
        ],
    )
}

pub(super) fn repeat(text: &str) -> Result<RepeatPolicy, String> {
    one_of(
        text,
        [
            ("until-activated", RepeatPolicy::UntilActivated),
            ("always", RepeatPolicy::Always),
            ("never", RepeatPolicy::Never),
        ],
    )
}

pub(super) fn access(text: &str) -> Result<AccessLevel, String> {
    one_of(
        text,
        [
            ("read-write", AccessLevel::ReadWrite),
            ("read", AccessLevel::Read),
            ("none", AccessLevel::None),
        ],
    )
}

pub(super) fn own_access(text: &str) -> Result<OwnAccess, String> {
    one_of(
        text,
        [
            ("read-write", OwnAccess::Level(AccessLevel::ReadWrite)),
            ("read", OwnAccess::Level(AccessLevel::Read)),
            ("none", OwnAccess::Level(AccessLevel::None)),
            ("template", OwnAccess::Template),
        ],
    )
}

pub(super) fn ordinal(text: &str) -> Result<Ordinal, String> {
    let number = text.parse().map_err(|_| "expected a number of at most 4294967295");
    Ok(Ordinal::new(number?))
}

pub(super) fn controllers(text: &str) -> Result<ControllerCap, String> {
    let number = text.parse().map_err(|_| format!("expected 1 to {}", ControllerCap::MAX));
    ControllerCap::new(number?).map_err(|invalid| invalid.to_string())
}

pub(super) fn sources(text: &str) -> Result<SourceWatch, String> {
    if text == "off" {
        return Ok(SourceWatch::Off);
    }
    let number = text.parse().map_err(|_| format!("expected `off` or 1 to {}", SourceLimit::MAX));
    let limit = SourceLimit::new(number?).map_err(|invalid| invalid.to_string())?;
    Ok(SourceWatch::AtMost(limit))
}

/// `NAME=VALUE`, checked as it is kept.
pub(super) fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Labels::new().insert(name, value).map_err(|invalid| invalid.to_string())?;
    Ok((name.to_owned(), value.to_owned()))
}

/// `TEMPLATE/SERIAL`, as a list prints where it goes on.
pub(super) fn serial_id(text: &str) -> Result<SerialId, String> {
    let (template, serial) = text.split_once('/').ok_or("expected TEMPLATE/SERIAL")?;
    let template = TemplateId::parse(template).map_err(|invalid| invalid.to_string())?;
    let serial = SerialNumber::parse(serial).map_err(|invalid| invalid.to_string())?;
    Ok(SerialId::new(template, serial))
}

fn one_of<T: Copy, const N: usize>(text: &str, all: [(&str, T); N]) -> Result<T, String> {
    all.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
        let names = all.map(|(name, _)| format!("`{name}`"));
        format!("expected one of {}", names.join(", "))
    })
}

const DURATION: &str = "expected a length of time, as in 30m, 24h or 7d";

const MOMENT: &str = "expected a time, as in 2026-09-21T14:13:20Z, or an age, as in 90d";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_three_numbers_that_rfc_9106_allows() {
        assert_eq!(argon2_cost("64,1,1"), Ok(Argon2Cost::new(64, 1, 1).unwrap()));
        for text in ["", "64", "64,1", "64,1,1,1", "64,1,x", "-64,1,1", "7,1,1", "64,0,1", "64,1,0"]
        {
            assert!(argon2_cost(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_length_of_time_has_a_unit_and_is_more_than_nothing() {
        let minute = 60_000;
        for (text, millis) in [
            ("30m", 30 * minute),
            ("24h", 24 * 60 * minute),
            ("7d", 7 * 24 * 60 * minute),
            ("2 weeks", 14 * 24 * 60 * minute),
            ("1h 30m", 90 * minute),
            ("PT30M", 30 * minute),
        ] {
            assert_eq!(duration(text), Ok(millis), "{text}");
        }
        for text in ["", "30", "0s", "-1h", "1h ago", "1 month", "1y", "x", "99999999999d"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_a_time_or_an_age() {
        let now = UnixMillis::new(1_790_000_000_000);
        let at = |text| moment(text).map(|moment| moment.at(now).millis());
        assert_eq!(at("2026-09-21T14:13:20Z"), Ok(1_790_000_000_000));
        assert_eq!(at("2026-09-21T16:13:20+02:00"), Ok(1_790_000_000_000));
        assert_eq!(at("90d"), Ok(1_790_000_000_000 - 90 * 24 * 3_600_000));
        assert_eq!(at("99999d"), Ok(0));
        for text in ["", "2026-09-21", "2026-09-21T14:13:20", "yesterday", "1900-01-01T00:00:00Z"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_serial_is_named_with_its_template_and_may_have_slashes() {
        let template = "mod-5c66bc451866d3c62ba0b904";
        let id = serial_id(&format!("{template}/a/b c")).unwrap();
        assert_eq!(id.to_string(), format!("{template}/a/b c"));
        for text in ["", "a/b", template, &format!("{template}/")] {
            assert!(serial_id(text).is_err(), "{text}");
        }
    }

    #[test]
    fn who_names_none_of_a_few_is_told_all_of_them() {
        assert_eq!(repeat("never"), Ok(RepeatPolicy::Never));
        assert_eq!(
            repeat("x").unwrap_err(),
            "expected one of `until-activated`, `always`, `never`"
        );
        for text in ["retired", "Retired", "RETIRED"] {
            assert_eq!(stage(text), Ok(StageName::Retired));
        }
        assert!(stage("retire").is_err() && stage("").is_err());
        assert_eq!(access("none"), Ok(AccessLevel::None));
        assert_eq!(own_access("template"), Ok(OwnAccess::Template));
        assert_eq!(own_access("read"), Ok(OwnAccess::Level(AccessLevel::Read)));
    }

    #[test]
    fn settings_have_bounds() {
        assert!(controllers("1024").is_ok() && sources("7").is_ok() && sources("off").is_ok());
        for text in ["", "0", "1025", "-1", "x"] {
            assert!(controllers(text).is_err(), "{text}");
        }
        for text in ["", "0", "8", "on"] {
            assert!(sources(text).is_err(), "{text}");
        }
        assert!(label("a=").is_ok() && label("a=b=c").is_ok());
        assert!(label("a").is_err() && label("=b").is_err() && label(" a=b").is_err());
    }
}
