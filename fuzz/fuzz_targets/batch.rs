//! Hands commands to `plugmint_fuzz::batch`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plugmint_fuzz::batch::{self, Commands};

fuzz_target!(|commands: Commands| batch::check(&commands));
