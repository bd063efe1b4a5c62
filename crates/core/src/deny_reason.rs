//! Why a host refuses an enrollment.

use crate::text::name_type;

name_type!(
    /// Why a host refuses an enrollment, in its own words: 1 to 256 bytes of UTF-8. Whoever proved
    /// the password is told.
    DenyReason,
    256
);
