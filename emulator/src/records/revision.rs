//! Records of daemon revisions.

use serde::{Deserialize, Serialize};

use super::daemon_settings::Settings;
use super::names::DefinitionKey;

/// An image of a revision, pinned when the revision was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ContainerImage {
    pub(crate) container: String,
    pub(crate) image: String,
    pub(crate) digest: String,
}

/// A daemon revision: immutable.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Revision {
    pub(crate) arn: String,
    pub(crate) daemon: String,
    pub(crate) cluster_arn: String,
    pub(crate) definition: DefinitionKey,
    pub(crate) definition_arn: String,
    pub(crate) created_at: i64,
    /// Order of creation in the scope.
    pub(crate) serial: u64,
    pub(crate) images: Vec<ContainerImage>,
    pub(crate) settings: Settings,
}
