//! Calls in a template that is closed or deleted while they are under way, at each of their awaits.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use plugmint::testing::{builder, root_key};
use plugmint::{Epoch, Living, NewPasswords, OperatorEnroll, Registry, SerialId, Store};
use plugmint_memory::MemoryStore;
use plugmint_tests::{
    Scene, YieldingStore, design, enroll_password, generated_password, new_serial,
};
use pollster::block_on;

/// A call that needs an open template; whether it was done.
type Call = fn(&Scene, SerialId) -> Pin<Box<dyn Future<Output = bool> + '_>>;

const REGISTER: Call = |scene, id| {
    Box::pin(async move {
        let new = new_serial("SN-2", &generated_password(2));
        scene.registry.register(id.template(), new, &scene.ada).await.is_ok()
    })
};
const ENROLL: Call = |scene, id| {
    let password = enroll_password(&generated_password(1));
    Box::pin(async move { scene.registry.enroll(&id, &password).await.is_ok() })
};
const ENROLL_BY_OPERATOR: Call = |scene, id| {
    Box::pin(async move { scene.registry.enroll_by_operator(&id, &scene.ada).await.is_ok() })
};
const TRANSFER: Call = |scene, id| {
    let new = NewPasswords::new(enroll_password(&generated_password(3)));
    Box::pin(
        async move { scene.registry.transfer(&id, &new, Epoch::FIRST, &scene.ada).await.is_ok() },
    )
};

/// How a template is shut.
#[derive(Clone, Copy, Debug)]
enum Shut {
    Close,
    Delete,
}

impl Shut {
    fn shut(self, registry: &Registry, scene: &Scene) {
        let id = scene.template.id();
        match self {
            Self::Close => {
                block_on(registry.close_template(id)).unwrap();
            }
            Self::Delete => {
                let deleted = registry.delete_template(id, Living::Retire, &scene.ada);
                block_on(deleted).unwrap();
            }
        }
    }
}

/// How many events the serials of the scene have, all together.
fn events(scene: &Scene) -> u64 {
    let of = |serial| block_on(scene.registry.serial(&scene.id(serial)));
    ["SN-1", "SN-2"].into_iter().filter_map(|serial| of(serial).ok()).map(|of| of.events).sum()
}

/// Shuts the template of a call after 0, 1, 2, ... polls: what was not done by then is not done.
fn is_shut_out(call: Call, shut: Shut) {
    let (mut before, mut after) = (0, 0);
    for polls in 0..1000 {
        let store: Arc<dyn Store> = Arc::new(YieldingStore::new(Arc::new(MemoryStore::new())));
        let by_operator = design().with_operator_enroll(OperatorEnroll::Allowed);
        let scene = block_on(Scene::new(Arc::clone(&store), by_operator));
        // The call may have the turn of its serial: somebody else shuts the template.
        let other = block_on(builder(store, Arc::clone(&scene.clock), 2).open(&root_key()));
        let other = other.unwrap();
        let id = block_on(scene.register("SN-1", &generated_password(1)));
        let mut called = pin!(call(&scene, id));
        let context = &mut Context::from_waker(Waker::noop());
        let answered = (0..polls).find_map(|_| match called.as_mut().poll(context) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        });
        shut.shut(&other, &scene);
        let then = events(&scene);
        let is_over = answered.is_some();
        let done = answered.unwrap_or_else(|| block_on(called));
        assert_eq!(events(&scene), then, "{shut:?} after {polls} polls: it got in");
        if let Shut::Close = shut {
            assert_eq!(done, then > 1, "after {polls} polls");
        }
        before += usize::from(!done);
        after += usize::from(done);
        if is_over {
            assert!(before > 4 && after > 0, "{before} of {polls} were before the commit");
            return;
        }
    }
    panic!("the call does not come to its end");
}

#[test]
fn nobody_gets_into_a_template_that_was_closed_or_deleted_meanwhile() {
    for call in [REGISTER, ENROLL, ENROLL_BY_OPERATOR, TRANSFER] {
        is_shut_out(call, Shut::Close);
        is_shut_out(call, Shut::Delete);
    }
}
