//! Lists that go on behind a cursor.

use std::cell::Cell;
use std::num::NonZeroUsize;

use crate::failure::Failure;

use super::PAGE;

/// How far such a list was read.
pub(crate) struct Pages<C> {
    place: Cell<Place<C>>,
    /// How many are still wanted.
    left: Cell<usize>,
}

/// Where the next page begins.
#[derive(Clone, Copy)]
enum Place<C> {
    Beginning,
    Behind(C),
    End,
}

impl<C: Copy> Pages<C> {
    /// Behind `after`, at most `limit`.
    pub(crate) fn new(after: Option<C>, limit: Option<NonZeroUsize>) -> Self {
        let place = after.map_or(Place::Beginning, Place::Behind);
        let left = limit.map_or(usize::MAX, NonZeroUsize::get);
        Self { place: Cell::new(place), left: Cell::new(left) }
    }

    /// The next page, and an empty one at the end. `read` gives what there is behind a cursor, and
    /// where it goes on.
    pub(crate) fn next<T>(
        &self,
        read: impl Fn(Option<&C>, NonZeroUsize) -> Result<(Vec<T>, Option<C>), Failure>,
    ) -> Result<Vec<T>, Failure> {
        loop {
            let after = match self.place.get() {
                Place::Beginning => None,
                Place::Behind(after) => Some(after),
                Place::End => return Ok(Vec::new()),
            };
            let left = self.left.get();
            // Behind the last one that is wanted it is only looked whether there is another.
            let limit = NonZeroUsize::new(left.min(PAGE.get())).unwrap_or(NonZeroUsize::MIN);
            let (page, next) = read(after.as_ref(), limit)?;
            if left == 0 && !page.is_empty() {
                return Ok(Vec::new());
            }
            self.place.set(next.map_or(Place::End, Place::Behind));
            self.left.set(left.saturating_sub(page.len()));
            // A page of which not all counts may be empty and not the last.
            if !page.is_empty() {
                return Ok(page);
            }
        }
    }

    /// Where the list goes on, if it does.
    pub(crate) fn goes_on(&self) -> Option<C> {
        match self.place.get() {
            Place::Behind(after) => Some(after),
            Place::Beginning | Place::End => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages of a list of the numbers up to ten of which only the even ones count.
    fn even(after: Option<&u32>, limit: NonZeroUsize) -> (Vec<u32>, Option<u32>) {
        let behind: Vec<_> = (0..10).filter(|n| after.is_none_or(|after| n > after)).collect();
        let looked: Vec<_> = behind.into_iter().take(limit.get()).collect();
        let next = looked.last().copied().filter(|_| looked.len() == limit.get());
        (looked.into_iter().filter(|n| n % 2 == 0).collect(), next)
    }

    fn read(after: Option<u32>, limit: usize) -> (Vec<u32>, Option<u32>) {
        let pages = Pages::new(after, NonZeroUsize::new(limit));
        let mut all = Vec::new();
        loop {
            let page = pages.next(|after, limit| Ok(even(after, limit))).unwrap();
            if page.is_empty() {
                return (all, pages.goes_on());
            }
            all.extend(page);
        }
    }

    #[test]
    fn a_list_goes_on_while_there_is_another_one_behind_and_else_not() {
        assert_eq!(read(None, 3), (vec![0, 2, 4], Some(5)));
        assert_eq!(read(Some(5), 2), (vec![6, 8], None));
        assert_eq!(read(None, 5), (vec![0, 2, 4, 6, 8], None));
        assert_eq!(read(Some(9), 1), (vec![], None));
    }
}
