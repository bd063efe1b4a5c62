//! The hand-over between callers and the writer, under every order of threads that a scheduler
//! finds: nothing is lost, nothing is done twice, nobody waits for ever.
//!
//! The file of the store is compiled here with other locks.

#![cfg(test)]

mod sync {
    pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard};
    pub(crate) use std::sync::PoisonError;
}

#[path = "../../crates/redb/src/hand_over.rs"]
mod hand_over;

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_util::future::join;
use shuttle::future::block_on;
use shuttle::sync::Mutex;
use shuttle::thread;

use hand_over::{Closed, HandOver};

/// Schedules that are tried.
fn schedules() -> usize {
    std::env::var("PLUGMINT_SCHEDULES").map_or(3_000, |count| count.parse().unwrap())
}

fn in_every_order(claim: impl Fn() + Send + Sync + Copy + 'static) {
    shuttle::check_random(claim, schedules());
    shuttle::check_pct(claim, schedules(), 3);
}

fn room(room: usize) -> NonZeroUsize {
    NonZeroUsize::new(room).unwrap()
}

/// A number, and who waits until it was seen.
type Item = (u32, futures_channel::oneshot::Sender<u32>);

/// Leaves a number and waits for it to come back.
async fn call(queue: &HandOver<Item>, number: u32) -> Result<(), Closed> {
    let (answer, answered) = futures_channel::oneshot::channel();
    queue.leave((number, answer)).await?;
    assert_eq!(answered.await, Ok(number), "what was handed over is answered");
    Ok(())
}

fn answer(seen: &Mutex<Vec<u32>>, (number, answer): Item) {
    seen.lock().unwrap().push(number);
    // Who was dropped does not listen.
    answer.send(number).unwrap_or_default();
}

/// Callers on three threads, two numbers each, over a writer that takes all that waits.
fn everyone_is_answered_once(room_for: usize) {
    let queue = Arc::new(HandOver::new(room(room_for)));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let writer = {
        let (queue, seen) = (Arc::clone(&queue), Arc::clone(&seen));
        thread::spawn(move || {
            queue.serve_all(|all: VecDeque<Item>| {
                assert!(!all.is_empty() && all.len() <= room_for);
                for item in all {
                    answer(&seen, item);
                }
            });
        })
    };
    let callers: Vec<_> = (0..3)
        .map(|caller| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                block_on(async {
                    call(&queue, caller * 10).await.unwrap();
                    call(&queue, caller * 10 + 1).await.unwrap();
                });
            })
        })
        .collect();
    for caller in callers {
        caller.join().unwrap();
    }
    queue.close();
    writer.join().unwrap();
    let mut seen = seen.lock().unwrap().clone();
    seen.sort_unstable();
    assert_eq!(seen, [0, 1, 10, 11, 20, 21]);
}

#[test]
fn every_caller_is_answered_once_where_all_have_room() {
    in_every_order(|| everyone_is_answered_once(8));
}

#[test]
fn every_caller_is_answered_once_where_one_has_room() {
    in_every_order(|| everyone_is_answered_once(1));
}

#[test]
fn several_threads_share_the_work_and_do_none_of_it_twice() {
    in_every_order(|| {
        let queue = Arc::new(HandOver::new(room(2)));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let (queue, seen) = (Arc::clone(&queue), Arc::clone(&seen));
                thread::spawn(move || queue.serve_each(|item| answer(&seen, item)))
            })
            .collect();
        let other = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || block_on(call(&queue, 1)).unwrap())
        };
        block_on(async {
            let (a, b) = join(call(&queue, 2), call(&queue, 3)).await;
            a.and(b).unwrap();
        });
        other.join().unwrap();
        queue.close();
        for worker in workers {
            worker.join().unwrap();
        }
        let mut seen = seen.lock().unwrap().clone();
        seen.sort_unstable();
        assert_eq!(seen, [1, 2, 3]);
    });
}

#[test]
fn a_caller_that_leaves_takes_nobodys_place() {
    in_every_order(|| {
        let queue = Arc::new(HandOver::new(room(1)));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let callers: Vec<_> = (0..2)
            .map(|number| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || block_on(call(&queue, number)).unwrap())
            })
            .collect();
        let leaving = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                let mut call = pin!(call(&queue, 9));
                // Left or waiting outside: either way nobody polls it again.
                assert_ne!(
                    call.as_mut().poll(&mut Context::from_waker(Waker::noop())),
                    Poll::Ready(Err(Closed))
                );
            })
        };
        let writer = {
            let (queue, seen) = (Arc::clone(&queue), Arc::clone(&seen));
            thread::spawn(move || {
                queue.serve_all(|all| all.into_iter().for_each(|item| answer(&seen, item)));
            })
        };
        for caller in callers {
            caller.join().unwrap();
        }
        leaving.join().unwrap();
        queue.close();
        writer.join().unwrap();
        let mut seen = seen.lock().unwrap().clone();
        seen.sort_unstable();
        assert!(seen == [0, 1] || seen == [0, 1, 9], "{seen:?}");
    });
}

#[test]
fn whoever_is_too_late_is_told_and_whoever_is_not_is_answered() {
    in_every_order(|| {
        let queue = Arc::new(HandOver::new(room(1)));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let callers: Vec<_> = (0..3)
            .map(|number| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || block_on(call(&queue, number)).is_ok())
            })
            .collect();
        let writer = {
            let (queue, seen) = (Arc::clone(&queue), Arc::clone(&seen));
            thread::spawn(move || {
                queue.serve_all(|all| all.into_iter().for_each(|item| answer(&seen, item)));
            })
        };
        queue.close();
        writer.join().unwrap();
        let answered: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
        let answered = answered.into_iter().filter(|answered| *answered).count();
        assert_eq!(answered, seen.lock().unwrap().len());
        assert_eq!(block_on(call(&queue, 7)), Err(Closed));
    });
}

#[test]
fn when_the_thread_that_serves_ends_early_nobody_waits_for_it() {
    in_every_order(|| {
        let queue = Arc::new(HandOver::<Item>::new(room(1)));
        let callers: Vec<_> = (0..2)
            .map(|number| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || {
                    block_on(async {
                        let (answer, answered) = futures_channel::oneshot::channel();
                        let left = queue.leave((number, answer)).await;
                        assert!(left.is_err() || answered.await.is_err());
                    });
                })
            })
            .collect();
        let served = catch_unwind(AssertUnwindSafe(|| {
            queue.serve_all(|all| {
                drop(all);
                std::panic::resume_unwind(Box::new("the thread ends"));
            });
        }));
        assert!(served.is_err());
        for caller in callers {
            caller.join().unwrap();
        }
    });
}
