//! One emulator process: started on a free port, killed when it is dropped.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::binary;
use crate::control::Control;
use crate::failure::{Failure, Outcome, fail};
use crate::journal::Journal;

/// The time that the emulator may take to listen.
const START_LIMIT: Duration = Duration::from_secs(20);

/// A running emulator.
#[derive(Debug)]
pub struct Emulator {
    child: Child,
    address: SocketAddr,
    control: Control,
    mode: RefCell<String>,
}

impl Emulator {
    /// Starts the binary with a clock mode and, where given, a scenario. What it logs and what it was
    /// asked stay in the folder, for who wants to look into a failed case.
    pub fn start(clock: &str, scenario: Option<&str>, folder: &Path) -> Outcome<Self> {
        let mut command = Command::new(binary("ecs-emulator")?);
        command.args(["--listen", "127.0.0.1:0", "--clock", clock, "--seed", "1"]);
        command.arg("--journal").arg(folder.join("journal.ndjson"));
        if let Some(text) = scenario {
            let file = folder.join("scenario.toml");
            fs::write(&file, text)?;
            command.arg("--scenario").arg(file);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join("emulator.log"))?)
            .spawn()?;
        let address = listening(&mut child).map_err(|failure| {
            let _ = child.kill();
            let log = fs::read_to_string(folder.join("emulator.log")).unwrap_or_default();
            failure.during(&format!("the emulator says {log:?}"))
        })?;
        Ok(Self {
            child,
            address,
            control: Control::new(address),
            mode: RefCell::new(clock.to_owned()),
        })
    }

    /// The endpoint of its AWS APIs.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its control API.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Its journal from the given sequence number on, that number excluded.
    pub fn journal_since(&self, sequence: u64) -> Outcome<Journal> {
        let entries = self.control.get(&format!("journal?since={sequence}"))?;
        Journal::read(&entries).map(|journal| journal.after(sequence))
    }

    /// Adds instances that are there when the call returns.
    pub fn add_instances(&self, capacity_provider: &str, count: u32) -> Outcome {
        let body = json!({"capacity_provider": capacity_provider, "count": count});
        self.control.post("instances", &body).map(drop)
    }

    /// Adds a fault rule.
    pub fn fault(&self, rule: &Value) -> Outcome {
        self.control.post("faults", rule).map(drop)
    }

    /// Lets everybody see what was written last.
    pub fn heal(&self) -> Outcome {
        self.control.post("consistency", &json!({"heal": true})).map(drop)
    }

    /// Sets the state of an alarm.
    pub fn alarm(&self, name: &str, state: &str) -> Outcome {
        self.control
            .post(&format!("alarms/{name}"), &json!({"state": state}))
            .map(drop)
    }

    /// Stops virtual time: nothing moves until [`Self::thaw`].
    pub fn freeze(&self) -> Outcome {
        self.clock_mode("manual")
    }

    /// Goes on in the mode that the emulator was started with.
    pub fn thaw(&self) -> Outcome {
        let mode = self.mode.borrow().clone();
        self.clock_mode(&mode)
    }

    /// Moves virtual time to the next milestone, whatever the mode.
    pub fn next_milestone(&self) -> Outcome {
        self.control.post("clock", &json!({"next": "milestone"})).map(drop)
    }

    /// Moves virtual time until nothing is under way.
    pub fn settle(&self) -> Outcome {
        let body = json!({"settle": true, "limit_seconds": 7 * 24 * 3600});
        let answer = self.control.post("clock", &body)?;
        if answer["settled"] == true {
            return Ok(());
        }
        let world = self.control.get("world")?;
        fail(format!("the world does not come to rest: {answer}\n{world:#}"))
    }

    fn clock_mode(&self, mode: &str) -> Outcome {
        self.control.post("clock", &json!({"mode": mode})).map(drop)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the first line of the emulator's output, which names its address.
fn listening(child: &mut Child) -> Outcome<SocketAddr> {
    let Some(stdout) = child.stdout.take() else {
        return fail("the emulator has no output");
    };
    let (sender, receiver) = mpsc::channel();
    // The thread goes on reading, so that the emulator never writes to a closed pipe.
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Ok(line) = line else { return };
            let _ = sender.send(line);
        }
    });
    let line = receiver
        .recv_timeout(START_LIMIT)
        .map_err(|_| Failure::new("no line that says where it listens"))?;
    let address = line.strip_prefix("listening on http://").map(str::parse);
    match address {
        Some(Ok(address)) => Ok(address),
        _ => fail(format!("the first line is {line:?}")),
    }
}
