//! What stands for the password of somebody who owns an account.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64Unpadded, Encoding};
use thiserror::Error;

use crate::secret::Secret;

use super::argon2_cost::Argon2Cost;
use super::stretch::{PasswordText, StretchFailed, StretchJob, StretchMemory, Stretched};

/// An Argon2id hash in the PHC string format, as `argon2` and every library of it write it:
/// `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`, with a salt of 16 bytes and a hash of 32.
///
/// It opens nothing, but it lets a password be guessed: it is not printed, and compared in constant
/// time.
#[derive(Clone)]
pub struct AccountHash {
    cost: Argon2Cost,
    salt: [u8; 16],
    hash: Box<Secret<32>>,
}

impl AccountHash {
    /// The hash of nobody: an account that is not there is tried on it, at the cost of one that is.
    #[must_use]
    pub fn nobodys(cost: Argon2Cost) -> Self {
        Self { cost, salt: [0; 16], hash: Box::new(Secret::zeros()) }
    }

    /// Hashes a password, with a salt that nobody has used.
    ///
    /// # Errors
    /// Those of [`StretchJob::run`].
    pub fn of_password(
        password: PasswordText<'_>,
        cost: Argon2Cost,
        salt: [u8; 16],
        memory: &mut StretchMemory,
    ) -> Result<Self, StretchFailed> {
        let stretched = StretchJob::of_account(password, salt, cost).run(memory)?;
        Ok(Self { cost, salt, hash: stretched.into_secret() })
    }

    /// The hashing of a password, to be held against this hash.
    pub fn stretching(&self, password: PasswordText<'_>) -> StretchJob {
        StretchJob::of_account(password, self.salt, self.cost)
    }

    /// Whether that is what the password comes to; constant time.
    #[must_use]
    pub fn matches(&self, stretched: &Stretched) -> bool {
        self.hash.matches(stretched.secret())
    }

    /// Its text, to be kept in settings.
    #[must_use]
    pub fn expose_text(&self) -> String {
        let (m, t, p) = (self.cost.memory_kib(), self.cost.passes(), self.cost.lanes());
        let salt = Base64Unpadded::encode_string(&self.salt);
        let hash = Base64Unpadded::encode_string(self.hash.expose());
        format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${hash}")
    }
}

impl FromStr for AccountHash {
    type Err = InvalidAccountHash;

    fn from_str(text: &str) -> Result<Self, InvalidAccountHash> {
        let fields: Vec<&str> = text.split('$').collect();
        let ["", "argon2id", "v=19", cost, salt, hash] = fields[..] else {
            return Err(InvalidAccountHash::Format);
        };
        let numbers: Vec<&str> = cost.split(',').collect();
        let [memory, passes, lanes] = numbers[..] else {
            return Err(InvalidAccountHash::Format);
        };
        let number = |text: &str, name: &str| {
            let number = text.strip_prefix(name).and_then(|number| number.parse().ok());
            number.ok_or(InvalidAccountHash::Format)
        };
        let (memory, passes, lanes) =
            (number(memory, "m=")?, number(passes, "t=")?, number(lanes, "p=")?);
        let cost =
            Argon2Cost::new(memory, passes, lanes).map_err(|_| InvalidAccountHash::Format)?;
        let mut salt_bytes = [0; 16];
        if Base64Unpadded::decode(salt, &mut salt_bytes).map(<[u8]>::len) != Ok(16) {
            return Err(InvalidAccountHash::Salt);
        }
        let hash = Secret::try_boxed(|bytes| match Base64Unpadded::decode(hash, bytes) {
            Ok(decoded) if decoded.len() == 32 => Ok(()),
            Ok(_) | Err(_) => Err(InvalidAccountHash::Hash),
        });
        Ok(Self { cost, salt: salt_bytes, hash: hash? })
    }
}

impl fmt::Debug for AccountHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountHash(..)")
    }
}

/// Why a text is no [`AccountHash`]. It does not show the text.
#[derive(Clone, Copy, Debug, Error, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidAccountHash {
    /// It is not in the format.
    #[error("the hash is in another format: expected `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`")]
    Format,
    /// The salt is not the base64 of 16 bytes.
    #[error("the hash has another salt: expected the base64 of 16 bytes, without padding")]
    Salt,
    /// The hash is not the base64 of 32 bytes.
    #[error("the hash has another length: expected the base64 of 32 bytes, without padding")]
    Hash,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> AccountHash {
        let cost = Argon2Cost::new(64, 1, 1).unwrap();
        let (password, memory) =
            (PasswordText::of_any(b"correct horse"), &mut StretchMemory::new());
        AccountHash::of_password(password.unwrap(), cost, *b"0123456789abcdef", memory).unwrap()
    }

    fn proves(hash: &AccountHash, password: &[u8]) -> bool {
        let job = hash.stretching(PasswordText::of_any(password).unwrap());
        hash.matches(&job.run(&mut StretchMemory::new()).unwrap())
    }

    #[test]
    fn a_hash_proves_its_password_and_no_other() {
        let hash: AccountHash = made().expose_text().parse().unwrap();
        assert!(proves(&hash, b"correct horse"));
        assert!(!proves(&hash, b"correct horsf") && !proves(&hash, b""));
        assert!(!proves(&AccountHash::nobodys(Argon2Cost::new(64, 1, 1).unwrap()), b""));
    }

    #[test]
    fn what_is_no_hash_is_told_and_not_shown() {
        let text = made().expose_text();
        let other = text.replace("v=19", "v=16");
        for wrong in ["", "x", text.trim_start_matches('$'), &other, &format!("{text}$")] {
            assert_eq!(wrong.parse::<AccountHash>().unwrap_err(), InvalidAccountHash::Format);
        }
        let mut short = text.clone();
        short.truncate(text.len() - 2);
        assert_eq!(short.parse::<AccountHash>().unwrap_err(), InvalidAccountHash::Hash);
        let salt = text.replace("MDEyMzQ1Njc4OWFiY2RlZg", "MDEy");
        assert_eq!(salt.parse::<AccountHash>().unwrap_err(), InvalidAccountHash::Salt);
        assert_eq!(format!("{:?}", made()), "AccountHash(..)");
    }
}
