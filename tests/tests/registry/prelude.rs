//! What these tests share.

pub(crate) use std::num::NonZeroUsize;
pub(crate) use std::sync::Arc;
pub(crate) use std::time::Duration;

pub(crate) use plugmint::testing::{FixedClock, builder, root_key};
pub(crate) use plugmint::{
    Actor, Argon2Cost, AuthenticateError, Author, ConnectionPassword, ControlPassword, CreateError,
    CreateTemplateError, EnrollError, EnrollOutcome, EventKind, Fault, FindError, LookUpError,
    Mark, NewSerial, OpenError, OperatorEnroll, Outcome, PasswordClass, PasswordRefusal, PlugId,
    RegisterError, Registry, RepeatPolicy, RetireError, RetiredSerial, RootKey, SerialId,
    StageName, Store, StretchLimits, TemplateId, Unknown, VerbError,
};
pub(crate) use plugmint_memory::MemoryStore;
pub(crate) use plugmint_tests::{
    CountingStore, Scene, chosen_design, design, enroll_password, generated_password, new_serial,
    of_template,
};
pub(crate) use pollster::block_on;

pub(crate) const PAGE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(99);

pub(crate) fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

pub(crate) fn scene() -> Scene {
    block_on(Scene::new(memory(), design()))
}

pub(crate) fn chosen_scene() -> Scene {
    block_on(Scene::new(memory(), chosen_design()))
}

pub(crate) fn password(number: u32) -> String {
    generated_password(number)
}

pub(crate) fn refusal(scene: &Scene, id: &SerialId, password: &str) -> EnrollError {
    block_on(scene.registry.enroll(id, &enroll_password(password))).unwrap_err()
}

pub(crate) fn register_error(scene: &Scene, new: NewSerial) -> RegisterError {
    block_on(scene.registry.register(scene.template.id(), new, &scene.ada)).unwrap_err()
}
