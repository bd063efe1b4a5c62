//! The table in `docs/lifecycle.md` is that of the code.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use plugmint_core::RepeatPolicy;
use plugmint_core::lifecycle::{
    EpochRank, InTemplate, Living, Mark, Place, Point, Rule, Situation, Verb, rule,
};

/// Run the tests with `PLUGMINT_WRITE_DOCS=1` to write the section anew.
#[test]
#[expect(clippy::disallowed_methods, reason = "what it is about is a file")]
fn the_table_in_the_documentation_is_that_of_the_code() {
    let page = page();
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (section, after) = rest.split_once(END).unwrap();
    let rendered = render();
    if std::env::var_os("PLUGMINT_WRITE_DOCS").is_some() {
        std::fs::write(&page, format!("{before}{BEGIN}{rendered}{END}{after}")).unwrap();
    } else {
        assert_eq!(section, rendered, "run the tests with PLUGMINT_WRITE_DOCS=1");
    }
}

#[test]
fn the_first_row_that_fits_a_situation_has_its_rule() {
    for verb in Verb::ALL {
        let rows = shortest(verb);
        for situation in Situation::all() {
            let row = rows.iter().find(|row| row.fits(situation)).unwrap();
            assert_eq!(row.rule, rule(verb, &situation), "{verb}, {situation:?}");
        }
        for (number, row) in rows.iter().enumerate() {
            let earlier = &rows[..number];
            let fits = |of| row.fits(of) && !earlier.iter().any(|row| row.fits(of));
            assert!(Situation::all().any(fits), "{verb}: {row:?} is never reached");
        }
    }
}

const BEGIN: &str = "<!-- table: begin -->\n";
const END: &str = "<!-- table: end -->\n";

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lifecycle.md")
}

fn render() -> String {
    let mut text = String::new();
    for verb in Verb::ALL {
        writeln!(text, "\n### {verb}\n\n| when | answer | because |\n|---|---|---|").unwrap();
        for row in shortest(verb) {
            let (answer, because) = (row.rule.answer(), row.rule.because());
            writeln!(text, "| {} | {answer} | {because} |", row.when()).unwrap();
        }
    }
    text.push('\n');
    text
}

/// Situations that are told apart by what they are in some respects, and have one rule.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Row {
    conditions: Vec<(Respect, BTreeSet<usize>)>,
    rule: Rule,
}

impl Row {
    fn fits(&self, situation: Situation) -> bool {
        self.conditions.iter().all(|(respect, values)| {
            respect.of(situation).is_some_and(|value| values.contains(&value))
        })
    }

    fn when(&self) -> String {
        let conditions = self.conditions.iter().map(|(respect, values)| respect.name(values));
        let conditions: Vec<_> = conditions.collect();
        if conditions.is_empty() { "otherwise".to_owned() } else { conditions.join("; ") }
    }
}

/// The rules of a verb in as few rows as some order of respects gives, to be read from the top.
fn shortest(verb: Verb) -> Vec<Row> {
    let cells: Vec<_> = Situation::all().map(|of| (of, rule(verb, &of))).collect();
    let orders = orders(&[Respect::Template, Respect::Life, Respect::Mark, Respect::Point]);
    let orders = orders.into_iter().flat_map(|order| {
        let last = [Respect::LastEpoch].as_slice();
        let rest = [Respect::Policy, Respect::Sealed, Respect::FirstEpoch].as_slice();
        let control = [Respect::Control].as_slice();
        [
            [&order, rest, control, last].concat(),
            [&order[..3], last, &order[3..], rest, control].concat(),
            [&order[..3], control, &order[3..], rest, last].concat(),
        ]
    });
    orders.map(|order| rows(&cells, &order)).min_by_key(Vec::len).unwrap()
}

fn orders(respects: &[Respect]) -> Vec<Vec<Respect>> {
    if respects.is_empty() {
        return vec![Vec::new()];
    }
    let first = |at: usize| {
        let mut rest = respects.to_vec();
        let first = rest.remove(at);
        orders(&rest).into_iter().map(move |rest| [vec![first], rest].concat())
    };
    (0..respects.len()).flat_map(first).collect()
}

fn rows(cells: &[(Situation, Rule)], respects: &[Respect]) -> Vec<Row> {
    let (_, first) = cells[0];
    if cells.iter().all(|(_, rule)| *rule == first) {
        return vec![Row { conditions: Vec::new(), rule: first }];
    }
    let (respect, rest) = respects.split_first().expect("a rule depends on the situation alone");
    let values: BTreeSet<_> = cells.iter().map(|(of, _)| respect.of(*of)).collect();
    let mut parts: Vec<(BTreeSet<Option<usize>>, Vec<Row>)> = Vec::new();
    for value in values {
        let cells: Vec<_> =
            cells.iter().filter(|(of, _)| respect.of(*of) == value).copied().collect();
        let rows = rows(&cells, rest);
        match parts.iter_mut().find(|(_, others)| *others == rows) {
            Some((values, _)) => drop(values.insert(value)),
            None => parts.push((BTreeSet::from([value]), rows)),
        }
    }
    if parts.len() == 1 {
        return parts.remove(0).1;
    }
    // What is the usual case is said last, and without words.
    parts.sort_by_key(|(values, _)| values.contains(&None));
    let conditioned = |(values, rows): (BTreeSet<Option<usize>>, Vec<Row>)| {
        let said: Option<BTreeSet<_>> = values.into_iter().collect();
        rows.into_iter().map(move |Row { mut conditions, rule }| {
            conditions.splice(0..0, said.clone().map(|values| (*respect, values)));
            Row { conditions, rule }
        })
    };
    parts.into_iter().flat_map(conditioned).collect()
}

/// What situations can differ in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Respect {
    Template,
    Life,
    Mark,
    LastEpoch,
    Point,
    Policy,
    Sealed,
    Control,
    FirstEpoch,
}

impl Respect {
    /// Which of its names a situation has; `None` in the usual case, which has no name.
    fn of(self, situation: Situation) -> Option<usize> {
        let living = |of: fn(&Living) -> Option<usize>| match situation.place() {
            Place::Unknown | Place::Retired => None,
            Place::Living(living) => of(&living),
        };
        match self {
            Self::Template => match situation.template() {
                InTemplate::Unknown => Some(0),
                InTemplate::Deleted => Some(1),
                InTemplate::Closed => Some(2),
                InTemplate::Open(_) => None,
            },
            Self::Life => match situation.place() {
                Place::Unknown => Some(0),
                Place::Retired => Some(1),
                Place::Living(_) => None,
            },
            Self::Mark => living(|living| (living.mark() == Mark::Disabled).then_some(0)),
            Self::LastEpoch => living(|living| (living.epoch() == EpochRank::Last).then_some(0)),
            Self::Point => {
                living(|living| Point::ALL.iter().position(|point| *point == living.point()))
            }
            Self::Policy => match situation.template() {
                InTemplate::Open(RepeatPolicy::UntilActivated) => Some(0),
                InTemplate::Open(RepeatPolicy::Always) => Some(1),
                InTemplate::Open(RepeatPolicy::Never) => Some(2),
                InTemplate::Unknown | InTemplate::Closed | InTemplate::Deleted => None,
            },
            Self::Sealed => living(|living| Some(usize::from(living.is_sealed()))),
            Self::Control => living(|living| (!living.is_controllable()).then_some(0)),
            Self::FirstEpoch => {
                living(|living| Some(usize::from(living.epoch() != EpochRank::First)))
            }
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Template => &["template unknown", "template deleted", "template closed"],
            Self::Life => &["serial unknown", "Retired"],
            Self::Mark => &["disabled"],
            Self::LastEpoch => &["the last epoch"],
            Self::Point => &[
                "Registered (never enrolled)",
                "Registered (must enroll again, no overlap)",
                "Registered (must enroll again, in an overlap)",
                "Enrolled (no overlap)",
                "Enrolled (in an overlap)",
                "Activated",
            ],
            Self::Policy => &["policy `until-activated`", "policy `always`", "policy `never`"],
            Self::Sealed => &["no sealed key", "a sealed key"],
            Self::Control => &["no control password"],
            Self::FirstEpoch => &["the first epoch", "a later epoch"],
        }
    }

    fn name(self, values: &BTreeSet<usize>) -> String {
        let mut left = values.clone();
        let mut names = Vec::new();
        if self == Self::Point {
            // Points that make up a stage are called by its name.
            for (points, name) in STAGES {
                if points.iter().all(|point| left.contains(point)) {
                    left.retain(|point| !points.contains(point));
                    names.push((points[0], name));
                }
            }
        }
        names.extend(left.into_iter().map(|value| (value, self.names()[value])));
        names.sort_unstable();
        let names: Vec<_> = names.into_iter().map(|(_, name)| name).collect();
        names.join(" or ")
    }
}

const STAGES: [(&[usize], &str); 3] = [
    (&[0, 1, 2], "Registered"),
    (&[1, 2], "Registered (must enroll again)"),
    (&[3, 4], "Enrolled"),
];
