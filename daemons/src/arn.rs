//! Amazon Resource Names, made only by parsing.

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
        let arn = Self::parse(text)?;
        let account_is_valid = arn.account.len() == 12 && arn.account.bytes().all(|byte| byte.is_ascii_digit());
        let named = arn.resource.strip_prefix(kind).is_some_and(|name| !name.is_empty());
        // Global services such as IAM have no region.
        let regional = service == "iam" || !arn.region.is_empty();
        if arn.service == service && named && account_is_valid && regional {
            return Ok(arn);
        }
        let region = if service == "iam" { "" } else { "REGION" };
        Err(format!(
            "`{text}` is not the ARN of the right kind: expected `arn:PARTITION:{service}:{region}:ACCOUNT:{kind}NAME`."
        ))
    }

    /// Parts of the resource after its kind.
    fn names(&self, kind: &str) -> Vec<&str> {
        self.resource
            .strip_prefix(kind)
            .unwrap_or_default()
            .split('/')
            .collect()
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
            [cluster, name] if !cluster.is_empty() && !name.is_empty() => ((*cluster).to_owned(), (*name).to_owned()),
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
        let revision = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
        if family.is_empty() || family.contains('/') {
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

impl fmt::Display for RevisionArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.arn.fmt(f)
    }
}
