//! From settings to an SDK configuration: region, credentials, attempts, timeouts.
//!
//! The SDK's own loader does most of it. Ours are the rules in which Terraform users expect something
//! else: an explicit profile beats credentials of the environment, a missing region is an error that
//! says what to set, and values of the environment that would make the loader panic, or that it would
//! drop in silence, are checked first.

use aws_config::{BehaviorVersion, ConfigLoader, provider_config::ProviderConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_ecs::config::{AppName, FrameworkMetadata};
use aws_types::{SdkConfig, region::Region};

use super::{
    credential_chain::Places,
    endpoints::{self, Variants},
    environment::Environment,
    metadata::Metadata,
    problem::{Argument, Problem, Problems},
    profiles::Profiles,
    region, retry, roles,
    sendable::unsendable,
    settings::Settings,
    sts::Sts,
    timeouts,
    transport::Transport,
    user_agent::Appended,
};

/// The parts of a connection.
pub(super) struct Parts {
    pub(super) config: SdkConfig,
    pub(super) ecs_endpoint: Option<String>,
    pub(super) cloudtrail_endpoint: Result<Option<String>, Problem>,
    pub(super) sts: Sts,
}

/// The settings, checked, before anything is called.
struct Checked {
    attempts: u32,
    keys: Option<Credentials>,
    variants: Variants,
    transport: Transport,
    appended: Appended,
}

/// The connection for settings. Calls nothing but the metadata service of EC2, if nothing else tells
/// the region, and STS, if there are roles to assume.
pub(super) async fn parts(settings: &Settings, environment: &Environment) -> Result<Parts, Problems> {
    let profiles = Profiles::load(settings, environment).await;
    let checked = check(settings, environment, profiles.as_ref().ok());
    let neighbours = provider_config(Transport::direct());
    let metadata = Metadata::new(settings, environment, &neighbours);
    let (profiles, checked, metadata) = match (profiles, checked, metadata) {
        (Ok(profiles), Ok(checked), Ok(metadata)) => (profiles, checked, metadata),
        (profiles, checked, metadata) => {
            let mut problems = Problems::default();
            problems.extend(profiles.err().unwrap_or_default());
            problems.extend(checked.err().unwrap_or_default());
            problems.extend(metadata.err());
            return Err(problems);
        }
    };
    let region = settings.region.as_deref();
    let region = region::find(region, environment, &profiles, &metadata, &neighbours).await;
    let region = region.ok_or_else(|| region::missing(&settings.advice))?;
    let config = loader(settings, &region, &checked, &profiles).load().await;
    let sts = Sts {
        endpoint: endpoints::url_of("STS", settings.sts_endpoint.as_deref(), &config, environment)?,
        region: settings.sts_region.clone(),
        appended: checked.appended,
        attempts_unreachable: settings.attempts_unreachable,
    };
    let ecs_endpoint = endpoints::url_of("ECS", settings.ecs_endpoint.as_deref(), &config, environment)?;
    for service in endpoints::OF_CREDENTIALS {
        endpoints::url_of(service, None, &config, environment)?;
    }
    let url = settings.cloudtrail_endpoint.as_deref();
    let cloudtrail_endpoint = endpoints::url_of("CloudTrail", url, &config, environment);
    let base = match checked.keys {
        Some(keys) => SharedCredentialsProvider::new(keys),
        None => SharedCredentialsProvider::new(if profiles.is_explicit {
            warn_of_unused_variables(&profiles, environment);
            Places::of_profile(&profiles, &services(&config, &checked.transport))
        } else {
            let services = services(&config, &checked.transport);
            let web_identity = || roles::of_environment(environment, &sts, &config, settings.advice);
            Places::all(&profiles, environment, &metadata, &services, &neighbours, web_identity)
        }),
    };
    let credentials = roles::assume(settings, environment, base, &sts, &config).await?;
    let config = config.into_builder().credentials_provider(credentials).build();
    Ok(Parts {
        config,
        ecs_endpoint,
        cloudtrail_endpoint,
        sts,
    })
}

/// Everything that can be wrong without calling anybody, told at once.
fn check(settings: &Settings, environment: &Environment, profiles: Option<&Profiles>) -> Result<Checked, Problems> {
    let attempts = attempts(settings, environment, profiles);
    let keys = static_credentials(settings);
    let variants = endpoints::variants(settings, environment);
    let transport = Transport::new(settings, environment);
    let appended = Appended::new(settings, environment);
    match (attempts, keys, variants, transport, appended) {
        (Ok(attempts), Ok(keys), Ok(variants), Ok(transport), Ok(appended)) => Ok(Checked {
            attempts,
            keys,
            variants,
            transport,
            appended,
        }),
        (attempts, keys, variants, transport, appended) => {
            let mut problems = Problems::default();
            problems.extend(attempts.err());
            problems.extend(keys.err());
            problems.extend(variants.err());
            problems.extend(transport.err().unwrap_or_default());
            problems.extend(appended.err());
            Err(problems)
        }
    }
}

fn loader(settings: &Settings, region: &Region, checked: &Checked, profiles: &Profiles) -> ConfigLoader {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(region.clone())
        .http_client(checked.transport.clone())
        .profile_files(profiles.files.clone())
        .retry_config(retry::config(checked.attempts.saturating_sub(1)))
        .timeout_config(timeouts::of_calls())
        .identity_cache(timeouts::identity_cache())
        .no_credentials();
    let (name, version) = settings.user_agent_product.clone();
    if let Ok(app) = AppName::new(name.clone()) {
        loader = loader.app_name(app);
    }
    if let Ok(product) = FrameworkMetadata::new(name, Some(version)) {
        loader = loader.framework_metadata(product);
    }
    if let Some(fips) = checked.variants.fips {
        loader = loader.use_fips(fips);
    }
    if let Some(dualstack) = checked.variants.dualstack {
        loader = loader.use_dual_stack(dualstack);
    }
    match &profiles.name {
        Some(profile) => loader.profile_name(profile),
        None => loader,
    }
}

fn provider_config(transport: Transport) -> ProviderConfig {
    ProviderConfig::empty()
        .with_behavior_version(Some(BehaviorVersion::latest()))
        .with_http_client(transport)
}

/// The configuration with which the SDK's providers of credentials call STS and SSO.
fn services(config: &SdkConfig, transport: &Transport) -> ProviderConfig {
    provider_config(transport.clone())
        .with_region(config.region().cloned())
        .with_use_fips(config.use_fips())
        .with_use_dual_stack(config.use_dual_stack())
}

fn warn_of_unused_variables(profiles: &Profiles, environment: &Environment) {
    if environment.text("AWS_ACCESS_KEY_ID").is_some() {
        tracing::warn!(
            profile = profiles.selected(),
            "the profile of the settings is used, not AWS_ACCESS_KEY_ID of the environment"
        );
    }
}

/// Number of attempts: the setting, else that of the environment, of the profile, or ours. The SDK
/// would panic at a zero.
fn attempts(settings: &Settings, environment: &Environment, profiles: Option<&Profiles>) -> Result<u32, Problem> {
    if let Some(retries) = settings.max_retries {
        return Ok(retries.saturating_add(1));
    }
    let (source, text) = if let Some(text) = environment.text("AWS_MAX_ATTEMPTS") {
        ("The environment variable AWS_MAX_ATTEMPTS", text)
    } else if let Some(text) = profiles.and_then(|profiles| profiles.get("max_attempts")) {
        ("`max_attempts` of the AWS profile", text.to_owned())
    } else {
        return Ok(retry::DEFAULT_RETRIES.saturating_add(1));
    };
    match text.trim().parse::<u32>() {
        Ok(attempts) if attempts > 0 => Ok(attempts),
        _ => Err(Problem::new(
            "Invalid number of attempts",
            format!(
                "{source} is `{text}`, but must be a whole number of at least 1: the first attempt counts. Remove it, \
                 or {}.",
                settings.advice.attempts
            ),
        )),
    }
}

/// The keys of the settings, if they are there.
fn static_credentials(settings: &Settings) -> Result<Option<Credentials>, Problem> {
    let incomplete = |given: &str, missing: &str| {
        let text = format!("The provider configuration has `{given}` but not `{missing}`. Set both, or neither.");
        Problem::new("Incomplete AWS credentials", text).at(Argument::named(given))
    };
    match (&settings.access_key, &settings.secret_key, &settings.token) {
        (Some(id), Some(secret), token) => {
            let source = "provider configuration";
            let credentials = Credentials::new(id, secret, token.clone(), None, source);
            match unsendable(&credentials) {
                None => Ok(Some(credentials)),
                Some(reason) => Err(unusable(reason)),
            }
        }
        (Some(_), None, _) => Err(incomplete("access_key", "secret_key")),
        (None, Some(_), _) => Err(incomplete("secret_key", "access_key")),
        (None, None, Some(_)) => Err(incomplete("token", "access_key")),
        (None, None, None) => Ok(None),
    }
}

fn unusable(reason: &str) -> Problem {
    let text = format!("The provider configuration has credentials that cannot be used: {reason}. Copy them again.");
    Problem::new("Invalid AWS credentials", text).at(Argument::named("access_key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_attempts(max_retries: Option<u32>, variable: Option<&str>, expected: Option<u32>) {
        let environment = Environment::of(&[("AWS_MAX_ATTEMPTS", variable.unwrap_or_default())]);
        let settings = Settings {
            max_retries,
            ..Settings::default()
        };
        let attempts = attempts(&settings, &environment, None);
        assert_eq!(attempts.ok(), expected, "{max_retries:?} {variable:?}");
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
        for (id, secret, token) in [("AKIA\n", "hush", ""), ("AKIA", "hush", "hush\n")] {
            let problem = keys(id, secret, token).unwrap_err();
            assert!(
                problem.contains("cannot be used") && !problem.contains("hush"),
                "{problem}"
            );
        }
    }
}
