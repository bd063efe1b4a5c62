//! Root keys from files and from the environment.

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use plugmint::{
    CreateKeyFileError, EnvRootKeys, FileRootKeys, KeyFileError, KeyVersion, RootKeys, RootLabel,
};
use tempfile::TempDir;

use crate::prelude::*;
use crate::root_keys::{Ring, at_fault, created, opened};

/// A directory with key files.
struct Files(TempDir);

impl Files {
    /// Files of those names, each of two digits again and again.
    fn of(files: &[(&str, &str)]) -> Self {
        let directory = Self(tempfile::tempdir().unwrap());
        for (name, digits) in files {
            directory.write(name, &digits.repeat(32));
        }
        directory
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        self.set_mode(name, 0o600);
    }

    fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load(&self) -> Result<FileRootKeys, KeyFileError> {
        FileRootKeys::load(self.path("root.key"))
    }

    fn refused(&self) -> KeyFileError {
        self.load().unwrap_err()
    }
}

fn versions(keys: &dyn RootKeys) -> Vec<u32> {
    keys.versions().into_iter().map(KeyVersion::number).collect()
}

/// Three versions; 3 and those from 5 on are not there.
const THREE: [(&str, &str); 3] = [("root.key.4", "5d"), ("root.key", "5a"), ("root.key.2", "5b")];

#[test]
fn a_registry_opens_with_the_key_files_of_every_version_and_with_no_others() {
    let files = Files::of(&THREE);
    let keys = files.load().unwrap();
    assert_eq!(versions(&keys), [1, 2, 4]);
    let (store, registry) = created(&keys);
    let template = block_on(registry.create_template(registry.company(), design())).unwrap();
    let new = new_serial("SN-1", &password(1));
    let ada = Actor::parse("ada").unwrap();
    let status = block_on(registry.register(template.id(), new, &ada)).unwrap();
    assert_eq!(status.key_version.number(), 4);
    block_on(Registry::open(Arc::clone(&store), &files.load().unwrap())).unwrap();

    let refused = || at_fault(&opened(&store, &files.load().unwrap()));
    files.write("root.key.3", &"5c".repeat(32));
    assert_eq!(refused(), ("unknown", 3));
    fs::remove_file(files.path("root.key.3")).unwrap();
    for (name, version) in [("root.key", 1), ("root.key.2", 2), ("root.key.4", 4)] {
        let right = fs::read_to_string(files.path(name)).unwrap();
        files.write(name, &"77".repeat(32));
        assert_eq!(refused(), ("wrong", version));
        fs::remove_file(files.path(name)).unwrap();
        assert_eq!(refused(), ("missing", version));
        files.write(name, &right);
    }
    block_on(Registry::open(store, &files.load().unwrap())).unwrap();
}

#[test]
fn key_files_answer_for_their_versions_each_with_its_own_key() {
    let keys = Files::of(&THREE).load().unwrap();
    for (version, digits) in [(1, "5a"), (2, "5b"), (4, "5d")] {
        let version = KeyVersion::new(version).unwrap();
        let expected = RootKey::parse(&digits.repeat(32)).unwrap().mac(RootLabel::Auth);
        let answer = block_on(RootKeys::mac(&keys, version, RootLabel::Auth)).unwrap();
        assert_eq!(answer.expose_bytes(), expected.expose_bytes());
    }
    let absent = KeyVersion::new(3).unwrap();
    let error = block_on(RootKeys::mac(&keys, absent, RootLabel::Auth)).unwrap_err();
    assert_eq!(error.version(), absent);
}

#[test]
fn there_must_be_a_key_file_of_some_version() {
    let files = Files::of(&[]);
    assert!(matches!(files.refused(), KeyFileError::Missing));
    let nowhere = FileRootKeys::load(files.path("nowhere/root.key")).unwrap_err();
    assert!(matches!(nowhere, KeyFileError::Missing));
    files.write("root.key.7", &"5a".repeat(32));
    assert_eq!(versions(&files.load().unwrap()), [7]);
}

#[test]
fn a_key_file_of_any_version_that_others_may_read_is_refused() {
    let files = Files::of(&THREE);
    for (name, number) in [("root.key", 1), ("root.key.2", 2), ("root.key.4", 4)] {
        for expected in [0o604, 0o640, 0o660, 0o601, 0o777] {
            files.set_mode(name, expected);
            let KeyFileError::OthersMayRead { version, mode } = files.refused() else { panic!() };
            assert_eq!((version.number(), mode), (number, expected));
        }
        for mode in [0o400, 0o600, 0o700] {
            files.set_mode(name, mode);
            files.load().unwrap();
        }
    }
}

#[test]
fn a_key_file_of_any_version_holds_64_hex_digits_and_at_most_one_line_feed() {
    let files = Files::of(&THREE);
    for good in ["5E".repeat(32), "5E".repeat(32) + "\n"] {
        files.write("root.key.2", &good);
        files.load().unwrap();
        for bad in [
            good.strip_prefix('5').unwrap(),
            &format!("{good}\n\n"),
            &good.replace('5', "g"),
            "",
            "\n",
        ] {
            files.write("root.key.2", bad);
            let KeyFileError::Invalid { version, .. } = files.refused() else { panic!("{bad:?}") };
            assert_eq!(version.number(), 2);
        }
    }
}

#[test]
fn two_versions_with_the_same_key_are_refused() {
    let files = Files::of(&[("root.key", "5a"), ("root.key.2", "5b"), ("root.key.3", "5A")]);
    let KeyFileError::SameKey { version, same_as } = files.refused() else { panic!() };
    assert_eq!((version.number(), same_as.number()), (3, 1));
}

#[test]
fn a_key_file_whose_number_is_no_version_is_refused_and_other_files_are_not_read() {
    let files = Files::of(&THREE);
    for other in ["root.key.bak", "root.key.2.old", "root.key.2~", "root.keys", "root.key.", "root"]
    {
        files.write(other, "no key");
    }
    assert_eq!(versions(&files.load().unwrap()), [1, 2, 4]);
    for misnamed in ["0", "1", "02", "4294967296"] {
        let name = format!("root.key.{misnamed}");
        files.write(&name, &"5e".repeat(32));
        assert!(
            matches!(files.refused(), KeyFileError::NoVersion { number } if number == misnamed)
        );
        fs::remove_file(files.path(&name)).unwrap();
    }
}

#[test]
fn a_key_file_is_a_regular_file_or_leads_to_one() {
    let files = Files::of(&[("root.key", "5a"), ("elsewhere", "5b")]);
    symlink("elsewhere", files.path("root.key.2")).unwrap();
    assert_eq!(versions(&files.load().unwrap()), [1, 2]);
    symlink("nowhere", files.path("root.key.3")).unwrap();
    assert!(matches!(files.refused(), KeyFileError::Io { version, .. } if version.number() == 3));
    fs::remove_file(files.path("root.key.3")).unwrap();
    fs::create_dir(files.path("root.key.3")).unwrap();
    assert!(matches!(files.refused(), KeyFileError::NotAFile { version } if version.number() == 3));
    fs::remove_dir(files.path("root.key.3")).unwrap();
    // Nobody writes into this pipe: opening it would wait for ever.
    assert!(Command::new("mkfifo").arg(files.path("root.key.3")).status().unwrap().success());
    assert!(matches!(files.refused(), KeyFileError::NotAFile { version } if version.number() == 3));
    assert!(matches!(FileRootKeys::load("/"), Err(KeyFileError::NotAFile { .. })));
}

#[test]
fn a_key_file_is_made_where_there_is_none_of_any_version() {
    let files = Files::of(&[]);
    let create = |path: &Path| FileRootKeys::create(path);
    assert_eq!(versions(&create(&files.path("root.key")).unwrap()), [1]);
    let mode = fs::metadata(files.path("root.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    files.load().unwrap();
    for there in ["root.key", "root.key.2", "root.key.02"] {
        let files = Files::of(&[]);
        files.write(there, "not touched");
        let refused = create(&files.path("root.key")).unwrap_err();
        assert!(matches!(refused, CreateKeyFileError::AlreadyExists));
        assert_eq!(fs::read_to_string(files.path(there)).unwrap(), "not touched");
        assert_eq!(fs::read_dir(files.0.path()).unwrap().count(), 1);
    }
    let nowhere = create(&files.path("nowhere/root.key")).unwrap_err();
    assert!(matches!(nowhere, CreateKeyFileError::Io(_)));
}

#[test]
fn a_registry_opens_with_the_keys_of_the_environment() {
    // Reading the environment of this process is all that is safe here: a child has the keys in its
    // own.
    if env::var_os("PLUGMINT_TEST_KEYS_2").is_none() {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "key_files::a_registry_opens_with_the_keys_of_the_environment"])
            .env("PLUGMINT_TEST_KEYS_2", "5b".repeat(32))
            .env("PLUGMINT_TEST_KEYS_11", "5c".repeat(32))
            .env("PLUGMINT_TEST_KEYS_OF_OLD", "no key")
            .output()
            .unwrap();
        let told = String::from_utf8(child.stdout).unwrap();
        assert!(child.status.success() && told.contains("1 passed"), "{told}");
        return;
    }
    let keys = EnvRootKeys::load("PLUGMINT_TEST_KEYS").unwrap();
    assert_eq!(versions(&keys), [2, 11]);
    let (store, _) = created(&keys);
    block_on(Registry::open(Arc::clone(&store), &keys)).unwrap();
    block_on(Registry::open(Arc::clone(&store), &Ring::of(&[(2, "5b"), (11, "5c")]))).unwrap();
    assert_eq!(at_fault(&opened(&store, &Ring::of(&[(2, "5b")]))), ("missing", 11));
}
