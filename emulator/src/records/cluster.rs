//! Records of clusters and capacity providers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::names::{Tags, Word};

/// Life of a cluster or capacity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Lifecycle {
    Provisioning,
    Active,
    Deprovisioning,
    /// Deleted; the record stays readable and the name is free.
    Inactive,
}

impl Lifecycle {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Active => "ACTIVE",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// A cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Cluster {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) status: Lifecycle,
    /// Names, in the order in which they were associated.
    pub(crate) providers: Vec<String>,
    /// Strategy items as put.
    #[serde(with = "crate::stored::json")]
    pub(crate) strategy: Vec<Value>,
    /// Members that the emulator keeps without acting on them: settings, configuration and the like.
    #[serde(with = "crate::stored::json")]
    pub(crate) kept: Map<String, Value>,
    pub(crate) tags: Tags,
    /// Time at which its next change of status is due.
    pub(crate) due: Option<i64>,
}

/// The kind of machines that a capacity provider has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum ProviderKind {
    /// Managed instances, bound to one cluster.
    ManagedInstances {
        cluster: String,
    },
    AutoScalingGroup,
}

/// A capacity provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Provider {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) kind: ProviderKind,
    pub(crate) status: Lifecycle,
    #[serde(with = "crate::stored::word")]
    pub(crate) update_status: Word,
    /// The provider member of the request, as sent.
    #[serde(with = "crate::stored::json")]
    pub(crate) configuration: Map<String, Value>,
    pub(crate) tags: Tags,
    /// Time at which its next change of status is due.
    pub(crate) due: Option<i64>,
}

impl Provider {
    /// The cluster that a provider of managed instances is bound to.
    pub(crate) fn cluster(&self) -> Option<&str> {
        match &self.kind {
            ProviderKind::ManagedInstances { cluster } => Some(cluster),
            ProviderKind::AutoScalingGroup => None,
        }
    }
}
