//! `derive`: what an auditor holds against the page.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use hmac::{Hmac, KeyInit, Mac};
use plugmint_tests::{Cost, Role, Vectors, of_hex, to_hex};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::program::Home;

const ROOT: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const TEMPLATE: &str = "mod-5c66bc451866d3c62ba0b904";

fn home(root: &str) -> Home {
    let home = Home::empty();
    home.write("root", root);
    fs::set_permissions(home.path("root"), fs::Permissions::from_mode(0o600)).unwrap();
    home
}

/// The words of a derivation, with those that every case has.
fn words<'a>(template: &'a str, serial: &'a str, class: &'a str) -> Vec<&'a str> {
    vec![
        "derive",
        "--root-key-file",
        "root",
        "--template",
        template,
        "--serial",
        serial,
        "--class",
        class,
    ]
}

#[test]
fn derive_agrees_with_every_vector() {
    for case in Vectors::load().cases {
        let input = &case.input;
        let home = home(&input.root_key);
        let mut words = words(&input.template, &input.serial, &input.class);
        let epoch = input.epoch.to_string();
        words.extend(["--epoch", &epoch]);
        let ordinal = input.ordinal.map(|ordinal| ordinal.to_string());
        assert_eq!(ordinal.is_some(), input.role == Role::Controller);
        if let Some(ordinal) = &ordinal {
            words.extend(["--ordinal", ordinal]);
        }
        let cost = input
            .argon2id
            .map(|Cost { memory_kib, passes, lanes }| format!("{memory_kib},{passes},{lanes}"));
        if let Some(cost) = &cost {
            words.extend(["--argon2", cost]);
        }
        let derived = home.json(&words, &input.password);
        assert_eq!(derived["plug_id"], *case.output.plug_id, "{}", case.name);
        assert_eq!(derived["connection_password"], *case.output.connection_password);
        assert_eq!(derived["verifier"], *case.output.verifier, "{}", case.name);
        assert_eq!(derived["auth_verifier"], *case.output.auth_verifier, "{}", case.name);
    }
}

/// The page of the derivation once more, as directly as it is written.
fn by_the_page(root: &[u8], template: &str, serial: &str, password: &[u8], epoch: u32) -> Value {
    fn msg(fields: &[&[u8]]) -> Vec<u8> {
        let of = |field: &&[u8]| {
            [&u32::try_from(field.len()).unwrap().to_be_bytes()[..], field].concat()
        };
        fields.iter().flat_map(of).collect()
    }
    fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().to_vec()
    }
    let oid = of_hex(template.strip_prefix("mod-").unwrap());
    let enroll_root = mac(root, &msg(&[b"plugmint/v1/enroll"]));
    let auth_root = mac(root, &msg(&[b"plugmint/v1/auth"]));
    let template_key = mac(&enroll_root, &msg(&[b"plugmint/v1/template-key", &oid]));
    let stretched = Sha256::digest(msg(&[b"plugmint/v1/generated", password]));
    let key = mac(&template_key, &msg(&[b"plugmint/v1/enroll-key", serial.as_bytes(), &stretched]));
    let plug_id = mac(&key, &msg(&[b"plugmint/v1/plug-id"]))[..12].to_vec();
    let epoch = epoch.to_be_bytes();
    let password = mac(&key, &msg(&[b"plugmint/v1/connection-password", &epoch]))[..24].to_vec();
    let auth = mac(&auth_root, &[plug_id.as_slice(), &password].concat());
    serde_json::json!({
        "plug_id": format!("dev-{}", to_hex(&plug_id)),
        "connection_password": url_base64(&password),
        "verifier": to_hex(&mac(&key, &msg(&[b"plugmint/v1/verifier"]))),
        "auth_verifier": to_hex(&auth),
    })
}

/// RFC 4648, section 5, of a whole number of three bytes.
fn url_base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    bytes
        .chunks(3)
        .flat_map(|three| {
            let word = three.iter().fold(0_usize, |word, byte| word << 8 | usize::from(*byte));
            [18, 12, 6, 0].map(|shift| char::from(alphabet[word >> shift & 63]))
        })
        .collect()
}

#[test]
fn derive_agrees_with_the_page_on_inputs_outside_the_vectors() {
    let home = home(ROOT);
    for (template, serial, password, epoch) in [
        ("mod-ffffffffffffffffffffffff", "00:1B:44:11:3A:B7", "x", 0),
        (TEMPLATE, "K\u{fc}hlschrank-\u{2116}42", "", 1),
        (TEMPLATE, "-dash", " spaces at both ends ", 4_294_967_295),
        (TEMPLATE, &"S".repeat(128), "p\u{e4}ssw\u{f6}rd", 7),
        ("MOD-5C66BC451866D3C62BA0B904", "S", &"long ".repeat(1000), 3),
    ] {
        let epoch_text = epoch.to_string();
        let mut words = words(template, serial, "generated");
        words.extend(["--epoch", &epoch_text]);
        let lower = template.to_lowercase();
        let expected = by_the_page(&of_hex(ROOT), &lower, serial, password.as_bytes(), epoch);
        assert_eq!(home.json(&words, password), expected, "{serial}");
    }
}

#[test]
fn derive_gives_what_enrolling_gives() {
    let (home, template) = Home::with_template(&[]);
    let password = "gTygYqudCQ-gY80EK29_tw";
    home.done(&["serial", "add", &template, "SN-1"], password);
    let given = home.json(&["enroll", &template, "SN-1"], password);
    let derived = home.json(
        &[
            "derive",
            "--root-key-file",
            "plugmint-data.key",
            "--template",
            &template,
            "--serial",
            "SN-1",
            "--class",
            "generated",
        ],
        &format!("{password}\n"),
    );
    assert_eq!(derived["plug_id"], given["plug_id"]);
    assert_eq!(derived["connection_password"], given["connection_password"]);
}

#[test]
fn derive_judges_no_password_and_no_cost_that_rfc_9106_allows() {
    let home = home(ROOT);
    for cost in ["8,1,1", "24,1,3", "8,20,1", "4096,1,17"] {
        let mut words = words(TEMPLATE, "SN-1", "chosen");
        words.extend(["--argon2", cost]);
        home.json(&words, "x");
        home.json(&words, "");
    }
    assert_eq!(home.run(&words(TEMPLATE, "SN-1", "generated"), b"\xff\x00\n").code, 0);
    for cost in ["7,1,1", "8,0,1", "8,1,0", "8,1,2", "8,1", "x"] {
        let mut words = words(TEMPLATE, "SN-1", "chosen");
        words.extend(["--argon2", cost]);
        assert_eq!(home.fails(2, &words, "x").0, "usage", "{cost}");
    }
}

#[test]
fn derive_refuses_a_cost_for_generated_and_a_shared_control_password() {
    let home = home(ROOT);
    let mut generated = words(TEMPLATE, "SN-1", "generated");
    generated.extend(["--argon2", "64,1,1"]);
    assert_eq!(home.fails(2, &generated, "x").0, "usage");
    let mut shared = words(TEMPLATE, "SN-1", "shared");
    shared.extend(["--ordinal", "0"]);
    assert_eq!(home.fails(2, &shared, "x").0, "usage");
}

#[test]
fn derive_defaults_to_the_first_epoch_and_the_default_cost() {
    let home = home(ROOT);
    let default = home.json(&words(TEMPLATE, "SN-1", "chosen"), "correct horse");
    let mut spelled = words(TEMPLATE, "SN-1", "chosen");
    spelled.extend(["--argon2", "19456,2,1", "--epoch", "0"]);
    assert_eq!(home.json(&spelled, "correct horse"), default);
}

#[test]
fn derive_prints_for_people_what_it_prints_for_programs() {
    let home = home(ROOT);
    let words = words(TEMPLATE, "SN-1", "generated");
    let (people, json) = (home.done(&words, "x"), home.json(&words, "x"));
    for value in json.as_object().unwrap().values() {
        assert!(people.contains(value.as_str().unwrap()), "{people}");
    }
}
