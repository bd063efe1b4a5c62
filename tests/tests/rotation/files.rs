//! Key files of more than one version.

use std::fs;
use std::path::Path;

use plugmint::{CreateKeyFileError, FileRootKeys};

use crate::prelude::*;

fn numbers(keys: &FileRootKeys) -> Vec<u32> {
    keys.versions().into_iter().map(KeyVersion::number).collect()
}

fn opened(store: &Arc<dyn Store>, keys: &FileRootKeys) -> Result<Registry, OpenError> {
    let builder = builder(Arc::clone(store), Arc::new(FixedClock::default()), 2);
    block_on(builder.with_tagged_records().open(keys))
}

#[test]
fn a_key_file_is_made_for_the_next_version_and_the_oldest_may_go_once_it_is_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("root.key");
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let new = builder(Arc::clone(&store), Arc::new(FixedClock::default()), 1);
    let first = FileRootKeys::create(&file).unwrap();
    let registry = block_on(new.with_tagged_records().create(&first)).unwrap();

    FileRootKeys::create_version(&file, version(2)).unwrap();
    let both = FileRootKeys::load(&file).unwrap();
    assert_eq!(numbers(&both), [1, 2]);
    assert_eq!(block_on(registry.rotate_root_key(&both)).unwrap(), Outcome::Done);
    sweep(&registry);
    let without = || {
        let aside = directory.path().join("aside");
        fs::rename(&file, &aside).unwrap();
        let opened = opened(&store, &FileRootKeys::load(&file).unwrap());
        fs::rename(&aside, &file).unwrap();
        opened
    };
    assert_eq!(without().unwrap_err().code(), "missing-root-key");
    block_on(registry.drop_root_key(version(1))).unwrap();
    assert_eq!(without().unwrap().key_version(), version(2));

    fs::remove_file(&file).unwrap();
    FileRootKeys::create_version(&file, version(3)).unwrap();
    let rest = FileRootKeys::load(&file).unwrap();
    assert_eq!(numbers(&rest), [2, 3]);
    assert_eq!(block_on(registry.rotate_root_key(&rest)).unwrap(), Outcome::Done);
}

#[test]
fn no_key_file_is_made_where_one_of_that_version_or_a_later_one_is() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("root.key");
    FileRootKeys::create_version(&file, version(1)).unwrap();
    FileRootKeys::create_version(&file, version(3)).unwrap();
    let text = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
    let before = [text("root.key"), text("root.key.3")];
    for number in [1, 2, 3] {
        let refused = FileRootKeys::create_version(&file, version(number)).unwrap_err();
        assert!(matches!(refused, CreateKeyFileError::AlreadyExists), "{number}");
    }
    assert!(matches!(FileRootKeys::create(&file), Err(CreateKeyFileError::AlreadyExists)));
    assert_eq!([text("root.key"), text("root.key.3")], before);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    let missing = Path::new("/nowhere/at/all/root.key");
    assert!(matches!(
        FileRootKeys::create_version(missing, version(2)),
        Err(CreateKeyFileError::Io(_))
    ));
}

#[cfg(unix)]
#[test]
fn a_key_file_of_a_later_version_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("root.key");
    FileRootKeys::create_version(&file, version(2)).unwrap();
    let mode = fs::metadata(directory.path().join("root.key.2")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
