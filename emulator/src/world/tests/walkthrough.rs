//! The two public articles about managed daemons, replayed through the API: what their authors did, when they looked,
//! and what they saw.

use serde_json::{Value, json};

use super::lab::{Lab, text};
use crate::knobs::Knobs;

const ACCOUNT: &str = "arn:aws:iam::123456789012";

/// Article A up to the daemon that runs beside the application.
fn built(seed: u64) -> Lab {
    let mut lab = Lab::new(seed, Knobs::default());
    lab.ok("CreateCluster", json!({ "clusterName": "daemon-test" }));
    lab.ok("CreateCapacityProvider", provider());
    let strategy = json!([{ "capacityProvider": "daemon-test-cp", "weight": 1 }]);
    lab.ok(
        "PutClusterCapacityProviders",
        json!({
            "cluster": "daemon-test",
            "capacityProviders": ["daemon-test-cp"],
            "defaultCapacityProviderStrategy": strategy,
        }),
    );
    register_agent(&mut lab, "public.ecr.aws/nginx/nginx:1.27-alpine");
    lab.ok(
        "CreateDaemon",
        json!({
            "clusterArn": lab.arn("cluster/daemon-test"),
            "daemonName": "monitoring-agent",
            "daemonTaskDefinitionArn": lab.definition("monitoring-agent:1"),
            "capacityProviderArns": [lab.arn("capacity-provider/daemon-test-cp")],
            "enableExecuteCommand": true,
        }),
    );
    lab.ok("RegisterTaskDefinition", application());
    lab.ok(
        "CreateService",
        json!({
            "cluster": "daemon-test",
            "serviceName": "app-svc",
            "taskDefinition": "app",
            "desiredCount": 1,
            "capacityProviderStrategy": [{ "capacityProvider": "daemon-test-cp", "weight": 1 }],
            "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-1"], "securityGroups": ["sg-1"] } },
            "enableExecuteCommand": true,
        }),
    );
    lab
}

fn provider() -> Value {
    json!({
        "name": "daemon-test-cp",
        "cluster": "daemon-test",
        "managedInstancesProvider": {
            "infrastructureRoleArn": format!("{ACCOUNT}:role/ecsInfrastructureRole"),
            "instanceLaunchTemplate": {
                "ec2InstanceProfileArn": format!("{ACCOUNT}:instance-profile/ecsInstanceRole"),
                "networkConfiguration": { "subnets": ["subnet-1"], "securityGroups": ["sg-1"] },
                "instanceRequirements": {
                    "vCpuCount": { "min": 2, "max": 4 },
                    "memoryMiB": { "min": 4096, "max": 8192 },
                },
            },
        },
    })
}

fn register_agent(lab: &mut Lab, image: &str) {
    lab.ok(
        "RegisterDaemonTaskDefinition",
        json!({
            "family": "monitoring-agent",
            "executionRoleArn": format!("{ACCOUNT}:role/execution"),
            "cpu": "256",
            "memory": "512",
            "containerDefinitions": [{
                "name": "agent",
                "image": image,
                "essential": true,
                "memoryReservation": 256,
                "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-group": "/ecs/daemon-test" } },
            }],
        }),
    );
}

fn application() -> Value {
    json!({
        "family": "app",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["MANAGED_INSTANCES"],
        "taskRoleArn": format!("{ACCOUNT}:role/task"),
        "executionRoleArn": format!("{ACCOUNT}:role/execution"),
        "cpu": "512",
        "memory": "1024",
        "containerDefinitions": [{
            "name": "app",
            "image": "public.ecr.aws/nginx/nginx:alpine",
            "essential": true,
            "portMappings": [{ "containerPort": 80 }],
        }],
    })
}

/// Start times of the daemon's and of the application's task on the newest instance, in seconds.
fn started(lab: &mut Lab) -> (f64, f64) {
    let tasks = lab.ok("ListTasks", json!({ "cluster": "daemon-test" }))["taskArns"].take();
    let tasks = lab.ok("DescribeTasks", json!({ "cluster": "daemon-test", "tasks": tasks }))["tasks"].take();
    let latest = |group: &str| {
        let tasks = tasks.as_array().unwrap().iter().filter(|task| task["group"] == group);
        tasks
            .filter_map(|task| task["startedAt"].as_f64())
            .fold(f64::MIN, f64::max)
    };
    (latest("daemon:monitoring-agent"), latest("service:app-svc"))
}

/// The view of the author: deployment, running count of the service, and the status and tasks of each instance in
/// the order of launch.
fn look(lab: &mut Lab) -> String {
    let daemon = lab.arn("daemon/daemon-test/monitoring-agent");
    let deployments = lab.ok("ListDaemonDeployments", json!({ "daemonArn": daemon }))["daemonDeployments"].take();
    let status = deployments[0]["status"].as_str().unwrap().to_owned();
    let services = json!({ "cluster": "daemon-test", "services": ["app-svc"] });
    let running = lab.ok("DescribeServices", services)["services"][0]["runningCount"].take();
    let arns = lab.ok("ListContainerInstances", json!({ "cluster": "daemon-test" }))["containerInstanceArns"].take();
    let body = json!({ "cluster": "daemon-test", "containerInstances": arns });
    let instances = lab.ok("DescribeContainerInstances", body)["containerInstances"].take();
    let each = instances.as_array().unwrap().iter();
    let shown: Vec<String> = each
        .map(|each| format!("{} ({})", each["status"].as_str().unwrap(), each["runningTasksCount"]))
        .collect();
    format!("{status}, {running}, {}", shown.join(" "))
}

#[test]
fn article_a_starts_the_daemon_first() {
    for seed in 0..50 {
        let mut lab = built(seed);
        let created = lab.world.now_ms();
        lab.settle();
        let (daemon, application) = started(&mut lab);
        let lead = application - daemon;
        assert!((18.0..=21.0).contains(&lead), "seed {seed}: a lead of {lead} s");
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds since the epoch fit into 53 bits"
        )]
        let passed = application - created as f64 / 1000.0;
        assert!(
            (270.0..=310.0).contains(&passed),
            "seed {seed}: running after {passed} s"
        );
    }
}

#[test]
fn article_a_rolls_out_as_the_table_says() {
    let table = [
        (40, "IN_PROGRESS, 1, DRAINING (2)"),
        (113, "IN_PROGRESS, 1, DRAINING (2) REGISTERING (1)"),
        (149, "IN_PROGRESS, 2, DRAINING (2) ACTIVE (2)"),
        (222, "IN_PROGRESS, 2, DEREGISTERING (2) ACTIVE (2)"),
        (255, "IN_PROGRESS, 1, DEREGISTERING (0) ACTIVE (2)"),
        (294, "SUCCESSFUL, 1, ACTIVE (2)"),
    ];
    for seed in 0..100 {
        let mut lab = built(seed);
        lab.settle();
        register_agent(&mut lab, "public.ecr.aws/nginx/nginx:1.28-alpine");
        lab.ok(
            "UpdateDaemon",
            json!({
                "daemonArn": lab.arn("daemon/daemon-test/monitoring-agent"),
                "daemonTaskDefinitionArn": lab.definition("monitoring-agent:2"),
                "capacityProviderArns": [lab.arn("capacity-provider/daemon-test-cp")],
            }),
        );
        let start = lab.world.now_ms();
        assert_eq!(look(&mut lab), "PENDING, 1, ACTIVE (2)", "seed {seed} at 0:00");
        for (seconds, expected) in table {
            let at = start + seconds * 1000;
            // Nobody ever saw the application down.
            while lab.world.next_event_ms().is_some_and(|next| next <= at) {
                lab.world.advance_to_next_event();
                assert!(!look(&mut lab).contains(", 0,"), "seed {seed}: the application is down");
            }
            lab.world.advance_to(at);
            assert_eq!(
                look(&mut lab),
                expected,
                "seed {seed} at {}:{:02}",
                seconds / 60,
                seconds % 60
            );
        }
        let (daemon, application) = started(&mut lab);
        let lead = application - daemon;
        assert!((18.0..=21.0).contains(&lead), "seed {seed}: a lead of {lead} s");
    }
}

#[test]
fn article_a_is_cleaned_up_in_its_order() {
    let mut lab = built(1);
    lab.settle();
    let service = json!({ "cluster": "daemon-test", "service": "app-svc" });
    let mut scaled = service.clone();
    scaled["desiredCount"] = 0.into();
    lab.ok("UpdateService", scaled);
    lab.ok("DeleteService", service);
    let daemon = json!({ "daemonArn": lab.arn("daemon/daemon-test/monitoring-agent") });
    lab.ok("DeleteDaemon", daemon.clone());
    let error = lab.call(
        "DeleteCapacityProvider",
        json!({ "capacityProvider": "daemon-test-cp" }),
    );
    insta::assert_snapshot!(error.unwrap_err(), @"ClientException: Cannot delete capacity provider. Daemon services are still associated with this capacity provider.");
    lab.advance(60);
    let error = lab.call("DescribeDaemon", daemon).unwrap_err();
    assert_eq!(error.kind.name(), "DaemonNotFoundException");
    lab.ok(
        "DeleteCapacityProvider",
        json!({ "capacityProvider": "daemon-test-cp" }),
    );
    let error = lab.call("DeleteCluster", json!({ "cluster": "daemon-test" }));
    insta::assert_snapshot!(error.unwrap_err(), @"ClientException: The Cluster cannot be deleted while Cluster Scoped Capacity Providers are attached to the cluster.");
    lab.advance(60);
    lab.ok("DeleteCluster", json!({ "cluster": "daemon-test" }));
}

#[test]
fn article_b_creates_lists_describes_and_updates() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 0);
    let body = lab.create_body("agent", "agent:1");
    let created = lab.ok("CreateDaemon", body);
    assert_eq!(created["status"], "ACTIVE");
    lab.settle();
    let listed = lab.ok("ListDaemons", json!({ "clusterArn": lab.arn("cluster/main") }));
    assert_eq!(listed["daemonSummariesList"][0]["daemonArn"], created["daemonArn"]);
    let described = lab.ok("DescribeDaemon", json!({ "daemonArn": created["daemonArn"] }));
    let deployment = lab.deployment(&text(&described["daemon"], "deploymentArn"));
    insta::assert_snapshot!(
        "article_b_at_its_defaults",
        format!("{:#}", deployment["deploymentConfiguration"])
    );
    lab.update_agent("agent:2");
    lab.settle();
    let latest = text(&lab.agent(), "deploymentArn");
    assert_eq!(lab.deployment(&latest)["status"], "SUCCESSFUL");
}
