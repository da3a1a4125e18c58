//! Rules of a daemon's configuration that concern more than one attribute. Unknown values never fail.

use daemons::{arn::Arn, name};
use tfplug_core::{Diagnostics, Path, Value};

const PLACE: &str = "ARN of another place";

/// Said where a task definition is in another place than the rest: its region is known from its state.
const MOVED: &str = " A task definition stays where it was registered: if the provider's region was changed since, plan with \
                     `-replace` of it.";

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
        let hint = if [*first_name, *other_name].contains(&name::TASK_DEFINITION) {
            MOVED
        } else {
            ""
        };
        diagnostics.error_at(
            Path::attribute(other_name),
            PLACE,
            format!(
                "`{other}` is in partition {}, region {} and account {}, but `{first_name}` is in {}, {} and {}. \
                 A daemon, its cluster, its capacity providers and its task definition must be in one place.{hint}",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_arns_are_of_one_place() {
        let arn = |region: &str, resource: &str| Value::from(format!("arn:aws:ecs:{region}:111122223333:{resource}"));
        let check_at = |regions: [&str; 3], own: Option<&str>| {
            let [cluster, definition, provider] = regions;
            let providers = Value::set_of([arn(provider, "capacity-provider/p")]);
            let config = Value::object([
                (name::CLUSTER_ARN, arn(cluster, "cluster/c")),
                (name::TASK_DEFINITION, arn(definition, "daemon-task-definition/agent:1")),
                (name::CAPACITY_PROVIDERS, providers),
                (name::REGION, own.map_or(Value::Null, Value::from)),
            ]);
            let told = check(&config);
            let told = told.iter().map(|one| format!("{}: {}\n", one.summary, one.detail));
            told.collect::<String>()
        };
        assert_eq!(check_at(["eu-west-1"; 3], Some("eu-west-1")), "");
        insta::assert_snapshot!(check_at(["eu-west-1", "us-east-1", "eu-west-1"], None), @r"ARN of another place: `arn:aws:ecs:us-east-1:111122223333:daemon-task-definition/agent:1` is in partition aws, region us-east-1 and account 111122223333, but `cluster_arn` is in aws, eu-west-1 and 111122223333. A daemon, its cluster, its capacity providers and its task definition must be in one place. A task definition stays where it was registered: if the provider's region was changed since, plan with `-replace` of it.");
        insta::assert_snapshot!(check_at(["eu-west-1", "eu-west-1", "us-east-1"], None), @r"ARN of another place: `arn:aws:ecs:us-east-1:111122223333:capacity-provider/p` is in partition aws, region us-east-1 and account 111122223333, but `cluster_arn` is in aws, eu-west-1 and 111122223333. A daemon, its cluster, its capacity providers and its task definition must be in one place.");
        insta::assert_snapshot!(check_at(["eu-west-1"; 3], Some("us-east-1")), @r"ARN of another place: `region` is us-east-1, but `cluster_arn` is in eu-west-1. Remove `region` or correct one of them.");
    }
}
