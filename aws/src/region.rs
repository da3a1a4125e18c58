//! The region of resources that do not name their own.

use aws_config::provider_config::ProviderConfig;
use aws_types::region::Region;

use super::{advice::Advice, environment::Environment, metadata::Metadata, problem::Problem, profiles::Profiles};

/// The region of the settings, else of the environment, the profile, or the instance.
pub(super) async fn find(
    setting: Option<&str>,
    environment: &Environment,
    profiles: &Profiles,
    metadata: &Metadata,
    neighbours: &ProviderConfig,
) -> Option<Region> {
    if let Some(region) = setting.filter(|region| !region.is_empty()) {
        return Some(Region::new(region.to_owned()));
    }
    if let Some((_, region)) = environment.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]) {
        return Some(Region::new(region));
    }
    let of_profile = profiles.region(neighbours).await;
    if let Some(region) = of_profile.filter(|region| !region.as_ref().is_empty()) {
        return Some(region);
    }
    metadata.region(neighbours).await
}

/// Nothing tells the region.
pub(super) fn missing(advice: &Advice) -> Problem {
    let text = format!(
        "No region is configured. Set {}, one of the environment variables AWS_REGION and AWS_DEFAULT_REGION, or \
         `region` in the profile of the shared configuration file (by default ~/.aws/config). On EC2 the region of the \
         instance counts when none of these is set.",
        advice.region
    );
    Problem::new("Missing AWS region", text)
}
