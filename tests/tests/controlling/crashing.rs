//! Power lost at every write of the story: what was told is there, and no step by half.

use std::sync::Arc;

use plugmint_redb::{RedbOptions, RedbStore};
use plugmint_tests::{CrashLog, Loss, SimDisk};
use pollster::block_on;
use rand_chacha::ChaCha12Rng;
use rand_core::SeedableRng;

use crate::story::{House, STORY, Story};

fn options() -> RedbOptions {
    RedbOptions::default().with_cache_mib(4)
}

#[test]
fn after_a_crash_at_any_write_every_step_that_was_told_is_there_and_none_by_half() {
    let story = Story::new();
    let disk = SimDisk::new(Vec::new());
    let redb = RedbStore::create_on(Arc::clone(&disk) as _, &options()).unwrap();
    let house = House::new(Arc::new(redb));
    // How long the log was when each step was told.
    let mut told_at = vec![disk.log_len()];
    for step in STORY {
        assert!(block_on(step.take(&house, &story.told)).is_done(), "{step:?}");
        told_at.push(disk.log_len());
    }
    drop(house);
    let (log, from) = (disk.log(), told_at[0]);
    let mut random = ChaCha12Rng::seed_from_u64(11);
    let mut crash = CrashLog::new(Vec::new());
    let (mut images, mut unnoticed) = (0, 0);
    for (at, op) in log.iter().enumerate() {
        if at >= from {
            // The last of the story is told before the file is closed.
            let steps = told_at.iter().rposition(|told| *told <= at).unwrap();
            for loss in Loss::ALL {
                let image = SimDisk::new(crash.image(loss, &mut random));
                let redb = RedbStore::open_on(image as _, &options()).unwrap();
                let house = House::reopened(Arc::new(redb));
                if steps == STORY.len() {
                    assert!(house.held() == story.held[steps], "{loss:?} at {at}");
                    continue;
                }
                let taken = story.taken(&house, steps);
                unnoticed += taken - steps;
                images += 1;
                if images % LIVES_GO_ON == 0 {
                    story.lives_on(&house, steps, taken);
                }
            }
        }
        crash.push(op);
    }
    println!("{images} crash images, {unnoticed} behind a commit that was not told");
    assert!(images > 500 && unnoticed > 0, "{images} images, {unnoticed} not told");
}

/// Behind one image of so many the story goes on.
const LIVES_GO_ON: usize = 7;
