//! The registry works under any executor and under none.

#![cfg(test)]

use std::sync::Arc;

use plugmint::{StageName, Store};
use plugmint_memory::MemoryStore;
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{Scene, chosen_design, enroll_password, new_serial};
use pollster::block_on;

/// A device's way from registration to activation, with a slow hash on it.
async fn whole_life(store: Arc<dyn Store>) -> StageName {
    let scene = Scene::new(store, chosen_design()).await;
    let (id, _) = scene.activated("SN-1", "correct horse").await;
    let stage = scene.status(&id).await.stage;
    scene.registry.close().await;
    stage
}

fn stores() -> (tempfile::TempDir, [Arc<dyn Store>; 2]) {
    let directory = tempfile::tempdir().unwrap();
    let redb = RedbStore::create(directory.path().join("s"), &RedbOptions::default()).unwrap();
    (directory, [Arc::new(MemoryStore::new()), Arc::new(redb)])
}

#[test]
fn a_device_activates_under_tokio_with_many_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    for store in stores().1 {
        assert_eq!(runtime.block_on(whole_life(store)), StageName::Activated);
    }
}

#[test]
fn a_device_activates_under_tokio_with_one_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for store in stores().1 {
        assert_eq!(runtime.block_on(whole_life(store)), StageName::Activated);
    }
}

#[test]
fn a_device_activates_under_smol() {
    for store in stores().1 {
        assert_eq!(smol::block_on(smol::spawn(whole_life(store))), StageName::Activated);
    }
}

#[test]
fn a_device_activates_under_block_on_and_no_executor() {
    for store in stores().1 {
        assert_eq!(block_on(whole_life(store)), StageName::Activated);
    }
}

#[test]
fn operations_may_be_sent_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let scene = block_on(Scene::new(Arc::new(MemoryStore::new()), chosen_design()));
    let (registry, id) = (&scene.registry, scene.id("SN-1"));
    is_shared(registry);
    is_send(&registry.enroll(&id, &enroll_password("correct horse")));
    is_send(&registry.register(id.template(), new_serial("SN-1", "correct horse"), &scene.ada));
    is_send(&registry.disable(&id, &scene.ada));
    is_send(&registry.authenticate_text("", ""));
    is_send(&registry.close());
}
