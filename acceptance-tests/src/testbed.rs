//! The testbed of a case: a cluster with capacity providers, on an emulator of its own or on a
//! real account, and the other principal who is there as well.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::emulator::Emulator;
use crate::failure::{Failure, Outcome, fail};
use crate::other_caller::OtherCaller;
use crate::setup::Setup;
use crate::sweep::NAME_PREFIX;
use crate::target::AwsTarget;

/// Region of emulated clusters.
const REGION: &str = "us-east-1";

/// The time that a case waits for the world to become as it wants it.
const WAIT_LIMIT: Duration = Duration::from_mins(1);

/// A cluster, its capacity providers, and who is there.
#[derive(Debug)]
pub struct Testbed {
    emulator: Option<Emulator>,
    other_caller: OtherCaller,
    region: String,
    cluster_arn: String,
    capacity_provider_arns: Vec<String>,
    /// Name of the daemon and of its task definition's family.
    name: String,
}

impl Testbed {
    /// Starts an emulator with a cluster `acc` and two managed-instances providers, the first of
    /// which gets the instances.
    pub fn emulated(setup: &Setup, folder: &Path) -> Outcome<Self> {
        let emulator = Emulator::start(&setup.clock, setup.scenario.as_deref(), folder)?;
        let other_caller = OtherCaller::of_emulator(&emulator.endpoint(), REGION)?;
        let cluster_arn = other_caller.create_cluster("acc")?;
        let first = other_caller.create_capacity_provider("acc", "first")?;
        let second = other_caller.create_capacity_provider("acc", "second")?;
        if setup.instances > 0 {
            emulator.add_instances(&first, setup.instances)?;
        }
        Ok(Self {
            emulator: Some(emulator),
            other_caller,
            region: REGION.to_owned(),
            cluster_arn,
            capacity_provider_arns: vec![first, second],
            name: "agent".to_owned(),
        })
    }

    /// A cluster with one capacity provider that the emulator's scenario has made.
    pub fn of_scenario(emulator: Emulator, cluster: &str, capacity_provider: &str, name: &str) -> Outcome<Self> {
        let other_caller = OtherCaller::of_emulator(&emulator.endpoint(), REGION)?;
        let arn = |kind: &str, name: &str| format!("arn:aws:ecs:{REGION}:123456789012:{kind}/{name}");
        Ok(Self {
            emulator: Some(emulator),
            other_caller,
            region: REGION.to_owned(),
            cluster_arn: arn("cluster", cluster),
            capacity_provider_arns: vec![arn("capacity-provider", capacity_provider)],
            name: name.to_owned(),
        })
    }

    /// A prepared cluster on a real account; names carry the prefix that sweepers look for.
    pub(crate) fn on_aws(target: AwsTarget, case: &str) -> Outcome<Self> {
        Ok(Self {
            emulator: None,
            other_caller: OtherCaller::of_aws(&target.region)?,
            region: target.region,
            cluster_arn: target.cluster_arn,
            capacity_provider_arns: target.capacity_provider_arns,
            name: format!("{NAME_PREFIX}{case}-{}", std::process::id()),
        })
    }

    /// The emulator; cases that ask for it declare that they run only there.
    pub fn emulator(&self) -> Outcome<&Emulator> {
        let emulator = self.emulator.as_ref();
        emulator.ok_or_else(|| Failure::new("this case runs on AWS and asks for the emulator"))
    }

    /// True if this is the emulator.
    pub fn is_emulated(&self) -> bool {
        self.emulator.is_some()
    }

    /// The other principal.
    pub fn other_caller(&self) -> &OtherCaller {
        &self.other_caller
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// ARN of the cluster.
    pub fn cluster_arn(&self) -> &str {
        &self.cluster_arn
    }

    /// ARNs of the capacity providers; the first has the instances.
    pub fn capacity_provider_arns(&self) -> &[String] {
        &self.capacity_provider_arns
    }

    /// Name that the case gives its daemon and family, `local.name` in its configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// ARN of the daemon called `local.name`.
    pub fn daemon_arn(&self) -> String {
        format!("{}/{}", self.cluster_arn.replace(":cluster/", ":daemon/"), self.name)
    }

    /// ARN of a revision of the family called `local.name`.
    pub fn definition_arn(&self, revision: u32) -> String {
        let (account, _) = self
            .cluster_arn
            .split_once(":cluster/")
            .unwrap_or((&self.cluster_arn, ""));
        format!("{account}:daemon-task-definition/{}:{revision}", self.name)
    }

    /// Lets what is under way come to its end.
    pub fn settle(&self) -> Outcome {
        if let Some(emulator) = &self.emulator {
            return emulator.settle();
        }
        let arn = self.daemon_arn();
        if self.other_caller.daemons(&self.cluster_arn)?.contains(&arn) {
            return self.other_caller.wait_for_rollout(&arn);
        }
        Ok(())
    }

    /// Runs something while virtual time stands still; on AWS time cannot be stopped.
    pub(crate) fn frozen<T>(&self, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let Some(emulator) = &self.emulator else { return work() };
        emulator.freeze()?;
        let result = work();
        emulator.thaw()?;
        result
    }

    /// Moves virtual time on until the daemon's latest deployment has this status. For a frozen
    /// clock: otherwise the question itself would move it.
    pub fn advance_to(&self, status: &str) -> Outcome {
        let arn = self.daemon_arn();
        for _ in 0..100 {
            let now = self.other_caller.deployment(&arn)?.status;
            if now.is_some_and(|now| now.as_str() == status) {
                return Ok(());
            }
            self.emulator()?.next_milestone()?;
        }
        fail(format!("the deployment of {arn} does not become {status}"))
    }

    /// Waits until a condition holds.
    pub fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> Outcome<bool>) -> Outcome {
        let deadline = Instant::now() + WAIT_LIMIT;
        while !holds(self)? {
            if Instant::now() > deadline {
                return fail(format!("this did not come true within {WAIT_LIMIT:?}: {what}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}
