//! A role that is assumed with a token of an OIDC provider.

use std::{fmt, path::PathBuf};

use aws_credential_types::provider::{self, ProvideCredentials, error::CredentialsError, future};
use aws_sdk_sts::types::PolicyDescriptorType;

use super::{
    failure::{self, FailedCall, WEB_IDENTITY},
    session::{credentials, seconds, session_name},
};
use crate::{advice::Advice, environment::Environment, failure::reason, problem::Problem, settings::WebIdentity};

/// A role, and where the token is.
pub(crate) struct WebRole {
    settings: WebIdentity,
    role_arn: String,
    session_name: String,
    token: Token,
    client: aws_sdk_sts::Client,
    advice: Advice,
}

enum Token {
    Text(String),
    File(PathBuf),
}

impl WebRole {
    /// The role of the settings. What they leave out comes from the environment.
    pub(super) fn new(
        settings: &WebIdentity,
        environment: &Environment,
        client: aws_sdk_sts::Client,
        advice: Advice,
    ) -> Result<Self, Problem> {
        let missing =
            |name: &str, text: &str| Problem::new("Incomplete web identity", text).at(settings.argument.child(name));
        let role_arn = settings.role_arn.clone().or_else(|| environment.text("AWS_ROLE_ARN"));
        let role_arn = role_arn.ok_or_else(|| {
            let text = "No role is configured. Set `role_arn`, or the environment variable AWS_ROLE_ARN.";
            missing("role_arn", text)
        })?;
        let file = settings.web_identity_token_file.clone();
        let file = file.or_else(|| environment.text("AWS_WEB_IDENTITY_TOKEN_FILE"));
        let token = match (settings.web_identity_token.clone(), file) {
            (Some(token), _) => Token::Text(token),
            (None, Some(file)) => Token::File(environment.path(&file)),
            (None, None) => {
                let text = "No token is configured. Set `web_identity_token` or `web_identity_token_file`, or the \
                            environment variable AWS_WEB_IDENTITY_TOKEN_FILE.";
                return Err(missing("web_identity_token_file", text));
            }
        };
        let name = settings.session_name.clone();
        let name = name.or_else(|| environment.text("AWS_ROLE_SESSION_NAME"));
        Ok(Self {
            settings: settings.clone(),
            role_arn,
            session_name: name.unwrap_or_else(|| session_name(&advice)),
            token,
            client,
            advice,
        })
    }

    async fn assume(&self) -> provider::Result {
        let policy_arns = self.settings.policy_arns.iter();
        let policy_arns: Vec<_> = policy_arns
            .map(|arn| PolicyDescriptorType::builder().arn(arn).build())
            .collect();
        let token = self.token()?;
        let answer = self
            .client
            .assume_role_with_web_identity()
            .role_arn(&self.role_arn)
            .role_session_name(&self.session_name)
            .web_identity_token(&token)
            .set_duration_seconds(seconds(self.settings.duration))
            .set_policy(self.settings.policy.clone())
            .set_policy_arns((!policy_arns.is_empty()).then_some(policy_arns))
            .send()
            .await
            .map_err(|error| {
                let call = FailedCall {
                    argument: &self.settings.argument,
                    role_arn: &self.role_arn,
                    operation: WEB_IDENTITY,
                    secret: Some(&token),
                };
                failure::of_call(&call, error, &self.advice)
            })?;
        tracing::debug!(role = self.role_arn, session = self.session_name, "assumed a role");
        credentials(answer.credentials, "assume_role_with_web_identity")
            .map_err(|reason| failure::of_answer(&self.settings.argument, &self.role_arn, &reason))
    }

    fn token(&self) -> Result<String, CredentialsError> {
        let file = match &self.token {
            Token::Text(token) => return Ok(token.clone()),
            Token::File(file) => file,
        };
        let wrong = |reason: String| {
            let reason = format!("The file `{}`, which holds the token, {reason}.", file.display());
            failure::of_token(&self.settings.argument, &self.role_arn, reason)
        };
        let token = std::fs::read_to_string(file)
            .map_err(|error| wrong(format!("cannot be read: {}", reason::of_io(&error))))?;
        match token.trim() {
            "" => Err(wrong("is empty".to_owned())),
            token => Ok(token.to_owned()),
        }
    }
}

impl fmt::Debug for WebRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing of the token.
        f.debug_struct("WebRole")
            .field("role_arn", &self.role_arn)
            .field("session_name", &self.session_name)
            .finish_non_exhaustive()
    }
}

impl ProvideCredentials for WebRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}
