//! `plugmint serial import`

mod refusals;
mod source;

use std::collections::HashMap;
use std::path::Path;

use indicatif::ProgressBar;
use plugmint::{
    Actor, ControlClass, ControlPassword, Labels, PasswordClass, ProductionTemplate, SerialNumber,
    TemplateId,
};
use plugmint_http::operators::{CheckSerials, Known, Offered, RegisterAll, ShowTemplate};
use serde::Serialize;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::output::Output;
use crate::progress;
use crate::rows::{Row, RowProblem};

use refusals::Refusals;

pub(crate) use source::Source;

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub(crate) struct Imported {
    /// Serials that are registered now and were not before.
    pub(crate) registered: u64,
    /// Serials that were registered before, with the same passwords.
    pub(crate) unchanged: u64,
    /// Serials that are retired, and stay so.
    pub(crate) retired: u64,
}

pub(crate) fn run(
    desk: &Desk,
    template: &TemplateId,
    path: &Path,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let template = desk.ask(ShowTemplate { template: *template })?;
    let source = Source::of(path)?;
    let checking = progress::spinner("{spinner} {pos} rows checked", output);
    let rows = check(desk, &template, &source, &checking)?;
    checking.finish_and_clear();
    let registering =
        progress::bar(rows, "{bar:40} {pos}/{len} serials, {per_sec}, {eta} left", output);
    let imported = register(desk, &template, &source, actor, &registering)?;
    registering.finish_and_clear();
    output.show(&imported, |imported| {
        let retired = match imported.retired {
            0 => String::new(),
            retired => format!(", {retired} retired"),
        };
        format!("{} registered, {} unchanged{retired}", imported.registered, imported.unchanged)
    })
}

/// Looks at every row before anything is written: a file with a bad one is refused whole, with the
/// line of each. Says how many rows there are.
fn check(
    desk: &Desk,
    template: &ProductionTemplate,
    source: &Source<'_>,
    progress: &ProgressBar,
) -> Result<u64, Failure> {
    let mut lines: HashMap<Box<str>, u64> = HashMap::new();
    let mut refusals = Refusals::default();
    let (mut fresh, mut known) = (Vec::new(), Vec::new());
    for row in source.rows()? {
        let row = match row.map_err(|invalid| source.about(invalid))? {
            Ok(row) => row,
            Err(refusal) => {
                refusals.add_refusal(refusal);
                continue;
            }
        };
        progress.inc(1);
        let (line, serial) = (row.line(), *row.serial());
        if let Err(problem) = of_class(template, &row) {
            refusals.add(line, problem);
        } else if let Some(first) = lines.get(serial.as_str()).copied() {
            refusals.add(line, RowProblem::Doubled { serial: Box::new(serial), first });
        } else {
            lines.insert(serial.as_str().into(), line);
            fresh.push(row);
        }
        if fresh.len() == LOOKED_UP {
            known.extend(known_of(desk, template, std::mem::take(&mut fresh))?);
            check_known(desk, template, &mut known, &mut refusals)?;
        }
    }
    known.extend(known_of(desk, template, fresh)?);
    check_known(desk, template, &mut known, &mut refusals)?;
    refusals.into_result().map_err(|refused| source.about(refused))?;
    Ok(u64::try_from(lines.len()).unwrap_or(u64::MAX))
}

/// The rows whose serial is there already.
fn known_of(
    desk: &Desk,
    template: &ProductionTemplate,
    rows: Vec<Row>,
) -> Result<Vec<Row>, Failure> {
    let serials: Vec<SerialNumber> = rows.iter().map(|row| *row.serial()).collect();
    let known = desk.ask(Known { template: *template.id(), serials })?;
    Ok(rows.into_iter().zip(known).filter(|(_, known)| *known).map(|(row, _)| row).collect())
}

/// Adds those whose serial is there with other passwords.
fn check_known(
    desk: &Desk,
    template: &ProductionTemplate,
    known: &mut Vec<Row>,
    refusals: &mut Refusals,
) -> Result<(), Failure> {
    while !known.is_empty() {
        let rows: Vec<_> = known.drain(..known.len().min(chunk(template))).collect();
        let lines: Vec<_> = rows.iter().map(Row::line).collect();
        let new = rows.into_iter().map(offered).collect();
        let verdicts = desk.ask(CheckSerials { template: *template.id(), new })?;
        for (line, refused) in lines.into_iter().zip(verdicts) {
            match refused {
                Some(error) if !is_settled(error.code()) => {
                    refusals.add(line, RowProblem::Register(Box::new(error)));
                }
                Some(_) | None => {}
            }
        }
    }
    Ok(())
}

/// Whether a serial that is refused with that code need not be registered.
fn is_settled(code: &str) -> bool {
    code == ALREADY_REGISTERED || code == RETIRED
}

/// Registers all rows, chunk by chunk.
pub(crate) fn register(
    desk: &Desk,
    template: &ProductionTemplate,
    source: &Source<'_>,
    actor: &Actor,
    progress: &ProgressBar,
) -> Result<Imported, Failure> {
    let mut imported = Imported::default();
    let mut refusals = Refusals::default();
    let mut rows = source.rows()?;
    loop {
        let mut chunk_rows = Vec::new();
        for row in rows.by_ref().take(chunk(template)) {
            match row.map_err(|invalid| source.about(invalid))? {
                Ok(row) => chunk_rows.push(row),
                Err(refusal) => refusals.add_refusal(refusal),
            }
        }
        if chunk_rows.is_empty() {
            break;
        }
        let lines: Vec<_> = chunk_rows.iter().map(Row::line).collect();
        let new = chunk_rows.into_iter().map(offered).collect();
        let call = RegisterAll { template: *template.id(), new, by: actor.clone() };
        let verdicts = desk.ask(call).map_err(|failure| so_far(failure, &imported))?;
        for (line, refused) in lines.into_iter().zip(verdicts) {
            match refused {
                None => imported.registered += 1,
                Some(error) if error.code() == ALREADY_REGISTERED => imported.unchanged += 1,
                Some(error) if error.code() == RETIRED => imported.retired += 1,
                // Somebody else registered it since it was checked, or the pool is full.
                Some(error) => refusals.add(line, RowProblem::Register(Box::new(error))),
            }
            progress.inc(1);
        }
    }
    refusals.into_result().map_err(|refused| so_far(source.about(refused), &imported))?;
    Ok(imported)
}

/// What an import that ends early leaves behind.
fn so_far(failure: Failure, imported: &Imported) -> Failure {
    failure.hint(&format!(
        "{} serials are registered by now: import the file again to go on",
        imported.registered
    ))
}

/// Whether the passwords of a row are what the template asks for.
fn of_class(template: &ProductionTemplate, row: &Row) -> Result<(), RowProblem> {
    let enroll = row.enroll_password().expose_text();
    let control = row.control_password().map(ControlPassword::expose_text);
    Ok(template.design().check_passwords(enroll, control)?)
}

fn offered(row: Row) -> Offered {
    let serial = *row.serial();
    let (enroll, control) = row.into_passwords();
    Offered { serial, enroll, control, labels: Labels::new() }
}

/// Serials that are registered in one commit: fewer where each takes a slow hash, so that the bar
/// moves and the pool is not full.
fn chunk(template: &ProductionTemplate) -> usize {
    let design = template.design();
    let generated = design.password_class() == PasswordClass::Generated
        && design.control_class() == ControlClass::Generated;
    if generated { 2_000 } else { 16 }
}

/// Serials that are looked up at once.
const LOOKED_UP: usize = 2_000;

const ALREADY_REGISTERED: &str = "already-registered";
const RETIRED: &str = "retired";
