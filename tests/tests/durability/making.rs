//! Stores and backups that a process makes: whole under their name or not there, whenever it is
//! killed, and in an order of system calls that keeps it so when power is lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use plugmint_redb::RedbStore;
use plugmint_tests::{Lives, begin_lives, register_together};
use pollster::block_on;
use tempfile::TempDir;

use crate::count;
use crate::load::{audit_store, options};

const LOAD: &str = env!("CARGO_BIN_EXE_load");
const DEVICES: u32 = 24;

/// A directory with a store and a backup of it, and an empty one beside them.
struct Place {
    _directory: TempDir,
    store: PathBuf,
    backup: PathBuf,
    empty: PathBuf,
    lives: Lives,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = |name| directory.path().join(name);
        let (store, backup, empty) = (path("store"), path("backup"), path("empty"));
        let made = Arc::new(RedbStore::create(&store, &options()).unwrap());
        let scene = block_on(begin_lives(Arc::clone(&made) as _));
        block_on(register_together(&scene, 0..DEVICES)).unwrap();
        block_on(made.snapshot(&backup)).unwrap();
        fs::create_dir(&empty).unwrap();
        Self { _directory: directory, store, backup, empty, lives: Lives::of(DEVICES) }
    }

    fn is_whole(&self, store: &Path) {
        let store = RedbStore::open(store, &options()).unwrap();
        audit_store(&self.lives, store, |_| 1..=1).unwrap();
    }

    /// Kills a process again and again while it makes a file in the empty directory: once the name
    /// is there, as soon as it has begun, and at any time between. `made` looks at a file that is
    /// there, and `none` at what is left where it is not.
    fn kill_makers(&self, words: &[&str], made: impl Fn(&Path), none: impl Fn(&Path)) {
        let path = self.empty.join("made");
        let (mut there, mut enough, kills) = (0, 0, count("PLUGMINT_KILLS", 50));
        for round in 0..kills {
            let looks = match round % 3 {
                0 => usize::MAX,
                1 => 0,
                _ => enough * (round % 50) / 45,
            };
            let mut child = Command::new(LOAD);
            child.args(words).arg(&path).stdout(Stdio::null());
            let looked = kill_maker(child.spawn().unwrap(), &path, looks);
            enough = enough.max(looked);
            if path.exists() {
                made(&path);
                there += 1;
            } else {
                none(&path);
            }
            fs::remove_dir_all(&self.empty).unwrap();
            fs::create_dir(&self.empty).unwrap();
        }
        println!("{kills} kills of `load {}`: {there} had made it, all whole", words[0]);
        assert!(0 < there && there < kills, "{there} of {kills}");
    }
}

/// Kills a process that makes a file, once it has begun to and after so many looks at whether the
/// name is there, at most; says how many there were.
fn kill_maker(mut child: Child, path: &Path, looks: usize) -> usize {
    let directory = path.parent().unwrap();
    while fs::read_dir(directory).unwrap().next().is_none() {
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none_or(|status| status.success()), "it failed: {ended:?}");
        thread::yield_now();
    }
    let looked = (0..looks).position(|_| path.exists() || child.try_wait().unwrap().is_some());
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    assert!(ended.code().is_none_or(|code| code == 0), "it failed: {ended:?}");
    looked.unwrap_or(looks)
}

#[test]
fn a_kill_while_a_store_is_made_leaves_none_or_a_whole_one() {
    // What is left of the other does not stand in the way.
    let create = |path: &Path| drop(RedbStore::create(path, &options()).unwrap());
    let open = |path: &Path| drop(RedbStore::open(path, &options()).unwrap());
    Place::new().kill_makers(&["create"], open, create);
}

#[test]
fn a_kill_while_a_backup_is_written_leaves_none_or_a_whole_one_and_the_store_as_it_was() {
    let place = Place::new();
    let restored = place.empty.join("restored");
    let made = |path: &Path| {
        drop(RedbStore::restore(path, &restored, &options()).unwrap());
        place.is_whole(&restored);
        place.is_whole(&place.store);
    };
    let words = ["backup", place.store.to_str().unwrap()];
    place.kill_makers(&words, made, |_| place.is_whole(&place.store));
}

#[test]
fn a_kill_while_a_backup_is_restored_leaves_none_or_a_whole_store_and_the_backup_as_it_was() {
    let place = Place::new();
    let before = fs::read(&place.backup).unwrap();
    let untouched = || assert!(fs::read(&place.backup).unwrap() == before);
    let made = |path: &Path| {
        untouched();
        place.is_whole(path);
    };
    let words = ["restore", place.backup.to_str().unwrap()];
    place.kill_makers(&words, made, |_| untouched());
}

/// The system calls of a process that makes a file under `path`, without those before it.
#[cfg(target_os = "linux")]
fn calls(words: &[&str], path: &Path) -> Vec<String> {
    let trace = path.with_extension("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-qq", "-o"]).arg(&trace);
    command.args(["-e", "trace=%file,write,pwrite64,ftruncate,fallocate,fsync,fdatasync"]);
    let output = command.arg(LOAD).args(words).arg(path).output();
    let output = output.expect("strace is installed: it shows in which order a file is made");
    assert!(output.status.success(), "{output:?}");
    let text = fs::read_to_string(&trace).unwrap();
    fs::remove_file(trace).unwrap();
    text.lines().skip_while(|call| !call.contains(".plugmint-")).map(str::to_owned).collect()
}

/// A file that is made is synced behind its last change and before it is named, its name is
/// synced before that is told, and it takes nobody's place.
#[cfg(target_os = "linux")]
fn is_made_in_order(words: &[&str], directory: &Path) {
    let calls = calls(words, &directory.join("made"));
    let directory = fs::canonicalize(directory).unwrap();
    let of = |call: &str, name: &str| call.contains(&format!(" {name}("));
    let temporary = |call: &str| call.contains(".plugmint-") && call.contains(".new>");
    let last = |is: &dyn Fn(&str) -> bool| calls.iter().rposition(|call| is(call));
    let changed = last(&|call| {
        let changes = ["write", "pwrite64", "ftruncate", "fallocate"];
        temporary(call) && changes.iter().any(|name| of(call, name))
    });
    let synced = last(&|call| temporary(call) && of(call, "fsync") && call.ends_with(" = 0"));
    let named = last(&|call| {
        of(call, "renameat2") && call.contains("RENAME_NOREPLACE") && call.ends_with(" = 0")
    });
    let name_synced = last(&|call| {
        let directory = format!("<{}>)", directory.display());
        of(call, "fsync") && call.contains(&directory) && call.ends_with(" = 0")
    });
    let told = last(&|call| of(call, "write") && call.contains(r#""done\n""#));
    let order = [changed, synced, named, name_synced, told];
    assert!(order.is_sorted_by(|one, next| one.is_some() && one < next), "{order:?} of {calls:#?}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_made_is_synced_then_named_and_its_name_synced_before_that_is_told() {
    let place = Place::new();
    is_made_in_order(&["create"], &place.empty);
    for words in
        [["backup", place.store.to_str().unwrap()], ["restore", place.backup.to_str().unwrap()]]
    {
        fs::remove_file(place.empty.join("made")).unwrap();
        is_made_in_order(&words, &place.empty);
    }
}
