//! What leaves a secret behind is found: these tests can fail.

use std::hint::black_box;
use std::thread;

use plugmint_freed::Watched;
use zeroize::Zeroizing;

const ONE: [(&str, usize); 1] = [("it", 1)];

#[test]
fn a_secret_in_a_block_that_is_freed_is_found() {
    let secret = b"planted in a text";
    let watched = Watched::new(&[("it", secret)]);
    drop(black_box(String::from_utf8(secret.to_vec()).unwrap()));
    assert_eq!(watched.found(), ONE);
}

#[test]
fn a_secret_is_found_wherever_it_stands_in_a_large_block() {
    let secret = b"planted in a large block";
    let watched = Watched::new(&[("it", secret)]);
    for (times, at) in (1..).zip([0, 1, 4_095, (1 << 20) - secret.len()]) {
        let mut block = vec![0x55_u8; 1 << 20];
        block[at..at + secret.len()].copy_from_slice(secret);
        drop(black_box(block));
        assert_eq!(watched.found(), [("it", times)]);
    }
}

#[test]
fn what_a_block_that_grew_leaves_behind_is_found() {
    let secret = b"planted in a block that grew";
    let watched = Watched::new(&[("it", secret)]);
    let mut bytes = Zeroizing::new(secret.to_vec());
    bytes.reserve(black_box(1));
    drop(bytes);
    assert_eq!(watched.found(), ONE);
}

#[test]
fn what_a_value_that_moved_leaves_behind_is_found() {
    let secret = *b"planted in a box that was left";
    let watched = Watched::new(&[("it", &secret)]);
    let moved = *black_box(Box::new(Zeroizing::new(secret)));
    drop(black_box(moved));
    assert_eq!(watched.found(), ONE);
}

#[test]
fn what_another_thread_frees_is_found() {
    let secret = b"planted in another thread";
    let watched = Watched::new(&[("it", secret)]);
    thread::spawn(|| drop(black_box(secret.to_vec()))).join().unwrap();
    assert_eq!(watched.found(), ONE);
}

#[test]
fn a_secret_that_was_wiped_is_not_found() {
    let secret = b"planted and wiped";
    let watched = Watched::new(&[("it", secret)]);
    drop(black_box(Zeroizing::new(secret.to_vec())));
    assert_eq!(watched.found(), []);
    drop(black_box(secret[1..].to_vec()));
    assert_eq!(watched.found(), [], "a part is not it");
}
