//! Amazon Resource Names: built from a scope, taken apart when a caller sends one.

use crate::api::Scope;

/// The partition that a region belongs to.
fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

/// ARN of an ECS resource of the scope, for example of `cluster/main`.
pub(crate) fn ecs(scope: &Scope, resource: &str) -> String {
    let partition = partition(&scope.region);
    // One for each task and instance: at once in the right size.
    [
        "arn:",
        partition,
        ":ecs:",
        &scope.region,
        ":",
        &scope.account,
        ":",
        resource,
    ]
    .concat()
}

/// ARN of an alarm of `CloudWatch`.
pub(crate) fn alarm(scope: &Scope, name: &str) -> String {
    let partition = partition(&scope.region);
    format!(
        "arn:{partition}:cloudwatch:{}:{}:alarm:{name}",
        scope.region, scope.account
    )
}

/// ARN of the principal that the emulator takes every caller for.
pub(crate) fn principal(scope: &Scope) -> String {
    format!("arn:{}:iam::{}:user/emulator", partition(&scope.region), scope.account)
}

/// ARN of the root user of the account.
pub(crate) fn root(scope: &Scope) -> String {
    format!("arn:{}:iam::{}:root", partition(&scope.region), scope.account)
}

/// The resource part of an ARN of a principal of the account: `user/emulator`.
pub(crate) fn iam_resource<'a>(scope: &Scope, arn: &'a str) -> Option<&'a str> {
    arn.strip_prefix(&format!("arn:{}:iam::{}:", partition(&scope.region), scope.account))
}

/// The resource part of an ECS ARN of this scope, without its kind: `main/agent` for a daemon.
/// None when the text is no ARN, of another scope or of another kind.
pub(crate) fn resource<'a>(scope: &Scope, arn: &'a str, kind: &str) -> Option<&'a str> {
    arn.strip_prefix(&ecs(scope, kind))?
        .strip_prefix('/')
        .filter(|rest| !rest.is_empty())
}

/// The last part of an ARN, or the text itself when it is a plain name.
pub(crate) fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partition_follows_the_region() {
        let arn = |region: &str| {
            ecs(
                &Scope {
                    account: "123456789012".into(),
                    region: region.into(),
                },
                "cluster/main",
            )
        };
        assert_eq!(
            arn("eu-central-1"),
            "arn:aws:ecs:eu-central-1:123456789012:cluster/main"
        );
        assert_eq!(arn("cn-north-1"), "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/main");
        assert_eq!(
            arn("us-gov-west-1"),
            "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:cluster/main"
        );
    }

    #[test]
    fn foreign_arns_have_no_resource_here() {
        let scope = Scope {
            account: "123456789012".into(),
            region: "eu-central-1".into(),
        };
        let check = |arn: &str, expected: Option<&str>| assert_eq!(resource(&scope, arn, "daemon"), expected, "{arn}");
        check(
            "arn:aws:ecs:eu-central-1:123456789012:daemon/main/agent",
            Some("main/agent"),
        );
        check("arn:aws:ecs:eu-west-1:123456789012:daemon/main/agent", None);
        check(
            "arn:aws:ecs:eu-central-1:123456789012:daemon-revision/main/agent/1",
            None,
        );
        check("arn:aws:ecs:eu-central-1:123456789012:daemon/", None);
        check("main/agent", None);
    }
}
