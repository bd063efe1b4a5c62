//! Hands commands to `plugmint_fuzz::lifecycle`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plugmint_fuzz::lifecycle::{self, Commands};

fuzz_target!(|commands: Commands| lifecycle::check(&commands));
