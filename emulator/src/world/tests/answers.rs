//! Whole answers: nothing but modelled members, and all that readers rely on.

use insta::assert_snapshot;
use serde_json::json;

use super::lab::Lab;
use crate::knobs::Knobs;

/// Daemon `agent` with tags, in the middle of a rollout over three instances.
fn rolling() -> Lab {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 3);
    let mut body = lab.create_body("agent", "agent:1");
    body["tags"] = json!([{ "key": "b", "value": "2" }, { "key": "a", "value": "1" }]);
    lab.ok("CreateDaemon", body);
    lab.settle();
    lab.update_agent("agent:2");
    lab.advance(160);
    lab
}

#[test]
fn daemon_in_full() {
    let mut lab = rolling();
    let agent = lab.daemon("agent");
    let daemon = lab.ok("DescribeDaemon", json!({ "daemonArn": agent }));
    assert_snapshot!(format!("{daemon:#}"), @r#"
    {
      "daemon": {
        "clusterArn": "arn:aws:ecs:eu-central-1:123456789012:cluster/main",
        "createdAt": 1767225600.0,
        "currentRevisions": [
          {
            "arn": "arn:aws:ecs:eu-central-1:123456789012:daemon-revision/main/agent/7224265076573296494",
            "capacityProviders": [
              {
                "arn": "arn:aws:ecs:eu-central-1:123456789012:capacity-provider/fleet",
                "runningCount": 3,
                "withoutDaemonCount": 0
              }
            ],
            "totalRunningCount": 3,
            "totalWithoutDaemonCount": 0
          },
          {
            "arn": "arn:aws:ecs:eu-central-1:123456789012:daemon-revision/main/agent/8585000565716240031",
            "capacityProviders": [
              {
                "arn": "arn:aws:ecs:eu-central-1:123456789012:capacity-provider/fleet",
                "runningCount": 1,
                "withoutDaemonCount": 0
              }
            ],
            "totalRunningCount": 1,
            "totalWithoutDaemonCount": 0
          }
        ],
        "daemonArn": "arn:aws:ecs:eu-central-1:123456789012:daemon/main/agent",
        "deploymentArn": "arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/main/agent/exxK6ih6MOgOlwIgENQvv",
        "status": "ACTIVE",
        "updatedAt": 1767226373.311
      }
    }
    "#);
    let tags = lab.ok("ListTagsForResource", json!({ "resourceArn": agent }));
    assert_snapshot!(tags.to_string(), @r#"{"tags":[{"key":"a","value":"1"},{"key":"b","value":"2"}]}"#);
}

#[test]
fn deployment_and_revision_in_full() {
    let mut lab = rolling();
    let daemon = lab.agent();
    let deployment = daemon["deploymentArn"].clone();
    let deployments = lab.ok(
        "DescribeDaemonDeployments",
        json!({ "daemonDeploymentArns": [deployment] }),
    );
    assert_snapshot!("deployment_in_full", format!("{deployments:#}"));
    let revision = &daemon["currentRevisions"][1]["arn"];
    let revisions = lab.ok(
        "DescribeDaemonRevisions",
        json!({ "daemonRevisionArns": [revision, "gone"] }),
    );
    assert_snapshot!("revision_in_full", format!("{revisions:#}"));
}

#[test]
fn task_definitions_come_back_with_empty_lists_and_defaults() {
    let mut lab = Lab::new(1, Knobs::default());
    let health = json!({ "command": ["CMD", "true"], "retries": 5 });
    let body = json!({
        "family": "agent",
        "cpu": "256",
        "containerDefinitions": [{ "name": "main", "image": "agent:1", "healthCheck": health }],
        "tags": [{ "key": "a", "value": "1" }],
    });
    lab.ok("RegisterDaemonTaskDefinition", body);
    let answer = lab.ok(
        "DescribeDaemonTaskDefinition",
        json!({ "daemonTaskDefinition": "agent" }),
    );
    assert_snapshot!(format!("{answer:#}"), @r#"
    {
      "daemonTaskDefinition": {
        "containerDefinitions": [
          {
            "cpu": 0,
            "environment": [],
            "essential": true,
            "healthCheck": {
              "command": [
                "CMD",
                "true"
              ],
              "interval": 30,
              "retries": 5,
              "timeout": 5
            },
            "image": "agent:1",
            "mountPoints": [],
            "name": "main",
            "secrets": [],
            "systemControls": []
          }
        ],
        "cpu": "256",
        "daemonTaskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:1",
        "family": "agent",
        "registeredAt": 1767225600.0,
        "registeredBy": "arn:aws:iam::123456789012:user/emulator",
        "revision": 1,
        "status": "ACTIVE",
        "volumes": []
      }
    }
    "#);
}

#[test]
#[expect(clippy::too_many_lines, reason = "the whole answer is the test")]
fn instances_and_tasks_in_full() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    let mut body = lab.update_body("agent", "agent:2");
    body["enableECSManagedTags"] = true.into();
    lab.ok("UpdateDaemon", body);
    lab.settle();
    let instances = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
    let include = json!(["CONTAINER_INSTANCE_HEALTH"]);
    let body = json!({ "cluster": "main", "containerInstances": instances, "include": include });
    let answer = lab.ok("DescribeContainerInstances", body);
    assert_snapshot!(format!("{answer:#}"), @r#"
    {
      "containerInstances": [
        {
          "agentConnected": true,
          "attachments": [],
          "attributes": [],
          "capacityProviderName": "fleet",
          "containerInstanceArn": "arn:aws:ecs:eu-central-1:123456789012:container-instance/main/e928ef0e57f70883a7981fd9976bbae6",
          "ec2InstanceId": "i-1a09fbd36427512ec",
          "healthStatus": {
            "details": [
              {
                "lastStatusChange": 1767226005.131,
                "lastUpdated": 1767226005.131,
                "status": "OK",
                "type": "DAEMON"
              }
            ],
            "overallStatus": "OK"
          },
          "pendingTasksCount": 0,
          "registeredAt": 1767225982.663,
          "registeredResources": [
            {
              "doubleValue": 0.0,
              "integerValue": 1024,
              "longValue": 0,
              "name": "CPU",
              "type": "INTEGER"
            },
            {
              "doubleValue": 0.0,
              "integerValue": 2048,
              "longValue": 0,
              "name": "MEMORY",
              "type": "INTEGER"
            }
          ],
          "remainingResources": [
            {
              "doubleValue": 0.0,
              "integerValue": 1024,
              "longValue": 0,
              "name": "CPU",
              "type": "INTEGER"
            },
            {
              "doubleValue": 0.0,
              "integerValue": 2048,
              "longValue": 0,
              "name": "MEMORY",
              "type": "INTEGER"
            }
          ],
          "runningTasksCount": 1,
          "status": "ACTIVE",
          "tags": []
        }
      ],
      "failures": []
    }
    "#);
    let tasks = lab.ok("ListTasks", json!({ "cluster": "main", "daemonName": "agent" }))["taskArns"].take();
    let body = json!({ "cluster": "main", "tasks": tasks, "include": ["TAGS"] });
    let answer = lab.ok("DescribeTasks", body);
    assert_snapshot!(format!("{answer:#}"), @r#"
    {
      "failures": [],
      "tasks": [
        {
          "attachments": [],
          "attributes": [],
          "capacityProviderName": "fleet",
          "clusterArn": "arn:aws:ecs:eu-central-1:123456789012:cluster/main",
          "containerInstanceArn": "arn:aws:ecs:eu-central-1:123456789012:container-instance/main/e928ef0e57f70883a7981fd9976bbae6",
          "containers": [
            {
              "containerArn": "arn:aws:ecs:eu-central-1:123456789012:container/main/e3db8b333b445b49de4b141f2d53bfe2/510fe52eb841eb27b0a70c13c73e5ecf",
              "healthStatus": "UNKNOWN",
              "image": "agent:2",
              "imageDigest": "sha256:730d4ed26409e32b2910b13f8e662a67399c9ca0990b45fca4f1485c33f3072c",
              "lastStatus": "RUNNING",
              "name": "main",
              "networkBindings": [],
              "networkInterfaces": [],
              "taskArn": "arn:aws:ecs:eu-central-1:123456789012:task/main/e3db8b333b445b49de4b141f2d53bfe2"
            }
          ],
          "createdAt": 1767225982.663,
          "desiredStatus": "RUNNING",
          "enableExecuteCommand": false,
          "group": "daemon:agent",
          "healthStatus": "UNKNOWN",
          "lastStatus": "RUNNING",
          "launchType": "MANAGED_INSTANCES",
          "startedAt": 1767225989.812,
          "startedBy": "exxK6ih6MOgOlwIgENQvv",
          "tags": [
            {
              "key": "aws:ecs:clusterName",
              "value": "main"
            },
            {
              "key": "aws:ecs:daemonName",
              "value": "agent"
            }
          ],
          "taskArn": "arn:aws:ecs:eu-central-1:123456789012:task/main/e3db8b333b445b49de4b141f2d53bfe2",
          "taskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:2"
        }
      ]
    }
    "#);
    let stopped = lab.ok("ListTasks", json!({ "cluster": "main", "desiredStatus": "STOPPED" }));
    assert_eq!(stopped["taskArns"].as_array().unwrap().len(), 1);
    lab.advance(3600);
    let stopped = lab.ok("ListTasks", json!({ "cluster": "main", "desiredStatus": "STOPPED" }));
    assert_eq!(stopped["taskArns"], json!([]));
}
