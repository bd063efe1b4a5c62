//! Passwords on the socket: the one place where they are written out. A password has no serde of
//! its own, so nothing else sends one by accident.

use plugmint::{ConnectionPassword, ControlPassword, EnrollPassword};
use serde::{Deserialize, Deserializer, Serializer};
use zeroize::Zeroizing;

/// A password that comes as its text.
pub(super) trait Password: Sized {
    /// Reads it; `Err` says what was expected, and not what stood there.
    fn read(text: &str) -> Result<Self, String>;

    /// Hands its text on.
    fn with_text<T>(&self, then: impl FnOnce(&str) -> T) -> T;
}

macro_rules! chosen {
    ($($name:ident),+) => {
        $(
            impl Password for $name {
                fn read(text: &str) -> Result<Self, String> {
                    Self::parse(text).map_err(|invalid| invalid.to_string())
                }

                fn with_text<T>(&self, then: impl FnOnce(&str) -> T) -> T {
                    // INVARIANT: it was parsed from a text.
                    then(std::str::from_utf8(self.expose_text().as_bytes()).unwrap_or_default())
                }
            }
        )+
    };
}

chosen!(EnrollPassword, ControlPassword);

impl Password for ConnectionPassword {
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|invalid| invalid.to_string())
    }

    fn with_text<T>(&self, then: impl FnOnce(&str) -> T) -> T {
        then(&self.expose_text())
    }
}

pub(super) fn serialize<P: Password, S: Serializer>(
    password: &P,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    password.with_text(|text| serializer.serialize_str(text))
}

pub(super) fn deserialize<'de, P: Password, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<P, D::Error> {
    let text = Zeroizing::new(String::deserialize(deserializer)?);
    P::read(&text).map_err(serde::de::Error::custom)
}

/// As the module, for a password that need not be there.
pub(super) mod optional {
    use serde::{Deserialize, Deserializer, Serializer};
    use zeroize::Zeroizing;

    use super::Password;

    #[expect(clippy::ref_option, reason = "serde hands it on so")]
    pub(in crate::operators) fn serialize<P: Password, S: Serializer>(
        password: &Option<P>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match password {
            None => serializer.serialize_none(),
            Some(password) => super::serialize(password, serializer),
        }
    }

    pub(in crate::operators) fn deserialize<'de, P: Password, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<P>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?.map(Zeroizing::new);
        let password = text.map(|text| P::read(&text).map_err(serde::de::Error::custom));
        password.transpose()
    }
}
