//! Everything that can be read of a store.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use plugmint::{FeedCursor, OpaqueText, PlugId, Registry, SerialId, SerialStatus};
use pollster::block_on;
use serde_json::{Value, json};

use super::of_template;

/// The installation with its feed and where each key version stands, then each template, and behind
/// it each of its serials with its history, Controllers, grants and profiles.
#[must_use]
pub fn everything(registry: &Registry) -> Vec<Value> {
    let feed = block_on(registry.feed(FeedCursor::START).next_page(ALL)).unwrap();
    let listed = block_on(registry.templates(registry.company(), None, ALL)).unwrap();
    let mut ids: BTreeSet<_> = listed.iter().map(|template| *template.id()).collect();
    // A deleted template is not listed, and its events are there.
    ids.extend(feed.iter().map(|told| *told.id.template()));
    let places = feed.iter().map(|told| format!("{} {}", told.id.serial(), told.event.number()));
    let feed: Vec<_> = places.collect();
    let (progress, next) = block_on(registry.key_progress(None)).unwrap();
    assert_eq!(next, None);
    let mut lines = vec![json!({
        "company": registry.company(),
        "key_versions": block_on(registry.key_versions()).unwrap(),
        "key_progress": progress,
        "feed": feed,
    })];
    for id in ids {
        lines.push(json!({ "template": block_on(registry.template(&id)).unwrap() }));
        let page = block_on(registry.serials(&of_template(&id), None, ALL)).unwrap();
        lines.extend(page.serials.iter().map(|status| serial(registry, status)));
    }
    lines
}

fn serial(registry: &Registry, status: &SerialStatus) -> Value {
    let id = &status.id;
    let events = block_on(registry.history(id, None, ALL)).unwrap();
    let mut holds = json!({
        "status": status,
        "history": events,
        "verified": block_on(registry.verify_history(id, None)).unwrap(),
    });
    let (controllers, granted) = (controllers(registry, id), granted(registry, status));
    let profile = status.plug_id.and_then(|plug_id| profile(registry, &plug_id));
    for (name, value) in [("controllers", controllers), ("grants", granted), ("profile", profile)] {
        if let Some(value) = value {
            holds[name] = value;
        }
    }
    holds
}

/// Everybody that controls a Thing or did, with what it holds: `None` for nobody.
fn controllers(registry: &Registry, id: &SerialId) -> Option<Value> {
    let page = block_on(registry.controllers(id, None, ALL)).unwrap();
    let controllers = page.controllers.iter().map(|controller| {
        let held = held(registry, &controller.plug_id);
        let profile = profile(registry, &controller.plug_id);
        json!({ "status": controller, "holds": held, "profile": profile })
    });
    let controllers: Vec<_> = controllers.collect();
    (!controllers.is_empty()).then(|| json!(controllers))
}

/// The grants on a Thing, and what each comes to; those that it holds itself.
fn granted(registry: &Registry, status: &SerialStatus) -> Option<Value> {
    let on = block_on(registry.grants_on(&status.id, None, ALL)).unwrap().grants;
    let access = on.iter().map(|grant| block_on(registry.access(&grant.holder, &status.id)));
    let access: Vec<_> = access.map(Result::unwrap).collect();
    let held = status.plug_id.map_or_else(|| json!([]), |plug_id| held(registry, &plug_id));
    let nothing = on.is_empty() && held == json!([]);
    (!nothing).then(|| json!({ "on": on, "access": access, "held": held }))
}

/// What it holds; the code of the refusal where it is nobody any more.
fn held(registry: &Registry, holder: &PlugId) -> Value {
    match block_on(registry.grants_of(holder, None, ALL)) {
        Ok(page) => json!(page.grants),
        Err(error) => json!(error.code()),
    }
}

fn profile(registry: &Registry, plug_id: &PlugId) -> Option<Value> {
    let Ok(profile) = block_on(registry.profile(plug_id)) else {
        return Some(json!("nobody's"));
    };
    let text = |of: Option<&OpaqueText>| of.map(|text| text.as_str().to_owned());
    (!profile.is_empty()).then(|| {
        json!({
            "name": profile.name().map(|name| name.as_str().to_owned()),
            "perm": text(profile.perm()),
            "props": text(profile.props()),
        })
    })
}

const ALL: NonZeroUsize = NonZeroUsize::MAX;
