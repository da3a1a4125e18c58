//! Child processes with a time limit, an interrupt like that of a terminal, and output that
//! cannot block them: it goes to files.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome, fail};

/// The pause between two looks at a running process.
const GLANCE: Duration = Duration::from_millis(10);

/// A command that ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The command line.
    pub line: String,
    /// Exit code; nothing when a signal ended the process.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// True if an output contains a text, blanks, line ends and the frames of diagnostics aside.
pub(crate) fn says(output: &str, text: &str) -> bool {
    let words = |text: &str| {
        text.split(['│', ' ', '\n'])
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    words(output).contains(&words(text))
}

impl Finished {
    /// Fails unless the output contains this text, blanks and line ends aside.
    pub fn expect_text(self, text: &str) -> Outcome<Self> {
        self.expect_one_of(&[text])
    }

    /// Fails unless the output contains one of these texts, blanks and line ends aside.
    pub fn expect_one_of(self, texts: &[&str]) -> Outcome<Self> {
        let output = format!("{}\n{}", self.stdout, self.stderr);
        if texts.iter().any(|text| says(&output, text)) {
            return Ok(self);
        }
        Err(self.failure(&format!("expected to read one of {texts:?}")))
    }

    /// Fails, with all output, unless the exit code is this one.
    pub fn expect_code(self, code: i32) -> Outcome<Self> {
        if self.code == Some(code) {
            return Ok(self);
        }
        let what = format!("expected exit code {code}");
        Err(self.failure(&what))
    }

    /// A failure that shows the command and everything it printed.
    pub fn failure(&self, what: &str) -> Failure {
        let code = self
            .code
            .map_or("a signal".to_owned(), |code| format!("exit code {code}"));
        Failure::new(format!(
            "{what}, but `{}` ended with {code}\n--- stdout\n{}\n--- stderr\n{}",
            self.line, self.stdout, self.stderr
        ))
    }
}

/// A command that runs in a process group of its own, as a shell starts one.
#[derive(Debug)]
pub struct Running {
    child: Child,
    line: String,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Running {
    /// Starts a command; its output goes to files in this folder.
    pub fn start(command: &mut Command, folder: &Path) -> Outcome<Self> {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let line = words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
        let stdout = folder.join("stdout.txt");
        let stderr = folder.join("stderr.txt");
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(fs::File::create(&stdout)?)
            .stderr(fs::File::create(&stderr)?);
        let child = command
            .spawn()
            .map_err(|error| Failure::new(format!("`{line}` cannot be started: {error}")))?;
        Ok(Self {
            child,
            line,
            stdout,
            stderr,
        })
    }

    /// The text that the command has printed so far.
    pub fn stdout(&self) -> Outcome<String> {
        Ok(fs::read_to_string(&self.stdout)?)
    }

    /// True if it has ended.
    pub fn ended(&mut self) -> Outcome<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Sends what Ctrl-C sends in a terminal: SIGINT to the whole process group, so that Terraform
    /// and the provider both receive it.
    pub fn interrupt(&self) -> Outcome {
        signal("INT", self.child.id())
    }

    /// Waits for the end; past the limit the group is killed and the wait fails.
    pub fn wait(mut self, limit: Duration) -> Outcome<Finished> {
        let deadline = Instant::now() + limit;
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if Instant::now() > deadline {
                self.kill_group()?;
                let finished = self.finished(None)?;
                return Err(finished.failure(&format!("expected an end within {limit:?}")));
            }
            thread::sleep(GLANCE);
        };
        self.finished(status.code())
    }

    /// Kills the whole process group at once, as a crash of the machine would.
    pub fn kill(mut self) -> Outcome {
        self.kill_group()
    }

    fn kill_group(&mut self) -> Outcome {
        signal("KILL", self.child.id())?;
        self.child.wait()?;
        Ok(())
    }

    fn finished(&self, code: Option<i32>) -> Outcome<Finished> {
        Ok(Finished {
            line: self.line.clone(),
            code,
            stdout: String::from_utf8_lossy(&fs::read(&self.stdout)?).into_owned(),
            stderr: String::from_utf8_lossy(&fs::read(&self.stderr)?).into_owned(),
        })
    }
}

impl Drop for Running {
    /// A case that fails in the middle leaves no process behind.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.kill_group();
        }
    }
}

/// The standard library sends no signal but SIGKILL, and unsafe code is forbidden here; the
/// shell's own `kill` is there on every Unix.
fn signal(name: &str, group: u32) -> Outcome {
    let script = format!("kill -s {name} -- -{group}");
    let status = Command::new("sh").args(["-c", &script]).status()?;
    if status.success() {
        return Ok(());
    }
    fail(format!("`{script}` ended with {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(script: &str, folder: &Path) -> Running {
        Running::start(Command::new("sh").args(["-c", script]), folder).unwrap()
    }

    #[test]
    fn output_and_code_are_collected() {
        let folder = tempfile::tempdir().unwrap();
        let finished = start("echo out; echo err >&2; exit 3", folder.path())
            .wait(Duration::from_secs(10))
            .unwrap();
        assert_eq!(
            (finished.code, finished.stdout.as_str(), finished.stderr.as_str()),
            (Some(3), "out\n", "err\n")
        );
        assert!(finished.clone().expect_code(3).is_ok());
        assert!(finished.expect_code(0).is_err());
    }

    /// A shell cannot trap a signal that it was started with ignored, as background jobs are;
    /// Python can.
    const WAITS: &str = "
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(7))
print('ready', flush=True)
time.sleep(100)
";

    #[test]
    fn an_interrupt_reaches_the_group() {
        let folder = tempfile::tempdir().unwrap();
        let mut running = Running::start(Command::new("python3").args(["-c", WAITS]), folder.path()).unwrap();
        while running.stdout().unwrap().is_empty() && !running.ended().unwrap() {
            thread::sleep(GLANCE);
        }
        running.interrupt().unwrap();
        assert_eq!(running.wait(Duration::from_secs(10)).unwrap().code, Some(7));
    }

    #[test]
    fn a_hanging_command_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let failure = start("sleep 100", folder.path())
            .wait(Duration::from_millis(50))
            .unwrap_err();
        assert!(failure.to_string().contains("expected an end"), "{failure}");
    }
}
