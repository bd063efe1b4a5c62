//! `backup` and `restore`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::SERVED;
use crate::program::Home;

const ENROLL: &str = "0123456789abcdef0123456789abcdef\n";

/// A home with a template, a device that connected, and a backup of it; the template and Plug-ID.
fn backed_up() -> (Home, String, String) {
    let (home, template) = Home::with_template(&[]);
    home.done(&["serial", "add", &template, "SN-1"], ENROLL);
    let credentials = home.json(&["enroll", &template, "SN-1"], ENROLL);
    let plug_id = credentials["plug_id"].as_str().unwrap().to_owned();
    let written = home.json(&["backup", "b.redb"], "");
    assert!(written["records"].as_u64().unwrap() > 5, "{written}");
    (home, template, plug_id)
}

/// The home's data is gone, its key is not. Nobody serves what is gone.
fn lose_data(home: &mut Home) {
    home.server = None;
    fs::remove_dir_all(home.path("plugmint-data")).unwrap();
}

#[test]
fn a_backup_is_restored_with_everything_in_it_and_nothing_behind_it() {
    let (mut home, template, plug_id) = backed_up();
    home.done(&["serial", "disable", &template, "SN-1"], "");
    home.done(&["serial", "add", &template, "SN-2"], "fedcba9876543210fedcba9876543210");
    let mode = fs::metadata(home.path("b.redb")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    lose_data(&mut home);
    let restored = home.json(&["restore", "b.redb", "--forget-revocations"], "");
    assert!(restored["company"].as_str().unwrap().starts_with("com-"));
    let shown = home.json(&["serial", "show", &template, "SN-1"], "");
    assert_eq!(
        (shown["stage"].as_str(), shown["mark"].as_str()),
        (Some("enrolled"), Some("enabled"))
    );
    assert_eq!(home.json(&["enroll", &template, "SN-1"], ENROLL)["plug_id"], plug_id.as_str());
    home.fails(1, &["serial", "show", &template, "SN-2"], "");
}

#[test]
fn restoring_asks_to_forget_revocations_and_touches_nothing_before() {
    let (mut home, ..) = backed_up();
    lose_data(&mut home);
    let (code, message) = home.fails(1, &["restore", "b.redb"], "");
    assert_eq!(code, "revocations");
    assert!(message.contains("--forget-revocations"), "{message}");
    assert!(!home.path("plugmint-data").exists());
}

#[test]
fn neither_a_backup_nor_a_restore_overwrites_anything() {
    let (home, template, _) = backed_up();
    home.write("taken", "mine");
    assert_eq!(home.fails(1, &["backup", "taken"], "").0, "backup-exists");
    assert_eq!(fs::read_to_string(home.path("taken")).unwrap(), "mine");
    assert_eq!(home.fails(1, &["backup", "b.redb"], "").0, "backup-exists");
    home.done(&["serial", "disable", &template, "SN-1"], "");
    let refused = if SERVED { "served" } else { "store-exists" };
    let (code, _) = home.fails(1, &["restore", "b.redb", "--forget-revocations"], "");
    assert_eq!(code, refused);
    assert_eq!(home.json(&["serial", "show", &template, "SN-1"], "")["mark"], "disabled");
}

#[test]
fn a_backup_holds_no_key_and_is_of_no_use_without_its_own() {
    let (mut home, template, _) = backed_up();
    let key = fs::read(home.path("plugmint-data.key")).unwrap();
    let backup = fs::read(home.path("b.redb")).unwrap();
    let digits = &key[..64];
    assert!(!backup.windows(digits.len()).any(|bytes| bytes == digits));
    let raw: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    assert!(!backup.windows(raw.len()).any(|bytes| bytes == raw));

    lose_data(&mut home);
    fs::remove_file(home.path("plugmint-data.key")).unwrap();
    let restore = ["restore", "b.redb", "--forget-revocations"];
    assert_eq!(home.fails(1, &restore, "").0, "key-file-missing");
    assert!(!home.path("plugmint-data").exists());

    home.write("plugmint-data.key", "77".repeat(32));
    let owner = fs::Permissions::from_mode(0o600);
    fs::set_permissions(home.path("plugmint-data.key"), owner).unwrap();
    assert_eq!(home.fails(1, &restore, "").0, "wrong-root-key");
    assert!(!home.path("plugmint-data/store.redb").exists());

    home.write("plugmint-data.key", key);
    home.done(&restore, "");
    home.done(&["serial", "show", &template, "SN-1"], "");
}

#[test]
fn what_is_no_backup_is_refused_and_nothing_is_made() {
    let (mut home, ..) = backed_up();
    let whole = fs::read(home.path("b.redb")).unwrap();
    lose_data(&mut home);
    let mut flipped = whole.clone();
    flipped[4096..].iter_mut().step_by(64).for_each(|byte| *byte ^= 1);
    let cut = &whole[..whole.len() - 1];
    for (name, bytes) in
        [("cut", cut), ("foreign", b"hello"), ("empty", b""), ("flipped", &flipped)]
    {
        home.write(name, bytes);
        let (code, message) = home.fails(3, &["restore", name, "--forget-revocations"], "");
        assert_eq!(code, "invalid-backup", "{name}: {message}");
        assert_eq!(fs::read(home.path(name)).unwrap(), bytes, "a backup is not touched");
        let left = fs::read_dir(home.path("plugmint-data")).unwrap().count();
        assert_eq!(left, 0, "{name}");
    }
    let (code, _) = home.fails(3, &["restore", "missing", "--forget-revocations"], "");
    assert_eq!(code, "backup-unread");
}

#[test]
fn a_backup_needs_no_key_and_a_store_to_be_made_of() {
    let (mut home, ..) = backed_up();
    fs::remove_file(home.path("plugmint-data.key")).unwrap();
    home.done(&["backup", "c.redb"], "");
    lose_data(&mut home);
    assert_eq!(home.fails(3, &["backup", "d.redb"], "").0, "store-missing");
    assert!(!home.path("d.redb").exists());
}
