//! Running other programs: what is run is shown first, and a failure names the command line.

use std::error::Error;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// The answer of a task: its value, or a sentence for the user.
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

/// Runs a command, shows its standard output as it comes and hands each line to `each` as well. When no line comes for
/// `silence`, the command is killed with all that it has started. Answers whether it succeeded.
pub(crate) fn follow(command: &mut Command, silence: Duration, mut each: impl FnMut(&str)) -> Outcome<Ended> {
    announce(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| unstartable(command, &error))?;
    let lines = child.stdout.take().map(lines_of);
    while let Some(lines) = &lines {
        match lines.recv_timeout(silence) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                say(&text);
                each(&text);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                kill_with_descendants(child.id())?;
                child.wait()?;
                return Ok(Ended::Hung);
            }
        }
    }
    let succeeded = child.wait()?.success();
    Ok(if succeeded { Ended::Well } else { Ended::Badly })
}

/// The end of a followed command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Well,
    Badly,
    /// It said nothing for too long and was killed.
    Hung,
}

/// Lines as a thread reads them, until the other side is closed.
fn lines_of(stdout: ChildStdout) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(stdout).split(b'\n').map_while(Result::ok);
        // The reader may be gone, because the command was killed.
        lines.try_for_each(|line| sender.send(line))
    });
    receiver
}

/// Kills a process and all below it. A group of its own would do that at once, but Ctrl-C would no longer reach it.
fn kill_with_descendants(process: u32) -> Outcome {
    let table = capture(Command::new("ps").args(["-A", "-o", "pid=,ppid="]))?;
    let processes: Vec<(u32, u32)> = table
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace().filter_map(|number| number.parse().ok());
            Some((numbers.next()?, numbers.next()?))
        })
        .collect();
    let mut found = vec![process];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(processes.iter().filter(|(_, of)| *of == parent).map(|(child, _)| child));
        next += 1;
    }
    let ids = found.iter().map(u32::to_string);
    // One that has just ended by itself is no failure.
    Command::new("kill")
        .arg("-KILL")
        .args(ids)
        .stderr(Stdio::null())
        .status()?;
    Ok(())
}

/// Path of a program that the user has.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
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
