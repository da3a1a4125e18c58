//! Records of application workloads: task definitions, services and the deployments of services.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::capacity::Size;
use crate::records::names::{DefinitionKey, Name, Tags};

/// Life of an application task definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AppStatus {
    Active,
    /// Deregistered: nothing new may use it.
    Inactive,
    DeleteInProgress,
    /// Gone for callers; kept because the history of services names it.
    Deleted,
}

impl AppStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::DeleteInProgress => "DELETE_IN_PROGRESS",
            Self::Deleted => "DELETED",
        }
    }
}

/// A revision of an application task definition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AppDefinition {
    pub(crate) family: String,
    pub(crate) revision: u32,
    pub(crate) arn: String,
    pub(crate) status: AppStatus,
    /// The request without family and tags.
    #[serde(with = "crate::stored::json")]
    pub(crate) content: Map<String, Value>,
    /// The size that a task of it needs.
    pub(crate) size: Size,
    pub(crate) registered_at: i64,
    pub(crate) registered_by: String,
    pub(crate) deregistered_at: Option<i64>,
    pub(crate) delete_requested_at: Option<i64>,
    pub(crate) tags: Tags,
    /// Time at which it is looked at again for references to it.
    pub(crate) due: Option<i64>,
}

/// An item of a capacity provider strategy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StrategyItem {
    /// Name of the provider.
    pub(crate) provider: Name,
    pub(crate) weight: u32,
    pub(crate) base: u32,
}

/// The provider that the next task of a strategy goes to: first where a base is not reached, then where the weights
/// say. `counts` are the tasks that are there. None: no item has a base or weight left.
pub(crate) fn next_provider(strategy: &[StrategyItem], counts: &BTreeMap<Name, u32>) -> Option<Name> {
    let count = |item: &StrategyItem| counts.get(&item.provider).copied().unwrap_or(0);
    let below_base = strategy.iter().find(|item| count(item) < item.base);
    let by_weight = || {
        let weighted = strategy.iter().filter(|item| item.weight > 0);
        // The first of the smallest shares, compared by cross multiplication.
        weighted.reduce(|best, item| {
            let share = |item: &StrategyItem| u64::from(count(item).saturating_sub(item.base)) + 1;
            let (ours, theirs) = (
                share(item) * u64::from(best.weight),
                share(best) * u64::from(item.weight),
            );
            if ours < theirs { item } else { best }
        })
    };
    below_base.or_else(by_weight).map(|item| item.provider.clone())
}

/// Life of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ServiceStatus {
    Active,
    /// Deleted while tasks of it were there.
    Draining,
    /// Gone, but still described for a while.
    Inactive,
}

impl ServiceStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// The source of the tags of new tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TagSource {
    Nothing,
    Service,
    TaskDefinition,
}

impl TagSource {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "NONE",
            Self::Service => "SERVICE",
            Self::TaskDefinition => "TASK_DEFINITION",
        }
    }
}

/// The wishes of a service or an update of it; a change of most of them makes a deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four independent switches of the API")]
pub(crate) struct ServiceSettings {
    pub(crate) definition: DefinitionKey,
    pub(crate) strategy: Vec<StrategyItem>,
    pub(crate) minimum_percent: u32,
    pub(crate) maximum_percent: u32,
    pub(crate) breaker: bool,
    pub(crate) breaker_rollback: bool,
    pub(crate) propagate_tags: TagSource,
    pub(crate) managed_tags: bool,
    pub(crate) execute_command: bool,
    /// Members that are kept and answered without having an effect, as sent.
    #[serde(with = "crate::stored::json")]
    pub(crate) kept: Map<String, Value>,
}

impl ServiceSettings {
    /// True if tasks of these settings differ from those of the others, so that a change needs a deployment.
    pub(crate) fn makes_other_tasks(&self, others: &Self) -> bool {
        let network = |settings: &Self| settings.kept.get("networkConfiguration").cloned();
        self.definition != others.definition
            || self.strategy != others.strategy
            || self.propagate_tags != others.propagate_tags
            || self.managed_tags != others.managed_tags
            || self.execute_command != others.execute_command
            || network(self) != network(others)
    }
}

/// Counts of the tasks of a service by their state; each is in exactly one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Group {
    /// Of the latest deployment, not running yet.
    Starting,
    /// Of the latest deployment and running.
    Running,
    /// Of the latest deployment, on an instance that is drained.
    Moving,
    /// Of an earlier deployment.
    Outdated,
    /// Asked to stop.
    Stopping,
}

impl Group {
    const COUNT: usize = 5;
}

/// The tasks of a service that have not stopped. Each task knows its own group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Groups([BTreeSet<u64>; Group::COUNT]);

impl Groups {
    /// Moves a task from one group to another; it is in none before its birth and after its end.
    pub(crate) fn shift(&mut self, task: u64, from: Option<Group>, to: Option<Group>) {
        if from == to {
            return;
        }
        if let Some(group) = from {
            self.0[group as usize].remove(&task);
        }
        if let Some(group) = to {
            self.0[group as usize].insert(task);
        }
    }

    pub(crate) fn of(&self, group: Group) -> impl DoubleEndedIterator<Item = u64> {
        self.0[group as usize].iter().copied()
    }

    pub(crate) fn count(&self, group: Group) -> usize {
        self.0[group as usize].len()
    }

    /// All tasks, by order of creation.
    pub(crate) fn all(&self) -> impl Iterator<Item = u64> {
        let all: BTreeSet<u64> = self.0.iter().flatten().copied().collect();
        all.into_iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(BTreeSet::len).sum()
    }
}

/// A service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Service {
    pub(crate) arn: Name,
    pub(crate) name: String,
    /// Name of the cluster.
    pub(crate) cluster: Name,
    pub(crate) cluster_arn: String,
    pub(crate) status: ServiceStatus,
    pub(crate) desired: u32,
    pub(crate) settings: ServiceSettings,
    pub(crate) created_at: i64,
    pub(crate) created_by: String,
    pub(crate) tags: Tags,
    /// ARNs of its deployments: the latest first, then those whose tasks are still there.
    pub(crate) deployments: Vec<Name>,
    /// Latest first: time, id, text.
    pub(crate) events: VecDeque<(i64, String, String)>,
    pub(crate) groups: Groups,
    /// Tasks that the scheduler must not stop before a time.
    pub(crate) protected: BTreeMap<u64, i64>,
    /// True if it has what it wants and nothing else.
    pub(crate) steady: bool,
    /// True if as many tasks do their work as it wants, wherever they are.
    pub(crate) full: bool,
    /// Number of lines that it has told so far.
    pub(crate) told: u64,
    /// Tasks in a row that failed to start or exited.
    pub(crate) failures: u32,
    /// Before that no task is started.
    pub(crate) retry_at: i64,
    /// Time at which the scheduler looks at it next.
    pub(crate) due: Option<i64>,
}

impl Service {
    /// True if the scheduler still looks at it.
    pub(crate) fn is_scheduled(&self) -> bool {
        self.status != ServiceStatus::Inactive
    }

    /// The time at which the protection of a task ends. None: it is not protected.
    pub(crate) fn protected_until(&self, task: u64, now: i64) -> Option<i64> {
        self.protected.get(&task).copied().filter(|until| *until > now)
    }

    /// True if the scheduler must not stop a task now. Assumed: a service that is deleted protects none.
    pub(crate) fn protects(&self, task: u64, now: i64) -> bool {
        self.status == ServiceStatus::Active && self.protected_until(task, now).is_some()
    }

    /// Number of tasks that it is to have.
    pub(crate) fn wanted(&self) -> usize {
        match self.status {
            ServiceStatus::Active => self.desired as usize,
            ServiceStatus::Draining | ServiceStatus::Inactive => 0,
        }
    }
}

/// Status of a service's deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Rollout {
    InProgress,
    Completed,
    Failed,
    /// A later one took its place.
    Stopped,
}

/// A deployment of a service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ServiceDeployment {
    pub(crate) arn: Name,
    /// As `DescribeServices` and `startedBy` have it: `ecs-svc/` and 19 digits.
    pub(crate) id: Name,
    /// ARN of the service's revision that it brings.
    pub(crate) revision: String,
    pub(crate) service: Name,
    /// Name of the service's cluster.
    pub(crate) cluster: Name,
    /// Order of creation in the scope.
    pub(crate) serial: u64,
    pub(crate) settings: ServiceSettings,
    /// The digests that the tags of its containers stood for when it was made, where one had moved; its tasks keep them.
    pub(crate) digests: Option<Arc<[String]>>,
    pub(crate) rollout: Rollout,
    pub(crate) reason: String,
    pub(crate) desired: u32,
    /// Tasks that failed to start or exited.
    pub(crate) failures: u32,
    /// The failed deployment that it was made to undo.
    pub(crate) rollback_of: Option<Name>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) finished_at: Option<i64>,
}

impl ServiceDeployment {
    /// Failed tasks at which the circuit breaker triggers: half of the desired count, but 3 to 200, as published.
    pub(crate) fn threshold(&self) -> u32 {
        self.desired.div_ceil(2).clamp(3, 200)
    }

    /// Status in the answers of `DescribeServiceDeployments`.
    pub(crate) fn status_name(&self) -> &'static str {
        match (self.rollout, &self.rollback_of) {
            (Rollout::InProgress, _) => "IN_PROGRESS",
            (Rollout::Completed, _) => "SUCCESSFUL",
            (Rollout::Failed | Rollout::Stopped, _) => "STOPPED",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_spread_by_base_and_weight() {
        let item = |provider: &str, weight, base| StrategyItem {
            provider: provider.into(),
            weight,
            base,
        };
        let strategy = [item("a", 1, 2), item("b", 3, 0)];
        let mut counts = BTreeMap::new();
        let mut chosen = String::new();
        for _ in 0..10 {
            let provider = next_provider(&strategy, &counts).unwrap();
            chosen.push_str(&provider);
            *counts.entry(provider).or_default() += 1;
        }
        assert_eq!(chosen, "aabbabbbab");
        assert_eq!(next_provider(&[item("a", 0, 0)], &counts), None);
    }

    #[test]
    fn a_task_is_in_one_group() {
        let mut groups = Groups::default();
        groups.shift(1, None, Some(Group::Starting));
        groups.shift(2, None, Some(Group::Starting));
        groups.shift(1, Some(Group::Starting), Some(Group::Running));
        assert_eq!(
            (
                groups.count(Group::Starting),
                groups.count(Group::Running),
                groups.len()
            ),
            (1, 1, 2)
        );
        groups.shift(2, Some(Group::Starting), None);
        assert_eq!(groups.all().collect::<Vec<_>>(), [1]);
    }
}
