//! A role that could not be assumed: which one, why, and what to do.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ecs::error::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::{
    advice::Advice,
    causes,
    failure::{Failure, FailureKind, reason},
    mask::mask,
    no_credentials::{NoCredentials, RoleFailure},
    problem::{Argument, Problem},
    sentences,
};

/// Name of the call that takes a token.
pub(super) const WEB_IDENTITY: &str = "AssumeRoleWithWebIdentity";

/// A call of STS that failed.
pub(super) struct FailedCall<'a> {
    pub(super) argument: &'a Argument,
    pub(super) role_arn: &'a str,
    pub(super) operation: &'static str,
    /// Secret in the request, which whatever answers may repeat.
    pub(super) secret: Option<&'a str>,
}

impl FailedCall<'_> {
    /// A message of the service without the secret, as it is and as a form carries it.
    fn masked(&self, message: &str) -> String {
        let Some(secret) = self.secret.filter(|secret| !secret.is_empty()) else {
            return message.to_owned();
        };
        mask(message, &[secret.to_owned()])
    }
}

/// STS was called in vain. A failure further down the chain is told as such: it is the cause.
pub(super) fn of_call<E>(call: &FailedCall<'_>, error: SdkError<E>, advice: &Advice) -> CredentialsError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    if let Some(deeper) = causes::find::<RoleFailure>(&error) {
        return CredentialsError::provider_error(deeper.clone());
    }
    if let Some(nothing) = causes::find::<NoCredentials>(&error) {
        return CredentialsError::not_loaded(nothing.clone());
    }
    let mut failure = Failure::from_sdk(call.operation, error);
    failure.message = call.masked(&failure.message);
    CredentialsError::provider_error(RoleFailure {
        argument: call.argument.clone(),
        role_arn: call.role_arn.to_owned(),
        remedy: remedy(&failure, advice),
        reason: sentences::sentence(&failure.outcome(call.role_arn)),
    })
}

/// The answer of STS gives no credentials.
pub(super) fn of_answer(argument: &Argument, role_arn: &str, reason: &str) -> CredentialsError {
    CredentialsError::provider_error(RoleFailure {
        argument: argument.clone(),
        role_arn: role_arn.to_owned(),
        reason: sentences::sentence(&sentences::capitalised(reason)),
        remedy: None,
    })
}

/// There is no token to call STS with.
pub(super) fn of_token(argument: &Argument, role_arn: &str, reason: String) -> CredentialsError {
    CredentialsError::provider_error(RoleFailure {
        argument: argument.child("web_identity_token_file"),
        role_arn: role_arn.to_owned(),
        reason,
        remedy: None,
    })
}

/// The error for the user, at the block of the role that could not be assumed.
pub(super) fn problem(error: &CredentialsError, advice: &Advice) -> Problem {
    if let Some(failure) = causes::find::<RoleFailure>(error) {
        let mut detail = format!("{}\n\n{}", failure.role_arn, failure.reason);
        if let Some(remedy) = &failure.remedy {
            detail.push_str("\n\n");
            detail.push_str(remedy);
        }
        return Problem::new("Unable to assume IAM role", detail).at(failure.argument.clone());
    }
    let text = sentences::sentence(&sentences::capitalised(&reason::of(error)));
    Problem::new("No AWS credentials", format!("{text}\n\n{}", advice.credentials))
}

/// Codes by which STS refuses a token.
const TOKEN_REFUSED: [&str; 4] = [
    "ExpiredTokenException",
    "IDPRejectedClaim",
    "InvalidIdentityToken",
    "InvalidIdentityTokenException",
];

fn remedy(failure: &Failure, advice: &Advice) -> Option<String> {
    let code = failure.code.as_deref().unwrap_or_default();
    if failure.operation == WEB_IDENTITY && TOKEN_REFUSED.contains(&code) {
        return Some(
            "The token may have expired, or be meant for another audience: have a new one issued for \
             `sts.amazonaws.com`, or for the audience that the identity provider in IAM names."
                .to_owned(),
        );
    }
    match failure.kind {
        FailureKind::AccessDenied if failure.operation == WEB_IDENTITY => Some(
            "The trust policy of the role must name the OIDC provider as a federated principal for \
             `sts:AssumeRoleWithWebIdentity`, with conditions that the audience and the subject of the token meet."
                .to_owned(),
        ),
        FailureKind::AccessDenied => Some(
            "The trust policy of the role must name the caller, with the external id, source identity and tags that \
             are sent; the caller needs the IAM actions `sts:AssumeRole`, and `sts:TagSession` and \
             `sts:SetSourceIdentity` where tags or a source identity are given."
                .to_owned(),
        ),
        _ => failure.remedy(advice),
    }
}
