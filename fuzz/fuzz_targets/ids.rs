//! Hands bytes to `plugmint_fuzz::ids`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plugmint_fuzz::ids;

fuzz_target!(|bytes: &[u8]| ids::check(bytes));
