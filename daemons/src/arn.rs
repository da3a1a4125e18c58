//! Amazon Resource Names, made only by parsing.
//!
//! Each has one spelling: what could be read in another way (`…:01` for revision 1, a `/` at the end) is
//! refused, because a service answers with its own spelling, and every plan would see a difference.

use std::fmt;

/// A parsed ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arn {
    /// Partition, for example `aws` or `aws-cn`.
    pub partition: String,
    /// Service, for example `ecs`.
    pub service: String,
    /// Region; empty for global services.
    pub region: String,
    /// 12-digit account id.
    pub account: String,
    /// Everything after the account.
    pub resource: String,
}

/// ARN of a daemon: `…:daemon/CLUSTER/NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonArn {
    /// The ARN as a whole.
    pub arn: Arn,
    /// Name of the cluster.
    pub cluster: String,
    /// Name of the daemon.
    pub name: String,
}

/// ARN of a record of a daemon: `…:daemon-deployment/CLUSTER/NAME/ID` or `…:daemon-revision/CLUSTER/NAME/ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordArn {
    /// The ARN as a whole.
    pub arn: Arn,
    /// The daemon.
    pub daemon: DaemonArn,
    /// Identifier of the record, which means nothing.
    pub id: String,
}

/// ARN of one revision of a daemon task definition: `…:daemon-task-definition/FAMILY:REVISION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionArn {
    /// The ARN as a whole.
    pub arn: Arn,
    /// Family.
    pub family: String,
    /// Number of the revision, from 1.
    pub revision: i64,
}

impl Arn {
    /// Parses an ARN of any kind. The error says what an ARN looks like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not an ARN: expected `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.");
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().map(str::to_owned).ok_or_else(wrong);
        let prefix = next()?;
        let arn = Self {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        };
        let complete = prefix == "arn" && arn.partition.starts_with("aws") && !arn.service.is_empty();
        if complete && !arn.resource.is_empty() {
            Ok(arn)
        } else {
            Err(wrong())
        }
    }

    /// Parses an ARN whose service and kind of resource are given, `kind` being the text before the
    /// first name, for example `cluster/`.
    pub fn parse_kind(text: &str, service: &str, kind: &str) -> Result<Self, String> {
        let region = if service == "iam" { "" } else { "REGION" };
        let form = format!("expected `arn:PARTITION:{service}:{region}:ACCOUNT:{kind}NAME`.");
        let arn = Self::parse(text).map_err(|_| format!("`{text}` is not an ARN: {form}"))?;
        let names = arn.names(kind);
        let right_kind = !names.is_empty() && names.iter().all(|name| is_segment(name));
        // Global services such as IAM have no region.
        let placed = if service == "iam" {
            arn.region.is_empty()
        } else {
            is_region(&arn.region)
        };
        let owned = is_account(&arn.account) || (service == "iam" && kind == "policy/" && arn.account == "aws");
        if arn.service == service && right_kind && owned && placed && is_partition(&arn.partition) {
            return Ok(arn);
        }
        Err(format!("`{text}` is not the ARN of the right kind: {form}"))
    }

    /// The same for a resource with one name, which has letters, digits, hyphens and underscores.
    pub fn parse_named(text: &str, service: &str, kind: &str) -> Result<Self, String> {
        let arn = Self::parse_kind(text, service, kind)?;
        match arn.names(kind).as_slice() {
            [name] if is_name(name) => Ok(arn),
            _ => Err(format!(
                "`{text}` has no valid name: expected `arn:PARTITION:{service}:REGION:ACCOUNT:{kind}NAME`, the name of letters, \
                 digits, hyphens and underscores."
            )),
        }
    }

    /// Parts of the resource after its kind; none if it is of another kind.
    fn names(&self, kind: &str) -> Vec<&str> {
        let names = self.resource.strip_prefix(kind);
        names.map(|names| names.split('/').collect()).unwrap_or_default()
    }

    /// An ARN of the same partition, region and account.
    #[must_use]
    pub fn sibling(&self, resource: impl Into<String>) -> Self {
        Self {
            resource: resource.into(),
            ..self.clone()
        }
    }
}

/// True if a text is a name as ECS takes them: letters, digits, hyphens and underscores.
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// Part of a resource between slashes.
fn is_segment(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_partition(text: &str) -> bool {
    text == "aws" || text.strip_prefix("aws-").is_some_and(is_labels)
}

/// True if a text has the form of a region. New ones appear too often for a list.
pub fn is_region(text: &str) -> bool {
    text.len() <= 63 && is_labels(text)
}

/// Lower-case letters and digits with single hyphens between them.
fn is_labels(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.split('-').all(is_label)
}

impl DaemonArn {
    /// The form of such an ARN, for messages.
    pub const FORM: &'static str = "arn:PARTITION:ecs:REGION:ACCOUNT:daemon/CLUSTER/NAME";

    /// Parses the ARN of a daemon.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not the ARN of a daemon: expected `arn:PARTITION:ecs:REGION:ACCOUNT:daemon/CLUSTER/NAME`."
            )
        };
        let arn = Arn::parse_kind(text, "ecs", "daemon/").map_err(|_| wrong())?;
        let (cluster, name) = match arn.names("daemon/").as_slice() {
            [cluster, name] if is_name(cluster) && is_name(name) => ((*cluster).to_owned(), (*name).to_owned()),
            _ => return Err(wrong()),
        };
        Ok(Self { arn, cluster, name })
    }

    /// The ARN that a daemon of this name in this cluster has.
    pub fn in_cluster(cluster: &Arn, name: &str) -> Self {
        let cluster_name = cluster
            .resource
            .strip_prefix("cluster/")
            .unwrap_or(&cluster.resource)
            .to_owned();
        Self {
            arn: cluster.sibling(format!("daemon/{cluster_name}/{name}")),
            cluster: cluster_name,
            name: name.to_owned(),
        }
    }

    /// ARN of the cluster.
    pub fn cluster_arn(&self) -> Arn {
        self.arn.sibling(format!("cluster/{}", self.cluster))
    }
}

impl RecordArn {
    /// Parses the ARN of a deployment.
    pub fn parse_deployment(text: &str) -> Result<Self, String> {
        Self::parse(text, "daemon-deployment", "a daemon deployment")
    }

    /// Parses the ARN of a revision of a daemon.
    pub fn parse_revision(text: &str) -> Result<Self, String> {
        Self::parse(text, "daemon-revision", "a daemon revision")
    }

    fn parse(text: &str, kind: &str, what: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not the ARN of {what}: expected `arn:PARTITION:ecs:REGION:ACCOUNT:{kind}/CLUSTER/NAME/ID`."
            )
        };
        let kind = format!("{kind}/");
        let arn = Arn::parse_kind(text, "ecs", &kind).map_err(|_| wrong())?;
        let (daemon, id) = match arn.names(&kind).as_slice() {
            [cluster, name, id] if is_name(cluster) && is_name(name) && is_name(id) => {
                let cluster = arn.sibling(format!("cluster/{cluster}"));
                (DaemonArn::in_cluster(&cluster, name), (*id).to_owned())
            }
            _ => return Err(wrong()),
        };
        Ok(Self { arn, daemon, id })
    }
}

impl RevisionArn {
    /// Parses the ARN of a revision, which must carry its number.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not the ARN of a daemon task definition with its revision: expected \
                 `arn:PARTITION:ecs:REGION:ACCOUNT:daemon-task-definition/FAMILY:REVISION`."
            )
        };
        let arn = Arn::parse_kind(text, "ecs", "daemon-task-definition/").map_err(|_| wrong())?;
        let (family, number) = arn
            .resource
            .strip_prefix("daemon-task-definition/")
            .and_then(|name| name.rsplit_once(':'))
            .ok_or_else(wrong)?;
        let revision: i64 = number.parse().map_err(|_| wrong())?;
        // A number has one spelling: no sign, no zero at its beginning.
        if revision < 1 || number != revision.to_string() || !is_name(family) {
            return Err(wrong());
        }
        Ok(Self {
            family: family.to_owned(),
            revision,
            arn,
        })
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            service,
            region,
            account,
            resource,
        } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

impl fmt::Display for DaemonArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.arn.fmt(f)
    }
}

impl fmt::Display for RecordArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.arn.fmt(f)
    }
}

impl fmt::Display for RevisionArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.arn.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "arn:aws:ecs:eu-west-1:111122223333";

    #[test]
    fn each_arn_has_one_spelling() {
        let revision = |end: &str| RevisionArn::parse(&format!("{PLACE}:daemon-task-definition/agent:{end}")).is_ok();
        assert!(revision("1") && revision("10"));
        for end in ["01", "+1", "0", "-1", " 1", "1 ", "1.0", "", "9223372036854775808"] {
            assert!(!revision(end), "{end}");
        }
        let cluster = |name: &str| Arn::parse_named(&format!("{PLACE}:cluster/{name}"), "ecs", "cluster/").is_ok();
        assert!(cluster("prod") && cluster("a_b-1"));
        for name in [
            "", "/", "prod/", "prod//", "/prod", "prod/x", "pr od", "pröd", "prod:1", " prod",
        ] {
            assert!(!cluster(name), "{name}");
        }
        let daemon = |name: &str| DaemonArn::parse(&format!("{PLACE}:daemon/{name}")).is_ok();
        assert!(daemon("prod/agent"));
        for name in ["prod/agent/", "prod//agent", "prod", "prod/a/b", "prod/ag ent"] {
            assert!(!daemon(name), "{name}");
        }
        let role = |text: &str| Arn::parse_kind(text, "iam", "role/").is_ok();
        assert!(role("arn:aws:iam::111122223333:role/path/a+b=c,d.e@f"));
        for text in [
            "arn:aws:iam::111122223333:role/a/",
            "arn:aws:iam:eu-west-1:111122223333:role/a",
        ] {
            assert!(!role(text), "{text}");
        }
        for place in [
            "arn:aws:ecs:EU-west-1:111122223333",
            "arn:aws:ecs::111122223333",
            "arn:awsx:ecs:eu-west-1:111122223333",
            "arn:aws:ecs:eu-west-1:1",
        ] {
            let text = format!("{place}:cluster/prod");
            assert!(Arn::parse_named(&text, "ecs", "cluster/").is_err(), "{text}");
        }
    }

    #[test]
    fn messages_name_the_form_of_the_very_argument() {
        let told = |text: &str| Arn::parse_named(text, "ecs", "capacity-provider/").unwrap_err();
        let told = [
            "fleet",
            "arn:aws:ecs:eu-west-1:111122223333:cluster/a",
            "arn:aws:ecs:eu-west-1:111122223333:capacity-provider/a/",
        ]
        .map(told);
        insta::assert_snapshot!(told.join("\n"), @"
        `fleet` is not an ARN: expected `arn:PARTITION:ecs:REGION:ACCOUNT:capacity-provider/NAME`.
        `arn:aws:ecs:eu-west-1:111122223333:cluster/a` is not the ARN of the right kind: expected `arn:PARTITION:ecs:REGION:ACCOUNT:capacity-provider/NAME`.
        `arn:aws:ecs:eu-west-1:111122223333:capacity-provider/a/` is not the ARN of the right kind: expected `arn:PARTITION:ecs:REGION:ACCOUNT:capacity-provider/NAME`.
        ");
    }
}
