//! What a model remembers of the passwords of a serial.

use plugmint_core::derivation::AuthVerifier;
use plugmint_core::lifecycle::{
    Answer, Decision, Mark, Outcome, SerialRecord, Situation, Stage, Verb, rule,
};
use plugmint_core::{
    CompanyId, Epoch, Ordinal, ProductionTemplate, RepeatPolicy, TemplateDesign, TemplateName,
};

use crate::ask::{Asked, ask};
use crate::scene::{at, auth_verifier, connects, id, operator, registration};

use super::{PASSWORDS, Passwords, Step};

/// One life of a serial, and what a model remembers of it.
pub(super) struct Life {
    template: ProductionTemplate,
    now: u64,
    record: SerialRecord,
    passwords: (&'static str, Option<&'static str>),
    /// The connection password that the device was given last, and whether it has used it.
    current: Option<(AuthVerifier, bool)>,
    /// The one before, and the first instant at which it does not connect.
    overlap: Option<(AuthVerifier, u64)>,
    ended: Vec<AuthVerifier>,
    /// Whether the control password was replaced since the passwords were given.
    control_replaced: bool,
}

impl Life {
    pub(super) fn begin(repeat: RepeatPolicy, first: &Passwords) -> Self {
        let name = TemplateName::parse("Lamps").unwrap();
        let design = TemplateDesign::new(name).with_repeat(repeat);
        let company = CompanyId::from_parts([1; 12]);
        let template = ProductionTemplate::create(*id().template(), company, design, at(1));
        let step = Step { verb: Verb::Register, new: first.clone(), pause: 0, overlap: None };
        let (_, record) = ask(Verb::Register, None, &asked((first.enroll, None), &step, 1, repeat));
        Self {
            template,
            now: 1,
            record: record.unwrap(),
            passwords: (first.enroll, first.control),
            current: None,
            overlap: None,
            ended: Vec::new(),
            control_replaced: false,
        }
    }

    pub(super) fn live(&mut self, step: &Step) {
        self.now += step.pause;
        self.end_what_is_up();
        let repeat = self.template.design().repeat();
        let asked = asked(self.passwords, step, self.now, repeat);
        let (answer, after) = ask(step.verb, Some(self.record.clone()), &asked);
        assert_eq!(answer, self.expected(step), "{step:?}");
        let before = self.record.clone();
        if let Some(after) = after {
            self.record = after;
            self.remember(step);
        }
        self.nothing_has_come_back();
        self.counts_only_rise(&before);
        self.who_is_revoked_is_told(&before);
        self.a_repeat_does_nothing();
    }

    /// What the table says, unless it is a matter of the passwords that are offered.
    fn expected(&self, step: &Step) -> Answer {
        let situation = Situation::of(Some(&self.record), Some(&self.template), at(self.now));
        let answer = rule(step.verb, &situation).answer();
        let Answer::Becomes(_) = answer else { return answer };
        let (enroll, control) = self.passwords;
        let Passwords { enroll: new_enroll, control: new_control, .. } = step.new;
        let same = |new: Option<&str>, old: Option<&str>| new.is_some() && new == old;
        match step.verb {
            Verb::Transfer => {
                let repeated = [Some(new_enroll), new_control]
                    .into_iter()
                    .any(|new| same(new, Some(enroll)) || same(new, control));
                if repeated { Answer::Refused("repeated-password") } else { answer }
            }
            Verb::ReplacePasswords => {
                let unchanged = new_enroll == enroll || same(new_control, control);
                if unchanged { Answer::Refused("unchanged-password") } else { answer }
            }
            Verb::ReplaceControlPassword => {
                let new = new_control.unwrap_or(new_enroll);
                match (new == enroll, Some(new) == control, self.control_replaced) {
                    (true, _, _) => Answer::Refused("same-passwords"),
                    (false, true, true) => Answer::AlreadyDone,
                    (false, true, false) => Answer::Refused("unchanged-password"),
                    (false, false, _) => answer,
                }
            }
            Verb::Register
            | Verb::Enroll
            | Verb::EnrollByOperator
            | Verb::Authenticate
            | Verb::AuthenticateInOverlap
            | Verb::Disable
            | Verb::Enable
            | Verb::Reactivate
            | Verb::Unenroll
            | Verb::UnenrollByDevice
            | Verb::EnrollController
            | Verb::AddThing
            | Verb::Grant
            | Verb::Release
            | Verb::SetAccess
            | Verb::Retire => answer,
        }
    }

    /// What has changed, by the rules and not by the record.
    fn remember(&mut self, step: &Step) {
        match step.verb {
            Verb::Enroll | Verb::EnrollByOperator => {
                let epoch = registration(&self.record).epoch().number();
                self.current = Some((auth_verifier(self.passwords.0, epoch), false));
            }
            Verb::Authenticate => {
                self.current.as_mut().unwrap().1 = true;
                self.end_overlap();
            }
            Verb::Reactivate => {
                let until = step.overlap.map(|overlap| self.now + overlap);
                match self.current.take() {
                    Some((password, true)) => self.overlap = Some((password, self.now)),
                    Some((password, false)) => self.ended.push(password),
                    None => {}
                }
                self.overlap = self.overlap.take().map(|(of, _)| (of, until.unwrap_or(self.now)));
                self.end_what_is_up();
            }
            Verb::Unenroll | Verb::UnenrollByDevice | Verb::Retire => self.end_all(),
            Verb::ReplacePasswords | Verb::Transfer => {
                self.end_all();
                self.passwords = (step.new.enroll, step.new.control);
                self.control_replaced = false;
            }
            Verb::ReplaceControlPassword => {
                self.passwords.1 = Some(step.new.control.unwrap_or(step.new.enroll));
                self.control_replaced = true;
            }
            Verb::Disable
            | Verb::Enable
            | Verb::EnrollController
            | Verb::AddThing
            | Verb::Grant
            | Verb::Release
            | Verb::SetAccess => {}
            Verb::Register | Verb::AuthenticateInOverlap => panic!("nothing was to be written"),
        }
    }

    fn end_all(&mut self) {
        self.ended.extend(self.current.take().map(|(password, _)| password));
        self.end_overlap();
    }

    fn end_overlap(&mut self) {
        self.ended.extend(self.overlap.take().map(|(password, _)| password));
    }

    fn end_what_is_up(&mut self) {
        if self.overlap.as_ref().is_some_and(|(_, until)| *until <= self.now) {
            self.end_overlap();
        }
    }

    fn nothing_has_come_back(&self) {
        for password in &self.ended {
            assert!(!connects(&self.record, password, at(self.now)), "{:?}", self.record);
        }
        let enabled = self.record.mark() == Some(Mark::Enabled);
        let alive = self.current.iter().map(|(of, _)| of);
        for password in alive.chain(self.overlap.iter().map(|(of, _)| of)) {
            assert_eq!(
                connects(&self.record, password, at(self.now)),
                enabled,
                "{:?}",
                self.record
            );
        }
        if let (None, Some(registration)) = (&self.current, self.record.stage().registration()) {
            let to_come = auth_verifier(self.passwords.0, registration.epoch().number());
            assert!(!connects(&self.record, &to_come, at(self.now)), "{:?}", self.record);
        }
        self.at_most_two_passwords_connect();
    }

    /// Of all that any of the passwords could give at any epoch that there was.
    fn at_most_two_passwords_connect(&self) {
        let last = counts(&self.record).0.number();
        let epochs = last.saturating_sub(3)..=last + 1;
        let all = epochs.flat_map(|of| PASSWORDS.map(|enroll| auth_verifier(enroll, of)));
        let mut all: Vec<_> = all.collect();
        all.extend(self.overlap.iter().map(|(of, _)| of.clone()));
        let mut connecting: Vec<_> = all
            .iter()
            .filter(|password| connects(&self.record, password, at(self.now)))
            .map(|password| *password.expose_bytes())
            .collect();
        connecting.sort_unstable();
        connecting.dedup();
        assert!(connecting.len() <= 2, "{:?}", self.record);
    }

    fn counts_only_rise(&self, before: &SerialRecord) {
        let ((epoch, ordinal), (epoch_before, ordinal_before)) =
            (counts(&self.record), counts(before));
        assert!(epoch == epoch_before || Some(epoch) == epoch_before.next());
        assert!(ordinal >= ordinal_before);
    }

    /// The credential says that it is revoked if and only if a password that connected does not.
    fn who_is_revoked_is_told(&self, before: &SerialRecord) {
        let now = at(self.now);
        let alive = self.current.iter().map(|(of, _)| of);
        let alive = alive.chain(self.overlap.iter().map(|(of, _)| of)).chain(&self.ended);
        let revoked = alive
            .filter(|password| connects(before, password, now))
            .any(|password| !connects(&self.record, password, now));
        let told = before.credentials(&id()).into_iter().any(|credential| {
            let mut after = self.record.credentials(&id()).into_iter();
            let successor = after
                .find(|after| after.plug_id() == credential.plug_id())
                .unwrap_or_else(|| credential.clone().into_closed());
            credential.is_revoked_by(&successor, now)
        });
        assert_eq!(told, revoked, "{before:?}, {:?}", self.record);
    }

    /// A call that saw the epoch of before does nothing.
    fn a_repeat_does_nothing(&self) {
        let Some(seen) = counts(&self.record).0.number().checked_sub(1).map(Epoch::new) else {
            return;
        };
        let until = Some(at(self.now + 100));
        let reactivated = self.record.clone().reactivate(seen, until, operator(), at(self.now));
        let unenrolled = self.record.clone().unenroll(seen, operator(), at(self.now));
        for repeated in [reactivated, unenrolled] {
            match repeated {
                Ok(Decision::Answer(Outcome::AlreadyDone)) | Err(_) => {}
                Ok(Decision::Answer(Outcome::Done) | Decision::Commit(..)) => {
                    panic!("an epoch that has risen rose again: {:?}", self.record)
                }
            }
        }
    }
}

fn asked<'a>(
    (enroll, control): (&'a str, Option<&'a str>),
    step: &Step,
    now: u64,
    repeat: RepeatPolicy,
) -> Asked<'a> {
    let Passwords { enroll: new_enroll, control: new_control, seal } = step.new;
    let until = step.overlap.map(|overlap| at(now + overlap));
    Asked { enroll, control, new_enroll, new_control, seal, repeat, until, at: at(now) }
}

/// The epoch and the next ordinal.
fn counts(record: &SerialRecord) -> (Epoch, Ordinal) {
    match record.stage() {
        Stage::Retired(retired) => (retired.epoch(), retired.next_ordinal()),
        Stage::Registered(_) | Stage::Enrolled(_) | Stage::Activated(_) => {
            (registration(record).epoch(), registration(record).next_ordinal())
        }
    }
}
