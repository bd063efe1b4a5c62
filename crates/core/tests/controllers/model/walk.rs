//! One sequence of verbs, taken by the core and by the model.

mod comparing;

use std::collections::{BTreeMap, BTreeSet};

use plugmint_core::controller::{ControllerRequest, ControllerStageName, EnrollControllerRefusal};
use plugmint_core::derivation::AuthVerifier;
use plugmint_core::lifecycle::{EnrollOutcome, Outcome, Stranger};
use plugmint_core::{KeyVersion, Ordinal, PlugId};
use proptest::sample::Index;

use crate::home::{Home, Told, Who};
use crate::scene::known_as;

use super::plain::Plain;
use super::{NewPasswords, Step, ThingStep};

/// Both, and what was ever given.
pub(super) struct Walk {
    home: Home,
    plain: Plain,
    /// Every ordinal that was given.
    ordinals: BTreeSet<(usize, Ordinal)>,
    /// Whose every Plug-ID is, and every connection password, with its epoch.
    plug_ids: BTreeMap<PlugId, (usize, Ordinal)>,
    passwords: BTreeMap<[u8; 24], (usize, Ordinal, u32)>,
    /// The password that each was given last.
    last: BTreeMap<(usize, Ordinal), AuthVerifier>,
    ended: Vec<(usize, Ordinal, AuthVerifier)>,
    /// What was answered, and by which verb.
    pub(super) answers: BTreeSet<String>,
}

impl Walk {
    pub(super) fn begin(cap: u16) -> Self {
        Self {
            home: Home::enrolled(cap),
            plain: Plain::begin(cap),
            ordinals: BTreeSet::new(),
            plug_ids: BTreeMap::new(),
            passwords: BTreeMap::new(),
            last: BTreeMap::new(),
            ended: Vec::new(),
            answers: BTreeSet::new(),
        }
    }

    pub(super) fn take(&mut self, (of, step): &(usize, Step)) {
        let of = *of;
        match step {
            Step::Enroll { own_serial, wrong } => self.enroll(of, *own_serial, *wrong),
            Step::Connect(who) => self.of_controller(of, *who, Self::connect),
            Step::ConnectWithEnded(which) => self.connect_with_ended(*which),
            Step::Disable(who) => self.of_controller(of, *who, Self::disable),
            Step::Enable(who) => self.of_controller(of, *who, Self::enable),
            Step::Reactivate(who, off) => {
                self.of_controller(of, *who, |walk, which| walk.reactivate(which, *off));
            }
            Step::Retire(who) => self.of_controller(of, *who, Self::retire),
            Step::RetireItself(who) => self.of_controller(of, *who, Self::retire_itself),
            Step::Add { who, wrong } => {
                self.by_holder(*who, |walk, who| walk.add(of, who, *wrong));
            }
            Step::Grant(who) => self.by_holder(*who, |walk, who| walk.grant(of, who)),
            Step::Release(who) => self.by_holder(*who, |walk, who| walk.release(of, who)),
            Step::ReleaseAll(who) => self.by_holder(*who, Self::release_all),
            Step::Thing(step) => self.thing(of, step),
        }
        self.end_what_has_ended();
        self.both_say_the_same();
    }

    fn answered<A: std::fmt::Debug + PartialEq>(&mut self, verb: &str, given: &A, expected: &A) {
        assert_eq!(given, expected, "{verb}");
        self.answers.insert(format!("{verb}: {given:?}"));
    }

    fn enroll(&mut self, of: usize, own: Option<&'static str>, wrong: Option<&'static str>) {
        let control = wrong.or(self.plain.things[of].control).unwrap_or("none at all");
        let request = own.map_or_else(ControllerRequest::new, known_as);
        let told = self.home.enroll(of, control, &request);
        let expected = self.plain.enroll(of, control, own);
        let given = told.as_ref().map(|told| (told.outcome, told.ordinal, told.is_written));
        assert_eq!(given.map_err(EnrollControllerRefusal::code), expected);
        let answer = expected.map(|(outcome, _, is_written)| (outcome, is_written));
        self.answered("enroll", &answer, &answer);
        if let Ok(told) = told {
            self.was_told(of, &told);
        }
    }

    /// What is new is nobody's, and what is repeated is the same.
    fn was_told(&mut self, of: usize, told: &Told) {
        let which = (of, told.ordinal);
        let epoch = self.home.things[of].controllers[&told.ordinal].epoch().number();
        let plug_id = *told.credentials.plug_id();
        let password = *told.credentials.connection_password().expose_bytes();
        let is_new = self.passwords.insert(password, (of, told.ordinal, epoch)).is_none();
        assert_eq!(is_new, told.outcome != EnrollOutcome::Repeated, "{told:?}");
        assert_eq!(self.ordinals.insert(which), told.outcome == EnrollOutcome::First, "{told:?}");
        let named = self.plug_ids.insert(plug_id, which);
        assert_eq!(named, (told.outcome != EnrollOutcome::First).then_some(which), "{told:?}");
        let last = self.last.insert(which, told.verifier.clone());
        if told.outcome == EnrollOutcome::Repeated {
            assert!(last.unwrap().matches(&told.verifier));
        }
    }

    /// Whoever was reactivated gets its new password, if nothing else keeps it out.
    fn comes_back(&self, (of, ordinal): (usize, Ordinal)) {
        let (thing, mut home) = (&self.plain.things[of], self.home.clone());
        let controller = &thing.controllers[&ordinal];
        let request = known_as(controller.own_serial.unwrap());
        home.enable((of, ordinal)).unwrap();
        match home.enroll(of, controller.born.1, &request) {
            Ok(told) => {
                assert_eq!((told.outcome, told.ordinal), (EnrollOutcome::Reissued, ordinal));
            }
            Err(EnrollControllerRefusal::Stranger(_)) => assert!(!thing.may_be_controlled()),
            Err(EnrollControllerRefusal::TooMany) => assert!(!thing.places.contains(&ordinal)),
            Err(EnrollControllerRefusal::LastOrdinal) => panic!("it has an ordinal"),
        }
    }

    fn connect(&mut self, which: (usize, Ordinal)) {
        let plain = self.plain.things[which.0].controllers.get_mut(&which.1).unwrap();
        let connected = self.home.connect(which, &self.last[&which]);
        let activates = plain.stage == ControllerStageName::Enrolled;
        let expected = if plain.connects() { Ok(activates) } else { Err(Stranger) };
        if expected.is_ok() {
            (plain.stage, plain.has_connected) = (ControllerStageName::Activated, true);
        }
        self.answered("connect", &connected, &expected);
    }

    fn connect_with_ended(&mut self, which: Index) {
        if !self.ended.is_empty() {
            let (of, ordinal, password) = which.get(&self.ended).clone();
            assert_eq!(self.home.connect((of, ordinal), &password), Err(Stranger));
        }
    }

    fn disable(&mut self, which: (usize, Ordinal)) {
        let did = self.home.disable(which).map_err(|refusal| refusal.code());
        let expected = self.plain.set_mark(which.0, which.1, false);
        self.answered("disable", &did, &expected);
    }

    fn enable(&mut self, which: (usize, Ordinal)) {
        let did = self.home.enable(which).map_err(|refusal| refusal.code());
        let expected = self.plain.set_mark(which.0, which.1, true);
        self.answered("enable", &did, &expected);
    }

    /// By somebody who saw an epoch that is `off` from that of today.
    fn reactivate(&mut self, which: (usize, Ordinal), off: i64) {
        let epoch = self.home.things[which.0].controllers[&which.1].epoch().number();
        let seen = u32::try_from((i64::from(epoch) + off).max(0)).unwrap();
        let did = self.home.reactivate(which, seen).map_err(|refusal| refusal.code());
        let expected = self.plain.reactivate(which.0, which.1, seen);
        self.answered("reactivate", &did, &expected);
        if did == Ok(Outcome::Done) {
            self.comes_back(which);
        }
    }

    fn retire(&mut self, which: (usize, Ordinal)) {
        let did = self.home.retire(which);
        let expected = self.plain.retire(which.0, which.1);
        self.answered("retire", &did, &expected);
    }

    fn retire_itself(&mut self, which: (usize, Ordinal)) {
        let connects = self.plain.things[which.0].controllers[&which.1].connects();
        let retired = self.home.retire_itself(which, &self.last[&which]);
        let expected = if connects { Ok(()) } else { Err(Stranger) };
        self.answered("retire-itself", &retired, &expected);
        if connects {
            self.plain.retire(which.0, which.1);
        }
    }

    fn add(&mut self, of: usize, who: Who, wrong: Option<&'static str>) {
        let control = wrong.or(self.plain.things[of].control).unwrap_or("none at all");
        let did = self.home.add(of, who, control).map_err(|stranger| stranger.code());
        let expected = self.plain.add(of, who, control);
        self.answered("add", &did, &expected);
    }

    fn grant(&mut self, of: usize, who: Who) {
        let did = self.home.grant(of, who).map_err(|refusal| refusal.code());
        let expected = self.plain.grant(of, who);
        self.answered("grant", &did, &expected);
    }

    fn release(&mut self, of: usize, who: Who) {
        let did = self.home.release(of, who);
        let expected = self.plain.release(of, who);
        self.answered("release", &did, &expected);
    }

    fn release_all(&mut self, who: Who) {
        self.home.release_all(who);
        self.plain.release_all(who);
    }

    fn thing(&mut self, of: usize, step: &ThingStep) {
        if self.do_thing(of, step) {
            self.plain.has_done(of, step);
            self.answers.insert(format!("{step:?}").split('(').take(1).collect());
        }
    }

    /// Whether it was done.
    fn do_thing(&mut self, of: usize, step: &ThingStep) -> bool {
        let home = &mut self.home;
        let new =
            |new: NewPasswords| (KeyVersion::new(new.version).unwrap(), new.enroll, new.control);
        match *step {
            ThingStep::Enroll => home.enroll_thing(of, self.plain.things[of].enroll).is_ok(),
            ThingStep::Connect => home.connect_thing(of).is_ok(),
            ThingStep::UnenrollItself => home.unenroll_itself(of).is_ok(),
            ThingStep::Disable => home.disable_thing(of) == Ok(Outcome::Done),
            ThingStep::Enable => home.enable_thing(of) == Ok(Outcome::Done),
            ThingStep::Reactivate => home.reactivate_thing(of) == Ok(Outcome::Done),
            ThingStep::Unenroll => home.unenroll(of) == Ok(Outcome::Done),
            ThingStep::ReplacePasswords(passwords) => {
                home.replace_passwords(of, new(passwords)) == Ok(Outcome::Done)
            }
            ThingStep::ReplaceControl(control, grants) => {
                home.replace_control(of, control, grants) == Ok(Outcome::Done)
            }
            ThingStep::Transfer(passwords) => {
                home.transfer(of, new(passwords)) == Ok(Outcome::Done)
            }
            ThingStep::SetAccess(access) => home.set_access(of, access) == Ok(Outcome::Done),
            ThingStep::Retire => home.retire_thing(of) == Outcome::Done,
        }
    }

    /// Does something with one of the Thing's Controllers, if there is one.
    fn of_controller(
        &mut self,
        of: usize,
        who: Index,
        verb: impl FnOnce(&mut Self, (usize, Ordinal)),
    ) {
        let ordinals: Vec<_> = self.plain.things[of].controllers.keys().copied().collect();
        if !ordinals.is_empty() {
            verb(self, (of, *who.get(&ordinals)));
        }
    }

    /// Lets one of all who may hold grants do something, if there is one.
    fn by_holder(&mut self, who: Index, verb: impl FnOnce(&mut Self, Who)) {
        let everybody = self.plain.everybody();
        if !everybody.is_empty() {
            verb(self, who.get(&everybody).0);
        }
    }

    fn end_what_has_ended(&mut self) {
        let plain = &self.plain;
        let has_ended =
            |(of, ordinal): (usize, Ordinal)| match plain.things[of].controllers[&ordinal].stage {
                ControllerStageName::MustEnrollAgain | ControllerStageName::Retired => true,
                ControllerStageName::Enrolled | ControllerStageName::Activated => false,
            };
        let now = self.last.iter().filter(|(which, _)| has_ended(**which));
        let now: Vec<_> = now.map(|(which, of)| (which.0, which.1, of.clone())).collect();
        for (of, ordinal, password) in now {
            let known = self.ended.iter().any(|(_, _, ended)| ended.matches(&password));
            if !known {
                self.ended.push((of, ordinal, password));
            }
        }
    }
}
