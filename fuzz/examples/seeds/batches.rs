//! Batches: each guard, each effect, alone and together, with pages and openings between.

use std::num::NonZeroUsize;

use plugmint_fuzz::batch::Commands;
use plugmint_fuzz::batch::command::{Command, Effected, Guarded, Step, key_of};

use super::Seed;

pub(super) fn seeds() -> Vec<Seed> {
    let put = |key| step(key, Guarded::Now, Effected::Put);
    let delete = |key| step(key, Guarded::Now, Effected::Delete);
    let keep = |key, guard| step(key, guard, Effected::Keep);
    let all = || Command::Commit((0..7).map(put).collect());
    let rest = || Command::Commit((7..14).map(put).collect());
    let page = |key, len: usize, after: Option<u8>, limit| Command::Scan {
        prefix: key_of(key).as_bytes()[..len].to_vec(),
        after: after.map(|after| Box::new(key_of(after))),
        limit: NonZeroUsize::new(limit).unwrap(),
    };
    let guards = [Guarded::Absent, Guarded::Before, Guarded::Latest, Guarded::Invented];
    let guarded = guards.map(|guard| Command::Commit(vec![put(5), keep(0, guard)]));
    let long = Step { len: 3_000, ..put(11) };
    let lives: Vec<(&str, Vec<Command>)> = vec![
        ("all", vec![all(), rest(), Command::Reopen, all()]),
        ("nothing", vec![Command::Commit(vec![]), Command::Reopen, Command::Commit(vec![])]),
        ("guards", [vec![all()], guarded.to_vec(), vec![all()], guarded.to_vec()].concat()),
        (
            "delete-and-put",
            vec![
                all(),
                Command::Commit(vec![delete(0), delete(3)]),
                Command::Reopen,
                Command::Commit(vec![put(0), keep(3, Guarded::Absent)]),
                Command::Commit(vec![step(0, Guarded::Before, Effected::Put)]),
            ],
        ),
        ("doubled-key", vec![Command::Commit(vec![put(0), delete(0), keep(0, Guarded::Now)])]),
        (
            "pages",
            vec![
                all(),
                rest(),
                page(0, 1, None, 3),
                page(0, 1, Some(3), 3),
                page(7, 1, Some(9), 5),
                page(3, 2, Some(5), 2),
                page(3, 2, Some(6), 20),
                page(11, 200, None, 1),
            ],
        ),
        (
            "together",
            vec![
                Command::CommitTogether(vec![vec![put(0), put(1)], vec![put(1)], vec![put(2)]]),
                Command::CommitTogether(vec![vec![delete(0)], vec![put(0)], vec![put(1)]]),
            ],
        ),
        (
            "together-absent",
            vec![
                Command::CommitTogether(vec![
                    vec![put(3)],
                    vec![step(4, Guarded::Absent, Effected::Put)],
                    vec![put(3)],
                    vec![keep(3, Guarded::Absent), put(5)],
                ]),
                Command::CommitTogether(vec![
                    vec![delete(3)],
                    vec![step(3, Guarded::Absent, Effected::Put)],
                    vec![step(3, Guarded::Absent, Effected::Put), put(6)],
                ]),
            ],
        ),
        ("long", vec![Command::Commit(vec![long]), Command::Commit(vec![long]), Command::Reopen]),
        (
            "refused-and-reopened",
            vec![
                Command::Commit(vec![keep(0, Guarded::Invented)]),
                Command::Reopen,
                Command::Reopen,
                all(),
                Command::Reopen,
                Command::Commit(vec![delete(0)]),
            ],
        ),
    ];
    let bytes = |(name, life): (&str, Vec<Command>)| (name.to_owned(), Commands(life).to_bytes());
    lives.into_iter().map(bytes).collect()
}

fn step(key: u8, guard: Guarded, effect: Effected) -> Step {
    Step { key, guard, effect, len: usize::from(key) }
}
