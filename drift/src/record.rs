//! Recording of baselines from live AWS, for daemons that no Terraform state describes.

use daemons::{arn::DaemonArn, aws::Failure, daemon::settings::Settings};
use jiff::Timestamp;

use crate::{
    observe::{Live, Reader, Reading, Target, fetch},
    report::Tool,
    setting::{Datum, Setting},
    source::{
        TaskDefinitionRule,
        baseline::{Baseline, BaselineAlarms, BaselineDaemon, BaselineDeployment, BaselineSettings, SCHEMA_VERSION},
    },
};

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

/// Records all daemons of clusters, given by their ARNs.
pub async fn record<R: Reader>(reader: &R, clusters: &[String], now: Timestamp) -> Result<Recording, Failure> {
    let mut arns = Vec::new();
    for cluster in clusters {
        arns.extend(reader.list_daemons(cluster).await?.into_keys());
    }
    arns.sort();
    arns.dedup();
    let targets: Vec<Target> = arns
        .iter()
        .map(|arn| Target {
            arn: arn.clone(),
            deployment_arn: None,
            known: None,
        })
        .collect();
    let mut recording = Recording {
        baseline: Baseline {
            schema_version: SCHEMA_VERSION.to_owned(),
            recorded_at: now,
            tool_version: Tool::this().version,
            daemon: Vec::new(),
        },
        warnings: Vec::new(),
        unread: Vec::new(),
    };
    for (arn, reading) in arns.into_iter().zip(fetch(reader, &targets, true).await) {
        recording.add(arn, reading);
    }
    Ok(recording)
}

impl Recording {
    fn add(&mut self, arn: String, reading: Reading) {
        let live = match reading {
            Reading::Live(live) => live,
            other => {
                self.unread.push((arn, why(&other)));
                return;
            }
        };
        let Ok(parsed) = DaemonArn::parse(&arn) else { return };
        if live.observed.status != "ACTIVE" {
            self.unread
                .push((arn, format!("it has status {}", live.observed.status)));
            return;
        }
        let settings = &live.observed.settings;
        if Setting::ALL.iter().all(|setting| {
            setting
                .default()
                .is_none_or(|default| default == setting.read(settings))
        }) {
            self.warnings.push(format!(
                "All optional settings of {arn} are at their defaults; the baseline may be recording what an update \
                 left out."
            ));
        }
        self.baseline.daemon.push(daemon(&parsed, &live));
    }
}

fn why(reading: &Reading) -> String {
    match reading {
        Reading::Failed(failure) => failure.to_string(),
        Reading::Torn(torn) => format!("answers contradict each other: {torn:?}"),
        _ => "it is not there any more".to_owned(),
    }
}

fn daemon(arn: &DaemonArn, live: &Live) -> BaselineDaemon {
    let observed = &live.observed;
    let revision = live
        .revisions
        .first()
        .and_then(|revision| revision.daemon_revision_arn());
    let created_at = live.detail.created_at();
    BaselineDaemon {
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
    }
}

/// Tags of AWS are none of the user's.
fn user_tags(live: &Live) -> std::collections::BTreeMap<String, String> {
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
