//! The deployments of services: opened by an operation, overtaken by the next, completed, or failed by the circuit
//! breaker, which may send the service back.

use serde_json::json;

use crate::records::definition::containers;
use crate::records::events::Kind;
use crate::records::must::Must;
use crate::records::names::{DefinitionKey, Name};
use crate::records::service::{AppStatus, Group, Rollout, ServiceDeployment, ServiceSettings};
use crate::seeded;
use crate::simulation::region::Region;

impl Region<'_> {
    /// Opens a deployment of a service; its settings become those of the service.
    pub(crate) fn deploy_service(&mut self, arn: &Name, settings: ServiceSettings, rollback_of: Option<Name>) {
        let service = self.records.services.get(arn).must("service", arn);
        let (cluster, name, desired) = (service.cluster.clone(), service.name.clone(), service.desired);
        let before = service.deployments.first().cloned();
        let series = format!("deployment of {arn}");
        let n = self.next(&series);
        let (seed, now) = (self.shared.seed, self.now());
        let id = seeded::alphanumeric_id(seed, &series, n, 21);
        let revision = seeded::decimal_id(seed, &format!("revision of {arn}"), n);
        let deployment_arn: Name = self.arn(&format!("service-deployment/{cluster}/{name}/{id}")).into();
        let short = format!("ecs-svc/{}", seeded::decimal_id(seed, &series, n));
        let definition = self.records.app_definitions.get(&settings.definition);
        let digests =
            definition.and_then(|definition| self.shared.faults.moved_digests(containers(&definition.content)));
        let deployment = ServiceDeployment {
            arn: deployment_arn.clone(),
            id: self.records.name(&short),
            revision: self.arn(&format!("service-revision/{cluster}/{name}/{revision}")),
            service: arn.clone(),
            cluster,
            serial: self.next("service deployment"),
            settings: settings.clone(),
            digests,
            rollout: Rollout::InProgress,
            reason: format!("ECS deployment {short} in progress."),
            desired,
            failures: 0,
            rollback_of,
            created_at: now,
            updated_at: now,
            finished_at: None,
        };
        let write = self.write();
        self.records
            .service_deployments
            .insert(deployment_arn.clone(), deployment, write);
        if let Some(before) = before {
            self.overtake_rollout(&before);
        }
        if let Some(service) = self.records.services.change(arn, write) {
            service.settings = settings;
            service.deployments.insert(0, deployment_arn.clone());
            service.steady = false;
            service.failures = 0;
            service.retry_at = 0;
        }
        self.note_rollout(&deployment_arn);
        self.regroup_service(arn);
    }

    fn overtake_rollout(&mut self, arn: &str) {
        let running = self
            .records
            .service_deployments
            .get(arn)
            .is_some_and(|deployment| deployment.rollout == Rollout::InProgress);
        if running {
            self.set_rollout(arn, Rollout::Stopped, "A newer deployment took its place.");
        }
    }

    fn regroup_service(&mut self, arn: &Name) {
        let tasks: Vec<u64> = self
            .records
            .services
            .get(arn)
            .map(|service| service.groups.all().collect())
            .unwrap_or_default();
        for task in tasks {
            self.regroup(task);
        }
        self.wake_service(arn);
    }

    /// The short id of a service's deployment.
    pub(super) fn deployment_id(&self, arn: &str) -> String {
        let deployment = self.records.service_deployments.get(arn);
        deployment
            .map(|deployment| deployment.id.to_string())
            .unwrap_or_default()
    }

    /// Changes how a service's deployment stands.
    pub(super) fn set_rollout(&mut self, arn: &str, rollout: Rollout, reason: &str) {
        let (now, write) = (self.now(), self.write());
        let deployment = self
            .records
            .service_deployments
            .change(arn, write)
            .must("service deployment", arn);
        deployment.rollout = rollout;
        reason.clone_into(&mut deployment.reason);
        deployment.updated_at = now;
        deployment.finished_at = Some(now);
        self.note_rollout(arn);
    }

    /// Charges a failed task to the latest deployment of its service. The threshold is the published one.
    pub(super) fn charge_service_failure(&mut self, arn: &Name) {
        let service = self.records.services.get(arn).must("service", arn);
        let settings = service.settings.clone();
        let Some(latest) = service.deployments.first().cloned() else {
            return;
        };
        let deployment = self
            .records
            .service_deployments
            .quiet(&latest)
            .must("service deployment", &latest);
        if deployment.rollout != Rollout::InProgress {
            return;
        }
        deployment.failures += 1;
        let is_rollback = deployment.rollback_of.is_some();
        if !settings.breaker || deployment.failures < deployment.threshold() {
            return;
        }
        self.set_rollout(&latest, Rollout::Failed, "tasks failed to start.");
        if settings.breaker_rollback && !is_rollback {
            self.roll_service_back(arn, &latest);
        }
    }

    /// Ends a deployment because somebody asked for it; the service goes back to what ran before.
    pub(crate) fn stop_service_deployment(&mut self, service: &Name, arn: &Name) {
        self.set_rollout(arn, Rollout::Stopped, "Service deployment stopped by user.");
        self.roll_service_back(service, arn);
    }

    fn roll_service_back(&mut self, arn: &Name, failed: &Name) {
        let good = self
            .records
            .service_deployments
            .values()
            .filter(|each| each.service == *arn && each.rollout == Rollout::Completed)
            .filter(|each| self.may_run(&each.settings.definition))
            .max_by_key(|each| each.serial)
            .map(|each| each.settings.clone());
        match good {
            Some(settings) => self.deploy_service(arn, settings, Some(failed.clone())),
            None => {
                if let Some(deployment) = self.records.service_deployments.quiet(failed) {
                    "No rollback candidate was found to run the rollback.".clone_into(&mut deployment.reason);
                }
            }
        }
    }

    /// False: the definition is gone, nothing can go back to it.
    fn may_run(&self, definition: &DefinitionKey) -> bool {
        let definition = self.records.app_definitions.get(definition);
        definition.is_some_and(|each| each.status != AppStatus::Deleted)
    }

    fn note_rollout(&mut self, arn: &str) {
        let deployment = self
            .records
            .service_deployments
            .get(arn)
            .must("service deployment", arn);
        let service = self.records.services.get(&deployment.service);
        let detail = json!({
            "cluster": &*deployment.cluster,
            "serviceArn": &*deployment.service,
            "deploymentArn": &*deployment.arn,
            "deploymentId": &*deployment.id,
            "status": deployment.status_name(),
            "reason": deployment.reason,
            "running": service.map(|service| service.groups.count(Group::Running)),
        });
        self.note(Kind::ServiceDeployment, detail);
    }
}
