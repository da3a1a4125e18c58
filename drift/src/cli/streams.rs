//! Standard output and standard error. Nothing else writes to them, and what is written is a finished text: text of
//! others is data in it, also where a host of jobs looks for commands in the log.

use std::{
    env,
    io::{self, IsTerminal, Write},
};

use anstream::{AutoStream, ColorChoice};
use clap::error::{ContextKind, ContextValue};

use super::Failure;
use crate::surface::{self, Finished, Log, Sheet, Stream, Terminal, put};

/// Variables by which hosts of jobs say that they read the log.
const HOSTS: [&str; 4] = ["GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "TEAMCITY_VERSION"];

/// The reader that the streams of this process have beside people.
pub(super) fn log() -> Log {
    if HOSTS.iter().any(|name| env::var_os(name).is_some()) {
        Log::Job
    } else {
        Log::Plain
    }
}

/// Writes to standard output. A reader that has seen enough closes the pipe; that is no failure.
pub(super) fn write(text: &Finished) -> Result<(), Failure> {
    written(|stdout| stdout.write_all(text.as_str().as_bytes()))
}

/// The same for what is written while it is made.
pub(super) fn send(text: &Stream<'_>) -> Result<(), Failure> {
    written(|stdout| text.write_to(stdout))
}

fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match write(&mut stdout).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            "Report cannot be written",
            format!("standard output: {error}."),
        )),
        _ => Ok(()),
    }
}

/// Writes a text for people to standard output.
pub(super) fn print(text: Sheet<Terminal>) -> Result<(), Failure> {
    write(&text.finish(log()))
}

/// Says something on a line of standard error.
pub(super) fn say(mut text: Sheet<Terminal>) {
    put!(text, "\n");
    let _closed = io::stderr().write_all(text.finish(log()).as_str().as_bytes());
}

/// True if text on standard output may be coloured.
pub(super) fn has_colours() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// True if standard error, where questions are asked, is a terminal.
pub(super) fn is_read_by_a_person() -> bool {
    io::stderr().is_terminal()
}

/// Columns of the terminal that standard output is; none if it is something else.
pub(super) fn width() -> Option<usize> {
    let stdout = io::stdout();
    let (width, _) = terminal_size::terminal_size_of(&stdout).filter(|_| stdout.is_terminal())?;
    Some(usize::from(width.0))
}

/// Says what is wrong with arguments, or what was asked for: help and version. The parser repeats arguments and
/// variables of the environment.
pub(super) fn parser(mut error: clap::Error) {
    let context: Vec<(ContextKind, ContextValue)> =
        error.context().map(|(kind, value)| (kind, value.clone())).collect();
    for (kind, value) in context {
        if let Some(value) = harmless(&value) {
            error.insert(kind, value);
        }
    }
    let text = error.render().to_string();
    let finished = Sheet::of_library(&text).finish(log());
    if finished.as_str().trim_end() == text.trim_end() {
        // The same, in colours. A closed pipe is no failure.
        let _closed = error.print();
        return;
    }
    let _closed = io::stderr().write_all(finished.as_str().as_bytes());
}

/// The value that the parser repeats, made visible if it would steer.
fn harmless(value: &ContextValue) -> Option<ContextValue> {
    let visible = |text: &String| surface::visible(text);
    let other = match value {
        ContextValue::String(text) => ContextValue::String(visible(text)),
        ContextValue::Strings(texts) => ContextValue::Strings(texts.iter().map(visible).collect()),
        ContextValue::StyledStrs(texts) => {
            let texts = texts.iter().map(|text| {
                let plain = text.to_string();
                let shown = visible(&plain);
                if shown == plain { text.clone() } else { shown.into() }
            });
            ContextValue::StyledStrs(texts.collect())
        }
        _ => return None,
    };
    (other != *value).then_some(other)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// Sources that name the streams, beside this file.
    fn speakers(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(speakers(&path));
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let signs = ["io::stdout", "io::stderr", "println!", "eprint", "print!("];
            if signs.iter().any(|sign| code.contains(sign)) && !path.ends_with("cli/streams.rs") {
                found.push(path.display().to_string());
            }
        }
        found
    }

    /// `connect` says one sentence, which is ours from end to end.
    #[test]
    fn nothing_else_writes_to_the_streams() {
        let found = speakers(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        assert!(found.iter().all(|path| path.ends_with("cli/connect.rs")), "{found:?}");
    }
}
