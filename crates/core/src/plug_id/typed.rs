//! Ids that name one kind of thing only.

use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

use super::{InvalidPlugId, PlugId, PlugIdKind};

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $kind:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name([u8; PlugId::BODY_LEN]);

        impl $name {
            /// Reads one from its text.
            ///
            /// # Errors
            /// [`InvalidPlugId`], also when it is a Plug-ID of another kind.
            pub fn parse(text: &str) -> Result<Self, InvalidPlugId> {
                PlugId::parse_kind(PlugIdKind::$kind, text).map(|id| Self(*id.body()))
            }

            /// The id with these 12 bytes; every body is valid.
            #[must_use]
            pub const fn from_parts(body: [u8; PlugId::BODY_LEN]) -> Self {
                Self(body)
            }

            /// The 12 bytes behind the digits: what enters derivations and keys of records.
            #[must_use]
            pub const fn body(&self) -> &[u8; PlugId::BODY_LEN] {
                &self.0
            }

            /// The same id as a [`PlugId`].
            #[must_use]
            pub const fn plug_id(&self) -> PlugId {
                PlugId::from_parts(PlugIdKind::$kind, self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.plug_id().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = InvalidPlugId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        serde_as_text!($name);
    };
}

typed_id!(
    /// The Plug-ID of a Production Template, `mod-` and 24 hex digits.
    TemplateId,
    Template
);

typed_id!(
    /// The Plug-ID of a company, `com-` and 24 hex digits.
    ///
    /// Companies are the host's: plugmint keeps the id of the one that a template belongs to.
    CompanyId,
    Company
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_id_refuses_the_other_kinds_by_name() {
        let device = "dev-5c66bc451866d3c62ba0b904";
        assert_eq!(
            TemplateId::parse(device),
            Err(InvalidPlugId::WrongKind { expected: PlugIdKind::Template })
        );
        assert_eq!(
            CompanyId::parse(device),
            Err(InvalidPlugId::WrongKind { expected: PlugIdKind::Company })
        );
    }

    #[test]
    fn a_typed_id_is_the_plug_id_of_its_kind() {
        let text = "mod-5c66bc451866d3c62ba0b904";
        let id = TemplateId::parse(text).unwrap();
        assert_eq!(id.plug_id(), PlugId::parse(text).unwrap());
        assert_eq!(id.to_string(), text);
    }
}
