//! What a host is asked and told, lists and follows, while a device goes through its life.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plugmint::testing::{FixedClock, builder};
use plugmint::{
    Actor, CloneSuspicion, ConnectionPassword, ControlPassword, Decider, Ending, EnrollPassword,
    EnrollRequest, Epoch, FeedCursor, Labels, Living, NewPasswords, NewSerial, Observer,
    OperatorEnroll, RefusedAttempt, Registry, RepeatPolicy, RepeatedEnrollment, Revocation,
    SerialFilter, SerialId, SerialScope, Source, SourceLimit, SourceWatch, TransferError, Verb,
    Verdict,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::{control_secrets, thing_secrets_at};
use pollster::block_on;

use crate::shown::Shown;
use crate::things::*;

/// Shows what it is asked and told.
#[derive(Default)]
struct Host(Mutex<Shown>);

impl Host {
    fn show<T: std::fmt::Debug>(&self, value: &T) {
        self.0.lock().unwrap().show(value);
    }
}

impl Decider for Host {
    fn decide(&self, request: &EnrollRequest<'_>) -> Verdict {
        self.show(request);
        let mut labels = Labels::new();
        labels.insert("line", "7").unwrap();
        Verdict::AllowWith(labels)
    }
}

impl Observer for Host {
    fn refused(&self, attempt: &RefusedAttempt<'_>) {
        self.show(attempt);
        self.show(&attempt.attempt);
    }

    fn repeated(&self, repeat: &RepeatedEnrollment<'_>) {
        self.show(repeat);
    }

    fn suspects_clone(&self, suspicion: &CloneSuspicion<'_>) {
        self.show(suspicion);
    }

    fn ending(&self, ending: &Ending<'_>) {
        self.show(ending);
    }

    fn revoked(&self, revocation: &Revocation<'_>) {
        self.show(revocation);
    }
}

pub(crate) fn told(shown: &mut Shown) {
    let (host, clock) = (Arc::new(Host::default()), Arc::new(FixedClock::default()));
    let settings = builder(Arc::new(MemoryStore::new()), Arc::clone(&clock), 1)
        .with_decider(Arc::clone(&host) as _)
        .with_observer(Arc::clone(&host) as _);
    shown.show(&settings);
    let registry = block_on(settings.create(&root())).unwrap();
    let design = chosen()
        .with_operator_enroll(OperatorEnroll::Allowed)
        .with_repeat(RepeatPolicy::Always)
        .with_sources(SourceWatch::AtMost(SourceLimit::new(1).unwrap()));
    let template = block_on(registry.create_template(registry.company(), design.clone())).unwrap();
    let id = SerialId::new(*template.id(), "SN-1".parse().unwrap());
    for (epoch, password) in [(0, ENROLL), (1, ENROLL), (2, NEW_ENROLL)] {
        let epoch = Epoch::new(epoch);
        shown.secrets(thing_secrets_at(&ROOT, &id, &design, password, epoch));
    }
    shown.secrets(control_secrets(&ROOT, &id, &design, CONTROL));
    shown.secrets(control_secrets(&ROOT, &id, &design, NEW_CONTROL));
    let ada = Actor::parse("ada").unwrap();
    let new = NewSerial::new(*id.serial(), EnrollPassword::parse(ENROLL).unwrap())
        .with_control_password(ControlPassword::parse(CONTROL).unwrap());
    block_on(registry.register(id.template(), new, &ada)).unwrap();

    comes_and_goes(shown, &registry, &id, &ada);
    lists(shown, &registry, &id);
    let history = block_on(registry.history(&id, None, NonZeroUsize::MAX)).unwrap();
    let head = plugmint::HistoryHead::before_first(&id);
    shown.show(&head.followed_by(history.last().unwrap()).unwrap_err());
    shown.show(&block_on(registry.verify_history(&id, None)).unwrap());
    shown.show(&block_on(registry.verify_history(&id, None)).unwrap().kept);
    clock.advance(Duration::from_secs(1));
    let forgotten = block_on(registry.forget_events(plugmint::Clock::now(&*clock), None)).unwrap();
    shown.show(&forgotten);
    shown.show(&forgotten.next.unwrap());
    ends(shown, &registry, &id, &ada);
    shown.append(&mut host.0.lock().unwrap());
}

/// Connects, moves, is suspected, is revoked, goes to somebody else.
fn comes_and_goes(shown: &mut Shown, registry: &Registry, id: &SerialId, ada: &Actor) {
    let (here, there) = (Source::new("192.0.2.1").unwrap(), Source::new("192.0.2.2").unwrap());
    let password = EnrollPassword::parse(ENROLL).unwrap();
    let enrollment = block_on(registry.enroll_from(&here, id, &password)).unwrap();
    let credentials = enrollment.credentials();
    let (plug_id, connection) = (credentials.plug_id(), credentials.connection_password());
    for source in [&here, &there] {
        shown.show(&block_on(registry.authenticate_from(source, plug_id, connection)).unwrap());
    }
    shown.show(&block_on(registry.enroll_from(&there, id, &password)).unwrap());
    let wrong = ConnectionPassword::parse("CanaryOfAStrangersPasswordABCDEF").unwrap();
    block_on(registry.authenticate(plug_id, &wrong)).unwrap_err();
    block_on(registry.unenroll_by_device(plug_id, &wrong)).unwrap_err();
    let mixed_up = EnrollPassword::parse(CONTROL).unwrap();
    block_on(registry.enroll_from(&here, id, &mixed_up)).unwrap_err();
    let until = plugmint::UnixMillis::new(u64::MAX);
    let overlap = registry.reactivate_with_overlap(id, Epoch::FIRST, until, ada);
    block_on(overlap).unwrap();
    let enrollment = block_on(registry.enroll_by_operator(id, ada)).unwrap_err();
    shown.show(&enrollment);

    let new = || NewPasswords::new(EnrollPassword::parse(NEW_ENROLL).unwrap());
    let new = || new().with_control(ControlPassword::parse(NEW_CONTROL).unwrap());
    shown.show(&block_on(registry.transfer(id, &new(), Epoch::new(1), ada)).unwrap());
    let repeated = block_on(registry.transfer(id, &new(), Epoch::new(2), ada)).unwrap_err();
    shown.show(&repeated);
    let TransferError::Refused(refused) = repeated else { panic!("it is refused") };
    shown.show(&refused);
    let enrollment = block_on(registry.enroll_by_operator(id, ada)).unwrap();
    let password = enrollment.credentials().connection_password();
    shown.secret("the connection password", password.expose_bytes());
    shown.show(&enrollment);
}

fn lists(shown: &mut Shown, registry: &Registry, id: &SerialId) {
    let all = SerialScope::Template(*id.template());
    shown.show(&all);
    let all = SerialFilter::of(all);
    shown.show(&all);
    shown.show(&block_on(registry.serials(&all, None, NonZeroUsize::MIN)).unwrap());
    shown.show(&block_on(registry.count_serials(&all, None)).unwrap().0);
    shown.show(&block_on(registry.explain(id, Verb::Enroll)).unwrap());
    let mut feed = registry.feed(FeedCursor::START);
    let page = block_on(feed.next_page(NonZeroUsize::MAX)).unwrap();
    shown.show(&feed);
    shown.show(&feed.cursor());
    for event in &page {
        shown.show(event);
    }
}

fn ends(shown: &mut Shown, registry: &Registry, id: &SerialId, ada: &Actor) {
    let mut deletion = registry.template_deletion(id.template(), Living::Refuse, ada);
    shown.show(&block_on(deletion.step()).unwrap_err());
    let mut deletion = registry.template_deletion(id.template(), Living::Retire, ada);
    shown.show(&block_on(deletion.step()).unwrap());
    shown.show(&deletion);
    let closed = block_on(registry.enroll_by_operator(id, ada)).unwrap_err();
    shown.show(&closed);
    let plugmint::OperatorEnrollError::TemplateClosed(closed) = closed else { panic!("closed") };
    shown.show(&closed);
}
