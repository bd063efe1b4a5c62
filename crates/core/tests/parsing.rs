//! Parsing: text in, value out, the same text back.

#![cfg(test)]

use plugmint_core::arb::{
    arb_company_id, arb_generated_text, arb_plug_id, arb_serial_number, arb_template_id,
};
use plugmint_core::{
    Actor, CompanyId, ConnectionPassword, ControlPassword, EnrollPassword, PasswordClass, PlugId,
    SerialNumber, TemplateId, TemplateName,
};
use proptest::prelude::*;

proptest! {
    #[test]
    fn an_id_is_read_back_from_its_text(
        plug_id in arb_plug_id(),
        template in arb_template_id(),
        company in arb_company_id(),
    ) {
        prop_assert_eq!(PlugId::parse(&plug_id.to_string()), Ok(plug_id));
        prop_assert_eq!(PlugId::parse(&plug_id.to_string().to_uppercase()), Ok(plug_id));
        prop_assert_eq!(TemplateId::parse(&template.to_string()), Ok(template));
        prop_assert_eq!(CompanyId::parse(&company.to_string()), Ok(company));
    }

    #[test]
    fn a_serial_number_is_read_back_from_its_text(serial in arb_serial_number()) {
        prop_assert_eq!(SerialNumber::parse(serial.as_str()), Ok(serial));
        let json = serde_json::to_string(&serial).unwrap();
        prop_assert_eq!(serde_json::from_str::<SerialNumber>(&json).unwrap(), serial);
    }

    #[test]
    fn serial_numbers_are_ordered_as_their_bytes(
        a in arb_serial_number(),
        b in arb_serial_number(),
    ) {
        prop_assert_eq!(a.cmp(&b), a.as_bytes().cmp(b.as_bytes()));
    }

    #[test]
    fn a_generated_password_is_of_its_class(text in arb_generated_text()) {
        let password = EnrollPassword::parse(&text).unwrap();
        prop_assert!(PasswordClass::Generated.check(password.expose_text()).is_ok());
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in "\\PC*", raw in any::<String>()) {
        for text in [&text, &raw] {
            returns(PlugId::parse(text));
            returns(SerialNumber::parse(text));
            returns(TemplateName::parse(text));
            returns(Actor::parse(text));
            returns(ControlPassword::parse(text));
            returns(ConnectionPassword::parse(text));
            if let Ok(password) = EnrollPassword::parse(text) {
                returns(PasswordClass::Generated.check(password.expose_text()));
            }
        }
    }
}

/// A call that came back.
fn returns<T>(_: T) {}
