//! How many instructions deriving and verifying take, counted under valgrind: the same from run to
//! run, however busy the machine is. A rise of more than 2 % over what is written here fails.
//!
//! valgrind hides the SHA instructions, so the hashing counted here is done in software. What is
//! counted depends on the compiler too: CONTRIBUTING.md says how to write the counts anew.

#![expect(clippy::unwrap_used, reason = "a measurement that fails ends the run")]
#![expect(clippy::panic, reason = "a measurement that fails ends the run")]
#![expect(
    missing_docs,
    unused_qualifications,
    clippy::must_use_candidate,
    reason = "the macros make public items"
)]

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use gungraun::{
    Callgrind, EventKind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
};
use plugmint::{
    AuthenticateError, ConnectionPassword, Credentials, EnrollPassword, PasswordClass, PlugId,
    Principal, SerialId,
};
use plugmint_benches::{Device, PASSWORD};
use plugmint_core::derivation::{AuthVerifier, PlatformKeys, RootKey, StretchMemory};
use plugmint_core::{Argon2Cost, Epoch};
use pollster::block_on;

/// Fails when more instructions are counted than were once, and 2 % more.
fn counted(once: u64) -> LibraryBenchmarkConfig {
    let mut callgrind = Callgrind::default();
    callgrind.hard_limits([(EventKind::Ir, once + once / 50)]);
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(callgrind);
    config
}

/// What is minted from. What a benchmark is given it gives back, so that dropping it is not
/// counted.
struct Mint {
    keys: PlatformKeys,
    id: SerialId,
    password: EnrollPassword,
}

fn mint() -> Mint {
    let id =
        SerialId::new("mod-5c66bc451866d3c62ba0b904".parse().unwrap(), "SN-0001".parse().unwrap());
    let keys = PlatformKeys::of_root(&RootKey::parse(&"5a".repeat(32)).unwrap());
    Mint { keys, id, password: EnrollPassword::parse(PASSWORD).unwrap() }
}

// From a password of class generated to credentials.
#[library_benchmark(config = counted(50_218))]
#[bench::generated(mint())]
fn derive(mint: Mint) -> (Credentials, Mint) {
    let Mint { keys, id, password } = black_box(&mint);
    let text = password.expose_text();
    let stretching = PasswordClass::Generated.stretching(Argon2Cost::DEFAULT, id, text);
    let stretched = stretching.run(&mut StretchMemory::new()).unwrap();
    let key = keys.template_key(id.template()).enroll_key(id.serial(), &stretched);
    (key.credentials(Epoch::FIRST), mint)
}

/// A presented connection password, and the verifier that it is held against.
struct Presented {
    keys: PlatformKeys,
    plug_id: PlugId,
    password: ConnectionPassword,
    stored: AuthVerifier,
}

fn presented() -> Presented {
    let keys = mint().keys;
    let plug_id = PlugId::parse("dev-5df33c34404ac04370e5c60e").unwrap();
    let password = ConnectionPassword::parse("wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn").unwrap();
    let stored = keys.auth().verifier(&plug_id, &password);
    Presented { keys, plug_id, password, stored }
}

// The two compressions and the comparison.
#[library_benchmark(config = counted(6_894))]
#[bench::right(presented())]
fn verify(presented: Presented) -> (bool, Presented) {
    let Presented { keys, plug_id, password, stored } = black_box(&presented);
    (stored.matches(&keys.auth().verifier(plug_id, password)), presented)
}

/// A registry in memory with one device that has connected, and who comes.
struct Connection {
    device: Device,
    plug_id: PlugId,
    password: ConnectionPassword,
}

fn device() -> Connection {
    let device = Device::new(PasswordClass::Generated).unwrap();
    let credentials = device.enrollment.credentials();
    let (plug_id, password) = (*credentials.plug_id(), credentials.connection_password());
    let password = ConnectionPassword::parse(&password.expose_text()).unwrap();
    block_on(device.test.registry().authenticate(&plug_id, &password)).unwrap();
    Connection { device, plug_id, password }
}

fn nobody() -> Connection {
    let plug_id = PlugId::parse("dev-5df33c34404ac04370e5c60e").unwrap();
    Connection { plug_id, ..device() }
}

// A whole connection, from parsed values.
#[library_benchmark]
#[bench::activated(args = (device()), config = counted(8_151))]
#[bench::unknown_id(args = (nobody()), config = counted(7_667))]
fn authenticate(connection: Connection) -> (Result<Principal, AuthenticateError>, Connection) {
    let Connection { device, plug_id, password } = black_box(&connection);
    let answer = pin!(device.test.registry().authenticate(plug_id, password))
        .poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(answer) = answer else { panic!("memory never waits") };
    assert_eq!(answer.is_ok(), plug_id == device.enrollment.credentials().plug_id());
    (answer, connection)
}

library_benchmark_group!(name = credentials, benchmarks = [derive, verify, authenticate]);
main!(library_benchmark_groups = credentials);
