//! Command lines that can be pasted into a shell.

use std::fmt::Write;

/// `plugmint` with these options and operands, each as one word. An operand that looks like an
/// option stays an operand.
pub(crate) fn command(options: &[&str], operands: &[&str]) -> String {
    let dash = operands.iter().any(|operand| operand.starts_with('-'));
    let words = ["plugmint"].into_iter().chain(options.iter().copied());
    let words = words.chain(dash.then_some("--")).chain(operands.iter().copied());
    words.map(quoted).collect::<Vec<_>>().join(" ")
}

/// A text as one word: bare, in quotes, or, where not all of it would be seen, with escapes as
/// bash, ksh and zsh read them.
pub(crate) fn quoted(text: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "-_./:,=@%+".contains(c);
    if !text.is_empty() && text.chars().all(is_bare) {
        return text.to_owned();
    }
    if text.chars().all(|c| matches!(c, '\'' | '"' | '\\') || c.escape_debug().len() == 1) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let escaped = text.chars().fold(String::new(), |mut escaped, c| {
        // Writing to a string does not fail.
        match c {
            '\'' | '\\' => write!(escaped, "\\{c}"),
            c if c == '"' || c.escape_debug().len() == 1 => write!(escaped, "{c}"),
            c => write!(escaped, "\\U{:08x}", u32::from(c)),
        }
        .unwrap_or_default();
        escaped
    });
    format!("$'{escaped}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_a_shell_would_take_apart_is_quoted() {
        for (text, word) in [
            ("SN-1", "SN-1"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$(x)", "'$(x)'"),
            ("~", "'~'"),
            ("it's", "'it'\\''s'"),
            ("K\u{fc}hl", "'K\u{fc}hl'"),
            ("a\u{202e}'\\\"b", "$'a\\U0000202e\\'\\\\\"b'"),
        ] {
            assert_eq!(quoted(text), word);
        }
    }

    #[test]
    fn an_operand_that_looks_like_an_option_stands_behind_two_dashes() {
        assert_eq!(command(&["serial", "show"], &["T", "S"]), "plugmint serial show T S");
        assert_eq!(command(&["serial", "show"], &["T", "-S"]), "plugmint serial show -- T -S");
    }
}
