//! Making and opening a file: each thing that can be wrong with one has its own error, and a file
//! that is refused stays as it was.

#![cfg(test)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::{Batch, CreateStoreError, Guard, Key, OpenStoreError, Store};
use tempfile::TempDir;

struct Scene {
    directory: TempDir,
}

impl Scene {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("store.redb")
    }

    /// A store of 200 records, closed.
    fn with_records() -> Self {
        let scene = Self::new();
        let store = RedbStore::create(scene.path(), &RedbOptions::default()).unwrap();
        for number in 0_u8..200 {
            let batch = Batch::new().put(key(number), Guard::Absent, vec![number; 100]).unwrap();
            pollster::block_on(store.commit(batch)).unwrap();
        }
        scene
    }

    fn open(&self) -> Result<RedbStore, OpenStoreError> {
        RedbStore::open(self.path(), &RedbOptions::default())
    }

    /// What opening says to the file with other bytes, which it must leave as they are.
    fn refusal(&self, bytes: &[u8]) -> OpenStoreError {
        fs::write(self.path(), bytes).unwrap();
        let refusal = self.open().unwrap_err();
        assert_eq!(fs::read(self.path()).unwrap(), bytes, "a refused file stays as it was");
        refusal
    }
}

fn key(number: u8) -> Key {
    Key::new(&[b'k', number]).unwrap()
}

fn bytes_of(scene: &Scene) -> Vec<u8> {
    fs::read(scene.path()).unwrap()
}

fn entries(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

#[test]
fn opening_makes_nothing() {
    let scene = Scene::new();
    assert!(matches!(scene.open().unwrap_err(), OpenStoreError::Missing));
    assert_eq!(entries(scene.directory.path()), 0);
}

#[test]
fn creating_leaves_one_file_that_its_owner_alone_may_read() {
    let scene = Scene::new();
    drop(RedbStore::create(scene.path(), &RedbOptions::default()).unwrap());
    assert_eq!(entries(scene.directory.path()), 1);
    let mode = fs::metadata(scene.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn creating_never_touches_what_is_there() {
    let scene = Scene::with_records();
    let before = bytes_of(&scene);
    let refusal = RedbStore::create(scene.path(), &RedbOptions::default()).unwrap_err();
    assert!(matches!(refusal, CreateStoreError::AlreadyExists));
    assert_eq!(bytes_of(&scene), before);

    fs::write(scene.path(), b"").unwrap();
    let refusal = RedbStore::create(scene.path(), &RedbOptions::default()).unwrap_err();
    assert!(matches!(refusal, CreateStoreError::AlreadyExists));
    assert_eq!(bytes_of(&scene), b"");
}

#[test]
fn creating_in_a_directory_that_is_not_there_fails_and_makes_none() {
    let scene = Scene::new();
    let path = scene.directory.path().join("missing").join("store.redb");
    let refusal = RedbStore::create(&path, &RedbOptions::default()).unwrap_err();
    assert!(matches!(refusal, CreateStoreError::Failed(_)));
    assert_eq!(entries(scene.directory.path()), 0);
}

#[test]
fn of_many_that_create_one_name_one_succeeds() {
    let scene = Scene::new();
    let made: usize = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| match RedbStore::create(scene.path(), &RedbOptions::default()) {
                    Ok(store) => {
                        drop(store);
                        1
                    }
                    Err(CreateStoreError::AlreadyExists) => 0,
                    Err(error) => panic!("{error:?}"),
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).sum()
    });
    assert_eq!(made, 1);
    assert_eq!(entries(scene.directory.path()), 1);
    scene.open().unwrap();
}

#[test]
fn a_file_that_this_process_holds_is_held() {
    let scene = Scene::with_records();
    let store = scene.open().unwrap();
    assert!(matches!(scene.open().unwrap_err(), OpenStoreError::Held));
    drop(store);
    scene.open().unwrap();
}

#[test]
fn a_file_cut_anywhere_is_truncated() {
    let scene = Scene::with_records();
    let whole = bytes_of(&scene);
    let lengths = (0..400).chain((400..whole.len()).step_by(4096 - 7));
    for len in lengths {
        let refusal = scene.refusal(&whole[..len]);
        let OpenStoreError::Truncated { found, expected } = refusal else {
            panic!("{len} bytes: {refusal:?}");
        };
        assert!(found == len as u64 && found < expected, "{found} of {expected}");
    }
    fs::write(scene.path(), &whole).unwrap();
    scene.open().unwrap();
}

#[test]
fn a_file_of_something_else_is_foreign() {
    let scene = Scene::new();
    for bytes in [&b"not a store"[..], &[0; 5000], b"SQLite format 3\0", &[0xff; 400]] {
        assert!(matches!(scene.refusal(bytes), OpenStoreError::Foreign));
    }
}

#[test]
fn another_programs_redb_file_is_foreign() {
    let scene = Scene::new();
    let table = redb::TableDefinition::<&str, &str>::new("somebody's");
    let database = redb::Database::create(scene.path()).unwrap();
    let txn = database.begin_write().unwrap();
    txn.open_table(table).unwrap().insert("key", "value").unwrap();
    txn.commit().unwrap();
    drop(database);
    assert!(matches!(scene.open().unwrap_err(), OpenStoreError::Foreign));

    // redb has verified the file, and what it holds is as it was.
    let database = redb::Database::open(scene.path()).unwrap();
    let txn = redb::ReadableDatabase::begin_read(&database).unwrap();
    assert_eq!(txn.open_table(table).unwrap().get("key").unwrap().unwrap().value(), "value");
    assert_eq!(txn.list_tables().unwrap().count(), 1);
}

#[test]
fn a_directory_is_foreign() {
    let directory = tempfile::tempdir().unwrap();
    let refusal = RedbStore::open(directory.path(), &RedbOptions::default()).unwrap_err();
    assert!(matches!(refusal, OpenStoreError::Foreign));
}

#[test]
fn a_store_of_a_newer_format_is_refused_by_its_number_and_keeps_its_records() {
    let scene = Scene::with_records();
    let expected = read_all(&scene.open().unwrap());
    let set_format = |format: u64| {
        let database = redb::Database::open(scene.path()).unwrap();
        let txn = database.begin_write().unwrap();
        let table = redb::TableDefinition::<&[u8], u64>::new("meta-1");
        txn.open_table(table).unwrap().insert(b"format".as_slice(), format).unwrap();
        txn.commit().unwrap();
    };
    set_format(0);
    assert!(matches!(scene.open().unwrap_err(), OpenStoreError::Foreign));
    set_format(2);
    let refusal = scene.open().unwrap_err();
    assert!(
        matches!(refusal, OpenStoreError::Newer { what: "record", found: 2, known: 1 }),
        "{refusal:?}"
    );
    set_format(1);
    assert_eq!(read_all(&scene.open().unwrap()), expected);
}

#[test]
fn a_newer_file_format_is_refused_by_its_number() {
    let scene = Scene::with_records();
    let mut bytes = bytes_of(&scene);
    bytes[64] = 4;
    let refusal = scene.refusal(&bytes);
    assert!(
        matches!(refusal, OpenStoreError::Newer { what: "file", found: 4, known: 3 }),
        "{refusal:?}"
    );
}

#[test]
fn a_file_format_from_before_plugmint_is_foreign() {
    let scene = Scene::with_records();
    let mut bytes = bytes_of(&scene);
    (bytes[64], bytes[192]) = (2, 2);
    assert!(matches!(scene.refusal(&bytes), OpenStoreError::Foreign));
}

#[test]
fn a_read_only_file_is_refused_also_to_the_superuser() {
    let scene = Scene::with_records();
    fs::set_permissions(scene.path(), fs::Permissions::from_mode(0o444)).unwrap();
    assert!(matches!(scene.open().unwrap_err(), OpenStoreError::ReadOnly));
    fs::set_permissions(scene.path(), fs::Permissions::from_mode(0o600)).unwrap();
    scene.open().unwrap();
}

#[test]
fn a_changed_page_is_damage_or_does_no_harm() {
    let scene = Scene::with_records();
    let whole = bytes_of(&scene);
    let expected: Vec<_> = read_all(&scene.open().unwrap());
    let mut damaged = 0;
    for at in (0..whole.len()).step_by(1009) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        fs::write(scene.path(), &bytes).unwrap();
        match scene.open() {
            Ok(store) => assert_eq!(read_all(&store), expected, "byte {at}"),
            Err(OpenStoreError::Damaged(_)) => damaged += 1,
            Err(other) => assert!(at < 320, "byte {at}: {other:?}"),
        }
    }
    assert!(damaged > 0, "no damage was seen");
}

#[test]
fn damage_keeps_its_cause() {
    let scene = Scene::with_records();
    let mut bytes = bytes_of(&scene);
    // The last written pages hold the records; every checksum above them fails.
    for at in (4096..bytes.len()).step_by(64) {
        bytes[at] ^= 1;
    }
    fs::write(scene.path(), &bytes).unwrap();
    let refusal = scene.open().unwrap_err();
    assert!(matches!(refusal, OpenStoreError::Damaged(_)), "{refusal:?}");
    assert!(std::error::Error::source(&refusal).is_some());
}

#[test]
fn a_small_cache_reads_what_a_large_one_reads() {
    let scene = Scene::with_records();
    let large = read_all(&scene.open().unwrap());
    let options = RedbOptions::default().with_cache_mib(0);
    assert_eq!(read_all(&RedbStore::open(scene.path(), &options).unwrap()), large);
}

fn read_all(store: &RedbStore) -> Vec<Option<Vec<u8>>> {
    (0_u8..200)
        .map(|number| {
            let record = pollster::block_on(store.get(&key(number))).unwrap();
            record.map(plugmint_store::Record::into_value)
        })
        .collect()
}
