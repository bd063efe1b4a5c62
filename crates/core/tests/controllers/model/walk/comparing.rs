//! Whether the core and the model say the same.

use plugmint_core::derivation::AuthVerifier;
use plugmint_core::lifecycle::{Mark, StageName};
use plugmint_core::{Admission, Ordinal, SerialNumber};

use crate::scene::{GATE, LAMP, at, id};

use super::Walk;

impl Walk {
    pub(super) fn both_say_the_same(&self) {
        for of in [LAMP, GATE] {
            self.things_are_the_same(of);
            for (who, may_act) in self.plain.everybody() {
                let (given, expected) =
                    (self.home.access(of, who), self.plain.access(of, who, may_act));
                assert_eq!(given, expected, "{who:?} on {of}");
            }
        }
        for (of, ordinal, password) in &self.ended {
            assert!(!self.connects((*of, *ordinal), password), "{of} {ordinal}");
        }
        for (which, password) in &self.last {
            let expected = self.plain.things[which.0].controllers[&which.1].connects();
            assert_eq!(self.connects(*which, password), expected, "{which:?}");
        }
    }

    fn things_are_the_same(&self, of: usize) {
        let (thing, plain) = (&self.home.things[of], &self.plain.things[of]);
        assert_eq!(thing.record.stage().name(), plain.stage);
        if plain.stage != StageName::Retired {
            let next = thing.registration().next_ordinal().number();
            assert_eq!(usize::try_from(next), Ok(plain.controllers.len()));
            let roster = self.home.roster(of);
            assert!(roster.ordinals().iter().eq(&plain.places), "{roster:?}");
            let cap = self.home.template.design().controllers().number();
            assert!(roster.ordinals().len() <= usize::from(cap));
        }
        assert!(thing.controllers.keys().eq(plain.controllers.keys()));
        for (controller, plain) in thing.controllers.values().zip(plain.controllers.values()) {
            assert_eq!(controller.stage().name(), plain.stage);
            assert_eq!(controller.mark() == Mark::Enabled, plain.is_enabled);
            assert_eq!(controller.epoch().number(), plain.epoch);
            assert_eq!(controller.connected_at().is_some(), plain.has_connected);
            assert_eq!(controller.key_version().number(), plain.born.0);
            assert_eq!(controller.own_serial().map(SerialNumber::as_str), plain.own_serial);
        }
    }

    /// Whether a password connects, by the record and by the credential: both say the same.
    fn connects(&self, (of, ordinal): (usize, Ordinal), password: &AuthVerifier) -> bool {
        let attached = self.home.attached(of, ordinal);
        let credential = attached.controller.credential(&id(of), ordinal);
        let by_credential = match credential.admit(password) {
            Admission::Admitted(_) | Admission::Activates(_) => true,
            Admission::Overlap(_) | Admission::Refused => false,
        };
        let by_record = attached.authenticate(password, at(self.home.now)).is_ok();
        assert_eq!(by_record, by_credential, "record and credential agree");
        by_record
    }
}
