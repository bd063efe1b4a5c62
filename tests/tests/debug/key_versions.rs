//! What there is of more than one version of the root key.

use async_trait::async_trait;
use plugmint::testing::TestRegistry;
use plugmint::{
    KeyStanding, KeyVersion, NewSerial, RootKey, RootKeyError, RootKeys, RootLabel, RootMac,
};
use plugmint_core::derivation::{KeptKeys, MintingKeys, MintingRoots, PlatformKeys, SealNonce};
use pollster::block_on;

use crate::shown::Shown;
use crate::things::*;

/// Two versions; the first is that of test registries.
struct Two;

#[async_trait]
impl RootKeys for Two {
    fn versions(&self) -> Vec<KeyVersion> {
        vec![KeyVersion::FIRST, second()]
    }

    async fn mac(&self, version: KeyVersion, label: RootLabel) -> Result<RootMac, RootKeyError> {
        let byte = if version == second() { 0x77 } else { 0x5a };
        Ok(RootKey::from_random(&mut [byte; 32]).mac(label))
    }
}

fn second() -> KeyVersion {
    KeyVersion::FIRST.next().unwrap()
}

fn roots() -> MintingRoots {
    MintingRoots { enroll: root().mac(RootLabel::Enroll), auth: root().mac(RootLabel::Auth) }
}

pub(crate) fn key_versions(shown: &mut Shown) {
    shown.secret("the enroll root", roots().enroll.expose_bytes());
    shown.secret("the auth root", roots().auth.expose_bytes());
    shown.show(&roots());
    shown.show(&MintingKeys::new(&roots()));
    let keys = PlatformKeys::of_root(&root());
    let nonce = SealNonce::from_random([4; SealNonce::LEN]);
    let kept = KeptKeys::seal(second(), keys.seal(), nonce, KeyVersion::FIRST, &roots()).unwrap();
    shown.show(&kept);
    shown.show(&kept.open(keys.seal(), second()).unwrap_err());
    shown.show(&KeyStanding::Closed);

    let test = block_on(TestRegistry::new(7)).unwrap();
    let registry = test.registry();
    let template = plugmint_tests::design();
    let template = block_on(registry.create_template(registry.company(), template)).unwrap();
    let new = |n: u32| {
        let password = plugmint_tests::generated_password(n);
        let password = plugmint::EnrollPassword::parse(&password).unwrap();
        NewSerial::new(format!("SN-{n}").parse().unwrap(), password)
    };
    let ada = plugmint::Actor::parse("ada").unwrap();
    block_on(registry.register_all(template.id(), (0..1_025).map(new).collect(), &ada)).unwrap();
    shown.show(&block_on(registry.drop_root_key(KeyVersion::FIRST)).unwrap_err());
    shown.show(&block_on(registry.rotate_root_key(&Two)).unwrap());
    shown.show(&block_on(registry.rotate_root_key(&root())).unwrap_err());
    let (progress, _) = block_on(registry.key_progress(None)).unwrap();
    shown.show(&progress);
    shown.show(&progress.of(KeyVersion::FIRST));
    let swept = block_on(registry.sweep_keys(None)).unwrap();
    shown.show(&swept);
    shown.show(&swept.next.unwrap());
}
