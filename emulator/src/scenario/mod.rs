//! Scenarios: what exists at the start of a run, as a TOML file.
//!
//! A scenario is played through the same operations as clients use, so that it cannot make a world that no sequence of
//! calls could make. Unknown fields are refused; errors name file and line and say what to do.

mod play;

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::clock::ClockMode;
use crate::knobs::Knobs;
use crate::timestamp;

/// Why a scenario cannot be read or played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// File name as it was given.
    pub file: String,
    /// Line, from 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for ScenarioError {}

/// A scenario that was read. The default one is empty.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    file: String,
    text: String,
    content: Content,
    clock: Option<ClockMode>,
    epoch_ms: Option<i64>,
}

/// The file as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Content {
    seed: Option<u64>,
    epoch: Option<Spanned<String>>,
    clock: Option<Spanned<String>>,
    knobs: Knobs,
    cluster: Vec<Spanned<Cluster>>,
    capacity_provider: Vec<Spanned<CapacityProvider>>,
    fault: Vec<Spanned<toml::Table>>,
    alarm: Vec<Spanned<Alarm>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cluster {
    name: String,
    account: Option<String>,
    region: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CapacityProvider {
    name: String,
    cluster: String,
    #[serde(default)]
    instances: u32,
    account: Option<String>,
    region: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Alarm {
    name: String,
    state: String,
    account: Option<String>,
    region: Option<String>,
}

impl Scenario {
    /// Reads a scenario from a file.
    pub fn load(path: &Path) -> Result<Self, ScenarioError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| ScenarioError {
            file: file.clone(),
            line: 0,
            message: format!("cannot be read: {error}"),
        })?;
        Self::parse(&file, &text)
    }

    /// Reads a scenario from text; `file` is only for errors.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        let content: Content = toml::from_str(text).map_err(|error| ScenarioError {
            file: file.to_owned(),
            line: error.span().map_or(0, |span| line_at(text, span.start)),
            message: error.message().to_owned(),
        })?;
        let mut scenario = Self {
            file: file.to_owned(),
            text: text.to_owned(),
            content,
            clock: None,
            epoch_ms: None,
        };
        scenario.clock = scenario.parsed(scenario.content.clock.as_ref(), str::parse)?;
        scenario.epoch_ms = scenario.parsed(scenario.content.epoch.as_ref(), timestamp::parse)?;
        Ok(scenario)
    }

    fn parsed<T>(
        &self,
        value: Option<&Spanned<String>>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ScenarioError> {
        value
            .map(|value| parse(value.get_ref()).map_err(|message| self.error(value, message)))
            .transpose()
    }

    /// An error about an entry.
    fn error<T>(&self, entry: &Spanned<T>, message: impl Into<String>) -> ScenarioError {
        let line = line_at(&self.text, entry.span().start);
        ScenarioError {
            file: self.file.clone(),
            line,
            message: message.into(),
        }
    }

    pub(crate) fn seed(&self) -> Option<u64> {
        self.content.seed
    }

    /// Clock mode that the scenario asks for.
    pub fn clock(&self) -> Option<ClockMode> {
        self.clock
    }

    pub(crate) fn epoch_ms(&self) -> Option<i64> {
        self.epoch_ms
    }

    pub(crate) fn knobs(&self) -> Knobs {
        self.content.knobs.clone()
    }
}

/// Line of a byte offset, from 1.
fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
