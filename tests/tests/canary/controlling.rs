//! Who controls the device, and what is granted to whom.

use std::num::NonZeroUsize;

use plugmint::{
    AccessLevel, Actor, ConnectionPassword, ControlPassword, ControllerEnrollment,
    ControllerRequest, Credentials, DeviceName, EnrollPassword, Epoch, GrantsThen, NewSerial,
    Outcome, PlugId, Registry, SerialId, Source,
};
use plugmint_tests::{Canaries, known_as};

use crate::kept::Kept;
use crate::secrets::{CONTROL, ENROLL, OTHER_CONTROL, WRONG, WRONG_CONNECTION};

const PAGE: NonZeroUsize = NonZeroUsize::MAX;

/// A device that is activated, and one that is not there yet.
pub(crate) struct Controlling<'a> {
    pub(crate) kept: &'a Kept,
    pub(crate) registry: &'a Registry,
    pub(crate) id: &'a SerialId,
    pub(crate) held: &'a SerialId,
    pub(crate) ada: &'a Actor,
    pub(crate) secrets: &'a Canaries,
}

impl Controlling<'_> {
    /// Controllers enroll, hold and are retired; the device is as it was.
    pub(crate) async fn told(&self) {
        self.strangers_come().await;
        let phone = self.comes().await;
        self.holds(phone.credentials()).await;
        self.is_operated(phone.credentials().plug_id()).await;
        self.takes_itself_off().await;
        self.kept.value(&self.registry.controllers(self.id, None, PAGE).await.unwrap());
        self.kept.value(&self.registry.history(self.id, None, PAGE).await.unwrap());
    }

    async fn strangers_come(&self) {
        let nobody = SerialId::new(*self.id.template(), "SN-2".parse().unwrap());
        let source = Source::new("192.0.2.9").unwrap();
        for (id, text) in [(self.id, WRONG), (self.id, ENROLL), (&nobody, CONTROL)] {
            let wrong = ControlPassword::parse(text).unwrap();
            let request = ControllerRequest::new();
            let refused =
                self.registry.enroll_controller(Some(&source), id, &wrong, &request).await;
            self.kept.error(refused.unwrap_err());
        }
    }

    async fn comes(&self) -> ControllerEnrollment {
        let named = known_as("phone").with_name(DeviceName::parse("Ada's phone").unwrap());
        self.kept.debug(&named);
        let first = self.enroll(self.id, CONTROL, &named).await;
        let again = self.enroll(self.id, CONTROL, &named).await;
        assert_eq!(first.credentials().plug_id(), again.credentials().plug_id());
        self.connects(first.credentials()).await;
        let seen = Epoch::FIRST;
        let plug_id = first.credentials().plug_id();
        for outcome in [Outcome::Done, Outcome::AlreadyDone] {
            let again = self.registry.reactivate_controller(plug_id, seen, self.ada).await;
            assert_eq!(self.kept.value_of(again.unwrap()), outcome);
        }
        self.kept.error(self.connect(first.credentials()).await.unwrap_err());
        let second = self.enroll(self.id, CONTROL, &named).await;
        self.connects(second.credentials()).await;
        second
    }

    /// Another device, whose passwords are the same.
    async fn holds(&self, told: &Credentials) {
        let (kept, registry, held, ada) = (self.kept, self.registry, self.held, self.ada);
        let new = NewSerial::new(*held.serial(), EnrollPassword::parse(ENROLL).unwrap())
            .with_control_password(ControlPassword::parse(CONTROL).unwrap());
        registry.register(held.template(), new, ada).await.unwrap();
        registry.enroll(held, &EnrollPassword::parse(ENROLL).unwrap()).await.unwrap();
        let (plug_id, right) = (told.plug_id(), told.connection_password());
        let stranger = ConnectionPassword::parse(WRONG_CONNECTION).unwrap();
        for (password, control) in [(&stranger, CONTROL), (right, WRONG)] {
            let control = ControlPassword::parse(control).unwrap();
            let refused = registry.add_thing(None, plug_id, password, held, &control).await;
            kept.error(refused.unwrap_err());
        }
        for outcome in [Outcome::Done, Outcome::AlreadyDone] {
            let control = ControlPassword::parse(CONTROL).unwrap();
            let added = registry.add_thing(None, plug_id, right, held, &control).await.unwrap();
            assert_eq!(kept.value_of(added), outcome);
        }
        // The host answers for who the holder is.
        for text in [WRONG, CONTROL] {
            let control = ControlPassword::parse(text).unwrap();
            match registry.add_thing_for(None, plug_id, held, &control).await {
                Ok(outcome) => assert_eq!(kept.value_of(outcome), Outcome::AlreadyDone),
                Err(error) => kept.error(error),
            }
        }
        kept.value(&registry.set_access(held, Some(AccessLevel::Read), ada).await.unwrap());
        assert_eq!(kept.value_of(registry.access(plug_id, held).await.unwrap()), AccessLevel::Read);
        kept.value(&registry.grants_on(held, None, PAGE).await.unwrap());
        kept.value(&registry.grants_of(plug_id, None, PAGE).await.unwrap());
        kept.error(registry.release_things(plug_id, &stranger, &[*held]).await.unwrap_err());
        kept.value(&registry.release_things(plug_id, right, &[*held]).await.unwrap());
        kept.value(&registry.grant(held, plug_id, ada).await.unwrap());
        kept.value(&registry.release(held, plug_id, ada).await.unwrap());
        kept.error(registry.release_all_things(plug_id, &stranger).await.unwrap_err());
        registry.release_all_things(plug_id, right).await.unwrap();
        registry.release_all(plug_id, ada).await.unwrap();
        // The other control password, and a Controller under it.
        let new = ControlPassword::parse(OTHER_CONTROL).unwrap();
        let replaced = registry.replace_control_password(held, &new, GrantsThen::Stay, ada).await;
        kept.value(&replaced.unwrap());
        let control = ControlPassword::parse(CONTROL).unwrap();
        let request = ControllerRequest::new();
        let refused = registry.enroll_controller(None, held, &control, &request).await;
        kept.error(refused.unwrap_err());
        let new = registry
            .enroll_controller(None, held, &new, &request)
            .await
            .map(|told| kept.debug(&told));
        new.unwrap();
    }

    async fn is_operated(&self, plug_id: &PlugId) {
        let (kept, registry, ada) = (self.kept, self.registry, self.ada);
        let nobody = "dev-0123456789abcdef01234567".parse().unwrap();
        kept.value(&registry.controller(plug_id).await.unwrap());
        kept.error(registry.controller(&nobody).await.unwrap_err());
        kept.error(registry.grants_of(&nobody, None, PAGE).await.unwrap_err());
        kept.error(registry.grant(self.id, &nobody, ada).await.unwrap_err());
        kept.error(registry.serial_of(plug_id).await.unwrap_err());
        kept.value(&registry.disable_controller(plug_id, ada).await.unwrap());
        kept.value(&registry.enable_controller(plug_id, ada).await.unwrap());
        kept.error(registry.reactivate_controller(plug_id, Epoch::new(7), ada).await.unwrap_err());
        kept.value(&registry.retire_controller(plug_id, ada).await.unwrap());
        kept.error(registry.disable_controller(plug_id, ada).await.unwrap_err());
    }

    async fn takes_itself_off(&self) {
        let told = self.enroll(self.id, CONTROL, &ControllerRequest::new()).await;
        let told = told.credentials();
        let (plug_id, password) = (told.plug_id(), told.connection_password());
        self.registry.unenroll_by_device(plug_id, password).await.unwrap();
        let again = self.registry.unenroll_by_device(plug_id, password).await;
        self.kept.error(again.unwrap_err());
    }

    /// What is looked for is what there is.
    async fn enroll(
        &self,
        id: &SerialId,
        control: &str,
        request: &ControllerRequest,
    ) -> ControllerEnrollment {
        let control = ControlPassword::parse(control).unwrap();
        self.kept.debug(&control);
        let told = self.registry.enroll_controller(None, id, &control, request).await.unwrap();
        self.kept.debug(&told);
        let password = told.credentials().connection_password();
        let found = self.secrets.find(password.expose_bytes());
        assert_eq!(found, Some("connection password of a controller"));
        told
    }

    async fn connects(&self, told: &Credentials) {
        for _ in 0..2 {
            self.kept.value(&self.connect(told).await.unwrap());
        }
    }

    async fn connect(
        &self,
        told: &Credentials,
    ) -> Result<plugmint::Principal, plugmint::AuthenticateError> {
        self.registry.authenticate(told.plug_id(), told.connection_password()).await
    }
}
