//! From the value of the provider block to settings, tag rules and polling. Pure: the environment is
//! handed in.

mod roles;
mod rules;
mod tags;
mod unknown;
mod values;

use crate::{diagnostic, tags::TagRules};
use aws::Settings;
use daemons::poll::Poll;
use tfplug_core::{Diagnostic, Path, Value};

use crate::{
    block::{interval, name},
    version::VERSION,
};

pub(crate) use rules::{takes_any_region, validate, validate_late};
pub(crate) use unknown::Unknown;
use values::{is_set, only, text, texts};

/// Variable that gives the polling interval when the provider block does not.
pub(crate) const POLL_VARIABLE: &str = "TF_ECS_POLL_INTERVAL";

/// What a provider block says.
pub(crate) struct Configuration {
    pub(crate) settings: Settings,
    pub(crate) tags: TagRules,
    pub(crate) poll: Poll,
}

impl Configuration {
    /// Reads a provider block in which everything is known that a connection needs: see [`Unknown`]. Guards
    /// that are not known forbid nothing here. `poll_variable` is the content of [`POLL_VARIABLE`].
    pub(crate) fn read(config: &Value, poll_variable: Option<&str>) -> Result<Self, Diagnostic> {
        Ok(Self {
            settings: settings(config),
            tags: tags::rules(config),
            poll: poll(config, poll_variable)?,
        })
    }
}

fn settings(config: &Value) -> Settings {
    let endpoints = only(config.get(name::ENDPOINTS));
    let retries = config.get(name::MAX_RETRIES).as_i64();
    Settings {
        region: text(config, name::REGION),
        profile: text(config, name::PROFILE),
        shared_config_files: texts(config.get(name::SHARED_CONFIG_FILES)),
        shared_credentials_files: texts(config.get(name::SHARED_CREDENTIALS_FILES)),
        access_key: text(config, name::ACCESS_KEY),
        secret_key: text(config, name::SECRET_KEY),
        token: text(config, name::TOKEN),
        assume_role_with_web_identity: roles::web_identity(config),
        assume_role: roles::assume_role(config),
        ecs_endpoint: text(endpoints, name::ECS),
        sts_endpoint: text(endpoints, name::STS),
        // Nothing of the provider asks it.
        cloudtrail_endpoint: None,
        sts_region: text(config, name::STS_REGION),
        use_fips_endpoint: config.get(name::USE_FIPS_ENDPOINT).as_bool(),
        use_dualstack_endpoint: config.get(name::USE_DUALSTACK_ENDPOINT).as_bool(),
        custom_ca_bundle: text(config, name::CUSTOM_CA_BUNDLE),
        http_proxy: text(config, name::HTTP_PROXY),
        // Empty text means "none" here, in hashicorp/aws as well.
        https_proxy: config.get(name::HTTPS_PROXY).as_str().map(str::to_owned),
        no_proxy: text(config, name::NO_PROXY),
        ec2_metadata_service_endpoint: text(config, name::EC2_METADATA_SERVICE_ENDPOINT),
        ec2_metadata_service_endpoint_mode: text(config, name::EC2_METADATA_SERVICE_ENDPOINT_MODE),
        skip_metadata_api_check: is_set(config, name::SKIP_METADATA_API_CHECK),
        max_retries: retries.and_then(|number| u32::try_from(number).ok()),
        // An apply may wait for hours, and outlasts a short outage.
        attempts_unreachable: None,
        skip_credentials_validation: is_set(config, name::SKIP_CREDENTIALS_VALIDATION),
        allowed_account_ids: guard(config.get(name::ALLOWED_ACCOUNT_IDS)),
        forbidden_account_ids: guard(config.get(name::FORBIDDEN_ACCOUNT_IDS)),
        user_agent: texts(config.get(name::USER_AGENT)),
        user_agent_product: ("terraform-provider-ecs".to_owned(), VERSION.to_owned()),
        advice: diagnostic::ADVICE,
    }
}

/// A guard that is not wholly known would be enforced for what is known of it, and refuse what it allows.
fn guard(accounts: &Value) -> Vec<String> {
    if accounts.is_wholly_known() {
        texts(accounts)
    } else {
        Vec::new()
    }
}

fn poll(config: &Value, variable: Option<&str>) -> Result<Poll, Diagnostic> {
    let from = |text: &str, source: &str| {
        interval(text).map_err(|problem| Diagnostic::error("Invalid polling interval", format!("{source}: {problem}")))
    };
    if let Some(text) = text(config, name::POLL_INTERVAL) {
        let interval = from(&text, "`poll_interval` of the provider block")
            .map_err(|problem| problem.at(Path::attribute(name::POLL_INTERVAL)))?;
        return Ok(Poll { interval });
    }
    let interval = from(
        variable.unwrap_or_default(),
        &format!("The environment variable {POLL_VARIABLE}"),
    )?;
    Ok(Poll { interval })
}

#[cfg(test)]
mod tests;
