//! The attribute table of `ecs_daemon`.
//!
//! Names and nesting are those of `aws_ecs_daemon`; `critical`, `wait_for_deployment`, `triggers` and
//! `rollout_failure` are added. The attributes of settings follow from their declaration in `settings.rs`; here stands what
//! users read about them and what a plan refuses.

use std::sync::LazyLock;

use daemons::{
    name,
    settings::{self, Datum, Setting},
};

use crate::attributes::{
    Blocks, Effect, Kind, Leaf, Nature, Repeat, Scalar, Table, forms,
    rules::{
        arn_of, arns_of, between, each_named, length, numbers_between, one_of, parsed, region, size, unique,
        well_formed,
    },
};
use crate::tree;

/// The table, built once.
pub static TABLE: LazyLock<Table> = LazyLock::new(table);

fn table() -> Table {
    let mut leaves = place();
    leaves.extend(settings());
    leaves.extend(computed());
    leaves.extend(local());
    Table::new(leaves)
}

/// The place of the daemon: a change replaces it.
fn place() -> Vec<Leaf> {
    vec![
        Leaf::local(
            name::NAME,
            Kind::String,
            Nature::Required,
            "Name of the daemon, unique in its cluster.",
        )
        .replaces()
        .rule(length(1, 255))
        .rule(well_formed(
            forms::is_name,
            "letters, digits, underscores and hyphens only",
        )),
        Leaf::local(
            name::CLUSTER_ARN,
            Kind::String,
            Nature::OptionalComputed,
            "ARN of the cluster. Defaults to the cluster `default`.",
        )
        .stable()
        .replaces()
        .rule(arn_of("ecs", "cluster/")),
        Leaf::local(
            name::REGION,
            Kind::String,
            Nature::OptionalComputed,
            "Region of the daemon. Defaults to the region of the cluster or, without one, of the capacity providers.",
        )
        .stable()
        .replaces()
        .rule(region()),
    ]
}

/// The settings of `UpdateDaemon`: every change is sent, and ECS rolls it out.
fn settings() -> impl Iterator<Item = Leaf> {
    below(&[]).into_iter().map(|leaf| leaf.changes(Effect::Rollout))
}

/// The settings in the block of a path, and the blocks in it.
fn below(path: &[&'static str]) -> Vec<Leaf> {
    let mut leaves: Vec<Leaf> = Vec::new();
    for setting in Setting::ALL {
        let Some([name, rest @ ..]) = setting.path().strip_prefix(path) else {
            continue;
        };
        if rest.is_empty() {
            leaves.push(attribute(setting));
        } else if leaves.iter().all(|leaf| leaf.name != *name) {
            let table = Table::new(below(&[path, &[*name]].concat()));
            let api = setting.api_path().get(path.len()).copied().unwrap_or_default();
            let blocks = Blocks {
                repeat: Repeat::AtMostOne,
                table,
            };
            leaves.push(Leaf::new(
                name,
                api,
                Kind::Blocks(blocks),
                Nature::Absent,
                block_doc(name),
            ));
        }
    }
    leaves
}

/// The description of a block of settings.
fn block_doc(name: &str) -> &'static str {
    match name {
        name::DEPLOYMENT_CONFIGURATION => "How changes reach the instances.",
        name::ALARMS => "CloudWatch alarms that roll a deployment back.",
        _ => "",
    }
}

/// The attribute of a setting, with what Terraform's users read and what a plan refuses.
fn attribute(setting: Setting) -> Leaf {
    let leaf = |doc| {
        let api = setting.api_path().last().copied().unwrap_or_default();
        Leaf::new(setting.attribute(), api, kind(setting.kind()), nature(setting), doc)
    };
    match setting {
        Setting::TaskDefinition => leaf("Task definition that the daemon runs.").rule(parsed(
            daemons::arn::RevisionArn::parse,
            "the ARN of a daemon task definition with its revision",
        )),
        Setting::CapacityProviders => leaf(
            "ARNs of the capacity providers whose instances run the daemon, all of the managed-instances kind and of the \
             daemon's cluster.",
        )
        .rule(size(1, 20))
        .rule(arns_of("ecs", "capacity-provider/")),
        Setting::Critical => leaf(
            "Whether applications depend on the daemon: no application task starts on an instance before the daemon runs, \
             and an instance whose daemon stops or becomes unhealthy is replaced.",
        ),
        Setting::ManagedTags => leaf("Whether ECS adds its own tags to the daemon's tasks."),
        Setting::ExecuteCommand => leaf(
            "Whether `aws ecs execute-command` may enter the daemon's tasks. The task role must allow the `ssmmessages` actions.",
        ),
        Setting::PropagateTags => {
            leaf("Whose tags the daemon's tasks get when they start: the daemon's, or nobody's.")
                .rule(one_of(&["DAEMON", "NONE"]))
        }
        Setting::DrainPercent => {
            leaf("Percentage of the instances that are replaced at a time.").rule(numbers_between(0, 100))
        }
        Setting::BakeTime => leaf(
            "Minutes to watch the alarms after the last instance before the rollout counts as successful.",
        )
        .rule(between(0, 1440)),
        Setting::AlarmNames => leaf("Names of the alarms.").rule(each_named()).rule(unique()),
        Setting::AlarmsEnabled => leaf("Whether the alarms are watched."),
    }
}

fn kind(kind: settings::Kind) -> Kind {
    match kind {
        settings::Kind::Text | settings::Kind::Choice(_) => Kind::String,
        settings::Kind::Flag => Kind::Bool,
        settings::Kind::Number => Kind::Float,
        settings::Kind::Whole => Kind::Int,
        settings::Kind::Set => Kind::Set,
        settings::Kind::List => Kind::List {
            of: Scalar::String,
            unordered: true,
        },
    }
}

/// Names are absent without a value, because no names and none given are the same to ECS.
fn nature(setting: Setting) -> Nature {
    match setting.default() {
        None => Nature::Required,
        Some(Datum::Names(_)) => Nature::Absent,
        Some(default) => Nature::Default(tree::from_json(&default.to_json())),
    }
}

/// Attributes that the service decides.
fn computed() -> Vec<Leaf> {
    let local = |name, kind, doc| Leaf::local(name, kind, Nature::Computed, doc).stable();
    vec![
        local(name::ARN, Kind::String, "ARN of the daemon."),
        local(
            name::STATUS,
            Kind::String,
            "`ACTIVE`, or `DELETE_IN_PROGRESS` while the daemon is being deleted outside of Terraform.",
        ),
        local(name::DEPLOYMENT_ARN, Kind::String, "ARN of the latest deployment."),
        local(
            name::ROLLOUT_FAILURE,
            Kind::String,
            "Status and reason of the latest deployment if it failed and was not rolled back, so that instances may run \
             different revisions; null otherwise. The next apply sends all settings again.",
        ),
        local(
            name::TAGS_ALL,
            Kind::Map,
            "All tags of the daemon: `tags`, and the provider's `default_tags` where `tags` does not override them.",
        ),
    ]
}

/// Arguments that only Terraform knows.
fn local() -> Vec<Leaf> {
    vec![
        Leaf::local(
            name::TAGS,
            Kind::Map,
            Nature::Absent,
            "Tags of the daemon. They override the provider's `default_tags` key by key.",
        )
        .changes(Effect::TagsOnly)
        .rule(crate::tags::rule()),
        Leaf::local(
            name::TRIGGERS,
            Kind::Map,
            Nature::Absent,
            "Arbitrary strings that stand for something outside of the settings, such as a counter.",
        )
        .changes(Effect::Rollout),
        Leaf::local(
            name::WAIT,
            Kind::Bool,
            Nature::default(true),
            "Whether apply waits until the rollout has ended, and fails when it is rolled back.",
        )
        .changes(Effect::StateOnly),
        Leaf::local(
            name::TIMEOUTS,
            Kind::Blocks(Blocks {
                repeat: Repeat::Single,
                table: timeouts(),
            }),
            Nature::Absent,
            "How long to wait, as Go durations such as `90m` or `1h30m`. By default as long as the rollout can be expected to take: \
             60 minutes, plus the bake time, plus 15 minutes for each batch.",
        )
        .changes(Effect::StateOnly),
    ]
}

fn timeouts() -> Table {
    let timeout = |name, doc| {
        Leaf::local(name, Kind::String, Nature::Absent, doc)
            .rule(parsed(crate::duration::parse, "a Go duration such as `90m` or `1h30m`"))
    };
    Table::new([
        timeout("create", "Time for the first rollout."),
        timeout("update", "Time for the rollout of a change."),
        timeout("delete", "Time until the daemon is gone from every instance."),
    ])
}
