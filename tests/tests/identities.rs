//! Distinct inputs give distinct identities, and the same inputs the same one.

#![cfg(test)]

use plugmint_core::arb::{arb_generated_text, arb_serial_id};
use plugmint_core::derivation::{PasswordText, PlatformKeys, RootKey, StretchMemory};
use plugmint_core::{Argon2Cost, Credentials, Epoch, Ordinal, PasswordClass, PlugId, SerialId};
use proptest::prelude::*;

/// Everything that a Thing's credentials hang on.
#[derive(Clone, Debug, PartialEq)]
struct Inputs {
    root: [u8; 32],
    id: SerialId,
    password: String,
    epoch: u32,
}

fn arb_inputs() -> impl Strategy<Value = Inputs> {
    (any::<[u8; 32]>(), arb_serial_id(), arb_generated_text(), any::<u32>())
        .prop_map(|(root, id, password, epoch)| Inputs { root, id, password, epoch })
}

fn credentials(inputs: &Inputs) -> Credentials {
    let root = RootKey::from_random(&mut { inputs.root });
    let text = PasswordText::of_any(inputs.password.as_bytes()).unwrap();
    let stretched = PasswordClass::Generated
        .stretching(Argon2Cost::DEFAULT, &inputs.id, text)
        .run(&mut StretchMemory::new())
        .unwrap();
    PlatformKeys::of_root(&root)
        .template_key(inputs.id.template())
        .enroll_key(inputs.id.serial(), &stretched)
        .credentials(Epoch::new(inputs.epoch))
}

fn told(inputs: &Inputs) -> (PlugId, String) {
    let credentials = credentials(inputs);
    (*credentials.plug_id(), credentials.connection_password().expose_text().to_string())
}

proptest! {
    #[test]
    fn the_same_inputs_give_the_same_credentials(inputs in arb_inputs()) {
        prop_assert_eq!(told(&inputs), told(&inputs.clone()));
    }

    #[test]
    fn another_input_gives_another_identity(a in arb_inputs(), b in arb_inputs()) {
        let mixed = [
            Inputs { root: b.root, ..a.clone() },
            Inputs { id: SerialId::new(*b.id.template(), *a.id.serial()), ..a.clone() },
            Inputs { id: SerialId::new(*a.id.template(), *b.id.serial()), ..a.clone() },
            Inputs { password: b.password.clone(), ..a.clone() },
        ];
        for other in mixed {
            let (id, password) = told(&a);
            let (other_id, other_password) = told(&other);
            prop_assert_eq!(id == other_id, a == other);
            prop_assert_eq!(password == other_password, a == other);
        }
    }

    #[test]
    fn another_epoch_keeps_the_plug_id_and_changes_the_password(
        inputs in arb_inputs(),
        epoch in any::<u32>(),
    ) {
        let other = Inputs { epoch, ..inputs.clone() };
        let ((id, password), (other_id, other_password)) = (told(&inputs), told(&other));
        prop_assert_eq!(id, other_id);
        prop_assert_eq!(password == other_password, inputs == other);
    }

    #[test]
    fn case_and_form_of_a_password_are_part_of_it(inputs in arb_inputs()) {
        let upper = Inputs { password: inputs.password.to_uppercase(), ..inputs.clone() };
        prop_assert_eq!(told(&inputs) == told(&upper), inputs.password == upper.password);
    }

    #[test]
    fn every_controller_of_a_thing_is_another_one_and_none_is_the_thing(
        inputs in arb_inputs(),
        a in any::<u32>(),
        b in any::<u32>(),
    ) {
        let root = RootKey::from_random(&mut { inputs.root });
        let text = PasswordText::of_any(inputs.password.as_bytes()).unwrap();
        let stretched = PasswordClass::Generated
            .stretching(Argon2Cost::DEFAULT, &inputs.id, text)
            .run(&mut StretchMemory::new())
            .unwrap();
        let key = PlatformKeys::of_root(&root)
            .template_key(inputs.id.template())
            .control_key(inputs.id.serial(), &stretched);
        let of = |ordinal| {
            *key.credentials(Ordinal::new(ordinal), Epoch::new(inputs.epoch)).plug_id()
        };
        prop_assert_eq!(of(a) == of(b), a == b);
        prop_assert_ne!(of(a), told(&inputs).0);
    }
}

#[test]
fn ten_thousand_serials_of_a_template_are_ten_thousand_identities() {
    let template = plugmint_core::TemplateId::from_parts([1; 12]);
    let ids: std::collections::BTreeSet<_> = (0..10_000)
        .map(|number| {
            let serial = format!("SN-{number}").parse().unwrap();
            let id = SerialId::new(template, serial);
            told(&Inputs { root: [7; 32], id, password: "ab".repeat(16), epoch: 0 }).0
        })
        .collect();
    assert_eq!(ids.len(), 10_000);
}
