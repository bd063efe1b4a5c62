//! HMAC-SHA256 (FIPS 198-1, RFC 2104) whose keys and messages stay in one place.
//!
//! Where a value moves, what it held stays behind, on a stack or in a block that is freed: dropping
//! it wipes the last copy only. A general HMAC is a value that is copied for each message and moved
//! to its end. Here the two states of a key lie in one block from the beginning, a message is
//! hashed in two buffers that are wiped where they are, and what comes of it is written where its
//! caller wants it.
//!
//! ```
//! use plugmint_mac::MacKey;
//!
//! let key = MacKey::new(&[7; 32]);
//! let mut tag = [0; 32];
//! key.mac_into(&mut tag, |message| {
//!     message.put(b"in parts, ");
//!     message.put(b"or whole");
//! });
//! # let mut whole = [0; 32];
//! # key.mac_into(&mut whole, |message| message.put(b"in parts, or whole"));
//! # assert_eq!(tag, whole);
//! ```

mod mac_key;
mod message;
mod wiped;

pub use mac_key::MacKey;
pub use message::{Message, sha256_into};
