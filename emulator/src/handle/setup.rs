//! The setup that a fresh start of an emulator needs, and a reset goes back to.

use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::ClockMode;
use crate::journal::JournalLimits;
use crate::knobs::Knobs;
use crate::scenario::Scenario;
use crate::timestamp;

/// Everything that a fresh start needs.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) seed: u64,
    pub(crate) epoch_ms: i64,
    pub(crate) clock: ClockMode,
    pub(crate) knobs: Knobs,
    pub(crate) scenario: Scenario,
    pub(crate) latency: Duration,
    pub(crate) throttle: bool,
    pub(crate) journal_limits: JournalLimits,
    /// True if somebody reads standard error.
    pub(crate) log: bool,
}

impl Setup {
    /// Every input of a run that is no request and no control call, for the journal.
    pub(super) fn render(&self) -> Value {
        let mut start = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "seed": self.seed,
            "epoch": timestamp::render(self.epoch_ms),
            "clock": self.clock.to_string(),
            "knobs": self.knobs,
            "scenario": self.scenario.source().map(|(file, text)| json!({"file": file, "text": text})),
        });
        // What CloudTrail has forgotten depends on it.
        if let (true, Value::Object(members)) = (self.journal_limits != JournalLimits::default(), &mut start) {
            members.insert("journal_limit".to_owned(), self.journal_limits.entries.into());
        }
        start
    }
}
