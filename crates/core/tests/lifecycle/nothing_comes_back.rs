//! Whatever happens to a serial, a connection password that has ended never connects again.

mod life;

use plugmint_core::lifecycle::Verb;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::scene::POLICIES;

use life::Life;

proptest! {
    #[test]
    fn nothing_comes_back(
        repeat in select(POLICIES.to_vec()),
        first in arb_passwords(),
        steps in vec(arb_step(), 0..100),
    ) {
        let mut life = Life::begin(repeat, &first);
        for step in &steps {
            life.live(step);
        }
    }
}

/// Enroll and control passwords, of so few that old ones come up again.
pub(super) const PASSWORDS: [&str; 5] =
    ["password-a", "password-b", "password-c", "password-d", "password-e"];

#[derive(Clone, Debug)]
pub(super) struct Passwords {
    pub(super) enroll: &'static str,
    pub(super) control: Option<&'static str>,
    pub(super) seal: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) verb: Verb,
    pub(super) new: Passwords,
    pub(super) pause: u64,
    /// From now on, when there is one.
    pub(super) overlap: Option<u64>,
}

fn arb_passwords() -> impl Strategy<Value = Passwords> {
    let password = || select(PASSWORDS.to_vec());
    (password(), prop::option::weighted(0.8, password()), any::<bool>())
        .prop_filter("two passwords", |(enroll, control, _)| Some(enroll) != control.as_ref())
        .prop_map(|(enroll, control, seal)| Passwords { enroll, control, seal })
}

fn arb_step() -> impl Strategy<Value = Step> {
    let verb = prop_oneof![
        24 => Just(Verb::Enroll),
        24 => Just(Verb::Authenticate),
        24 => Just(Verb::Reactivate),
        8 => Just(Verb::AuthenticateInOverlap),
        8 => Just(Verb::EnrollByOperator),
        4 => Just(Verb::Disable),
        12 => Just(Verb::Enable),
        6 => Just(Verb::Unenroll),
        6 => Just(Verb::UnenrollByDevice),
        6 => Just(Verb::ReplacePasswords),
        6 => Just(Verb::ReplaceControlPassword),
        8 => Just(Verb::Transfer),
        4 => Just(Verb::EnrollController),
        2 => Just(Verb::AddThing),
        2 => Just(Verb::Grant),
        2 => Just(Verb::Release),
        2 => Just(Verb::SetAccess),
        1 => Just(Verb::Retire),
    ];
    (verb, arb_passwords(), 0_u64..40, prop::option::weighted(0.7, 0_u64..200))
        .prop_map(|(verb, new, pause, overlap)| Step { verb, new, pause, overlap })
}
