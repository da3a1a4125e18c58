//! Errors in the form the service gives them: a modelled type, a text, an HTTP status.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Exception types that the emulated operations can answer. The set is closed on purpose: an
/// exception that ECS does not have cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the variants are the service's own exception names")]
pub enum ErrorKind {
    AccessDeniedException,
    AttributeLimitExceededException,
    ClientException,
    ClusterContainsCapacityProviderException,
    ClusterContainsContainerInstancesException,
    ClusterContainsServicesException,
    ClusterContainsTasksException,
    ClusterNotFoundException,
    ConflictException,
    DaemonNotActiveException,
    DaemonNotFoundException,
    IncompleteSignatureException,
    InvalidLookupAttributesException,
    InvalidMaxResultsException,
    InvalidNextTokenException,
    InvalidParameterException,
    InvalidTimeRangeException,
    LimitExceededException,
    MissingAuthenticationTokenException,
    NamespaceNotFoundException,
    RequestEntityTooLargeException,
    ResourceInUseException,
    ResourceNotFoundException,
    SerializationException,
    ServerException,
    ServiceDeploymentNotFoundException,
    ServiceNotActiveException,
    ServiceNotFoundException,
    TargetNotConnectedException,
    TargetNotFoundException,
    ThrottlingException,
    UnknownOperationException,
    UnsupportedFeatureException,
    UpdateInProgressException,
    /// STS and `CloudWatch`.
    ValidationError,
    /// `CloudWatch` only, as the others that follow.
    InvalidFormatFault,
    InvalidNextToken,
    InvalidParameterCombinationException,
    InvalidParameterValueException,
    ResourceNotFound,
}

impl ErrorKind {
    /// HTTP status that goes with the type: 500 for faults of the service, else 400 (413 for a body over the limit).
    pub fn status(self) -> u16 {
        match self {
            Self::ServerException => 500,
            Self::RequestEntityTooLargeException => 413,
            Self::ResourceNotFound => 404,
            _ => 400,
        }
    }

    /// Name as it stands in `__type`.
    pub fn name(self) -> String {
        format!("{self:?}")
    }
}

/// A refused call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Modelled exception type.
    pub kind: ErrorKind,
    /// Text of the `message` member.
    pub message: String,
}

impl ApiError {
    /// An error of the given type and text.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.message)
    }
}

impl std::error::Error for ApiError {}
