//! The verbs of one serial.

mod life;

use std::sync::Arc;

use plugmint::testing::root_key;
use plugmint::{
    AuthenticateError, Credentials, EnrollOutcome, EnrollPassword, Epoch, EpochRefusal,
    NewPasswords, NotTransferred, Outcome, PasswordError, ProvenBy, RevokeError, RevokeRefusal,
    SerialId, Store, TransferError, TransferRefusal, UnixMillis, VerbError,
};
use plugmint_core::derivation::{EnrollKey, PlatformKeys, StretchMemory};
use plugmint_tests::{Scene, Ticker, design, enroll_password, generated_password, is_linearizable};
use pollster::block_on;
use rand_chacha::ChaCha12Rng;
use rand_core::{Rng, SeedableRng};

use crate::meeting::{Met, parts_of};
use crate::{histories, memory, redb};

use life::{Call, Life, Owner, State, Verb};

const THREADS: u64 = 3;
const CALLS: usize = 8;

/// Serials in one store, each with a history of its own.
const IN_ONE_STORE: u64 = 500;

/// A serial, and what it has from each of its owners.
struct Serial {
    history: u64,
    id: SerialId,
    passwords: [String; 2],
    keys: [EnrollKey; 2],
}

impl Serial {
    fn registered(scene: &Scene, history: u64) -> Self {
        let number = u32::try_from(history).unwrap();
        let passwords = [0, 1].map(|owner| generated_password(2 * number + owner));
        let id = block_on(scene.register(&format!("SN-{history}"), &passwords[0]));
        let template_key = PlatformKeys::of_root(&root_key()).template_key(id.template());
        let keys = passwords.each_ref().map(|password| {
            let (design, password) = (scene.template.design(), enroll_password(password));
            let class = design.password_class();
            let stretching = class.stretching(design.argon2(), &id, password.expose_text());
            let stretched = stretching.run(&mut StretchMemory::new()).unwrap();
            template_key.enroll_key(id.serial(), &stretched)
        });
        Self { history, id, passwords, keys }
    }

    fn password(&self, owner: Owner) -> EnrollPassword {
        enroll_password(&self.passwords[owner])
    }

    fn credentials(&self, owner: Owner, epoch: u32) -> Credentials {
        self.keys[owner].credentials(Epoch::new(epoch))
    }

    /// The epoch of credentials that were told.
    fn epoch_of(&self, owner: Owner, told: &Credentials) -> Option<u32> {
        let text = |of: &Credentials| of.connection_password().expose_text().to_string();
        (0..=MOST_EPOCHS).find(|epoch| text(&self.credentials(owner, *epoch)) == text(told))
    }
}

/// There are no more: each call raises one at most.
#[expect(clippy::cast_possible_truncation, reason = "there are a few")]
const MOST_EPOCHS: u32 = THREADS as u32 * CALLS as u32;

/// One thread's part of a history: it goes on from the epoch and the owner that it saw last.
struct Part<'a> {
    scene: &'a Scene,
    serial: &'a Serial,
    random: ChaCha12Rng,
    seen: u32,
    owner: Owner,
}

impl Part<'_> {
    fn some_verb(&mut self) -> Verb {
        let (seen, owner) = (self.seen, self.owner);
        let some = self.random.next_u32();
        // Mostly the present one, sometimes the one before.
        let epoch = if some & 0x300 == 0 { seen.saturating_sub(1) } else { seen };
        match some % 32 {
            0..9 => Verb::Enroll { owner },
            9..17 => Verb::Authenticate { owner, epoch },
            17 => Verb::UnenrollByDevice { owner, epoch },
            18..23 => Verb::Reactivate { seen: epoch, with_overlap: some & 0x400 == 0 },
            23 => Verb::Unenroll { seen: epoch },
            24..26 => Verb::Transfer { seen: epoch, owner: 1 - owner },
            26..28 => Verb::Disable,
            28..31 => Verb::Enable,
            _ => Verb::Retire,
        }
    }

    fn call(&mut self, verb: Verb) -> Call {
        let (registry, ada) = (&self.scene.registry, &self.scene.ada);
        let (serial, id) = (self.serial, &self.serial.id);
        let mut told = None;
        let answer = match verb {
            Verb::Enroll { owner } => {
                match block_on(registry.enroll(id, &serial.password(owner))) {
                    Ok(enrollment) => {
                        told = Some(serial.epoch_of(owner, enrollment.credentials()).unwrap());
                        self.seen = told.unwrap_or_default();
                        match enrollment.outcome() {
                            EnrollOutcome::First => "first",
                            EnrollOutcome::Reissued => "reissued",
                            _ => "repeated",
                        }
                    }
                    Err(error) => error.code(),
                }
            }
            Verb::Authenticate { owner, epoch } => {
                let told = serial.credentials(owner, epoch);
                let connection = registry.authenticate(told.plug_id(), told.connection_password());
                match block_on(connection).map(|principal| principal.proven_by()) {
                    Ok(ProvenBy::Current) => "current",
                    Ok(ProvenBy::Overlap { .. }) => "overlap",
                    Err(error) => error.code(),
                }
            }
            Verb::UnenrollByDevice { owner, epoch } => {
                let told = serial.credentials(owner, epoch);
                let (plug_id, password) = (told.plug_id(), told.connection_password());
                let done = block_on(registry.unenroll_by_device(plug_id, password));
                done.map_or_else(|error| AuthenticateError::code(&error), |()| "done")
            }
            Verb::Reactivate { seen, with_overlap } => {
                let seen = Epoch::new(seen);
                let done = if with_overlap {
                    let far = UnixMillis::new(u64::MAX);
                    block_on(registry.reactivate_with_overlap(id, seen, far, ada))
                } else {
                    block_on(registry.reactivate(id, seen, ada))
                };
                self.revoked(seen, done)
            }
            Verb::Unenroll { seen } => {
                let seen = Epoch::new(seen);
                let done = block_on(registry.unenroll(id, seen, ada));
                self.revoked(seen, done)
            }
            Verb::Transfer { seen, owner } => {
                let (seen, new) = (Epoch::new(seen), NewPasswords::new(serial.password(owner)));
                let done = block_on(registry.transfer(id, &new, seen, ada));
                if done.is_ok() {
                    self.owner = owner;
                }
                self.transferred(seen, done)
            }
            Verb::Disable => {
                block_on(registry.disable(id, ada)).map_or_else(|error| error.code(), word)
            }
            Verb::Enable => {
                block_on(registry.enable(id, ada)).map_or_else(|error| error.code(), word)
            }
            Verb::Retire => {
                block_on(registry.retire(id, ada)).map_or_else(|error| error.code(), word)
            }
        };
        // Somebody else may have given it away.
        if answer == "refused" && matches!(verb, Verb::Enroll { .. }) {
            self.owner = 1 - self.owner;
        }
        (verb, answer, told)
    }

    fn revoked(&mut self, seen: Epoch, done: Result<Outcome, RevokeError>) -> &'static str {
        match &done {
            Ok(_) => self.seen = seen.number() + 1,
            Err(VerbError::Refused(RevokeRefusal::Epoch(EpochRefusal::Moved { now, .. }))) => {
                self.seen = now.number();
            }
            Err(_) => {}
        }
        done.map_or_else(|error| error.code(), word)
    }

    fn transferred(&mut self, seen: Epoch, done: Result<Outcome, TransferError>) -> &'static str {
        match &done {
            Ok(_) => self.seen = seen.number() + 1,
            Err(PasswordError::Refused(NotTransferred::Refused(TransferRefusal::Epoch(
                EpochRefusal::Moved { now, .. },
            )))) => self.seen = now.number(),
            Err(_) => {}
        }
        done.map_or_else(|error| error.code(), word)
    }
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::AlreadyDone => "already-done",
    }
}

/// Makes histories, and looks at each.
fn are_linearizable(open: fn() -> Arc<dyn Store>, name: &str) {
    let (total, mut met) = (histories(), Met::default());
    for first in (0..total).step_by(usize::try_from(IN_ONE_STORE).unwrap()) {
        let scene = block_on(Scene::new(open(), design()));
        let ticker = Ticker::default();
        let numbers = first..total.min(first + IN_ONE_STORE);
        let serials: Vec<_> = numbers.map(|number| Serial::registered(&scene, number)).collect();
        let all = parts_of(THREADS, &serials, |serial, thread, start| {
            let random = ChaCha12Rng::seed_from_u64(serial.history * THREADS + thread);
            let mut part = Part { scene: &scene, serial, random, seen: 0, owner: 0 };
            start.wait();
            let one = |_| {
                let verb = part.some_verb();
                ticker.time(|| part.call(verb))
            };
            (0..CALLS).map(one).collect()
        });
        for (serial, parts) in serials.iter().zip(all) {
            met.count(&parts);
            let history = parts.concat();
            let holds = is_linearizable(&Life, &State::REGISTERED, &history);
            assert!(holds, "{} lives no life: {history:#?}", serial.id.serial());
        }
    }
    met.assert_often(&format!("lives {name}"));
}

#[test]
fn lives_in_memory_are_linearizable() {
    are_linearizable(memory, "in memory");
}

#[test]
fn lives_on_redb_are_linearizable() {
    are_linearizable(redb, "on redb");
}

#[test]
fn a_password_that_comes_back_is_found() {
    let ticker = Ticker::default();
    let begin = [
        (Verb::Enroll { owner: 0 }, "first", Some(0)),
        (Verb::Authenticate { owner: 0, epoch: 0 }, "current", None),
        (Verb::Reactivate { seen: 0, with_overlap: true }, "done", None),
        (Verb::Enroll { owner: 0 }, "reissued", Some(1)),
        (Verb::Authenticate { owner: 0, epoch: 0 }, "overlap", None),
        (Verb::Authenticate { owner: 0, epoch: 1 }, "current", None),
    ];
    let mut history: Vec<_> = begin.into_iter().map(|call| ticker.time(|| call)).collect();
    assert!(is_linearizable(&Life, &State::REGISTERED, &history));
    let back = (Verb::Authenticate { owner: 0, epoch: 0 }, "overlap", None);
    history.push(ticker.time(|| back));
    assert!(!is_linearizable(&Life, &State::REGISTERED, &history));
}
