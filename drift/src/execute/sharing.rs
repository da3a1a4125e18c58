//! Reads of repairs that run at the same time: what describes many shares its calls, the rest is read as a scan does.

use std::collections::BTreeMap;

use aws::Failure;
use aws_sdk_ecs::types::{DaemonDeployment, DaemonDetail, DaemonRevision, DaemonTaskDefinitionSummary, Task};
use daemons::{arn::DaemonArn, batching, describe::Described};

use crate::observe::{
    EcsReader, Reader,
    reader::{Sweep, Tags},
};

/// A read of one daemon among others, until it is dropped.
pub(super) struct Sharing<'a> {
    pub(super) alone: &'a EcsReader,
    pub(super) shared: batching::Reading<'a>,
}

impl Reader for Sharing<'_> {
    async fn describe_daemon(&self, arn: &str) -> Result<DaemonDetail, Failure> {
        self.alone.describe_daemon(arn).await
    }

    async fn describe_deployments(&self, arns: Vec<String>) -> Result<Vec<Described<DaemonDeployment>>, Failure> {
        self.shared.deployments(arns).await
    }

    async fn describe_revisions(&self, arns: Vec<String>) -> Result<Vec<Described<DaemonRevision>>, Failure> {
        self.shared.revisions(arns).await
    }

    async fn list_tags(&self, arn: &str) -> Result<Option<Tags>, Failure> {
        self.alone.list_tags(arn).await
    }

    async fn list_deployments(&self, daemon_arn: &str) -> Result<Vec<String>, Failure> {
        self.alone.list_deployments(daemon_arn).await
    }

    async fn list_daemons(&self, cluster_arn: &str) -> Result<BTreeMap<String, Option<f64>>, Failure> {
        self.alone.list_daemons(cluster_arn).await
    }

    async fn list_definitions(&self, sweep: Sweep) -> Result<Vec<DaemonTaskDefinitionSummary>, Failure> {
        self.alone.list_definitions(sweep).await
    }

    async fn list_stopped_tasks(&self, daemon: &DaemonArn) -> Result<Vec<String>, Failure> {
        self.alone.list_stopped_tasks(daemon).await
    }

    async fn describe_tasks(&self, daemon: &DaemonArn, arns: Vec<String>) -> Result<Vec<Task>, Failure> {
        self.alone.describe_tasks(daemon, arns).await
    }
}
