//! Records of daemon task definitions, and what is read in the content of any task definition.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::capacity::Size;
use super::names::Tags;

/// Status of a daemon task definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum DefinitionStatus {
    Active,
    DeleteInProgress,
    Deleted,
}

impl DefinitionStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::DeleteInProgress => "DELETE_IN_PROGRESS",
            Self::Deleted => "DELETED",
        }
    }
}

/// A revision of a daemon task definition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub(crate) family: String,
    pub(crate) revision: u32,
    pub(crate) arn: String,
    pub(crate) status: DefinitionStatus,
    /// The request without family and tags.
    #[serde(with = "crate::stored::json")]
    pub(crate) content: Map<String, Value>,
    /// The room that a task of it sets aside.
    pub(crate) size: Size,
    pub(crate) registered_at: i64,
    pub(crate) registered_by: String,
    pub(crate) delete_requested_at: Option<i64>,
    pub(crate) tags: Tags,
    /// Time at which it is looked at again for references to it.
    pub(crate) due: Option<i64>,
}

impl Definition {
    /// The container definitions as registered.
    pub(crate) fn containers(&self) -> impl Iterator<Item = &Map<String, Value>> + Clone {
        containers(&self.content)
    }
}

/// The container definitions in the content of a task definition.
pub(crate) fn containers(content: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> + Clone {
    let list = content.get("containerDefinitions").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object)
}

/// True if a container stops its task when it stops: essential and under no restart policy.
pub(crate) fn decides_over_task(container: &Map<String, Value>) -> bool {
    let restarted = container
        .get("restartPolicy")
        .and_then(|policy| policy.get("enabled"))
        .and_then(Value::as_bool);
    container.get("essential").and_then(Value::as_bool).unwrap_or(true) && restarted != Some(true)
}
