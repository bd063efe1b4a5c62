//! Root keys of several versions, from files.

use std::fs;
use std::sync::Arc;

use plugmint::{FileRootKeys, Registry, RootKeys, RootLabel, platform_keys};
use plugmint_freed::Watched;
use plugmint_memory::MemoryStore;
use pollster::block_on;

use crate::secrets::Roots;

/// Enough of them for a list or a map to grow.
const VERSIONS: u8 = 6;

#[test]
fn key_files_of_many_versions_leave_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("root.key");
    drop(FileRootKeys::create(&path).unwrap());
    let roots = (1..=VERSIONS).map(|version| Roots::watched([0xc0 + version; 32]));
    let (roots, watched): (Vec<_>, Vec<_>) = roots.unzip();
    for (version, roots) in (1..).zip(&roots) {
        let mut file = path.clone();
        if version > 1 {
            file.set_extension(format!("key.{version}"));
            // With its mode.
            fs::copy(&path, &file).unwrap();
        }
        fs::write(file, roots.text()).unwrap();
    }

    let keys = FileRootKeys::load(&path).unwrap();
    assert_eq!(keys.versions().len(), usize::from(VERSIONS));
    for version in keys.versions() {
        drop(Box::new(block_on(keys.mac(version, RootLabel::Seal)).unwrap()));
        drop(block_on(Box::pin(platform_keys(&keys, version))).unwrap());
    }
    let store = Arc::new(MemoryStore::new());
    let created = Registry::builder(Arc::clone(&store) as _).with_tagged_records().create(&keys);
    drop(block_on(Box::pin(created)).unwrap());
    let opened = Registry::builder(store).with_tagged_records().open(&keys);
    block_on(block_on(Box::pin(opened)).unwrap().close());
    drop(keys);
    let found: Vec<_> = watched.iter().flat_map(Watched::found).collect();
    assert_eq!(found, []);
}
