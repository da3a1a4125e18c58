//! Calls with a client token that were answered, so that the same call gets the same answer.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A remembered `CreateDaemon`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Replay {
    pub(crate) daemon: String,
    #[serde(with = "crate::stored::json")]
    pub(crate) body: Map<String, Value>,
    #[serde(with = "crate::stored::json")]
    pub(crate) answer: Value,
}

/// A remembered `RunTask`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RunReplay {
    #[serde(with = "crate::stored::json")]
    pub(crate) body: Map<String, Value>,
    /// The tasks that it made, by key.
    pub(crate) tasks: Vec<u64>,
}
