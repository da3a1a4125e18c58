//! A connection to AWS: the clients, the account, and what must be said of both.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use aws_smithy_types::DateTime;
use aws_types::{SdkConfig, region::Region};
use tokio::sync::OnceCell;

use super::{
    connect::{self, Parts},
    endpoints,
    environment::Environment,
    failure::Failure,
    problem::{Argument, Problem, Problems},
    retry::{self, DEFAULT_RETRIES, Repeat, RetryRules},
    sent::KeepSent,
    settings::Settings,
    sts::{self, Sts},
    timeouts,
};

/// Text of the warning where [`Aws::unencrypted`] names a service.
pub const UNENCRYPTED: &str = "an endpoint begins with `http://` and is on another machine, so that requests signed with \
                               the credentials go there unencrypted";

/// Region that counts where a ready-made configuration names none.
const FALLBACK_REGION: &str = "us-east-1";

/// A connection to AWS. Clones share clients, credentials and what is known of the account.
#[derive(Clone)]
pub struct Aws(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) config: SdkConfig,
    region: String,
    ecs_endpoint: Option<String>,
    /// Said only by whoever calls it, because hardly anybody does.
    pub(super) cloudtrail_endpoint: Result<Option<String>, Problem>,
    sts: Sts,
    clients: Mutex<BTreeMap<(String, Repeat), aws_sdk_ecs::Client>>,
    account: OnceCell<String>,
}

impl Aws {
    /// Connects. Calls STS if accounts are allowed or forbidden or if roles are to be assumed, and
    /// nothing otherwise.
    pub async fn connect(settings: Settings) -> Result<Self, Problems> {
        Self::connect_in(&settings, &Environment::of_process()).await
    }

    pub(super) async fn connect_in(settings: &Settings, environment: &Environment) -> Result<Self, Problems> {
        let Parts {
            config,
            ecs_endpoint,
            cloudtrail_endpoint,
            sts,
        } = connect::parts(settings, environment).await?;
        let aws = Self::new(config, ecs_endpoint, cloudtrail_endpoint, sts);
        let services = aws.unencrypted();
        if !services.is_empty() {
            tracing::warn!(services = services.join(", "), "{UNENCRYPTED}");
        }
        aws.check_account(settings).await?;
        Ok(aws)
    }

    /// Connects by a ready-made configuration, such as the emulator's in-process one, under the
    /// retry rules and timeouts of [`Aws::connect`]. Without a region it counts as `us-east-1`.
    pub fn from_sdk_config(config: SdkConfig) -> Self {
        let url = endpoints::url_of_all(&config);
        let sts = Sts {
            endpoint: url.clone(),
            ..Sts::default()
        };
        let config = config.into_builder().retry_config(retry::config(DEFAULT_RETRIES));
        Self::new(
            config.timeout_config(timeouts::of_calls()).build(),
            url.clone(),
            Ok(url),
            sts,
        )
    }

    pub(super) fn new(
        config: SdkConfig,
        ecs_endpoint: Option<String>,
        cloudtrail_endpoint: Result<Option<String>, Problem>,
        sts: Sts,
    ) -> Self {
        let region = config.region().map_or(FALLBACK_REGION, AsRef::as_ref).to_owned();
        let (clients, account) = (Mutex::default(), OnceCell::new());
        Self(Arc::new(Inner {
            config,
            region,
            ecs_endpoint,
            cloudtrail_endpoint,
            sts,
            clients,
            account,
        }))
    }

    /// Services that are called by plain HTTP on another machine: whatever lies between can read and change what is
    /// asked and answered.
    pub fn unencrypted(&self) -> Vec<&'static str> {
        let endpoints = [
            ("ECS", self.0.ecs_endpoint.as_deref()),
            ("STS", self.0.sts.endpoint.as_deref()),
            (
                "CloudTrail",
                self.0.cloudtrail_endpoint.as_ref().ok().and_then(Option::as_deref),
            ),
        ];
        let plain = |url: Option<&str>| url.is_some_and(endpoints::is_plain_and_remote);
        endpoints
            .into_iter()
            .filter(|(_, url)| plain(*url))
            .map(|(service, _)| service)
            .collect()
    }

    /// The warning about asking STS, if ECS is on this machine and STS is not: a key that was made up for an
    /// emulator means nothing to AWS.
    pub fn stranded_sts(&self) -> Option<String> {
        let is_local = |url: &Option<String>| url.as_deref().is_some_and(endpoints::is_loopback);
        let ecs = self
            .0
            .ecs_endpoint
            .as_deref()
            .filter(|url| endpoints::is_loopback(url))?;
        (!is_local(&self.0.sts.endpoint)).then(|| {
            format!(
                "ECS is called at {}, on this machine, but STS elsewhere. If it is an emulator, set AWS_ENDPOINT_URL, or \
                 AWS_ENDPOINT_URL_STS, to its URL, too.",
                endpoints::shown(ecs)
            )
        })
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
        self.account_by(Sts::client).await
    }

    /// The same in a single attempt, for whoever repeats calls by rules of its own.
    pub async fn account_id_at_once(&self) -> Result<String, Failure> {
        self.account_by(Sts::client_without_retries).await
    }

    async fn account_by(&self, client: fn(&Sts, &SdkConfig) -> aws_sdk_sts::Client) -> Result<String, Failure> {
        let ask = || {
            if let Some(problem) = self.stranded_sts() {
                tracing::warn!("{problem}");
            }
            sts::account_of(client(&self.0.sts, &self.0.config))
        };
        self.0.account.get_or_try_init(ask).await.cloned()
    }

    /// The time of STS, in whole seconds, if its answer has one: to be compared with the clock of this machine.
    pub async fn service_time(&self) -> Result<Option<DateTime>, Failure> {
        sts::time_of(&self.0.sts.client_without_retries(&self.0.config)).await
    }

    /// The account of the credentials, if it has been asked before.
    pub fn known_account_id(&self) -> Option<String> {
        self.0.account.get().cloned()
    }

    /// The partition that a region belongs to, by its prefix, as in the SDKs' table of endpoints.
    pub fn partition(region: &str) -> &'static str {
        endpoints::partition(region)
    }

    /// Refuses a region that no partition has: its endpoint would be looked for in vain, again and again.
    pub fn check_region(region: &str) -> Result<(), String> {
        if endpoints::is_in_a_partition(region) {
            return Ok(());
        }
        Err(format!(
            "No partition of AWS has a region `{region}`: expected a name such as `eu-west-1` or `us-gov-east-1`."
        ))
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
        } = retry::rules(
            format!("ecs-{region}"),
            repeat,
            self.0.sts.attempts_unreachable,
            self.0.ecs_endpoint.as_deref(),
        );
        let mut builder = aws_sdk_ecs::config::Builder::from(&self.0.config)
            .region(Region::new(region.to_owned()))
            .retry_partition(partition)
            .retry_classifier(verdict)
            .interceptor(patience)
            .interceptor(KeepSent)
            .interceptor(self.0.sts.appended.clone());
        // On the client's own builder: a URL for all services would redirect STS as well. A URL has no
        // variants, and the SDK refuses to look for them.
        builder.set_endpoint_url(self.0.ecs_endpoint.clone());
        if self.0.ecs_endpoint.is_some() {
            builder = builder.use_fips(false).use_dual_stack(false);
        }
        aws_sdk_ecs::Client::from_conf(builder.build())
    }

    pub(super) async fn check_account(&self, settings: &Settings) -> Result<(), Problem> {
        let (allowed, forbidden) = (&settings.allowed_account_ids, &settings.forbidden_account_ids);
        if allowed.is_empty() && forbidden.is_empty() {
            return Ok(());
        }
        let account = self.account_id().await.map_err(|failure| {
            let trying = "find out the account of the credentials";
            failure.problem(&settings.advice, trying, "")
        })?;
        if forbidden.contains(&account) {
            let text = format!("The credentials belong to account {account}, which `forbidden_account_ids` excludes.");
            return Err(Problem::new("AWS account not allowed", text).at(Argument::named("forbidden_account_ids")));
        }
        if !allowed.is_empty() && !allowed.contains(&account) {
            let allowed = allowed.join(", ");
            let text = format!(
                "The credentials belong to account {account}, but `allowed_account_ids` allows only {allowed}."
            );
            return Err(Problem::new("AWS account not allowed", text).at(Argument::named("allowed_account_ids")));
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
