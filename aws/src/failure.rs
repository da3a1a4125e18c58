//! The failure of a call, in the terms that decide what happens next: may it be repeated, may
//! it have been executed, and what must the user do.
//!
//! Code and message of a service are kept as foreign text (`foreign`); an error of the SDK is told by its kind, in our
//! own words (`reason`).

pub(super) mod foreign;
pub(super) mod reason;

use std::{error::Error, fmt};

use super::{advice::Advice, problem::Problem, sentences::sentence};

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

/// Text of messages about such credentials under codes that say less.
const INVALID_TOKEN: [&str; 2] = ["security token included in the request is", "security token is expired"];

/// A call that failed, after all retries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Name of the operation in the API, for example `CreateDaemon`.
    pub operation: &'static str,
    /// Meaning of the failure.
    pub kind: FailureKind,
    /// Error code of the service, or [`NO_CREDENTIALS`].
    pub code: Option<String>,
    /// Message of the service, or what happened on the way.
    pub message: String,
    /// Id by which AWS support finds the call.
    pub request_id: Option<String>,
}

/// Meaning of a failure.
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

    /// True if the service answered with this code.
    pub fn is_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// True if the credentials themselves were refused or could not be had: expired, revoked, or not to be renewed. Every
    /// other call with them ends the same way.
    pub fn is_about_credentials(&self) -> bool {
        let code = self.code.as_deref().unwrap_or_default();
        let is_refused = matches!(self.kind, FailureKind::Refused | FailureKind::AccessDenied);
        INVALID_CREDENTIALS.contains(&code)
            || [NO_CREDENTIALS, ROLE_NOT_ASSUMED].contains(&code)
            || (is_refused && INVALID_TOKEN.iter().any(|text| self.mentions(text)))
    }

    /// True if the message contains a text, in any case.
    pub fn mentions(&self, text: &str) -> bool {
        self.message.to_lowercase().contains(&text.to_lowercase())
    }

    /// True if the call may have been executed all the same.
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

    /// Outcome of the call, in full sentences; an empty resource is none.
    pub(super) fn outcome(&self, resource: &str) -> String {
        let mut detail = self.operation.to_owned();
        if !resource.is_empty() {
            detail.push_str(" for ");
            detail.push_str(resource);
        }
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
        let service = match operation {
            "GetCallerIdentity" => "sts",
            "LookupEvents" => "cloudtrail",
            _ => "ecs",
        };
        let own = format!("{service}:{operation}");
        if let Some(action) = denied_action(&self.message).filter(|action| *action != own) {
            return format!("{operation} also needs the IAM action `{action}`. Allow it as the message says.");
        }
        let also = match operation {
            "CreateDaemon" | "RegisterDaemonTaskDefinition" => {
                " It also needs `iam:PassRole` for the roles of the task definition, and `ecs:TagResource` where tags \
                 are given."
            }
            _ => "",
        };
        // Policies cannot name a resource of these.
        let resource = if service == "ecs" {
            "this resource"
        } else {
            "all resources (`*`)"
        };
        format!("Allow the IAM action `{own}` for {resource}.{also}")
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

/// The action that a message of IAM names: "… is not authorized to perform: ACTION on resource …".
fn denied_action(message: &str) -> Option<&str> {
    let (_, after) = message.split_once("not authorized to perform: ")?;
    let action = after.split_whitespace().next()?;
    action.contains(':').then_some(action)
}
