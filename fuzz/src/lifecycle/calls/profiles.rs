//! What becomes of profiles.

use plugmint::{
    AuthenticateError, ConnectionPassword, DeviceName, EnrollError, OpaqueText, ProfileChange,
    SetProfileError, UnixMillis,
};
use plugmint_tests::enroll_password;
use pollster::block_on;

use crate::lifecycle::command::{LEVELS, OfProfiles, PASSWORDS, Said, TEXTS, Word};
use crate::lifecycle::model::Told;
use crate::lifecycle::{Answers, World, ada, said};

use super::nobody;

impl World {
    pub(super) fn of_profiles(&mut self, command: OfProfiles, now: UnixMillis) -> Answers {
        let (answer, expected) = match command {
            OfProfiles::Set { pick, said: words } => {
                let told = self.model.picked(pick).cloned();
                let Told { plug_id, .. } = told.clone().unwrap_or_else(nobody);
                let done = block_on(self.registry.set_profile(&plug_id, &change(words), &ada()));
                let expected = self.model.set_profile(told.as_ref(), words, now);
                (said(done, SetProfileError::code), expected)
            }
            OfProfiles::SetOwn { pick, said: words } => {
                let told = self.model.picked(pick).cloned();
                let Told { plug_id, password, .. } = told.clone().unwrap_or_else(nobody);
                let password = ConnectionPassword::parse(&password).unwrap();
                let change = change(words);
                let done = block_on(self.registry.set_own_profile(&plug_id, &password, &change));
                let expected = self.model.set_own_profile(told.as_ref(), words, now);
                (said(done, AuthenticateError::code), expected)
            }
            OfProfiles::Enroll { device, password, said: words } => {
                let expected = self.model.enroll(device, password, now);
                let (id, change) = (self.id(device), change(words));
                let password = enroll_password(PASSWORDS[password]);
                let enrolled = self.registry.enroll_with_profile(None, &id, &password, &change);
                let answer = self.enrolled(device, block_on(enrolled), EnrollError::code);
                if ["First", "Reissued"].contains(&expected) {
                    self.model.begins_with(device, words, now);
                }
                (answer, expected)
            }
        };
        (answer, expected.to_owned())
    }
}

fn change([name, perm, props]: Said) -> ProfileChange {
    let (stays, text) = (ProfileChange::new(), |which| OpaqueText::parse(TEXTS[which]).unwrap());
    let stays = match name {
        Word::Stays => stays,
        Word::Is(which) => stays.name(Some(DeviceName::parse(TEXTS[which]).unwrap())),
        Word::Goes => stays.name(None),
    };
    let stays = match perm {
        Word::Stays => stays,
        Word::Is(which) => stays.perm(Some(text(which)), LEVELS[which + 1]),
        Word::Goes => stays.perm(None, None),
    };
    match props {
        Word::Stays => stays,
        Word::Is(which) => stays.props(Some(text(which))),
        Word::Goes => stays.props(None),
    }
}
