//! The applications of the world as people read them: services with their deployments, tasks, task definitions.

use serde_json::{Map, Value, json};

use crate::records::Records;
use crate::records::arn::last_part;
use crate::records::names::{DefinitionKey, tags_object};
use crate::records::service::{AppDefinition, Service, ServiceDeployment, StrategyItem};
use crate::records::task::Task;
use crate::timestamp;

/// The services of a cluster, those that are gone included as long as they are described.
pub(super) fn services(records: &Records, cluster: &str) -> Vec<Value> {
    let here = records.services.values().filter(|service| *service.cluster == *cluster);
    here.map(|each| service(records, each)).collect()
}

fn service(records: &Records, service: &Service) -> Value {
    let (settings, latest) = (&service.settings, service.deployments.first());
    let mut deployments: Vec<&ServiceDeployment> = records
        .service_deployments
        .values()
        .filter(|each| each.service == service.arn)
        .collect();
    deployments.sort_by_key(|each| each.serial);
    json!({
        "name": service.name,
        "arn": &*service.arn,
        "status": service.status.name(),
        "desired": service.desired,
        "task_definition": definition_name(&settings.definition),
        "minimum_healthy_percent": settings.minimum_percent,
        "maximum_percent": settings.maximum_percent,
        "capacity_provider_strategy": strategy(&settings.strategy),
        "circuit_breaker": settings.breaker,
        "rollback": settings.breaker_rollback,
        "deployment": latest.map(|arn| &**arn),
        "steady": service.steady,
        "failures": service.failures,
        "tags": tags_object(&service.tags),
        "deployments": deployments.into_iter().map(deployment).collect::<Vec<_>>(),
    })
}

fn strategy(items: &[StrategyItem]) -> Vec<Value> {
    let each = items.iter();
    each.map(|item| json!({ "capacity_provider": &*item.provider, "weight": item.weight, "base": item.base }))
        .collect()
}

fn deployment(deployment: &ServiceDeployment) -> Value {
    json!({
        "arn": &*deployment.arn,
        "id": &*deployment.id,
        "status": deployment.status_name(),
        "reason": deployment.reason,
        "revision": deployment.revision,
        "task_definition": definition_name(&deployment.settings.definition),
        "desired": deployment.desired,
        "failures": deployment.failures,
        "threshold": deployment.threshold(),
        "rollback_of": deployment.rollback_of.as_deref(),
        "created": timestamp::render(deployment.created_at),
        "finished": deployment.finished_at.map(timestamp::render),
    })
}

/// The application tasks of a cluster, those without a place and those that have just stopped included.
pub(super) fn tasks(records: &Records, cluster: &str) -> Vec<Value> {
    let here = records.tasks.values().filter(|task| *task.birth.cluster == *cluster);
    here.filter_map(task).collect()
}

fn task(task: &Task) -> Option<Value> {
    let application = task.birth.application.as_ref()?;
    Some(json!({
        "arn": &*task.birth.arn,
        "group": &*application.group,
        "task_definition": definition_name(&application.definition),
        "started_by": task.birth.started_by.as_deref(),
        "capacity_provider": &*task.birth.provider,
        "instance": task.instance_arn.as_deref().map(last_part),
        "status": task.status.name(),
        "desired_status": task.desired(),
        "health": task.health.name(),
        "reason": task.stopped_reason.as_deref(),
        "created": timestamp::render(task.created_at),
        "started": task.started_at.map(timestamp::render),
        "stopped": task.stopped_at.map(timestamp::render),
        "tags": tags_object(&task.tags),
    }))
}

/// The application task definitions of a region.
pub(super) fn definitions(records: &Records) -> Vec<Value> {
    records.app_definitions.values().map(definition).collect()
}

fn definition(definition: &AppDefinition) -> Value {
    let text = |container: &Map<String, Value>, member: &str| container.get(member).cloned().unwrap_or_default();
    let containers = crate::records::definition::containers(&definition.content);
    let images: Vec<Value> = containers
        .map(|container| json!({ "container": text(container, "name"), "image": text(container, "image") }))
        .collect();
    json!({
        "arn": definition.arn,
        "status": definition.status.name(),
        "images": images,
        "tags": tags_object(&definition.tags),
    })
}

fn definition_name((family, revision): &DefinitionKey) -> String {
    format!("{family}:{revision}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::knobs::Knobs;
    use crate::world::tests::lab::Lab;

    #[test]
    fn services_and_tasks_are_shown() {
        let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
        lab.application("app:1", 128);
        let strategy = json!([{ "capacityProvider": "fleet", "weight": 1 }]);
        lab.service("web", "app", 1, (100, 200));
        let tag = json!([{ "key": "team", "value": "a" }]);
        let arn = "arn:aws:ecs:eu-central-1:123456789012:service/main/web";
        lab.ok("TagResource", json!({ "resourceArn": arn, "tags": tag }));
        lab.settle();
        let run = json!({
            "cluster": "main", "taskDefinition": "app", "capacityProviderStrategy": strategy, "startedBy": "me"
        });
        lab.ok("RunTask", run);
        let view = lab.world.view(None);
        let region = &view["regions"][0];
        let cluster = &region["clusters"][0];
        insta::assert_snapshot!(format!("{:#}", cluster["services"]), @r#"
        [
          {
            "arn": "arn:aws:ecs:eu-central-1:123456789012:service/main/web",
            "capacity_provider_strategy": [
              {
                "base": 0,
                "capacity_provider": "fleet",
                "weight": 1
              }
            ],
            "circuit_breaker": false,
            "deployment": "arn:aws:ecs:eu-central-1:123456789012:service-deployment/main/web/AVMITZyonk82myabQTteO",
            "deployments": [
              {
                "arn": "arn:aws:ecs:eu-central-1:123456789012:service-deployment/main/web/AVMITZyonk82myabQTteO",
                "created": "2026-01-01T00:00:00.000Z",
                "desired": 1,
                "failures": 0,
                "finished": "2026-01-01T00:00:07.871Z",
                "id": "ecs-svc/5490947015858433762",
                "reason": "ECS deployment ecs-svc/5490947015858433762 completed.",
                "revision": "arn:aws:ecs:eu-central-1:123456789012:service-revision/main/web/2507757249850697130",
                "rollback_of": null,
                "status": "SUCCESSFUL",
                "task_definition": "app:1",
                "threshold": 3
              }
            ],
            "desired": 1,
            "failures": 0,
            "maximum_percent": 200,
            "minimum_healthy_percent": 100,
            "name": "web",
            "rollback": false,
            "status": "ACTIVE",
            "steady": true,
            "tags": {
              "team": "a"
            },
            "task_definition": "app:1"
          }
        ]
        "#);
        insta::assert_snapshot!(format!("{:#}", cluster["application_tasks"]), @r#"
        [
          {
            "arn": "arn:aws:ecs:eu-central-1:123456789012:task/main/7755a022b8b3c1bf05bc07efed8392a7",
            "capacity_provider": "fleet",
            "created": "2026-01-01T00:00:01.942Z",
            "desired_status": "RUNNING",
            "group": "service:web",
            "health": "UNKNOWN",
            "instance": "eabd1a4c519f850c6b0c18d50856de1e",
            "reason": null,
            "started": "2026-01-01T00:00:06.162Z",
            "started_by": "ecs-svc/5490947015858433762",
            "status": "RUNNING",
            "stopped": null,
            "tags": {},
            "task_definition": "app:1"
          },
          {
            "arn": "arn:aws:ecs:eu-central-1:123456789012:task/main/1bc13f8d3d9c6efbd410a7f576a97913",
            "capacity_provider": "fleet",
            "created": "2026-01-01T00:00:07.871Z",
            "desired_status": "RUNNING",
            "group": "family:app",
            "health": "UNKNOWN",
            "instance": "eabd1a4c519f850c6b0c18d50856de1e",
            "reason": null,
            "started": null,
            "started_by": "me",
            "status": "PENDING",
            "stopped": null,
            "tags": {},
            "task_definition": "app:1"
          }
        ]
        "#);
        insta::assert_snapshot!(format!("{:#}", region["task_definitions"]), @r#"
        [
          {
            "arn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/app:1",
            "images": [
              {
                "container": "main",
                "image": "app:1"
              }
            ],
            "status": "ACTIVE",
            "tags": {}
          }
        ]
        "#);
        let bound = cluster["application_tasks"][0]["instance"].clone();
        assert_eq!(cluster["instances"][0]["id"], bound);
        assert_eq!(
            cluster["instances"][0]["application_tasks"].as_array().unwrap().len(),
            2
        );
    }
}
