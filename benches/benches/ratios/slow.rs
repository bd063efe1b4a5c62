//! What others pay for each connection.

use std::cell::OnceCell;
use std::hint::black_box;

use argon2::{Algorithm, Argon2, Params, Version};
use sha2::Sha512;

use crate::row::{Bound, Report, note};
use crate::timing::{median, time};

/// Rows of a connection that takes so many seconds, beside slow hashes.
pub(crate) fn per_connect(report: &mut Report, name: &str, ours: f64) {
    let slow = slow_hashes();
    report.row(
        &format!("pbkdf2-sha512 x 101 / authenticate {name}"),
        slow[0].1 / ours,
        Bound::AtLeast(15.0),
    );
    let all = slow.iter().map(|(name, each)| format!("{name} {:.1} s", each * RECONNECTS));
    let all: Vec<_> = all.collect();
    note(&format!(
        "100,000 reconnects {name}, one core: {:.3} s; {}",
        ours * RECONNECTS,
        all.join(", ")
    ));
}

/// Seconds of each, measured once.
fn slow_hashes() -> [(&'static str, f64); 3] {
    thread_local!(static MEASURED: OnceCell<[(&'static str, f64); 3]> = const { OnceCell::new() });
    MEASURED.with(|measured| {
        *measured.get_or_init(|| {
            let params = Params::new(46 * 1024, 1, 1, Some(32)).unwrap();
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            [
                (
                    "pbkdf2-sha512 x 101",
                    seconds(101, || {
                        let mut out = [0; 64];
                        pbkdf2::pbkdf2_hmac::<Sha512>(black_box(PASSWORD), &SALT, 101, &mut out);
                        black_box(out);
                    }),
                ),
                (
                    "bcrypt 10",
                    seconds(5, || {
                        black_box(bcrypt::bcrypt(10, SALT, black_box(PASSWORD)));
                    }),
                ),
                (
                    "argon2id 46 MiB",
                    seconds(5, || {
                        let mut out = [0; 32];
                        argon2.hash_password_into(black_box(PASSWORD), &SALT, &mut out).unwrap();
                        black_box(out);
                    }),
                ),
            ]
        })
    })
}

/// The middle of so many.
fn seconds(rounds: usize, mut hash: impl FnMut()) -> f64 {
    median((0..rounds).map(|_| time(&mut hash).as_secs_f64()))
}

const RECONNECTS: f64 = 100_000.0;
const PASSWORD: &[u8] = b"wXQ_7nSJZtQTaKGWnrOAXb8LnqTlhujn";
const SALT: [u8; 16] = [7; 16];
