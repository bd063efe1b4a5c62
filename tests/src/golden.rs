//! Stores of formats that were released, and everything that they hold.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plugmint::testing::{FixedClock, builder, root_key};
use plugmint::{
    ControlClass, ControlPassword, NewSerial, OperatorEnroll, Registry, SerialId, TemplateDesign,
};
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::Store;
use pollster::block_on;
use serde_json::{Value, json};

use crate::{LIFE, Scene, Verb, begin_lives, chosen_design, enroll_password, generated_password};

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

/// Makes the golden store of today's format anew: a device at each step of a life, and serials of
/// another template with everything that a serial can have.
pub fn make_golden(golden: &Golden) {
    for old in [&golden.store, &golden.holds] {
        if old.exists() {
            std::fs::remove_file(old).unwrap();
        }
    }
    let store = RedbStore::create(&golden.store, &RedbOptions::default()).unwrap();
    let scene = block_on(begin_lives(Arc::new(store)));
    for device in 0..u32::try_from(LIFE.len()).unwrap() {
        for verb in &LIFE[..=device as usize] {
            block_on(Verb::take(*verb, &scene, device)).unwrap();
        }
    }
    let design = chosen_design()
        .with_control_class(ControlClass::Chosen)
        .with_operator_enroll(OperatorEnroll::Allowed);
    block_on(register_everything(&scene, design));
    let holds = serde_json::to_string_pretty(&everything(&scene.registry)).unwrap();
    std::fs::write(&golden.holds, holds + "\n").unwrap();
}

/// Opens a golden store, or a copy.
#[must_use]
pub fn open_golden(store: Arc<dyn Store>) -> Registry {
    let settings = builder(store, Arc::new(FixedClock::default()), 2).with_tagged_records();
    block_on(settings.open(&root_key())).unwrap()
}

async fn register_everything(scene: &Scene, design: TemplateDesign) {
    let registry = &scene.registry;
    let template = registry.create_template(registry.company(), design).await.unwrap();
    for serial in ["registered", "enrolled", "\u{fc}ml\u{e4}ut 1/2"] {
        let control = ControlPassword::parse("another horse").unwrap();
        let new = NewSerial::new(serial.parse().unwrap(), enroll_password("correct horse"));
        let new = new.with_control_password(control);
        registry.register(template.id(), new, &scene.ada).await.unwrap();
    }
    let id = SerialId::new(*template.id(), "enrolled".parse().unwrap());
    registry.enroll(&id, &enroll_password("correct horse")).await.unwrap();
}

/// All templates, serials and histories, and the credentials of those that may still be told.
#[must_use]
pub fn everything(registry: &Registry) -> Value {
    let all = NonZeroUsize::MAX;
    let templates = block_on(registry.templates(registry.company(), None, all)).unwrap();
    let templates: Vec<_> = templates
        .iter()
        .map(|template| {
            let serials = block_on(registry.serials(template.id(), None, all)).unwrap();
            let serials: Vec<_> = serials
                .iter()
                .map(|status| {
                    let events = block_on(registry.history(&status.id, None, all)).unwrap();
                    let told = credentials(registry, &status.id);
                    json!({ "status": status, "history": events, "credentials": told })
                })
                .collect();
            json!({ "template": template, "serials": serials })
        })
        .collect();
    json!({ "company": registry.company(), "templates": templates })
}

/// What a device is told that enrolled and did not connect yet.
fn credentials(registry: &Registry, id: &SerialId) -> Option<[String; 2]> {
    let number = id.serial().as_str().strip_prefix("SN-").and_then(|n| n.parse().ok());
    let password = number.map_or_else(|| "correct horse".to_owned(), generated_password);
    let status = block_on(registry.serial(id)).unwrap();
    if status.stage != plugmint::StageName::Enrolled {
        return None;
    }
    let enrollment = block_on(registry.enroll(id, &enroll_password(&password))).unwrap();
    let credentials = enrollment.credentials();
    let text = credentials.connection_password().expose_text();
    Some([credentials.plug_id().to_string(), text.to_string()])
}
