//! One world per case: a fleet, the provider connected to it, and a second caller.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use aws::Aws;
use aws_sdk_ecs::Client;
use daemons::poll::Poll;
use ecs_emulator::{Emulator, Scenario, knobs::Knobs};
use serde_json::Value as Json;
use terraform_provider_ecs::{EcsProvider, session::Session, tags::TagRules};
use tfplug_core::{BoxFuture, Diagnostics, Severity, Sink, Value};
use tfplug_server::driver::{Action, Driver, Outcome, Stored};

pub(crate) const REGION: &str = "eu-central-1";
/// Access key id of the other caller.
const OTHER: &str = "AKIAOTHER";
pub(crate) const DAEMON: &str = "ecs_daemon";
pub(crate) const DEFINITION: &str = "ecs_daemon_task_definition";

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) driver: Driver,
    /// The same account, another caller.
    pub(crate) other: Client,
    pub(crate) definition: Stored,
}

pub(crate) fn arn(resource: &str) -> String {
    format!("arn:aws:ecs:{REGION}:123456789012:{resource}")
}

fn session(config: aws_types::SdkConfig) -> Session {
    let poll = Poll { interval: None };
    Session::new(Aws::from_sdk_config(config), TagRules::default(), poll)
}

pub(crate) fn driver(config: aws_types::SdkConfig) -> Driver {
    Driver::new(Arc::new(EcsProvider::connected(session(config))))
}

impl World {
    pub(crate) async fn new(instances: u32) -> Self {
        Self::with_knobs(instances, Knobs::default()).await
    }

    /// A fleet in one provider, a second provider without instances, and one revision of `agent`.
    pub(crate) async fn with_knobs(instances: u32, knobs: Knobs) -> Self {
        let mut world = Self::without_definition(instances, knobs);
        world.define("agent:1").await;
        world
    }

    /// The same without any task definition.
    pub(crate) fn without_definition(instances: u32, knobs: Knobs) -> Self {
        let text = format!(
            "[[cluster]]\nname = 'prod'\nregion = '{REGION}'\n\
             [[capacity_provider]]\nname = 'fleet'\ncluster = 'prod'\ninstances = {instances}\nregion = '{REGION}'\n\
             [[capacity_provider]]\nname = 'empty'\ncluster = 'prod'\ninstances = 0\nregion = '{REGION}'\n"
        );
        let scenario = Scenario::parse("case.toml", &text).unwrap();
        let emulator = Emulator::builder()
            .seed(7)
            .scenario(scenario)
            .knobs(knobs)
            .build()
            .unwrap();
        let driver = driver(emulator.sdk_config(REGION));
        let config = aws_sdk_ecs::config::Builder::from(&emulator.sdk_config_as(OTHER, REGION));
        let other = Client::from_conf(config.retry_partition(emulator.retry_partition()).build());
        Self {
            emulator,
            driver,
            other,
            definition: Stored::nothing(),
        }
    }

    /// The provider in a new process: what the old one kept in memory is gone.
    pub(crate) fn restarted(&self) -> Driver {
        driver(self.emulator.sdk_config(REGION))
    }

    /// The provider itself, for what no driver plays. It looks at the same moments in each run.
    pub(crate) fn provider(&self) -> EcsProvider {
        let interval = Some(Duration::from_secs(5));
        let aws = Aws::from_sdk_config(self.emulator.sdk_config(REGION));
        EcsProvider::connected(Session::new(aws, TagRules::default(), Poll { interval }))
    }

    /// The provider with other tag rules.
    pub(crate) fn driver_with(&self, tags: TagRules) -> Driver {
        let aws = Aws::from_sdk_config(self.emulator.sdk_config(REGION));
        let session = Session::new(aws, tags, Poll { interval: None });
        Driver::new(Arc::new(EcsProvider::connected(session)))
    }

    /// Revisions of task definitions that are neither deleted nor being deleted.
    pub(crate) async fn active_revisions(&self) -> Vec<String> {
        let listed = self.other.list_daemon_task_definitions().send().await.unwrap();
        let definitions = listed.daemon_task_definitions.unwrap_or_default().into_iter();
        definitions.filter_map(|definition| definition.arn).collect()
    }

    /// A connection with other credentials.
    pub(crate) fn session_as(&self, access_key: &str) -> Session {
        session(self.emulator.sdk_config_as(access_key, REGION))
    }

    /// The provider again, with other credentials.
    pub(crate) fn driver_as(&self, access_key: &str) -> Driver {
        driver(self.emulator.sdk_config_as(access_key, REGION))
    }

    /// Registers the next revision of the task definition, in place.
    pub(crate) async fn define(&mut self, image: &str) {
        self.define_as(definition(image)).await;
    }

    /// The same with a configuration of one's own.
    pub(crate) async fn define_as(&mut self, config: Value) {
        let outcome = self.driver.plan_and_apply(DEFINITION, &self.definition, config).await;
        expect_no_error(&outcome.diagnostics);
        self.definition = outcome.stored;
    }

    pub(crate) fn definition_arn(&self) -> String {
        self.definition.state.get("arn").as_str().unwrap_or_default().to_owned()
    }

    /// A daemon on the fleet with the latest definition and the given extra arguments.
    pub(crate) fn daemon(&self, extra: Value) -> Value {
        let mut config = Value::object([
            ("name", Value::from("agent")),
            ("cluster_arn", arn("cluster/prod").into()),
            ("daemon_task_definition_arn", self.definition_arn().into()),
            (
                "capacity_provider_arns",
                Value::set_of([arn("capacity-provider/fleet").into()]),
            ),
        ]);
        for (name, value) in extra.as_map().into_iter().flatten() {
            config.insert(name.clone(), value.clone());
        }
        config
    }

    pub(crate) async fn apply(&self, prior: &Stored, config: Value) -> Outcome {
        self.driver.plan_and_apply(DAEMON, prior, config).await
    }

    /// Applies without an error, and then: a refresh changes nothing, and the next plan is empty.
    pub(crate) async fn settled(&self, prior: &Stored, config: Value) -> Stored {
        let outcome = self.apply(prior, config.clone()).await;
        expect_no_error(&outcome.diagnostics);
        let refreshed = self.refresh(&outcome.stored).await;
        assert_eq!(
            refreshed.stored, outcome.stored,
            "a refresh after the apply changes something"
        );
        let whole = unproven(&outcome.stored);
        assert_eq!(
            self.refresh(&whole).await.stored,
            whole,
            "a refresh that reads everything after the apply changes something"
        );
        let planned = self.driver.plan(DAEMON, &refreshed.stored, config).await;
        assert_eq!(
            planned.action,
            Action::NoOp,
            "the plan after the apply is not empty: {:?}",
            planned.state
        );
        outcome.stored
    }

    pub(crate) async fn refresh(&self, stored: &Stored) -> Outcome {
        self.driver.refresh(DAEMON, stored).await
    }

    /// Requests of an operation, as received.
    pub(crate) fn requests(&self, operation: &str) -> Vec<Json> {
        let journal = self.emulator.journal().into_iter();
        journal
            .filter(|entry| entry["operation"] == operation)
            .map(|entry| entry["request"].clone())
            .collect()
    }

    /// Requests of an operation by the provider.
    pub(crate) fn ours(&self, operation: &str) -> Vec<Json> {
        let journal = self.emulator.journal().into_iter();
        journal
            .filter(|entry| entry["operation"] == operation && entry["caller"] != OTHER)
            .map(|entry| entry["request"].clone())
            .collect()
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.requests(operation).len()
    }

    /// Lets everything that is under way come to rest, except for what fails again and again.
    pub(crate) fn settle(&self) {
        let settle = serde_json::json!({"settle": true, "limit_seconds": 48 * 3600});
        let answer = self.emulator.control("POST", "clock", Some(settle)).unwrap();
        assert_eq!(answer["pending"], 0, "the world does not come to rest: {answer}");
    }

    pub(crate) fn image_fault(&self, image: &str) {
        self.post_fault(&serde_json::json!({ "image": image, "effect": "fails_to_start", "count": null }));
    }

    pub(crate) fn fault(&self, operation: &str, effect: &str) {
        self.post_fault(&serde_json::json!({ "operation": operation, "effect": effect, "must_fire": true }));
    }

    pub(crate) fn post_fault(&self, fault: &Json) {
        let path = format!("faults?region={REGION}");
        self.emulator.control("POST", &path, Some(fault.clone())).unwrap();
    }

    /// Every planted fault that must fire has fired.
    pub(crate) fn expect_fired(&self) {
        let faults = self.emulator.control("GET", "faults", None).unwrap();
        let idle: Vec<&Json> = faults
            .as_array()
            .unwrap()
            .iter()
            .filter(|fault| fault["must_fire"] == true && fault["fired"] == 0)
            .collect();
        assert!(idle.is_empty(), "these faults did not fire: {idle:?}");
    }

    /// Deployments of the daemon as the world keeps them.
    pub(crate) fn deployments(&self) -> usize {
        let world = self.emulator.world();
        world
            .pointer("/regions/0/clusters/0/daemons/0/deployments")
            .and_then(Json::as_array)
            .map_or(0, Vec::len)
    }

    pub(crate) fn daemons(&self) -> usize {
        let world = self.emulator.world();
        world
            .pointer("/regions/0/clusters/0/daemons")
            .and_then(Json::as_array)
            .unwrap()
            .len()
    }
}

/// An object as an earlier version has left it: nothing proves that its daemon is settled, so a read asks for everything.
pub(crate) fn unproven(stored: &Stored) -> Stored {
    let Ok(mut private) = serde_json::from_slice::<Json>(&stored.private) else {
        return stored.clone();
    };
    private.as_object_mut().unwrap().remove("settled");
    Stored {
        private: private.to_string().into_bytes(),
        ..stored.clone()
    }
}

pub(crate) fn definition(image: &str) -> Value {
    let container = Value::object([("name", Value::from("agent")), ("image", image.into())]);
    Value::object([
        ("family", Value::from("agent")),
        ("container_definition", Value::list([container])),
    ])
}

/// A `deployment_configuration` block with the given arguments.
pub(crate) fn deployment<const N: usize>(arguments: [(&str, Value); N]) -> Value {
    Value::object([("deployment_configuration", Value::list([Value::object(arguments)]))])
}

pub(crate) fn expect_no_error(diagnostics: &Diagnostics) {
    assert!(!diagnostics.has_error(), "{}", text(diagnostics));
}

pub(crate) fn errors(diagnostics: &Diagnostics) -> String {
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// All messages, with the ids of deployments and revisions taken out.
pub(crate) fn text(diagnostics: &Diagnostics) -> String {
    let lines = diagnostics
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n");
    normal(&lines)
}

pub(crate) fn normal(text: &str) -> String {
    let mut normal = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        let is_id = word.contains(":daemon-deployment/") || word.contains(":daemon-revision/");
        match word.rfind('/') {
            Some(slash) if is_id => {
                let end = word[slash..]
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '/')
                    .unwrap_or(word.len() - slash);
                normal.push_str(&word[..slash]);
                normal.push_str("/ID");
                normal.push_str(&word[slash + end..]);
            }
            _ => normal.push_str(word),
        }
    }
    normal
}

/// A receiver that keeps what it gets, up to a number of parts.
pub(crate) struct Collected<T> {
    parts: Mutex<Vec<T>>,
    most: usize,
}

impl<T> Collected<T> {
    pub(crate) fn new() -> Self {
        Self::up_to(usize::MAX)
    }

    pub(crate) fn up_to(most: usize) -> Self {
        Self {
            parts: Mutex::default(),
            most,
        }
    }

    /// What was received.
    pub(crate) fn taken(&self) -> Vec<T>
    where
        T: Clone,
    {
        self.parts.lock().unwrap().clone()
    }
}

impl<T: Send> Sink<T> for Collected<T> {
    fn send(&self, part: T) -> BoxFuture<'_, bool> {
        let mut parts = self.parts.lock().unwrap();
        parts.push(part);
        let more = parts.len() < self.most;
        Box::pin(async move { more })
    }
}
