//! Running other programs: what is run is shown first, and a failure names the command line.

use std::error::Error;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// What a task answers: its value, or a sentence for the user.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Runs a command with the terminal as its output and fails when it fails.
pub(crate) fn run(command: &mut Command) -> Outcome {
    announce(command);
    let status = command.status().map_err(|error| unstartable(command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("`{}` ended with {status}", line(command)).into())
}

/// Runs a command quietly and answers its standard output.
pub(crate) fn capture(command: &mut Command) -> Outcome<String> {
    let output = command.output().map_err(|error| unstartable(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{}` ended with {}:\n{errors}", line(command), output.status).into())
}

/// Runs a command, shows its standard output as it comes and hands each line to `each` as well.
/// Answers whether the command succeeded.
pub(crate) fn follow(command: &mut Command, mut each: impl FnMut(&str)) -> Outcome<bool> {
    announce(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| unstartable(command, &error))?;
    if let Some(stdout) = child.stdout.take() {
        for output_line in BufReader::new(stdout).split(b'\n') {
            let bytes = output_line?;
            let text = String::from_utf8_lossy(&bytes);
            say(&text);
            each(&text);
        }
    }
    Ok(child.wait()?.success())
}

/// Prints one line for the user.
#[expect(clippy::print_stdout, reason = "the terminal is where a task reports")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// The command line as a user would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

fn announce(command: &Command) {
    say(&format!("$ {}", line(command)));
}

fn unstartable(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` cannot be started: {error}", line(command))
}
