//! Transitions of clusters, capacity providers and task definitions.

use serde_json::json;

use super::timing;
use crate::knobs::Creation;
use crate::records::Records;
use crate::records::cluster::Lifecycle;
use crate::records::daemon::Goal;
use crate::records::definition::DefinitionStatus;
use crate::records::events::Kind;
use crate::records::fleet::InstanceStatus;
use crate::records::must::Must;
use crate::records::names::DefinitionKey;
use crate::records::queue::Due;
use crate::records::service::AppStatus;
use crate::simulation::region::Region;

impl Region<'_> {
    /// The status of a cluster or provider that is being created, and when that changes.
    pub(crate) fn creation(&self, arn: &str) -> (Lifecycle, Option<i64>) {
        match self.shared.knobs.creation {
            Creation::Immediate => (Lifecycle::Active, None),
            Creation::Gradual => (
                Lifecycle::Provisioning,
                Some(self.now() + self.draw(arn, timing::PROVISIONING, 0)),
            ),
        }
    }

    /// A new cluster becomes ACTIVE.
    pub(super) fn cluster_due(&mut self, name: &str) {
        let write = self.write();
        if let Some(cluster) = self.records.clusters.change(name, write) {
            cluster.due = None;
            cluster.status = Lifecycle::Active;
            self.note(
                Kind::Cluster,
                json!({ "cluster": name, "status": Lifecycle::Active.name() }),
            );
        }
    }

    /// A new provider becomes ACTIVE, or a deleted one INACTIVE.
    pub(super) fn provider_due(&mut self, name: &str) {
        let write = self.write();
        let provider = self.records.providers.change(name, write).must("provider", name);
        provider.due = None;
        match provider.status {
            Lifecycle::Provisioning => {
                provider.status = Lifecycle::Active;
                provider.update_status = "CREATE_COMPLETE";
            }
            Lifecycle::Deprovisioning => {
                provider.status = Lifecycle::Inactive;
                provider.update_status = "DELETE_COMPLETE";
                let cluster = provider.cluster().map(str::to_owned);
                self.leave_cluster(name, cluster.as_deref());
            }
            Lifecycle::Active | Lifecycle::Inactive => {}
        }
        self.note_provider(name);
        let name = self.records.name(name);
        self.place_waiting(&name);
    }

    fn leave_cluster(&mut self, provider: &str, cluster: Option<&str>) {
        for key in self.instances_of_provider(provider) {
            self.remove_instance(key);
        }
        let write = self.write();
        if let Some(cluster) = cluster.and_then(|name| self.records.clusters.change(name, write)) {
            cluster.providers.retain(|name| name != provider);
            cluster
                .strategy
                .retain(|item| item.get("capacityProvider").and_then(|name| name.as_str()) != Some(provider));
        }
    }

    /// Begins to take a provider down, with all instances of it.
    pub(crate) fn deprovision(&mut self, name: &str) {
        let write = self.write();
        let provider = self.records.providers.change(name, write).must("provider", name);
        provider.status = Lifecycle::Deprovisioning;
        provider.update_status = "DELETE_IN_PROGRESS";
        let arn = provider.arn.clone();
        let at = self.now() + self.draw(&arn, timing::DEPROVISIONING, 0);
        self.provider_due_at(name, at);
        self.note_provider(name);
        for key in self.instances_of_provider(name) {
            let status = self.records.instances.get(&key).map(|instance| instance.status);
            match status {
                Some(InstanceStatus::Launching) => self.remove_instance(key),
                Some(_) => self.deregister(key, timing::TERMINATION),
                None => {}
            }
        }
    }

    /// Queues the next change of status of a provider.
    pub(crate) fn provider_due_at(&mut self, name: &str, at: i64) {
        if let Some(provider) = self.records.providers.quiet(name) {
            provider.due = Some(at);
            self.queue(at, Due::Provider(name.to_owned()));
        }
    }

    fn instances_of_provider(&self, name: &str) -> Vec<u64> {
        let instances = self.records.instances.values();
        instances
            .filter(|instance| *instance.provider == *name)
            .map(|instance| instance.key)
            .collect()
    }

    /// Tells observers about a provider.
    pub(crate) fn note_provider(&mut self, name: &str) {
        let provider = self.records.providers.get(name).must("provider", name);
        let detail = json!({ "capacityProvider": name, "status": provider.status.name() });
        self.note(Kind::CapacityProvider, detail);
    }

    /// Looks after the retention time whether a definition is still referenced.
    pub(crate) fn expire_definition_later(&mut self, key: &DefinitionKey) {
        self.definition_due_after(key, self.definition_retention());
    }

    fn definition_retention(&self) -> i64 {
        i64::from(self.shared.knobs.definition_deleted_after) * 1000
    }

    fn definition_due_after(&mut self, key: &DefinitionKey, wait: i64) {
        let at = self.now() + wait;
        if let Some(definition) = self.records.definitions.quiet(key) {
            definition.due = Some(at);
            self.queue(at, Due::Definition(Box::new(key.clone())));
        }
    }

    /// A definition that is being deleted is gone, or is kept for another while.
    pub(super) fn definition_due(&mut self, key: &DefinitionKey) {
        if is_referenced(self.records, key) {
            return self.definition_due_after(key, self.definition_retention().max(timing::REFERENCE_CHECK));
        }
        let write = self.write();
        if let Some(definition) = self.records.definitions.change(key, write) {
            definition.due = None;
            definition.status = DefinitionStatus::Deleted;
            let detail = json!({ "daemonTaskDefinitionArn": definition.arn, "status": definition.status.name() });
            self.note(Kind::TaskDefinition, detail);
        }
    }
}

impl Region<'_> {
    /// Looks after the retention time whether an application task definition is still referenced.
    pub(crate) fn expire_app_definition_later(&mut self, key: &DefinitionKey) {
        let at = self.now() + self.definition_retention().max(timing::REFERENCE_CHECK);
        if let Some(definition) = self.records.app_definitions.quiet(key) {
            definition.due = Some(at);
            self.queue(at, Due::AppDefinition(Box::new(key.clone())));
        }
    }

    /// An application task definition that is being deleted is gone, or is kept for another while.
    pub(super) fn app_definition_due(&mut self, key: &DefinitionKey) {
        if is_app_referenced(self.records, key) {
            return self.expire_app_definition_later(key);
        }
        let write = self.write();
        if let Some(definition) = self.records.app_definitions.change(key, write) {
            definition.due = None;
            definition.status = AppStatus::Deleted;
            let detail = json!({ "taskDefinitionArn": definition.arn, "status": definition.status.name() });
            self.note(Kind::TaskDefinition, detail);
        }
    }
}

/// True if a service or a task, a stopped one that is still described included, needs an application task definition.
fn is_app_referenced(records: &Records, key: &DefinitionKey) -> bool {
    let mut services = records.services.values().filter(|service| service.is_scheduled());
    let mut tasks = records.tasks.values();
    services.any(|service| service.settings.definition == *key)
        || tasks.any(|task| {
            task.birth
                .application
                .as_ref()
                .is_some_and(|each| each.definition == *key)
        })
}

/// True if a daemon, a running deployment or a task may still need the definition.
pub(super) fn is_referenced(records: &Records, key: &DefinitionKey) -> bool {
    let uses = |revision: &str| {
        records
            .revisions
            .get(revision)
            .is_some_and(|each| each.definition == *key)
    };
    let aims = |goal: &Goal| uses(&goal.revision);
    let by_daemon = records
        .daemons
        .values()
        .any(|daemon| daemon.goal.iter().chain(&daemon.good).any(aims));
    let by_deployment = records.deployments.values().any(|deployment| {
        !deployment.status.is_final() && deployment.target.iter().chain(&deployment.fallback).any(aims)
    });
    let by_task = records
        .tasks
        .values()
        .any(|task| task.is_alive() && task.revision().is_some_and(|revision| uses(revision)));
    by_daemon || by_deployment || by_task
}
