//! Durations: spans from which each entity draws its own.
//!
//! The defaults give the published walkthrough of an update on one instance: draining within
//! 0:40, the new instance registering by 1:53, active by 2:29, the old one deregistering by 3:42,
//! all done by 4:54. Deletion on idle instances and removal of a capacity provider stay within the
//! minute that the walkthrough waits for each.

use crate::records::service::Service;
use crate::seeded::Span;

const fn span(purpose: &'static str, from: i64, to: i64) -> Span {
    Span { purpose, from, to }
}

/// From the call to `IN_PROGRESS`.
pub(super) const PENDING: Span = span("pending", 5_000, 6_000);
/// From the call to `SUCCESSFUL` when there is no instance.
pub(super) const NOTHING_TO_DO: Span = span("nothing to do", 1_000, 2_000);
/// From `IN_PROGRESS` to the first batch.
pub(super) const FIRST_BATCH: Span = span("first batch", 26_000, 30_000);
/// Between batches.
pub(super) const NEXT_BATCH: Span = span("next batch", 4_000, 6_000);
/// From the order of an instance until it registers.
pub(super) const BOOT: Span = span("boot", 62_000, 68_000);
/// From the creation of a daemon task until it runs.
pub(super) const TASK_START: Span = span("task start", 7_000, 9_000);
/// From the creation of a daemon task until its start has failed.
pub(super) const TASK_FAILURE: Span = span("task failure", 6_000, 9_000);
/// From running until a broken container exits.
pub(super) const TASK_EXIT: Span = span("task exit", 4_000, 7_000);
/// From running until the health checks have answered.
pub(super) const HEALTH: Span = span("health", 5_000, 8_000);
/// Wait before a daemon is launched again, doubled with each failure.
pub(super) const BACK_OFF: Span = span("back-off", 10_000, 12_000);
/// Longest wait before a daemon is launched again, in milliseconds.
pub(super) const LONGEST_BACK_OFF: i64 = 300_000;
/// From the last daemon's start until the instance is ACTIVE.
pub(super) const REGISTRATION: Span = span("registration", 14_000, 16_000);
/// From the replacement's ACTIVE until the drained instance's daemons stop.
pub(super) const LEAVE: Span = span("leave", 82_000, 90_000);
/// From the stop of the last task until the instance is gone.
pub(super) const DEREGISTRATION: Span = span("deregistration", 68_000, 74_000);
/// From the decision to stop until the rollback begins.
pub(super) const STOP: Span = span("stop", 2_000, 4_000);
/// From `DeleteDaemon` to the first batch.
pub(super) const DELETION: Span = span("deletion", 1_000, 2_000);
/// Longest time an idle instance drains when its daemon is deleted, in milliseconds.
pub(super) const IDLE_DRAIN: i64 = 8_000;
/// All batches of a deletion on idle instances together, in milliseconds.
pub(super) const IDLE_DELETION: i64 = 44_000;
/// From `DeleteCapacityProvider` until its instances are gone.
pub(super) const TERMINATION: Span = span("termination", 20_000, 35_000);
/// From `DeleteCapacityProvider` to `INACTIVE`.
pub(super) const DEPROVISIONING: Span = span("deprovisioning", 40_000, 55_000);
/// From creation to ACTIVE of a cluster or capacity provider (knob `creation`).
pub(super) const PROVISIONING: Span = span("provisioning", 5_000, 10_000);
/// Shortest time until it is looked again whether a deleted definition is still referenced, in milliseconds.
pub(super) const REFERENCE_CHECK: i64 = 60_000;
/// Wait before a machine that could not be had is ordered again, in milliseconds.
pub(super) const CAPACITY_RETRY: i64 = 60_000;
/// The time that a stopped task stays visible, in milliseconds.
pub(super) const STOPPED_TASK: i64 = 3_600_000;
/// From the order of the first machines of a scale-out until they register: two articles saw tasks run about five
/// minutes after their service was created.
pub(super) const COLD_BOOT: Span = span("cold boot", 250_000, 262_000);
/// From ACTIVE, or from the placement on an instance in service, until an application task runs. Together with
/// [`REGISTRATION`] it makes up the 18 to 21 seconds by which daemons start earlier.
pub(super) const APPLICATION_START: Span = span("application start", 4_000, 5_000);
/// From the request to stop until an application task has stopped: the default time that containers have, less what
/// the walkthrough shows. The task counts as running until then.
pub(super) const APPLICATION_STOP: Span = span("application stop", 27_000, 30_000);
/// From a change until the scheduler of a service looks at it.
pub(super) const SCHEDULER: Span = span("scheduler", 1_000, 2_000);
/// From the last task's end until an idle instance, or one whose daemon is deleted, goes.
pub(super) const IDLE_LEAVE: Span = span("idle leave", 3_000, 6_000);
/// Launches of a critical daemon that fail until a registering instance is given up.
pub(super) const REGISTRATION_LAUNCHES: u32 = 5;
/// Wait until another machine is launched in the place of one that failed to register, doubled with each.
pub(super) const REGISTRATION_BACK_OFF: Span = span("registration back-off", 60_000, 75_000);
/// Delay of the drain of an old machine after it has reached its age, so that a fleet does not go at once.
pub(super) const AGE_SPREAD: Span = span("age", 0, 3_600_000);

/// True if the scheduler has to be told when something has changed, because it would not look at the service soon.
pub(super) fn is_asleep(service: &Service, now: i64) -> bool {
    service.is_scheduled() && service.due.is_none_or(|due| due > now + SCHEDULER.to)
}
