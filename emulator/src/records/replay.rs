//! Calls with a client token that were answered, so that the same call gets the same answer.

use serde_json::{Map, Value};

/// A remembered `CreateDaemon`.
#[derive(Clone, Debug)]
pub(crate) struct Replay {
    pub(crate) daemon: String,
    pub(crate) body: Map<String, Value>,
    pub(crate) answer: Value,
}

/// A remembered `RunTask`.
#[derive(Clone, Debug)]
pub(crate) struct RunReplay {
    pub(crate) body: Map<String, Value>,
    /// The tasks that it made, by key.
    pub(crate) tasks: Vec<u64>,
}
