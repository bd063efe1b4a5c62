//! A queue in which nobody's many stand before another's few.

use std::collections::{BTreeMap, VecDeque};

/// Items in a line for each owner; the lines are served in turn, one item at a time.
#[derive(Debug)]
pub(super) struct FairQueue<K, T> {
    /// INVARIANT: no line is empty, and each has its owner in `turns` once.
    lines: BTreeMap<K, VecDeque<T>>,
    turns: VecDeque<K>,
    len: usize,
}

impl<K: Copy + Ord, T> FairQueue<K, T> {
    pub(super) const fn new() -> Self {
        Self { lines: BTreeMap::new(), turns: VecDeque::new(), len: 0 }
    }

    pub(super) fn push(&mut self, owner: K, item: T) {
        let line = self.lines.entry(owner).or_default();
        if line.is_empty() {
            self.turns.push_back(owner);
        }
        line.push_back(item);
        self.len += 1;
    }

    /// The first of the line whose turn it is.
    pub(super) fn pop(&mut self) -> Option<T> {
        let owner = self.turns.pop_front()?;
        let line = self.lines.get_mut(&owner)?;
        let item = line.pop_front();
        if line.is_empty() {
            self.lines.remove(&owner);
        } else {
            self.turns.push_back(owner);
        }
        self.len -= usize::from(item.is_some());
        item
    }

    /// Makes room for an item of an owner whose line is shorter by two or more than the longest:
    /// takes out the last of that.
    pub(super) fn make_room(&mut self, owner: K) -> Option<T> {
        let own = self.lines.get(&owner).map_or(0, VecDeque::len);
        let (_, longest) = self.lines.iter_mut().max_by_key(|(_, line)| line.len())?;
        if longest.len() < own + 2 {
            return None;
        }
        // It has another one left, so the line stays.
        self.len -= 1;
        longest.pop_back()
    }

    /// Takes out all for which that holds.
    pub(super) fn take_out(&mut self, gone: impl Fn(&T) -> bool) -> Vec<T> {
        let mut out = Vec::new();
        for line in self.lines.values_mut() {
            let (left, stay): (Vec<_>, Vec<_>) = line.drain(..).partition(&gone);
            out.extend(left);
            line.extend(stay);
        }
        self.lines.retain(|_, line| !line.is_empty());
        self.turns.retain(|owner| self.lines.contains_key(owner));
        self.len -= out.len();
        out
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The first of each line.
    pub(super) fn firsts(&self) -> impl Iterator<Item = &T> {
        self.lines.values().filter_map(VecDeque::front)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn queue(items: &[(u8, u32)]) -> FairQueue<u8, u32> {
        let mut queue = FairQueue::new();
        for (owner, item) in items {
            queue.push(*owner, *item);
        }
        queue
    }

    fn drained(mut queue: FairQueue<u8, u32>) -> Vec<u32> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn lines_are_served_in_turn_and_each_in_its_order() {
        let queue = queue(&[(1, 10), (1, 11), (1, 12), (2, 20), (3, 30), (3, 31)]);
        assert_eq!(drained(queue), [10, 20, 30, 11, 31, 12]);
    }

    #[test]
    fn the_longest_line_makes_room_by_its_last() {
        let mut queue = queue(&[(1, 10), (1, 11), (1, 12), (2, 20)]);
        assert_eq!(queue.make_room(3), Some(12));
        assert_eq!(queue.make_room(2), None, "two lines of two and one take no turns at it");
        assert_eq!(queue.make_room(3), Some(11));
        assert_eq!(queue.make_room(3), None);
        assert_eq!(drained(queue), [10, 20]);
    }

    #[test]
    fn a_line_that_left_has_no_turn() {
        let mut queue = queue(&[(1, 10), (2, 20), (2, 21)]);
        assert_eq!(queue.take_out(|item| *item != 21), [10, 20]);
        assert_eq!((queue.len(), queue.firsts().count()), (1, 1));
        assert_eq!(drained(queue), [21]);
    }

    proptest! {
        /// Nobody waits for more of another than he has before himself.
        #[test]
        fn an_item_waits_for_no_more_of_another_line_than_stand_before_it_in_its_own(
            items in proptest::collection::vec((0_u8..5, 0_u32..1), 1..60),
        ) {
            let items: Vec<_> =
                items.iter().zip(0..).map(|((owner, _), number)| (*owner, number)).collect();
            let owner_of = |item: u32| items[item as usize].0;
            let order = drained(queue(&items));
            prop_assert_eq!(order.len(), items.len());
            for (at, item) in order.iter().enumerate() {
                let before = |owner: u8| {
                    order[..at].iter().filter(|other| owner_of(**other) == owner).count()
                };
                let own = before(owner_of(*item));
                for other in (0..5).filter(|other| *other != owner_of(*item)) {
                    prop_assert!(before(other) <= own + 1);
                }
            }
        }
    }
}
