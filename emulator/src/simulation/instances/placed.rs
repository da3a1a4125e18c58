//! Control from outside the API: instances that somebody places into the fleet.

use super::instance::Order;
use crate::api::{ApiError, ErrorKind};
use crate::records::arn;
use crate::records::cluster::{Lifecycle, Provider};
use crate::records::fleet::{Drain, InstanceStatus};
use crate::simulation::region::Region;
use crate::simulation::timing;
use crate::simulation::workloads::placement::INSTANCES_PER_CLUSTER;

impl Region<'_> {
    /// Places instances into a provider of managed instances, named by name or ARN.
    pub(crate) fn add_instances(&mut self, provider: &str, count: u32, launch: bool) -> Result<Vec<String>, ApiError> {
        let (cluster, provider) = self.placeable(provider)?;
        let present = self.records.instances.count_of_cluster(&cluster);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if present.saturating_add(count) > INSTANCES_PER_CLUSTER {
            let text = format!("Cluster {cluster} would have more than {INSTANCES_PER_CLUSTER} container instances.");
            return Err(ApiError::new(ErrorKind::LimitExceededException, text));
        }
        let reserved = self.reservation(&cluster, &provider);
        let size = self.requirements(&provider).any_machine(reserved);
        if !launch && !size.holds(reserved) {
            let text = format!(
                "The daemons of the capacity provider {provider} need {} CPU units and {} MiB of memory, more than any \
                 machine has that its instance requirements allow.",
                reserved.cpu, reserved.memory
            );
            return Err(ApiError::new(ErrorKind::ClientException, text));
        }
        let order = Order {
            replaces: None,
            size,
            pinned: true,
            attempt: 0,
        };
        let mut arns = Vec::new();
        for _ in 0..count {
            let key = self.add_instance(&cluster, &provider, order);
            if launch {
                self.boot(key, timing::BOOT);
            } else {
                self.put_into_service(key);
            }
            arns.extend(
                self.records
                    .instances
                    .get(&key)
                    .map(|instance| instance.arn.to_string()),
            );
        }
        let provider = self.records.name(&provider);
        self.place_waiting(&provider);
        Ok(arns)
    }

    /// Takes a machine away at once because somebody deregistered it. Nothing takes its place.
    pub(crate) fn forget_instance(&mut self, key: u64) {
        self.remove_instance(key);
    }

    /// Takes an instance out of service because somebody asked for it. One that was placed is replaced; the tasks of
    /// others find room elsewhere or order it.
    pub(crate) fn drain_for_user(&mut self, key: u64) {
        let pinned = self.records.instances.get(&key).is_some_and(|instance| instance.pinned);
        self.drain(key, Drain::User);
        if pinned {
            self.order_replacement(key);
        } else {
            self.relieve(key);
        }
    }

    fn placeable(&self, provider: &str) -> Result<(String, String), ApiError> {
        let name = arn::resource(&self.scope, provider, "capacity-provider").unwrap_or(provider);
        let refused = |text: String| ApiError::new(ErrorKind::ClientException, text);
        let found: &Provider = self
            .records
            .providers
            .get(&name.to_owned())
            .filter(|found| found.status != Lifecycle::Inactive)
            .ok_or_else(|| refused(format!("The capacity provider {provider} does not exist.")))?;
        let cluster = found.cluster().ok_or_else(|| {
            refused(format!(
                "The capacity provider {provider} does not have managed instances."
            ))
        })?;
        if found.status != Lifecycle::Active {
            return Err(refused(format!("The capacity provider {provider} is not ACTIVE.")));
        }
        Ok((cluster.to_owned(), name.to_owned()))
    }

    /// Makes an instance ACTIVE at once, with all daemons running on it.
    fn put_into_service(&mut self, key: u64) {
        let now = self.now();
        if let Some(instance) = self.records.instances.get_mut(&key) {
            instance.status = InstanceStatus::Active;
            instance.registered_at = Some(now);
            instance.activated_at = Some(now);
        }
        for (daemon, revision) in self.wanted(key) {
            self.place_running(key, &daemon, &revision);
        }
        self.reserve(key);
        self.note_instance(key);
        self.watch_instance(key);
    }
}
