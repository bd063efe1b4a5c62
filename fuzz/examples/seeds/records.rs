//! Records: everything that lies in a store behind some lives, and records with labels.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use plugmint::{
    CompanyId, KeyVersion, Labels, ProductionTemplate, SerialId, TemplateId, UnixMillis,
};
use plugmint_core::Author;
use plugmint_core::derivation::Verifier;
use plugmint_core::lifecycle::{Registered, Registration, SerialRecord};
use plugmint_fuzz::lifecycle::run;
use plugmint_tests::design;
use pollster::block_on;

use super::{Seed, lives};

pub(super) fn seeds() -> Vec<Seed> {
    let mut kept = BTreeSet::new();
    for (_, commands) in lives::all().into_iter().filter(|(_, commands)| !commands.tagged) {
        let store = run(&commands);
        for (key, record) in block_on(store.scan(b"", None, NonZeroUsize::MAX)).unwrap() {
            kept.insert((key.as_bytes()[0], record.into_value()));
        }
    }
    kept.retain(|(_, bytes)| !bytes.is_empty());
    // A few of each kind and length are enough.
    let mut shapes = BTreeSet::new();
    kept.retain(|(kind, bytes)| shapes.insert((*kind, bytes.len(), bytes[1])));
    kept.extend([(b't', labelled_template()), (b's', labelled_serial())]);
    let name =
        |(number, (kind, _)): &(u32, (u8, Vec<u8>))| format!("{}-{number:02}", char::from(*kind));
    (0..).zip(kept).map(|numbered| (name(&numbered), numbered.1.1)).collect()
}

fn labelled_template() -> Vec<u8> {
    let (id, company) = (TemplateId::from_parts([7; 12]), CompanyId::from_parts([3; 12]));
    let design = design().with_labels(labels());
    ProductionTemplate::create(id, company, design, UnixMillis::new(5)).encode()
}

fn labelled_serial() -> Vec<u8> {
    let id = SerialId::new(TemplateId::from_parts([7; 12]), "SN-1".parse().unwrap());
    let [enroll, control] = [[1; 32], [2; 32]].map(Verifier::from_parts);
    let at = UnixMillis::new(5);
    let registration = Registration::new(KeyVersion::FIRST, enroll, Some(control), at);
    let registered = Registered::new(registration.with_labels(labels()), None);
    SerialRecord::register(&id, registered, Author::Device).record().encode()
}

fn labels() -> Labels {
    let mut labels = Labels::new();
    for (name, value) in [("a", "2026-11"), ("b", ""), ("plant", "M\u{fc}nchen")] {
        labels.insert(name, value).unwrap();
    }
    labels
}
