//! Scenarios: what exists at the start of a run, as a TOML file.
//!
//! A scenario is played through the same operations as clients use, so that it cannot make a world that no sequence of
//! calls could make. Unknown fields are refused; errors name file and line and say what to do.

mod play;

use std::fmt;
use std::path::Path;

use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use toml::Spanned;

use crate::clock::ClockMode;
use crate::faults::FaultForm;
use crate::knobs::Knobs;
use crate::timestamp;

/// The reason for which a scenario cannot be read or played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// File name as it was given.
    pub file: String,
    /// Line, from 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// The mistake and what to do about it.
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
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "Scenario of ecs-emulator")]
struct Content {
    /// Seed of every draw.
    seed: Option<u64>,
    /// Start of virtual time, for example 2026-01-01T00:00:00Z.
    #[schemars(with = "Option<String>")]
    epoch: Option<Spanned<String>>,
    /// What moves virtual time: jump, step, manual, real or scaled:N.
    #[schemars(with = "Option<String>")]
    clock: Option<Spanned<String>>,
    /// Settings for what AWS leaves undocumented.
    knobs: Knobs,
    /// Clusters.
    #[schemars(with = "Vec<Cluster>")]
    cluster: Vec<Spanned<Cluster>>,
    /// Capacity providers of managed instances, with their fleets.
    #[schemars(with = "Vec<CapacityProvider>")]
    capacity_provider: Vec<Spanned<CapacityProvider>>,
    /// Calls of the API, made in this order after the fleets are there.
    #[schemars(with = "Vec<Call>")]
    call: Vec<Spanned<Call>>,
    /// States of alarms.
    #[schemars(with = "Vec<Alarm>")]
    alarm: Vec<Spanned<Alarm>>,
    /// What goes wrong.
    #[schemars(with = "Vec<FaultForm>")]
    fault: Vec<Spanned<toml::Table>>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Cluster {
    /// Name of the cluster.
    name: String,
    /// 12-digit account id.
    account: Option<String>,
    /// Region name.
    region: Option<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CapacityProvider {
    /// Name of the provider.
    name: String,
    /// Name of its cluster.
    cluster: String,
    /// How many instances it has at the start, all ACTIVE.
    #[serde(default)]
    instances: u32,
    /// 12-digit account id.
    account: Option<String>,
    /// Region name.
    region: Option<String>,
}

/// A call of the API.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Call {
    /// Name of the operation, for example `CreateDaemon`.
    operation: String,
    /// Members of the request.
    #[serde(default)]
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    body: toml::Table,
    /// 12-digit account id.
    account: Option<String>,
    /// Region name.
    region: Option<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Alarm {
    /// Name of the alarm.
    name: String,
    /// OK, ALARM or `INSUFFICIENT_DATA`.
    state: String,
    /// 12-digit account id.
    account: Option<String>,
    /// Region name.
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
            message: explain(text, &error),
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

    /// The JSON Schema of scenario files, indented, for editors and for checks without this program.
    pub fn schema() -> String {
        format!("{:#}\n", schema_for!(Content).to_value())
    }

    /// An error about a member of an entry, by the last part of its path; at the entry itself when the member is not
    /// written there.
    fn member_error<T>(&self, entry: &Spanned<T>, path: &str, message: impl Into<String>) -> ScenarioError {
        let mut error = self.error(entry, message);
        let path: Vec<&str> = path.split('.').collect();
        // The header of the entry, and its lines up to the next one.
        let lines = self.text.lines().enumerate().skip(error.line.saturating_sub(1));
        let own = lines.take_while(|(index, line)| index + 1 == error.line || !line.trim_start().starts_with('['));
        let found = own
            .filter(|(_, line)| key_of(line).is_some_and(|key| path.contains(&key)))
            .map(|(index, _)| index + 1);
        error.line = found.last().unwrap_or(error.line);
        error
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

    /// File name and text; `None` for the empty scenario that no file tells.
    pub(crate) fn source(&self) -> Option<(&str, &str)> {
        (!self.text.is_empty()).then_some((self.file.as_str(), self.text.as_str()))
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

/// The parser's message, with the key that it is about and what to do.
fn explain(text: &str, error: &toml::de::Error) -> String {
    let message = error.message();
    let line = error.span().map_or(0, |span| line_at(text, span.start));
    let line = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    if message.starts_with("missing field") {
        return format!("{}: {message}; add it to this entry", line.trim());
    }
    if message.starts_with("unknown field") {
        return format!("{message}; rename or remove it");
    }
    match key_of(line) {
        Some(key) if !message.contains(key) => format!("{key}: {message}; change the value"),
        _ => message.to_owned(),
    }
}

/// Key of a line of the form `key = value`.
fn key_of(line: &str) -> Option<&str> {
    let key = line.split_once('=')?.0.trim();
    (!key.is_empty()).then_some(key)
}

/// Line of a byte offset, from 1.
fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
