//! Hands bytes to `plugmint_fuzz::rows`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plugmint_fuzz::rows;

fuzz_target!(|bytes: &[u8]| rows::check(bytes));
