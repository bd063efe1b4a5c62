//! What an operator looks at, follows, forgets and puts away.

use std::num::NonZeroUsize;

use plugmint::{
    Actor, EnrollPassword, EventHash, FeedCursor, HistoryHead, Living, Mark, NewSerial, Registry,
    SerialFilter, SerialId, SerialScope, StageName, TemplateChange, UnixMillis, Verb,
};
use plugmint_tests::of_template;

use crate::host::UNWANTED;
use crate::kept::Kept;
use crate::secrets::{CONTROL, ENROLL};

pub(crate) async fn looks(kept: &Kept, registry: &Registry, id: &SerialId) {
    let page = NonZeroUsize::MIN;
    let nowhere = "mod-000000000000000000000000".parse().unwrap();
    let company = SerialFilter::of(SerialScope::Company(*registry.company()));
    for filter in [
        of_template(id.template()),
        company,
        company.in_stage(StageName::Activated).marked(Mark::Enabled),
    ] {
        kept.debug(&filter);
        kept.value(&registry.serials(&filter, None, page).await.unwrap());
        kept.value(&registry.count_serials(&filter, None).await.unwrap());
    }
    let elsewhere = of_template(&nowhere);
    kept.error(registry.serials(&elsewhere, None, page).await.unwrap_err());
    kept.error(registry.count_serials(&elsewhere, None).await.unwrap_err());
    let nobody = SerialId::new(nowhere, *id.serial());
    let here = of_template(id.template());
    kept.error(registry.serials(&here, Some(&nobody), page).await.unwrap_err());
    for mixed_up in [ENROLL.to_owned(), format!("{ENROLL}/{CONTROL}")] {
        kept.error(mixed_up.parse::<SerialId>().unwrap_err());
    }
    kept.value(&registry.explain(id, Verb::Enroll).await.unwrap());
    for id in [id, &nobody] {
        kept.value(&registry.explain_all(id, &Verb::ALL).await.unwrap());
    }
}

pub(crate) async fn follows_and_forgets(kept: &Kept, registry: &Registry, id: &SerialId) {
    let mut feed = registry.feed(FeedCursor::START);
    let page = feed.next_page(NonZeroUsize::MAX).await.unwrap();
    assert!(page.len() > 20, "there is something to follow: {}", page.len());
    kept.value(&page);
    kept.debug(&feed);
    kept.value(&feed.cursor());
    let verified = kept.value_of(registry.verify_history(id, None).await.unwrap());
    let other = HistoryHead::from_parts(verified.head.count(), EventHash::from_parts([7; 32]));
    kept.value(&registry.verify_history(id, Some(&verified.head)).await.unwrap());
    kept.error(registry.verify_history(id, Some(&other)).await.unwrap_err());
    let forgotten = registry.forget_events(UnixMillis::new(u64::MAX), None).await.unwrap();
    assert!(forgotten.events > 0);
    kept.debug(&forgotten);
    kept.value(&registry.verify_history(id, None).await.unwrap());
}

/// A template that is changed, closed, opened and deleted, and two serials that it takes along.
pub(crate) async fn puts_away(kept: &Kept, registry: &Registry, id: &SerialId, ada: &Actor) {
    let password = || EnrollPassword::parse(ENROLL).unwrap();
    for serial in [*id.serial(), UNWANTED.parse().unwrap()] {
        let new = NewSerial::new(serial, password());
        kept.value(&registry.register(id.template(), new, ada).await.unwrap());
    }
    let known = NewSerial::new(*id.serial(), password());
    for verdict in registry.register_all(id.template(), vec![known], ada).await.unwrap() {
        kept.error(verdict.unwrap_err());
    }
    kept.value(&registry.template(id.template()).await.unwrap());
    let unwanted = SerialId::new(*id.template(), UNWANTED.parse().unwrap());
    kept.error(registry.enroll(&unwanted, &password()).await.unwrap_err());
    kept.error(registry.enroll_by_operator(&unwanted, ada).await.unwrap_err());
    kept.debug(&registry.enroll(id, &password()).await.unwrap());
    let change = TemplateChange::new().rename("Lamps".parse().unwrap());
    kept.debug(&change);
    kept.value(&registry.change_template(id.template(), &change).await.unwrap());
    kept.value(&registry.close_template(id.template()).await.unwrap());
    kept.error(registry.enroll(id, &password()).await.unwrap_err());
    let new = NewSerial::new("SN-3".parse().unwrap(), password());
    kept.error(registry.register(id.template(), new, ada).await.unwrap_err());
    kept.value(&registry.open_template(id.template()).await.unwrap());
    let deleted = registry.delete_template(id.template(), Living::Refuse, ada).await;
    kept.error(deleted.unwrap_err());
    let mut deletion = registry.template_deletion(id.template(), Living::Retire, ada);
    while kept.value_of(deletion.step().await.unwrap()).outcome.is_none() {
        kept.debug(&deletion);
    }
    kept.error(registry.change_template(id.template(), &change).await.unwrap_err());
    kept.error(registry.close_template(id.template()).await.unwrap_err());
    kept.error(registry.open_template(id.template()).await.unwrap_err());
}
