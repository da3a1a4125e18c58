//! Clients of STS: who the credentials belong to, and roles to assume with them.

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ecs::config::SharedIdentityCache;
use aws_types::{SdkConfig, region::Region};

use super::{
    Failure, FailureKind,
    retry::{self, Repeat, RetryRules},
    user_agent::Appended,
};

/// Retries of a call that credentials depend on. Fewer than usual, because nothing else goes on until
/// it has succeeded.
const RETRIES: u32 = 4;

/// Where STS is, beside what the SDK configuration says.
#[derive(Clone, Debug, Default)]
pub(super) struct Sts {
    /// URL instead of the regional endpoint.
    pub(super) endpoint: Option<String>,
    /// Region, if not that of the configuration.
    pub(super) region: Option<String>,
    /// Products to append to the user agent.
    pub(super) appended: Appended,
}

impl Sts {
    /// A client that calls with the credentials of the configuration.
    pub(super) fn client(&self, config: &SdkConfig) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::from_conf(self.builder(config).build())
    }

    /// A client for roles, which are assumed with these credentials, or with a token alone. Its cache of
    /// identities is its own, so that credentials are kept apart at each step of a chain.
    pub(super) fn role_client(
        &self,
        config: &SdkConfig,
        credentials: Option<SharedCredentialsProvider>,
    ) -> aws_sdk_sts::Client {
        let mut builder = self.builder(config).retry_config(retry::config(RETRIES));
        builder.set_credentials_provider(credentials);
        let cache: SharedIdentityCache = super::connect::identity_cache();
        aws_sdk_sts::Client::from_conf(builder.identity_cache(cache).build())
    }

    fn builder(&self, config: &SdkConfig) -> aws_sdk_sts::config::Builder {
        let RetryRules {
            partition,
            verdict,
            patience,
        } = retry::rules("sts".to_owned(), Repeat::Always);
        let mut builder = aws_sdk_sts::config::Builder::from(config)
            .retry_partition(partition)
            .retry_classifier(verdict)
            .interceptor(patience)
            .interceptor(self.appended.clone());
        if let Some(region) = &self.region {
            builder = builder.region(Region::new(region.clone()));
        }
        // A URL has no variants, and the SDK refuses to look for them.
        builder.set_endpoint_url(self.endpoint.clone());
        if self.endpoint.is_some() {
            builder = builder.use_fips(false).use_dual_stack(false);
        }
        builder
    }
}

/// The account of a client's credentials.
pub(super) async fn account_of(client: &aws_sdk_sts::Client) -> Result<String, Failure> {
    const OPERATION: &str = "GetCallerIdentity";
    let identity = client
        .get_caller_identity()
        .send()
        .await
        .map_err(|error| Failure::from_sdk(OPERATION, error))?;
    let account = identity.account().filter(|account| !account.is_empty());
    account.map(str::to_owned).ok_or_else(|| Failure {
        operation: OPERATION,
        kind: FailureKind::NoAnswer,
        code: None,
        message: "the answer names no account".to_owned(),
        request_id: None,
    })
}
