//! Runs `plugmint` in a directory of its own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::SERVED;
use crate::server::Server;

/// A home for one test.
pub(crate) struct Home {
    /// Ends before its directory goes.
    pub(crate) server: Option<Server>,
    directory: TempDir,
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    /// A directory without anything.
    pub(crate) fn empty() -> Self {
        Self { server: None, directory: tempfile::tempdir().unwrap() }
    }

    /// A home with a registry; with a server that owns it where the tests are [`SERVED`].
    pub(crate) fn new() -> Self {
        let mut home = Self::empty();
        home.done(&["init"], "");
        if SERVED {
            home.server = Some(Server::begin(&home, &[]));
        }
        home
    }

    /// A home with a registry and a template, and the template's id.
    pub(crate) fn with_template(options: &[&str]) -> (Self, String) {
        let home = Self::new();
        let template = home.template(options);
        (home, template)
    }

    pub(crate) fn template(&self, options: &[&str]) -> String {
        let words = [&["template", "create", "White refrigerators"], options].concat();
        self.json(&words, "")["id"].as_str().unwrap().to_owned()
    }

    /// Registers a serial with this enroll password.
    pub(crate) fn add(&self, template: &str, serial: &str, passwords: &str) {
        self.done(&["serial", "add", template, serial], passwords);
    }

    /// Enrolls a device and connects it once. Its Plug-ID and connection password.
    pub(crate) fn activate(
        &self,
        template: &str,
        serial: &str,
        password: &str,
    ) -> (String, String) {
        let given = self.json(&["enroll", template, serial], password);
        let text = |field: &str| given[field].as_str().unwrap().to_owned();
        let (plug_id, password) = (text("plug_id"), text("connection_password"));
        self.done(&["authenticate", &plug_id], &password);
        (plug_id, password)
    }

    /// Registers a Thing with this control password and activates it. Its Plug-ID.
    pub(crate) fn thing(&self, template: &str, serial: &str, control: &str) -> String {
        let enroll = "gTygYqudCQ-gY80EK29_tw";
        self.add(template, serial, &format!("{enroll}\n{control}\n"));
        self.activate(template, serial, enroll).0
    }

    /// Enrolls a Controller by hand. Its Plug-ID and connection password.
    pub(crate) fn phone(&self, words: &[&str], control: &str) -> (String, String) {
        let given = self.json(&[&["controller", "enroll"], words].concat(), control);
        let text = |field: &str| given[field].as_str().unwrap().to_owned();
        (text("plug_id"), text("connection_password"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Runs the program with these words and this standard input.
    pub(crate) fn run(&self, words: &[&str], stdin: impl AsRef<[u8]>) -> Ran {
        let child = self.spawn(Command::new(env!("CARGO_BIN_EXE_plugmint")).args(words));
        ended(child, stdin.as_ref())
    }

    /// Runs a command line as a person would, in a shell.
    pub(crate) fn shell(&self, line: &str, stdin: impl AsRef<[u8]>) -> Ran {
        let programs = Path::new(env!("CARGO_BIN_EXE_plugmint")).parent().unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let child = self.spawn(Command::new("bash").args(["-c", line]).env("PATH", path));
        ended(child, stdin.as_ref())
    }

    /// Begins a run that this test talks to.
    pub(crate) fn begin(&self, words: &[&str]) -> Child {
        self.begin_with(&[], words)
    }

    /// As [`begin`](Self::begin), with these variables.
    pub(crate) fn begin_with(&self, variables: &[(&str, &str)], words: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugmint"));
        for variable in ["RUST_LOG", "PLUGMINT_LOG_FORMAT", "PLUGMINT_METRICS"] {
            command.env_remove(variable);
        }
        self.spawn(command.args(words).envs(variables.iter().copied()))
    }

    /// As [`begin`](Self::begin), behind a line of a shell that limits it.
    pub(crate) fn begin_limited(&self, limits: &str, words: &[&str]) -> Child {
        let mut command = Command::new("bash");
        let line = format!("{limits}; exec \"$0\" \"$@\"");
        self.spawn(command.args(["-c", &line, env!("CARGO_BIN_EXE_plugmint")]).args(words))
    }

    /// Runs the program and kills it where a thread of it makes that system call for the `count`th
    /// time. `false` when it ended before.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_killed(&self, signal: &str, call: &str, count: usize, words: &[&str]) -> bool {
        let inject = format!("inject={call}:signal={signal}:when={count}");
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", &inject]);
        let child = self.spawn(command.arg(env!("CARGO_BIN_EXE_plugmint")).args(words));
        let output = child.wait_with_output().expect("strace is installed: it kills at a call");
        assert!(output.status.code().is_none_or(|code| code == 0), "{output:?}");
        output.status.code().is_none()
    }

    /// Begins a run that prints there.
    pub(crate) fn begin_into(&self, stdout: Stdio, words: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plugmint"));
        self.spawn_into(stdout, command.args(words))
    }

    fn spawn(&self, command: &mut Command) -> Child {
        self.spawn_into(Stdio::piped(), command)
    }

    fn spawn_into(&self, stdout: Stdio, command: &mut Command) -> Child {
        command
            .current_dir(self.directory.path())
            .env_remove("PLUGMINT_DATA")
            .env_remove("PLUGMINT_ACTOR")
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs what must be done, and gives what it printed.
    pub(crate) fn done(&self, words: &[&str], stdin: &str) -> String {
        let ran = self.run(words, stdin);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{words:?}: {ran:?}");
        ran.stdout
    }

    /// Runs what must be done, and gives the one JSON value that it printed.
    pub(crate) fn json(&self, words: &[&str], stdin: &str) -> Value {
        let printed = self.done(&[words, &["--json"]].concat(), stdin);
        serde_json::from_str(&printed).unwrap()
    }

    /// Runs what must be done, and prints a JSON value on each line, or one over all.
    pub(crate) fn json_lines(&self, words: &[&str], stdin: &str) {
        let printed = self.done(&[words, &["--json"]].concat(), stdin);
        let values = serde_json::Deserializer::from_str(&printed).into_iter::<Value>();
        let values: Vec<_> = values.map(Result::unwrap).collect();
        assert!(!values.is_empty(), "{words:?} says nothing");
    }

    /// Runs what must fail with that exit code, and gives the code of the error and its message,
    /// which stand on standard output as JSON and on standard error for people.
    pub(crate) fn fails(
        &self,
        exit: i32,
        words: &[&str],
        stdin: impl AsRef<[u8]>,
    ) -> (String, String) {
        let ran = self.run(&[words, &["--json"]].concat(), stdin);
        assert_eq!(ran.code, exit, "{words:?}: {ran:?}");
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        let text = |field: &str| told["error"][field].as_str().unwrap().to_owned();
        assert!(ran.stderr.contains(&text("message")), "{ran:?}");
        (text("code"), text("message"))
    }
}

fn ended(mut child: Child, stdin: &[u8]) -> Ran {
    // A run that refuses its arguments does not read: that is no failure of this test.
    child.stdin.take().unwrap().write_all(stdin).unwrap_or_default();
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
