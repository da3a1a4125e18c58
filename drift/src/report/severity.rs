//! Severities of findings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Reported and nothing more.
    #[default]
    None,
    /// Good to know.
    Note,
    /// Drift, or something that will become a problem.
    Warning,
    /// A problem.
    Error,
}
