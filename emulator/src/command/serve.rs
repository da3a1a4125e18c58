//! `ecs-emulator` without a command: one line on stdout, and a server until a signal comes.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ecs_emulator::{ClockMode, Emulator, JournalLimits, Scenario, Server};
use tokio::signal::unix::{SignalKind, signal};

use super::Failure;

/// The time that connections may take to finish after a signal.
const SHUTDOWN: Duration = Duration::from_millis(200);

/// Flags of the server.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Address to listen on; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Allow an address that other machines can reach
    #[arg(long)]
    allow_remote: bool,
    /// Host name that requests may be addressed to beside loopback names and addresses; may be repeated
    #[arg(long, value_name = "NAME", value_parser = host_name)]
    allow_host: Vec<String>,
    /// What moves virtual time: jump, step, manual, real or scaled:N [default: jump]
    #[arg(long, value_name = "MODE")]
    clock: Option<ClockMode>,
    /// Start of virtual time, for example 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = ecs_emulator::parse_time)]
    epoch: Option<i64>,
    /// Seed of every draw [default: 0]
    #[arg(long)]
    seed: Option<u64>,
    /// What exists at the start
    #[arg(long, value_name = "FILE.toml")]
    scenario: Option<PathBuf>,
    /// File that the journal is appended to, one JSON object a line
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Stop when the journal file cannot be written, for example because the disk is full
    #[arg(long, requires = "journal")]
    journal_strict: bool,
    /// Entries that the journal keeps in memory
    #[arg(long, value_name = "ENTRIES", default_value_t = JournalLimits::default().entries)]
    journal_limit: usize,
    /// Host time added to every answer, for example 5ms
    #[arg(long, value_name = "DURATION", default_value = "0ms", value_parser = parse_latency)]
    latency: Duration,
    /// Whether request rates are limited as the service does
    #[arg(long, value_enum, default_value_t = Throttle::Off)]
    throttle: Throttle,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Throttle {
    /// The rates that AWS publishes
    Published,
    /// No limit
    Off,
}

/// Serves until a signal comes.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let emulator = build(arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let result = runtime.block_on(serve(arguments, emulator.clone()));
    runtime.shutdown_timeout(SHUTDOWN);
    result?;
    emulator.journal_loss().map_or(Ok(()), |loss| Err(loss.into()))
}

fn build(arguments: &Arguments) -> Result<Emulator, Failure> {
    let scenario = arguments
        .scenario
        .as_deref()
        .map(Scenario::load)
        .transpose()?
        .unwrap_or_default();
    let limits = JournalLimits {
        entries: arguments.journal_limit,
        ..JournalLimits::default()
    };
    let mut builder = Emulator::builder()
        .clock(arguments.clock.or(scenario.clock()).unwrap_or(ClockMode::Jump))
        .scenario(scenario)
        .journal_limits(limits)
        .latency(arguments.latency)
        .log(true)
        .throttle(matches!(arguments.throttle, Throttle::Published));
    if let Some(seed) = arguments.seed {
        builder = builder.seed(seed);
    }
    if let Some(epoch) = arguments.epoch {
        builder = builder.epoch_ms(epoch);
    }
    if let Some(journal) = &arguments.journal {
        builder = builder.journal_file(journal);
    }
    Ok(builder.build()?)
}

/// Serves until SIGTERM or SIGINT.
async fn serve(arguments: &Arguments, emulator: Emulator) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let listen = arguments.listen;
    let server = Server::bind(listen, arguments.allow_remote, emulator.clone())
        .await
        .map_err(|error| {
            format!("cannot listen on {listen}: {error}; --listen takes another address, port 0 a free one")
        })?
        .allow_hosts(&arguments.allow_host);
    announce(server.address()?)?;
    tokio::select! {
        () = server.serve() => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = emulator.journal_lost(), if arguments.journal_strict => {}
    }
    Ok(())
}

/// The first line on stdout tells whoever started us where we are. It must get through a pipe at once.
fn announce(address: SocketAddr) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "listening on http://{address}")?;
    stdout.flush()
}

/// A duration like `5ms` or `1.5s`.
fn parse_latency(text: &str) -> Result<Duration, String> {
    let parsed = text
        .strip_suffix("ms")
        .map(|number| (number, 0.001))
        .or_else(|| text.strip_suffix('s').map(|number| (number, 1.0)))
        .and_then(|(number, unit)| Some(number.parse::<f64>().ok()? * unit));
    match parsed.filter(|seconds| (0.0..=60.0).contains(seconds)) {
        Some(seconds) => Ok(Duration::from_secs_f64(seconds)),
        None => Err(format!("'{text}' is not a duration like 5ms or 1.5s, at most 60s")),
    }
}

/// A name as it stands in a URL, without anything around it.
fn host_name(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if !text.is_empty() && text.bytes().all(allowed) {
        return Ok(text.to_owned());
    }
    Err("a host name has letters, digits, dots and hyphens, without scheme and port".to_owned())
}
