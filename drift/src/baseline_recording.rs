//! Recording of baselines from live AWS, for daemons that no Terraform state describes.

use std::{collections::BTreeMap, time::Duration};

use aws::Failure;
use aws_sdk_ecs::{primitives::DateTime, types::DaemonPropagateTags};
use daemons::{
    arn::{Arn, DaemonArn, RevisionArn},
    observe::Torn,
    settings::Settings,
    tags,
};
use jiff::{Timestamp, Unit};

use crate::{
    observe::{Live, Reader, Reading, Target, fetch},
    report::{Problem, Tool},
    rules,
    setting::Setting,
    source::{
        TaskDefinitionRule,
        baseline::{self, Baseline, BaselineDaemon, BaselineSettings, SCHEMA_VERSION},
    },
};

/// Readings after which contradicting answers are taken as final.
const TRIES: u32 = 6;
/// Pause between them.
const PAUSE: Duration = Duration::from_secs(1);

/// Daemons to record, and the way in which they are recorded.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// ARNs of clusters.
    pub clusters: Vec<String>,
    /// Patterns of names of daemons; all if empty.
    pub daemons: Vec<String>,
    /// Exactness with which task definitions are wanted.
    pub task_definition: TaskDefinitionRule,
    /// Team that the daemons belong to.
    pub owner: Option<String>,
}

/// A recorded baseline, and what the one who recorded it should know.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The live settings, by ARN.
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
        if let Some(why) = unfit(live) {
            self.unread.push((arn.to_owned(), why));
            return;
        }
        if is_being_deleted(live) {
            self.warnings
                .push(format!("{arn} is being deleted and is not recorded."));
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

/// The reason not to record an answer, as a sentence without its full stop; none if there is none.
pub fn unfit(live: &Live) -> Option<String> {
    let observed = &live.observed;
    if observed.status != "ACTIVE" && !is_being_deleted(live) {
        return Some(format!("its status {} is unknown to this version", observed.status));
    }
    let settings = &observed.settings;
    if let Err(error) = RevisionArn::parse(&settings.daemon_task_definition_arn) {
        return Some(format!("its task definition is none: {}", error.trim_end_matches('.')));
    }
    let mut providers = settings.capacity_provider_arns.iter();
    let wrong = providers.find_map(|arn| Arn::parse_kind(arn, "ecs", "capacity-provider/").err());
    wrong.map(|error| format!("one of its capacity providers is none: {}", error.trim_end_matches('.')))
}

/// True if the daemon will be gone soon.
pub fn is_being_deleted(live: &Live) -> bool {
    live.observed.status == "DELETE_IN_PROGRESS"
}

/// Reads daemons, again while their answers contradict each other.
pub async fn read<R: Reader>(reader: &R, arns: &[String]) -> BTreeMap<String, Reading> {
    let mut readings = BTreeMap::new();
    let mut open: Vec<Target> = arns.iter().map(|arn| target(arn)).collect();
    for tries in 1..=TRIES {
        let found = fetch(reader, &open).await;
        let (torn, done): (Vec<_>, Vec<_>) = open
            .into_iter()
            .zip(found)
            .partition(|(_, reading)| tries < TRIES && matches!(reading, Reading::Torn(_)));
        readings.extend(done.into_iter().map(|(target, reading)| (target.arn, whole(reading))));
        open = torn.into_iter().map(|(target, _)| target).collect();
        if open.is_empty() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    readings
}

/// A baseline holds the tags, too, so that a daemon without them is not read.
fn whole(reading: Reading) -> Reading {
    match reading {
        Reading::Live(live) => match live.tags_unread {
            Some(failure) => Reading::Failed(failure),
            None => Reading::Live(live),
        },
        other => other,
    }
}

fn target(arn: &str) -> Target {
    Target {
        arn: arn.to_owned(),
        deployment_arn: None,
        known: None,
        with_tags: true,
    }
}

/// The reason why a daemon could not be recorded, as a sentence without its full stop.
pub fn why(reading: &Reading) -> String {
    match reading {
        Reading::Failed(failure) => failure.to_string(),
        Reading::Torn(Torn::Empty) => "the answers of ECS are empty".to_owned(),
        Reading::Torn(Torn::MemberMissing { record, member }) => format!("the record {record} has no `{member}`"),
        Reading::Torn(_) => "the answers of ECS contradict each other".to_owned(),
        Reading::ClusterNotFound => "its cluster is not there".to_owned(),
        Reading::DaemonNotFound | Reading::Live(_) => "it is not there".to_owned(),
    }
}

/// Doubts about live settings, so that nobody records them unseen.
pub fn doubts(arn: &str, live: &Live) -> Vec<String> {
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
    doubts.extend(doubt_of_rollout(arn, live));
    let value = settings.propagate_tags.as_str();
    if !DaemonPropagateTags::values().contains(&value) {
        doubts.push(format!(
            "`propagate_tags` of {arn} is {value}, which this version does not know: it is recorded as it is."
        ));
    }
    let unknown = live.observed.unknown_members.iter();
    doubts.extend(unknown.map(|member| format!("{arn} has a setting `{}` that cannot be recorded.", member.path)));
    doubts
}

/// The text of a baseline with a daemon more, at its end. Everything else stays as it is.
pub fn add(text: &str, daemon: &BaselineDaemon) -> Result<String, Problem> {
    let refused = |summary: &str, detail: String| Problem {
        input: None,
        summary: summary.to_owned(),
        detail,
    };
    let cannot = |why: &str| refused("Daemon cannot be added", format!("{}: {why}.", daemon.arn));
    let file = baseline::parse_toml(text).map_err(|error| refused(error.summary, error.detail))?;
    if file.daemon.iter().any(|known| known.arn == daemon.arn) {
        return Err(cannot(
            "the baseline has it already; accept what is live of it without `--add`",
        ));
    }
    let alone = Baseline {
        daemon: vec![daemon.clone()],
        ..file
    };
    let alone = toml::to_string_pretty(&alone).map_err(|_| cannot("it has a value that TOML cannot hold"))?;
    // The members before the first daemon are those of the file.
    let (_, added) = alone.split_once("[[daemon]]").unwrap_or_default();
    let stop = if text.ends_with('\n') { "" } else { "\n" };
    let text = format!("{text}{stop}\n[[daemon]]{added}");
    // What cannot be read again must not replace what can.
    baseline::parse_toml(&text)
        .map(|_| text)
        .map_err(|_| cannot("the baseline does not write its daemons as `[[daemon]]`, which are what can be added"))
}

/// The doubt about a recording during a rollout, or after one that went back.
fn doubt_of_rollout(arn: &str, live: &Live) -> Option<String> {
    let rollout = live.observed.rollout.as_ref()?;
    let status = rollout.status.as_str();
    if rollout.is_in_progress() {
        return Some(format!("A rollout of {arn} is {status}: what it brings is recorded."));
    }
    rollout
        .is_rolled_back()
        .then(|| format!("The latest rollout of {arn} is {status}: what it went back to is recorded."))
}

/// A time as ECS sent it: the number of the SDK is off by some nanoseconds.
fn milliseconds(time: &DateTime) -> Option<Timestamp> {
    let time = Timestamp::from_nanosecond(time.as_nanos()).ok()?;
    time.round(Unit::Millisecond).ok()
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
        created_at: created_at.and_then(milliseconds),
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
    let tags = live.observed.tags.iter().filter(|(key, _)| !tags::is_reserved(key));
    tags.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The settings that a baseline records. One that is not on record is left out, and so not compared.
fn settings(settings: &Settings, deployment_is_on_record: bool) -> BaselineSettings {
    let recorded = Setting::ALL.into_iter();
    let recorded = recorded.filter(|setting| deployment_is_on_record || !setting.is_of_deployment());
    BaselineSettings(recorded.map(|setting| (setting, setting.read(settings))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "schema_version = \"1.0\"\nrecorded_at = \"2026-03-01T02:00:00Z\"\ntool_version = \"0.1.0\"\n";

    fn named(name: &str) -> BaselineDaemon {
        let text = format!(
            "{HEAD}[[daemon]]\narn = \"arn:aws:ecs:r:123456789012:daemon/prod/{name}\"\naccount = \"123456789012\"\n\
             region = \"r\"\n[daemon.settings]\ncritical = true\n"
        );
        baseline::parse_toml(&text).unwrap().daemon.remove(0)
    }

    #[test]
    fn a_daemon_is_added_behind_everything_else() {
        let first = add(HEAD, &named("a")).unwrap();
        let second = add(&format!("{first}# The end"), &named("b")).unwrap();
        assert!(
            second.starts_with(&format!("{first}# The end\n\n[[daemon]]\n")),
            "{second}"
        );
        let read = baseline::parse_toml(&second).unwrap();
        assert_eq!(read.daemon, [named("a"), named("b")]);
        assert!(add(&second, &named("a")).unwrap_err().detail.contains("has it already"));
    }

    #[test]
    fn a_list_of_another_form_takes_no_daemon() {
        let text = format!("daemon = []\n{HEAD}");
        let problem = add(&text, &named("a")).unwrap_err();
        assert!(problem.detail.contains("as `[[daemon]]`"), "{problem:?}");
    }
}
