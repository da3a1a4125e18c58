//! Worlds drawn from a seed: operations, alarms, broken images and every knob, with the invariants
//! checked after every event.

use serde_json::{Value, json};

use super::daemon::Status;
use super::percents::Snapshot;
use super::testing::{Lab, provider_body};
use super::{ImageEffect, ImageFault, draws, invariants};
use crate::knobs::{
    AfterRollback, Bake, BatchBase, BreakerCounts, Concurrency, Creation, DeploymentRetention, DuplicateCreate,
    EmptyProvider, FirstDeploymentFailure, Knobs, ListScope, Precleared, RevisionsOrder, RollbackToDeleted, Rounding,
    StandaloneTasks,
};

/// Draws for one run, each by its own number.
struct Dice {
    seed: u64,
    n: u64,
}

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.n += 1;
        draws::number(self.seed, "random world", "choice", self.n) % limit
    }

    fn one<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    fn knobs(&mut self) -> Knobs {
        Knobs {
            breaker_threshold: self.one(&[1, 2, 3, 5]),
            breaker_counts: self.one(&[BreakerCounts::EveryLaunch, BreakerCounts::CriticalOnly]),
            no_capacity_counts: self.one(&[false, true]),
            omit_empty_providers: self.one(&[false, true]),
            empty_provider: self.one(&[EmptyProvider::Quick, EmptyProvider::InProgress, EmptyProvider::AtOnce]),
            deployment_retention: self.one(&[
                DeploymentRetention::ForEver,
                DeploymentRetention::Days90,
                DeploymentRetention::LatestOnly,
                DeploymentRetention::None,
            ]),
            first_deployment_failure: self
                .one(&[FirstDeploymentFailure::RollbackFailed, FirstDeploymentFailure::Stopped]),
            after_rollback_deployment_arn: self.one(&[AfterRollback::Failed, AfterRollback::New]),
            rollback_to_deleted_definition: self.one(&[RollbackToDeleted::Allowed, RollbackToDeleted::Fails]),
            current_revisions_order: self.one(&[RevisionsOrder::OldestFirst, RevisionsOrder::NewestFirst]),
            batch_rounding: self.one(&[Rounding::Ceil, Rounding::Floor, Rounding::Nearest]),
            batch_base: self.one(&[BatchBase::Daemon, BatchBase::Provider]),
            bake: self.one(&[Bake::Once, Bake::PerBatch]),
            alarm_precleared: self.one(&[Precleared::Counts, Precleared::Ignored]),
            concurrent_deployments: self.one(&[Concurrency::Parallel, Concurrency::Serial]),
            list_daemons_without_cluster: self.one(&[ListScope::DefaultCluster, ListScope::All]),
            duplicate_create: self.one(&[DuplicateCreate::Refused, DuplicateCreate::ReturnsExisting]),
            definition_deleted_after: self.one(&[0, 60, 3600]),
            creation: self.one(&[Creation::Immediate, Creation::Gradual]),
            standalone_tasks: self.one(&[StandaloneTasks::Block, StandaloneTasks::Stopped]),
            scale_in_after: self.one(&[0, 300]),
            instance_drain_age_days: self.one(&[0, 14]),
            instance_end_age_days: self.one(&[0, 21]),
            stale_reads: 0,
            monotonic_reads: true,
        }
    }
}

struct Run {
    lab: Lab,
    dice: Dice,
    faults: Vec<u64>,
    /// What has been done, for the message of a failure.
    story: Vec<String>,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut dice = Dice { seed, n: 0 };
        let knobs = dice.knobs();
        let mut lab = Lab::new(seed, knobs);
        lab.advance(60);
        lab.ok("CreateCapacityProvider", provider_body("fleet", "main"));
        lab.ok("CreateCapacityProvider", provider_body("spare", "main"));
        lab.advance(60);
        for image in ["agent:1", "agent:2", "agent:3", "shipper:1", "shipper:2"] {
            lab.register(image);
        }
        for (image, cpu) in [("app:1", 128), ("app:2", 300), ("job:1", 512)] {
            lab.application(image, cpu);
        }
        let mut run = Self {
            lab,
            dice,
            faults: Vec::new(),
            story: Vec::new(),
        };
        run.add_instances();
        if run.dice.below(3) > 0 {
            run.create();
            run.pass(3600);
        }
        run
    }

    fn play(&mut self, steps: usize) {
        for _ in 0..steps {
            self.act();
            self.check();
            let seconds = self.dice.one(&[0, 1, 10, 40, 90, 300, 1200]);
            self.pass(seconds);
        }
        self.rest();
    }

    fn act(&mut self) {
        match self.dice.below(24) {
            0 | 1 => self.create(),
            2..=5 => self.update(),
            6 => self.delete(),
            7 => self.add_instances(),
            8 => self.alarm(),
            9 | 10 => self.break_images(),
            11 => self.stop_task(),
            12 => self.delete_definition(),
            13 => self.tag(),
            14 | 15 => self.create_service(),
            16..=18 => self.update_service(),
            19 => self.delete_service(),
            20 => self.run_task(),
            21 => self.stop_api_task(),
            22 => self.turn_instance(),
            _ => self.repair_settings(),
        }
    }

    fn service_settings(&mut self) -> Value {
        let percents = self
            .dice
            .one(&[(100, 200), (50, 100), (0, 100), (100, 150), (100, 100)]);
        json!({
            "cluster": "main",
            "desiredCount": self.dice.below(4),
            "taskDefinition": self.dice.one(&["app:1", "app:2"]),
            "capacityProviderStrategy": [
                { "capacityProvider": "fleet", "weight": 1, "base": self.dice.below(2) },
                { "capacityProvider": "spare", "weight": self.dice.below(2) },
            ],
            "deploymentConfiguration": {
                "minimumHealthyPercent": percents.0,
                "maximumPercent": percents.1,
                "deploymentCircuitBreaker": { "enable": self.dice.one(&[true, false]), "rollback": true },
            },
        })
    }

    fn create_service(&mut self) {
        let mut body = self.service_settings();
        body["serviceName"] = self.dice.one(&["web", "api"]).into();
        self.attempt("CreateService", &body);
    }

    fn update_service(&mut self) {
        let mut body = self.service_settings();
        body["service"] = self.dice.one(&["web", "api"]).into();
        self.attempt("UpdateService", &body);
    }

    fn delete_service(&mut self) {
        let body = json!({ "cluster": "main", "service": self.dice.one(&["web", "api"]), "force": true });
        self.attempt("DeleteService", &body);
    }

    fn run_task(&mut self) {
        let strategy = json!([{ "capacityProvider": self.dice.one(&["fleet", "spare"]), "weight": 1 }]);
        let body = json!({ "cluster": "main", "taskDefinition": "job", "capacityProviderStrategy": strategy });
        self.attempt("RunTask", &body);
    }

    fn stop_api_task(&mut self) {
        let tasks = self.lab.ok("ListTasks", json!({ "cluster": "main" }))["taskArns"].take();
        let tasks = tasks.as_array().unwrap();
        if !tasks.is_empty() {
            let n = usize::try_from(self.dice.below(tasks.len() as u64)).unwrap();
            self.attempt("StopTask", &json!({ "cluster": "main", "task": tasks[n] }));
        }
    }

    fn turn_instance(&mut self) {
        let listed =
            self.lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
        if let Some(first) = listed.get(0) {
            let status = self.dice.one(&["ACTIVE", "DRAINING"]);
            let body = json!({ "cluster": "main", "containerInstances": [first], "status": status });
            self.attempt("UpdateContainerInstancesState", &body);
        }
    }

    fn repair_settings(&mut self) {
        let mut body = provider_body("fleet", "main");
        let status = self.dice.one(&["ENABLED", "DISABLED"]);
        body["managedInstancesProvider"]["autoRepairConfiguration"] = json!({ "actionsStatus": status });
        self.attempt("UpdateCapacityProvider", &body);
    }

    fn daemon_name(&mut self) -> &'static str {
        self.dice.one(&["agent", "shipper"])
    }

    fn settings(&mut self, name: &str) -> Value {
        let definition = format!("{name}:{}", 1 + self.dice.below(3));
        let providers: &[&str] = self
            .dice
            .one(&[&["fleet"][..], &["spare"], &["fleet", "spare"], &["spare", "fleet"]]);
        let arns: Vec<String> = providers
            .iter()
            .map(|name| self.lab.arn(&format!("capacity-provider/{name}")))
            .collect();
        json!({
            "daemonTaskDefinitionArn": self.lab.definition(&definition),
            "capacityProviderArns": arns,
            "critical": self.dice.one(&[true, true, false]),
            "propagateTags": self.dice.one(&["DAEMON", "NONE"]),
            "deploymentConfiguration": {
                "drainPercent": self.dice.one(&[0.0, 10.0, 25.0, 50.0, 100.0]),
                "bakeTimeInMinutes": self.dice.one(&[0, 0, 3]),
                "alarms": { "alarmNames": ["cpu"], "enable": self.dice.one(&[true, false]) },
            },
        })
    }

    /// Tries a call; a refusal is fine.
    fn attempt(&mut self, operation: &str, body: &Value) {
        let told = match self.lab.call(operation, body.clone()) {
            Ok(_) => "done".to_owned(),
            Err(error) => error.to_string(),
        };
        self.story.push(format!("{operation} {body} → {told}"));
    }

    fn create(&mut self) {
        let name = self.daemon_name();
        let mut body = self.settings(name);
        body["daemonName"] = name.into();
        body["clusterArn"] = "main".into();
        self.attempt("CreateDaemon", &body);
    }

    fn update(&mut self) {
        let name = self.daemon_name();
        let mut body = self.settings(name);
        body["daemonArn"] = self.lab.daemon(name).into();
        self.attempt("UpdateDaemon", &body);
    }

    fn delete(&mut self) {
        let name = self.daemon_name();
        let body = json!({ "daemonArn": self.lab.daemon(name) });
        self.attempt("DeleteDaemon", &body);
    }

    fn tag(&mut self) {
        let name = self.daemon_name();
        let body = json!({ "resourceArn": self.lab.daemon(name), "tags": [{ "key": "team", "value": "a" }] });
        self.attempt("TagResource", &body);
    }

    fn delete_definition(&mut self) {
        let body = json!({ "daemonTaskDefinition": self.dice.one(&["agent:3", "shipper:2"]) });
        self.attempt("DeleteDaemonTaskDefinition", &body);
    }

    fn add_instances(&mut self) {
        let (provider, launch) = (self.dice.one(&["fleet", "spare"]), self.dice.one(&[true, false]));
        let count = u32::try_from(self.dice.below(4)).unwrap();
        let scope = self.lab.scope.clone();
        self.lab.world.add_instances(&scope, provider, count, launch).unwrap();
        self.story
            .push(format!("{count} instances into {provider}, launch {launch}"));
    }

    fn alarm(&mut self) {
        let state = self.dice.one(&["OK", "ALARM", "INSUFFICIENT_DATA"]);
        self.lab.alarm("cpu", state);
        self.story.push(format!("alarm {state}"));
    }

    fn break_images(&mut self) {
        let fault = ImageFault {
            image: self
                .dice
                .one(&["agent:2", "agent:*", "shipper:1", "app:*", "job:1", "*"])
                .to_owned(),
            effect: self
                .dice
                .one(&[ImageEffect::FailsToStart, ImageEffect::Exits, ImageEffect::Unhealthy]),
            after: self.dice.one(&[0, 2]),
            count: self.dice.one(&[Some(1), Some(4), Some(20)]),
        };
        self.story.push(format!("{fault:?}"));
        self.faults.push(self.lab.world.add_image_fault(fault));
    }

    fn stop_task(&mut self) {
        let records = &self.lab.world.scopes()[&self.lab.scope];
        let Some(arn) = records.tasks.values().next().map(|task| task.birth.arn.to_string()) else {
            return;
        };
        let scope = self.lab.scope.clone();
        let stopped = self.lab.world.stop_task(&scope, &arn).is_ok();
        self.story.push(format!("stop a task: {stopped}"));
    }

    /// Lets time pass event by event, and compares with passing it in one step.
    fn pass(&mut self, seconds: i64) {
        let target = self.lab.world.now_ms() + seconds * 1000;
        let mut at_once = self.lab.world.clone();
        at_once.advance_to(target);
        while self.lab.world.next_event_ms().is_some_and(|at| at <= target) {
            let before = Snapshot::of(&self.lab.world);
            self.lab.world.advance_to_next_event();
            self.check();
            let violations = before.violations(&self.lab.world);
            assert!(violations.is_empty(), "{violations:#?} after {:#?}", self.story);
        }
        self.lab.world.advance_to(target);
        assert_eq!(
            format!("{at_once:?}"),
            format!("{:?}", self.lab.world),
            "one step or many: {:#?}",
            self.story
        );
        self.lab.collect();
    }

    fn check(&self) {
        let violations = invariants::check(&self.lab.world);
        assert!(
            violations.is_empty(),
            "{violations:#?} after {:#?}\n{:#}",
            self.story,
            self.lab.world.view(None)
        );
    }

    /// Ends what may rightly keep instances from draining for ever.
    fn let_everything_move(&mut self) {
        for service in ["web", "api"] {
            let percents = json!({ "minimumHealthyPercent": 100, "maximumPercent": 200 });
            let body = json!({ "cluster": "main", "service": service, "deploymentConfiguration": percents });
            self.attempt("UpdateService", &body);
        }
        let tasks = self.lab.ok("ListTasks", json!({ "cluster": "main", "family": "job" }))["taskArns"].take();
        for task in tasks.as_array().unwrap() {
            self.attempt("StopTask", &json!({ "cluster": "main", "task": task }));
        }
    }

    /// When all faults have ended, every deployment ends, on its target or its rollback target.
    fn rest(&mut self) {
        for id in std::mem::take(&mut self.faults) {
            self.lab.world.remove_image_fault(id);
        }
        self.let_everything_move();
        self.pass(3 * 3600);
        assert!(
            self.lab.world.settle(self.lab.world.now_ms() + 24 * 3_600_000),
            "comes to rest: {:#?}",
            self.story
        );
        self.check();
        let records = &self.lab.world.scopes()[&self.lab.scope];
        for service in records.services.values() {
            assert!(
                service.steady || !service.is_scheduled(),
                "{} is not steady in {:#} after {:#?}",
                service.arn,
                self.lab.world.view(None),
                self.story
            );
        }
        for deployment in records.deployments.values() {
            assert!(deployment.status.is_final(), "{deployment:#?} after {:#?}", self.story);
        }
        for daemon in records.daemons.values() {
            let deployment = records.deployments.get(&daemon.deployment).unwrap();
            if !matches!(deployment.status, Status::Successful | Status::RollbackSuccessful) {
                continue;
            }
            let goal = daemon.goal.as_ref().unwrap();
            for instance in records.instances.values() {
                let has = instance.slots.get(daemon.arn.as_str()).map(|slot| &*slot.revision);
                let wanted = goal.includes(&instance.provider).then_some(goal.revision.as_str());
                if instance.impaired || !instance.is_up() {
                    continue;
                }
                assert_eq!(
                    has, wanted,
                    "{} on {} after {:#?}",
                    daemon.name, instance.ec2_id, self.story
                );
            }
        }
    }
}

/// A range like `100..2000`, or a number of seeds from 0 on.
fn seeds_of(text: &str) -> std::ops::Range<u64> {
    let (from, to) = text.split_once("..").unwrap_or(("0", text));
    from.parse().unwrap()..to.parse().unwrap()
}

#[test]
fn random_worlds_keep_the_invariants() {
    let seeds = match std::env::var("ECS_EMULATOR_SEEDS") {
        Ok(range) => seeds_of(&range),
        Err(_) => 0..60,
    };
    for seed in seeds {
        let run = std::panic::catch_unwind(|| Run::new(seed).play(25));
        assert!(
            run.is_ok(),
            "seed {seed} failed; again: ECS_EMULATOR_SEEDS={seed}..{} cargo test -p ecs-emulator random_worlds",
            seed + 1
        );
    }
}
