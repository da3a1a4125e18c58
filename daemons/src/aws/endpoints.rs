//! Where the services are: partitions, FIPS and dual-stack endpoints, URLs of one's own.

use aws_types::{SdkConfig, service_config::ServiceConfigKey};
use tfplug_core::{Diagnostic, Path};

use super::{environment::Environment, settings::Settings};

/// Whether to call variants of the regional endpoints. `None` leaves it to the profile.
pub(super) struct Variants {
    pub(super) fips: Option<bool>,
    pub(super) dualstack: Option<bool>,
}

/// The variants that the settings and the environment ask for.
pub(super) fn variants(settings: &Settings, environment: &Environment) -> Result<Variants, Diagnostic> {
    let flag = |argument: Option<bool>, variable| match argument {
        Some(flag) => Ok(Some(flag)),
        None => environment.flag(variable),
    };
    Ok(Variants {
        fips: flag(settings.use_fips_endpoint, "AWS_USE_FIPS_ENDPOINT")?,
        dualstack: flag(settings.use_dualstack_endpoint, "AWS_USE_DUALSTACK_ENDPOINT")?,
    })
}

/// The partition that a region belongs to, by its prefix, as in the SDKs' table of endpoints.
pub(super) fn partition(region: &str) -> &'static str {
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

/// The URL at which a service is called, unless it is that of the region: the argument, else that of
/// the environment or the profile, else the one for all services. The SDK finds the same one, but
/// takes any text for a URL and fails with each call.
pub(super) fn url_of(
    service: &str,
    argument: Option<&str>,
    config: &SdkConfig,
    environment: &Environment,
) -> Result<Option<String>, Diagnostic> {
    let name = service.to_ascii_lowercase();
    if let Some(url) = argument {
        let problem = || {
            let text = format!("The endpoint of {service} is `{url}`, but must be {EXPECTED}.");
            Diagnostic::error("Invalid endpoint", text).at(Path::attribute("endpoints").index(0).child(&name))
        };
        return if is_url(url) {
            Ok(Some(url.to_owned()))
        } else {
            Err(problem())
        };
    }
    let own = ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let own = own.ok().and_then(|key| config.service_config()?.load_config(key));
    // A variable that is set to nothing is not set, which the SDK does not see.
    let own = own.filter(|url| !url.is_empty());
    let Some(url) = own.or_else(|| url_of_all(config)) else {
        return Ok(None);
    };
    if is_url(&url) {
        return Ok(Some(url));
    }
    let variables = [format!("AWS_ENDPOINT_URL_{service}"), "AWS_ENDPOINT_URL".to_owned()];
    let source = variables
        .iter()
        .find(|variable| environment.text(variable).as_deref() == Some(&url))
        .map_or_else(
            || "`endpoint_url` of the AWS profile".to_owned(),
            |variable| format!("the environment variable {variable}"),
        );
    let text = format!("The endpoint of {service}, from {source}, is `{url}`, but must be {EXPECTED}.");
    Err(Diagnostic::error("Invalid endpoint", text))
}

/// The URL at which all services are called, if there is one.
pub(super) fn url_of_all(config: &SdkConfig) -> Option<String> {
    config.endpoint_url().filter(|url| !url.is_empty()).map(str::to_owned)
}

const EXPECTED: &str = "a URL that begins with `http://` or `https://`";

/// Whether a text can be the URL of a service.
pub fn is_url(text: &str) -> bool {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let is_plain = |character: char| !character.is_whitespace() && !character.is_control();
    host.is_some_and(|rest| !rest.starts_with(['/', ':']) && !rest.is_empty() && rest.chars().all(is_plain))
}
