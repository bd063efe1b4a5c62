//! Stores of formats that were released, and everything that they hold.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    AccessLevel, ControlClass, ControlPassword, ControllerRequest, DeviceName, Epoch, FeedCursor,
    Living, NewSerial, OperatorEnroll, ProductionTemplate, Registry, SerialFilter, SerialId,
    SerialScope, SerialStatus, StageName, TemplateDesign, TemplateId,
};
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::Store;
use pollster::block_on;
use serde_json::{Value, json};

use crate::lives::{PASSWORDS, credentials, device_id, password};
use crate::{
    LIFE, Scene, Verb, begin_lives, chosen_design, control_of, control_password, design,
    enroll_password, known_as, new_serial,
};

/// A store file that must open for good, and what it holds as JSON.
#[derive(Debug)]
pub struct Golden {
    /// The store.
    pub store: PathBuf,
    /// What is in it.
    pub holds: PathBuf,
}

/// The golden store of the format of that number.
#[must_use]
pub fn golden(format: u32) -> Golden {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    Golden {
        store: fixtures.join(format!("store-{format}.redb")),
        holds: fixtures.join(format!("store-{format}.json")),
    }
}

/// Makes the golden store of today's format anew: a device at each step of a life, serials with
/// everything that a serial can have, and templates in every state.
pub fn make_golden(golden: &Golden) {
    for old in [&golden.store, &golden.holds] {
        if old.exists() {
            std::fs::remove_file(old).unwrap();
        }
    }
    let store = RedbStore::create(&golden.store, &RedbOptions::default()).unwrap();
    let scene = block_on(begin_lives(Arc::new(store)));
    let design = chosen_design()
        .with_control_class(ControlClass::Chosen)
        .with_operator_enroll(OperatorEnroll::Allowed);
    block_on(register_everything(&scene, design));
    for device in 0..u32::try_from(LIFE.len()).unwrap() {
        for verb in &LIFE[..=device as usize] {
            block_on(Verb::take(*verb, &scene, device)).unwrap();
        }
    }
    block_on(let_control(&scene));
    block_on(end_templates(&scene));
    let holds = serde_json::to_string_pretty(&everything(&scene.registry)).unwrap();
    std::fs::write(&golden.holds, holds + "\n").unwrap();
}

/// Opens a golden store, or a copy.
#[must_use]
pub fn open_golden(store: Arc<dyn Store>) -> Registry {
    let settings = builder(store, Arc::new(FixedClock::default()), 2).with_tagged_records();
    block_on(settings.open(&root_key())).unwrap()
}

/// Serials with control passwords, one of them with a history whose beginning was forgotten.
async fn register_everything(scene: &Scene, design: TemplateDesign) {
    let registry = &scene.registry;
    let template = registry.create_template(registry.company(), design).await.unwrap();
    let id = |serial: &str| SerialId::new(*template.id(), serial.parse().unwrap());
    for serial in ["forgotten", "registered", "enrolled", "\u{fc}ml\u{e4}ut 1/2"] {
        let control = ControlPassword::parse("another horse").unwrap();
        let new = NewSerial::new(serial.parse().unwrap(), enroll_password("correct horse"));
        let new = new.with_control_password(control);
        registry.register(template.id(), new, &scene.ada).await.unwrap();
    }
    registry.enroll(&id("enrolled"), &enroll_password("correct horse")).await.unwrap();
    registry.disable(&id("forgotten"), &scene.ada).await.unwrap();
    scene.clock.advance(Duration::from_secs(1));
    let forgotten = registry.forget_events(scene.clock.time(), None).await.unwrap();
    assert_eq!(forgotten.events, 2, "of all that have two events the first");
}

/// Things with Controllers at each stage, with grants of each kind, and with some that have ended.
async fn let_control(scene: &Scene) {
    let (registry, ada) = (&scene.registry, &scene.ada);
    let (lamp, of_lamp) = scene.thing("LAMP", 1).await;
    let (door, of_door) = scene.thing("DOOR", 2).await;
    for told in [&of_lamp, &of_door] {
        scene.connect(told).await;
    }
    let control = async |own: &str| {
        let name = DeviceName::parse(&format!("Ada's {own}")).unwrap();
        scene.control(&lamp, &control_of(1), &known_as(own).with_name(name)).await
    };
    for own in ["given up", "retired", "activated", "disabled", "reactivated"] {
        let told = control(own).await;
        let (told, plug_id) = (told.credentials(), told.credentials().plug_id());
        if own != "given up" {
            scene.connect_as(told).await.unwrap();
            let password = told.connection_password();
            let right = control_password(&control_of(2));
            registry.add_thing(None, plug_id, password, &door, &right).await.unwrap();
        }
        match own {
            "retired" => drop(registry.retire_controller(plug_id, ada).await.unwrap()),
            "disabled" => drop(registry.disable_controller(plug_id, ada).await.unwrap()),
            "reactivated" => {
                let seen = registry.controller(plug_id).await.unwrap().epoch;
                registry.reactivate_controller(plug_id, seen, ada).await.unwrap();
            }
            _ => {}
        }
    }
    let by = of_door.credentials().plug_id();
    registry.grant(&lamp, by, ada).await.unwrap();
    registry.set_access(&door, Some(AccessLevel::Read), ada).await.unwrap();
    let (gone, _) = scene.thing("GONE", 3).await;
    scene.control(&gone, &control_of(3), &ControllerRequest::new()).await;
    registry.unenroll(&gone, Epoch::FIRST, ada).await.unwrap();
}

/// Templates with a serial in them: one that is closed, one with a deletion that was given up, and one
/// that is deleted.
async fn end_templates(scene: &Scene) {
    let registry = &scene.registry;
    let create = async |serial: &str| {
        let template = registry.create_template(registry.company(), design()).await.unwrap();
        let new = new_serial(serial, &password(0, 0));
        registry.register(template.id(), new, &scene.ada).await.unwrap();
        *template.id()
    };
    registry.close_template(&create("closed").await).await.unwrap();
    let given_up = create("given up").await;
    registry.template_deletion(&given_up, Living::Refuse, &scene.ada).step().await.unwrap();
    let deleted = create("deleted").await;
    let id = SerialId::new(deleted, "deleted".parse().unwrap());
    registry.enroll(&id, &enroll_password(&password(0, 0))).await.unwrap();
    registry.delete_template(&deleted, Living::Retire, &scene.ada).await.unwrap();
}

/// All templates, serials and histories, the feed, what connects, and the credentials of those that
/// may still be told.
#[must_use]
pub fn everything(registry: &Registry) -> Value {
    let all = NonZeroUsize::MAX;
    let feed = block_on(registry.feed(FeedCursor::START).next_page(all)).unwrap();
    let listed = block_on(registry.templates(registry.company(), None, all)).unwrap();
    let mut ids: BTreeSet<_> = listed.iter().map(|template| *template.id()).collect();
    // A deleted template is not listed, and its events are there.
    ids.extend(feed.iter().map(|told| *told.id.template()));
    let templates = ids.iter().map(|id| {
        let template = block_on(registry.template(id)).unwrap();
        let serials = block_on(registry.serials(&of_template(id), None, all)).unwrap();
        let serials = serials.serials.iter().map(|status| serial(registry, &template, status));
        let serials: Vec<_> = serials.collect();
        json!({ "template": template, "serials": serials })
    });
    let templates: Vec<_> = templates.collect();
    let places = feed.iter().map(|told| format!("{} {}", told.id.serial(), told.event.number()));
    let feed: Vec<_> = places.collect();
    json!({ "company": registry.company(), "templates": templates, "feed": feed })
}

fn serial(registry: &Registry, template: &ProductionTemplate, status: &SerialStatus) -> Value {
    let id = &status.id;
    let events = block_on(registry.history(id, None, NonZeroUsize::MAX)).unwrap();
    let verified = block_on(registry.verify_history(id, None)).unwrap();
    json!({
        "status": status,
        "history": events,
        "verified": verified,
        "credentials": told(registry, status),
        "connects": connects(registry, template, status),
        "controllers": controllers(registry, id),
    })
}

/// Who controls a Thing, and what for: `None` for nobody.
fn controllers(registry: &Registry, id: &SerialId) -> Option<Value> {
    let all = NonZeroUsize::MAX;
    let controllers = block_on(registry.controllers(id, None, all)).unwrap().controllers;
    let on = block_on(registry.grants_on(id, None, all)).unwrap().grants;
    let living = controllers.iter().filter(|controller| controller.mark.is_some());
    let of = living.map(|controller| {
        let held = registry.grants_of(&controller.plug_id, None, all);
        block_on(held).unwrap().grants
    });
    let of: Vec<_> = of.collect();
    let nobody = controllers.is_empty() && on.is_empty();
    (!nobody).then(|| json!({ "controllers": controllers, "on": on, "of": of }))
}

/// All serials of a template.
#[must_use]
pub const fn of_template(id: &TemplateId) -> SerialFilter {
    SerialFilter::of(SerialScope::Template(*id))
}

/// The number of a device that lives.
fn number(id: &SerialId) -> Option<u32> {
    id.serial().as_str().strip_prefix("SN-").and_then(|number| number.parse().ok())
}

/// What a device is told that enrolled and did not connect yet.
fn told(registry: &Registry, status: &SerialStatus) -> Option<[String; 2]> {
    if status.stage != StageName::Enrolled {
        return None;
    }
    let password = number(&status.id).map_or_else(
        || "correct horse".to_owned(),
        |number| password(number, LIFE[usize::try_from(status.events).unwrap() - 1].owner()),
    );
    let enrollment = block_on(registry.enroll(&status.id, &enroll_password(&password))).unwrap();
    let credentials = enrollment.credentials();
    let text = credentials.connection_password().expose_text();
    Some([credentials.plug_id().to_string(), text.to_string()])
}

/// What becomes of each password that a device has in its life, but for one that would activate it.
fn connects(
    registry: &Registry,
    template: &ProductionTemplate,
    status: &SerialStatus,
) -> Vec<Value> {
    let Some(number) = number(&status.id) else {
        return Vec::new();
    };
    assert_eq!(status.id, device_id(template, number));
    let used = PASSWORDS.into_iter().filter(|(_, epoch)| {
        status.stage != StageName::Enrolled || *epoch != status.epoch.number()
    });
    let connects = |(owner, epoch)| {
        let told = credentials(template, number, owner, epoch);
        let connected = registry.authenticate(told.plug_id(), told.connection_password());
        let proven_by = block_on(connected).ok().map(|principal| principal.proven_by());
        let of = block_on(registry.serial_of(told.plug_id())).ok();
        json!({ "plug_id": told.plug_id(), "epoch": epoch, "of": of, "proven_by": proven_by })
    };
    used.map(connects).collect()
}
