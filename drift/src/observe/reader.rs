//! The calls that a scan may make: those that describe and list, and no other. Reading only is proven by
//! this type: there is nothing here that could change anything.

use std::collections::BTreeMap;

use aws::Failure;
use aws_sdk_ecs::types::{DaemonDeployment, DaemonDetail, DaemonRevision, DaemonTaskDefinitionSummary, Task};
use daemons::{arn::DaemonArn, describe::Described};

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// Task definitions that a sweep lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sweep {
    /// The last one registered of each family, whatever its status.
    LastRegistered,
    /// Those that are being deleted.
    BeingDeleted,
}

/// The ECS of one account and region, as far as it can be read.
pub trait Reader: Send + Sync {
    /// `DescribeDaemon`.
    fn describe_daemon(&self, arn: &str) -> impl Future<Output = Result<DaemonDetail, Failure>> + Send;

    /// `DescribeDaemonDeployments` of at most [`daemons::describe::BATCH`]; those that are no longer on record are left out.
    fn describe_deployments(
        &self,
        arns: Vec<String>,
    ) -> impl Future<Output = Result<Vec<Described<DaemonDeployment>>, Failure>> + Send;

    /// `DescribeDaemonRevisions` of at most [`daemons::describe::BATCH`]; those that are not there are left out.
    fn describe_revisions(
        &self,
        arns: Vec<String>,
    ) -> impl Future<Output = Result<Vec<Described<DaemonRevision>>, Failure>> + Send;

    /// `ListTagsForResource`; `None` while tagging does not know the resource.
    fn list_tags(&self, arn: &str) -> impl Future<Output = Result<Option<Tags>, Failure>> + Send;

    /// `ListDaemonDeployments`, all pages: ARNs, newest first.
    fn list_deployments(&self, daemon_arn: &str) -> impl Future<Output = Result<Vec<String>, Failure>> + Send;

    /// `ListDaemons` of a cluster, all pages: ARN and when it was created, in seconds since 1970.
    fn list_daemons(
        &self,
        cluster_arn: &str,
    ) -> impl Future<Output = Result<BTreeMap<String, Option<f64>>, Failure>> + Send;

    /// `ListDaemonTaskDefinitions`, all pages.
    fn list_definitions(
        &self,
        sweep: Sweep,
    ) -> impl Future<Output = Result<Vec<DaemonTaskDefinitionSummary>, Failure>> + Send;

    /// `ListTasks` of the latest stopped tasks of a daemon, one page: ARNs.
    fn list_stopped_tasks(&self, daemon: &DaemonArn) -> impl Future<Output = Result<Vec<String>, Failure>> + Send;

    /// `DescribeTasks` of tasks of a daemon.
    fn describe_tasks(
        &self,
        daemon: &DaemonArn,
        arns: Vec<String>,
    ) -> impl Future<Output = Result<Vec<Task>, Failure>> + Send;
}
