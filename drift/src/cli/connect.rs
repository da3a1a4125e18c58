//! Connections by flags, environment and shared configuration files, for every command that calls AWS.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use aws::{AssumeRole, Aws, Settings, UNENCRYPTED};
use tokio::{runtime::Runtime, sync::Mutex};

use super::{Failure, shared::CredentialArguments};
use crate::{
    report::{Problem, Tool},
    scan::{ADVICE, Access, Connect},
};

/// Attempts that find nobody before a call is given up: a scan can be run again, and whoever mistyped an address does
/// not want to wait for a minute.
const ATTEMPTS_UNREACHABLE: u32 = 3;

/// Name of the sessions of roles that inputs name, for whoever reads them in `CloudTrail`.
const SESSION_NAME: &str = "ecs-drift";

/// The runtime of a process: one thread is enough for waiting.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::new("Nothing can be called", error.to_string()))
}

/// Connects by flags, environment and shared configuration files.
pub(super) struct Connector<'a> {
    arguments: &'a CredentialArguments,
    /// Connections that were made, so that a role is assumed once.
    made: Mutex<BTreeMap<Access, Aws>>,
}

impl<'a> Connector<'a> {
    pub(super) fn new(arguments: &'a CredentialArguments) -> Self {
        let made = Mutex::default();
        Self { arguments, made }
    }
}

impl Connect for Connector<'_> {
    async fn connect(&self, access: &Access) -> Result<Aws, Problem> {
        let mut made = self.made.lock().await;
        if let Some(aws) = made.get(access) {
            return Ok(aws.clone());
        }
        let connected = Aws::connect(settings(self.arguments, access)).await;
        let aws = connected.map_err(|problems| {
            let first = problems.iter().next();
            let (summary, detail) = first.map_or_else(
                || ("No connection to AWS".to_owned(), String::new()),
                |problem| (problem.summary.clone(), problem.detail.clone()),
            );
            Problem {
                input: None,
                summary,
                detail,
            }
        })?;
        if made.is_empty() && !aws.unencrypted().is_empty() {
            let services = aws.unencrypted().join(", ");
            let _closed = writeln!(io::stderr(), "warning: {services}: {UNENCRYPTED}.");
        }
        made.insert(access.clone(), aws.clone());
        Ok(aws)
    }
}

fn settings(arguments: &CredentialArguments, access: &Access) -> Settings {
    let CredentialArguments {
        region,
        profile,
        endpoint_url,
    } = arguments;
    let Access {
        role_arn,
        external_id,
        region: own_region,
    } = access;
    let role = role_arn.clone().map(|role_arn| AssumeRole {
        role_arn,
        external_id: external_id.clone(),
        session_name: Some(SESSION_NAME.to_owned()),
        ..AssumeRole::default()
    });
    let tool = Tool::this();
    Settings {
        region: own_region.clone().or_else(|| region.clone()),
        profile: profile.clone(),
        assume_role: role.into_iter().collect(),
        ecs_endpoint: endpoint_url.clone(),
        sts_endpoint: endpoint_url.clone(),
        cloudtrail_endpoint: endpoint_url.clone(),
        attempts_unreachable: Some(ATTEMPTS_UNREACHABLE),
        user_agent_product: (tool.name, tool.version),
        advice: ADVICE,
        ..Settings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_has_its_own_role_and_region() {
        let arguments = CredentialArguments {
            region: Some("eu-central-1".to_owned()),
            ..CredentialArguments::default()
        };
        let own = settings(&arguments, &Access::default());
        assert_eq!(
            (own.region.as_deref(), own.assume_role.len()),
            (Some("eu-central-1"), 0)
        );
        let access = Access {
            role_arn: Some("arn:aws:iam::123456789012:role/drift".to_owned()),
            external_id: Some("word".to_owned()),
            region: Some("eu-west-1".to_owned()),
        };
        let other = settings(&arguments, &access);
        assert_eq!(other.region.as_deref(), Some("eu-west-1"));
        let [role] = other.assume_role.as_slice() else {
            panic!("{:?}", other.assume_role)
        };
        assert_eq!(role.role_arn, "arn:aws:iam::123456789012:role/drift");
        assert_eq!(role.external_id.as_deref(), Some("word"));
    }
}
