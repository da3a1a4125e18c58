//! The setup of an emulator.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::core::Core;
use super::emulator::Emulator;
use super::setup::Setup;
use crate::clock::{ClockMode, DEFAULT_EPOCH_MS};
use crate::journal::{Journal, JournalLimits};
use crate::knobs::Knobs;
use crate::model::Model;
use crate::scenario::{Scenario, ScenarioError};

/// The reason for which an emulator could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The embedded service model is broken.
    #[error("the embedded service model is broken: {0}")]
    Model(&'static str),
    /// The scenario cannot be played.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The journal file cannot be opened.
    #[error("the journal file {0} cannot be opened: {1}")]
    Journal(PathBuf, std::io::Error),
}

/// Description of an emulator. What is set here wins over the scenario.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    seed: Option<u64>,
    epoch_ms: Option<i64>,
    clock: Option<ClockMode>,
    knobs: Option<Knobs>,
    scenario: Scenario,
    journal_limits: JournalLimits,
    journal_file: Option<PathBuf>,
    latency: Duration,
    throttle: bool,
    log: bool,
    tap: bool,
}

impl Emulator {
    /// Starts to describe an emulator.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// Seed of every draw; 0 by default.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Start of virtual time in milliseconds since 1970.
    #[must_use]
    pub fn epoch_ms(mut self, epoch_ms: i64) -> Self {
        self.epoch_ms = Some(epoch_ms);
        self
    }

    /// The clock that moves virtual time; the embedder's runtime by default.
    #[must_use]
    pub fn clock(mut self, clock: ClockMode) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Settings of the world, instead of those of the scenario.
    #[must_use]
    pub fn knobs(mut self, knobs: Knobs) -> Self {
        self.knobs = Some(knobs);
        self
    }

    /// The world at the start.
    #[must_use]
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = scenario;
        self
    }

    /// Bounds of the journal.
    #[must_use]
    pub fn journal_limits(mut self, limits: JournalLimits) -> Self {
        self.journal_limits = limits;
        self
    }

    /// File to which the journal is written as it grows.
    #[must_use]
    pub fn journal_file(mut self, path: &Path) -> Self {
        self.journal_file = Some(path.to_owned());
        self
    }

    /// Host time added to every answer of the AWS side.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Enforces the service's published request rates, or does not.
    #[must_use]
    pub fn throttle(mut self, throttle: bool) -> Self {
        self.throttle = throttle;
        self
    }

    /// Keeps entries of the journal until they are taken.
    #[must_use]
    pub(crate) fn tap(mut self) -> Self {
        self.tap = true;
        self
    }

    /// Writes what a person should know to standard error, or does not: that the world does not come to rest.
    #[must_use]
    pub fn log(mut self, log: bool) -> Self {
        self.log = log;
        self
    }

    /// Sets the world up.
    pub fn build(self) -> Result<Emulator, BuildError> {
        let models = (
            Model::embedded().map_err(BuildError::Model)?,
            Model::cloudwatch().map_err(BuildError::Model)?,
        );
        let mut journal = Journal::new(self.journal_limits);
        if self.tap {
            journal.open_tap();
        }
        if let Some(path) = &self.journal_file {
            journal
                .stream_to(path)
                .map_err(|error| BuildError::Journal(path.clone(), error))?;
        }
        let clock = self.clock.or(self.scenario.clock()).unwrap_or(ClockMode::Embedder);
        let setup = Setup {
            seed: self.seed.or(self.scenario.seed()).unwrap_or(0),
            epoch_ms: self
                .epoch_ms
                .or(self.scenario.epoch_ms())
                .unwrap_or_else(|| default_epoch(clock)),
            clock,
            knobs: self.knobs.unwrap_or_else(|| self.scenario.knobs()),
            scenario: self.scenario,
            latency: self.latency,
            throttle: self.throttle,
            journal_limits: self.journal_limits,
            log: self.log,
        };
        Ok(Emulator::new(Core::start(models, setup, journal)?))
    }
}

/// Host time for the modes that follow it, else a fixed date, so that runs repeat.
fn default_epoch(clock: ClockMode) -> i64 {
    if !clock.starts_at_host_time() {
        return DEFAULT_EPOCH_MS;
    }
    let since_1970 = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(DEFAULT_EPOCH_MS)
}
