//! Every verb of a Thing and of its Controllers, by who does everything right. Each says whether
//! anything was written.

use std::convert::Infallible;

use plugmint_core::controller::{
    ControlledThing, ControllerRefusal, ControllerRequest, ReactivateControllerRefusal,
};
use plugmint_core::derivation::AuthVerifier;
use plugmint_core::grant::NotControllable;
use plugmint_core::lifecycle::{
    Decision, EnrollRefusal, GrantsThen, Outcome, Registration, ReplaceControlRefusal,
    ReplaceRefusal, RetiredSerial, RevokeRefusal, SerialRecord, Stage, Stranger, TransferRefusal,
};
use plugmint_core::{AccessLevel, Epoch, KeyVersion, Ordinal, RepeatPolicy};

use crate::home::{Home, Told, Who};
use crate::scene::{
    CONTROL, LAMP, control_key, enroll_key, keys, known_as, offered, operator, renewal,
};

/// Whether a verb did something; [`Home`] has made sure that what does is written.
pub(crate) type Did<E> = Result<Outcome, E>;

/// The verbs of Controllers.
impl Home {
    /// Somebody enrolls with the lamp's control password and an own serial number.
    pub(crate) fn comes_as(&mut self, own_serial: &str) -> Told {
        self.enroll(LAMP, CONTROL, &known_as(own_serial)).unwrap()
    }

    /// Somebody enrolls with the lamp's control password and says nothing of itself.
    pub(crate) fn comes(&mut self) -> Told {
        self.enroll(LAMP, CONTROL, &ControllerRequest::new()).unwrap()
    }

    /// Whether it was written: the first time is.
    pub(crate) fn connect(
        &mut self,
        (of, ordinal): (usize, Ordinal),
        presented: &AuthVerifier,
    ) -> Result<bool, Stranger> {
        let done = self.on(of, ordinal, |attached, _, at| attached.authenticate(presented, at))?;
        Ok(done.1)
    }

    pub(crate) fn disable(&mut self, (of, ordinal): (usize, Ordinal)) -> Did<ControllerRefusal> {
        self.on(of, ordinal, |attached, _, at| attached.disable(&operator(), at)).map(did)
    }

    pub(crate) fn enable(&mut self, (of, ordinal): (usize, Ordinal)) -> Did<ControllerRefusal> {
        self.on(of, ordinal, |attached, _, at| attached.enable(&operator(), at)).map(did)
    }

    pub(crate) fn reactivate(
        &mut self,
        (of, ordinal): (usize, Ordinal),
        seen: u32,
    ) -> Did<ReactivateControllerRefusal> {
        let known = self.known(of, self.things[of].controllers[&ordinal].own_serial());
        let reactivated = self.on(of, ordinal, |attached, _, at| {
            attached.reactivate(known, Epoch::new(seen), &operator(), at)
        });
        reactivated.map(did)
    }

    pub(crate) fn retire(&mut self, (of, ordinal): (usize, Ordinal)) -> Outcome {
        let retired = self.on(of, ordinal, |attached, roster, at| {
            Ok::<_, Infallible>(attached.retire(roster, &operator(), at))
        });
        retired.map(did).unwrap()
    }

    pub(crate) fn retire_itself(
        &mut self,
        (of, ordinal): (usize, Ordinal),
        presented: &AuthVerifier,
    ) -> Result<(), Stranger> {
        let retired = self
            .on(of, ordinal, |attached, roster, at| attached.retire_itself(presented, roster, at));
        assert!(retired?.1);
        Ok(())
    }

    /// All that a holder was granted ends.
    pub(crate) fn release_all(&mut self, who: Who) {
        let released = match who {
            Who::Controller(of, ordinal) => self.on(of, ordinal, |attached, _, at| {
                let change = attached.release_all(&operator(), at);
                Ok::<_, Infallible>(Decision::Commit(Box::new(change), ()))
            }),
            Who::Thing(of) => self.between(of, who, |record, holder, _, at| {
                let change = record.release_all(holder, &operator(), at);
                Ok(Decision::Commit(Box::new(change), ()))
            }),
        };
        assert!(released.unwrap().1);
    }

    /// A holder adds a Thing with that Thing's control password.
    pub(crate) fn add(&mut self, of: usize, who: Who, control: &str) -> Did<Stranger> {
        let presented = control_key(of, self.things[of].key_version(), control).verifier();
        let added = self.between(of, who, |record, holder, grant, at| {
            Ok(ControlledThing::prove(Some(record), presented)?.add_holder(holder, grant, at))
        });
        added.map(did)
    }

    pub(crate) fn grant(&mut self, of: usize, who: Who) -> Did<NotControllable> {
        let granted = self.between(of, who, |record, holder, grant, at| {
            record.grant_by_operator(holder, grant, &operator(), at)
        });
        granted.map(did)
    }

    pub(crate) fn release(&mut self, of: usize, who: Who) -> Outcome {
        let released = self.between(of, who, |record, holder, grant, at| {
            Ok::<_, Infallible>(record.release_holder(holder, grant, &operator(), at))
        });
        released.map(did).unwrap()
    }
}

/// The verbs of Things.
impl Home {
    pub(crate) fn enroll_thing(&mut self, of: usize, password: &str) -> Result<(), EnrollRefusal> {
        let version = self.things[of].key_version();
        let (key, keys) = (enroll_key(of, version, password), keys(version));
        let enrolled = self.of_thing(of, |record, at| {
            let repeat = RepeatPolicy::UntilActivated;
            SerialRecord::enroll(Some(record), &key, repeat, keys.auth(), None, at)
        });
        enrolled.map(|_| ())
    }

    /// Its device connects with the password that it was given last, if it was given one.
    pub(crate) fn connect_thing(&mut self, of: usize) -> Result<(), Stranger> {
        let password = self.password_of_thing(of).ok_or(Stranger)?;
        self.of_thing(of, |record, at| record.authenticate(&password, at)).map(|_| ())
    }

    /// Its device takes itself off with the password that it was given last.
    pub(crate) fn unenroll_itself(&mut self, of: usize) -> Result<(), Stranger> {
        let password = self.password_of_thing(of).ok_or(Stranger)?;
        self.of_thing(of, |record, at| record.unenroll_by_device(&password, at)).map(|_| ())
    }

    pub(crate) fn disable_thing(&mut self, of: usize) -> Did<RetiredSerial> {
        self.of_thing(of, |record, at| record.disable(operator(), at)).map(did)
    }

    pub(crate) fn enable_thing(&mut self, of: usize) -> Did<RetiredSerial> {
        self.of_thing(of, |record, at| record.enable(operator(), at)).map(did)
    }

    pub(crate) fn set_access(
        &mut self,
        of: usize,
        access: Option<AccessLevel>,
    ) -> Did<RetiredSerial> {
        self.of_thing(of, |record, at| record.set_access(access, operator(), at)).map(did)
    }

    pub(crate) fn reactivate_thing(&mut self, of: usize) -> Did<RevokeRefusal> {
        let seen = self.epoch_of_thing(of);
        self.of_thing(of, |record, at| record.reactivate(seen, None, operator(), at)).map(did)
    }

    pub(crate) fn unenroll(&mut self, of: usize) -> Did<RevokeRefusal> {
        let seen = self.epoch_of_thing(of);
        self.of_thing(of, |record, at| record.unenroll(seen, operator(), at)).map(did)
    }

    pub(crate) fn replace_passwords(
        &mut self,
        of: usize,
        (version, enroll, control): (KeyVersion, &str, Option<&str>),
    ) -> Did<ReplaceRefusal> {
        let seen = self.epoch_of_thing(of);
        let offered = offered(of, self.things[of].key_version(), enroll, control);
        let renewal = renewal(of, version, enroll, control);
        let replaced = self.of_thing(of, |record, at| {
            record.replace_passwords(seen, &offered, renewal, operator(), at)
        });
        replaced.map(did)
    }

    pub(crate) fn transfer(
        &mut self,
        of: usize,
        (version, enroll, control): (KeyVersion, &str, Option<&str>),
    ) -> Did<TransferRefusal> {
        let seen = self.epoch_of_thing(of);
        let offered = offered(of, self.things[of].key_version(), enroll, control);
        let renewal = renewal(of, version, enroll, control);
        let transferred = self
            .of_thing(of, |record, at| record.transfer(seen, &offered, renewal, operator(), at));
        transferred.map(did)
    }

    pub(crate) fn replace_control(
        &mut self,
        of: usize,
        control: &str,
        grants: GrantsThen,
    ) -> Did<ReplaceControlRefusal> {
        let version = self.things[of].key_version();
        let as_enroll = enroll_key(of, version, control).verifier();
        let control = control_key(of, version, control).verifier();
        let replaced = self.of_thing(of, |record, at| {
            record.replace_control_password(control, &as_enroll, grants, operator(), at)
        });
        replaced.map(did)
    }

    pub(crate) fn retire_thing(&mut self, of: usize) -> Outcome {
        let retired =
            self.of_thing(of, |record, at| Ok::<_, Infallible>(record.retire(operator(), at)));
        retired.map(did).unwrap()
    }

    fn epoch_of_thing(&self, of: usize) -> Epoch {
        self.things[of].record.stage().registration().map_or(Epoch::FIRST, Registration::epoch)
    }

    fn password_of_thing(&self, of: usize) -> Option<AuthVerifier> {
        match self.things[of].record.stage() {
            Stage::Enrolled(enrolled) => Some(enrolled.identity().auth_verifier().clone()),
            Stage::Activated(activated) => Some(activated.identity().auth_verifier().clone()),
            Stage::Registered(_) | Stage::Retired(_) => None,
        }
    }
}

fn did((outcome, is_written): (Outcome, bool)) -> Outcome {
    assert_eq!(is_written, outcome == Outcome::Done, "what is done is written, and nothing else");
    outcome
}
