//! The program `plugmint`.

use std::process::ExitCode;

fn main() -> ExitCode {
    plugmint_cli::run(std::env::args_os())
}
