//! One world per case: a fleet, somebody who changes it, a state that wants something of it, and a scan.

use std::{collections::BTreeSet, sync::Arc};

use aws::Aws;
use aws_sdk_ecs::{
    Client,
    operation::{
        create_daemon::{CreateDaemonOutput, builders::CreateDaemonFluentBuilder},
        update_daemon::builders::{UpdateDaemonFluentBuilder, UpdateDaemonInputBuilder},
    },
    types::{DaemonAlarmConfiguration, DaemonContainerDefinition, DaemonDeploymentConfiguration},
};
use ecs_drift::{
    engine,
    report::{Problem, Report},
    scan::{self, Access, Beside, Connect, NoTrail, Options, Trail},
    setting::{Setting, Settings},
    source::{self, ReadOptions, configuration::Configuration},
};
use ecs_emulator::{ClockMode, Emulator, Scenario, knobs::Knobs};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::invariants::{expect_commands_once, expect_true_titles};

pub(crate) const REGION: &str = "eu-central-1";

pub(crate) fn arn(resource: &str) -> String {
    format!("arn:aws:ecs:{REGION}:123456789012:{resource}")
}

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    /// Somebody outside of every source.
    pub(crate) other: Client,
    /// Access key of the credentials that the scan has.
    access_key: &'static str,
    pub(crate) options: Options,
    /// Configuration beside the inputs.
    pub(crate) configuration: Option<Configuration>,
    /// Change to each answer on its way to the scan.
    pub(crate) tamper: Option<Arc<Tamper>>,
    /// The same for answers of STS.
    pub(crate) tamper_sts: Option<Arc<Tamper>>,
}

/// Changes the answer of an operation.
pub(crate) type Tamper = dyn Fn(&str, &mut Json) + Send + Sync;

/// A daemon that was made, with what its state says of it.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) arn: String,
    pub(crate) state: Json,
}

impl World {
    pub(crate) async fn new(instances: u32) -> Self {
        Self::with_knobs(instances, Knobs::default()).await
    }

    pub(crate) async fn with_knobs(instances: u32, knobs: Knobs) -> Self {
        Self::build(instances, knobs, ClockMode::Embedder, "", false).await
    }

    /// A world that admits calls at the rates that AWS publishes.
    pub(crate) async fn throttled() -> Self {
        Self::build(0, Knobs::default(), ClockMode::Embedder, "", true).await
    }

    pub(crate) async fn with_clock(instances: u32, knobs: Knobs, clock: ClockMode, more: &str) -> Self {
        Self::build(instances, knobs, clock, more, false).await
    }

    /// A fleet in one provider, a second provider without instances, a second cluster, one revision of `agent`, and what
    /// more of a scenario is given.
    async fn build(instances: u32, knobs: Knobs, clock: ClockMode, more: &str, throttle: bool) -> Self {
        let text = format!(
            "[[cluster]]\nname = 'prod'\nregion = '{REGION}'\n\
             [[cluster]]\nname = 'old'\nregion = '{REGION}'\n\
             [[capacity_provider]]\nname = 'fleet'\ncluster = 'prod'\ninstances = {instances}\nregion = '{REGION}'\n\
             [[capacity_provider]]\nname = 'empty'\ncluster = 'prod'\ninstances = 0\nregion = '{REGION}'\n\
             {more}"
        );
        let scenario = Scenario::parse("case.toml", &text).unwrap();
        let emulator = Emulator::builder()
            .seed(7)
            .scenario(scenario)
            .knobs(knobs)
            .clock(clock)
            .throttle(throttle)
            .build()
            .unwrap();
        let config = aws_sdk_ecs::config::Builder::from(&emulator.sdk_config_as("AKIAOTHER", REGION));
        let other = Client::from_conf(config.retry_partition(emulator.retry_partition()).build());
        let mut options = Options::default();
        options.explain.tags = true;
        let world = Self {
            emulator,
            other,
            access_key: "AKIADRIFT",
            options,
            configuration: None,
            tamper: None,
            tamper_sts: None,
        };
        world.define("agent").await;
        world
    }

    pub(crate) fn scanned_by(mut self, access_key: &'static str) -> Self {
        self.access_key = access_key;
        self
    }

    /// Registers the next revision of a family, with its own image.
    pub(crate) async fn define(&self, family: &str) -> String {
        self.define_with(family, &format!("{family}:latest")).await
    }

    pub(crate) async fn define_with(&self, family: &str, image: &str) -> String {
        let container = DaemonContainerDefinition::builder()
            .name("main")
            .image(image)
            .build()
            .unwrap();
        let answer = self
            .other
            .register_daemon_task_definition()
            .family(family)
            .cpu("256")
            .memory("512")
            .container_definitions(container)
            .send()
            .await
            .unwrap();
        answer.daemon_task_definition_arn.unwrap()
    }

    /// A daemon whose settings are all at their defaults, and the state of ours for it.
    pub(crate) async fn make(&self, name: &str) -> Made {
        self.make_with(name, |create| create, &json!({})).await
    }

    /// A daemon of which no setting is at its default.
    pub(crate) async fn make_special(&self, name: &str) -> Made {
        self.make_wanted(name, &special()).await
    }

    /// A daemon as the state describes it.
    pub(crate) async fn make_wanted(&self, name: &str, attributes: &Json) -> Made {
        let mut wanted = usual();
        merge(&mut wanted, attributes);
        let create = settings_in(&wanted).create_request();
        let create = create.daemon_name(name).cluster_arn(arn("cluster/prod"));
        let answer = create.send_with(&self.other).await.unwrap();
        self.made(name, answer, attributes)
    }

    /// A daemon made by any call, which the state describes by the given attributes.
    pub(crate) async fn make_with(
        &self,
        name: &str,
        change: impl FnOnce(CreateDaemonFluentBuilder) -> CreateDaemonFluentBuilder,
        attributes: &Json,
    ) -> Made {
        let create = self
            .other
            .create_daemon()
            .daemon_name(name)
            .cluster_arn(arn("cluster/prod"))
            .daemon_task_definition_arn(arn("daemon-task-definition/agent:1"))
            .capacity_provider_arns(arn("capacity-provider/fleet"));
        let answer = change(create).send().await.unwrap();
        self.made(name, answer, attributes)
    }

    fn made(&self, name: &str, answer: CreateDaemonOutput, attributes: &Json) -> Made {
        self.settle();
        let daemon = answer.daemon_arn.unwrap();
        let mut state = usual();
        merge(
            &mut state,
            &json!({"arn": daemon, "name": name, "cluster_arn": arn("cluster/prod"),
                    "deployment_arn": answer.deployment_arn, "tags": null, "tags_all": {}, "rollout_failure": null}),
        );
        merge(&mut state, attributes);
        Made { arn: daemon, state }
    }

    /// An update that carries every member as the state has it, before `change`.
    pub(crate) async fn update(
        &self,
        made: &Made,
        change: impl FnOnce(UpdateDaemonInputBuilder) -> UpdateDaemonInputBuilder,
    ) -> String {
        let answer = change(full(&made.state)).send_with(&self.other).await.unwrap();
        answer.deployment_arn.unwrap()
    }

    /// An update with the required members only.
    pub(crate) async fn update_bare(
        &self,
        made: &Made,
        change: impl FnOnce(UpdateDaemonFluentBuilder) -> UpdateDaemonFluentBuilder,
    ) -> String {
        let update = self
            .other
            .update_daemon()
            .daemon_arn(&made.arn)
            .daemon_task_definition_arn(text(&made.state, "daemon_task_definition_arn"))
            .capacity_provider_arns(arn("capacity-provider/fleet"));
        change(update).send().await.unwrap().deployment_arn.unwrap()
    }

    /// Lets everything that is under way come to rest, except for what fails again and again.
    pub(crate) fn settle(&self) {
        let settle = json!({"settle": true, "limit_seconds": 48 * 3600});
        let answer = self.emulator.control("POST", "clock", Some(settle)).unwrap();
        assert_eq!(answer["pending"], 0, "the world does not come to rest: {answer}");
    }

    /// Lets events happen one by one until the latest deployment of the daemon has the status.
    pub(crate) async fn until(&self, made: &Made, status: &str) {
        for _ in 0..1000 {
            if self.status(made).await == status {
                return;
            }
            assert!(self.emulator.next(), "nothing happens any more, and never {status}");
        }
        panic!("never {status}");
    }

    /// Status of the latest deployment, from the third of three readings: two may be stale.
    async fn status(&self, made: &Made) -> String {
        let mut status = String::new();
        for _ in 0..3 {
            let latest = self.latest(made).await;
            let deployments = self.other.describe_daemon_deployments().daemon_deployment_arns(latest);
            let deployments = deployments.send().await.unwrap().daemon_deployments.unwrap_or_default();
            let latest = deployments.first().and_then(|deployment| deployment.status());
            status = latest.map(|status| status.as_str().to_owned()).unwrap_or_default();
        }
        status
    }

    /// The latest deployment.
    pub(crate) async fn latest(&self, made: &Made) -> String {
        let daemon = self.other.describe_daemon().daemon_arn(&made.arn).send().await.unwrap();
        daemon.daemon.and_then(|daemon| daemon.deployment_arn).unwrap()
    }

    pub(crate) fn alarm(&self, name: &str, state: &str) {
        let path = format!("alarms/{name}?region={REGION}");
        let body = json!({"state": state});
        self.emulator.control("POST", &path, Some(body)).unwrap();
    }

    pub(crate) async fn delete(&self, made: &Made) {
        self.other.delete_daemon().daemon_arn(&made.arn).send().await.unwrap();
    }

    pub(crate) async fn delete_definition(&self, arn: &str) {
        let call = self.other.delete_daemon_task_definition();
        call.daemon_task_definition(arn).send().await.unwrap();
    }

    pub(crate) fn image_fault(&self, image: &str) {
        self.fault(&json!({"image": image, "effect": "fails_to_start", "count": null}));
    }

    pub(crate) fn fault(&self, fault: &Json) {
        let path = format!("faults?region={REGION}");
        self.emulator.control("POST", &path, Some(fault.clone())).unwrap();
    }

    /// Scans against a state of ours that wants these daemons.
    pub(crate) async fn scan(&self, made: &[&Made]) -> Report {
        let states: Vec<&Json> = made.iter().map(|made| &made.state).collect();
        self.scan_documents(&[state("ecs_daemon", &states)]).await
    }

    pub(crate) async fn scan_documents(&self, documents: &[Json]) -> Report {
        self.scan_with(&NoTrail, documents).await
    }

    /// Scans, and asks a trail who made the calls.
    pub(crate) async fn scan_with<T: Trail>(&self, trail: &T, documents: &[Json]) -> Report {
        self.scan_beside(trail, documents).await.0
    }

    /// The same with what the report does not hold.
    pub(crate) async fn scan_beside<T: Trail>(&self, trail: &T, documents: &[Json]) -> (Report, Beside) {
        let references = self
            .configuration
            .as_ref()
            .map(Configuration::references)
            .unwrap_or_default();
        let named = documents.iter().enumerate();
        let states = named.map(|(index, document)| {
            let resources = source::resources(document.to_string().as_bytes(), &references);
            (format!("input-{index}"), resources.unwrap())
        });
        let states = states.collect();
        let documents: Vec<source::Document> = documents
            .iter()
            .enumerate()
            .map(|(index, document)| {
                source::read(
                    &format!("input-{index}"),
                    document.to_string().as_bytes(),
                    ReadOptions {
                        allow_empty: self.configuration.is_some(),
                        ..ReadOptions::default()
                    },
                )
                .unwrap()
            })
            .collect();
        let plans = documents.iter().filter(|document| document.plans_all);
        let plans = plans.map(|document| document.input.name.clone()).collect();
        let inputs = documents.iter().map(|document| document.input.clone()).collect();
        let (mut wanted, problems) = source::merge(documents.into_iter().map(|document| document.wanted));
        let mut named: BTreeSet<String> = wanted.iter().map(|wanted| wanted.arn.to_string()).collect();
        let mut report = Report::new(Timestamp::UNIX_EPOCH);
        report.errors = problems;
        report.inputs = inputs;
        if let Some(configuration) = &self.configuration {
            let gaps = configuration.complete(&mut wanted, self.options.explain.tags, &states);
            report.warnings.extend(gaps);
            let access = |_: &str| Access::default();
            let read = engine::Read {
                unusable: &[],
                states: &states,
                plans: &plans,
            };
            engine::add_sought(configuration, access, read, &mut wanted, &mut named, &mut report);
        }
        let before = self.emulator.journal().len();
        let beside = scan::scan(self, trail, &wanted, &named, &self.options, &mut report).await;
        self.expect_reads_only(before);
        expect_true_titles(&report);
        expect_commands_once(&report);
        (report, beside)
    }

    /// The invariant of every scan: nothing but reading calls left this machine.
    fn expect_reads_only(&self, before: usize) {
        for entry in self.emulator.journal().into_iter().skip(before) {
            let operation = entry["operation"].as_str().unwrap_or_default().to_owned();
            let reads = ["Describe", "List", "GetCallerIdentity", "LookupEvents"];
            assert!(
                reads.iter().any(|read| operation.starts_with(read)),
                "a scan called {operation}"
            );
        }
    }

    /// Calls of an operation by the scan.
    pub(crate) fn calls(&self, operation: &str) -> usize {
        let journal = self.emulator.journal().into_iter();
        journal
            .filter(|entry| entry["operation"] == operation && entry["caller"] == self.access_key)
            .count()
    }
}

impl Connect for World {
    async fn connect(&self, _access: &Access) -> Result<Aws, Problem> {
        let config = match (self.tamper.clone(), self.tamper_sts.clone()) {
            (Some(tamper), _) => {
                let change = move |operation: &str, body: &mut Json| tamper(operation, body);
                self.emulator.sdk_config_tampered(self.access_key, REGION, change)
            }
            (None, Some(tamper)) => {
                let change = move |operation: &str, body: &mut Json| tamper(operation, body);
                self.emulator.sdk_config_tampered_sts(self.access_key, REGION, change)
            }
            (None, None) => self.emulator.sdk_config_as(self.access_key, REGION),
        };
        Ok(Aws::from_sdk_config(config))
    }
}

/// Attributes of a daemon of which no setting is at its default.
pub(crate) fn special() -> Json {
    serde_json::from_str(include_str!("../../../daemons/src/settings/sample.json")).unwrap()
}

/// Attributes of a daemon whose settings are all at their defaults; blocks are not written.
pub(crate) fn usual() -> Json {
    let mut usual = json!({
        "daemon_task_definition_arn": arn("daemon-task-definition/agent:1"),
        "capacity_provider_arns": [arn("capacity-provider/fleet")],
    });
    for setting in Setting::ALL {
        match (setting.path(), setting.default()) {
            ([name], Some(default)) => usual[*name] = default.to_json(),
            ([block, ..], _) if setting.is_of_deployment() => usual[*block] = json!([]),
            _ => {}
        }
    }
    usual
}

/// The settings that a state describes.
pub(crate) fn settings_in(state: &Json) -> Settings {
    let mut settings = Settings::unknown();
    for setting in Setting::ALL {
        let value = setting.path().iter().fold(state, |here, name| match here {
            Json::Array(blocks) => blocks.first().map_or(&Json::Null, |block| &block[*name]),
            object => &object[*name],
        });
        if !value.is_null() {
            setting.write(&setting.parse(value).unwrap(), &mut settings);
        }
    }
    settings
}

pub(crate) fn deployment(drain: f64, bake: i32, alarms: &[&str], enable: bool) -> DaemonDeploymentConfiguration {
    let names = alarms.iter().map(|name| (*name).to_owned()).collect();
    let alarms = DaemonAlarmConfiguration::builder()
        .set_alarm_names(Some(names))
        .enable(enable)
        .build();
    DaemonDeploymentConfiguration::builder()
        .drain_percent(drain)
        .bake_time_in_minutes(bake)
        .alarms(alarms)
        .build()
}

fn full(state: &Json) -> UpdateDaemonInputBuilder {
    let mut settings = settings_in(state);
    settings.capacity_provider_arns = [arn("capacity-provider/fleet")].into();
    settings.update_request(text(state, "arn"))
}

fn text<'a>(state: &'a Json, attribute: &str) -> &'a str {
    state[attribute].as_str().unwrap()
}

pub(crate) fn merge(state: &mut Json, attributes: &Json) {
    for (attribute, value) in attributes.as_object().unwrap() {
        state[attribute] = value.clone();
    }
}

/// A state as `terraform show -json` writes it.
pub(crate) fn state(resource_type: &str, daemons: &[&Json]) -> Json {
    let resources: Vec<Json> = daemons
        .iter()
        .map(|values| {
            let name = text(values, "name");
            json!({"address": format!("{resource_type}.{name}"), "mode": "managed", "type": resource_type, "name": name,
                   "schema_version": 0, "values": values, "sensitive_values": {}})
        })
        .collect();
    json!({"format_version": "1.0", "terraform_version": "1.15.5", "values": {"root_module": {"resources": resources}}})
}

/// A plan that updates the daemon.
pub(crate) fn plan(before: &Json, after: &Json, unknown: &Json) -> Json {
    json!({
        "format_version": "1.2", "terraform_version": "1.15.5", "planned_values": {},
        "resource_changes": [{"address": "ecs_daemon.agent", "mode": "managed", "type": "ecs_daemon", "name": "agent",
            "change": {"actions": ["update"], "before": before, "after": after, "after_unknown": unknown,
                       "before_sensitive": {}, "after_sensitive": {}}}],
    })
}

/// The state that hashicorp/aws leaves: without what it does not have.
pub(crate) fn hashicorp(made: &Made) -> Json {
    let mut values = made.state.clone();
    let missing = Setting::ALL.into_iter().filter(|setting| !setting.is_in_aws_provider());
    for setting in missing {
        let (attribute, blocks) = setting.path().split_last().unwrap();
        let mut blocks = blocks.iter();
        let around = blocks.try_fold(&mut values, |here, block| here.get_mut(*block)?.get_mut(0));
        if let Some(around) = around {
            around.as_object_mut().unwrap().remove(*attribute);
        }
    }
    values.as_object_mut().unwrap().remove("rollout_failure");
    state("aws_ecs_daemon", &[&values])
}

/// Findings one a line: cause, confidence, severity, values, message.
pub(crate) fn lines(report: &Report) -> String {
    let findings = report.findings.iter().map(|finding| {
        let shown = |shown: &Option<ecs_drift::report::Shown>| match shown {
            Some(shown) => match &shown.value {
                Some(value) => short(&value.to_string()),
                None => format!("({})", serde_json::to_value(shown.origin).unwrap().as_str().unwrap()),
            },
            None => "-".to_owned(),
        };
        let word = |value: Json| value.as_str().unwrap().to_owned();
        let what = match &finding.setting {
            Some(setting) => format!(" {setting} {} -> {}", shown(&finding.wanted), shown(&finding.live)),
            None => String::new(),
        };
        format!(
            "{} [{} {}]{what}: {}",
            finding.cause.id(),
            word(serde_json::to_value(finding.confidence).unwrap()),
            word(serde_json::to_value(finding.severity).unwrap()),
            short(&finding.message)
        )
    });
    let problems = report
        .errors
        .iter()
        .map(|problem| format!("error: {}: {}", problem.summary, problem.detail));
    findings.chain(problems).collect::<Vec<_>>().join("\n")
}

/// Evidence of the finding of a cause, one fact a line, with ids and times taken out.
pub(crate) fn evidence(report: &Report, cause: &str) -> String {
    let finding = report.findings.iter().find(|finding| finding.cause.id() == cause);
    let finding = finding.unwrap_or_else(|| panic!("no finding of {cause}:\n{}", lines(report)));
    let facts = finding.evidence.iter().map(|fact| {
        let at = if fact.at.is_some() { " @time" } else { "" };
        let text = fact.text.split(" (request id ").next().unwrap_or_default();
        format!("{} {}{at}: {}", fact.from, short(&fact.about), short(text))
    });
    facts.collect::<Vec<_>>().join("\n")
}

/// ARNs without their beginnings, and without the ids of deployments and revisions.
pub(crate) fn short(text: &str) -> String {
    let text = text.replace(&arn(""), "");
    let mut short = String::new();
    let mut rest = text.as_str();
    while let Some(start) = ["daemon-deployment/", "daemon-revision/"]
        .iter()
        .filter_map(|kind| rest.find(kind).map(|at| at + kind.len()))
        .min()
    {
        let (before, after) = rest.split_at(start);
        short.push_str(before);
        let end = after
            .find(|c: char| !c.is_ascii_alphanumeric() && !"/-_".contains(c))
            .unwrap_or(after.len());
        let (path, tail) = after.split_at(end);
        short.push_str(path.rsplit_once('/').map_or(path, |(path, _)| path));
        short.push_str("/ID");
        rest = tail;
    }
    short + rest
}
