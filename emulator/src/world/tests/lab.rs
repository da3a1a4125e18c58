//! A small world for tests: one scope, short calls, and what happened as readable lines.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::{ApiError, Call, Scope, View};
use crate::knobs::Knobs;
use crate::model::{Model, check_output};
use crate::operations::{self, Operation};
use crate::records::Records;
use crate::world::passage::{Halt, Until};
use crate::world::{ImageFault, World, WorldConfig, WorldEvent, WorldFault};

/// Virtual time at which tests begin: 2026-01-01T00:00:00Z.
pub(crate) const EPOCH: i64 = 1_767_225_600_000;

/// A world with one scope and a record of what happened.
#[derive(Clone)]
pub(crate) struct Lab {
    pub(crate) world: World,
    pub(crate) scope: Scope,
    pub(crate) events: Vec<Arc<WorldEvent>>,
}

impl Lab {
    /// A world with cluster `main`.
    pub(crate) fn new(seed: u64, knobs: Knobs) -> Self {
        let world = World::new(WorldConfig {
            seed,
            epoch_ms: EPOCH,
            knobs,
        });
        let scope = Scope {
            account: "123456789012".into(),
            region: "eu-central-1".into(),
        };
        let mut lab = Self {
            world,
            scope,
            events: Vec::new(),
        };
        lab.ok("CreateCluster", json!({ "clusterName": "main" }));
        lab
    }

    /// A world with cluster `main`, provider `fleet` of so many instances, and `agent:1` and `agent:2`.
    pub(crate) fn with_fleet(seed: u64, knobs: Knobs, instances: u32) -> Self {
        let mut lab = Self::new(seed, knobs);
        lab.provider("fleet", instances);
        lab.register("agent:1");
        lab.register("agent:2");
        lab
    }

    pub(crate) fn try_call(&mut self, operation: &str, body: Value, view: View) -> Result<Value, ApiError> {
        let answer = self.world.call(&self.request(operation, body, view));
        let mut answer = answer.unwrap_or_else(|| panic!("{operation} is known"));
        is_modelled(operation, &mut answer);
        self.collect();
        answer
    }

    fn request(&self, operation: &str, body: Value, view: View) -> Call {
        let Value::Object(body) = body else {
            panic!("a body is an object: {body}")
        };
        Call {
            operation: operation.to_owned(),
            scope: self.scope.clone(),
            caller: "test".to_owned(),
            body,
            view,
        }
    }

    /// Makes a call of `CloudWatch`.
    pub(crate) fn call_cloudwatch(&mut self, operation: &str, body: Value) -> Result<Value, ApiError> {
        let request = self.request(operation, body, View::Fresh);
        let answer = self.world.call_cloudwatch(&request);
        self.collect();
        answer.unwrap_or_else(|| panic!("{operation} is known"))
    }

    /// Makes a call that sees the world as it is.
    pub(crate) fn call(&mut self, operation: &str, body: Value) -> Result<Value, ApiError> {
        self.try_call(operation, body, View::Fresh)
    }

    pub(crate) fn ok(&mut self, operation: &str, body: Value) -> Value {
        self.call(operation, body)
            .unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// Creates a provider of managed instances and places instances into it.
    pub(crate) fn provider(&mut self, name: &str, instances: u32) {
        self.ok("CreateCapacityProvider", provider_body(name, "main"));
        let scope = self.scope.clone();
        self.world.add_instances(&scope, name, instances, false).unwrap();
        self.collect();
    }

    /// Registers a definition of one container with the image of that name, in the family before its colon.
    pub(crate) fn register(&mut self, image: &str) -> String {
        self.register_sized(image, 0)
    }

    /// The same with CPU units, and twice as many MiB of memory; 0 sets nothing aside.
    pub(crate) fn register_sized(&mut self, image: &str, cpu: u32) -> String {
        let family = image.split(':').next().unwrap_or(image);
        let mut body = json!({ "family": family, "containerDefinitions": [{ "name": "main", "image": image }] });
        if cpu > 0 {
            body["cpu"] = cpu.to_string().into();
            body["memory"] = (2 * cpu).to_string().into();
        }
        text(
            &self.ok("RegisterDaemonTaskDefinition", body),
            "daemonTaskDefinitionArn",
        )
    }

    /// Body of `CreateDaemon` with the definition, on provider `fleet`.
    pub(crate) fn create_body(&self, name: &str, definition: &str) -> Value {
        json!({
            "daemonName": name,
            "clusterArn": "main",
            "daemonTaskDefinitionArn": self.definition(definition),
            "capacityProviderArns": [self.arn("capacity-provider/fleet")],
        })
    }

    /// Body of `UpdateDaemon` with the definition, on provider `fleet`.
    pub(crate) fn update_body(&self, name: &str, definition: &str) -> Value {
        json!({
            "daemonArn": self.daemon(name),
            "daemonTaskDefinitionArn": self.definition(definition),
            "capacityProviderArns": [self.arn("capacity-provider/fleet")],
        })
    }

    /// Creates daemon `agent` with `agent:1` and lets it settle.
    pub(crate) fn settled_agent(&mut self) {
        let body = self.create_body("agent", "agent:1");
        self.ok("CreateDaemon", body);
        self.settle();
        self.events.clear();
    }

    pub(crate) fn update_agent(&mut self, definition: &str) -> String {
        let body = self.update_body("agent", definition);
        text(&self.ok("UpdateDaemon", body), "deploymentArn")
    }

    pub(crate) fn arn(&self, resource: &str) -> String {
        crate::records::arn::ecs(&self.scope, resource)
    }

    pub(crate) fn daemon(&self, name: &str) -> String {
        self.arn(&format!("daemon/main/{name}"))
    }

    pub(crate) fn definition(&self, name: &str) -> String {
        self.arn(&format!("daemon-task-definition/{name}"))
    }

    pub(crate) fn alarm(&mut self, name: &str, state: &str) {
        let scope = self.scope.clone();
        self.world.set_alarm(&scope, name, state).unwrap();
        self.collect();
    }

    pub(crate) fn advance(&mut self, seconds: i64) {
        self.world.advance_to(self.world.now_ms() + seconds * 1000);
        self.collect();
    }

    /// Lets everything come to rest within a day.
    pub(crate) fn settle(&mut self) {
        let limit = self.world.now_ms() + 24 * 3_600_000;
        assert!(
            self.world.settle(limit),
            "the world comes to rest: {:#}",
            self.world.view(None)
        );
        self.collect();
    }

    /// The deployment of an ARN as described.
    pub(crate) fn deployment(&mut self, arn: &str) -> Value {
        self.ok("DescribeDaemonDeployments", json!({ "daemonDeploymentArns": [arn] }))["daemonDeployments"][0].take()
    }

    /// Daemon `agent` as described.
    pub(crate) fn agent(&mut self) -> Value {
        let arn = self.daemon("agent");
        self.ok("DescribeDaemon", json!({ "daemonArn": arn }))["daemon"].take()
    }

    /// The events, one line each, times from the first event on. Equal lines of the same second are counted.
    pub(crate) fn timeline(&self) -> String {
        let start = self.events.first().map_or(0, |event| event.time_ms);
        let mut lines: Vec<(String, usize)> = Vec::new();
        for event in &self.events {
            let Some(what) = line(event) else { continue };
            let seconds = (event.time_ms - start) / 1000;
            let line = format!("{}:{:02} {what}", seconds / 60, seconds % 60);
            match lines.last_mut() {
                Some((last, count)) if *last == line => *count += 1,
                _ => lines.push((line, 1)),
            }
        }
        let rendered = lines
            .into_iter()
            .map(|(line, count)| if count > 1 { format!("{line} ×{count}") } else { line });
        rendered.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn collect(&mut self) {
        self.events.extend(self.world.take_events());
    }
}

impl World {
    /// Moves to the next milestone. False: there is none ahead.
    pub(crate) fn advance_to_milestone(&mut self) -> bool {
        let met = self.walk(Until::Milestone, i64::MAX, usize::MAX) == Halt::There;
        // Whatever else is due then.
        self.advance_to(self.now_ms());
        met
    }

    /// Number of looks that deployments have had at the fleet.
    pub(crate) fn looks(&self) -> usize {
        self.shared.looks
    }

    /// Answers a reading call without being changed.
    pub(crate) fn ask(&self, call: &Call) -> Option<Result<Value, ApiError>> {
        match operations::find(&call.operation)? {
            Operation::Read(run) => Some(self.read(call, run)),
            Operation::Write(_) => None,
        }
    }

    /// Adds a rule that breaks images after drawn times.
    pub(crate) fn add_image_fault(&mut self, fault: ImageFault) -> u64 {
        self.add_fault(WorldFault::Image { fault, seconds: None })
    }

    /// Removes a rule that breaks images.
    pub(crate) fn remove_image_fault(&mut self, id: u64) -> bool {
        self.remove_fault(id)
    }

    /// The records of all scopes, for checks from outside.
    pub(crate) fn scopes(&self) -> &BTreeMap<Arc<Scope>, Records> {
        &self.scopes
    }
}

/// Sees to it that an answer has nothing that the service model does not have.
fn is_modelled(operation: &str, answer: &mut Result<Value, ApiError>) {
    let model = Model::embedded().unwrap();
    let shapes = model.operation(operation).unwrap();
    match answer {
        Ok(answer) => {
            let problem = check_output(model, &shapes.output, answer).err();
            assert_eq!(problem, None, "{operation}");
        }
        Err(error) => assert!(shapes.errors.contains(&error.kind.name()), "{operation} has no {error}"),
    }
}

/// Body of `CreateCapacityProvider` for managed instances.
pub(crate) fn provider_body(name: &str, cluster: &str) -> Value {
    json!({
        "name": name,
        "cluster": cluster,
        "managedInstancesProvider": {
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
            "instanceLaunchTemplate": {
                "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/instances",
                "networkConfiguration": { "subnets": ["subnet-1"], "securityGroups": ["sg-1"] },
            },
        },
    })
}

/// A text member of an answer.
pub(crate) fn text(answer: &Value, member: &str) -> String {
    answer[member]
        .as_str()
        .unwrap_or_else(|| panic!("{member} is a text in {answer}"))
        .to_owned()
}

fn line(event: &WorldEvent) -> Option<String> {
    let detail = event.detail();
    let text = |member: &str| detail[member].as_str().unwrap_or("-").to_owned();
    Some(match event.kind() {
        "deployment" => format!("{} {}: {}", text("daemon"), text("status"), text("reason")),
        "batch_begin" => {
            format!(
                "{} batch {} of {} begins, {} drain",
                text("daemon"),
                detail["batch"],
                detail["of"],
                detail["size"]
            )
        }
        "batch_end" => format!("{} batch {} ends", text("daemon"), detail["batch"]),
        "bake_begin" => format!("{} bakes {} min", text("daemon"), detail["minutes"]),
        "bake_end" => format!("{} has baked", text("daemon")),
        "breaker_triggered" => format!(
            "{} breaker {}/{}",
            text("daemon"),
            detail["failures"],
            detail["threshold"]
        ),
        "alarm_triggered" => format!("{} alarm {}", text("daemon"), text("alarm")),
        "instance" => format!("instance {}", text("status")),
        "daemon" => format!("{} {}", text("daemon"), text("status")),
        "task" if detail["daemon"].is_null() => {
            let going = detail["desiredStatus"] == "STOPPED" && detail["status"] == "RUNNING";
            format!(
                "task of {} {}",
                text("group"),
                if going { "STOPPING".to_owned() } else { text("status") }
            )
        }
        "task" => format!("task of {} {}", text("daemon"), text("status")),
        "service" => format!("{} {}", text("service"), text("eventName")),
        _ => return None,
    })
}
