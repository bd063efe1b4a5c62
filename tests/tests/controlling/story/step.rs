//! The steps of the story.

use plugmint::{
    AccessLevel, AddThingError, AuthenticateError, ConnectionPassword, ControllerEnrollment,
    EnrollControllerError, EnrollOutcome, Epoch, EventKind, Fault, Outcome, PlugId, RetireError,
    VerbError,
};
use plugmint_tests::{control_of, control_password, known_as, watch_credentials};

use super::{House, Told};

/// What happens, in its order; one commit each.
pub(crate) const STORY: [Step; 20] = [
    Step::EnrollPhone,
    Step::Connect,
    Step::AddThing,
    Step::ReleaseThing,
    Step::Grant,
    Step::Release,
    Step::AddAgain,
    Step::ReleaseAllThings,
    Step::AddToGateway,
    Step::Disable,
    Step::Enable,
    Step::Reactivate,
    Step::EnrollAgain,
    Step::ConnectAgain,
    Step::SetAccess,
    Step::EnrollIdle,
    Step::MakeRoom,
    Step::ReleaseAll,
    Step::RetireItself,
    Step::Retire,
];

/// A step of the story.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Step {
    /// A phone enrolls with its own serial number.
    EnrollPhone,
    /// It connects for the first time.
    Connect,
    /// It is granted the other Thing.
    AddThing,
    /// It gives that up.
    ReleaseThing,
    /// An operator grants it.
    Grant,
    /// An operator takes it back.
    Release,
    /// It is granted once more.
    AddAgain,
    /// The phone gives up everything.
    ReleaseAllThings,
    /// A Thing is granted the first one.
    AddToGateway,
    /// The phone is disabled.
    Disable,
    /// It is enabled.
    Enable,
    /// It must enroll again.
    Reactivate,
    /// It enrolls again.
    EnrollAgain,
    /// It connects again.
    ConnectAgain,
    /// What holders may do with the first Thing is set.
    SetAccess,
    /// A second Controller enrolls, and never connects.
    EnrollIdle,
    /// A third one enrolls, and the second makes room.
    MakeRoom,
    /// An operator ends all that the gateway holds.
    ReleaseAll,
    /// The third one takes itself off.
    RetireItself,
    /// The phone is retired.
    Retire,
}

impl Step {
    /// Whether a repeat, too, is a commit: whether there is something to end is not looked at.
    pub(crate) const fn is_written_again(self) -> bool {
        matches!(self, Self::ReleaseAllThings | Self::ReleaseAll)
    }

    /// What ends a password that connects.
    pub(crate) const fn revokes(self) -> Option<EventKind> {
        match self {
            Self::Disable => Some(EventKind::ControllerDisabled),
            Self::Reactivate => Some(EventKind::ControllerReactivated),
            Self::MakeRoom | Self::RetireItself | Self::Retire => {
                Some(EventKind::ControllerRetired)
            }
            Self::EnrollPhone
            | Self::Connect
            | Self::AddThing
            | Self::ReleaseThing
            | Self::Grant
            | Self::Release
            | Self::AddAgain
            | Self::ReleaseAllThings
            | Self::AddToGateway
            | Self::Enable
            | Self::EnrollAgain
            | Self::ConnectAgain
            | Self::SetAccess
            | Self::EnrollIdle
            | Self::ReleaseAll => None,
        }
    }

    pub(crate) async fn take(self, house: &House, told: &Told) -> Said {
        let (registry, ada) = (&house.scene.registry, &house.scene.ada);
        let as_told = |step| {
            let (plug_id, password): &(PlugId, String) = &told[&step];
            (*plug_id, ConnectionPassword::parse(password).unwrap())
        };
        let phone = || told[&Self::EnrollPhone].0;
        match self {
            Self::EnrollPhone | Self::EnrollAgain => enroll(house, "phone").await,
            Self::EnrollIdle => enroll(house, "idle").await,
            Self::MakeRoom => enroll(house, "third").await,
            Self::Connect | Self::ConnectAgain => {
                let enrolled =
                    if self == Self::Connect { Self::EnrollPhone } else { Self::EnrollAgain };
                let (plug_id, password) = as_told(enrolled);
                let connected = registry.authenticate(&plug_id, &password).await;
                connected.map_or_else(Said::of_connection, |_| Said::Connected)
            }
            Self::AddThing | Self::AddAgain => {
                let (plug_id, password) = as_told(Self::EnrollPhone);
                let control = control_password(&control_of(2));
                let added =
                    registry.add_thing(None, &plug_id, &password, &house.other, &control).await;
                added.map_or_else(Said::of_adding, Said::Outcome)
            }
            Self::AddToGateway => {
                let (plug_id, password) = &house.gateway;
                let control = control_password(&control_of(1));
                let added =
                    registry.add_thing(None, plug_id, password, &house.thing, &control).await;
                added.map_or_else(Said::of_adding, Said::Outcome)
            }
            Self::ReleaseThing => {
                let (plug_id, password) = as_told(Self::EnrollPhone);
                let released = registry.release_things(&plug_id, &password, &[house.other]).await;
                released.map_or_else(Said::of_connection, |number| {
                    Said::Outcome(if number == 1 { Outcome::Done } else { Outcome::AlreadyDone })
                })
            }
            Self::ReleaseAllThings => {
                let (plug_id, password) = as_told(Self::EnrollPhone);
                let released = registry.release_all_things(&plug_id, &password).await;
                released.map_or_else(Said::of_connection, |()| Said::Outcome(Outcome::Done))
            }
            Self::RetireItself => {
                let (plug_id, password) = as_told(Self::MakeRoom);
                let retired = registry.unenroll_by_device(&plug_id, &password).await;
                retired.map_or_else(Said::of_connection, |()| Said::Outcome(Outcome::Done))
            }
            Self::Grant => verb(registry.grant(&house.other, &phone(), ada).await),
            Self::Release => certain(registry.release(&house.other, &phone(), ada).await),
            Self::ReleaseAll => {
                let released = registry.release_all(&house.gateway.0, ada).await;
                certain(released.map(|()| Outcome::Done))
            }
            Self::Disable => verb(registry.disable_controller(&phone(), ada).await),
            Self::Enable => verb(registry.enable_controller(&phone(), ada).await),
            Self::Reactivate => {
                verb(registry.reactivate_controller(&phone(), Epoch::FIRST, ada).await)
            }
            Self::SetAccess => {
                verb(registry.set_access(&house.thing, Some(AccessLevel::Read), ada).await)
            }
            Self::Retire => certain(registry.retire_controller(&phone(), ada).await),
        }
    }
}

async fn enroll(house: &House, own_serial: &str) -> Said {
    let (registry, control) = (&house.scene.registry, control_password(&control_of(1)));
    let request = known_as(own_serial);
    match registry.enroll_controller(None, &house.thing, &control, &request).await {
        Ok(told) => {
            watch_credentials(told.credentials());
            Said::Enrolled(told)
        }
        Err(EnrollControllerError::Fault(fault)) => Said::Fault(fault),
        Err(error) => panic!("{error:?}"),
    }
}

fn verb<R: plugmint::Refusal>(answer: Result<Outcome, VerbError<R>>) -> Said {
    match answer {
        Ok(outcome) => Said::Outcome(outcome),
        Err(VerbError::Fault(fault)) => Said::Fault(fault),
        Err(error) => panic!("{error:?}"),
    }
}

fn certain(answer: Result<Outcome, RetireError>) -> Said {
    match answer {
        Ok(outcome) => Said::Outcome(outcome),
        Err(RetireError::Fault(fault)) => Said::Fault(fault),
        Err(error) => panic!("{error:?}"),
    }
}

/// What a step is answered.
#[derive(Debug)]
pub(crate) enum Said {
    Enrolled(ControllerEnrollment),
    Connected,
    Outcome(Outcome),
    Refused,
    Fault(Fault),
}

impl Said {
    fn of_connection(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Fault(fault) => Self::Fault(fault),
            AuthenticateError::Refused => Self::Refused,
            error => panic!("{error:?}"),
        }
    }

    fn of_adding(error: AddThingError) -> Self {
        match error {
            AddThingError::Fault(fault) => Self::Fault(fault),
            error => panic!("{error:?}"),
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        match self {
            Self::Enrolled(told) => told.outcome() != EnrollOutcome::Repeated,
            Self::Connected | Self::Outcome(Outcome::Done) => true,
            Self::Outcome(Outcome::AlreadyDone) | Self::Refused | Self::Fault(_) => false,
        }
    }

    /// Whether it is what is said when that step is asked for again which was taken.
    pub(crate) fn is_repeat_of(&self, step: Step) -> bool {
        match self {
            Self::Enrolled(told) => told.outcome() == EnrollOutcome::Repeated,
            Self::Connected | Self::Outcome(Outcome::AlreadyDone) => true,
            Self::Outcome(Outcome::Done) => step.is_written_again(),
            // Its password has ended.
            Self::Refused => step == Step::RetireItself,
            Self::Fault(_) => false,
        }
    }

    pub(crate) fn told(&self) -> Option<(PlugId, String)> {
        match self {
            Self::Enrolled(told) => {
                let password = told.credentials().connection_password().expose_text();
                Some((*told.credentials().plug_id(), password.to_string()))
            }
            Self::Connected | Self::Outcome(_) | Self::Refused | Self::Fault(_) => None,
        }
    }
}
