//! `ecs-emulator exec`: a command with an emulator of its own, which begins before it and ends after it.
//!
//! The command has the streams of whoever started us, so that it can be put before any test runner. Nothing of our own
//! is written to standard output.

mod account;
mod environment;
mod signals;

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use clap::Args;
use ecs_emulator::{Emulator, Server};
use rustix::process::{Pid, kill_process};
use tokio::process::{Child, Command};

use self::environment::{Changes, changes};
use self::signals::Signals;
use super::options::WorldOptions;
use super::{Failure, tell};

/// The time that connections may take to finish at the end.
const SHUTDOWN: Duration = Duration::from_millis(200);
/// Exit code when a fault with `must_fire` did not fire and nothing else failed.
const IDLE_FAULT: u8 = 1;
/// Exit codes as `env` and `timeout` give them: the emulator, not the command, failed; it cannot be started; it is not there.
const OURS: u8 = 125;
const CANNOT_START: u8 = 126;
const NOT_FOUND: u8 = 127;
/// What shells add to the number of the signal that ended a command.
const BY_SIGNAL: u8 = 128;

const HELP: &str = "\
Examples:
  ecs-emulator exec --scenario fleet.toml -- terraform test
  ecs-emulator exec --scenario fleet.toml -- tofu test
  ecs-emulator exec --journal run.ndjson -- pytest -q
  ecs-emulator exec --keep-on-failure -- make acceptance

Environment of the command:
  AWS_ENDPOINT_URL is the address of the emulator; control calls go to $AWS_ENDPOINT_URL/_emulator/.
  AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are made up.
  AWS_REGION and AWS_DEFAULT_REGION are those of --region.
  AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name an empty file.
  AWS_EC2_METADATA_DISABLED is true.
  TF_ECS_POLL_INTERVAL is 100ms unless it is set.
  AWS_PROFILE, AWS_SESSION_TOKEN, AWS_ENDPOINT_URL_<SERVICE> and others that lead to real AWS are
  removed. A line on standard error names your settings that are not passed on; --keep-env NAME
  passes one on.

Signals:
  SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2 are passed on to the command. Ctrl-C and
  Ctrl-\\ are not, since the terminal sends them to the command as well.

Exit code:
  that of the command; 128 + N when signal N ended it
  127  there is no such command
  126  the command cannot be started
  125  the emulator failed
  1    the command succeeded, and a fault with must_fire did not fire";

/// Run a command against an emulator of its own, and end with its exit code
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    world: WorldOptions,
    /// Region of the command's calls
    #[arg(long, value_name = "NAME", default_value = ecs_emulator::DEFAULT_REGION)]
    region: String,
    /// Variable of your environment that is passed on as it is; may be repeated
    #[arg(long, value_name = "NAME")]
    keep_env: Vec<String>,
    /// Keep the emulator when the command fails, until Ctrl-C, to look into it
    #[arg(long)]
    keep_on_failure: bool,
    /// Command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs the command to its end.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match run_command(arguments) {
        Ok(code) => code.into(),
        Err(error) => {
            say(&error.to_string());
            OURS.into()
        }
    }
}

fn run_command(arguments: &Arguments) -> Result<u8, Failure> {
    let emulator = arguments.world.build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let result = runtime.block_on(accompany(arguments, &emulator));
    runtime.shutdown_timeout(SHUTDOWN);
    let saved = emulator.save_state();
    let code = result?;
    if let Err(unsaved) = saved {
        if code == 0 {
            return Err(unsaved.into());
        }
        say(&unsaved.to_string());
    }
    match emulator.journal_loss() {
        Some(loss) if code == 0 => Err(loss.into()),
        Some(loss) => {
            say(&loss);
            Ok(code)
        }
        None => Ok(code),
    }
}

/// Serves while the command runs, and tells how it went.
async fn accompany(arguments: &Arguments, emulator: &Emulator) -> Result<u8, Failure> {
    // Before the command is there, so that no signal finds us without it.
    let mut signals = Signals::new()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(address, false, emulator.clone()).await;
    let server = server.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    let endpoint = format!("http://{}", server.address()?);
    tokio::spawn(server.serve());
    let mut child = match start(arguments, &endpoint) {
        Ok(child) => child,
        Err((code, text)) => {
            say(&text);
            return Ok(code);
        }
    };
    let status = attend(&mut child, &mut signals).await?;
    let overview = emulator.overview();
    let idle = emulator.unfired_faults();
    if status.success() && idle.is_empty() {
        return Ok(0);
    }
    let code = if status.success() { IDLE_FAULT } else { code_of(status) };
    say(&format!("`{}` {}", shown(&arguments.command), told(status)));
    tell(account::render(&overview, &emulator.journal(), &idle).trim_end());
    if arguments.keep_on_failure && !signals.must_end() {
        say(&format!(
            "the emulator goes on at {endpoint} until Ctrl-C; for example: curl {endpoint}/_emulator/world"
        ));
        signals.end().await;
    }
    Ok(code)
}

/// The command as a process. An error has the exit code and the reason.
fn start(arguments: &Arguments, endpoint: &str) -> Result<Child, (u8, String)> {
    let users = std::env::vars_os().collect();
    let Changes { set, removed, told } = changes(endpoint, &arguments.region, &users, &arguments.keep_env);
    if !told.is_empty() {
        say(&format!(
            "not passed on to the command: {}; --keep-env NAME passes one on",
            told.join(", ")
        ));
    }
    let (program, rest) = arguments.command.split_first().ok_or((OURS, String::new()))?;
    let mut command = Command::new(program);
    command.args(rest).envs(set);
    for name in removed {
        command.env_remove(name);
    }
    command
        .spawn()
        .map_err(|error| refusal(&program.to_string_lossy(), &error))
}

fn refusal(program: &str, error: &io::Error) -> (u8, String) {
    if error.kind() != ErrorKind::NotFound {
        return (CANNOT_START, format!("`{program}` cannot be started: {error}"));
    }
    let place = if program.contains('/') {
        "at that path"
    } else {
        "in the folders of PATH"
    };
    let text = format!("`{program}` cannot be started: there is no such command {place}, or no interpreter for it");
    (NOT_FOUND, text)
}

/// Waits for the end of the command. Signals that it has not got by itself are passed on.
async fn attend(child: &mut Child, signals: &mut Signals) -> io::Result<ExitStatus> {
    loop {
        let signal = tokio::select! {
            status = child.wait() => return status,
            signal = signals.next_to_pass_on() => signal,
        };
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // It may have ended in between; then nobody is left to be told.
            let _ = kill_process(pid, signal);
        }
    }
}

/// The exit code as a shell gives it.
fn code_of(status: ExitStatus) -> u8 {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    let by_signal = status.signal().and_then(|number| u8::try_from(number).ok());
    code.or(by_signal.map(|number| BY_SIGNAL.saturating_add(number)))
        .unwrap_or(OURS)
}

fn told(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(0), _) => "succeeded, but not everything that had to happen did".to_owned(),
        (Some(code), _) => format!("ended with exit code {code}"),
        (None, Some(number)) => format!("was ended by signal {number}"),
        (None, None) => "ended in an unknown way".to_owned(),
    }
}

fn shown(command: &[OsString]) -> String {
    let words = command.iter().map(|word| word.to_string_lossy());
    let line = words.collect::<Vec<_>>().join(" ");
    let mut shown: String = line
        .chars()
        .take(80)
        .map(|each| if each.is_control() { ' ' } else { each })
        .collect();
    if line.chars().nth(80).is_some() {
        shown.push('…');
    }
    shown
}

fn say(text: &str) {
    tell(format_args!("ecs-emulator: {text}"));
}
