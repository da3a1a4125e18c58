//! Panics in words that the client recognises.
//!
//! Rust's own text means nothing to Terraform. A line that begins with `panic: ` does: it and the
//! lines after it are shown to the user when the run fails.

use std::{
    backtrace::Backtrace,
    fmt::Display,
    io::Write,
    panic::{self, PanicHookInfo},
};

/// Most lines that the client keeps.
const LINES: usize = 90;

/// Replaces the hook of the process.
pub(crate) fn install() {
    panic::set_hook(Box::new(|info| {
        let report = report(info, &Backtrace::force_capture());
        let _ = std::io::stderr().write_all(report.as_bytes());
    }));
}

fn report(info: &PanicHookInfo<'_>, backtrace: &impl Display) -> String {
    let payload = info.payload();
    let literal = payload.downcast_ref::<&str>().copied();
    let message = literal
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let place = info.location().map_or_else(
        || "unknown place".to_owned(),
        |place| format!("{}:{}", place.file(), place.line()),
    );
    text(message, &place, &backtrace.to_string())
}

fn text(message: &str, place: &str, backtrace: &str) -> String {
    let message = message.replace(['\n', '\r'], " ");
    let mut text = format!("panic: {message} ({place})\n");
    // A stripped binary has no names, and a list of unknown frames helps nobody.
    for line in backtrace
        .lines()
        .filter(|line| !line.ends_with("<unknown>"))
        .take(LINES)
    {
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_says_it_all() {
        insta::assert_snapshot!(text("index out\nof bounds", "src/a.rs:3", "0: a\n   at b\n1: <unknown>"), @r"
        panic: index out of bounds (src/a.rs:3)
        0: a
           at b
        ");
        assert_eq!(text("m", "p", &"frame\n".repeat(500)).lines().count(), 1 + LINES);
    }
}
