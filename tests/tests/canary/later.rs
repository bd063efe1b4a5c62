//! The later epochs of a device: its passwords end, go on for a while, and are replaced.

use plugmint::{
    Actor, ConnectionPassword, ControlPassword, Credentials, EnrollPassword, Enrollment, Epoch,
    GrantsThen, NewPasswords, Outcome, PlugId, Registry, SerialId, Source, UnixMillis,
};
use plugmint_tests::Canaries;

use crate::kept::Kept;
use crate::secrets::{
    CONTROL, ENROLL, LAST_CONTROL, LAST_ENROLL, NEW_CONTROL, NEW_ENROLL, OTHER_CONTROL,
    WRONG_CONNECTION,
};

/// A device whose story goes on.
pub(crate) struct Later<'a> {
    pub(crate) kept: &'a Kept,
    pub(crate) registry: &'a Registry,
    pub(crate) id: &'a SerialId,
    pub(crate) ada: &'a Actor,
    pub(crate) secrets: &'a Canaries,
}

impl Later<'_> {
    /// From an activated device at its first epoch to one that is enrolled with its last passwords.
    pub(crate) async fn told(&self) {
        self.overlaps().await;
        self.is_taken_off().await;
        self.goes_to_somebody_else().await;
        self.is_replaced().await;
        self.is_enrolled_by_operator().await;
    }

    /// From epoch 0 to 1.
    async fn overlaps(&self) {
        let (kept, registry, id, ada) = (self.kept, self.registry, self.id, self.ada);
        let first = self.enroll(ENROLL).await;
        let first = first.credentials();
        kept.error(registry.enroll_by_operator(id, ada).await.unwrap_err());
        let until = UnixMillis::new(u64::MAX);
        for outcome in [Outcome::Done, Outcome::AlreadyDone] {
            let again = registry.reactivate_with_overlap(id, Epoch::FIRST, until, ada);
            assert_eq!(kept.value_of(again.await.unwrap()), outcome);
        }
        kept.error(registry.unenroll(id, Epoch::FIRST, ada).await.unwrap_err());
        self.connects(first).await;
        kept.value(&registry.serial(id).await.unwrap());
        self.is_not_taken_off(first.plug_id(), first.connection_password()).await;
        let second = self.enroll(ENROLL).await;
        self.connects(first).await;
        self.connects(second.credentials()).await;
        let ended = registry.authenticate(first.plug_id(), first.connection_password()).await;
        kept.error(ended.unwrap_err());
    }

    /// From epoch 1 to 4.
    async fn is_taken_off(&self) {
        let (kept, registry, id, ada) = (self.kept, self.registry, self.id, self.ada);
        let seen = Epoch::new(1);
        kept.value(&registry.unenroll(id, seen, ada).await.unwrap());
        kept.error(registry.unenroll(id, Epoch::new(2), ada).await.unwrap_err());
        let enrollment = self.enroll(ENROLL).await;
        self.connects(enrollment.credentials()).await;
        let (plug_id, right) = parts(enrollment.credentials());
        let wrong = ConnectionPassword::parse(WRONG_CONNECTION).unwrap();
        self.is_not_taken_off(plug_id, &wrong).await;
        registry.unenroll_by_device(plug_id, right).await.unwrap();
        self.is_not_taken_off(plug_id, right).await;
        let enrollment = self.enroll(ENROLL).await;
        self.connects(enrollment.credentials()).await;
        kept.value(&registry.reactivate(id, Epoch::new(3), ada).await.unwrap());
        kept.error(registry.reactivate(id, Epoch::FIRST, ada).await.unwrap_err());
        kept.error(registry.enroll_by_operator(id, ada).await.unwrap_err());
    }

    /// From epoch 4 to 5.
    async fn goes_to_somebody_else(&self) {
        let (kept, registry, id, ada) = (self.kept, self.registry, self.id, self.ada);
        let seen = Epoch::new(4);
        let nobody = SerialId::new(*id.template(), "SN-2".parse().unwrap());
        let new = passwords(NEW_ENROLL, NEW_CONTROL);
        kept.debug(&new);
        kept.error(registry.replace_passwords(id, &new, seen, ada).await.unwrap_err());
        for (enroll, control) in [
            (ENROLL, NEW_CONTROL),
            (NEW_ENROLL, CONTROL),
            (CONTROL, NEW_CONTROL),
            (NEW_ENROLL, ENROLL),
            (NEW_ENROLL, NEW_ENROLL),
        ] {
            let old = passwords(enroll, control);
            kept.error(registry.transfer(id, &old, seen, ada).await.unwrap_err());
        }
        kept.error(registry.transfer(&nobody, &new, seen, ada).await.unwrap_err());
        kept.error(registry.transfer(id, &new, Epoch::FIRST, ada).await.unwrap_err());
        registry.close_template(id.template()).await.unwrap();
        kept.error(registry.transfer(id, &new, seen, ada).await.unwrap_err());
        kept.error(registry.enroll_by_operator(id, ada).await.unwrap_err());
        kept.value(&registry.open_template(id.template()).await.unwrap());
        for outcome in [Outcome::Done, Outcome::AlreadyDone] {
            let done = registry.transfer(id, &new, seen, ada).await.unwrap();
            assert_eq!(kept.value_of(done), outcome);
        }
        let old = EnrollPassword::parse(ENROLL).unwrap();
        kept.error(registry.enroll(id, &old).await.unwrap_err());
        let others = passwords(LAST_ENROLL, LAST_CONTROL);
        kept.error(registry.transfer(id, &others, seen, ada).await.unwrap_err());
    }

    /// From epoch 5 to 6.
    async fn is_replaced(&self) {
        let (kept, registry, id, ada) = (self.kept, self.registry, self.id, self.ada);
        let (seen, new) = (Epoch::new(5), passwords(LAST_ENROLL, LAST_CONTROL));
        for (enroll, control) in [(NEW_ENROLL, LAST_CONTROL), (LAST_ENROLL, NEW_CONTROL)] {
            let old = passwords(enroll, control);
            kept.error(registry.replace_passwords(id, &old, seen, ada).await.unwrap_err());
        }
        for outcome in [Outcome::Done, Outcome::AlreadyDone] {
            let done = registry.replace_passwords(id, &new, seen, ada).await.unwrap();
            assert_eq!(kept.value_of(done), outcome);
        }
        let control = |text| ControlPassword::parse(text).unwrap();
        for text in [LAST_ENROLL, LAST_CONTROL] {
            let replaced =
                registry.replace_control_password(id, &control(text), GrantsThen::End, ada).await;
            kept.error(replaced.unwrap_err());
        }
        for outcome in [Outcome::Done, Outcome::AlreadyDone] {
            let other = control(OTHER_CONTROL);
            let done =
                registry.replace_control_password(id, &other, GrantsThen::End, ada).await.unwrap();
            assert_eq!(kept.value_of(done), outcome);
        }
    }

    async fn is_enrolled_by_operator(&self) {
        let (kept, registry, id, ada) = (self.kept, self.registry, self.id, self.ada);
        registry.disable(id, ada).await.unwrap();
        kept.error(registry.enroll_by_operator(id, ada).await.unwrap_err());
        registry.enable(id, ada).await.unwrap();
        let enrollment = registry.enroll_by_operator(id, ada).await.unwrap();
        self.is_given(&enrollment);
        kept.error(registry.enroll_by_operator(id, ada).await.unwrap_err());
        self.connects(enrollment.credentials()).await;
    }

    async fn enroll(&self, password: &str) -> Enrollment {
        let password = EnrollPassword::parse(password).unwrap();
        let here = Source::new("192.0.2.1").unwrap();
        let enrollment = self.registry.enroll_from(&here, self.id, &password).await.unwrap();
        self.is_given(&enrollment);
        enrollment
    }

    /// What is looked for is what there is.
    fn is_given(&self, enrollment: &Enrollment) {
        self.kept.debug(enrollment);
        let password = enrollment.credentials().connection_password();
        let found = self.secrets.find(password.expose_bytes());
        assert_eq!(found, Some("connection password"));
    }

    /// From two places.
    async fn connects(&self, credentials: &Credentials) {
        let (plug_id, password) = parts(credentials);
        let text = password.expose_text();
        for from in ["192.0.2.1", "192.0.2.2"] {
            let from = Source::new(from).unwrap();
            let connected = self.registry.authenticate_from(&from, plug_id, password).await;
            self.kept.value(&connected.unwrap());
            let plug_id = plug_id.to_string();
            let connected = self.registry.authenticate_text_from(&from, &plug_id, &text).await;
            self.kept.value(&connected.unwrap());
            // Who mixes the two up says the password in place of the Plug-ID.
            let mixed_up = self.registry.authenticate_text_from(&from, &text, &plug_id).await;
            self.kept.error(mixed_up.unwrap_err());
        }
    }

    async fn is_not_taken_off(&self, plug_id: &PlugId, password: &ConnectionPassword) {
        let taken_off = self.registry.unenroll_by_device(plug_id, password).await;
        self.kept.error(taken_off.unwrap_err());
    }
}

pub(crate) fn passwords(enroll: &str, control: &str) -> NewPasswords {
    NewPasswords::new(EnrollPassword::parse(enroll).unwrap())
        .with_control(ControlPassword::parse(control).unwrap())
}

const fn parts(credentials: &Credentials) -> (&PlugId, &ConnectionPassword) {
    (credentials.plug_id(), credentials.connection_password())
}
