//! Recording of baselines from live AWS, for daemons that no Terraform state describes.

use std::{collections::BTreeMap, time::Duration};

use daemons::{
    arn::DaemonArn,
    aws::Failure,
    daemon::{observe::Torn, settings::Settings},
};
use jiff::Timestamp;

use crate::{
    observe::{Live, Reader, Reading, Target, fetch},
    report::Tool,
    rules,
    setting::{Datum, Setting},
    source::{
        TaskDefinitionRule,
        baseline::{Baseline, BaselineAlarms, BaselineDaemon, BaselineDeployment, BaselineSettings, SCHEMA_VERSION},
    },
};

/// Readings after which contradicting answers are taken as final.
const TRIES: u32 = 6;
/// Pause between them.
const PAUSE: Duration = Duration::from_secs(1);

/// What to record, and how.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// ARNs of clusters.
    pub clusters: Vec<String>,
    /// Patterns of names of daemons; all if empty.
    pub daemons: Vec<String>,
    /// How exactly task definitions are wanted.
    pub task_definition: TaskDefinitionRule,
    /// Team that the daemons belong to.
    pub owner: Option<String>,
}

/// A recorded baseline, and what the one who recorded it should know.
#[derive(Clone, Debug)]
pub struct Recording {
    /// What is live, by ARN.
    pub baseline: Baseline,
    /// Warnings, as sentences.
    pub warnings: Vec<String>,
    /// Daemons that could not be recorded, with the reason.
    pub unread: Vec<(String, String)>,
}

impl Recording {
    /// Nothing recorded yet, at a time by the clock of the host.
    pub fn new(now: Timestamp) -> Self {
        Self {
            baseline: Baseline {
                schema_version: SCHEMA_VERSION.to_owned(),
                recorded_at: now,
                tool_version: Tool::this().version,
                daemon: Vec::new(),
            },
            warnings: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Adds the selected daemons of clusters of one account and region.
    pub async fn add<R: Reader>(&mut self, reader: &R, selection: &Selection) -> Result<(), Failure> {
        let mut arns = Vec::new();
        for cluster in &selection.clusters {
            arns.extend(reader.list_daemons(cluster).await?.into_keys());
        }
        let is_selected = |arn: &String| {
            let name = DaemonArn::parse(arn).map(|arn| arn.name).unwrap_or_default();
            let mut patterns = selection.daemons.iter();
            selection.daemons.is_empty() || patterns.any(|pattern| rules::matches_name(pattern, &name))
        };
        arns.retain(is_selected);
        arns.sort();
        arns.dedup();
        for (arn, reading) in read(reader, &arns).await {
            match reading {
                Reading::Live(live) => self.add_daemon(&arn, &live, selection),
                other => self.unread.push((arn, why(&other))),
            }
        }
        let daemons = &mut self.baseline.daemon;
        daemons.sort_by(|one, other| one.arn.cmp(&other.arn));
        daemons.dedup_by(|one, other| one.arn == other.arn);
        Ok(())
    }

    fn add_daemon(&mut self, arn: &str, live: &Live, selection: &Selection) {
        let status = &live.observed.status;
        if status != "ACTIVE" {
            self.warnings
                .push(format!("{arn} has status {status} and is not recorded."));
            return;
        }
        self.warnings.extend(doubts(arn, live));
        self.baseline
            .daemon
            .extend(daemon(arn, live).map(|daemon| BaselineDaemon {
                task_definition: selection.task_definition,
                owner: selection.owner.clone(),
                ..daemon
            }));
    }
}

/// Reads daemons, again while their answers contradict each other.
pub async fn read<R: Reader>(reader: &R, arns: &[String]) -> BTreeMap<String, Reading> {
    let mut readings = BTreeMap::new();
    let mut open: Vec<Target> = arns.iter().map(|arn| target(arn)).collect();
    for tries in 1..=TRIES {
        let found = fetch(reader, &open, true).await;
        let (torn, done): (Vec<_>, Vec<_>) = open
            .into_iter()
            .zip(found)
            .partition(|(_, reading)| tries < TRIES && matches!(reading, Reading::Torn(_)));
        readings.extend(done.into_iter().map(|(target, reading)| (target.arn, reading)));
        open = torn.into_iter().map(|(target, _)| target).collect();
        if open.is_empty() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    readings
}

fn target(arn: &str) -> Target {
    Target {
        arn: arn.to_owned(),
        deployment_arn: None,
        known: None,
    }
}

/// Why a daemon could not be recorded, as a sentence without its full stop.
pub fn why(reading: &Reading) -> String {
    match reading {
        Reading::Failed(failure) => failure.to_string(),
        Reading::Torn(Torn::Empty) => "the answers of ECS are empty".to_owned(),
        Reading::Torn(_) => "the answers of ECS contradict each other".to_owned(),
        Reading::ClusterNotFound => "its cluster is not there".to_owned(),
        Reading::DaemonNotFound | Reading::Live(_) => "it is not there".to_owned(),
    }
}

/// What may be wrong with what is live, so that nobody records it unseen.
fn doubts(arn: &str, live: &Live) -> Vec<String> {
    let mut doubts = Vec::new();
    let settings = &live.observed.settings;
    let is_default = |setting: &Setting| {
        setting
            .default()
            .is_none_or(|default| default == setting.read(settings))
    };
    if Setting::ALL.iter().all(is_default) {
        doubts.push(format!(
            "All optional settings of {arn} are at their defaults. If somebody has updated the daemon without \
             repeating them, the baseline records what that call left out."
        ));
    }
    if !live.observed.deployment_is_on_record {
        doubts.push(format!(
            "The deployment of {arn} is no longer on record: `deployment_configuration` is left out and will not be \
             compared."
        ));
    }
    let rollout = live.observed.rollout.as_ref();
    if let Some(rollout) = rollout.filter(|rollout| rollout.is_in_progress()) {
        doubts.push(format!(
            "A rollout of {arn} is {}: what it brings is recorded.",
            rollout.status.as_str()
        ));
    }
    if let Some(rollout) = rollout.filter(|rollout| rollout.is_rolled_back()) {
        doubts.push(format!(
            "The latest rollout of {arn} is {}: what it went back to is recorded.",
            rollout.status.as_str()
        ));
    }
    let unknown = live.observed.unknown_members.iter();
    doubts.extend(unknown.map(|member| format!("{arn} has a setting `{}` that cannot be recorded.", member.path)));
    doubts
}

/// A daemon as it is now.
pub fn daemon(arn: &str, live: &Live) -> Option<BaselineDaemon> {
    let arn = DaemonArn::parse(arn).ok()?;
    let observed = &live.observed;
    let revision = live
        .revisions
        .first()
        .and_then(|revision| revision.daemon_revision_arn());
    let created_at = live.detail.created_at();
    Some(BaselineDaemon {
        arn: arn.to_string(),
        account: arn.arn.account.clone(),
        region: arn.arn.region.clone(),
        created_at: created_at.and_then(|time| Timestamp::from_nanosecond(time.as_nanos()).ok()),
        deployment_arn: Some(observed.deployment_arn.clone()),
        revision_arn: revision.map(str::to_owned),
        owner: None,
        task_definition: TaskDefinitionRule::Exact,
        settings: settings(&observed.settings, observed.deployment_is_on_record),
        tags: Some(user_tags(live)),
    })
}

/// Tags of AWS are none of the user's.
fn user_tags(live: &Live) -> BTreeMap<String, String> {
    let rules = daemons::tags::TagRules::default();
    let tags = live.observed.tags.iter().filter(|(key, _)| rules.looks_at(key));
    tags.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What is not on record is left out, and so not compared.
fn settings(settings: &Settings, deployment_is_on_record: bool) -> BaselineSettings {
    let text = |setting: Setting| match setting.read(settings) {
        Datum::Text(text) => Some(text),
        _ => None,
    };
    let flag = |setting: Setting| match setting.read(settings) {
        Datum::Flag(flag) => Some(flag),
        _ => None,
    };
    let deployment = &settings.deployment;
    BaselineSettings {
        daemon_task_definition_arn: text(Setting::TaskDefinition),
        capacity_provider_arns: Some(settings.capacity_provider_arns.clone()),
        critical: flag(Setting::Critical),
        enable_ecs_managed_tags: flag(Setting::ManagedTags),
        enable_execute_command: flag(Setting::ExecuteCommand),
        propagate_tags: text(Setting::PropagateTags),
        deployment_configuration: deployment_is_on_record.then(|| BaselineDeployment {
            drain_percent: Some(deployment.drain_percent),
            bake_time_in_minutes: u32::try_from(deployment.bake_time_in_minutes).ok(),
            alarms: Some(BaselineAlarms {
                alarm_names: Some(deployment.alarm_names.iter().cloned().collect()),
                enable: Some(deployment.alarms_enabled),
            }),
        }),
    }
}
