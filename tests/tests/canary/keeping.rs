//! What is kept with a device, and the account of its owner.

use plugmint::{
    Actor, ConnectionPassword, DeviceName, OpaqueText, PlugId, Principal, ProfileChange, Registry,
};

use crate::kept::Kept;
use crate::secrets::{ENROLL, WRONG, WRONG_CONNECTION};

/// A device that has just connected says what is to be kept with it, and so does an operator.
pub(crate) async fn keeps(
    kept: &Kept,
    registry: &Registry,
    principal: &Principal,
    password: &ConnectionPassword,
) {
    let (plug_id, ada) = (principal.plug_id(), Actor::parse("ada").unwrap());
    let change = || {
        let props = OpaqueText::parse(r#"{"floor":3}"#).unwrap();
        ProfileChange::new().name(Some(DeviceName::parse("kitchen").unwrap())).props(Some(props))
    };
    kept.debug(&change());
    kept.value(&registry.set_profile(plug_id, &change(), &ada).await.unwrap());
    kept.value(&registry.set_own_profile(plug_id, password, &change()).await.unwrap());
    let wrong = ConnectionPassword::parse(WRONG_CONNECTION).unwrap();
    kept.error(registry.set_own_profile(plug_id, &wrong, &change()).await.unwrap_err());
    kept.debug(&registry.profile(plug_id).await.unwrap());
    kept.debug(&registry.profile_of(principal).await.unwrap());
    let nobody = PlugId::from_parts(plug_id.kind(), [0; 12]);
    kept.error(registry.profile(&nobody).await.unwrap_err());
    kept.error(registry.set_profile(&nobody, &change(), &ada).await.unwrap_err());
    // Whose account is not there is told what a wrong password is told.
    for password in [WRONG, ENROLL] {
        kept.debug(
            &registry.verify_account(None, "ada@example.com", None, password).await.unwrap(),
        );
    }
}
