//! What the derivation is made of keeps the standards that it names.

#![cfg(test)]

use argon2::{Algorithm, Argon2, AssociatedData, Block, ParamsBuilder, Version};
use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305};
use plugmint_mac::{MacKey, sha256_into};
use plugmint_tests::{of_hex, to_hex};

/// RFC 2104 has a short key padded with zeros, and one that is longer than a block hashed.
fn hmac_sha256(key: &[u8], message: &[u8]) -> String {
    let (mut padded, mut mac) = ([0; 32], [0; 32]);
    match padded.get_mut(..key.len()) {
        Some(place) => place.copy_from_slice(key),
        None => padded = sha256(key),
    }
    MacKey::new(&padded).mac_into(&mut mac, |into| into.put(message));
    to_hex(&mac)
}

fn sha256(message: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    sha256_into(&mut digest, |into| into.put(message));
    digest
}

#[test]
fn hmac_sha256_keeps_rfc_4231_test_case_1() {
    assert_eq!(
        hmac_sha256(&[0x0b; 20], b"Hi There"),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    );
}

#[test]
fn hmac_sha256_keeps_rfc_4231_test_case_2() {
    assert_eq!(
        hmac_sha256(b"Jefe", b"what do ya want for nothing?"),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

#[test]
fn hmac_sha256_keeps_rfc_4231_test_case_3() {
    assert_eq!(
        hmac_sha256(&[0xaa; 20], &[0xdd; 50]),
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    );
}

#[test]
fn hmac_sha256_keeps_rfc_4231_test_case_4() {
    let key: Vec<u8> = (0x01..=0x19).collect();
    assert_eq!(
        hmac_sha256(&key, &[0xcd; 50]),
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    );
}

#[test]
fn hmac_sha256_keeps_rfc_4231_test_case_5() {
    let mac = hmac_sha256(&[0x0c; 20], b"Test With Truncation");
    assert!(mac.starts_with("a3b6167473100ee06e0c796c2955552b"));
}

#[test]
fn hmac_sha256_keeps_rfc_4231_test_case_6() {
    assert_eq!(
        hmac_sha256(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First"),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    );
}

#[test]
fn hmac_sha256_keeps_rfc_4231_test_case_7() {
    assert_eq!(
        hmac_sha256(
            &[0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm."
        ),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    );
}

#[test]
fn argon2id_keeps_rfc_9106_section_5_3() {
    let params = ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .output_len(32)
        .data(AssociatedData::new(&[0x04; 12]).unwrap())
        .build()
        .unwrap();
    let mut blocks = vec![Block::new(); params.block_count()];
    let mut tag = [0; 32];
    Argon2::new_with_secret(&[0x03; 8], Algorithm::Argon2id, Version::V0x13, params)
        .unwrap()
        .hash_password_into_with_memory(&[0x01; 32], &[0x02; 16], &mut tag, &mut blocks[..])
        .unwrap();
    assert_eq!(to_hex(&tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

#[test]
fn sha256_keeps_fips_180_4() {
    for (message, digest) in [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
    ] {
        assert_eq!(to_hex(&sha256(message.as_bytes())), digest);
    }
}

#[test]
fn xchacha20_poly1305_keeps_the_irtf_draft_section_a_3_1() {
    let key: [u8; 32] = of_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f")
        .try_into()
        .unwrap();
    let nonce: [u8; 24] =
        of_hex("404142434445464748494a4b4c4d4e4f5051525354555657").try_into().unwrap();
    let data = of_hex("50515253c0c1c2c3c4c5c6c7");
    let mut text =
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for \
                     the future, sunscreen would be it."
            .to_vec();
    let tag = XChaCha20Poly1305::new(&key.into())
        .encrypt_inout_detached(&nonce.into(), &data, InOutBuf::from(text.as_mut_slice()))
        .unwrap();
    assert_eq!(to_hex(&tag), "c0875924c1c7987947deafd8780acf49");
    assert!(
        to_hex(&text)
            .starts_with("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb")
    );
}
