//! What waits for a slow hash.

use futures_util::future::join_all;
use plugmint::Argon2Cost;
use plugmint_tests::{chosen_design, enroll_password};
use pollster::block_on;

use crate::scene::counted;

#[test]
fn the_depth_of_the_queue_rises_and_falls() {
    let (scene, recorded) = counted(chosen_design());
    let password = enroll_password("correct horse");
    let ids: Vec<_> = (0..4).map(|number| scene.id(&format!("SN-{number}"))).collect();
    let all = ids.iter().map(|id| scene.registry.enroll(id, &password));
    for refused in block_on(join_all(all)) {
        refused.unwrap_err();
    }
    // After the last answer a thread says that it is free, and may say it late.
    block_on(scene.registry.close());
    let depth = recorded.values("plugmint_stretch_queue_depth");
    assert!(depth.iter().any(|depth| *depth >= 1.0), "{depth:?}");
    assert_eq!(depth.last(), Some(&0.0));
    let busy = recorded.values("plugmint_stretch_busy");
    assert!(busy.contains(&1.0) && busy.iter().all(|busy| *busy <= 1.0), "{busy:?}");
    assert_eq!(busy.last(), Some(&0.0));
    assert_eq!(recorded.values("plugmint_stretch_wait_seconds").len(), 4);
    let hashes = recorded.values("plugmint_stretch_seconds");
    assert!(hashes.len() == 4 && hashes.iter().all(|time| *time > 0.0), "{hashes:?}");
}

#[test]
fn who_is_sent_away_waits_no_more() {
    // All have come before a few are hashed.
    let cost = Argon2Cost::new(4 * 1024, 1, 1).unwrap();
    let (scene, recorded) = counted(chosen_design().with_argon2(cost));
    let password = enroll_password("correct horse");
    let ids: Vec<_> = (0..100).map(|number| scene.id(&format!("SN-{number}"))).collect();
    let all = ids.iter().map(|id| scene.registry.enroll(id, &password));
    let answers = block_on(join_all(all));
    let overloaded =
        answers.iter().filter(|answer| answer.as_ref().unwrap_err().code() == "overloaded");
    let counted = recorded.total("plugmint_enroll_total{overloaded}");
    assert_eq!(counted, overloaded.count() as u64);
    assert!(counted > 0);
    // One is hashed, 64 wait.
    let depth = recorded.values("plugmint_stretch_queue_depth");
    assert!(depth.iter().all(|depth| *depth <= 65.0), "{depth:?}");
    assert_eq!(depth.last(), Some(&0.0));
}
