//! Somebody enrolls as a Controller, or is granted a Thing, and at each of its awaits another
//! process ends the Thing or the holder.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use plugmint::{
    AccessLevel, Epoch, GrantsThen, Living, NewPasswords, Outcome, PlugId, Registry, Store,
};
use plugmint_memory::MemoryStore;
use plugmint_tests::{
    YieldingStore, control_of, control_password, enroll_password, generated_password,
};
use pollster::block_on;

use crate::story::{House, another};

/// What happens to the Thing, or to who holds it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Unenroll,
    Retire,
    Transfer,
    Disable,
    Reactivate,
    ReplaceControl,
    CloseTemplate,
    DeleteTemplate,
    ReleaseAll,
    DisableHolder,
    UnenrollHolder,
    RetireHolder,
}

impl End {
    const OF_THING: [Self; 8] = [
        Self::Unenroll,
        Self::Retire,
        Self::Transfer,
        Self::Disable,
        Self::Reactivate,
        Self::ReplaceControl,
        Self::CloseTemplate,
        Self::DeleteTemplate,
    ];
    const OF_HOLDER: [Self; 4] =
        [Self::ReleaseAll, Self::DisableHolder, Self::UnenrollHolder, Self::RetireHolder];

    fn come(self, house: &House, registry: &Registry) {
        let (thing, ada, seen) = (&house.thing, &house.scene.ada, Epoch::FIRST);
        let holder = house.scene.id("GATEWAY");
        block_on(async {
            match self {
                Self::Unenroll => drop(registry.unenroll(thing, seen, ada).await.unwrap()),
                Self::Retire => drop(registry.retire(thing, ada).await.unwrap()),
                Self::Transfer => {
                    let new = NewPasswords::new(enroll_password(&generated_password(7)));
                    let new = new.with_control(control_password(&control_of(7)));
                    registry.transfer(thing, &new, seen, ada).await.unwrap();
                }
                Self::Disable => drop(registry.disable(thing, ada).await.unwrap()),
                Self::Reactivate => drop(registry.reactivate(thing, seen, ada).await.unwrap()),
                Self::ReplaceControl => {
                    let new = control_password(&control_of(7));
                    let replaced =
                        registry.replace_control_password(thing, &new, GrantsThen::End, ada);
                    replaced.await.unwrap();
                }
                Self::CloseTemplate => {
                    registry.close_template(thing.template()).await.unwrap();
                }
                Self::DeleteTemplate => {
                    let template = thing.template();
                    registry.delete_template(template, Living::Retire, ada).await.unwrap();
                }
                Self::ReleaseAll => registry.release_all(&house.gateway.0, ada).await.unwrap(),
                Self::DisableHolder => drop(registry.disable(&holder, ada).await.unwrap()),
                Self::UnenrollHolder => drop(registry.unenroll(&holder, seen, ada).await.unwrap()),
                Self::RetireHolder => drop(registry.retire(&holder, ada).await.unwrap()),
            }
        });
    }

    /// What a holder that got in before it may do behind it.
    const fn leaves(self) -> AccessLevel {
        match self {
            Self::Reactivate | Self::CloseTemplate => AccessLevel::ReadWrite,
            Self::Unenroll
            | Self::Retire
            | Self::Transfer
            | Self::Disable
            | Self::ReplaceControl
            | Self::DeleteTemplate
            | Self::ReleaseAll
            | Self::DisableHolder
            | Self::UnenrollHolder
            | Self::RetireHolder => AccessLevel::None,
        }
    }
}

/// Who wants in; what it is called if it got in.
type Comer = fn(&House) -> Pin<Box<dyn Future<Output = Option<PlugId>> + '_>>;

const ENROLL: Comer = |house| {
    Box::pin(async move {
        let request = plugmint_tests::known_as("phone");
        let told = house.scene.control_or_refuse(&house.thing, &control_of(1), &request).await;
        match told {
            Ok(told) => Some(*told.credentials().plug_id()),
            Err(error) => {
                assert_eq!(error.code(), "refused");
                None
            }
        }
    })
};
const ADD: Comer = |house| {
    Box::pin(async move {
        let (holder, password) = &house.gateway;
        let control = control_password(&control_of(1));
        let registry = &house.scene.registry;
        match registry.add_thing(None, holder, password, &house.thing, &control).await {
            Ok(outcome) => {
                assert_eq!(outcome, Outcome::Done);
                Some(*holder)
            }
            Err(error) => {
                assert!(["refused", "thing-refused"].contains(&error.code()), "{error:?}");
                None
            }
        }
    })
};

/// Who may act on the Thing, by the listing; access says the same.
fn holders(house: &House, registry: &Registry) -> Vec<(PlugId, AccessLevel)> {
    let page = registry.grants_on(&house.thing, None, std::num::NonZeroUsize::MAX);
    let grants = block_on(page).unwrap().grants;
    for grant in &grants {
        let access = block_on(registry.access(&grant.holder, &house.thing)).unwrap();
        assert_eq!(access, grant.access);
    }
    grants.iter().map(|grant| (grant.holder, grant.access)).collect()
}

/// Ends it after 0, 1, 2, ... polls of whoever comes.
fn meets(comer: Comer, end: End) {
    let (mut before, mut after) = (0, 0);
    for polls in 0..1000 {
        let store: Arc<dyn Store> = Arc::new(YieldingStore::new(Arc::new(MemoryStore::new())));
        let house = House::new(Arc::clone(&store));
        // Who comes may have the turn of the Thing: somebody else ends it.
        let other = another(&house.scene, &store);
        let mut coming = pin!(comer(&house));
        let context = &mut Context::from_waker(Waker::noop());
        let answered = (0..polls).find_map(|_| match coming.as_mut().poll(context) {
            Poll::Ready(told) => Some(told),
            Poll::Pending => None,
        });
        let got_in_first = !holders(&house, &other).is_empty();
        end.come(&house, &other);
        let then = holders(&house, &other);
        let is_worth = |grants: &[(PlugId, AccessLevel)]| {
            grants.iter().map(|(_, access)| *access).max().unwrap_or(AccessLevel::None)
        };
        let expected = if got_in_first { end.leaves() } else { AccessLevel::None };
        assert_eq!(is_worth(&then), expected, "{end:?} after {polls} polls");
        let is_over = answered.is_some();
        let told = answered.unwrap_or_else(|| block_on(coming));
        let now = holders(&house, &other);
        // All that a holder held ends at one instant, and it may be granted more behind that.
        if end == End::ReleaseAll && !got_in_first {
            let expected = [(told.unwrap(), AccessLevel::ReadWrite)];
            assert_eq!(now, expected, "after {polls} polls");
        } else {
            assert_eq!(now, then, "{end:?} after {polls} polls: it got in");
            assert_eq!(told.is_some(), got_in_first, "{end:?} after {polls} polls");
        }
        house.is_whole();
        before += usize::from(!got_in_first);
        after += usize::from(got_in_first);
        if is_over {
            assert!(before > 4 && after > 0, "{before} of {polls} were before the commit");
            return;
        }
    }
    panic!("the call does not come to its end");
}

#[test]
fn a_controller_gets_in_before_the_end_of_its_thing_or_not_at_all() {
    for end in End::OF_THING {
        meets(ENROLL, end);
    }
}

#[test]
fn a_thing_is_added_before_its_end_or_not_at_all() {
    for end in End::OF_THING {
        meets(ADD, end);
    }
}

#[test]
fn a_holder_adds_a_thing_before_it_is_over_itself_or_not_at_all() {
    for end in End::OF_HOLDER {
        meets(ADD, end);
    }
}
