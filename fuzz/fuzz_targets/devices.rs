//! Hands bytes to `plugmint_fuzz::devices`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plugmint_fuzz::devices;

fuzz_target!(|bytes: &[u8]| devices::check(bytes));
