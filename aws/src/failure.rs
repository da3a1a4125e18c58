//! What went wrong with a call, in the terms that decide what happens next: may it be repeated, may
//! it have been executed, and what must the user do.
//!
//! This is the one place where an error of the SDK becomes words. Code and message of a service are kept as
//! foreign text (`foreign`); everything else is said in our own words by the kind of the error (`reason`).

pub(super) mod foreign;
pub(super) mod reason;

use std::{error::Error, fmt, io};

use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use aws_sdk_ecs::{error::SdkError, operation::RequestId};
use aws_smithy_runtime_api::client::{dns::ResolveDnsError, result::ConnectorError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use http_body_util::LengthLimitError;

use super::{advice::Advice, problem::Problem, roles::RoleFailure, sent::Secrets};

/// How the transport's texts for the stage of a request begin: `client error (Connect)`.
const TRANSPORT_STAGE: &str = "client error (";

/// Our own code of a call that was not sent for want of credentials.
pub const NO_CREDENTIALS: &str = "CredentialsUnavailable";

/// Our own code of a call that was not sent because a role could not be assumed.
const ROLE_NOT_ASSUMED: &str = "RoleNotAssumed";

/// Codes that say "these credentials are not valid", as opposed to "not allowed".
const INVALID_CREDENTIALS: [&str; 10] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// What messages say of such credentials under codes that say less.
const INVALID_TOKEN: [&str; 2] = ["security token included in the request is", "security token is expired"];

/// Codes of a call that the credentials may not make.
const ACCESS_DENIED: [&str; 4] = [
    "AccessDenied",
    "AccessDeniedException",
    "NotAuthorized",
    "UnauthorizedOperation",
];

/// A call that failed, after all retries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Name of the operation in the API, for example `CreateDaemon`.
    pub operation: &'static str,
    /// What the failure means.
    pub kind: FailureKind,
    /// Error code of the service, or [`NO_CREDENTIALS`].
    pub code: Option<String>,
    /// Message of the service, or what happened on the way.
    pub message: String,
    /// Id by which AWS support finds the call.
    pub request_id: Option<String>,
}

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Refused for being one call too many. Not executed.
    Throttled,
    /// Refused because the credentials may not make it. Not executed.
    AccessDenied,
    /// Refused for any other reason that the service gave.
    Refused,
    /// The service failed. May have been executed.
    Server,
    /// No complete answer: timeout, connection lost, answer cut short. May have been executed.
    NoAnswer,
    /// Never left: no credentials, nothing to connect to. Not executed.
    NotSent,
    /// Answered, but not what was asked. May have been executed.
    Unfit,
}

impl Failure {
    /// The failure that an SDK error tells.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the error ends here, and `map_err` gives it away"
    )]
    pub fn from_sdk<E>(operation: &'static str, error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        Self::of_sdk(operation, &error)
    }

    /// The same of an error that is only looked at.
    pub(super) fn of_sdk<E>(operation: &'static str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let request_id = error.request_id().map(foreign::line);
        let on_the_way = |kind, message: String| Self {
            operation,
            kind,
            code: None,
            message,
            request_id: None,
        };
        match error {
            // The SDK's own text of it shows the request.
            SdkError::ConstructionFailure(_) => {
                let message = "no request could be made of the settings: region or endpoint may be malformed";
                on_the_way(FailureKind::NotSent, message.to_owned())
            }
            SdkError::DispatchFailure(dispatch) => match dispatch.as_connector_error() {
                Some(connector) => {
                    let (kind, code) = of_connector(connector);
                    Self {
                        code: code.map(str::to_owned),
                        ..on_the_way(kind, reason::of(connector))
                    }
                }
                None => on_the_way(FailureKind::NoAnswer, reason::of(error)),
            },
            SdkError::ResponseError(response) => {
                let status = response.raw().status().as_u16();
                let message = if status < 400 {
                    unreadable(error)
                } else {
                    format!("HTTP status {status}, without an error that is known")
                };
                Self {
                    operation,
                    kind: kind(None, status),
                    code: None,
                    message,
                    request_id,
                }
            }
            SdkError::ServiceError(service) => {
                let (code, status) = (service.err().code(), service.raw().status().as_u16());
                let secrets = service.raw().extension::<Secrets>();
                let own = |text: &str| foreign::line(&secrets.map_or(text.to_owned(), |secrets| secrets.masked(text)));
                let message = match service.err().message() {
                    Some(message) => own(message),
                    None => format!("HTTP status {status}"),
                };
                Self {
                    operation,
                    kind: kind(code, status),
                    code: code.map(own),
                    message,
                    request_id,
                }
            }
            SdkError::TimeoutError(_) => on_the_way(FailureKind::NoAnswer, "there was no answer in time".to_owned()),
            // Kinds that a later SDK may add: the careful answer.
            _ => on_the_way(FailureKind::NoAnswer, reason::of(error)),
        }
    }

    /// An answer that says something else than was asked, or leaves out what the question depends on.
    pub fn unfit(operation: &'static str, reason: impl Into<String>) -> Self {
        Self {
            operation,
            kind: FailureKind::Unfit,
            code: None,
            message: format!("the answer does not fit the question: {}", reason.into()),
            request_id: None,
        }
    }

    /// A call that somebody stopped waiting for.
    pub fn no_answer(operation: &'static str) -> Self {
        Self {
            operation,
            kind: FailureKind::NoAnswer,
            code: None,
            message: "there was no answer in time".to_owned(),
            request_id: None,
        }
    }

    /// A refusal that stands inside of a success.
    pub fn of_answer(operation: &'static str, kind: FailureKind, code: Option<&str>, message: &str) -> Self {
        Self {
            operation,
            kind,
            code: code.map(foreign::line),
            message: foreign::line(message),
            request_id: None,
        }
    }

    /// Whether the service answered with this code.
    pub fn is_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the credentials themselves were refused or could not be had: expired, revoked, or not to be renewed. Every
    /// other call with them ends the same way.
    pub fn is_about_credentials(&self) -> bool {
        let code = self.code.as_deref().unwrap_or_default();
        let is_refused = matches!(self.kind, FailureKind::Refused | FailureKind::AccessDenied);
        INVALID_CREDENTIALS.contains(&code)
            || [NO_CREDENTIALS, ROLE_NOT_ASSUMED].contains(&code)
            || (is_refused && INVALID_TOKEN.iter().any(|text| self.mentions(text)))
    }

    /// Whether the message contains a text, in any case.
    pub fn mentions(&self, text: &str) -> bool {
        self.message.to_lowercase().contains(&text.to_lowercase())
    }

    /// Whether the call may have been executed all the same.
    pub fn is_ambiguous(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::NoAnswer | FailureKind::Server | FailureKind::Unfit
        )
    }

    /// The failure for a user. `what_was_tried` continues "Unable to", for example `create daemon "x"`; `resource` is an
    /// ARN or a name.
    pub fn problem(&self, advice: &Advice, what_was_tried: &str, resource: &str) -> Problem {
        let summary = format!("Unable to {what_was_tried}");
        let mut detail = self.outcome(resource);
        if let Some(remedy) = self.remedy(advice) {
            detail.push_str("\n\n");
            detail.push_str(&remedy);
        }
        Problem::new(summary, detail)
    }

    /// What became of the call, in full sentences.
    pub(super) fn outcome(&self, resource: &str) -> String {
        let mut detail = format!("{} for {resource}", self.operation);
        detail.push_str(match self.kind {
            FailureKind::Throttled => " was throttled by AWS, also after retries",
            FailureKind::AccessDenied => " was denied by AWS",
            FailureKind::Refused => " was refused by AWS",
            FailureKind::Server => " failed inside AWS",
            FailureKind::NoAnswer => " got no complete answer, so it may have been carried out or not",
            FailureKind::NotSent => " could not be sent",
            FailureKind::Unfit => " was answered in a way that cannot be believed",
        });
        detail.push_str(": ");
        if let Some(code) = self
            .code
            .as_deref()
            .filter(|code| ![NO_CREDENTIALS, ROLE_NOT_ASSUMED].contains(code))
        {
            detail.push_str(code);
            detail.push_str(": ");
        }
        detail.push_str(sentence(&self.message).as_str());
        if let Some(id) = &self.request_id {
            detail.push_str(" Request id: ");
            detail.push_str(id);
            detail.push('.');
        }
        detail
    }

    pub(super) fn remedy(&self, advice: &Advice) -> Option<String> {
        let code = self.code.as_deref().unwrap_or_default();
        let text = match self.kind {
            FailureKind::AccessDenied => return Some(self.missing_permission()),
            FailureKind::Throttled => advice.throttled,
            // The message of such a failure says itself what to do.
            FailureKind::NotSent if code == ROLE_NOT_ASSUMED => return None,
            FailureKind::NotSent if code == NO_CREDENTIALS => advice.credentials,
            FailureKind::NotSent if self.mentions("invalid peer certificate") => {
                return Some(format!(
                    "If the certificate was issued by an authority of your own, name the file of the authority's \
                     certificate in {}.",
                    advice.ca_bundle
                ));
            }
            FailureKind::NotSent => advice.unreachable,
            _ if INVALID_CREDENTIALS.contains(&code) => {
                "The credentials were found but are not valid for AWS: they may have expired, belong to another \
                 partition, or be mistyped. A wrong clock of this machine has the same effect."
            }
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn missing_permission(&self) -> String {
        let operation = self.operation;
        let service = if operation == "GetCallerIdentity" { "sts" } else { "ecs" };
        let own = format!("{service}:{operation}");
        if let Some(action) = denied_action(&self.message).filter(|action| *action != own) {
            return format!("{operation} also needs the IAM action `{action}`. Allow it as the message says.");
        }
        let also = match operation {
            "CreateDaemon" | "RegisterDaemonTaskDefinition" => {
                " It also needs `iam:PassRole` for the roles of the task definition, and `ecs:TagResource` where tags \
                 are given."
            }
            "UpdateDaemon" => " It also needs `iam:PassRole` for the roles of the task definition.",
            _ => "",
        };
        format!("Allow the IAM action `{own}` for this resource.{also}")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation)?;
        if let Some(code) = &self.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&self.message)?;
        if let Some(id) = &self.request_id {
            write!(f, " (request id {id})")?;
        }
        Ok(())
    }
}

impl Error for Failure {}

/// Whether the request cannot have left: nothing to connect to, or a mistake before the transport.
pub(super) fn was_never_sent(error: &ConnectorError) -> bool {
    use io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};
    let unreachable = [AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable];
    let is_unreachable = source::<io::Error>(error).is_some_and(|error| unreachable.contains(&error.kind()));
    let is_unresolved = source::<ResolveDnsError>(error).is_some();
    // The transport's errors have no type that could be named here, only this text. Should it change,
    // they count as unanswered, which is the careful side.
    let stage = causes(error)
        .map(ToString::to_string)
        .find(|text| text.starts_with(TRANSPORT_STAGE));
    let is_before_transport = error.is_other() && error.as_other().is_none() && stage.is_none();
    let is_connecting = stage.as_deref() == Some("client error (Connect)");
    error.is_user() || is_unreachable || is_unresolved || is_before_transport || is_connecting
}

fn kind(code: Option<&str>, status: u16) -> FailureKind {
    match code {
        // A limit of the account, which the SDK counts as throttling.
        Some("LimitExceededException") => FailureKind::Refused,
        Some(code) if THROTTLING_ERRORS.contains(&code) => FailureKind::Throttled,
        Some(code) if ACCESS_DENIED.contains(&code) => FailureKind::AccessDenied,
        _ => match status {
            500.. => FailureKind::Server,
            429 => FailureKind::Throttled,
            400..500 => FailureKind::Refused,
            _ => FailureKind::NoAnswer,
        },
    }
}

/// The first error of a type in the chain of causes.
pub(super) fn source<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(|error| error.downcast_ref::<T>())
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// What an error of the transport means, and our own code for it, if it has one.
fn of_connector(connector: &ConnectorError) -> (FailureKind, Option<&'static str>) {
    if source::<RoleFailure>(connector).is_some() {
        (FailureKind::NotSent, Some(ROLE_NOT_ASSUMED))
    } else if source::<CredentialsError>(connector).is_some() {
        (FailureKind::NotSent, Some(NO_CREDENTIALS))
    } else if was_never_sent(connector) {
        (FailureKind::NotSent, None)
    } else {
        (FailureKind::NoAnswer, None)
    }
}

/// Why a success cannot be read: it is too long, or not in the form of the API.
fn unreadable<E: Error + 'static>(error: &SdkError<E>) -> String {
    match source::<LengthLimitError>(error) {
        Some(too_long) => format!("the answer cannot be read: {}", reason::of(too_long)),
        None => "the answer cannot be read: it was cut short, or is not in the form of the API".to_owned(),
    }
}

/// The action that a message of IAM names: "… is not authorized to perform: ACTION on resource …".
fn denied_action(message: &str) -> Option<&str> {
    let (_, after) = message.split_once("not authorized to perform: ")?;
    let action = after.split_whitespace().next()?;
    action.contains(':').then_some(action)
}

/// The text with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// The text with a capital letter at its beginning.
pub(super) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
