//! Deletion of a daemon: instance after instance is drained, batch by batch, and replaced by one
//! without the daemon. No new instance gets it from the call on.
//!
//! Instances without application tasks leave without waiting for their replacements, and all batches
//! of them together fit into a minute. Those with application tasks wait for these to move, as in a
//! rollout.

use serde_json::json;

use crate::records::arn::last_part;
use crate::records::daemon::{Stage, Status};
use crate::records::events::Kind;
use crate::records::fleet::{Drain, InstanceStatus};
use crate::records::must::Must;
use crate::simulation::region::Region;
use crate::simulation::timing;

impl Region<'_> {
    /// Begins a deletion whose pending time has passed.
    pub(in crate::simulation) fn start_deletion(&mut self, arn: &str) {
        self.set_status(
            arn,
            Status::InProgress,
            "The daemon is being deleted: its instances are drained.",
        );
        self.plan_batches(arn);
        self.enter(arn, Stage::Rolling);
    }

    /// Looks at the fleet and does what can be done for the deletion.
    pub(in crate::simulation) fn step_deletion(&mut self, arn: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let (daemon, members) = (deployment.daemon.clone(), deployment.batches.members.clone());
        let cluster = deployment.cluster.clone();
        let draining = |key: &u64| {
            let instance = self.records.instances.get(key);
            instance.is_some_and(|instance| {
                instance.status == InstanceStatus::Draining && instance.slots.contains_key(daemon.as_str())
            })
        };
        if deployment.batches.open && members.iter().any(draining) {
            return;
        }
        if deployment.batches.open {
            self.end_batch(arn);
        }
        self.vacate_draining(&cluster, &daemon);
        let left = self.with_work(arn, |work| (!work.outdated.is_empty(), !work.awaited.is_empty()));
        match left {
            Some((true, _)) => self.enter_until(arn, Stage::Pausing, self.now()),
            Some((false, false)) => self.finish_deletion(arn, &daemon),
            Some((false, true)) | None => {}
        }
    }

    /// Drains the next instances; they leave after a short while.
    pub(in crate::simulation) fn begin_deletion_batch(&mut self, arn: &str) {
        self.enter(arn, Stage::Rolling);
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let daemon = deployment.daemon.clone();
        let daemon = self.records.name(&daemon);
        let chosen = self.open_batch(arn);
        let batches = self
            .records
            .deployments
            .get(&arn.to_owned())
            .map_or(1, |each| each.batches.total.max(1));
        let share = timing::IDLE_DELETION / i64::try_from(batches).unwrap_or(i64::MAX);
        let leave_at = self.now() + share.clamp(1, timing::IDLE_DRAIN);
        for key in chosen {
            let deployment = self.records.name(arn);
            let daemon = daemon.clone();
            self.drain(key, Drain::Deletion { deployment, daemon });
            self.order_replacement(key);
            let idle = self
                .records
                .instances
                .get(&key)
                .is_some_and(|each| each.tasks.is_empty());
            if idle {
                let wait = self.slowed(key, leave_at - self.now());
                self.instance_due_at(key, self.now() + wait);
            }
        }
    }

    /// Takes the daemon off instances that others drain: they go anyway.
    fn vacate_draining(&mut self, cluster: &str, daemon: &str) {
        let leaving: Vec<u64> = self
            .records
            .instances
            .leaving(cluster)
            .filter(|instance| instance.status == InstanceStatus::Draining && instance.slots.contains_key(daemon))
            .map(|instance| instance.key)
            .collect();
        for key in leaving {
            self.vacate(key, daemon, "The daemon is deleted.");
        }
    }

    fn finish_deletion(&mut self, arn: &str, daemon: &str) {
        self.set_status(
            arn,
            Status::Successful,
            "The daemon is deleted: no instance runs it any more.",
        );
        self.records.daemons.forget(daemon);
        self.records.replays.retain(|_, replay| replay.daemon != daemon);
        self.note(
            Kind::Daemon,
            json!({ "daemon": last_part(daemon), "daemonArn": daemon, "status": "DELETED" }),
        );
    }
}
