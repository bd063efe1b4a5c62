//! `plugmint serial import|add|list|show|history|disable|enable|retire`

use plugmint::{
    Actor, Author, Event, EventKind, Mark, NewSerial, Outcome, Registry, SerialId, SerialStatus,
    StageName,
};
use pollster::block_on;
use serde::Serialize;

use crate::args::{SerialArgs, SerialCommand};
use crate::failure::Failure;
use crate::home::Home;
use crate::output::{Output, facts, time, visible};
use crate::secret_input;

use super::{PAGE, import};

pub(crate) fn run(
    command: SerialCommand,
    home: &Home,
    actor: &Actor,
    output: &Output,
) -> Result<(), Failure> {
    match command {
        SerialCommand::Import { template, file } => {
            import::run(&home.open()?, &template, &file, actor, output)
        }
        SerialCommand::Add(serial) => add(home, &serial.id(), actor, output),
        SerialCommand::List { template } => {
            let registry = home.open()?;
            output.list(&["SERIAL", "STAGE", "MARK", "PLUG-ID"], row, |last| {
                let after = last.map(|status: &SerialStatus| status.id.serial());
                Ok(block_on(registry.serials(&template, after, PAGE))?)
            })
        }
        SerialCommand::Show(serial) => {
            let status = block_on(home.open()?.serial(&serial.id()))?;
            output.show(&status, screen)
        }
        SerialCommand::History(serial) => history(&home.open()?, &serial.id(), output),
        SerialCommand::Disable(serial) => {
            let outcome = block_on(home.open()?.disable(&serial.id(), actor))?;
            done(&serial.id(), outcome, "disabled", output)
        }
        SerialCommand::Enable(serial) => {
            let outcome = block_on(home.open()?.enable(&serial.id(), actor))?;
            done(&serial.id(), outcome, "enabled", output)
        }
        SerialCommand::Retire(serial) => {
            let outcome = block_on(home.open()?.retire(&serial.id(), actor))?;
            done(&serial.id(), outcome, "retired", output)
        }
    }
}

impl SerialArgs {
    pub(crate) const fn id(&self) -> SerialId {
        SerialId::new(self.template, self.serial)
    }
}

fn add(home: &Home, id: &SerialId, actor: &Actor, output: &Output) -> Result<(), Failure> {
    // Who asks for a template that is not there need not type a password first; and nobody else
    // waits for the store while somebody types.
    block_on(home.open()?.template(id.template()))?;
    let (enroll, control) = secret_input::enroll_and_control()?;
    let new = NewSerial::new(*id.serial(), enroll);
    let new = match control {
        Some(control) => new.with_control_password(control),
        None => new,
    };
    let registry = home.open()?;
    let status = block_on(registry.register(id.template(), new, actor))?;
    output.show(&status, |_| format!("{} registered", visible(id.serial().as_str())))
}

fn history(registry: &Registry, id: &SerialId, output: &Output) -> Result<(), Failure> {
    output.list(
        &["#", "WHEN", "WHO", "WHAT"],
        |event: &Event| {
            vec![
                event.number().to_string(),
                time(event.at()),
                match event.author() {
                    Author::Device => "the device".to_owned(),
                    Author::Operator(actor) => visible(actor.as_str()),
                },
                what(event.kind()).to_owned(),
            ]
        },
        |last| Ok(block_on(registry.history(id, last.map(Event::number), PAGE))?),
    )
}

fn done(
    id: &SerialId,
    outcome: Outcome,
    what: &'static str,
    output: &Output,
) -> Result<(), Failure> {
    let did = Did { id: *id, outcome };
    output.show(&did, |did| {
        let already = match did.outcome {
            Outcome::Done => "",
            Outcome::AlreadyDone => " already",
        };
        format!("{} {what}{already}", visible(id.serial().as_str()))
    })
}

#[derive(Serialize)]
struct Did {
    #[serde(flatten)]
    id: SerialId,
    outcome: Outcome,
}

fn row(status: &SerialStatus) -> Vec<String> {
    vec![
        visible(status.id.serial().as_str()),
        status.stage.to_string(),
        match status.mark {
            Some(Mark::Disabled) => "disabled".to_owned(),
            Some(Mark::Enabled) | None => String::new(),
        },
        status.plug_id.map(|plug_id| plug_id.to_string()).unwrap_or_default(),
    ]
}

fn screen(status: &SerialStatus) -> String {
    let may = match (status.stage, status.mark) {
        (StageName::Retired, _) => "nothing: a retired serial stays so",
        (_, Some(Mark::Disabled)) => "neither enroll nor connect until it is enabled",
        (StageName::Registered, _) => "enroll with its enroll password",
        (StageName::Enrolled, _) => "connect with its connection password, which activates it",
        (StageName::Activated, _) => "connect with its connection password",
    };
    let yes = |yes| if yes { "yes" } else { "no" }.to_owned();
    let at = |at: Option<_>| at.map(time);
    facts([
        ("Serial", Some(visible(status.id.serial().as_str()))),
        ("Template", Some(status.id.template().to_string())),
        ("Stage", Some(status.stage.to_string())),
        ("The device may", Some(may.to_owned())),
        ("Plug-ID", status.plug_id.map(|plug_id| plug_id.to_string())),
        ("Control password", Some(yes(status.controllable))),
        ("Operator may enroll", Some(yes(status.sealed))),
        ("Epoch", Some(status.epoch.to_string())),
        ("Key version", Some(status.key_version.to_string())),
        ("Registered", Some(time(status.registered_at))),
        ("Enrolled", at(status.enrolled_at)),
        ("Activated", at(status.activated_at)),
        ("Retired", at(status.retired_at)),
        ("Events", Some(status.events.to_string())),
    ])
}

fn what(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Registered => "registered",
        EventKind::Enrolled => "enrolled",
        EventKind::Reissued => "enrolled again, with a new password",
        EventKind::Activated => "activated: connected for the first time",
        EventKind::Disabled => "disabled",
        EventKind::Enabled => "enabled",
        EventKind::Retired => "retired",
        _ => "something that this version has no word for",
    }
}
