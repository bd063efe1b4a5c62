//! A device at each step of a life.

use crate::Verb;
use crate::golden::asking::{connects, enrolls};
use crate::lives::{GOLDEN_LIFE, PASSWORDS, credentials, device_id, password};

use super::Story;

impl Story {
    /// The device of each number has taken one step more than the one before it.
    pub(super) async fn live(&mut self) {
        for (device, last) in (0..).zip(GOLDEN_LIFE) {
            for verb in &GOLDEN_LIFE[..=device as usize] {
                Verb::take(*verb, &self.scene, device).await.unwrap();
            }
            self.asks_of_life(device, last);
        }
    }

    /// It connects with every password that it had, enrolls, connects as it may now, and enrolls
    /// again.
    fn asks_of_life(&mut self, device: u32, last: Verb) {
        let (owner, epoch) = (last.owner(), last.epoch());
        let told = |owner, epoch| credentials(&self.scene.template, device, owner, epoch);
        let id = device_id(&self.scene.template, device);
        let before = PASSWORDS.into_iter().filter(|had| *had != (owner, epoch));
        let before = before.map(|(owner, epoch)| connects(&told(owner, epoch)));
        let enrolls = || enrolls(&id, &password(device, owner));
        let now = [enrolls(), connects(&told(owner, epoch)), enrolls()];
        let asks: Vec<_> = before.chain(now).collect();
        self.asks.extend(asks);
    }
}
