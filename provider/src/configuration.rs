//! From the value of the provider block to settings, tag rules and polling. Pure: the environment is
//! handed in.

mod arguments;
mod roles;
mod rules;
mod tags;
mod unknown;

use std::mem::take;

use aws::Settings;
use daemons::poll::Poll;
use tfplug_core::{
    Diagnostic, Path, Value,
    typed::{FromValue, Tf},
};

use self::arguments::{Arguments, Text, Texts, is_wholly_known, text, texts};
use crate::{
    block::{interval, name},
    diagnostic,
    tags::TagRules,
    version::VERSION,
};

pub(crate) use rules::{takes_any_region, validate, validate_late};
pub(crate) use unknown::Unknown;

/// Variable that gives the polling interval when the provider block does not.
pub(crate) const POLL_VARIABLE: &str = "TF_ECS_POLL_INTERVAL";

/// The content of a provider block.
pub(crate) struct Configuration {
    pub(crate) settings: Settings,
    pub(crate) tags: TagRules,
    pub(crate) poll: Poll,
}

impl Configuration {
    /// Reads a provider block in which everything is known that a connection needs: see [`Unknown`]. Guards
    /// that are not known forbid nothing here. `poll_variable` is the content of [`POLL_VARIABLE`].
    pub(crate) fn read(config: &Value, poll_variable: Option<&str>) -> Result<Self, Diagnostic> {
        let mut arguments =
            Arguments::from_value(config).map_err(|mismatch| mismatch.diagnostic("Invalid provider configuration"))?;
        let (defaults, ignored) = (take(&mut arguments.default_tags), take(&mut arguments.ignore_tags));
        Ok(Self {
            tags: tags::rules(defaults, ignored),
            poll: poll(take(&mut arguments.poll_interval), poll_variable)?,
            settings: settings(arguments),
        })
    }
}

fn settings(arguments: Arguments) -> Settings {
    let (ecs, sts) = arguments
        .endpoints
        .known()
        .map_or((Tf::Null, Tf::Null), |block| (block.ecs, block.sts));
    Settings {
        region: text(arguments.region),
        profile: text(arguments.profile),
        shared_config_files: texts(arguments.shared_config_files),
        shared_credentials_files: texts(arguments.shared_credentials_files),
        access_key: text(arguments.access_key),
        secret_key: text(arguments.secret_key),
        token: text(arguments.token),
        assume_role_with_web_identity: arguments.assume_role_with_web_identity.known().map(roles::web_identity),
        assume_role: roles::assume_role(arguments.assume_role.known().unwrap_or_default()),
        ecs_endpoint: text(ecs),
        sts_endpoint: text(sts),
        // Nothing of the provider asks it.
        cloudtrail_endpoint: None,
        sts_region: text(arguments.sts_region),
        use_fips_endpoint: arguments.use_fips_endpoint.known(),
        use_dualstack_endpoint: arguments.use_dualstack_endpoint.known(),
        custom_ca_bundle: text(arguments.custom_ca_bundle),
        http_proxy: text(arguments.http_proxy),
        // Empty text means "none" here, in hashicorp/aws as well.
        https_proxy: arguments.https_proxy.known(),
        no_proxy: text(arguments.no_proxy),
        ec2_metadata_service_endpoint: text(arguments.ec2_metadata_service_endpoint),
        ec2_metadata_service_endpoint_mode: text(arguments.ec2_metadata_service_endpoint_mode),
        skip_metadata_api_check: arguments.skip_metadata_api_check.known().unwrap_or(false),
        max_retries: arguments.max_retries.known(),
        // An apply may wait for hours, and outlasts a short outage.
        attempts_unreachable: None,
        skip_credentials_validation: arguments.skip_credentials_validation.known().unwrap_or(false),
        allowed_account_ids: guard(arguments.allowed_account_ids),
        forbidden_account_ids: guard(arguments.forbidden_account_ids),
        user_agent: texts(arguments.user_agent),
        user_agent_product: ("terraform-provider-ecs".to_owned(), VERSION.to_owned()),
        advice: diagnostic::ADVICE,
    }
}

/// A guard that is not wholly known would be enforced for what is known of it, and refuse what it allows.
fn guard(accounts: Texts) -> Vec<String> {
    if is_wholly_known(&accounts) {
        texts(accounts)
    } else {
        Vec::new()
    }
}

fn poll(argument: Text, variable: Option<&str>) -> Result<Poll, Diagnostic> {
    let from = |text: &str, source: &str| {
        interval(text).map_err(|problem| Diagnostic::error("Invalid polling interval", format!("{source}: {problem}")))
    };
    if let Some(text) = text(argument) {
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
