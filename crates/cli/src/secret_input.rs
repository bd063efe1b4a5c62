//! Passwords, from a prompt or from standard input.

use std::io::{self, IsTerminal, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use plugmint::derivation::PasswordText;
use plugmint::{ControlPassword, EnrollPassword};
use signal_hook::consts::SIGINT;
use zeroize::Zeroizing;

use crate::failure::{Failure, Kind};

/// One password: what is typed at a prompt, or all of standard input without one line end.
pub(crate) fn password(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    if io::stdin().is_terminal() {
        return prompted(prompt);
    }
    let mut bytes = all_of_stdin(MOST)?;
    remove_line_end(&mut bytes);
    text(bytes)
}

/// A password that is new: prompted for twice, or all of standard input without one line end.
pub(crate) fn new_password(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    if io::stdin().is_terminal() { prompted_twice(prompt) } else { password(prompt) }
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

/// An enroll password and perhaps a control password: prompted for twice each, so that no serial is
/// spent on a slip, or a line each of standard input.
pub(crate) fn enroll_and_control() -> Result<(EnrollPassword, Option<ControlPassword>), Failure> {
    let (enroll, control) = if io::stdin().is_terminal() {
        let enroll = prompted_twice("Enroll password: ")?;
        let control = prompted_twice("Control password (empty for none): ")?;
        (enroll, Some(control).filter(|control| !control.is_empty()))
    } else {
        let mut bytes = all_of_stdin(MOST)?;
        remove_line_end(&mut bytes);
        lines(&text(bytes)?)?
    };
    let enroll = EnrollPassword::parse(&enroll).map_err(|invalid| {
        Failure::new(Kind::Refused, INVALID, format!("enroll password: {invalid}"))
    })?;
    let control = control.map(|control| ControlPassword::parse(&control)).transpose();
    let control = control.map_err(|invalid| {
        Failure::new(Kind::Refused, INVALID, format!("control password: {invalid}"))
    })?;
    Ok((enroll, control))
}

/// A control password: prompted for twice, or all of standard input without one line end.
pub(crate) fn control() -> Result<ControlPassword, Failure> {
    let typed = new_password("Control password: ")?;
    ControlPassword::parse(&typed).map_err(|invalid| invalid_password(&invalid))
}

pub(crate) fn invalid_password(invalid: &dyn std::error::Error) -> Failure {
    Failure::of(Kind::Refused, INVALID, invalid)
}

fn prompted(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    // While a password is typed the terminal is in another mode. An interrupt then must not end the
    // process before the mode is set back: it ends the prompt instead.
    let interrupted = signal_hook::flag::register(SIGINT, Arc::new(AtomicBool::new(false)));
    let interrupted = interrupted.map_err(|error| no_password(&error))?;
    let typed = rpassword::prompt_password(prompt);
    signal_hook::low_level::unregister(interrupted);
    Ok(Zeroizing::new(typed.map_err(|error| no_password(&error))?))
}

fn prompted_twice(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let first = prompted(prompt)?;
    if first.is_empty() {
        return Ok(first);
    }
    let again = prompted("Once more: ")?;
    let texts = PasswordText::of_any(first.as_bytes())
        .ok()
        .zip(PasswordText::of_any(again.as_bytes()).ok());
    if texts.is_some_and(|(first, again)| first.matches(again)) {
        Ok(first)
    } else {
        Err(Failure::new(Kind::Refused, INVALID, "the two are not the same"))
    }
}

/// The first line, and the second where there is one.
fn lines(both: &str) -> Result<(Zeroizing<String>, Option<Zeroizing<String>>), Failure> {
    let own = |text: &str| Zeroizing::new(text.to_owned());
    let mut lines = both.split('\n');
    let enroll = lines.next().unwrap_or_default();
    let control = lines.next();
    if lines.next().is_some() {
        let message = "standard input has more than two lines: expected the enroll password, and \
                       the control password if there shall be one";
        return Err(Failure::new(Kind::Refused, INVALID, message));
    }
    // Where there is a second line, the first one ended in LF or CRLF.
    let enroll =
        if control.is_some() { enroll.strip_suffix('\r').unwrap_or(enroll) } else { enroll };
    Ok((own(enroll), control.map(own)))
}

fn all_of_stdin(most: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    let read = io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|error| no_password(&error))?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len >= most) {
        let message = format!("standard input has {most} bytes or more: that is no password");
        return Err(Failure::new(Kind::Refused, INVALID, message));
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
            Err(Failure::new(Kind::Refused, INVALID, "the password is not UTF-8"))
        }
    }
}

fn no_password(error: &io::Error) -> Failure {
    let message = match error.kind() {
        io::ErrorKind::Interrupted => "interrupted: nothing was done".to_owned(),
        io::ErrorKind::UnexpectedEof => "no password was given".to_owned(),
        _ => format!("no password can be read: {error}"),
    };
    Failure::new(Kind::Refused, "no-password", message)
}

/// Far more than any password; whoever sends more is told so instead of filling the memory.
const MOST: u64 = 64 * 1024;

const INVALID: &str = "invalid-password";

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

    #[test]
    fn the_second_line_is_the_control_password_and_a_third_is_refused() {
        let (enroll, control) = lines("one\r\ntwo").unwrap();
        assert_eq!((enroll.as_str(), control.unwrap().as_str()), ("one", "two"));
        let (enroll, control) = lines("one\r").unwrap();
        assert_eq!((enroll.as_str(), control), ("one\r", None));
        assert!(lines("one\ntwo\nthree").is_err());
    }
}
