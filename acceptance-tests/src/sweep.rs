//! Removes what aborted runs on a real account have left: daemons and task definitions whose names
//! begin with the suite's prefix, and nothing else.

use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Outcome, fail};
use crate::other_caller::OtherCaller;
use crate::target;

/// The beginning of the names of everything that the suite makes on a real account.
pub const NAME_PREFIX: &str = "tf-acc-test-";

/// Longest time until deleted daemons are gone.
const LIMIT: Duration = Duration::from_hours(1);

/// The objects that a sweep has deleted, by ARN.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Daemons.
    pub daemons: Vec<String>,
    /// Revisions of task definitions.
    pub definitions: Vec<String>,
}

/// Sweeps the cluster of the environment.
pub fn on_aws() -> Outcome<Swept> {
    let Some(aws) = target::from_environment()? else {
        return fail("a sweep needs ECS_ACC_TARGET=aws, and with it the cluster to sweep");
    };
    let other_caller = OtherCaller::of_aws(&aws.region)?;
    sweep(&other_caller, &aws.cluster_arn, Duration::from_secs(15))
}

/// Deletes the suite's daemons in a cluster, waits until they are gone, and deletes the suite's task
/// definitions, which their daemons no longer use then.
pub fn sweep(other_caller: &OtherCaller, cluster: &str, pause: Duration) -> Outcome<Swept> {
    let ours = |other_caller: &OtherCaller| -> Outcome<Vec<String>> {
        let mut daemons = other_caller.daemons(cluster)?;
        daemons.retain(|arn| arn.rsplit('/').next().is_some_and(|name| name.starts_with(NAME_PREFIX)));
        Ok(daemons)
    };
    let daemons = ours(other_caller)?;
    for daemon in &daemons {
        // One that is being deleted already is what is wanted.
        other_caller.delete(daemon).or_else(|failure| {
            let text = failure.to_string();
            let begun = text.contains("deletion is ongoing") || text.contains("DaemonNotActive");
            if begun { Ok(()) } else { Err(failure) }
        })?;
    }
    let deadline = Instant::now() + LIMIT;
    while !ours(other_caller)?.is_empty() {
        if Instant::now() > deadline {
            return fail(format!("these daemons do not go away: {daemons:?}"));
        }
        thread::sleep(pause);
    }
    let definitions = other_caller.definitions(NAME_PREFIX)?;
    for definition in &definitions {
        other_caller.delete_definition(definition)?;
    }
    Ok(Swept { daemons, definitions })
}
