//! The metadata service of EC2: asked last, briefly, and not at all where it is switched off.
//!
//! On a machine that is no instance its address leads nowhere, and every second that is spent on
//! waiting for an answer is spent before each run.

use std::time::Duration;

use aws_config::{
    imds::{self, client::EndpointMode},
    provider_config::ProviderConfig,
};
use aws_types::region::Region;

use super::{
    endpoints,
    environment::Environment,
    problem::{Argument, Problem},
    settings::Settings,
};

/// Longest wait for the service, which answers at once where it exists.
const LIMIT: Duration = Duration::from_secs(1);

/// Variable that switches the service off.
pub(super) const DISABLED: &str = "AWS_EC2_METADATA_DISABLED";

/// The service, or why it is not asked.
#[derive(Clone, Debug)]
pub(super) enum Metadata {
    /// It may be asked.
    Client(imds::Client),
    /// It is not asked, for this reason.
    Off(&'static str),
}

impl Metadata {
    /// The service as the settings and the environment have it. `neighbours` reaches it without a proxy.
    pub(super) fn new(
        settings: &Settings,
        environment: &Environment,
        neighbours: &ProviderConfig,
    ) -> Result<Self, Problem> {
        if settings.skip_metadata_api_check {
            return Ok(Self::Off("`skip_metadata_api_check` is set"));
        }
        if environment.flag(DISABLED)? == Some(true) {
            return Ok(Self::Off("AWS_EC2_METADATA_DISABLED is set"));
        }
        let mut client = imds::Client::builder()
            .configure(neighbours)
            .connect_timeout(LIMIT)
            .read_timeout(LIMIT)
            .operation_attempt_timeout(LIMIT)
            .operation_timeout(LIMIT)
            .max_attempts(1);
        if let Some((url, problem)) = endpoint(settings, environment) {
            client = client.endpoint(&url).map_err(|_| problem)?;
        }
        if let Some((mode, problem)) = mode(settings, environment) {
            client = client.endpoint_mode(mode.parse::<EndpointMode>().map_err(|_| problem)?);
        }
        Ok(Self::Client(client.build()))
    }

    /// The region of the instance that this machine is, if it is one.
    pub(super) async fn region(&self, neighbours: &ProviderConfig) -> Option<Region> {
        let Self::Client(client) = self else { return None };
        let region = imds::region::ImdsRegionProvider::builder()
            .imds_client(client.clone())
            .configure(neighbours)
            .build();
        region.region().await
    }
}

/// A setting, and what to say if it is not valid.
type Checked = (String, Problem);

fn endpoint(settings: &Settings, environment: &Environment) -> Option<Checked> {
    let expected = "a URL, for example `http://169.254.169.254`";
    checked(
        settings,
        "ec2_metadata_service_endpoint",
        settings.ec2_metadata_service_endpoint.as_deref(),
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        environment,
        expected,
    )
}

fn mode(settings: &Settings, environment: &Environment) -> Option<Checked> {
    checked(
        settings,
        "ec2_metadata_service_endpoint_mode",
        settings.ec2_metadata_service_endpoint_mode.as_deref(),
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        environment,
        "`IPv4` or `IPv6`",
    )
}

fn checked(
    settings: &Settings,
    name: &str,
    argument: Option<&str>,
    variable: &str,
    environment: &Environment,
    expected: &str,
) -> Option<Checked> {
    let summary = "Invalid setting of the EC2 metadata service";
    if let Some(value) = argument {
        let text = format!(
            "`{name}` {} is `{}`, but must be {expected}.",
            settings.advice.arguments,
            endpoints::shown(value)
        );
        let problem = Problem::new(summary, text).at(Argument::named(name));
        return Some((value.to_owned(), problem));
    }
    let value = environment.text(variable)?;
    let text = format!(
        "The environment variable {variable} is `{}`, but must be {expected}.",
        endpoints::shown(&value)
    );
    Some((value, Problem::new(summary, text)))
}
