//! What happened in a golden store.

mod controllers;
mod lives;
mod profiles;
mod templates;
mod things;

use std::sync::Arc;
use std::time::Duration;

use plugmint::{
    Actor, Credentials, DropKeyError, Outcome, Registry, SerialId, TemplateDesign, TemplateId,
};
use plugmint_redb::RedbStore;
use serde_json::Value;

use crate::{Keys, Scene, Trouble, TroubledStore, begin_lives, begin_plain_lives, version};

use super::asking::{connects, controls, enrolls};

/// Everything that this version can write, over four versions of the root key, and what whoever was
/// told something will ask.
pub(super) struct Story {
    scene: Scene,
    asks: Vec<Value>,
}

impl Story {
    /// Lets it happen in an empty store, and says what is to be asked then.
    pub(super) async fn tell(over: Arc<RedbStore>) -> Vec<Value> {
        let troubled = Arc::new(TroubledStore::new(over));
        let scene = begin_lives(Arc::clone(&troubled) as _).await;
        let mut story = Self { scene, asks: Vec::new() };
        // Whatever happened by then is forgotten, so it comes first.
        story.forget_and_label().await;
        // The lives of devices go by the time at which the clock begins, and by the first key.
        story.live().await;
        story.scene.clock.advance(Duration::from_secs(60));
        story.let_control().await;
        story.keep_profiles().await;
        story.rotate(2).await;
        story.follow_policies().await;
        story.sweep().await;
        let dropped = story.registry().drop_root_key(version(1)).await;
        assert_eq!(dropped.unwrap(), Outcome::Done);
        story.rotate(3).await;
        story.mark_and_renew().await;
        story.sweep().await;
        // So it stays closed: the commit that drops it does not follow.
        troubled.trouble(Trouble::FailsAfter, 1);
        let failed = story.registry().drop_root_key(version(2)).await;
        assert!(matches!(failed, Err(DropKeyError::Fault(_))), "{failed:?}");
        story.rotate(4).await;
        story.end_templates().await;
        story.asks
    }

    /// The same without tags and under one key, as far as there is nothing to sweep: devices at
    /// each step of a life, Controllers, grants and profiles.
    pub(super) async fn tell_plain(over: Arc<RedbStore>) -> Vec<Value> {
        let mut story = Self { scene: begin_plain_lives(over).await, asks: Vec::new() };
        story.live().await;
        story.scene.clock.advance(Duration::from_secs(60));
        story.let_control().await;
        story.keep_profiles().await;
        story.asks
    }

    /// Brings in the version of that number.
    async fn rotate(&self, number: u32) {
        self.scene.clock.advance(Duration::from_secs(60));
        let oldest = if number <= 2 { 1 } else { 2 };
        let keys = Keys::of(&(oldest..=number).collect::<Vec<_>>());
        let rotated = self.registry().rotate_root_key(&keys).await;
        assert_eq!(rotated.unwrap(), Outcome::Done);
    }

    async fn sweep(&self) {
        let swept = self.registry().sweep_keys(None).await.unwrap();
        assert!(swept.rewritten > 0 && swept.next.is_none(), "{swept:?}");
    }

    async fn template(&self, design: TemplateDesign) -> TemplateId {
        let registry = self.registry();
        *registry.create_template(registry.company(), design).await.unwrap().id()
    }

    /// Whoever has this password enrolls, connects with what it was told before, if anything, and
    /// enrolls again.
    fn asks_as_device(&mut self, id: &SerialId, password: &str, told: Option<&Credentials>) {
        self.asks.push(enrolls(id, password));
        self.asks.extend(told.map(connects));
        self.asks.push(enrolls(id, password));
    }

    /// The same of a Controller.
    fn asks_as_controller(
        &mut self,
        thing: &SerialId,
        (password, own_serial): (&str, Option<&str>),
        told: &Credentials,
    ) {
        self.asks.push(controls(thing, password, own_serial));
        self.asks.push(connects(told));
        self.asks.push(controls(thing, password, own_serial));
    }

    const fn registry(&self) -> &Registry {
        &self.scene.registry
    }

    const fn ada(&self) -> &Actor {
        &self.scene.ada
    }
}
