//! Named settings for everything that AWS leaves undocumented. Each stands in
//! docs/emulator-fidelity.md with its source.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The threshold of the published walkthrough.
const THREE: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);

/// All knobs of a world, with the defaults that fit what is documented or was seen by others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Failed daemon task launches after which the circuit breaker stops a deployment.
    pub breaker_threshold: NonZeroU32,
    /// Which failed launches the circuit breaker counts.
    pub breaker_counts: BreakerCounts,
    /// Whether a machine that cannot be had counts for the circuit breaker, like a failed launch of each daemon that it
    /// would have run.
    pub no_capacity_counts: bool,
    /// Whether capacity providers without instances are left out of revisions and deployments.
    pub omit_empty_providers: bool,
    /// How a deployment goes that finds no instance in its providers.
    pub empty_provider: EmptyProvider,
    /// How long deployment records stay readable.
    pub deployment_retention: DeploymentRetention,
    /// Status of a first deployment that fails, having no rollback target.
    pub first_deployment_failure: FirstDeploymentFailure,
    /// What new instances do with a first revision that has failed.
    pub failed_first_deployment: FailedFirstDeployment,
    /// Which deployment a daemon names after a rollback.
    pub after_rollback_deployment_arn: AfterRollback,
    /// Whether a rollback may go to a revision whose task definition is deleted or being deleted.
    pub rollback_to_deleted_definition: RollbackToDeleted,
    /// Order of `currentRevisions` while a rollout runs.
    pub current_revisions_order: RevisionsOrder,
    /// How a fraction of an instance in a batch is rounded; a batch has at least one instance.
    pub batch_rounding: Rounding,
    /// What the drain percentage is a percentage of.
    pub batch_base: BatchBase,
    /// When a deployment bakes.
    pub bake: Bake,
    /// What an alarm does that was in ALARM when the deployment began, cleared, and fires again.
    pub alarm_precleared: Precleared,
    /// Whether deployments of different daemons may roll over the same capacity provider at once.
    pub concurrent_deployments: Concurrency,
    /// What `ListDaemons` without a cluster answers.
    pub list_daemons_without_cluster: ListScope,
    /// What `CreateDaemon` does when the name is taken.
    pub duplicate_create: DuplicateCreate,
    /// Whether a described task definition has the zeros and empty texts that were registered.
    pub empty_values: EmptyValues,
    /// Seconds that an unreferenced task definition stays `DELETE_IN_PROGRESS`.
    pub definition_deleted_after: u32,
    /// Whether clusters and capacity providers are ACTIVE in the answer that creates them.
    pub creation: Creation,
    /// What becomes of a task that `RunTask` made when its instance is drained.
    pub standalone_tasks: StandaloneTasks,
    /// Seconds after which an instance without application tasks is scaled in when its provider does not say; the
    /// provider's `scaleInAfter` of -1 turns it off.
    pub scale_in_after: u32,
    /// Days after which the drain of an instance starts because of its age; 0 turns it off.
    pub instance_drain_age_days: u32,
    /// Days after which an instance is terminated because of its age, whatever still runs on it; 0 turns it off.
    pub instance_end_age_days: u32,
    /// How many reads of a record stay stale after each write; 0 turns eventual consistency off.
    pub stale_reads: u32,
    /// Whether reads never go back: the stale ones come before the fresh ones. Otherwise they take turns.
    pub monotonic_reads: bool,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            breaker_threshold: THREE,
            breaker_counts: BreakerCounts::EveryLaunch,
            no_capacity_counts: false,
            omit_empty_providers: false,
            empty_provider: EmptyProvider::Quick,
            deployment_retention: DeploymentRetention::ForEver,
            first_deployment_failure: FirstDeploymentFailure::RollbackFailed,
            failed_first_deployment: FailedFirstDeployment::Withdrawn,
            after_rollback_deployment_arn: AfterRollback::Failed,
            rollback_to_deleted_definition: RollbackToDeleted::Allowed,
            current_revisions_order: RevisionsOrder::OldestFirst,
            batch_rounding: Rounding::Ceil,
            batch_base: BatchBase::Daemon,
            bake: Bake::Once,
            alarm_precleared: Precleared::Counts,
            concurrent_deployments: Concurrency::Parallel,
            list_daemons_without_cluster: ListScope::DefaultCluster,
            duplicate_create: DuplicateCreate::Refused,
            empty_values: EmptyValues::Kept,
            definition_deleted_after: 3600,
            creation: Creation::Immediate,
            standalone_tasks: StandaloneTasks::Block,
            scale_in_after: 300,
            instance_drain_age_days: 14,
            instance_end_age_days: 21,
            stale_reads: 0,
            monotonic_reads: true,
        }
    }
}

/// Which failed launches the circuit breaker counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerCounts {
    /// Those of critical and of non-critical daemons, as documented.
    EveryLaunch,
    /// Only those of critical daemons.
    CriticalOnly,
}

/// How a deployment goes that finds no instance in its providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmptyProvider {
    /// `PENDING` for a second or two, then `SUCCESSFUL`.
    Quick,
    /// Through `IN_PROGRESS` and the bake time like any other.
    InProgress,
    /// `SUCCESSFUL` when the call returns.
    AtOnce,
}

/// How long deployment records stay readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DeploymentRetention {
    /// They never expire.
    #[serde(rename = "for_ever")]
    ForEver,
    /// 90 days after they ended, as documented for services.
    #[serde(rename = "90d")]
    Days90,
    /// Only the latest one of each daemon.
    #[serde(rename = "latest_only")]
    LatestOnly,
    /// None, not even the latest, once it has ended.
    #[serde(rename = "none")]
    None,
}

/// What new instances do with a first revision that has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailedFirstDeployment {
    /// They start without it until the daemon is updated.
    Withdrawn,
    /// They start it. Where it is critical they cannot register, and that counts as a failure of each deployment that
    /// waits for them.
    Kept,
}

/// Status of a first deployment that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FirstDeploymentFailure {
    /// `ROLLBACK_FAILED`, as documented for services.
    RollbackFailed,
    /// `STOPPED`.
    Stopped,
}

/// Which deployment `DescribeDaemon` names after a rollback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AfterRollback {
    /// The deployment that failed and rolled back inside its own record.
    Failed,
    /// A new deployment that carries the rollback.
    New,
}

/// Whether a rollback may go to a revision whose task definition is deleted or being deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RollbackToDeleted {
    /// It may: running daemons keep their definition.
    Allowed,
    /// The rollback fails.
    Fails,
}

/// Order of `currentRevisions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevisionsOrder {
    /// By creation, oldest first.
    OldestFirst,
    /// By creation, newest first.
    NewestFirst,
}

/// Rounding of batch sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Up.
    Ceil,
    /// Down.
    Floor,
    /// To the nearest whole, halves up.
    Nearest,
}

/// What the drain percentage is a percentage of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchBase {
    /// All instances of all providers of the daemon together.
    Daemon,
    /// The instances of each provider by itself.
    Provider,
}

/// When a deployment bakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bake {
    /// Once, after the last batch.
    Once,
    /// After each batch.
    PerBatch,
}

/// What a cleared alarm does that was in ALARM when the deployment began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Precleared {
    /// It counts like any other once it has cleared.
    Counts,
    /// It stays disregarded for the whole deployment.
    Ignored,
}

/// Whether deployments of different daemons overlap on one provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Concurrency {
    /// They do, and share replacement instances.
    Parallel,
    /// The later one stays `PENDING` until the earlier one has ended.
    Serial,
}

/// What `ListDaemons` without a cluster answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListScope {
    /// The daemons of the cluster `default`, as the current service model says.
    DefaultCluster,
    /// The daemons of all clusters, as an earlier service model said.
    All,
}

/// What `CreateDaemon` does when the name is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateCreate {
    /// It is refused.
    Refused,
    /// It answers the existing daemon and changes nothing.
    ReturnsExisting,
}

/// What becomes of zeros and empty texts of a task definition that nothing requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmptyValues {
    /// They are described as they were registered.
    Kept,
    /// They are left out, as if nobody had given them.
    Dropped,
}

/// When a new cluster or capacity provider is ACTIVE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Creation {
    /// In the answer that creates it.
    Immediate,
    /// After some seconds of `PROVISIONING`.
    Gradual,
}

/// What becomes of a task of `RunTask` on a drained instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandaloneTasks {
    /// It stays until it ends, and the drain waits for it.
    Block,
    /// It is stopped when nothing else keeps the instance.
    Stopped,
}
