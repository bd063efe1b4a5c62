//! `timing list` names the cases, `timing run NAME` runs one, under valgrind. README.md says what
//! they show, `run` runs all.

mod cases;
mod leaks;
mod memcheck;
mod scene;
mod verdict;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["list"] => {
            for case in cases::all() {
                println!("{} {}", case.name, case.expected);
            }
            ExitCode::SUCCESS
        }
        ["run", name] => match cases::all().find(|case| case.name == name) {
            Some(case) if memcheck::is_watching() => {
                (case.run)();
                ExitCode::SUCCESS
            }
            Some(_) => failed("nobody watches: run it under valgrind"),
            None => failed("no case has that name"),
        },
        _ => failed("usage: timing list | timing run NAME"),
    }
}

fn failed(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::FAILURE
}
