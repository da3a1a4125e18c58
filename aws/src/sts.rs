//! Clients of STS: who the credentials belong to, and roles to assume with them.

use std::sync::{Arc, Mutex, PoisonError};

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ecs::config::{
    ConfigBag, Intercept, RuntimeComponents, SharedIdentityCache,
    interceptors::AfterDeserializationInterceptorContextRef, retry::RetryConfig,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_types::{DateTime, date_time::Format as DateTimeFormat};
use aws_types::{SdkConfig, region::Region};

use super::{
    failure::Failure,
    retry::{self, Repeat, RetryRules},
    sent::KeepSent,
    timeouts,
    user_agent::Appended,
};

/// Retries of a call that credentials depend on. Fewer than usual, because nothing else goes on until
/// it has succeeded.
const RETRIES: u32 = 4;

/// Address of STS, in addition to what the SDK configuration says.
#[derive(Clone, Debug, Default)]
pub(super) struct Sts {
    /// URL instead of the regional endpoint.
    pub(super) endpoint: Option<String>,
    /// Region, if not that of the configuration.
    pub(super) region: Option<String>,
    /// Products to append to the user agent.
    pub(super) appended: Appended,
    /// Attempts that find nobody after which a call is given up, if set.
    pub(super) attempts_unreachable: Option<u32>,
}

impl Sts {
    /// A client that calls with the credentials of the configuration.
    pub(super) fn client(&self, config: &SdkConfig) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::from_conf(self.builder(config).build())
    }

    /// The same without repetitions.
    pub(super) fn client_without_retries(&self, config: &SdkConfig) -> aws_sdk_sts::Client {
        let builder = self.builder(config).retry_config(RetryConfig::disabled());
        aws_sdk_sts::Client::from_conf(builder.build())
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
        let cache: SharedIdentityCache = timeouts::identity_cache();
        aws_sdk_sts::Client::from_conf(builder.identity_cache(cache).build())
    }

    fn builder(&self, config: &SdkConfig) -> aws_sdk_sts::config::Builder {
        let RetryRules {
            partition,
            verdict,
            patience,
        } = retry::rules(
            "sts".to_owned(),
            Repeat::Always,
            self.attempts_unreachable,
            self.endpoint.as_deref(),
        );
        let mut builder = aws_sdk_sts::config::Builder::from(config)
            .retry_partition(partition)
            .retry_classifier(verdict)
            .interceptor(patience)
            .interceptor(KeepSent)
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
pub(super) async fn account_of(client: aws_sdk_sts::Client) -> Result<String, Failure> {
    const OPERATION: &str = "GetCallerIdentity";
    let identity = client
        .get_caller_identity()
        .send()
        .await
        .map_err(|error| Failure::from_sdk(OPERATION, error))?;
    let is_account = |account: &&str| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let account = identity.account().filter(is_account);
    account
        .map(str::to_owned)
        .ok_or_else(|| Failure::unfit(OPERATION, "it names no account of 12 digits"))
}

/// Keeps the `Date` header of the answer of the one call that it is attached to.
#[derive(Clone, Debug, Default)]
struct Date(Arc<Mutex<Option<DateTime>>>);

impl Intercept for Date {
    fn name(&self) -> &'static str {
        "Date"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, DateTimeFormat::HttpDate).ok());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date;
        Ok(())
    }
}

/// The time at which STS answers, if it says so. A refused call tells it as well.
pub(super) async fn time_of(client: &aws_sdk_sts::Client) -> Result<Option<DateTime>, Failure> {
    let date = Date::default();
    let call = client.get_caller_identity().customize().interceptor(date.clone());
    let answer = call.send().await;
    let time = *date.0.lock().unwrap_or_else(PoisonError::into_inner);
    match answer {
        Err(error) if time.is_none() => Err(Failure::from_sdk("GetCallerIdentity", error)),
        _ => Ok(time),
    }
}
