//! `plugmint serial import`

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use plugmint::{
    Actor, ControlPassword, LookUpError, NewSerial, ProductionTemplate, RegisterError, Registry,
    SerialId, SerialNumber, TemplateId, Unknown,
};
use pollster::block_on;
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::output::Output;
use crate::rows::{Row, RowProblem, RowRefusal, Rows};

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub(crate) struct Imported {
    /// Serials that are registered now and were not before.
    pub(crate) registered: u64,
    /// Serials that were registered before, with the same passwords.
    pub(crate) unchanged: u64,
}

pub(crate) fn run(
    registry: &Registry,
    template: &TemplateId,
    path: &Path,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    let template = block_on(registry.template(template))?;
    let about = |failure: Failure| failure.about(path);
    let open = || -> Result<_, Failure> {
        File::open(path)
            .map(BufReader::new)
            .map_err(|error| Failure::of(Kind::Refused, "file", &error))
    };
    let rows = check(registry, &template, open().map_err(about)?).map_err(about)?;
    let progress = progress(rows, output);
    let imported =
        register(registry, &template, open().map_err(about)?, actor, &progress).map_err(about)?;
    progress.finish_and_clear();
    output.show(&imported, |imported| {
        format!("{} registered, {} unchanged", imported.registered, imported.unchanged)
    })
}

/// Looks at every row before anything is written: a file with a bad one is refused whole, with the
/// line of each. Says how many rows there are.
fn check(
    registry: &Registry,
    template: &ProductionTemplate,
    file: impl BufRead,
) -> Result<u64, Failure> {
    let mut lines: HashMap<SerialNumber, u64> = HashMap::new();
    let mut refusals = Refusals::default();
    let mut known = Vec::new();
    for row in Rows::new(file)? {
        let row = match row?.and_then(|row| of_class(template, row)) {
            Ok(row) => row,
            Err(refusal) => {
                refusals.add(refusal);
                continue;
            }
        };
        let (line, serial) = (row.line(), *row.serial());
        if let Some(first) = lines.get(&serial).copied() {
            refusals.add(RowRefusal::new(
                line,
                RowProblem::Doubled { serial: Box::new(serial), first },
            ));
            continue;
        }
        lines.insert(serial, line);
        match block_on(registry.serial(&SerialId::new(*template.id(), serial))) {
            Err(LookUpError::Unknown(Unknown::Serial { .. })) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => known.push(row),
        }
        if known.len() == CHUNK {
            refusals.add_taken(registry, template, std::mem::take(&mut known))?;
        }
    }
    refusals.add_taken(registry, template, known)?;
    refusals.into_result()?;
    Ok(u64::try_from(lines.len()).unwrap_or(u64::MAX))
}

/// Registers all rows, chunk by chunk.
pub(crate) fn register(
    registry: &Registry,
    template: &ProductionTemplate,
    file: impl BufRead,
    actor: &Actor,
    progress: &ProgressBar,
) -> Result<Imported, Failure> {
    let mut imported = Imported::default();
    let mut refusals = Refusals::default();
    let mut rows = Rows::new(file)?;
    loop {
        let chunk: Vec<Row> = rows
            .by_ref()
            .take(CHUNK)
            .map(|row| row?.map_err(|refusal| refused(&[refusal], 1)))
            .collect::<Result<_, _>>()?;
        if chunk.is_empty() {
            break;
        }
        let lines: Vec<_> = chunk.iter().map(Row::line).collect();
        let new = chunk.into_iter().map(new_serial).collect();
        let verdicts = block_on(registry.register_all(template.id(), new, actor))?;
        for (line, verdict) in lines.into_iter().zip(verdicts) {
            match verdict {
                Ok(_) => imported.registered += 1,
                Err(RegisterError::AlreadyRegistered { .. }) => imported.unchanged += 1,
                // Somebody else registered it since it was checked, or the pool is full.
                Err(error) => {
                    refusals.add(RowRefusal::new(line, RowProblem::Refused(error.to_string())));
                }
            }
            progress.inc(1);
        }
    }
    refusals.into_result()?;
    Ok(imported)
}

/// The row, if its passwords are what the template asks for.
fn of_class(template: &ProductionTemplate, row: Row) -> Result<Row, RowRefusal> {
    let enroll = row.enroll_password().expose_text();
    let control = row.control_password().map(ControlPassword::expose_text);
    match template.design().check_passwords(enroll, control) {
        Ok(()) => Ok(row),
        Err(refusal) => Err(RowRefusal::new(row.line(), RowProblem::Refused(refusal.to_string()))),
    }
}

fn new_serial(row: Row) -> NewSerial {
    let serial = *row.serial();
    let (enroll, control) = row.into_passwords();
    match control {
        None => NewSerial::new(serial, enroll),
        Some(control) => NewSerial::new(serial, enroll).with_control_password(control),
    }
}

/// Rows that are refused: the first few, and how many.
#[derive(Default)]
struct Refusals {
    told: Vec<RowRefusal>,
    count: usize,
}

impl Refusals {
    fn add(&mut self, refusal: RowRefusal) {
        self.count += 1;
        if self.told.len() < TOLD {
            self.told.push(refusal);
        }
    }

    /// Adds those whose serial is there with other passwords.
    fn add_taken(
        &mut self,
        registry: &Registry,
        template: &ProductionTemplate,
        known: Vec<Row>,
    ) -> Result<(), Failure> {
        let lines: Vec<_> = known.iter().map(Row::line).collect();
        let new = known.into_iter().map(new_serial).collect();
        let verdicts = block_on(registry.check_all(template.id(), new))?;
        for (line, verdict) in lines.into_iter().zip(verdicts) {
            match verdict {
                Ok(()) | Err(RegisterError::AlreadyRegistered { .. }) => {}
                Err(error) => {
                    self.add(RowRefusal::new(line, RowProblem::Refused(error.to_string())));
                }
            }
        }
        Ok(())
    }

    fn into_result(mut self) -> Result<(), Failure> {
        self.told.sort_by_key(RowRefusal::line);
        if self.count == 0 { Ok(()) } else { Err(refused(&self.told, self.count)) }
    }
}

fn refused(told: &[RowRefusal], count: usize) -> Failure {
    let mut message = told.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ");
    if told.len() > 1 {
        message = format!("{count} rows are refused\n  {message}");
    }
    if count > told.len() {
        message = format!("{message}\n  and {} more", count - told.len());
    }
    Failure::new(Kind::Refused, "invalid-row", message)
}

/// A bar on standard error, where somebody looks at it.
fn progress(rows: u64, output: &Output) -> ProgressBar {
    if output.is_json() || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} serials, {per_sec}, {eta} left");
    ProgressBar::new(rows).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Serials that are registered in one commit.
const CHUNK: usize = 500;

/// Refused rows that are told one by one.
const TOLD: usize = 20;
