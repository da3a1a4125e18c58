//! One API call as an operation sees it: decoded, checked, attributed to a caller.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Account and region that a call acts in; every record of the world belongs to exactly one scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scope {
    /// 12-digit account id.
    pub account: String,
    /// Region name, for example `eu-central-1`.
    pub region: String,
}

/// The version of the records that a read answers from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The world as it is.
    #[default]
    Fresh,
    /// The world as it was before the latest API write of each record (eventual consistency).
    Stale,
}

/// A call whose body has passed the shape checks of the service model.
#[derive(Clone, Debug)]
pub struct Call {
    /// Operation name, for example `CreateDaemon`.
    pub operation: String,
    /// Account and region.
    pub scope: Scope,
    /// Access key id of the caller.
    pub caller: String,
    /// Request body: a JSON object in the service's member names.
    pub body: Map<String, Value>,
    /// Version of the records that reads answer from.
    pub view: View,
}
