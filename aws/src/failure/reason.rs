//! The reason for which a call or a search for credentials failed, in our own words: the one place where an error of the
//! SDK becomes text.
//!
//! An error of a library is asked for its type and its kind, and never for its text. The text of an
//! error that the SDK could not build or read holds the whole request, with tokens and all. What no
//! type tells is said in general words.

use std::{error::Error, io};

use aws_config::{imds::client::error::ImdsError, profile::credentials::ProfileFileError};
use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::{env_config::error::EnvConfigFileLoadError, retries::classifiers::THROTTLING_ERRORS};
use aws_sdk_ecs::{error::SdkError, operation::RequestId};
use aws_sdk_sts::operation::{
    assume_role::AssumeRoleError, assume_role_with_web_identity::AssumeRoleWithWebIdentityError,
};
use aws_smithy_runtime_api::client::{dns::ResolveDnsError, result::ConnectorError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use http_body_util::LengthLimitError;
use rustls::CertificateError;

use super::{Failure, FailureKind, NO_CREDENTIALS, ROLE_NOT_ASSUMED, foreign};
use crate::{
    causes,
    no_credentials::{NoCredentials, RoleFailure},
    raw_answer::LONGEST,
    sent::Secrets,
};

/// Start of the transport's texts for the stage of a request: `client error (Connect)`.
const TRANSPORT_STAGE: &str = "client error (";

/// Codes of a call that the credentials may not make.
const ACCESS_DENIED: [&str; 4] = [
    "AccessDenied",
    "AccessDeniedException",
    "NotAuthorized",
    "UnauthorizedOperation",
];

/// Said where no cause has a type that we know.
const UNKNOWN: &str = "the connection failed before there was an answer";

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
    pub(crate) fn of_sdk<E>(operation: &'static str, error: &SdkError<E>) -> Self
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
                        ..on_the_way(kind, of(connector))
                    }
                }
                None => on_the_way(FailureKind::NoAnswer, of(error)),
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
            _ => on_the_way(FailureKind::NoAnswer, of(error)),
        }
    }
}

/// True if the request cannot have left: nothing to connect to, or a mistake before the transport.
pub(crate) fn was_never_sent(error: &ConnectorError) -> bool {
    use io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};
    let unreachable = [AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable];
    let is_unreachable = causes::find::<io::Error>(error).is_some_and(|error| unreachable.contains(&error.kind()));
    let is_unresolved = causes::find::<ResolveDnsError>(error).is_some();
    // The transport's errors have no type that could be named here, only this text. Should it change,
    // they count as unanswered, which is the careful side.
    let stage = causes::chain(error)
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

/// Meaning of an error of the transport, and our own code for it, if it has one.
fn of_connector(connector: &ConnectorError) -> (FailureKind, Option<&'static str>) {
    if causes::find::<RoleFailure>(connector).is_some() {
        (FailureKind::NotSent, Some(ROLE_NOT_ASSUMED))
    } else if causes::find::<CredentialsError>(connector).is_some() {
        (FailureKind::NotSent, Some(NO_CREDENTIALS))
    } else if was_never_sent(connector) {
        (FailureKind::NotSent, None)
    } else {
        (FailureKind::NoAnswer, None)
    }
}

/// The reason for which a success cannot be read: it is too long, or not in the form of the API.
fn unreadable<E: Error + 'static>(error: &SdkError<E>) -> String {
    match causes::find::<LengthLimitError>(error) {
        Some(too_long) => format!("the answer cannot be read: {}", of(too_long)),
        None => "the answer cannot be read: it was cut short, or is not in the form of the API".to_owned(),
    }
}

/// The causes of an error in one line, the outermost first.
pub(crate) fn of(error: &(dyn Error + 'static)) -> String {
    let mut reasons: Vec<String> = Vec::new();
    let mut fallback = None;
    for cause in causes::chain(error) {
        // Such an error says itself what is below it.
        if let Some(own) = own(cause) {
            reasons.push(own);
            break;
        }
        match of_one(cause) {
            Some(reason) if !reasons.contains(&reason) => reasons.push(reason),
            Some(_) => {}
            None => fallback = fallback.or_else(|| in_general(cause)),
        }
    }
    if reasons.is_empty() {
        return fallback.unwrap_or(UNKNOWN).to_owned();
    }
    reasons.join(": ")
}

/// The failure of a file or a program of this machine.
pub(crate) fn of_io(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code).to_string(),
        None => error.kind().to_string(),
    }
}

/// The line of a shared configuration file that cannot be parsed, as the SDK counts it. The rest of its message may
/// quote the line.
fn line_of(error: &EnvConfigFileLoadError) -> Option<u32> {
    let text = error.source()?.to_string();
    let (place, _) = text.split_once(":\n")?;
    place.rsplit_once(" on line ")?.1.parse().ok()
}

fn own(cause: &(dyn Error + 'static)) -> Option<String> {
    if let Some(failure) = cause.downcast_ref::<RoleFailure>() {
        return Some(failure.to_string());
    }
    if let Some(nothing) = cause.downcast_ref::<NoCredentials>() {
        return Some(nothing.to_string());
    }
    of_sts(cause, "AssumeRole", |error: &SdkError<AssumeRoleError>| {
        Failure::of_sdk("AssumeRole", error)
    })
    .or_else(|| {
        const OPERATION: &str = "AssumeRoleWithWebIdentity";
        of_sts(cause, OPERATION, |error: &SdkError<AssumeRoleWithWebIdentityError>| {
            Failure::of_sdk(OPERATION, error)
        })
    })
}

/// A call of STS that the SDK made for a profile. The message of the service is left out: it may repeat the request.
fn of_sts<E: 'static>(
    cause: &(dyn Error + 'static),
    operation: &str,
    failure: impl Fn(&SdkError<E>) -> Failure,
) -> Option<String>
where
    SdkError<E>: Error,
{
    let failure = failure(cause.downcast_ref::<SdkError<E>>()?);
    Some(match failure.code {
        Some(code) => format!("{operation} was refused by AWS: {code}"),
        None => format!("{operation} failed: {}", failure.message),
    })
}

/// The beginning of the standard library's error of a name that is not found.
const UNRESOLVED: &str = "failed to lookup address information";
const NO_SUCH_HOST: &str = "the name of the host cannot be resolved";

fn of_one(cause: &(dyn Error + 'static)) -> Option<String> {
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        let inner = error.get_ref().map(|inner| {
            let inner: &(dyn Error + 'static) = inner;
            inner
        });
        // The standard library has no kind for it, only this text.
        if inner.is_some() && error.to_string().starts_with(UNRESOLVED) {
            return Some(NO_SUCH_HOST.to_owned());
        }
        let is_vague = inner.is_some() && error.kind() == io::ErrorKind::Other;
        return inner.and_then(of_one).or_else(|| (!is_vague).then(|| of_io(error)));
    }
    if let Some(error) = cause.downcast_ref::<rustls::Error>() {
        return Some(of_tls(error));
    }
    if cause.is::<ResolveDnsError>() {
        return Some(NO_SUCH_HOST.to_owned());
    }
    if cause.is::<LengthLimitError>() {
        return Some(format!("the answer is longer than {} MiB", LONGEST >> 20));
    }
    if let Some(error) = cause.downcast_ref::<ProfileFileError>() {
        return of_profile(error);
    }
    if let Some(error) = cause.downcast_ref::<EnvConfigFileLoadError>() {
        return Some(match line_of(error) {
            Some(line) => format!("a shared configuration file cannot be parsed at line {line}"),
            None => "a shared configuration file cannot be read".to_owned(),
        });
    }
    if let Some(error) = cause.downcast_ref::<ImdsError>() {
        return Some(match error {
            ImdsError::ErrorResponse(answer) => {
                format!("it answered with HTTP status {}", answer.response().status().as_u16())
            }
            _ => "it did not answer".to_owned(),
        });
    }
    None
}

fn of_tls(error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(reason) = error else {
        return "the TLS handshake failed".to_owned();
    };
    let reason = match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host name"
        }
        CertificateError::UnknownIssuer => "its issuer is not trusted",
        CertificateError::Revoked => "it was revoked",
        _ => "it cannot be verified",
    };
    format!("invalid peer certificate: {reason}")
}

fn of_profile(error: &ProfileFileError) -> Option<String> {
    Some(match error {
        ProfileFileError::NoProfilesDefined { .. } => "no profile is defined".to_owned(),
        ProfileFileError::ProfileDidNotContainCredentials { profile, .. } => {
            format!("the profile `{profile}` has no credentials")
        }
        ProfileFileError::CredentialLoop { next, .. } => {
            format!("`source_profile` leads back to the profile `{next}`")
        }
        ProfileFileError::MissingCredentialSource { profile, .. } => {
            format!("the profile `{profile}` has a role, but neither `source_profile` nor `credential_source`")
        }
        ProfileFileError::InvalidCredentialSource { profile, .. } => {
            format!(
                "the profile `{profile}` says in two ways where its credentials come from, or in none that is valid"
            )
        }
        ProfileFileError::MissingProfile { profile, .. } => {
            format!("the profile `{profile}` is not there, or lacks a setting that it needs")
        }
        ProfileFileError::UnknownProvider { .. } => "its `credential_source` is not known".to_owned(),
        ProfileFileError::MissingSsoSession { profile, .. } => {
            format!("the `sso_session` of the profile `{profile}` is not there")
        }
        ProfileFileError::InvalidSsoConfig { profile, .. } => {
            format!("the SSO settings of the profile `{profile}` are incomplete")
        }
        ProfileFileError::FeatureNotEnabled { .. } => "it uses a way to credentials that is not supported".to_owned(),
        ProfileFileError::TokenProviderConfig { .. } => "it is meant for tokens and not for credentials".to_owned(),
        _ => return None,
    })
}

/// The text for the kind of an error, where its causes tell nothing.
fn in_general(cause: &(dyn Error + 'static)) -> Option<&'static str> {
    if let Some(error) = cause.downcast_ref::<ConnectorError>() {
        return match () {
            () if error.is_timeout() => Some("there was no answer in time"),
            () if error.is_user() => Some("the request is not one that can be sent"),
            () if error.is_io() => Some("the connection was lost"),
            () => None,
        };
    }
    match cause.downcast_ref::<CredentialsError>()? {
        CredentialsError::CredentialsNotLoaded(_) => Some("there are no credentials"),
        CredentialsError::ProviderTimedOut(_) => Some("it did not answer in time"),
        CredentialsError::InvalidConfiguration(_) => Some("its configuration is not valid"),
        _ => Some("it could not give credentials"),
    }
}

#[cfg(test)]
mod tests {
    use std::net::ToSocketAddrs;

    use super::*;

    #[test]
    fn a_host_that_is_not_found_is_told_as_such() {
        // No resolver is asked for a name with a blank in it.
        let error = ("no such host", 1).to_socket_addrs().unwrap_err();
        assert_eq!(of_one(&error).as_deref(), Some(NO_SUCH_HOST), "{error}");
    }
}
