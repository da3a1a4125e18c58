//! One world as it is played: what there is, what a step does, and what must hold then.

mod corners;

use ecs_emulator::knobs::Knobs;
use fastrand::Rng;
use serde_json::json;
use tfplug_core::{
    Resource, Schema, Value,
    test_support::{Generator, Unknowns},
};
use tfplug_server::driver::{Action, Outcome, Stored};

use self::corners::Corner;
use crate::{
    crashes::{mortal, next_run},
    knobs::VALUES,
    random::daemon_hint,
    support::{DAEMON, World, arn, expect_no_error, text, unproven},
};
use terraform_provider_ecs::daemon::values::settings_of;

/// The steps. Each draw of a step has a seed of its own, so that leaving out one step does not
/// change the others.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// The configuration changes in one place and is applied.
    Apply { edit: u64 },
    /// The next revision of the task definition is registered and applied.
    Revision,
    /// A revision that cannot start is applied, and the rollout fails.
    BrokenRevision,
    /// The task definition is put back to what an earlier revision of it had.
    PutBack { revision: u64 },
    /// A change is applied without a wait, and the wait is switched on while the rollout goes on.
    LateWait { edit: u64 },
    /// Something at an edge.
    Corner(Corner),
    /// Somebody else sends an update that leaves out everything optional.
    Reverted,
    /// Somebody else changes the settings at random.
    ChangedOutside { edit: u64 },
    /// Somebody else deletes the daemon.
    DeletedOutside,
    /// Calls fail in a way that passes, from the given one on.
    Faults {
        effect: &'static str,
        after: u32,
        count: u32,
    },
    /// The process dies after so many calls of an apply.
    Crash { edit: u64, calls: usize },
    /// The state is lost, and the daemon is imported.
    Import,
    /// The daemon is destroyed.
    Destroy,
}

/// The rule of the latest [`Step::Faults`].
const PASSING_RULE: &str = "passing";
const PASSING: [&str; 6] = [
    "throttle",
    "server_error",
    "timeout",
    "reset",
    "lost_reply",
    "truncated",
];

impl Step {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        match rng.u8(0..25) {
            0..=4 => Self::Apply { edit: rng.u64(..) },
            5 => Self::Revision,
            6 => Self::BrokenRevision,
            7 | 8 => Self::Reverted,
            9 => Self::ChangedOutside { edit: rng.u64(..) },
            10 => Self::DeletedOutside,
            11 | 12 => Self::Faults {
                effect: PASSING[rng.usize(..PASSING.len())],
                after: rng.u32(..20),
                count: rng.u32(1..4),
            },
            13 => Self::Crash {
                edit: rng.u64(..),
                calls: rng.usize(..14),
            },
            14 => Self::Import,
            15 => Self::PutBack { revision: rng.u64(..) },
            16 => Self::LateWait { edit: rng.u64(..) },
            17..=23 => Self::Corner(Corner::draw(rng)),
            _ => Self::Destroy,
        }
    }
}

/// A world, the configuration, and the state as Terraform would hold it.
pub(super) struct Play {
    world: World,
    generator: Generator<'static>,
    schema: Schema,
    config: Value,
    stored: Stored,
    revisions: u32,
    /// Images of the revisions that are registered and not deleted.
    images: Vec<String>,
    /// Configurations that were applied.
    earlier: Vec<Value>,
    /// True if the service keeps providers without instances to itself, so that an import lacks them.
    omits_providers: bool,
    /// True if the service bakes after each batch, for which the default timeouts, which rest on what is documented, are
    /// too short.
    bakes_often: bool,
}

impl Play {
    /// A fleet under one or two knobs away from their defaults.
    pub(super) async fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed ^ 0x6b6e_6f62);
        let mut knobs = json!({});
        for _ in 0..rng.usize(..3) {
            let (name, value) = VALUES[rng.usize(..VALUES.len())];
            knobs[name] = serde_json::from_str(value).unwrap();
        }
        eprintln!("knobs {knobs}");
        let omits_providers = knobs["omit_empty_providers"] == true;
        let bakes_often = knobs["bake"] == "per_batch";
        let knobs: Knobs = serde_json::from_value(knobs).unwrap();
        let world = World::with_knobs(rng.u32(..6), knobs).await;
        let resource = terraform_provider_ecs::daemon::DaemonResource::new(
            terraform_provider_ecs::session::SharedSession::default(),
        );
        let schema = resource.schema().clone();
        let generator = Generator::new(Unknowns::Never).with_hint(daemon_hint);
        let config = generator.config(&schema, &mut rng);
        let mut play = Self {
            world,
            generator,
            schema,
            config,
            stored: Stored::nothing(),
            revisions: 1,
            images: vec!["agent:1".to_owned()],
            earlier: Vec::new(),
            omits_providers,
            bakes_often,
        };
        play.fix();
        play
    }

    pub(super) async fn step(&mut self, step: &Step) {
        match step {
            Step::Apply { edit } => {
                self.edit(*edit);
                self.applied().await;
            }
            Step::Revision => {
                self.define("agent").await;
                self.applied().await;
            }
            Step::BrokenRevision => self.broken_revision().await,
            Step::PutBack { revision } => self.put_back(*revision).await,
            Step::LateWait { edit } => self.late_wait(*edit).await,
            Step::Corner(corner) => self.corner(corner).await,
            Step::Reverted => self.reverted().await,
            Step::ChangedOutside { edit } => self.changed_outside(*edit).await,
            Step::DeletedOutside => self.deleted_outside().await,
            Step::Faults { effect, after, count } => {
                self.end_faults();
                self.world.post_fault(
                    &json!({"id": PASSING_RULE, "operation": "*", "effect": effect, "after": after, "count": count}),
                );
            }
            Step::Crash { edit, calls } => self.crash(*edit, *calls).await,
            Step::Import => self.import().await,
            Step::Destroy => self.destroy().await,
        }
    }

    /// The last apply repairs whatever there is, and a destroy leaves nothing.
    pub(super) async fn end(&mut self) {
        self.applied().await;
        self.destroy().await;
        for update in self.world.ours("UpdateDaemon") {
            let members = update.as_object().unwrap().len();
            assert_eq!(members, 8, "an update of ours leaves something out: {update}");
        }
    }

    fn edit(&mut self, seed: u64) {
        let mut rng = Rng::with_seed(seed);
        self.config = self.generator.edit(&self.schema, &self.config, &mut rng);
        self.fix();
    }

    /// The ground that the play relies on: one daemon that is waited for, on the revision registered last.
    fn fix(&mut self) {
        for (name, value) in [
            ("wait_for_deployment", true.into()),
            ("cluster_arn", arn("cluster/prod").into()),
            ("name", "agent".into()),
            ("daemon_task_definition_arn", self.world.definition_arn().into()),
        ] {
            self.config.insert(name, value);
        }
        if self.bakes_often {
            let long = ["create", "update", "delete"].map(|change| (change, "999h".into()));
            self.config.insert("timeouts", Value::object(long));
        }
    }

    async fn define(&mut self, image: &str) {
        self.revisions += 1;
        let image = format!("{image}:{}", self.revisions);
        self.world.define(&image).await;
        self.images.push(image);
        self.fix();
    }

    /// The revision of that content is still there, so none is registered.
    async fn put_back(&mut self, revision: u64) {
        self.end_faults();
        let earlier: Vec<String> = self
            .images
            .iter()
            .filter(|image| image.starts_with("agent"))
            .cloned()
            .collect();
        let image = &earlier[usize::try_from(revision % earlier.len() as u64).unwrap()];
        let before = self.world.ours("RegisterDaemonTaskDefinition").len();
        self.world.define(image).await;
        let after = self.world.ours("RegisterDaemonTaskDefinition").len();
        assert_eq!(before, after, "{image} is registered once more");
        self.fix();
        self.applied().await;
    }

    /// Success is that of the rollout, whatever made the apply happen.
    async fn late_wait(&mut self, edit: u64) {
        self.edit(edit);
        self.heal();
        self.refresh().await;
        let mut hasty = self.config.clone();
        hasty.insert("wait_for_deployment", false.into());
        let outcome = self.world.apply(&self.stored, hasty).await;
        expect_no_error(&outcome.diagnostics);
        self.stored = outcome.stored;
        self.applied().await;
        // What an earlier rollback has brought is as good as a rollout, if it is what is wanted.
        let status = self.latest_status().await;
        let has_arrived = matches!(status.as_deref(), Some("SUCCESSFUL" | "ROLLBACK_SUCCESSFUL"));
        assert!(has_arrived, "an apply ended before its rollout: {status:?}");
    }

    /// Status of the latest deployment; `None` if its record is gone.
    async fn latest_status(&self) -> Option<String> {
        self.heal();
        let deployment = self.stored.state.get("deployment_arn").as_str()?;
        let asked = self
            .world
            .other
            .describe_daemon_deployments()
            .daemon_deployment_arns(deployment);
        let answer = asked.send().await.unwrap();
        let record = answer.daemon_deployments.unwrap_or_default().into_iter().next();
        Some(record.map_or("SUCCESSFUL".to_owned(), |record| {
            record
                .status
                .map(|status| status.as_str().to_owned())
                .unwrap_or_default()
        }))
    }

    /// Refresh, plan, apply; then a refresh changes nothing and the plan is empty.
    async fn applied(&mut self) {
        self.heal();
        self.refresh().await;
        let outcome = self.world.apply(&self.stored, self.config.clone()).await;
        expect_no_error(&outcome.diagnostics);
        self.stored = outcome.stored;
        self.earlier.push(self.config.clone());
        self.at_rest("an apply").await;
    }

    async fn at_rest(&mut self, what: &str) {
        self.heal();
        let refreshed = self.world.refresh(&self.stored).await;
        expect_no_error(&refreshed.diagnostics);
        assert_eq!(
            refreshed.stored, self.stored,
            "a refresh after {what} changes something"
        );
        let planned = self.plan().await;
        assert_eq!(planned, Action::NoOp, "the plan after {what} is not empty");
    }

    /// Terraform refreshes only what is in the state.
    async fn refresh(&mut self) {
        if !self.exists() {
            return;
        }
        let whole = self.world.refresh(&unproven(&self.stored)).await;
        expect_no_error(&whole.diagnostics);
        let refreshed = self.world.refresh(&self.stored).await;
        expect_no_error(&refreshed.diagnostics);
        self.stored = refreshed.stored;
        // Calls let time pass, so the second reading may see what the first one has not.
        let state = &self.stored.state;
        if !state.is_null() && whole.stored.state.get("deployment_arn") == state.get("deployment_arn") {
            let settings = [&whole.stored.state, state].map(|state| settings_of(state).unwrap());
            assert_eq!(
                settings[0], settings[1],
                "a refresh that reads everything sees something else"
            );
        }
    }

    async fn plan(&self) -> Action {
        let planned = self.world.driver.plan(DAEMON, &self.stored, self.config.clone()).await;
        expect_no_error(&planned.diagnostics);
        if planned.action == Action::Update {
            expect_a_reason(&self.stored.state, &planned.state);
        }
        planned.action
    }

    /// No client can see what a stale read hides.
    fn heal(&self) {
        let path = format!("consistency?region={}", crate::support::REGION);
        self.world
            .emulator
            .control("POST", &path, Some(json!({ "heal": true })))
            .unwrap();
    }

    /// Somebody else's calls are not what is tested.
    fn end_faults(&self) {
        // Not there unless a step has planted it.
        let _ = self
            .world
            .emulator
            .control("DELETE", &format!("faults/{PASSING_RULE}"), None);
    }

    /// True if there is a daemon that somebody else can change.
    fn is_active(&self) -> bool {
        self.stored.state.get("status").as_str() == Some("ACTIVE")
    }

    fn exists(&self) -> bool {
        !self.stored.state.is_null()
    }

    async fn broken_revision(&mut self) {
        if !self.exists() {
            return;
        }
        self.applied().await;
        let running = self.stored.state.get("daemon_task_definition_arn").clone();
        let good = self.world.definition.clone();
        self.world.image_fault("broken:*");
        self.define("broken").await;
        let outcome = self.world.apply(&self.stored, self.config.clone()).await;
        self.stored = outcome.stored;
        self.world.settle();
        self.heal();
        self.refresh().await;
        // Without an instance of its providers nothing has to start, and nothing fails.
        if outcome.diagnostics.has_error() {
            assert_ne!(self.plan().await, Action::NoOp, "the plan over a rollback is empty");
        }
        // The broken revision is forgotten, as if it were another resource's.
        self.images.pop();
        self.world.definition = good;
        self.config.insert("daemon_task_definition_arn", running);
        // Put back to what runs again after the rollback, unless the fleet is on no single revision.
        if outcome.diagnostics.has_error() && self.stored.state.get("rollout_failure").is_null() {
            self.at_rest("a rollback whose configuration was put back").await;
        }
    }

    async fn reverted(&mut self) {
        if !self.is_active() {
            return;
        }
        self.end_faults();
        let definition = self
            .stored
            .state
            .get("daemon_task_definition_arn")
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let providers = self.stored.state.get("capacity_provider_arns").elements();
        let providers = providers.filter_map(|arn| arn.as_str().map(str::to_owned)).collect();
        let update = self.world.other.update_daemon().daemon_arn(arn("daemon/prod/agent"));
        let update = update
            .daemon_task_definition_arn(definition)
            .set_capacity_provider_arns(Some(providers));
        update.send().await.unwrap();
        self.seen_if_it_differs().await;
    }

    async fn changed_outside(&mut self, seed: u64) {
        if !self.is_active() {
            return;
        }
        self.end_faults();
        let mut rng = Rng::with_seed(seed);
        let mut changed = self.generator.config(&self.schema, &mut rng);
        changed.insert("daemon_task_definition_arn", self.world.definition_arn().into());
        let settings = settings_of(&changed).unwrap();
        settings
            .update_request(&arn("daemon/prod/agent"))
            .send_with(&self.world.other)
            .await
            .unwrap();
        self.seen_if_it_differs().await;
    }

    /// The plan is empty exactly when the live settings are those of the configuration.
    async fn seen_if_it_differs(&mut self) {
        self.world.settle();
        self.heal();
        self.refresh().await;
        let live = self.stored.state.clone();
        let planned = settings_of(&self.planned_settings().await).unwrap();
        let differs = !settings_of(&live).unwrap().differing(&planned).is_empty();
        assert_eq!(
            self.plan().await == Action::NoOp,
            !differs,
            "an outside change and the plan disagree"
        );
    }

    async fn planned_settings(&self) -> Value {
        let planned = self.world.driver.plan(DAEMON, &self.stored, self.config.clone()).await;
        planned.state
    }

    async fn deleted_outside(&mut self) {
        if !self.is_active() {
            return;
        }
        self.end_faults();
        let deletion = self.world.other.delete_daemon().daemon_arn(arn("daemon/prod/agent"));
        deletion.send().await.unwrap();
        self.heal();
        self.refresh().await;
        let planned = self.plan().await;
        assert!(
            matches!(planned, Action::Create | Action::Replace),
            "a deletion outside is planned as {planned:?}"
        );
    }

    async fn crash(&mut self, edit: u64, calls: usize) {
        self.refresh().await;
        self.edit(edit);
        let (prior, config) = (self.stored.clone(), self.config.clone());
        let run = mortal(&self.world, calls, async |driver| {
            driver.plan_and_apply(DAEMON, &prior, config).await
        })
        .await;
        self.stored = match run {
            Some(Outcome { stored, diagnostics }) => {
                expect_no_error(&diagnostics);
                stored
            }
            None => next_run(&self.world, &self.stored, self.config.clone()).await,
        };
        self.world.settle();
        self.at_rest("a crash and the next run").await;
    }

    async fn import(&mut self) {
        if !self.exists() {
            return;
        }
        self.applied().await;
        let before = self.world.ours("UpdateDaemon").len();
        let imported = self.world.driver.import(DAEMON, &arn("daemon/prod/agent")).await;
        expect_no_error(&imported.diagnostics);
        let outcome = self.world.apply(&imported.stored, self.config.clone()).await;
        expect_no_error(&outcome.diagnostics);
        self.stored = outcome.stored;
        // Triggers are the client's own, so an import cannot know that they have not changed.
        if self.config.get("triggers").is_null() && !self.omits_providers {
            let sent = self.world.ours("UpdateDaemon").len() - before;
            assert_eq!(sent, 0, "an import and an apply of what is there send an update");
        }
        self.at_rest("an import").await;
    }

    async fn destroy(&mut self) {
        if !self.exists() {
            return;
        }
        let outcome = self.world.driver.destroy(DAEMON, &self.stored).await;
        assert!(!outcome.diagnostics.has_error(), "{}", text(&outcome.diagnostics));
        assert!(outcome.stored.state.is_null());
        self.stored = Stored::nothing();
        assert_eq!(self.world.daemons(), 0, "a destroy leaves a daemon");
    }
}

/// A new deployment never stands alone in a plan: another attribute says why there will be one. What else only Terraform
/// knows is no reason.
fn expect_a_reason(prior: &Value, planned: &Value) {
    const NO_REASONS: [&str; 5] = ["deployment_arn", "tags", "tags_all", "timeouts", "wait_for_deployment"];
    let names = planned.as_map().into_iter().flatten().map(|(name, _)| name.as_str());
    let reasons = names.filter(|name| !NO_REASONS.contains(name) && prior.get(name) != planned.get(name));
    if planned.get("deployment_arn").is_unknown() {
        assert_ne!(reasons.count(), 0, "a deployment without a reason: {planned:?}");
    }
}
