//! Playing a world: what is done in a step, and what must hold after it.

use serde_json::{Value, json};

use super::dice::Dice;
use crate::api::ApiError;
use crate::records::daemon::Status;
use crate::world::tests::invariants;
use crate::world::tests::lab::{Lab, provider_body};
use crate::world::tests::percents::Snapshot;
use crate::world::{ImageEffect, ImageFault, Window, World, WorldFault};

/// A world that is played.
pub(super) struct Play {
    seed: u64,
    pub(super) lab: Lab,
    /// For the present step.
    pub(super) dice: Dice,
    /// With what they are, so that some outlast others.
    faults: Vec<(u64, WorldFault)>,
    /// The steps so far, for the message of a failure.
    story: Vec<String>,
}

impl Play {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "beginning".to_owned());
        let knobs = dice.knobs();
        let mut lab = Lab::new(seed, knobs);
        lab.advance(60);
        lab.ok("CreateCapacityProvider", provider_body("fleet", "main"));
        lab.ok("CreateCapacityProvider", provider_body("spare", "main"));
        lab.advance(60);
        let sizes = dice.one(&[
            [0, 0, 0, 0, 0],
            [64, 256, 900, 128, 512],
            [512, 64, 2000, 600, 0],
            [128, 5000, 256, 128, 512],
        ]);
        let images = ["agent:1", "agent:2", "agent:3", "shipper:1", "shipper:2"];
        for (image, cpu) in images.into_iter().zip(sizes) {
            lab.register_sized(image, cpu);
        }
        for (image, cpu) in [("app:1", 128), ("app:2", 300), ("job:1", 512)] {
            lab.application(image, cpu);
        }
        let mut play = Self {
            seed,
            lab,
            dice,
            faults: Vec::new(),
            story: Vec::new(),
        };
        play.add_instances();
        if play.dice.below(3) > 0 {
            play.create();
            play.pass(3600);
        }
        play
    }

    /// Plays the steps of these numbers, then lets the world come to rest.
    pub(super) fn all(self, steps: &[u64]) {
        self.with(steps, |_| {});
    }

    /// The same with something done to the world after each step. Answers the world at rest, with all that happened.
    pub(super) fn with(mut self, steps: &[u64], mut between: impl FnMut(&mut World)) -> Lab {
        for step in steps {
            self.dice = Dice::new(self.seed, format!("step {step}"));
            self.act();
            self.check();
            let seconds = self.dice.one(&[0, 1, 10, 40, 90, 300, 1200]);
            self.pass(seconds);
            between(&mut self.lab.world);
        }
        self.rest();
        self.lab
    }

    fn act(&mut self) {
        match self.dice.below(31) {
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
            23 => self.move_tag(),
            24 => self.refuse_capacity(),
            25 => self.slow_drains(),
            26 => self.repair_settings(),
            _ => self.call_of_others(),
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
        let body = json!({
            "cluster": "main",
            "taskDefinition": "job",
            "capacityProviderStrategy": strategy,
            "count": 1 + self.dice.below(2),
            "clientToken": self.dice.one(&[None, Some("once"), Some("again")]),
            "overrides": self.dice.one(&[None, Some("700"), Some("2500")]).map(|cpu| json!({ "cpu": cpu })),
        });
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
        let mut settings = json!({
            "daemonTaskDefinitionArn": self.lab.definition(&definition),
            "capacityProviderArns": arns,
            "critical": self.dice.one(&[true, true, false]),
            "propagateTags": self.dice.one(&["DAEMON", "NONE"]),
            "deploymentConfiguration": {
                "drainPercent": self.dice.one(&[0.0, 10.0, 25.0, 50.0, 100.0]),
                "bakeTimeInMinutes": self.dice.one(&[0, 0, 3]),
                "alarms": { "alarmNames": ["cpu"], "enable": self.dice.one(&[true, false]) },
            },
        });
        self.dice.rest("UpdateDaemonRequest", &mut settings);
        settings
    }

    /// Tries a call; a refusal is fine.
    pub(super) fn attempt(&mut self, operation: &str, body: &Value) {
        let answer = self.lab.call(operation, body.clone());
        self.tell(operation, body, answer.err());
    }

    /// Adds a call to the story, with its refusal if there was one.
    pub(super) fn tell(&mut self, operation: &str, body: &Value, refusal: Option<ApiError>) {
        let told = refusal.map_or("done".to_owned(), |error| error.to_string());
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
            count: self.dice.one(&[Some(1), Some(4), Some(20), None]),
        };
        self.add_fault(WorldFault::Image { fault, seconds: None });
    }

    fn move_tag(&mut self) {
        let image = self.dice.one(&["agent:1", "agent:*", "shipper:2", "app:*"]).to_owned();
        self.add_fault(WorldFault::TagMoved { image });
    }

    fn window(&mut self) -> Window {
        Window {
            provider: self.dice.one(&["fleet", "spare", "*"]).to_owned(),
            after: self.dice.one(&[0, 2]),
            count: self.dice.one(&[Some(1), Some(3), Some(20)]),
        }
    }

    fn refuse_capacity(&mut self) {
        let window = self.window();
        self.add_fault(WorldFault::NoCapacity(window));
    }

    fn slow_drains(&mut self) {
        let (window, factor) = (self.window(), self.dice.one(&[2, 10]));
        self.add_fault(WorldFault::SlowDrain { window, factor });
    }

    fn add_fault(&mut self, fault: WorldFault) {
        self.story.push(format!("{fault:?}"));
        let id = self.lab.world.add_fault(fault.clone());
        self.faults.push((id, fault));
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
        self.unprotect_tasks();
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

    /// Breaks a daemon for ever, in its first deployment or later, and changes the other one.
    fn break_for_ever(&mut self) {
        self.dice = Dice::new(self.seed, "end".to_owned());
        let (broken, other) = self.dice.one(&[("agent", "shipper"), ("shipper", "agent")]);
        let fault = ImageFault {
            image: format!("{broken}:*"),
            effect: self.dice.one(&[ImageEffect::FailsToStart, ImageEffect::Exits]),
            after: 0,
            count: None,
        };
        let before = self.dice.below(2) == 0;
        if before {
            self.add_fault(WorldFault::Image {
                fault: fault.clone(),
                seconds: None,
            });
        }
        for name in [other, broken] {
            let mut body = self.settings(name);
            body["daemonName"] = name.into();
            body["clusterArn"] = "main".into();
            self.attempt("CreateDaemon", &body);
            self.pass_at_once(3600);
        }
        if !before {
            self.add_fault(WorldFault::Image { fault, seconds: None });
        }
        let mut body = self.settings(other);
        body["daemonArn"] = self.lab.daemon(other).into();
        if self.dice.below(4) == 0 {
            self.attempt("DeleteDaemon", &json!({ "daemonArn": self.lab.daemon(other) }));
        } else {
            self.attempt("UpdateDaemon", &body);
        }
    }

    /// Every deployment ends, even while daemons fail for ever. What services fail at keeps machines from draining.
    fn deployments_end(&mut self) {
        self.break_for_ever();
        let daemons_fail = |fault: &WorldFault| match fault {
            WorldFault::Image { fault, .. } => fault.image.starts_with("agent") || fault.image.starts_with("shipper"),
            _ => false,
        };
        let (lasting, ending): (Vec<_>, Vec<_>) = std::mem::take(&mut self.faults)
            .into_iter()
            .partition(|(_, fault)| daemons_fail(fault));
        for (id, _) in ending {
            self.lab.world.remove_fault(id);
        }
        self.faults = lasting;
        self.let_everything_move();
        let end = self.lab.world.now_ms() + 3 * 24 * 3_600_000;
        while self.running_deployments() > 0 && self.lab.world.now_ms() < end {
            self.pass_at_once(3600);
        }
        assert_eq!(
            self.running_deployments(),
            0,
            "every deployment ends: {:#?}\n{:#}",
            self.story,
            self.lab.world.view(None)
        );
    }

    fn running_deployments(&self) -> usize {
        let records = &self.lab.world.scopes()[&self.lab.scope];
        let deployments = records.deployments.values();
        deployments.filter(|deployment| !deployment.status.is_final()).count()
    }

    fn pass_at_once(&mut self, seconds: i64) {
        self.lab.world.advance_to(self.lab.world.now_ms() + seconds * 1000);
        self.check();
        self.lab.collect();
    }

    /// Lets all faults end; then every deployment ends, on its target or its rollback target.
    fn rest(&mut self) {
        self.deployments_end();
        for (id, _) in std::mem::take(&mut self.faults) {
            self.lab.world.remove_fault(id);
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
