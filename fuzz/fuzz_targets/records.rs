//! Hands bytes to `plugmint_fuzz::records`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plugmint_fuzz::records;

fuzz_target!(|bytes: &[u8]| records::check(bytes));
