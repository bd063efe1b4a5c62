//! What a store keeps in place of a password.

use std::fmt;

use plugmint_mac::MacKey;

use crate::secret::Secret;

use super::mac::mac_into;

macro_rules! verifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// It is no password and opens nothing, but it is compared in constant time and not
        /// printed.
        #[derive(Clone)]
        pub struct $name(Secret<32>);

        impl $name {
            /// The bytes that were stored.
            #[must_use]
            pub fn from_parts(bytes: [u8; 32]) -> Self {
                Self(Secret::new(bytes))
            }

            /// The bytes to store, or to print where an auditor asked for them.
            #[must_use]
            pub fn expose_bytes(&self) -> &[u8; 32] {
                self.0.expose()
            }

            /// Whether both are the same; constant time.
            #[must_use]
            pub fn matches(&self, other: &Self) -> bool {
                self.0.matches(&other.0)
            }

            pub(super) const fn of_derived(secret: Secret<32>) -> Self {
                Self(secret)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

verifier!(
    /// Proves an enroll or control password again: `mac(k, msg("plugmint/v1/verifier"))`.
    Verifier
);

verifier!(
    /// Proves a connection password: `mac(auth_root, plug_id_bytes || password_bytes)`.
    AuthVerifier
);

impl AuthVerifier {
    /// Whether it is the one that was stored as these bytes; constant time.
    pub(crate) fn matches_stored(&self, stored: &[u8; 32]) -> bool {
        self.0.matches_bytes(stored)
    }
}

impl Verifier {
    pub(super) fn of_key(key: &MacKey) -> Self {
        let mut verifier = Secret::zeros();
        mac_into(key, verifier.bytes_mut(), "plugmint/v1/verifier", &[]);
        Self::of_derived(verifier)
    }
}
