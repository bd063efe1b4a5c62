//! The derivation agrees with the vectors, group by group and value by value.

#![cfg(test)]

use base64ct::{Base64UrlUnpadded, Encoding};
use plugmint_core::derivation::{
    ControlKey, EnrollKey, PasswordText, PlatformKeys, RootKey, StretchMemory,
};
use plugmint_core::{
    Argon2Cost, Credentials, Epoch, Ordinal, PasswordClass, SerialId, TemplateDesign, TemplateName,
};
use plugmint_tests::{Input, Role, Vector, Vectors, of_hex, thing_secrets_at, to_hex};

/// Checks every case of one group; an empty group is a mistake of the test.
fn agree(belongs: impl Fn(&Vector) -> bool) {
    let vectors = Vectors::load();
    let group: Vec<_> = vectors.cases.iter().filter(|case| belongs(case)).collect();
    assert!(!group.is_empty());
    for case in group {
        agrees(case);
    }
}

fn agrees(Vector { name, input, output }: &Vector) {
    let root = RootKey::parse(&input.root_key).unwrap();
    let keys = PlatformKeys::of_root(&root);
    let id = SerialId::new(input.template.parse().unwrap(), input.serial.parse().unwrap());
    let class: PasswordClass = input.class.parse().unwrap();
    let cost = input.argon2id.map_or(Argon2Cost::DEFAULT, |cost| {
        Argon2Cost::new(cost.memory_kib, cost.passes, cost.lanes).unwrap()
    });
    let password = PasswordText::of_any(input.password.as_bytes()).unwrap();

    let stretched = class.stretching(cost, &id, password).run(&mut StretchMemory::new()).unwrap();
    assert_eq!(to_hex(stretched.expose_bytes()), output.stretched, "stretched: {name}");

    let template_key = keys.template_key(id.template());
    let (verifier, credentials) = match input.role {
        Role::Thing => of_thing(&template_key.enroll_key(id.serial(), &stretched), input),
        Role::Controller => {
            of_controller(&template_key.control_key(id.serial(), &stretched), input)
        }
    };
    assert_eq!(to_hex(verifier.expose_bytes()), output.verifier, "verifier: {name}");
    assert_eq!(credentials.plug_id().to_string(), output.plug_id, "plug-id: {name}");
    let password = credentials.connection_password();
    assert_eq!(*password.expose_text(), output.connection_password, "password: {name}");
    let auth_verifier = keys.auth().verifier(credentials.plug_id(), password);
    assert_eq!(to_hex(auth_verifier.expose_bytes()), output.auth_verifier, "auth verifier: {name}");
}

fn of_thing(key: &EnrollKey, input: &Input) -> (plugmint_core::derivation::Verifier, Credentials) {
    (key.verifier(), key.credentials(Epoch::new(input.epoch)))
}

fn of_controller(
    key: &ControlKey,
    input: &Input,
) -> (plugmint_core::derivation::Verifier, Credentials) {
    let ordinal = Ordinal::new(input.ordinal.unwrap());
    (key.verifier(), key.credentials(ordinal, Epoch::new(input.epoch)))
}

fn begins_with(group: &'static str) -> impl Fn(&Vector) -> bool {
    move |case| case.name.starts_with(group)
}

#[test]
fn generated_passwords_agree_with_the_vectors() {
    agree(begins_with("generated"));
}

#[test]
fn chosen_passwords_agree_with_the_vectors() {
    agree(begins_with("chosen"));
}

#[test]
fn shared_passwords_agree_with_the_vectors() {
    agree(begins_with("shared"));
}

#[test]
fn field_boundaries_agree_with_the_vectors() {
    agree(begins_with("field boundaries"));
}

#[test]
fn controllers_agree_with_the_vectors() {
    agree(begins_with("controller"));
}

#[test]
fn every_vector_belongs_to_a_group() {
    let groups = ["generated", "chosen", "shared", "field boundaries", "controller"];
    let vectors = Vectors::load();
    assert_eq!((vectors.format.as_str(), vectors.version), ("plugmint derivation vectors", 1));
    for case in &vectors.cases {
        assert!(groups.iter().any(|group| case.name.starts_with(group)), "{}", case.name);
    }
    assert_eq!(vectors.cases.len(), 17);
}

/// The vectors name these keys, but no API shows them: they are held against what hangs on them.
#[test]
fn template_and_device_keys_of_the_vectors_give_their_verifiers() {
    use hmac::{Hmac, KeyInit, Mac};
    let mac = |key: &str, message: &[&[u8]]| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&of_hex(key)).unwrap();
        for field in message {
            mac.update(&u32::try_from(field.len()).unwrap().to_be_bytes());
            mac.update(field);
        }
        to_hex(&mac.finalize().into_bytes())
    };
    for Vector { name, input, output } in Vectors::load().cases {
        let enroll_root = mac(&input.root_key, &[b"plugmint/v1/enroll"]);
        let template: plugmint_core::TemplateId = input.template.parse().unwrap();
        let template_key = mac(&enroll_root, &[b"plugmint/v1/template-key", template.body()]);
        assert_eq!(template_key, output.template_key, "template key: {name}");
        assert_eq!(mac(&output.key, &[b"plugmint/v1/verifier"]), output.verifier, "key: {name}");
    }
}

/// What the tests look for when they look for secrets is computed apart; it is the page's too.
#[test]
fn the_secrets_that_tests_look_for_are_those_of_the_vectors() {
    let things = Vectors::load().cases.into_iter().filter(|case| case.input.role == Role::Thing);
    let mut held = 0;
    for Vector { name, input, output } in things {
        let id = SerialId::new(input.template.parse().unwrap(), input.serial.parse().unwrap());
        let cost = input.argon2id.map_or(Argon2Cost::DEFAULT, |cost| {
            Argon2Cost::new(cost.memory_kib, cost.passes, cost.lanes).unwrap()
        });
        let design = TemplateDesign::new(TemplateName::parse("T").unwrap())
            .with_password_class(input.class.parse().unwrap())
            .with_argon2(cost);
        let (root, epoch) = (of_hex(&input.root_key), Epoch::new(input.epoch));
        let secrets = thing_secrets_at(&root, &id, &design, &input.password, epoch);
        let [_, template_key, stretched, key, password] = &secrets[..] else { panic!("{name}") };
        assert_eq!(to_hex(&template_key.1), output.template_key, "{name}");
        assert_eq!(to_hex(&stretched.1), output.stretched, "{name}");
        assert_eq!(to_hex(&key.1), output.key, "{name}");
        let text = Base64UrlUnpadded::encode_string(&password.1);
        assert_eq!(text, output.connection_password, "{name}");
        held += usize::from(input.epoch > 0);
    }
    assert!(held > 0, "later epochs are among them");
}
