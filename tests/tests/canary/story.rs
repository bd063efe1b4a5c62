//! The life of a device, and of strangers beside it.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use plugmint::testing::{FixedClock, builder};
use plugmint::{
    Actor, AttemptLimits, Author, ConnectionPassword, ControlClass, ControlPassword,
    EnrollPassword, Epoch, GrantsThen, NewSerial, OperatorEnroll, Registry, RepeatPolicy, SerialId,
    Source, SourceLimit, SourceWatch, TemplateDesign, UnixMillis,
};
use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_store::Store;
use plugmint_tests::{Trouble, TroubledStore, chosen_design};
use pollster::block_on;

use crate::controlling::Controlling;
use crate::host::Host;
use crate::keeping;
use crate::kept::Kept;
use crate::later::{Later, passwords};
use crate::looking;
use crate::rotating;
use crate::secrets::{
    self, CONTROL, ENROLL, NEW_CONTROL, NEW_ENROLL, WRONG, WRONG_CONNECTION, root_key,
};
use crate::spans;

fn design() -> TemplateDesign {
    chosen_design()
        .with_control_class(ControlClass::Chosen)
        .with_operator_enroll(OperatorEnroll::Allowed)
        .with_repeat(RepeatPolicy::Always)
        .with_sources(SourceWatch::AtMost(SourceLimit::new(1).unwrap()))
}

#[test]
fn no_secret_of_a_device_is_said_or_written_in_its_whole_life() {
    for tagged in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let kept = Kept::default();
        let ids = kept.traced(|| block_on(whole_life(&kept, directory.path(), tagged)));
        kept.files(directory.path());
        // The story was told, so there was something to look at.
        let never_entered: Vec<_> = spans::of_the_sources()
            .into_iter()
            .filter(|span| {
                let entered = [format!("DEBUG {span}:"), format!("DEBUG {span}{{")];
                !entered.iter().any(|entered| kept.said("trace", entered))
            })
            .collect();
        assert_eq!(never_entered, [""; 0]);
        for (whence, told) in TOLD {
            assert!(kept.said(whence, told), "{whence}: {told}");
        }
        for id in ids {
            assert!(kept.said("trace", &format!("serial={}", id.serial())));
            assert!(kept.said("trace", &format!("template={}", id.template())));
            assert_eq!(kept.leak(&secrets::of(&id, &design())), None);
        }
    }
}

async fn whole_life(kept: &Kept, directory: &Path, tagged: bool) -> [SerialId; 4] {
    let path = directory.join("store.redb");
    let store: Arc<dyn Store> =
        Arc::new(RedbStore::create(&path, &RedbOptions::default()).unwrap());
    let settings = || {
        let host = Arc::new(Host(kept.clone()));
        let builder = builder(Arc::clone(&store), Arc::new(FixedClock::default()), 1)
            .with_decider(Arc::clone(&host) as _)
            .with_observer(host);
        if tagged { builder.with_tagged_records() } else { builder }
    };
    let registry = settings().create(&root_key()).await.unwrap();
    kept.error(settings().create(&root_key()).await.unwrap_err());
    let template = registry.create_template(registry.company(), design()).await.unwrap();
    kept.value(&template);
    let id = SerialId::new(*template.id(), "SN-1".parse().unwrap());
    let ada = Actor::parse("ada").unwrap();
    let new = || {
        let control = ControlPassword::parse(CONTROL).unwrap();
        let enroll = EnrollPassword::parse(ENROLL).unwrap();
        NewSerial::new(*id.serial(), enroll).with_control_password(control)
    };
    kept.debug(&new());
    kept.value(&registry.register(id.template(), new(), &ada).await.unwrap());
    kept.error(registry.register(id.template(), new(), &ada).await.unwrap_err());
    kept.debug(&registry.check_all(id.template(), vec![new()]).await.unwrap());

    strangers(kept, &registry, &id).await;
    first_epoch(kept, &registry, &id).await;
    troubles(kept, &store, &id, &ada, tagged).await;
    kept.value(&registry.enable(&id, &ada).await.unwrap());
    looking::looks(kept, &registry, &id).await;
    let secrets = &secrets::of(&id, &design());
    let held = SerialId::new(*id.template(), "SN-held".parse().unwrap());
    let registry = &registry;
    Controlling { kept, registry, id: &id, held: &held, ada: &ada, secrets }.told().await;
    Later { kept, registry, id: &id, ada: &ada, secrets }.told().await;
    looking::looks(kept, registry, &id).await;
    let away = registry.create_template(registry.company(), design()).await.unwrap();
    let away = SerialId::new(*away.id(), *id.serial());
    looking::puts_away(kept, registry, &away, &ada).await;
    operators(kept, registry, &id, &ada).await;
    looking::follows_and_forgets(kept, registry, &id).await;
    registry.close().await;
    let right = EnrollPassword::parse(ENROLL).unwrap();
    kept.error(registry.enroll(&id, &right).await.unwrap_err());
    let reopened = settings().open(&root_key()).await.unwrap();
    kept.debug(&reopened);
    kept.error(reopened.enroll(&id, &right).await.unwrap_err());
    let next = SerialId::new(*id.template(), "SN-next".parse().unwrap());
    rotating::rotates(kept, &reopened, &next, &ada, &secrets::of(&next, &design())).await;
    [id, away, held, next]
}

async fn first_epoch(kept: &Kept, registry: &Registry, id: &SerialId) {
    let (right, secrets) = (EnrollPassword::parse(ENROLL).unwrap(), secrets::of(id, &design()));
    for _ in 0..2 {
        let enrollment = registry.enroll(id, &right).await.unwrap();
        kept.debug(&enrollment);
        let credentials = enrollment.credentials();
        let password = credentials.connection_password();
        let principal = registry.authenticate(credentials.plug_id(), password).await.unwrap();
        kept.value(&principal);
        keeping::keeps(kept, registry, &principal, password).await;
        let found = secrets.find(password.expose_bytes());
        assert_eq!(found, Some("connection password"), "what is looked for is what there is");
        let text = password.expose_text();
        let plug_id = credentials.plug_id().to_string();
        kept.value(&registry.authenticate_text(&plug_id, &text).await.unwrap());
        // Who mixes the two up says the password in place of the Plug-ID.
        kept.error(registry.authenticate_text(&text, &plug_id).await.unwrap_err());
        let wrong = ConnectionPassword::parse(WRONG_CONNECTION).unwrap();
        kept.error(registry.authenticate(credentials.plug_id(), &wrong).await.unwrap_err());
        kept.value(&registry.serial_of(credentials.plug_id()).await.unwrap());
    }
}

/// Refused each way in which one can be, until it is throttled.
async fn strangers(kept: &Kept, registry: &Registry, id: &SerialId) {
    let wrong = EnrollPassword::parse(WRONG).unwrap();
    let source = Source::new("192.0.2.1").unwrap();
    let nobody = SerialId::new(*id.template(), "SN-2".parse().unwrap());
    let nowhere = SerialId::new("mod-000000000000000000000000".parse().unwrap(), *id.serial());
    for id in [id, &nobody, &nowhere] {
        kept.error(registry.enroll(id, &wrong).await.unwrap_err());
    }
    let most = AttemptLimits::default().with_buckets(256);
    kept.debug(&most);
    for _ in 0..200 {
        if let Err(error) = registry.enroll_from(&source, &nobody, &wrong).await
            && error.retry_after().is_some()
        {
            kept.error(error);
            return;
        }
    }
    panic!("a stranger is throttled at some time");
}

/// A store that fails under it.
async fn troubles(kept: &Kept, store: &Arc<dyn Store>, id: &SerialId, ada: &Actor, tagged: bool) {
    let troubled = Arc::new(TroubledStore::new(Arc::clone(store)));
    let settings = builder(Arc::clone(&troubled) as _, Arc::new(FixedClock::default()), 2);
    let settings = if tagged { settings.with_tagged_records() } else { settings };
    let registry = settings.open(&root_key()).await.unwrap();
    for trouble in [Trouble::FailsBefore, Trouble::FailsAfter] {
        troubled.trouble(trouble, 1);
        kept.error(registry.disable(id, ada).await.unwrap_err());
    }
    troubled.trouble(Trouble::Conflict, usize::from(u8::MAX));
    kept.error(registry.enable(id, ada).await.unwrap_err());
    let (seen, until) = (Epoch::FIRST, UnixMillis::new(u64::MAX));
    let new = passwords(NEW_ENROLL, NEW_CONTROL);
    kept.error(registry.reactivate(id, seen, ada).await.unwrap_err());
    kept.error(registry.reactivate_with_overlap(id, seen, until, ada).await.unwrap_err());
    kept.error(registry.unenroll(id, seen, ada).await.unwrap_err());
    troubled.calm();
    for trouble in [Trouble::FailsBefore, Trouble::Conflict] {
        troubled.trouble(trouble, 16);
        kept.error(registry.transfer(id, &new, seen, ada).await.unwrap_err());
        troubled.calm();
        troubled.trouble(trouble, 16);
        let control = ControlPassword::parse(NEW_CONTROL).unwrap();
        kept.error(
            registry
                .replace_control_password(id, &control, GrantsThen::End, ada)
                .await
                .unwrap_err(),
        );
        troubled.calm();
        troubled.trouble(trouble, 16);
        let closed = registry.close_template(id.template()).await;
        kept.error(closed.unwrap_err());
        troubled.calm();
    }
}

async fn operators(kept: &Kept, registry: &Registry, id: &SerialId, ada: &Actor) {
    let wrong = EnrollPassword::parse(ENROLL).unwrap();
    kept.value(&registry.enable(id, ada).await.unwrap());
    kept.value(&registry.disable(id, ada).await.unwrap());
    kept.error(registry.enroll(id, &wrong).await.unwrap_err());
    kept.value(&registry.enable(id, ada).await.unwrap());
    kept.value(&registry.retire(id, ada).await.unwrap());
    kept.error(registry.disable(id, ada).await.unwrap_err());
    kept.value(&registry.serial(id).await.unwrap());
    kept.value(&registry.templates(registry.company(), None, NonZeroUsize::MIN).await.unwrap());
    kept.value(&registry.history(id, None, NonZeroUsize::MAX).await.unwrap());
    kept.value(&Author::Device);
    kept.debug(registry);
    kept.debug(&registry.key_versions().await.unwrap());
    kept.debug(&registry.stretch_load());
}

/// What a host was told, so that there was something to look at.
const TOLD: [(&str, &str); 13] = [
    ("asked", "EnrollRequest"),
    ("asked", "Operator"),
    ("refused", "throttled"),
    ("refused", "Authenticate"),
    ("refused", "Unenroll"),
    ("refused", "Control("),
    ("refused", "AddThing"),
    ("revoked", "ControllerReactivated"),
    ("revoked", "ControllerRetired"),
    ("repeated", "RepeatedEnrollment"),
    ("suspects", "TooManySources"),
    ("revoked", "Unenrolled"),
    ("revoked", "Activated"),
];
