//! Runs `plugmint` in a directory of its own.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A home for one test.
pub(crate) struct Home {
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
        Self { directory: tempfile::tempdir().unwrap() }
    }

    /// A home with a registry.
    pub(crate) fn new() -> Self {
        let home = Self::empty();
        home.done(&["init"], "");
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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Runs the program with these words and this standard input.
    pub(crate) fn run(&self, words: &[&str], stdin: impl AsRef<[u8]>) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_plugmint"))
            .args(words)
            .current_dir(self.directory.path())
            .env_remove("PLUGMINT_DATA")
            .env_remove("PLUGMINT_ACTOR")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A run that refuses its arguments does not read: that is no failure of this test.
        child.stdin.take().unwrap().write_all(stdin.as_ref()).unwrap_or_default();
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
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
