//! The plan as a document: what is sent for whom, in full, so that it can be read, approved and executed as it is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    digest,
    payload::Payload,
    refused::{Refused, Remaining},
    subject::Subject,
};
use crate::{
    explain::RolloutCost,
    report::{Cause, Confidence, Tool},
    scan::Access,
};

/// Version of the plan's form. The part before the dot changes when a reader of the old form would go wrong.
pub const PLAN_VERSION: &str = "1.0";

/// What a repair sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Version of this form, `MAJOR.MINOR`.
    pub schema_version: String,
    /// Program that wrote the plan; only the same version executes it.
    pub tool: Tool,
    /// When it was made, by the clock of the host.
    pub created_at: Timestamp,
    /// Whether the scan that it rests on read everything.
    pub complete: bool,
    /// ARNs of daemons and clusters of which not all could be read, sorted.
    pub unread: Vec<String>,
    /// Instances that may be drained at a time, over all repairs.
    pub max_instances: Option<u64>,
    /// What is repaired, in the order in which it is begun.
    pub repairs: Vec<Planned>,
    /// What is not as wanted and stays so, by ARN.
    pub refused: Vec<Refused>,
    /// `sha256:` and the digest of the rest of the document, with the keys of objects sorted and without white space. It shows that a
    /// file was changed by accident or by hand; it is no signature.
    pub digest: String,
}

/// The repair of one daemon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Planned {
    /// The daemon.
    #[serde(flatten)]
    pub subject: Subject,
    /// What is done.
    pub action: Action,
    /// Credentials by which it was read, and by which it is repaired.
    pub access: Access,
    /// Latest deployment when the plan was made.
    pub deployment_arn: String,
    /// Causes of what is repaired, in the order of the procedure.
    pub causes: Vec<Cause>,
    /// How sure they are, that is, the least sure of them; none where nothing is repaired.
    pub confidence: Option<Confidence>,
    /// Every setting that is sent; none where nothing is.
    pub members: Vec<Member>,
    /// The whole request of `UpdateDaemon`; none where nothing is sent.
    pub update: Option<Payload>,
    /// The same members as they are live.
    pub live: Option<Payload>,
    /// Tags that are set and removed; none if they stay as they are.
    pub tags: Option<TagChange>,
    /// What the rollout costs; none without one.
    pub cost: Option<RolloutCost>,
    /// What differs and stays so.
    pub remaining: Vec<Remaining>,
}

/// What is done with a daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// `UpdateDaemon` is called, after the calls for tags if there are any.
    Update,
    /// Only tags are changed, which starts no rollout.
    Tags,
    /// A rollout of the wanted settings goes on, and is waited for.
    Wait,
}

/// A setting that is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// Setting as Terraform names it, for example `deployment_configuration.drain_percent`.
    pub setting: String,
    /// The value that is sent.
    pub value: Json,
    /// Where the value comes from.
    pub from: From,
    /// The live value; none if ECS does not have it on record.
    pub live: Option<Json>,
    /// Why the live value is sent, where that is not what the source has.
    pub why: Option<String>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum From {
    /// The source wants it, and it is sent instead of the live value.
    Wanted,
    /// It is live and as wanted.
    Both,
    /// It is live, and kept.
    Live,
}

/// Calls for tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TagChange {
    /// Tags to set.
    pub set: BTreeMap<String, String>,
    /// Keys to remove.
    pub remove: Vec<String>,
    /// Live values of these tags; null for one that is missing.
    pub live: BTreeMap<String, Option<String>>,
}

impl Member {
    /// True if the call changes the setting.
    pub fn changes(&self) -> bool {
        self.live.as_ref() != Some(&self.value)
    }
}

impl Planned {
    /// Instances that are drained at a time.
    pub fn at_a_time(&self) -> u64 {
        self.cost.as_ref().map_or(0, |cost| cost.at_a_time)
    }

    /// Instances that are replaced.
    pub fn instances(&self) -> u64 {
        self.cost.as_ref().map_or(0, |cost| cost.instances)
    }
}

impl Plan {
    /// The same with the digest of its content.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        // Only a map with keys that are no text has no form in JSON, and no plan has one.
        self.digest = digest::of(&self.head(), &self.repairs, &self.refused).unwrap_or_default();
        self
    }

    /// The same without its daemons.
    fn head(&self) -> Self {
        let Self {
            schema_version,
            tool,
            created_at,
            complete,
            unread,
            max_instances,
            repairs: _,
            refused: _,
            digest,
        } = self;
        Self {
            schema_version: schema_version.clone(),
            tool: tool.clone(),
            created_at: *created_at,
            complete: *complete,
            unread: unread.clone(),
            max_instances: *max_instances,
            repairs: Vec::new(),
            refused: Vec::new(),
            digest: digest.clone(),
        }
    }
}
