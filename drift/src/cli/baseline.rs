//! `baseline`: recording what is live, and accepting it into what was recorded.
//!
//! A baseline that lacks a daemon which is there would never miss it, so that a recording with gaps is not
//! written.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use aws::Aws;
use daemons::arn::{Arn, DaemonArn};
use jiff::Timestamp;

use super::{
    Failure,
    arguments::{BaselineArguments, BaselineTask, RecordArguments, UpdateArguments},
    clusters::cluster_arn,
    connect::{Connector, runtime},
    files, streams,
};
use crate::{
    baseline_recording::{self, Recording, Selection},
    observe::{EcsReader, Live, Reading, Slots},
    render::count,
    rules::FILE_NAME,
    scan::{ADVICE, Access, Connect, DEFAULT_CONCURRENCY},
    source::{
        accept::{Accept, accept},
        baseline::{self, BaselineDaemon},
    },
    surface::{self, Foreign, Sentences, sheet},
};

/// Exit code where something could not be read.
const INCOMPLETE: u8 = 4;

pub(super) fn run(arguments: &BaselineArguments) -> Result<u8, Failure> {
    match &arguments.task {
        BaselineTask::Record(arguments) => record(arguments),
        BaselineTask::Update(arguments) => update(arguments),
    }
}

fn record(arguments: &RecordArguments) -> Result<u8, Failure> {
    spare(arguments)?;
    let recording = runtime()?.block_on(read_clusters(arguments))?;
    for warning in &recording.warnings {
        streams::say(sheet!("warning: ", Sentences(warning)));
    }
    for (arn, why) in &recording.unread {
        streams::say(sheet!("unread: ", Foreign(arn), ": ", Sentences(why), "."));
    }
    if !recording.unread.is_empty() {
        streams::say(sheet!(
            "Nothing was written, because a daemon that is missing in a baseline is never compared."
        ));
        return Ok(INCOMPLETE);
    }
    if recording.baseline.daemon.is_empty() {
        let detail = "No daemon in the clusters is selected. Check `--cluster` and `--daemon`.";
        return Err(Failure::new("Nothing to record", detail));
    }
    let text = surface::toml(&recording.baseline);
    let text = text.map_err(|error| Failure::new("Baseline cannot be written", error))?;
    match &arguments.output {
        None => streams::write(&text)?,
        Some(path) => {
            // Again, since the recording took its time.
            spare(arguments)?;
            files::replace(path, text.as_str()).map_err(unwritable(path))?;
            let daemons = count(recording.baseline.daemon.len() as u64, "daemon");
            let place = path.display().to_string();
            streams::say(sheet!(daemons, " recorded in ", Foreign(&place), "."));
        }
    }
    Ok(0)
}

/// Refuses a file that must not be replaced, or cannot be.
fn spare(arguments: &RecordArguments) -> Result<(), Failure> {
    let Some(path) = &arguments.output else {
        return Ok(());
    };
    if files::is_same(path, Path::new(FILE_NAME)) {
        let detail = format!(
            "{} is the file of rules. Give the baseline another path.",
            path.display()
        );
        return Err(Failure::new("Output overwrites the rules", detail));
    }
    // Also a link that leads nowhere.
    if !arguments.force && path.symlink_metadata().is_ok() {
        let detail = format!(
            "{} is there already. Accept single values with `ecs-drift baseline update`, or replace it whole with \
             `--force`.",
            path.display()
        );
        return Err(Failure::new("Baseline exists", detail));
    }
    files::check_regular(path).map_err(unwritable(path))
}

async fn read_clusters(arguments: &RecordArguments) -> Result<Recording, Failure> {
    let aws = Connector::new(&arguments.credentials)
        .connect(&Access::default())
        .await?;
    let mut by_region: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for cluster in &arguments.cluster {
        let arn = cluster_arn(&aws, cluster).await?;
        by_region.entry(arn.region.clone()).or_default().push(arn.to_string());
    }
    let mut recording = Recording::new(now());
    for (region, clusters) in by_region {
        let selection = Selection {
            clusters,
            daemons: arguments.daemon.clone(),
            task_definition: arguments.task_definition.rule(),
            owner: arguments.owner.clone(),
        };
        let added = recording.add(&reader(&aws, &region), &selection).await;
        added.map_err(|failure| {
            let problem = failure.problem(&ADVICE, "list the daemons", &selection.clusters.join(", "));
            Failure::new(&problem.summary, problem.detail)
        })?;
    }
    Ok(recording)
}

/// The time in whole seconds, which is what people read.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

fn reader(aws: &Aws, region: &str) -> EcsReader {
    EcsReader::new(aws, region, Slots::new(DEFAULT_CONCURRENCY), std::sync::Arc::default())
}

fn update(arguments: &UpdateArguments) -> Result<u8, Failure> {
    let path = &arguments.file;
    let text = fs::read_to_string(path).map_err(|error| {
        let detail = format!("{}: {error}. Check the path and its permissions.", path.display());
        Failure::new("Baseline cannot be read", detail)
    })?;
    if text.trim_start().starts_with('{') {
        let detail = format!(
            "{} is JSON. Only baselines in TOML can be updated in place.",
            path.display()
        );
        return Err(Failure::new("Baseline cannot be updated", detail));
    }
    let file = baseline::parse_toml(&text)?;
    let accepts = arguments.targets.iter().map(|target| Accept::parse(target, &file));
    let accepts: Vec<Accept> = accepts.collect::<Result<_, _>>()?;
    let live = runtime()?.block_on(read_daemons(arguments, &accepts))?;
    let mut updated = text.clone();
    for each in &accepts {
        let Some(live) = live.accepted.get(&each.arn) else {
            continue;
        };
        let (text, changes) = accept(&updated, each, live)?;
        updated = text;
        for change in changes {
            streams::say(sheet!(Foreign(&each.arn), ": ", Sentences(&change.to_string())));
        }
    }
    for added in &live.added {
        updated = baseline_recording::add(&updated, &added.daemon)?;
        for doubt in &added.doubts {
            streams::say(sheet!("warning: ", Sentences(doubt)));
        }
        streams::say(sheet!(Foreign(&added.daemon.arn), ": added"));
    }
    if updated == text {
        streams::say(sheet!("The baseline has these values already."));
        return Ok(0);
    }
    files::replace(path, updated.as_str()).map_err(unwritable(path))?;
    Ok(0)
}

/// Daemons as they are now.
struct Now {
    /// Those of which something is accepted, by ARN.
    accepted: BTreeMap<String, BaselineDaemon>,
    /// Those that the file is to have as well.
    added: Vec<Added>,
}

/// A daemon that the file is to have as well, and what may be wrong with it.
struct Added {
    daemon: BaselineDaemon,
    doubts: Vec<String>,
}

/// Reads what is to be accepted and added. A daemon that cannot be read is an error: nothing is changed then.
async fn read_daemons(arguments: &UpdateArguments, accepts: &[Accept]) -> Result<Now, Failure> {
    let named = accepts
        .iter()
        .map(|accept| accept.arn.as_str())
        .chain(arguments.add.iter().map(String::as_str));
    let region = named
        .filter_map(|arn| DaemonArn::parse(arn).ok())
        .map(|arn| arn.arn.region)
        .min();
    let access = Access {
        region: arguments.credentials.region.clone().or(region),
        ..Access::default()
    };
    let aws = Connector::new(&arguments.credentials).connect(&access).await?;
    let accepted: BTreeSet<String> = accepts.iter().map(|accept| accept.arn.clone()).collect();
    let mut additions = BTreeSet::new();
    for daemon in &arguments.add {
        additions.insert(daemon_arn(&aws, daemon).await?.to_string());
    }
    let mut now = Now {
        accepted: BTreeMap::new(),
        added: Vec::new(),
    };
    for (arn, live) in read_live(&aws, accepted.union(&additions)).await? {
        if let Some(why) = baseline_recording::unfit(&live) {
            return Err(unreadable(&arn, &why));
        }
        let daemon =
            baseline_recording::daemon(&arn, &live).ok_or_else(|| unreadable(&arn, "its ARN is none of a daemon"))?;
        if additions.contains(&arn) {
            if baseline_recording::is_being_deleted(&live) {
                return Err(unreadable(&arn, "it is being deleted"));
            }
            let doubts = baseline_recording::doubts(&arn, &live);
            now.added.push(Added {
                daemon: daemon.clone(),
                doubts,
            });
        }
        if accepted.contains(&arn) {
            now.accepted.insert(arn, daemon);
        }
    }
    Ok(now)
}

/// The answers about daemons, in the regions of their ARNs.
async fn read_live(aws: &Aws, arns: impl Iterator<Item = &String>) -> Result<Vec<(String, Live)>, Failure> {
    let mut by_region: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for arn in arns {
        let region = DaemonArn::parse(arn).map(|arn| arn.arn.region).unwrap_or_default();
        by_region.entry(region).or_default().push(arn.clone());
    }
    let mut daemons = Vec::new();
    for (region, arns) in by_region {
        for (arn, reading) in baseline_recording::read(&reader(aws, &region), &arns).await {
            match reading {
                Reading::Live(live) => daemons.push((arn, *live)),
                other => return Err(unreadable(&arn, &baseline_recording::why(&other))),
            }
        }
    }
    Ok(daemons)
}

fn unreadable(arn: &str, why: &str) -> Failure {
    Failure::new("Daemon cannot be read", format!("{arn}: {why}. Nothing was changed."))
}

/// The ARN of a daemon that is given by ARN or as CLUSTER/NAME, the cluster by its name.
async fn daemon_arn(aws: &Aws, daemon: &str) -> Result<Arn, Failure> {
    let wrong = |reason: &str| Failure::new("Invalid daemon", format!("`--add {daemon}`: {reason}."));
    if daemon.starts_with("arn:") {
        let arn = DaemonArn::parse(daemon).map_err(|error| wrong(&error))?;
        return Ok(arn.arn);
    }
    let (cluster, name) = daemon.split_once('/').unwrap_or_default();
    if cluster.is_empty() || name.is_empty() || name.contains('/') {
        return Err(wrong("it is neither an ARN nor CLUSTER/NAME, for example `prod/agent`"));
    }
    let cluster = cluster_arn(aws, cluster).await?;
    Ok(cluster.sibling(format!("daemon/{daemon}")))
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| {
        let detail = format!(
            "{}: {error}. Check that the folder is there and can be written, and that it is a file.",
            path.display()
        );
        Failure::new("Baseline cannot be written", detail)
    }
}
