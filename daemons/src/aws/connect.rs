//! From settings to an SDK configuration: region, credentials, attempts, timeouts.
//!
//! The SDK's own loader does most of it. Ours are the rules in which Terraform users expect something
//! else: an explicit profile beats credentials of the environment, a missing region is an error that
//! says what to set, values of the environment that would make the loader panic are checked first,
//! and the metadata service of EC2 is asked last and briefly.

use std::{env, time::Duration};

use aws_config::{
    BehaviorVersion, ConfigLoader,
    default_provider::credentials::DefaultCredentialsChain,
    environment::region::EnvironmentVariableRegionProvider,
    imds,
    meta::region::RegionProviderChain,
    profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider},
    provider_config::ProviderConfig,
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_sdk_ecs::config::{AppName, FrameworkMetadata, IdentityCache, timeout::TimeoutConfig};
use aws_types::{
    SdkConfig,
    os_shim_internal::{Env, Fs},
    region::Region,
};
use tfplug_core::{Diagnostic, Diagnostics};

use super::{DEFAULT_RETRIES, Settings, failure, retry};

/// Longest time to open a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest silence of a server that has been asked something.
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// Longest attempt as a whole, for transports that know no read timeout.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(75);
/// Longest search for credentials, which may run a program or ask STS.
const CREDENTIALS_TIMEOUT: Duration = Duration::from_mins(2);
/// Longest wait for the metadata service, which answers at once where it exists.
const METADATA_TIMEOUT: Duration = Duration::from_secs(1);

/// The SDK configuration for settings. Makes no call, except to the metadata service of EC2 when
/// nothing else tells the region.
pub(super) async fn sdk_config(settings: &Settings) -> Result<SdkConfig, Diagnostics> {
    let mut problems = Diagnostics::new();
    let attempts = attempts(settings.max_retries, variable("AWS_MAX_ATTEMPTS").as_deref());
    let keys = static_credentials(settings);
    problems.extend(attempts.as_ref().err().cloned());
    problems.extend(keys.as_ref().err().cloned());
    if let Some(name) = settings.profile.as_deref().filter(|_| settings.access_key.is_none()) {
        problems.extend(missing_profile(name).await);
    }
    let profile = settings.profile.clone().or_else(default_profile);
    let region = region(settings.region.as_deref(), profile.as_deref()).await;
    problems.extend(region.is_none().then(missing_region));
    let (Ok(attempts), Ok(keys), Some(region), false) = (attempts, keys, region, problems.has_error()) else {
        return Err(problems);
    };
    let config = loader(settings, &region, attempts, profile.as_deref()).load().await;
    let credentials = match keys {
        Some(keys) => SharedCredentialsProvider::new(keys),
        None => search(settings, profile.as_deref(), &config).await,
    };
    Ok(config.into_builder().credentials_provider(credentials).build())
}

fn loader(settings: &Settings, region: &Region, attempts: u32, profile: Option<&str>) -> ConfigLoader {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(region.clone())
        .retry_config(retry::config(attempts.saturating_sub(1)))
        .timeout_config(timeouts())
        .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS_TIMEOUT).build())
        .no_credentials();
    let (name, version) = settings.user_agent_product.clone();
    if let Ok(app) = AppName::new(name.clone()) {
        loader = loader.app_name(app);
    }
    if let Ok(product) = FrameworkMetadata::new(name, Some(version)) {
        loader = loader.framework_metadata(product);
    }
    match profile {
        Some(profile) => loader.profile_name(profile),
        None => loader,
    }
}

/// Limits after which a silent server counts as not answering.
pub(super) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build()
}

/// Number of attempts: the setting, else the environment's, else ours. The SDK would panic at a zero
/// in the environment.
fn attempts(max_retries: Option<u32>, variable: Option<&str>) -> Result<u32, Diagnostic> {
    let retries = max_retries.unwrap_or(DEFAULT_RETRIES);
    let Some(text) = variable.filter(|_| max_retries.is_none()) else {
        return Ok(retries.saturating_add(1));
    };
    match text.trim().parse::<u32>() {
        Ok(attempts) if attempts > 0 => Ok(attempts),
        _ => Err(Diagnostic::error(
            "Invalid AWS_MAX_ATTEMPTS",
            format!(
                "The environment variable AWS_MAX_ATTEMPTS is `{text}`, but must be a whole number of at least 1: \
                 the first attempt counts. Unset it, or set `max_retries` in the provider block instead."
            ),
        )),
    }
}

/// The keys of the settings, if they are there.
fn static_credentials(settings: &Settings) -> Result<Option<Credentials>, Diagnostic> {
    let incomplete = |given: &str, missing: &str| {
        Diagnostic::error(
            "Incomplete AWS credentials",
            format!("The provider configuration has `{given}` but not `{missing}`. Set both, or neither."),
        )
    };
    match (&settings.access_key, &settings.secret_key, &settings.token) {
        (Some(id), Some(secret), token) => Ok(Some(Credentials::new(
            id,
            secret,
            token.clone(),
            None,
            "provider configuration",
        ))),
        (Some(_), None, _) => Err(incomplete("access_key", "secret_key")),
        (None, Some(_), _) => Err(incomplete("secret_key", "access_key")),
        (None, None, Some(_)) => Err(incomplete("token", "access_key")),
        (None, None, None) => Ok(None),
    }
}

/// Where to look for credentials. An explicit profile is the only place; otherwise the SDK's chain.
async fn search(settings: &Settings, profile: Option<&str>, config: &SdkConfig) -> SharedCredentialsProvider {
    let places = ProviderConfig::empty()
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_region(config.region().cloned())
        .with_use_fips(config.use_fips())
        .with_use_dual_stack(config.use_dual_stack());
    if let Some(profile) = &settings.profile {
        if variable("AWS_ACCESS_KEY_ID").is_some() {
            tracing::warn!(
                profile,
                "the profile of the provider block is used, not AWS_ACCESS_KEY_ID of the environment"
            );
        }
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&places)
            .profile_name(profile)
            .build();
        return SharedCredentialsProvider::new(provider);
    }
    let mut chain = DefaultCredentialsChain::builder()
        .imds_client(metadata_client(&places))
        .region(config.region().cloned())
        .configure(places);
    if let Some(profile) = profile {
        chain = chain.profile_name(profile);
    }
    SharedCredentialsProvider::new(chain.build().await)
}

/// What is wrong with an explicit profile. Said before its first use, because the SDK then only says
/// that there are no credentials.
async fn missing_profile(name: &str) -> Option<Diagnostic> {
    let files = EnvConfigFiles::default();
    match aws_config::profile::load(&Fs::real(), &Env::real(), &files, Some(name.to_owned().into())).await {
        Ok(profiles) if profiles.get_profile(name).is_some() => None,
        Ok(profiles) => {
            let mut known: Vec<&str> = profiles.profiles().collect();
            known.sort_unstable();
            let known = if known.is_empty() {
                "no profile at all".to_owned()
            } else {
                format!("only {}", known.join(", "))
            };
            Some(Diagnostic::error(
                "AWS profile not found",
                format!(
                    "The shared configuration files (by default ~/.aws/config and ~/.aws/credentials) have {known}, \
                     but the provider block names the profile `{name}`."
                ),
            ))
        }
        Err(error) => Some(Diagnostic::error(
            "AWS configuration files cannot be read",
            failure::sentence(&error.to_string()),
        )),
    }
}

async fn region(setting: Option<&str>, profile: Option<&str>) -> Option<Region> {
    if let Some(region) = setting.filter(|region| !region.is_empty()) {
        return Some(Region::new(region.to_owned()));
    }
    let places = ProviderConfig::empty().with_behavior_version(Some(BehaviorVersion::latest()));
    let mut file = ProfileFileRegionProvider::builder().configure(&places);
    if let Some(profile) = profile {
        file = file.profile_name(profile);
    }
    let metadata = imds::region::ImdsRegionProvider::builder()
        .imds_client(metadata_client(&places))
        .configure(&places)
        .build();
    let chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(file.build());
    chain
        .or_else(metadata)
        .region()
        .await
        .filter(|region| !region.as_ref().is_empty())
}

fn metadata_client(places: &ProviderConfig) -> imds::Client {
    imds::Client::builder()
        .configure(places)
        .connect_timeout(METADATA_TIMEOUT)
        .read_timeout(METADATA_TIMEOUT)
        .max_attempts(1)
        .build()
}

fn missing_region() -> Diagnostic {
    Diagnostic::error(
        "Missing AWS region",
        "No region is configured. Set `region` in the provider block, one of the environment variables AWS_REGION \
         and AWS_DEFAULT_REGION, or `region` in the profile of the shared configuration file (by default \
         ~/.aws/config). On EC2 the region of the instance counts when none of these is set.",
    )
}

/// The profile of the older variable that the SDK does not read.
fn default_profile() -> Option<String> {
    if variable("AWS_PROFILE").is_some() {
        None
    } else {
        variable("AWS_DEFAULT_PROFILE")
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_attempts(max_retries: Option<u32>, variable: Option<&str>, expected: Option<u32>) {
        assert_eq!(
            attempts(max_retries, variable).ok(),
            expected,
            "{max_retries:?} {variable:?}"
        );
    }

    #[test]
    fn attempts_come_from_the_setting_then_the_environment_then_the_default() {
        check_attempts(None, None, Some(26));
        check_attempts(Some(0), None, Some(1));
        check_attempts(Some(3), Some("nonsense"), Some(4));
        check_attempts(Some(u32::MAX), None, Some(u32::MAX));
        check_attempts(None, Some("5"), Some(5));
        check_attempts(None, Some(" 1 "), Some(1));
        for invalid in ["0", "-1", "many", "1.5", "99999999999"] {
            check_attempts(None, Some(invalid), None);
        }
    }

    fn keys(id: &str, secret: &str, token: &str) -> Result<Option<String>, String> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let settings = Settings {
            access_key: given(id),
            secret_key: given(secret),
            token: given(token),
            ..Settings::default()
        };
        let credentials = static_credentials(&settings).map_err(|problem| problem.detail)?;
        Ok(credentials.map(|keys| format!("{} {:?}", keys.access_key_id(), keys.session_token())))
    }

    #[test]
    fn keys_are_complete_or_refused_without_being_repeated() {
        assert_eq!(keys("", "", ""), Ok(None));
        assert_eq!(keys("AKIA", "hush", ""), Ok(Some("AKIA None".to_owned())));
        assert_eq!(keys("AKIA", "hush", "tok"), Ok(Some("AKIA Some(\"tok\")".to_owned())));
        for (id, secret, token) in [("AKIA", "", ""), ("", "hush", ""), ("", "", "tok"), ("AKIA", "", "tok")] {
            let problem = keys(id, secret, token).unwrap_err();
            assert!(
                problem.starts_with("The provider configuration has `") && !problem.contains("hush"),
                "{problem}"
            );
        }
    }
}
