//! The target of the suite: the emulator, or a real account when `ECS_ACC_TARGET=aws` says so.
//! The README of this crate lists the environment names.

use std::env;

use crate::failure::{Failure, Outcome, fail};

/// The targets on which a case can run.
#[derive(Clone, Copy, Debug)]
pub enum Targets {
    /// On the emulator and on AWS.
    Any,
    /// Only on the emulator, for the reason given: faults, alarms, the clock and control over
    /// instances do not exist on AWS.
    EmulatorOnly(&'static str),
}

/// A prepared cluster on AWS.
#[derive(Clone, Debug)]
pub struct AwsTarget {
    /// Region of the cluster.
    pub region: String,
    /// ARN of the cluster.
    pub cluster_arn: String,
    /// ARNs of managed-instances capacity providers of that cluster.
    pub capacity_provider_arns: Vec<String>,
}

/// The real account to run on, or nothing for the emulator.
pub(crate) fn from_environment() -> Outcome<Option<AwsTarget>> {
    match env::var("ECS_ACC_TARGET").as_deref() {
        Err(_) | Ok("" | "emulator") => Ok(None),
        Ok("aws") => aws().map(Some),
        Ok(other) => fail(format!("ECS_ACC_TARGET is `{other}`; it can be `emulator` or `aws`")),
    }
}

fn aws() -> Outcome<AwsTarget> {
    let providers = needed("ECS_ACC_CAPACITY_PROVIDER_ARNS")?;
    Ok(AwsTarget {
        region: needed("AWS_REGION")?,
        cluster_arn: needed("ECS_ACC_CLUSTER_ARN")?,
        capacity_provider_arns: providers.split(',').map(|arn| arn.trim().to_owned()).collect(),
    })
}

fn needed(name: &str) -> Outcome<String> {
    env::var(name).map_err(|_| Failure::new(format!("ECS_ACC_TARGET=aws needs {name}")))
}
