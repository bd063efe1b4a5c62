//! `plugmint serial import`

mod refusals;
mod source;

use std::collections::HashMap;
use std::path::Path;

use indicatif::ProgressBar;
use plugmint::{
    Actor, ControlClass, ControlPassword, LookUpError, NewSerial, PasswordClass,
    ProductionTemplate, RegisterError, Registry, SerialId, TemplateId, Unknown,
};
use pollster::block_on;
use serde::Serialize;

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
    registry: &Registry,
    template: &TemplateId,
    path: &Path,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let template = block_on(registry.template(template))?;
    let source = Source::of(path)?;
    let checking = progress::spinner("{spinner} {pos} rows checked", output);
    let rows = check(registry, &template, &source, &checking)?;
    checking.finish_and_clear();
    let registering =
        progress::bar(rows, "{bar:40} {pos}/{len} serials, {per_sec}, {eta} left", output);
    let imported = register(registry, &template, &source, actor, &registering)?;
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
    registry: &Registry,
    template: &ProductionTemplate,
    source: &Source<'_>,
    progress: &ProgressBar,
) -> Result<u64, Failure> {
    let mut lines: HashMap<Box<str>, u64> = HashMap::new();
    let mut refusals = Refusals::default();
    let mut known = Vec::new();
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
            if is_known(registry, &SerialId::new(*template.id(), serial))? {
                known.push(row);
            }
        }
        if known.len() == chunk(template) {
            check_known(registry, template, std::mem::take(&mut known), &mut refusals)?;
        }
    }
    check_known(registry, template, known, &mut refusals)?;
    refusals.into_result().map_err(|refused| source.about(refused))?;
    Ok(u64::try_from(lines.len()).unwrap_or(u64::MAX))
}

fn is_known(registry: &Registry, id: &SerialId) -> Result<bool, Failure> {
    match block_on(registry.serial(id)) {
        Err(LookUpError::Unknown(Unknown::Serial { .. })) => Ok(false),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(true),
    }
}

/// Adds those whose serial is there with other passwords.
fn check_known(
    registry: &Registry,
    template: &ProductionTemplate,
    known: Vec<Row>,
    refusals: &mut Refusals,
) -> Result<(), Failure> {
    let lines: Vec<_> = known.iter().map(Row::line).collect();
    let new = known.into_iter().map(new_serial).collect();
    let verdicts = block_on(registry.check_all(template.id(), new))?;
    for (line, verdict) in lines.into_iter().zip(verdicts) {
        match verdict {
            Ok(())
            | Err(RegisterError::AlreadyRegistered { .. } | RegisterError::Retired { .. }) => {}
            Err(error) => refusals.add(line, RowProblem::Register(Box::new(error))),
        }
    }
    Ok(())
}

/// Registers all rows, chunk by chunk.
pub(crate) fn register(
    registry: &Registry,
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
        let new = chunk_rows.into_iter().map(new_serial).collect();
        let verdicts = block_on(registry.register_all(template.id(), new, actor));
        let verdicts = verdicts.map_err(|error| so_far(error.into(), &imported))?;
        for (line, verdict) in lines.into_iter().zip(verdicts) {
            match verdict {
                Ok(_) => imported.registered += 1,
                Err(RegisterError::AlreadyRegistered { .. }) => imported.unchanged += 1,
                Err(RegisterError::Retired { .. }) => imported.retired += 1,
                // Somebody else registered it since it was checked, or the pool is full.
                Err(error) => refusals.add(line, RowProblem::Register(Box::new(error))),
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

fn new_serial(row: Row) -> NewSerial {
    let serial = *row.serial();
    let (enroll, control) = row.into_passwords();
    match control {
        None => NewSerial::new(serial, enroll),
        Some(control) => NewSerial::new(serial, enroll).with_control_password(control),
    }
}

/// Serials that are registered in one commit: fewer where each takes a slow hash, so that the bar
/// moves and the pool is not full.
fn chunk(template: &ProductionTemplate) -> usize {
    let design = template.design();
    let generated = design.password_class() == PasswordClass::Generated
        && design.control_class() == ControlClass::Generated;
    if generated { 2_000 } else { 16 }
}
