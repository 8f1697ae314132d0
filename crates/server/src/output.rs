//! What the program says. A reader that has gone away is no error.

use std::io::Write;

use serde::Serialize;

/// A line on standard output.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// JSON in one line on standard output.
///
/// # Errors
/// When the value cannot be encoded.
pub(crate) fn say_json(value: &impl Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string(value)?);
    Ok(())
}

/// The one line that says why the program ends.
pub(crate) fn complain(text: &str) {
    note(&format!("countersign: {}", one_line(text)));
}

/// Something the person should know, on standard error.
pub(crate) fn warn(text: &str) {
    note(&format!("countersign: warning: {}", one_line(text)));
}

/// A line on standard error.
pub(crate) fn note(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "{text}");
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
