//! `curl`: a client that is not ours.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

/// What `curl` was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Calls with these words.
pub(crate) fn curl(words: &[&str]) -> Answer {
    curl_or_fail(words).unwrap_or_else(|failure| panic!("{words:?}: {failure}"))
}

/// As [`curl`]; what it says when it was not answered.
pub(crate) fn curl_or_fail(words: &[&str]) -> Result<Answer, String> {
    let output = Command::new("curl")
        .args(["-s", "-S", "--noproxy", "*", "-w", "\n%{http_code} %{content_type}"])
        .args(["-m", &PATIENCE.as_secs().to_string()])
        .args(words)
        .output()
        .expect("curl is installed: it is a client that is not ours");
    if !output.status.success() {
        return Err(String::from_utf8(output.stderr).unwrap());
    }
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, end) = text.rsplit_once('\n').unwrap();
    let (status, content_type) = end.split_once(' ').unwrap();
    let (content_type, body) = (content_type.to_owned(), body.to_owned());
    Ok(Answer { status: status.parse().unwrap(), content_type, body })
}

/// Longer than anything takes: what hangs fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
