//! Rules of a daemon's configuration that concern more than one attribute. Unknown values never fail.

use daemons::{arn::Arn, name};
use tfplug_core::{Diagnostics, Path, Value};

const PLACE: &str = "ARN of another place";

/// Checks a configuration as a whole: all ARNs in one partition, region and account.
pub(super) fn check(config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let cluster = config
        .get(name::CLUSTER_ARN)
        .as_str()
        .and_then(|text| Arn::parse(text).ok());
    let definition = config
        .get(name::TASK_DEFINITION)
        .as_str()
        .and_then(|text| Arn::parse(text).ok());
    let providers: Vec<Arn> = config
        .get(name::CAPACITY_PROVIDERS)
        .elements()
        .filter_map(|arn| Arn::parse(arn.as_str()?).ok())
        .collect();
    let all = [(name::CLUSTER_ARN, cluster), (name::TASK_DEFINITION, definition)];
    let mut known: Vec<(&str, Arn)> = all
        .into_iter()
        .filter_map(|(attribute, arn)| Some((attribute, arn?)))
        .collect();
    known.extend(providers.into_iter().map(|arn| (name::CAPACITY_PROVIDERS, arn)));
    if let Some((first, rest)) = known.split_first() {
        for other in rest {
            compare(first, other, &mut diagnostics);
        }
        check_region(config, first, &mut diagnostics);
    }
    diagnostics
}

fn compare(first: &(&str, Arn), other: &(&str, Arn), diagnostics: &mut Diagnostics) {
    let ((first_name, first), (other_name, other)) = (first, other);
    let same = (&first.partition, &first.region, &first.account) == (&other.partition, &other.region, &other.account);
    if !same {
        diagnostics.error_at(
            Path::attribute(other_name),
            PLACE,
            format!(
                "`{other}` is in partition {}, region {} and account {}, but `{first_name}` is in {}, {} and {}. \
                 A daemon, its cluster, its capacity providers and its task definition must be in one place. A task definition \
                 stays where it was registered: if the provider's region was changed since, plan with `-replace` of it.",
                other.partition, other.region, other.account, first.partition, first.region, first.account
            ),
        );
    }
}

fn check_region(config: &Value, (first_name, first): &(&str, Arn), diagnostics: &mut Diagnostics) {
    if let Some(region) = config.get(name::REGION).as_str()
        && region != first.region
    {
        diagnostics.error_at(
            Path::attribute(name::REGION),
            PLACE,
            format!(
                "`region` is {region}, but `{first_name}` is in {}. Remove `region` or correct one of them.",
                first.region
            ),
        );
    }
}
