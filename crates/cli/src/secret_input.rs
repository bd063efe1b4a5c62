//! Passwords, from a prompt or from standard input.

use std::io::{self, IsTerminal, Read};

use plugmint::{ControlPassword, EnrollPassword};
use zeroize::Zeroizing;

use crate::failure::{Failure, Kind};

/// Far more than any password; whoever sends more is told so instead of filling the memory.
const MOST: u64 = 64 * 1024;

/// One password: what is typed at a prompt, or all of standard input without one line end.
pub(crate) fn password(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    if io::stdin().is_terminal() {
        return prompted(prompt);
    }
    let mut bytes = all_of_stdin(MOST)?;
    remove_line_end(&mut bytes);
    text(bytes)
}

/// The bytes of one password as they are, for a derivation that judges none. As long as a
/// derivation takes.
pub(crate) fn any_password(prompt: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if io::stdin().is_terminal() {
        return Ok(Zeroizing::new(prompted(prompt)?.as_bytes().to_vec()));
    }
    let mut bytes = all_of_stdin(u64::from(u32::MAX) + 2)?;
    remove_line_end(&mut bytes);
    Ok(bytes)
}

/// An enroll password and perhaps a control password: two prompts, or a line each.
pub(crate) fn enroll_and_control() -> Result<(EnrollPassword, Option<ControlPassword>), Failure> {
    let (enroll, control) = if io::stdin().is_terminal() {
        let enroll = prompted("Enroll password: ")?;
        let control = prompted("Control password (empty for none): ")?;
        (enroll, Some(control).filter(|control| !control.is_empty()))
    } else {
        let mut bytes = all_of_stdin(MOST)?;
        remove_line_end(&mut bytes);
        let both = text(bytes)?;
        match both.split_once('\n') {
            None => (both, None),
            Some((enroll, control)) => {
                let enroll = enroll.strip_suffix('\r').unwrap_or(enroll);
                let own = |text: &str| Zeroizing::new(text.to_owned());
                (own(enroll), Some(own(control)))
            }
        }
    };
    let enroll = EnrollPassword::parse(&enroll)
        .map_err(|invalid| invalid_password(&invalid).about("enroll password"))?;
    let control = control.map(|control| ControlPassword::parse(&control)).transpose();
    let control =
        control.map_err(|invalid| invalid_password(&invalid).about("control password"))?;
    Ok((enroll, control))
}

pub(crate) fn invalid_password(invalid: &dyn std::error::Error) -> Failure {
    Failure::of(Kind::Refused, "invalid-password", invalid)
}

fn prompted(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    Ok(Zeroizing::new(rpassword::prompt_password(prompt)?))
}

fn all_of_stdin(most: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len >= most) {
        let message =
            format!("standard input is too long: expected a password of less than {most} bytes");
        return Err(Failure::new(Kind::Refused, "invalid-password", message));
    }
    Ok(bytes)
}

/// One LF or CRLF goes, and nothing else.
fn remove_line_end(bytes: &mut Vec<u8>) {
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
}

fn text(mut bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<String>, Failure> {
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            let message = "the password is not UTF-8";
            Err(Failure::new(Kind::Refused, "invalid-password", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_is_removed_and_nothing_else() {
        for (given, expected) in [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\n\n", "a\n"),
            ("a\r", "a\r"),
            (" a \n", " a "),
            ("a", "a"),
            ("\n", ""),
            ("", ""),
        ] {
            let mut bytes = given.as_bytes().to_vec();
            remove_line_end(&mut bytes);
            assert_eq!(bytes, expected.as_bytes(), "{given:?}");
        }
    }
}
