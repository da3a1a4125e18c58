//! The setup of an emulator.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::core::Core;
use super::emulator::Emulator;
use super::image::Beginning;
use super::resume::{Wanted, resume};
use super::setup::Setup;
use crate::clock::{ClockMode, DEFAULT_EPOCH_MS};
use crate::journal::{Journal, JournalLimits};
use crate::knobs::Knobs;
use crate::model::Model;
use crate::scenario::{Scenario, ScenarioError};
use crate::state::{self, StateError};

/// Length of a log from which a new snapshot is written, unless told otherwise.
const STATE_LOG: u64 = 16 * 1024 * 1024;

/// The reason for which an emulator could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The embedded service model is broken.
    #[error("the embedded service model is broken: {0}")]
    Model(&'static str),
    /// The scenario cannot be played.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The state file cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
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
    default_clock: Option<ClockMode>,
    state: Option<PathBuf>,
    state_log: Option<u64>,
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

    /// The clock where neither this description nor scenario or state file says it.
    #[must_use]
    pub fn default_clock(mut self, clock: ClockMode) -> Self {
        self.default_clock = Some(clock);
        self
    }

    /// File in which everything is kept. Where it exists, the emulator goes on with what is in it, and a seed, an epoch or
    /// a scenario must be the one that it was begun with.
    #[must_use]
    pub fn state_file(mut self, path: &Path) -> Self {
        self.state = Some(path.to_owned());
        self
    }

    /// Bytes that the log of the state file may have before it is replaced by a new snapshot; as many as the snapshot has
    /// if these are more. 16 MiB by default.
    #[must_use]
    pub fn state_log(mut self, bytes: u64) -> Self {
        self.state_log = Some(bytes);
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
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// let file = folder.path().join("world.state");
    /// let begun = ecs_emulator::Emulator::builder().seed(7).state_file(&file).build()?;
    /// begun.advance(std::time::Duration::from_secs(60));
    /// let world = begun.world();
    /// drop(begun);
    /// let went_on = ecs_emulator::Emulator::builder().state_file(&file).build()?;
    /// assert_eq!(went_on.world(), world);
    /// # Ok(())
    /// # }
    /// ```
    pub fn build(self) -> Result<Emulator, BuildError> {
        let models = (
            Model::embedded().map_err(BuildError::Model)?,
            Model::cloudwatch().map_err(BuildError::Model)?,
        );
        let Some(path) = &self.state else {
            return Ok(Emulator::new(self.begin(models)?));
        };
        let (store, found) = state::open(path, self.state_log.unwrap_or(STATE_LOG))?;
        let Some(found) = found else {
            let mut core = self.begin(models)?;
            core.keep_in(store)?;
            return Ok(Emulator::new(core));
        };
        let wanted = Wanted {
            seed: self.seed,
            epoch_ms: self.epoch_ms,
            clock: self.clock,
            scenario: self.scenario.source().map(|(_, text)| text),
        };
        let setup = |beginning, scenario| self.setup(beginning, scenario);
        let mut core = resume(models, &wanted, (store, found), setup)?;
        self.open_journal(&mut core.journal)?;
        Ok(Emulator::new(core))
    }

    /// A fresh world.
    fn begin(&self, models: (&'static Model, &'static Model)) -> Result<Core, BuildError> {
        let mut journal = Journal::new(self.journal_limits);
        self.open_journal(&mut journal)?;
        let beginning = Beginning {
            seed: self.seed.or(self.scenario.seed()).unwrap_or(0),
            epoch_ms: self
                .epoch_ms
                .or(self.scenario.epoch_ms())
                .unwrap_or_else(|| default_epoch(self.mode())),
            clock: self.mode(),
            knobs: self.knobs.clone().unwrap_or_else(|| self.scenario.knobs()),
            scenario: None,
        };
        Ok(Core::start(
            models,
            self.setup(beginning, self.scenario.clone()),
            journal,
        )?)
    }

    fn open_journal(&self, journal: &mut Journal) -> Result<(), BuildError> {
        if self.tap {
            journal.open_tap();
        }
        let Some(path) = &self.journal_file else { return Ok(()) };
        journal
            .stream_to(path)
            .map_err(|error| BuildError::Journal(path.clone(), error))
    }

    /// What moves the time of a fresh world.
    fn mode(&self) -> ClockMode {
        let chosen = self.clock.or(self.scenario.clock()).or(self.default_clock);
        chosen.unwrap_or(ClockMode::Embedder)
    }

    /// The setup of a world that is begun so.
    fn setup(&self, beginning: Beginning, scenario: Scenario) -> Setup {
        Setup {
            seed: beginning.seed,
            epoch_ms: beginning.epoch_ms,
            clock: beginning.clock,
            knobs: beginning.knobs,
            scenario,
            latency: self.latency,
            throttle: self.throttle,
            journal_limits: self.journal_limits,
            log: self.log,
        }
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
