//! The connection to AWS: settings in, clients out.
//!
//! Every client made here retries by the same rules (`retry`), and every error becomes a [`Failure`],
//! so that nobody else has to know the SDK's error types. Connecting makes no call, unless accounts
//! are restricted; credentials are looked for when the first call needs them.

mod body;
mod connect;
pub mod failure;
mod retry;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use aws_types::{SdkConfig, region::Region};
use tfplug_core::{Diagnostic, Diagnostics};
use tokio::sync::OnceCell;

pub(crate) use body::Body;
pub use failure::{Failure, FailureKind, NO_CREDENTIALS};
use retry::{Repeat, RetryRules};

/// Retries of a call beside the first attempt, unless set: what users of hashicorp/aws are used to.
pub const DEFAULT_RETRIES: u32 = 25;

/// Region that counts where a ready-made configuration names none.
const FALLBACK_REGION: &str = "us-east-1";

/// Where and as whom to call AWS. What is `None` comes from the environment and the shared
/// configuration files, as with every AWS tool.
#[derive(Clone, Default)]
pub struct Settings {
    /// Region.
    pub region: Option<String>,
    /// Profile of the shared configuration files. Given here it beats credentials of the environment.
    pub profile: Option<String>,
    /// Access key id; needs `secret_key`.
    pub access_key: Option<String>,
    /// Secret access key; needs `access_key`.
    pub secret_key: Option<String>,
    /// Session token of temporary credentials.
    pub token: Option<String>,
    /// URL to call instead of the regional endpoint of ECS.
    pub ecs_endpoint: Option<String>,
    /// URL to call instead of the regional endpoint of STS.
    pub sts_endpoint: Option<String>,
    /// Retries beside the first attempt.
    pub max_retries: Option<u32>,
    /// Accepted for the sake of configurations that have it: credentials are never checked ahead of
    /// their first use, except to enforce the two lists of accounts, which this does not switch off.
    pub skip_credentials_validation: bool,
    /// If not empty: the only accounts that may be changed.
    pub allowed_account_ids: Vec<String>,
    /// Accounts that must not be changed.
    pub forbidden_account_ids: Vec<String>,
    /// Name and version of the program, for the user agent.
    pub user_agent_product: (String, String),
}

/// A connection to AWS. Clones share clients, credentials and what is known of the account.
#[derive(Clone)]
pub struct Aws(Arc<Inner>);

struct Inner {
    config: SdkConfig,
    region: String,
    ecs_endpoint: Option<String>,
    sts_endpoint: Option<String>,
    clients: Mutex<BTreeMap<(String, Repeat), aws_sdk_ecs::Client>>,
    account: OnceCell<String>,
}

impl Aws {
    /// Connects. Calls STS once if accounts are allowed or forbidden, and nothing otherwise.
    pub async fn connect(settings: Settings) -> Result<Self, Diagnostics> {
        let config = connect::sdk_config(&settings).await?;
        let aws = Self::new(config, settings.ecs_endpoint.clone(), settings.sts_endpoint.clone());
        aws.check_account(&settings).await?;
        Ok(aws)
    }

    /// Connects by a ready-made configuration, such as the emulator's in-process one, under the
    /// retry rules and timeouts of [`Aws::connect`]. Without a region it counts as `us-east-1`.
    pub fn from_sdk_config(config: SdkConfig) -> Self {
        let config = config.into_builder().retry_config(retry::config(DEFAULT_RETRIES));
        Self::new(config.timeout_config(connect::timeouts()).build(), None, None)
    }

    fn new(config: SdkConfig, ecs_endpoint: Option<String>, sts_endpoint: Option<String>) -> Self {
        let region = config.region().map_or(FALLBACK_REGION, AsRef::as_ref).to_owned();
        let (clients, account) = (Mutex::default(), OnceCell::new());
        Self(Arc::new(Inner {
            config,
            region,
            ecs_endpoint,
            sts_endpoint,
            clients,
            account,
        }))
    }

    /// The provider's region.
    pub fn region(&self) -> &str {
        &self.0.region
    }

    /// The ECS client of a region, for calls that can be repeated.
    pub fn ecs(&self, region: &str) -> aws_sdk_ecs::Client {
        self.client(region, Repeat::Always)
    }

    /// The ECS client of a region for calls without an idempotency token, `UpdateDaemon` and
    /// `RegisterDaemonTaskDefinition`: repeated by the SDK only where the call cannot have been
    /// executed, that is, when throttled or never sent.
    pub fn ecs_unrepeatable(&self, region: &str) -> aws_sdk_ecs::Client {
        self.client(region, Repeat::IfNotExecuted)
    }

    /// The account of the credentials, asked of STS at most once.
    pub async fn account_id(&self) -> Result<String, Failure> {
        self.0.account.get_or_try_init(|| self.ask_account_id()).await.cloned()
    }

    /// The account of the credentials, if it has been asked before.
    pub fn known_account_id(&self) -> Option<String> {
        self.0.account.get().cloned()
    }

    /// The partition that a region belongs to, by its prefix, as in the SDKs' table of endpoints.
    pub fn partition(region: &str) -> &'static str {
        const PREFIXES: [(&str, &str); 7] = [
            ("cn-", "aws-cn"),
            ("us-gov-", "aws-us-gov"),
            ("us-iso-", "aws-iso"),
            ("us-isob-", "aws-iso-b"),
            ("us-isof-", "aws-iso-f"),
            ("eu-isoe-", "aws-iso-e"),
            ("eusc-", "aws-eusc"),
        ];
        PREFIXES
            .iter()
            .find(|(prefix, _)| region.starts_with(prefix))
            .map_or("aws", |(_, partition)| partition)
    }

    fn client(&self, region: &str, repeat: Repeat) -> aws_sdk_ecs::Client {
        let mut clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients
            .entry((region.to_owned(), repeat))
            .or_insert_with(|| self.new_client(region, repeat))
            .clone()
    }

    fn new_client(&self, region: &str, repeat: Repeat) -> aws_sdk_ecs::Client {
        let RetryRules {
            partition,
            verdict,
            patience,
        } = retry::rules(format!("ecs-{region}"), repeat);
        let mut builder = aws_sdk_ecs::config::Builder::from(&self.0.config)
            .region(Region::new(region.to_owned()))
            .retry_partition(partition)
            .retry_classifier(verdict)
            .interceptor(patience);
        // On the client's own builder: a URL for all services would redirect STS as well.
        if let Some(url) = &self.0.ecs_endpoint {
            builder = builder.endpoint_url(url);
        }
        aws_sdk_ecs::Client::from_conf(builder.build())
    }

    async fn ask_account_id(&self) -> Result<String, Failure> {
        const OPERATION: &str = "GetCallerIdentity";
        let RetryRules {
            partition,
            verdict,
            patience,
        } = retry::rules("sts".to_owned(), Repeat::Always);
        let mut builder = aws_sdk_sts::config::Builder::from(&self.0.config)
            .retry_partition(partition)
            .retry_classifier(verdict)
            .interceptor(patience);
        if let Some(url) = &self.0.sts_endpoint {
            builder = builder.endpoint_url(url);
        }
        let client = aws_sdk_sts::Client::from_conf(builder.build());
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

    async fn check_account(&self, settings: &Settings) -> Result<(), Diagnostic> {
        let (allowed, forbidden) = (&settings.allowed_account_ids, &settings.forbidden_account_ids);
        if allowed.is_empty() && forbidden.is_empty() {
            return Ok(());
        }
        let account = self
            .account_id()
            .await
            .map_err(|failure| failure.diagnostic("find out the account of the credentials", "the caller"))?;
        if forbidden.contains(&account) {
            let text = format!("The credentials belong to account {account}, which `forbidden_account_ids` excludes.");
            return Err(Diagnostic::error("AWS account not allowed", text));
        }
        if !allowed.is_empty() && !allowed.contains(&account) {
            let allowed = allowed.join(", ");
            let text = format!(
                "The credentials belong to account {account}, but `allowed_account_ids` allows only {allowed}."
            );
            return Err(Diagnostic::error("AWS account not allowed", text));
        }
        Ok(())
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing of the SDK configuration: it holds credentials.
        f.debug_struct("Aws")
            .field("region", &self.0.region)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
