//! Threads that make their parts of one history after the other, and whether they met.

use std::thread;

use plugmint_tests::{Member, Timed, Together};

/// Lets each thread make its part of every history, which all begin at one instant; gives the parts
/// of each history.
pub(crate) fn parts_of<H: Sync, C: Send>(
    threads: u64,
    histories: &[H],
    part: impl Fn(&H, u64, &Member<'_>) -> Vec<Timed<C>> + Sync,
) -> Vec<Vec<Vec<Timed<C>>>> {
    let start = Together::new(usize::try_from(threads).unwrap());
    let by_thread: Vec<Vec<_>> = thread::scope(|scope| {
        let one = |thread: u64| {
            let (start, part) = (&start, &part);
            scope.spawn(move || {
                let start = start.member();
                histories.iter().map(|history| part(history, thread, &start)).collect()
            })
        };
        let all: Vec<_> = (0..threads).map(one).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut by_thread: Vec<_> = by_thread.into_iter().map(Vec::into_iter).collect();
    histories
        .iter()
        .map(|_| by_thread.iter_mut().map(|one| one.next().unwrap()).collect())
        .collect()
}

/// How many histories there were, and in how many of them calls of two threads were under way at
/// one moment.
#[derive(Default)]
pub(crate) struct Met {
    histories: u64,
    met: u64,
}

impl Met {
    pub(crate) fn count<C>(&mut self, parts: &[Vec<Timed<C>>]) {
        let overlap = |one: &[Timed<C>], other: &[Timed<C>]| {
            one.iter().any(|call| other.iter().any(|with| call.overlaps(with)))
        };
        let met = parts
            .iter()
            .enumerate()
            .any(|(at, one)| parts.iter().take(at).any(|other| overlap(one, other)));
        self.histories += 1;
        self.met += u64::from(met);
    }

    /// Says so. Threads that run one after the other never meet, not once in a thousand histories.
    pub(crate) fn assert_often(&self, what: &str) {
        let Self { histories, met } = self;
        println!("{histories} {what}, in {met} of them calls overlap: 0 wrong");
        assert!(met * 2 >= *histories, "the threads met in {met} of {histories} {what}");
    }
}

#[test]
fn calls_of_threads_that_take_turns_do_not_overlap() {
    let ticker = plugmint_tests::Ticker::default();
    let turn = std::sync::Mutex::new(());
    let parts = parts_of(3, &[(); 100], |(), _, start| {
        start.wait();
        let _mine = turn.lock().unwrap();
        (0..4).map(|_| ticker.time(thread::yield_now)).collect()
    });
    let mut met = Met::default();
    for parts in &parts {
        met.count(parts);
    }
    assert_eq!((met.histories, met.met), (100, 0));
}
