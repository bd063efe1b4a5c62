//! Who reads an answer no further.

use std::io;
use std::process::Output;

use crate::program::Home;

const CONTROL: &str = "ZMGE8F6asfZvmTnFoo1HlQ";

/// A home with an activated Thing and a Controller of it.
fn home() -> (Home, String, String) {
    let (home, template) = Home::with_template(&[]);
    home.thing(&template, "SN-1", CONTROL);
    let (phone, _) = home.phone(&[&template, "SN-1"], CONTROL);
    (home, template, phone)
}

/// Runs a verb that nobody listens to any more when it begins.
fn unheard(home: &Home, words: &[&str]) -> Output {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    home.begin_into(writer.into(), words).wait_with_output().unwrap()
}

#[test]
fn who_reads_no_further_had_enough_and_no_verb_complains() {
    let (home, template, phone) = home();
    let serial = [template.as_str(), "SN-1"];
    for verb in [
        &["serial", "show"][..],
        &["serial", "explain"],
        &["serial", "history"],
        &["serial", "verify-history"],
        &["serial", "disable"],
        &["serial", "enable"],
        &["controller", "list"],
        &["grant", "list"],
    ] {
        is_quiet(&home, &[verb, &serial].concat());
    }
    for words in [
        &["template", "list"][..],
        &["template", "show", &template],
        &["serial", "list"],
        &["serial", "count"],
        &["controller", "show", &phone],
        &["grant", "list", "--of", &phone],
        &["events", "feed"],
        &["key", "list"],
        &["serial", "--help"],
        &["--version"],
    ] {
        is_quiet(&home, words);
    }
}

fn is_quiet(home: &Home, words: &[&str]) {
    for words in [words.to_vec(), [words, &["--json"]].concat()] {
        let output = unheard(home, &words);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), told.as_ref()), (Some(0), ""), "{words:?}");
    }
}

#[test]
fn what_was_asked_for_is_done_though_nobody_hears_it() {
    let (home, template, _) = home();
    is_quiet(&home, &["serial", "disable", &template, "SN-1"]);
    let shown = home.json(&["serial", "show", &template, "SN-1"], "");
    assert_eq!(shown["mark"], "disabled");
}

#[test]
fn a_failure_that_nobody_hears_on_standard_output_keeps_its_exit_code() {
    let (home, template, _) = home();
    for (code, words) in
        [(1, &["serial", "show", &template, "SN-9"][..]), (2, &["serial", "show", &template])]
    {
        for words in [words.to_vec(), [words, &["--json"]].concat()] {
            let output = unheard(&home, &words);
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{words:?}");
            assert!(told.starts_with("plugmint: ") && !told.contains("pipe"), "{told}");
        }
    }
}

#[test]
fn head_ends_a_verb_in_a_shell_quietly() {
    let (home, template, _) = home();
    for verb in ["serial show", "serial history", "serial explain"] {
        for reader in ["head -1", "true"] {
            let line =
                format!("plugmint {verb} {template} SN-1 | {reader}; echo ${{PIPESTATUS[0]}}");
            let ran = home.shell(&line, "");
            assert!(ran.stderr.is_empty() && ran.stdout.ends_with("0\n"), "{line}: {ran:?}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_standard_output_that_takes_nothing_is_a_failure() {
    let (home, template, _) = home();
    for words in [&["serial", "show", &template, "SN-1"][..], &["serial", "list"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = home.begin_into(full.into(), words).wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{words:?}");
        assert!(told.contains("space"), "{told}");
    }
}
