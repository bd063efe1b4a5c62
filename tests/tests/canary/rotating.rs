//! The root key is replaced, and a device hangs on the new one.

use async_trait::async_trait;
use plugmint::{
    Actor, EnrollPassword, KeyVersion, NewSerial, Registry, RootKey, RootKeyError, RootKeys,
    RootLabel, RootMac, SerialId,
};
use plugmint_tests::{Canaries, version};

use crate::kept::Kept;
use crate::secrets::{ENROLL, NEXT_ROOT_KEY, root_key};

/// The root key of the story, and the next one.
#[derive(Debug)]
struct Both;

#[async_trait]
impl RootKeys for Both {
    fn versions(&self) -> Vec<KeyVersion> {
        [1, 2].map(version).to_vec()
    }

    async fn mac(&self, of: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        if of == KeyVersion::FIRST {
            return Ok(root_key().mac(label));
        }
        Ok(RootKey::parse(NEXT_ROOT_KEY).unwrap().mac(label))
    }
}

pub(crate) async fn rotates(
    kept: &Kept,
    registry: &Registry,
    id: &SerialId,
    ada: &Actor,
    secrets: &Canaries,
) {
    // The new key in the place of the old one.
    let misplaced = RootKey::parse(NEXT_ROOT_KEY).unwrap();
    kept.error(registry.rotate_root_key(&misplaced).await.unwrap_err());
    kept.debug(&Both);
    for _ in 0..2 {
        kept.debug(&registry.rotate_root_key(&Both).await.unwrap());
    }
    let password = || EnrollPassword::parse(ENROLL).unwrap();
    let new = NewSerial::new(*id.serial(), password());
    let status = kept.value_of(registry.register(id.template(), new, ada).await.unwrap());
    assert_eq!(status.key_version, version(2));
    let enrollment = registry.enroll(id, &password()).await.unwrap();
    let credentials = enrollment.credentials();
    let right = credentials.connection_password();
    assert_eq!(secrets.find(right.expose_bytes()), Some("connection password"));
    kept.value(&registry.authenticate(credentials.plug_id(), right).await.unwrap());
    let mut swept = registry.sweep_keys(None).await.unwrap();
    while let Some(next) = swept.next {
        kept.debug(&next);
        swept = registry.sweep_keys(Some(&next)).await.unwrap();
    }
    kept.debug(&swept);
    kept.debug(&registry.key_progress(None).await.unwrap());
    kept.error(registry.drop_root_key(version(2)).await.unwrap_err());
    // All who hung on it are retired.
    kept.debug(&registry.drop_root_key(version(1)).await.unwrap());
}
