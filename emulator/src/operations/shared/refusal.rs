//! Refusals. Types and texts are those that the service is known to give; what is not known is
//! marked "assumed" where it is raised.

use crate::api::{ApiError, ErrorKind};

/// Text of a second deletion of a daemon, as clients look for it.
pub(crate) const DELETION_ONGOING: &str = "The daemon deployment deletion is ongoing.";

/// Text of a deletion of a provider that daemons use, as seen by others.
pub(crate) const DAEMONS_ASSOCIATED: &str =
    "Cannot delete capacity provider. Daemon services are still associated with this capacity provider.";

/// Text of the removal or deletion of a provider that services or tasks use, as seen by others.
pub(crate) const IN_USE: &str = "The specified capacity provider is in use and cannot be removed.";

/// Text of a deletion of a cluster that has a provider, as seen by others.
pub(crate) const PROVIDERS_ATTACHED: &str =
    "The Cluster cannot be deleted while Cluster Scoped Capacity Providers are attached to the cluster.";

/// The end of the text of a second deletion of a task definition, as clients look for it.
pub(crate) const BEING_DELETED: &str = "is being deleted.";

/// The end of the text when a cluster or provider is not ready for use.
pub(crate) const NOT_IN_ACTIVE_STATE: &str = "is not in an ACTIVE state.";

/// True if a call was refused because of a transition under way. The clock counts such a call as
/// waiting, so that it may move time.
pub(crate) fn is_transition(error: &ApiError) -> bool {
    let by_kind = [
        ErrorKind::UpdateInProgressException,
        ErrorKind::ResourceInUseException,
        ErrorKind::DaemonNotActiveException,
        ErrorKind::ClusterContainsContainerInstancesException,
        ErrorKind::ClusterContainsServicesException,
        ErrorKind::ClusterContainsTasksException,
    ];
    let by_text = [
        DELETION_ONGOING,
        DAEMONS_ASSOCIATED,
        IN_USE,
        PROVIDERS_ATTACHED,
        BEING_DELETED,
        NOT_IN_ACTIVE_STATE,
    ];
    by_kind.contains(&error.kind) || by_text.iter().any(|text| error.message.contains(text))
}

/// A value that makes no sense.
pub(crate) fn invalid(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameterException, text)
}

/// A thing that is not there, or not in the right state.
pub(crate) fn client(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::ClientException, text)
}

/// Something of ECS that the emulator does not have.
pub(crate) fn unsupported(what: &str) -> ApiError {
    let text = format!("The emulator does not support {what}.");
    ApiError::new(ErrorKind::UnsupportedFeatureException, text)
}

pub(crate) fn cluster_not_found() -> ApiError {
    ApiError::new(ErrorKind::ClusterNotFoundException, "Cluster not found.")
}

pub(crate) fn daemon_not_found() -> ApiError {
    ApiError::new(ErrorKind::DaemonNotFoundException, "The specified daemon wasn't found.")
}
