//! Knowledge of one daemon after it was read.

use aws::Failure;
use aws_sdk_ecs::types::{DaemonDeployment, DaemonDetail, DaemonRevision};
use daemons::{
    absent,
    observe::{Observed, Torn},
};

/// A daemon with the answers that it was read from, which are the evidence of every finding.
#[derive(Clone, Debug)]
pub struct Live {
    /// `DescribeDaemon`.
    pub detail: DaemonDetail,
    /// `DescribeDaemonDeployments` of the latest deployment and of the one in the source, as far as on record.
    pub deployments: Vec<DaemonDeployment>,
    /// `DescribeDaemonRevisions` of the revision that counts.
    pub revisions: Vec<DaemonRevision>,
    /// The meaning of these answers.
    pub observed: Observed,
    /// The reason why the tags were not read, if they were asked for; those in `observed` are none then.
    pub tags_unread: Option<Failure>,
}

/// The result of reading a daemon.
#[derive(Clone, Debug)]
pub enum Reading {
    /// There it is.
    Live(Box<Live>),
    /// ECS does not know the daemon.
    DaemonNotFound,
    /// ECS does not know its cluster.
    ClusterNotFound,
    /// A call failed.
    Failed(Failure),
    /// The answers contradict each other; reading again may help.
    Torn(Torn),
}

impl Live {
    /// The deployment of an ARN, if it was asked for and is on record.
    pub fn deployment(&self, arn: &str) -> Option<&DaemonDeployment> {
        let is_it = |deployment: &&DaemonDeployment| deployment.daemon_deployment_arn() == Some(arn);
        self.deployments.iter().find(is_it)
    }

    /// The latest deployment, if it is on record.
    pub fn latest(&self) -> Option<&DaemonDeployment> {
        self.deployment(self.detail.deployment_arn()?)
    }
}

impl Reading {
    /// The meaning of a failed `DescribeDaemon`.
    pub(super) fn of_failure(failure: Failure) -> Self {
        if absent::is_cluster(&failure) {
            Self::ClusterNotFound
        } else if absent::is_daemon(&failure) {
            Self::DaemonNotFound
        } else {
            Self::Failed(failure)
        }
    }
}
