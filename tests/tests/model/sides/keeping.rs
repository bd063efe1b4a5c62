//! What a registry answers about profiles, and what it keeps.

use std::collections::{BTreeMap, BTreeSet};

use plugmint::{AuthenticateError, PlugId, Profile, SetProfileError};
use pollster::block_on;

use crate::operation::{Answer, Operation};
use crate::profiles::change;
use crate::reference::{Model, ada, said};

use super::answers::outcome;
use super::{ALL, Side};

impl Side {
    pub(super) async fn answer_keeping(&self, model: &Model, operation: Operation) -> Answer {
        match operation {
            Operation::SetProfile { pick, change: number } => {
                let Some(given) = model.picked(pick) else { return said("refused") };
                let (change, ada) = (change(number), ada());
                let done = self.registry.set_profile(&given.plug_id, &change, &ada).await;
                outcome(done, SetProfileError::code)
            }
            Operation::SetOwnProfile { pick, change: number } => {
                let Some(given) = model.picked(pick) else { return said("refused") };
                let (change, password) = (change(number), given.password());
                let done = self.registry.set_own_profile(&given.plug_id, &password, &change);
                outcome(done.await, AuthenticateError::code)
            }
            operation => panic!("{operation:?} keeps nothing"),
        }
    }

    /// What is kept with everybody that ever was, looked up and in the store.
    pub(super) fn shows_profiles(&self, model: &Model) {
        assert_eq!(self.profiles(), profiles_of(model));
        let given: BTreeSet<PlugId> = model.given.iter().map(|given| given.plug_id).collect();
        for plug_id in given {
            let profile: Profile = block_on(self.registry.profile(&plug_id)).unwrap();
            assert_eq!(profile, model.profile(&plug_id), "{plug_id}");
        }
    }

    pub(super) fn profiles(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let records = block_on(self.store.scan(b"d", None, ALL)).unwrap();
        let owned = records.into_iter();
        owned.map(|(key, record)| (key.as_bytes().to_vec(), record.into_value())).collect()
    }
}

/// Each profile under its key.
pub(super) fn profiles_of(model: &Model) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let keyed = |(plug_id, profile): (&PlugId, &Profile)| {
        ([b"d".as_slice(), plug_id.body()].concat(), profile.encode())
    };
    model.profiles.iter().map(keyed).collect()
}
