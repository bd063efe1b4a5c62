//! `init`, and where things lie.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use plugmint::{FileRootKeys, OpenError, Registry, RegistryBuilder};
use plugmint_redb::{RedbOptions, RedbStore};
use pollster::block_on;

use crate::program::Home;

fn mode(home: &Home, name: &str) -> u32 {
    fs::metadata(home.path(name)).unwrap().permissions().mode() & 0o777
}

#[test]
fn init_makes_a_store_a_key_and_a_company() {
    let home = Home::empty();
    let made = home.json(&["init"], "");
    assert!(made["company"].as_str().unwrap().starts_with("com-"));
    assert_eq!(mode(&home, "plugmint-data"), 0o700);
    assert_eq!(mode(&home, "plugmint-data/store.redb"), 0o600);
    assert_eq!(mode(&home, "plugmint-data.key"), 0o600);
    let key = fs::read_to_string(home.path("plugmint-data.key")).unwrap();
    assert_eq!(key.len(), 65);
    assert!(key.trim_end().bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
}

#[test]
fn a_second_init_is_refused_and_changes_nothing() {
    let home = Home::new();
    let key = fs::read(home.path("plugmint-data.key")).unwrap();
    let (code, _) = home.fails(1, &["init"], "");
    assert_eq!(code, "already-created");
    assert_eq!(fs::read(home.path("plugmint-data.key")).unwrap(), key);
    home.done(&["template", "list"], "");
}

#[test]
fn a_second_init_makes_no_key_where_the_key_is_gone() {
    let home = Home::new();
    fs::remove_file(home.path("plugmint-data.key")).unwrap();
    home.fails(1, &["init"], "");
    assert!(!home.path("plugmint-data.key").exists());
}

#[test]
fn a_key_file_that_is_there_is_used_and_not_overwritten() {
    let home = Home::empty();
    home.write("plugmint-data.key", "5a".repeat(32));
    fs::set_permissions(home.path("plugmint-data.key"), fs::Permissions::from_mode(0o600)).unwrap();
    let made = home.json(&["init"], "");
    assert_eq!(made["root_key_made"], false);
    assert_eq!(fs::read_to_string(home.path("plugmint-data.key")).unwrap(), "5a".repeat(32));
    home.template(&[]);
}

#[test]
fn an_init_that_was_interrupted_goes_on() {
    let home = Home::empty();
    fs::create_dir(home.path("plugmint-data")).unwrap();
    let store = home.path("plugmint-data/store.redb");
    drop(RedbStore::create(store, &RedbOptions::default()).unwrap());
    let (code, message) = home.fails(1, &["template", "list"], "");
    assert_eq!(code, "key-file-missing", "{message}");
    home.json(&["init"], "");
    home.template(&[]);
}

#[test]
fn a_key_file_that_others_may_read_is_refused() {
    let home = Home::new();
    for mode in [0o640, 0o604, 0o660, 0o644] {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(home.path("plugmint-data.key"), permissions).unwrap();
        let (code, message) = home.fails(1, &["template", "list"], "");
        assert_eq!(code, "key-file-open-to-others");
        assert!(message.contains(&format!("{mode:04o}")), "{message}");
    }
}

#[test]
fn a_key_file_holds_64_hex_digits_and_at_most_one_line_feed() {
    let home = Home::empty();
    let digits = "5A".repeat(32);
    for (text, good) in [
        (digits.clone(), true),
        (format!("{digits}\n"), true),
        (format!("{digits}\n\n"), false),
        (format!("{digits}\r\n"), false),
        (format!(" {digits}"), false),
        (digits.replace('5', "g"), false),
        ("5a".repeat(31), false),
        (String::new(), false),
    ] {
        home.write("k", &text);
        fs::set_permissions(home.path("k"), fs::Permissions::from_mode(0o600)).unwrap();
        let derive = [
            "derive",
            "--root-key-file",
            "k",
            "--template",
            "mod-5c66bc451866d3c62ba0b904",
            "--serial",
            "S",
            "--class",
            "generated",
        ];
        let ran = home.run(&derive, "password");
        assert_eq!(ran.code == 0, good, "{text:?}: {ran:?}");
        assert!(!ran.stderr.contains(&digits));
    }
}

#[test]
fn a_key_in_the_data_directory_is_refused() {
    let home = Home::empty();
    for key in ["d/root.key", "./d/../d/root.key", "d/deeper/root.key"] {
        let (code, _) = home.fails(2, &["--data", "d", "--root-key", key, "init"], "");
        assert_eq!(code, "key-in-data");
    }
    assert!(!home.path("d").exists());
}

#[test]
fn another_root_key_is_refused() {
    let home = Home::new();
    home.write("other", "77".repeat(32));
    fs::set_permissions(home.path("other"), fs::Permissions::from_mode(0o600)).unwrap();
    let (code, message) = home.fails(1, &["--root-key", "other", "template", "list"], "");
    assert_eq!(code, "wrong-root-key");
    assert!(message.contains("other"), "{message}");
}

#[test]
fn the_data_directory_is_an_argument_or_a_variable() {
    let home = Home::empty();
    home.done(&["--data", "somewhere", "init"], "");
    assert!(home.path("somewhere.key").exists());
    home.done(&["template", "list", "--data", "somewhere"], "");
    let listed = std::process::Command::new(env!("CARGO_BIN_EXE_plugmint"))
        .args(["template", "list"])
        .current_dir(home.path("."))
        .env("PLUGMINT_DATA", "somewhere")
        .output()
        .unwrap();
    assert!(listed.status.success());
}

#[test]
fn a_directory_without_a_store_says_how_to_make_one() {
    let home = Home::empty();
    let (code, message) = home.fails(3, &["template", "list"], "");
    assert_eq!(code, "store-missing");
    assert!(message.contains("plugmint init"), "{message}");
    assert!(!home.path("plugmint-data").exists());
}

#[test]
fn a_store_that_another_process_holds_is_held() {
    let home = Home::new();
    let path = home.path("plugmint-data/store.redb");
    let store = RedbStore::open(path, &RedbOptions::default()).unwrap();
    let (code, _) = home.fails(3, &["template", "list"], "");
    assert_eq!(code, "store-held");
    drop(store);
    home.done(&["template", "list"], "");
}

#[test]
fn a_store_of_something_else_is_foreign_and_a_cut_one_truncated() {
    let home = Home::new();
    let store = "plugmint-data/store.redb";
    let whole = fs::read(home.path(store)).unwrap();
    home.write(store, &whole[..5000]);
    assert_eq!(home.fails(3, &["template", "list"], "").0, "store-truncated");
    home.write(store, "something else");
    assert_eq!(home.fails(3, &["template", "list"], "").0, "store-foreign");
    home.write(store, &whole);
    home.done(&["template", "list"], "");
}

#[test]
fn a_word_too_many_is_not_repeated() {
    let home = Home::new();
    let words = ["enroll", "mod-5c66bc451866d3c62ba0b904", "SN-1", "hush-hush"];
    let (code, message) = home.fails(2, &words, "");
    assert_eq!(code, "usage");
    assert!(!message.contains("hush") && message.contains("standard input"), "{message}");
    assert!(!home.run(&words, "").stderr.contains("hush"));
}

#[test]
fn usage_is_told_with_exit_code_2_and_help_with_0() {
    let home = Home::empty();
    assert_eq!(home.run(&[], "").code, 2);
    assert_eq!(home.run(&["nothing"], "").code, 2);
    assert_eq!(home.run(&["template", "show", "mod-23"], "").code, 2);
    let help = home.run(&["--help"], "");
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Exit codes: 0 done, 1 refused, 2 usage, 3 store."));
}

#[test]
fn every_record_of_the_program_has_a_tag() {
    let home = Home::new();
    let (data, key) = (home.path("plugmint-data/store.redb"), home.path("plugmint-data.key"));
    let open = |tags: fn(RegistryBuilder) -> RegistryBuilder| {
        let store = RedbStore::open(&data, &RedbOptions::default()).unwrap();
        let key = FileRootKeys::load(&key).unwrap();
        block_on(tags(Registry::builder(Arc::new(store))).open(&key))
    };
    assert!(open(RegistryBuilder::with_tagged_records).is_ok());
    let without = open(|builder| builder).unwrap_err();
    assert!(matches!(without, OpenError::Tagged), "{without:?}");
}
