//! Files and directories that belong to somebody else.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use plugmint_redb::RedbStore;

use crate::load::options;

/// Runs a command of the load, as nobody in particular where this process is the superuser; gives
/// its exit code and what it tells.
fn unprivileged(directory: &Path, words: &[&str]) -> (Option<i32>, String) {
    // What nobody in particular may run must lie where everybody may go.
    let program = directory.join("load");
    fs::copy(env!("CARGO_BIN_EXE_load"), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(program);
    command.args(words);
    let superuser = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if superuser {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap().trim_end().to_owned())
}

const NOBODY: u32 = 65_534;

#[test]
fn a_file_that_this_user_may_not_read_is_read_only_and_stays_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = directory.path().join("store.redb");
    drop(RedbStore::create(&path, &options()).unwrap());
    let before = fs::read(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    let told = unprivileged(directory.path(), &["open", path.to_str().unwrap()]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(told, (Some(1), "store-read-only".to_owned()));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn where_this_user_may_not_write_no_store_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&inner, fs::Permissions::from_mode(0o555)).unwrap();
    let path = inner.join("store.redb");
    let told = unprivileged(directory.path(), &["create", path.to_str().unwrap()]);
    assert_eq!(told, (Some(1), "store-not-made".to_owned()));
    assert_eq!(fs::read_dir(&inner).unwrap().count(), 0);
}
