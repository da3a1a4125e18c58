//! Options of the emulated world, the same for every command that starts one.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ecs_emulator::{ClockMode, Emulator, JournalLimits, Scenario};

use super::Failure;

/// What the world is, and what is kept of what happens in it.
#[derive(Debug, Args)]
pub(super) struct WorldOptions {
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
    /// File that everything is kept in, so that the next emulator goes on with it
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Bytes that FILE.log of the state may have before a new snapshot replaces it [default: 16 MiB, or the snapshot's]
    #[arg(long, value_name = "BYTES", requires = "state")]
    state_log: Option<u64>,
    /// File that the journal is appended to, one JSON object a line
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
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

impl WorldOptions {
    /// The emulator that they describe.
    pub(super) fn build(&self) -> Result<Emulator, Failure> {
        let scenario = self.scenario.as_deref().map(Scenario::load).transpose()?;
        let scenario = scenario.unwrap_or_default();
        let limits = JournalLimits {
            entries: self.journal_limit,
            ..JournalLimits::default()
        };
        let mut builder = Emulator::builder()
            .default_clock(ClockMode::Jump)
            .scenario(scenario)
            .journal_limits(limits)
            .latency(self.latency)
            .log(true)
            .throttle(matches!(self.throttle, Throttle::Published));
        if let Some(clock) = self.clock {
            builder = builder.clock(clock);
        }
        if let Some(state) = &self.state {
            builder = builder.state_file(state);
        }
        if let Some(bytes) = self.state_log {
            builder = builder.state_log(bytes);
        }
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        if let Some(epoch) = self.epoch {
            builder = builder.epoch_ms(epoch);
        }
        if let Some(journal) = &self.journal {
            builder = builder.journal_file(journal);
        }
        Ok(builder.build()?)
    }
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
