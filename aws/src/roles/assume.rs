//! A role that is assumed with other credentials.

use aws_credential_types::provider::{self, ProvideCredentials, error::CredentialsError, future};
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};

use super::{
    failure::{self, FailedCall},
    session::{credentials, seconds, session_name as new_session_name},
};
use crate::{advice::Advice, settings::AssumeRole};

/// A role, and STS as seen with the credentials to assume it with.
#[derive(Debug)]
pub(super) struct Role {
    settings: AssumeRole,
    session_name: String,
    client: aws_sdk_sts::Client,
    advice: Advice,
}

impl Role {
    pub(super) fn new(settings: AssumeRole, client: aws_sdk_sts::Client, advice: Advice) -> Self {
        let session_name = settings.session_name.clone();
        let session_name = session_name.unwrap_or_else(|| new_session_name(&advice));
        Self {
            settings,
            session_name,
            client,
            advice,
        }
    }

    async fn assume(&self) -> provider::Result {
        let AssumeRole {
            argument,
            role_arn,
            duration,
            external_id,
            policy,
            policy_arns,
            session_name: _,
            source_identity,
            tags,
            transitive_tag_keys,
        } = &self.settings;
        let tags = tags
            .iter()
            .map(|(key, value)| Tag::builder().key(key).value(value).build());
        let tags: Vec<Tag> = tags.collect::<Result<_, _>>().map_err(CredentialsError::unhandled)?;
        let policy_arns = policy_arns.iter();
        let policy_arns: Vec<_> = policy_arns
            .map(|arn| PolicyDescriptorType::builder().arn(arn).build())
            .collect();
        let given = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
        let answer = self
            .client
            .assume_role()
            .role_arn(role_arn)
            .role_session_name(&self.session_name)
            .set_duration_seconds(seconds(*duration))
            .set_external_id(external_id.clone())
            .set_policy(policy.clone())
            .set_policy_arns((!policy_arns.is_empty()).then_some(policy_arns))
            .set_source_identity(source_identity.clone())
            .set_tags((!tags.is_empty()).then_some(tags))
            .set_transitive_tag_keys(given(transitive_tag_keys))
            .send()
            .await
            .map_err(|error| {
                let call = FailedCall {
                    argument,
                    role_arn,
                    operation: "AssumeRole",
                    secret: external_id.as_deref(),
                };
                failure::of_call(&call, error, &self.advice)
            })?;
        tracing::debug!(role = role_arn, session = self.session_name, "assumed a role");
        credentials(answer.credentials, "assume_role").map_err(|reason| failure::of_answer(argument, role_arn, &reason))
    }
}

impl ProvideCredentials for Role {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}
