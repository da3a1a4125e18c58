//! A daemon whose rollout is watched.

use daemons::arn::DaemonArn;

use crate::{scan::Access, source::Wanted};

/// A daemon whose rollout is watched.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The daemon.
    pub arn: DaemonArn,
    /// Credentials to look at it with.
    pub access: Access,
    /// The deployment that its source has: a reading that shows an older one as the latest is not up to date.
    pub deployment_arn: Option<String>,
}

impl Subject {
    /// A daemon of which nothing but the ARN is known.
    pub fn of_arn(arn: DaemonArn) -> Self {
        Self {
            arn,
            access: Access::default(),
            deployment_arn: None,
        }
    }

    /// A daemon that an input wants.
    pub fn of(wanted: &Wanted) -> Self {
        Self {
            arn: wanted.arn.clone(),
            access: wanted.access.clone(),
            deployment_arn: wanted.deployment_arn.clone().filter(|arn| !arn.is_empty()),
        }
    }
}
