//! Bytes as vectors write them.

/// Lower-case hex.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

/// The bytes of lower-case hex.
#[must_use]
pub fn of_hex(text: &str) -> Vec<u8> {
    base16ct::lower::decode_vec(text).unwrap()
}
