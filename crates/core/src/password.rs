//! Passwords that a manufacturer gives out: the enroll and the control password.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::derivation::PasswordText;
use crate::text;

macro_rules! given_password {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// 8 to 128 bytes of UTF-8 without control characters (Unicode category Cc), taken exactly
        /// as given: no trimming, no normalization. It is wiped when dropped and never shown.
        pub struct $name(Zeroizing<Box<[u8]>>);

        impl $name {
            /// The fewest bytes it has.
            pub const MIN_LEN: usize = MIN_LEN;
            /// The most bytes it has.
            pub const MAX_LEN: usize = MAX_LEN;

            /// Takes a password exactly as it is given.
            ///
            /// Whether it is of the class that its template asks for is the template's to say.
            ///
            /// # Errors
            /// [`InvalidPassword`], which never repeats the text.
            pub fn parse(text: &str) -> Result<Self, InvalidPassword> {
                check(text)?;
                Ok(Self(Zeroizing::new(text.as_bytes().into())))
            }

            /// The bytes that were given, for a derivation.
            #[must_use]
            pub fn expose_text(&self) -> PasswordText<'_> {
                PasswordText::of_checked(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

given_password!(
    /// What a device proves to be enrolled.
    EnrollPassword
);

given_password!(
    /// What lets a Controller enroll for a Thing.
    ControlPassword
);

/// Why a text cannot be an enroll or control password. It never repeats the text.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidPassword {
    /// It has fewer than 8 bytes.
    #[error("the password is {found} bytes long: expected {MIN_LEN} to {MAX_LEN}")]
    TooShort {
        /// How many bytes were given.
        found: usize,
    },
    /// It has more than 128 bytes.
    #[error("the password is {found} bytes long: expected {MIN_LEN} to {MAX_LEN}")]
    TooLong {
        /// How many bytes were given.
        found: usize,
    },
    /// A character of Unicode category Cc is in it.
    #[error("the password has a control character at byte {at}: expected none")]
    ControlCharacter {
        /// Where the character begins.
        at: usize,
    },
}

fn check(text: &str) -> Result<(), InvalidPassword> {
    let found = text.len();
    if found < MIN_LEN {
        return Err(InvalidPassword::TooShort { found });
    }
    if found > MAX_LEN {
        return Err(InvalidPassword::TooLong { found });
    }
    match text::control_character(text) {
        Some(at) => Err(InvalidPassword::ControlCharacter { at }),
        None => Ok(()),
    }
}

/// The fewest bytes of an enroll or control password.
const MIN_LEN: usize = 8;

/// The most bytes of an enroll or control password.
const MAX_LEN: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_8_to_128_bytes() {
        assert_eq!(
            EnrollPassword::parse("1234567").unwrap_err(),
            InvalidPassword::TooShort { found: 7 }
        );
        assert!(EnrollPassword::parse("12345678").is_ok());
        assert!(ControlPassword::parse(&"x".repeat(128)).is_ok());
        assert_eq!(
            ControlPassword::parse(&"x".repeat(129)).unwrap_err(),
            InvalidPassword::TooLong { found: 129 }
        );
    }

    #[test]
    fn a_password_holds_no_control_character() {
        assert_eq!(
            EnrollPassword::parse("12345678\n").unwrap_err(),
            InvalidPassword::ControlCharacter { at: 8 }
        );
    }

    #[test]
    fn white_space_of_a_password_is_part_of_it() {
        let password = EnrollPassword::parse(" spaced  ").unwrap();
        assert_eq!(password.expose_text().as_bytes(), b" spaced  ");
    }

    #[test]
    fn a_refused_password_is_not_repeated() {
        let refusal = EnrollPassword::parse("hush\u{7}hush").unwrap_err();
        assert!(!format!("{refusal} {refusal:?}").contains("hush"));
    }
}
