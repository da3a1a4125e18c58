//! Steps at the edges: null members, zero and empty values, provider arguments that are not known yet, and
//! configurations that are put back.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use aws::Aws;
use daemons::poll::Poll;
use fastrand::Rng;
use terraform_provider_ecs::{
    EcsProvider,
    session::Session,
    tags::{TagRules, UnknownRules},
};
use tfplug_core::{Path, Value};
use tfplug_server::driver::{Action, Driver, Stored};

use super::Play;
use crate::support::{DAEMON, DEFINITION, REGION, definition, expect_no_error, text};

/// A step at an edge.
#[derive(Clone, Debug)]
pub(in super::super) enum Corner {
    /// An element of a list or set is null, which is a mistake of the user's.
    NullElement { place: NullPlace },
    /// A member of a map is null, which counts as left out.
    NullMember,
    /// Everything that can be zero or empty is.
    Emptied { edit: u64 },
    /// An argument of the provider that the connection needs is known only after the plan.
    LateConnection { argument: &'static str },
    /// It is known only after the plan which accounts may be changed.
    LateGuard { edit: u64 },
    /// Rules for tags are known only after the plan.
    LateTagRules { which: LateRules },
    /// The daemon is configured as it was some applies ago.
    Restored { apply: u64 },
}

/// The place of a null element.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum NullPlace {
    CapacityProviders,
    AlarmNames,
    Command,
    EntryPoint,
}

/// The rules that are known only after the plan.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum LateRules {
    /// The value of one default tag.
    Value,
    /// All default tags.
    Defaults,
    /// The keys to ignore.
    Ignored,
}

/// Arguments without which there is no connection, and which need no other argument.
const CONNECTION: [&str; 8] = [
    "region",
    "profile",
    "max_retries",
    "retry_mode",
    "https_proxy",
    "custom_ca_bundle",
    "shared_config_files",
    "use_fips_endpoint",
];

impl Corner {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        let places = [
            NullPlace::CapacityProviders,
            NullPlace::AlarmNames,
            NullPlace::Command,
            NullPlace::EntryPoint,
        ];
        let rules = [LateRules::Value, LateRules::Defaults, LateRules::Ignored];
        match rng.u8(0..7) {
            0 => Self::NullElement {
                place: places[rng.usize(..places.len())],
            },
            1 => Self::NullMember,
            2 => Self::Emptied { edit: rng.u64(..) },
            3 => Self::LateConnection {
                argument: CONNECTION[rng.usize(..CONNECTION.len())],
            },
            4 => Self::LateGuard { edit: rng.u64(..) },
            5 => Self::LateTagRules {
                which: rules[rng.usize(..rules.len())],
            },
            _ => Self::Restored { apply: rng.u64(..) },
        }
    }
}

fn only<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::list([Value::object(members)])
}

/// A definition whose container has more arguments.
fn definition_with<const N: usize>(image: &str, arguments: [(&str, Value); N]) -> Value {
    let mut config = definition(image);
    let mut container = config.get("container_definition").elements().next().cloned().unwrap();
    for (name, value) in arguments {
        container.insert(name, value);
    }
    config.insert("container_definition", Value::list([container]));
    config
}

impl Play {
    pub(super) async fn corner(&mut self, corner: &Corner) {
        match corner {
            Corner::NullElement { place } => self.null_element(*place).await,
            Corner::NullMember => self.null_member().await,
            Corner::Emptied { edit } => self.emptied(*edit).await,
            Corner::LateConnection { argument } => self.late_connection(argument).await,
            Corner::LateGuard { edit } => self.late_guard(*edit).await,
            Corner::LateTagRules { which } => self.late_tag_rules(*which).await,
            Corner::Restored { apply } => self.restored(*apply).await,
        }
    }

    /// Requests of ours that change something.
    fn changes(&self) -> usize {
        let operations = ["Create", "Update", "Delete", "Register", "Tag", "Untag"];
        let journal = self.world.emulator.journal().into_iter();
        let is_change = |operation: &str| operations.iter().any(|prefix| operation.starts_with(prefix));
        journal
            .filter(|entry| entry["operation"].as_str().is_some_and(is_change))
            .count()
    }

    /// Refused at plan, where it is; nothing is sent.
    async fn null_element(&mut self, place: NullPlace) {
        let nulls = || Value::list(["a".into(), Value::Null]);
        let (resource, argument, config) = match place {
            NullPlace::CapacityProviders => {
                let mut config = self.config.clone();
                let arns = config
                    .get("capacity_provider_arns")
                    .elements()
                    .cloned()
                    .chain([Value::Null]);
                let arns = Value::set_of(arns.collect::<Vec<_>>());
                config.insert("capacity_provider_arns", arns);
                (DAEMON, "capacity_provider_arns", config)
            }
            NullPlace::AlarmNames => {
                let mut config = self.config.clone();
                let alarms = only([("alarm_names", nulls())]);
                config.insert("deployment_configuration", only([("alarms", alarms)]));
                (DAEMON, "alarm_names", config)
            }
            NullPlace::Command => (DEFINITION, "command", definition_with("a", [("command", nulls())])),
            NullPlace::EntryPoint => (
                DEFINITION,
                "entry_point",
                definition_with("a", [("entry_point", nulls())]),
            ),
        };
        let prior = if resource == DAEMON {
            &self.stored
        } else {
            &self.world.definition
        };
        let before = self.changes();
        let planned = self.world.driver.plan(resource, prior, config).await;
        let told = text(&planned.diagnostics);
        assert!(
            planned.diagnostics.has_error() && told.contains(argument),
            "{argument}: {told}"
        );
        assert!(told.contains("is null"), "{argument}: {told}");
        assert_eq!(self.changes(), before, "a plan that is refused changes something");
    }

    async fn null_member(&mut self) {
        let members = |value: &str| Value::object([("team", Value::Null), ("a", value.into())]);
        self.config.insert("tags", members("1"));
        self.config.insert("triggers", members("1"));
        self.applied().await;
        let all = self.stored.state.get("tags_all");
        assert_eq!(all, &Value::object([("a", Value::from("1"))]), "a null tag is set");
    }

    /// Zero and empty text are values, kept or dropped by the service, and plan empty afterwards.
    async fn emptied(&mut self, edit: u64) {
        self.end_faults();
        let mut rng = Rng::with_seed(edit);
        let image = format!("empty:{}", rng.u8(..3));
        let variable = Value::object([("name", Value::from("A")), ("value", "".into())]);
        let config = definition_with(
            &image,
            [
                ("stop_timeout", 0_i64.into()),
                ("environment", Value::set_of([variable])),
                ("command", Value::list([Value::from("")])),
            ],
        );
        self.world.define_as(config).await;
        let empty = [
            ("tags", Value::object([("team", Value::from(""))])),
            ("triggers", Value::object([("a", Value::from(""))])),
        ];
        for (name, value) in empty {
            self.config.insert(name, value);
        }
        let names = Value::list(if rng.bool() { vec![] } else { vec!["a".into()] });
        let alarms = only([("alarm_names", names), ("enable", false.into())]);
        let settings = only([("bake_time_in_minutes", 0_i64.into()), ("alarms", alarms)]);
        self.config.insert("deployment_configuration", settings);
        self.fix();
        self.applied().await;
    }

    /// New objects can be planned, and applied once the argument is known; those that exist cannot be read.
    async fn late_connection(&mut self, argument: &str) {
        let late = Driver::new(Arc::new(EcsProvider::new()));
        let told = late.configure(Value::object([(argument, Value::Unknown)])).await;
        expect_no_error(&told);
        assert!(text(&told).contains(argument), "{}", text(&told));
        if self.exists() {
            let refreshed = late.refresh(DAEMON, &self.stored).await;
            assert!(text(&refreshed.diagnostics).contains("Provider not configured"));
        }
        let planned = late.plan(DAEMON, &Stored::nothing(), self.config.clone()).await;
        expect_no_error(&planned.diagnostics);
        assert_eq!(planned.action, Action::Create);
        if !self.exists() {
            let outcome = self.world.driver.apply(planned).await;
            expect_no_error(&outcome.diagnostics);
            self.stored = outcome.stored;
            self.at_rest("an apply with a connection that was not known").await;
        }
    }

    /// Everything can be read and planned, and nothing is changed.
    async fn late_guard(&mut self, edit: u64) {
        let applied = self.config.clone();
        self.edit(edit);
        self.heal();
        self.refresh().await;
        let aws = Aws::from_sdk_config(self.world.emulator.sdk_config(REGION));
        let session = Session::new(aws, TagRules::default(), Poll { interval: None });
        let session = session.guarded_by(vec![Path::attribute("allowed_account_ids")]);
        let guarded = Driver::new(Arc::new(EcsProvider::connected(session)));
        let before = self.changes();
        let planned = guarded.plan(DAEMON, &self.stored, self.config.clone()).await;
        expect_no_error(&planned.diagnostics);
        if planned.action != Action::NoOp {
            let outcome = guarded.apply(planned).await;
            assert!(text(&outcome.diagnostics).contains("Change not allowed yet"));
            assert_eq!(
                outcome.stored, self.stored,
                "a change that is refused changes the state"
            );
        }
        assert_eq!(
            self.changes(),
            before,
            "something is changed before the accounts are known"
        );
        // What was refused is not what later steps compare with.
        self.config = applied;
        self.fix();
    }

    /// The plan leaves open what it does not know, the apply fills it in, and the next plan is empty.
    async fn late_tag_rules(&mut self, which: LateRules) {
        self.heal();
        self.refresh().await;
        let mut unknown = UnknownRules::default();
        let mut rules = TagRules::default();
        match which {
            LateRules::Value => unknown.default_keys = BTreeSet::from(["stamp".to_owned()]),
            LateRules::Defaults => unknown.defaults = true,
            LateRules::Ignored => unknown.ignored = true,
        }
        if matches!(which, LateRules::Ignored) {
            rules.ignored.keys = vec!["team".to_owned()];
        } else {
            rules.default_tags = BTreeMap::from([("stamp".to_owned(), "late".to_owned())]);
        }
        let planning = self.world.driver_with(TagRules {
            unknown,
            ..rules.clone()
        });
        let applying = self.world.driver_with(rules);
        let planned = planning.plan(DAEMON, &self.stored, self.config.clone()).await;
        expect_no_error(&planned.diagnostics);
        let outcome = applying.apply(planned).await;
        expect_no_error(&outcome.diagnostics);
        let all = outcome.stored.state.get("tags_all");
        match which {
            LateRules::Ignored => assert!(all.get("team").is_null(), "an ignored tag is shown: {all:?}"),
            LateRules::Value | LateRules::Defaults => assert_eq!(all.get("stamp").as_str(), Some("late")),
        }
        self.heal();
        let refreshed = applying.refresh(DAEMON, &outcome.stored).await;
        expect_no_error(&refreshed.diagnostics);
        assert_eq!(
            refreshed.stored, outcome.stored,
            "a refresh with late rules changes something"
        );
        let next = applying.plan(DAEMON, &refreshed.stored, self.config.clone()).await;
        assert_eq!(next.action, Action::NoOp, "the plan with late rules is not empty");
        self.stored = refreshed.stored;
        // Under the usual rules again, whatever they have left.
        self.applied().await;
    }

    async fn restored(&mut self, apply: u64) {
        let count = self.earlier.len() as u64;
        if count == 0 {
            return;
        }
        let index = usize::try_from(apply % count).unwrap();
        self.config = self.earlier[index].clone();
        self.fix();
        self.applied().await;
    }
}
