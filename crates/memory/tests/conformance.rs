//! The store keeps the contract, and shows nothing of what it holds.

use plugmint_memory::MemoryStore;
use plugmint_store::{Batch, Guard, Key, Store};

plugmint_store::conformance!(volatile: || Ok::<_, std::io::Error>(MemoryStore::new()));

#[test]
fn a_store_shows_how_many_records_it_has_and_none_of_them() {
    let store = MemoryStore::new();
    let batch = (0_u8..100).fold(Batch::new(), |batch, number| {
        batch.put(Key::new(&[number]).unwrap(), Guard::Absent, b"hush".to_vec()).unwrap()
    });
    pollster::block_on(store.commit(batch)).unwrap();
    let shown = format!("{store:?}");
    assert!(shown.contains("100") && !shown.contains("hush"), "{shown}");
}
