//! What others pay for each connection.

use std::hint::black_box;

use argon2::{Algorithm, Argon2, Params, Version};
use sha2::Sha512;

use crate::row::note;
use crate::timing::{median, time};

/// Seconds of PBKDF2-SHA512 with 101 rounds.
pub(crate) fn pbkdf2() -> f64 {
    let mut out = [0; 64];
    let took = time(|| {
        pbkdf2::pbkdf2_hmac::<Sha512>(black_box(PASSWORD), &SALT, 101, black_box(&mut out));
    });
    took.as_secs_f64()
}

/// How long 100,000 reconnects take that take so many seconds each, and those of others.
pub(crate) fn reconnects(name: &str, ours: f64, pbkdf2: f64) {
    let params = Params::new(46 * 1024, 1, 1, Some(32)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let bcrypt = seconds(|| {
        black_box(bcrypt::bcrypt(10, SALT, black_box(PASSWORD)));
    });
    let argon2 = seconds(|| {
        let mut out = [0; 32];
        argon2.hash_password_into(black_box(PASSWORD), &SALT, &mut out).unwrap();
        black_box(out);
    });
    note(&format!(
        "100,000 reconnects {name}, one core: {:.3} s; pbkdf2-sha512 x 101 {:.1} s, bcrypt 10 \
         {:.0} s, argon2id 46 MiB {:.0} s",
        ours * RECONNECTS,
        pbkdf2 * RECONNECTS,
        bcrypt * RECONNECTS,
        argon2 * RECONNECTS,
    ));
}

/// The middle of a few.
fn seconds(mut hash: impl FnMut()) -> f64 {
    median((0..5).map(|_| time(&mut hash).as_secs_f64()))
}

const RECONNECTS: f64 = 100_000.0;
const PASSWORD: &[u8] = b"wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn";
const SALT: [u8; 16] = [7; 16];
