//! The reasons why a rollout failed: what it was to bring and where it went back to, and the tasks that stopped meanwhile.
//! They are read after a failure only, in three calls, and none of them is needed for anything else.

use std::collections::BTreeMap;

use aws::Failure;
use aws_sdk_ecs::{
    Client,
    types::{Container, DaemonRevision, DesiredStatus, Task},
};

use crate::{
    arn::{DaemonArn, RevisionArn},
    describe,
    observe::Rollout,
};

/// The stop code of tasks that ECS stops by itself, among them those that a rollback takes away.
const BY_ECS: &str = "ServiceSchedulerInitiated";

/// What is known of a failure, as far as it could be read.
#[derive(Debug)]
pub struct Why {
    /// The revision that the rollout was to bring.
    pub target: Option<Content>,
    /// The revision that it went back to.
    pub back: Option<Content>,
    /// The tasks that stopped, by reason, the most frequent first.
    pub stopped: Result<Vec<Stopped>, Failure>,
}

impl Default for Why {
    /// Nothing is known, and nothing was asked.
    fn default() -> Self {
        Self {
            target: None,
            back: None,
            stopped: Ok(Vec::new()),
        }
    }
}

/// What a revision runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Task definition, `FAMILY:REVISION`.
    pub task_definition: String,
    /// Images of its containers.
    pub images: Vec<String>,
}

/// Tasks that stopped for one reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stopped {
    /// Stop code, for example `TaskFailedToStart`.
    pub code: Option<String>,
    /// Reason, in the words of ECS.
    pub reason: Option<String>,
    /// Containers that say more.
    pub containers: Vec<StoppedContainer>,
    /// Number of the tasks.
    pub count: usize,
}

/// A container of a task that stopped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoppedContainer {
    /// Name.
    pub name: String,
    /// Exit code, if it ever ran.
    pub exit_code: Option<i32>,
    /// Reason, in the words of ECS.
    pub reason: Option<String>,
}

/// Reads why a rollout failed.
pub async fn read(client: &Client, arn: &DaemonArn, rollout: &Rollout) -> Why {
    let revisions = [&rollout.target, &rollout.rollback_target];
    let asked: Vec<String> = revisions.into_iter().flatten().cloned().collect();
    let found = describe::revisions(client, asked).await.unwrap_or_default();
    let content = |arn: &Option<String>| {
        let found = found.iter().find(|found| Some(&found.arn) == arn.as_ref())?;
        Content::of(&found.record)
    };
    let target = content(&rollout.target);
    let stopped = tasks(client, arn)
        .await
        .map(|tasks| of_rollout(&tasks, rollout, target.as_ref()));
    Why {
        back: content(&rollout.rollback_target),
        target,
        stopped,
    }
}

/// The tasks that a rollout started and that stopped by themselves, by reason, the most frequent first. `target` is what the
/// rollout was to bring, if it is known.
pub fn of_rollout(tasks: &[Task], rollout: &Rollout, target: Option<&Content>) -> Vec<Stopped> {
    grouped(tasks.iter().filter(|task| is_of(task, rollout, target)))
}

impl Content {
    /// What a revision of a daemon runs.
    pub fn of(revision: &DaemonRevision) -> Option<Self> {
        let arn = RevisionArn::parse(revision.daemon_task_definition_arn()?).ok()?;
        let images = revision.container_images().iter();
        Some(Self {
            task_definition: format!("{}:{}", arn.family, arn.revision),
            images: images.filter_map(|image| image.image().map(str::to_owned)).collect(),
        })
    }
}

/// The latest stopped tasks of the daemon.
async fn tasks(client: &Client, arn: &DaemonArn) -> Result<Vec<Task>, Failure> {
    let arns = stopped(client, arn).await?;
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    described(client, arn, arns).await
}

/// `ListTasks`: ARNs of the latest stopped tasks of a daemon, one page. ECS forgets them after about an hour.
pub async fn stopped(client: &Client, arn: &DaemonArn) -> Result<Vec<String>, Failure> {
    let call = client
        .list_tasks()
        .cluster(arn.cluster_arn().to_string())
        .daemon_name(&arn.name)
        .desired_status(DesiredStatus::Stopped);
    let listed = call
        .send()
        .await
        .map_err(|error| Failure::from_sdk("ListTasks", error))?;
    Ok(listed.task_arns.unwrap_or_default())
}

/// `DescribeTasks` of tasks of a daemon.
pub async fn described(client: &Client, arn: &DaemonArn, arns: Vec<String>) -> Result<Vec<Task>, Failure> {
    let call = client
        .describe_tasks()
        .cluster(arn.cluster_arn().to_string())
        .set_tasks(Some(arns));
    let described = call
        .send()
        .await
        .map_err(|error| Failure::from_sdk("DescribeTasks", error))?;
    Ok(described.tasks.unwrap_or_default())
}

/// True if a task was started by the rollout and did not stop because ECS took it away.
fn is_of(task: &Task, rollout: &Rollout, target: Option<&Content>) -> bool {
    let created_at = task.created_at().map(aws_sdk_ecs::primitives::DateTime::as_secs_f64);
    let is_later = match (created_at, rollout.created_at) {
        (Some(task), Some(rollout)) => task >= rollout,
        _ => true,
    };
    let definition = task.task_definition_arn().unwrap_or_default();
    let runs_target = target.is_none_or(|target| definition.ends_with(&format!("/{}", target.task_definition)));
    let taken_away = task.stop_code().is_some_and(|code| code.as_str() == BY_ECS)
        && !task.stopped_reason().is_some_and(|reason| reason.contains("health"));
    is_later && runs_target && !taken_away
}

fn grouped<'a>(tasks: impl Iterator<Item = &'a Task>) -> Vec<Stopped> {
    let mut groups: BTreeMap<Stopped, usize> = BTreeMap::new();
    for task in tasks {
        let mut containers: Vec<_> = task.containers().iter().filter_map(StoppedContainer::of).collect();
        containers.sort();
        let group = Stopped {
            code: task.stop_code().map(|code| code.as_str().to_owned()),
            reason: task.stopped_reason().map(str::to_owned),
            containers,
            count: 0,
        };
        *groups.entry(group).or_default() += 1;
    }
    let mut stopped: Vec<Stopped> = groups
        .into_iter()
        .map(|(group, count)| Stopped { count, ..group })
        .collect();
    stopped.sort_by_key(|group| std::cmp::Reverse(group.count));
    stopped
}

impl StoppedContainer {
    fn of(container: &Container) -> Option<Self> {
        let told = Self {
            name: container.name()?.to_owned(),
            exit_code: container.exit_code(),
            reason: container.reason().map(str::to_owned),
        };
        (told.exit_code.is_some_and(|code| code != 0) || told.reason.is_some()).then_some(told)
    }
}
