//! Baselines: the wanted state of users of `CloudFormation`, CDK and the console, recorded from live AWS and
//! kept in version control. TOML, or the same in JSON.

use std::collections::{BTreeMap, BTreeSet};

use daemons::arn::DaemonArn;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Claim, Marks, SourceError, TagScope, TaskDefinitionRule, Tool, Want, Wanted, contents::Document, position,
    wanted::Recorded,
};
use crate::{
    report::{Input, InputKind, SourceRef},
    scan::Access,
    setting::Marked,
};

mod settings;

pub use self::settings::BaselineSettings;

/// Version of the form. The part before the dot changes when a reader of the old form would go wrong.
pub const SCHEMA_VERSION: &str = "1.0";

/// A recorded baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Version of this form, `MAJOR.MINOR`.
    pub schema_version: String,
    /// When it was recorded, by the clock of the host.
    pub recorded_at: Timestamp,
    /// Version of the program that recorded it.
    pub tool_version: String,
    /// The daemons, by ARN.
    #[serde(default)]
    pub daemon: Vec<BaselineDaemon>,
}

/// A daemon of a baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineDaemon {
    /// ARN of the daemon.
    pub arn: String,
    /// Account, for readers; the ARN counts.
    pub account: String,
    /// Region, for readers; the ARN counts.
    pub region: String,
    /// When the daemon was created.
    pub created_at: Option<Timestamp>,
    /// Deployment that was the latest.
    pub deployment_arn: Option<String>,
    /// Revision that counted.
    pub revision_arn: Option<String>,
    /// Team that the daemon belongs to.
    pub owner: Option<String>,
    /// How exactly the task definition is wanted.
    #[serde(default)]
    pub task_definition: TaskDefinitionRule,
    /// The settings. One that is left out is not compared.
    pub settings: BaselineSettings,
    /// The tags; left out, they are not compared.
    pub tags: Option<BTreeMap<String, String>>,
}

/// A baseline in TOML.
pub fn parse_toml(text: &str) -> Result<Baseline, SourceError> {
    let baseline = toml::from_str(text);
    let baseline: Baseline = baseline.map_err(|error| invalid(&position::toml(text, &error, &[])))?;
    known_version(baseline)
}

/// A baseline in JSON.
pub(super) fn parse_json(text: &str) -> Result<Baseline, SourceError> {
    let baseline = serde_json::from_str(text);
    known_version(baseline.map_err(|error| invalid(&position::json(&error)))?)
}

fn invalid(reason: &str) -> SourceError {
    let stop = if reason.ends_with('?') { "" } else { "." };
    SourceError::new(
        "Invalid baseline",
        format!("The input is no baseline: {reason}{stop} `ecs-drift schema baseline` prints its form."),
    )
}

fn known_version(baseline: Baseline) -> Result<Baseline, SourceError> {
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    if major(&baseline.schema_version) == major(SCHEMA_VERSION) {
        return Ok(baseline);
    }
    Err(SourceError::new(
        "Baseline of another version",
        format!(
            "{} Record it anew, or use the ecs-drift that recorded it.",
            position::version("`schema_version` of the baseline", &baseline.schema_version, "1.x")
        ),
    ))
}

/// The document of a baseline, with all that it wants.
pub(super) fn document(name: &str, baseline: Baseline) -> Result<Document, SourceError> {
    let recorded_at = baseline.recorded_at;
    let daemons = baseline.daemon.into_iter().enumerate();
    let wanted = daemons.map(|(index, daemon)| {
        let arn = DaemonArn::parse(&daemon.arn);
        let arn = arn.map_err(|_| SourceError::invalid_arn(&format!("Daemon {} of the baseline", index + 1)))?;
        Ok(wanted(name, recorded_at, daemon, arn))
    });
    Ok(Document {
        plans_all: false,
        input: Input {
            name: name.to_owned(),
            kind: InputKind::Baseline,
            daemons: 0,
            serial: None,
            terraform_version: None,
            owner: None,
        },
        lineage: None,
        wanted: wanted.collect::<Result<_, _>>()?,
        unusable: Vec::new(),
        passing: 0,
    })
}

/// The daemon that an entry wants. A baseline marks nothing as sensitive: it is recorded from what ECS tells whoever may look.
fn wanted(input: &str, recorded_at: Timestamp, daemon: BaselineDaemon, arn: DaemonArn) -> Wanted {
    let marks = Marks::default();
    let settings = daemon.settings.0.into_iter();
    let settings = settings.map(|(setting, datum)| (setting, Want::Recorded(Marked::open(datum))));
    Wanted {
        claim: Claim::Input,
        moved_to: None,
        source: SourceRef {
            input: input.to_owned(),
            address: daemon.arn,
            resource_type: "baseline".to_owned(),
        },
        access: Access::default(),
        owner: daemon.owner,
        deployment_arn: daemon.deployment_arn,
        deployment_is_own: false,
        recorded: Some(Recorded {
            created_at: daemon.created_at,
            recorded_at,
        }),
        settings: settings.collect(),
        defaults_are_meant: true,
        pending: None,
        rollout_failure: None,
        tags: daemon.tags.map(|tags| marks.tags(tags)),
        task_definition_rule: daemon.task_definition,
        tool: Tool::default(),
        is_from_command: false,
        marks,
        configured: BTreeMap::new(),
        ignored: BTreeSet::new(),
        tag_scope: TagScope::default(),
        configured_tags: None,
        held: BTreeMap::new(),
        arn,
    }
}
