//! The attribute table of `ecs_daemon`.
//!
//! Names and nesting are those of `aws_ecs_daemon`; `critical`, `wait_for_deployment`, `triggers` and
//! `rollout_failure` are added. API names are the members of `UpdateDaemon`, which carries every
//! setting, so the settings of a daemon have one API tree although four operations report them.

use std::sync::LazyLock;

use crate::attributes::{
    Blocks, Effect, Kind, Leaf, Nature, Repeat, Scalar, Table,
    rules::{
        arn_of, arns_of, between, each_named, length, numbers_between, one_of, parsed, region, size, unique,
        well_formed,
    },
};

/// The table, built once.
pub static TABLE: LazyLock<Table> = LazyLock::new(table);

/// Names of attributes that the resource's own rules speak of.
pub mod name {
    #![expect(missing_docs, reason = "each constant is the attribute it names")]
    pub const ARN: &str = "arn";
    pub const NAME: &str = "name";
    pub const CLUSTER_ARN: &str = "cluster_arn";
    pub const DEPLOYMENT_ARN: &str = "deployment_arn";
    pub const STATUS: &str = "status";
    pub const REGION: &str = "region";
    pub const ROLLOUT_FAILURE: &str = "rollout_failure";
    pub const WAIT: &str = "wait_for_deployment";
    pub const TRIGGERS: &str = "triggers";
    pub const TAGS: &str = "tags";
    pub const TAGS_ALL: &str = "tags_all";
    pub const TIMEOUTS: &str = "timeouts";
    pub const DEPLOYMENT_CONFIGURATION: &str = "deployment_configuration";
    pub const ALARMS: &str = "alarms";
    pub const ALARM_NAMES: &str = "alarm_names";
    pub const ENABLE: &str = "enable";
    pub const DRAIN_PERCENT: &str = "drain_percent";
    pub const BAKE_TIME: &str = "bake_time_in_minutes";
    pub const TASK_DEFINITION: &str = "daemon_task_definition_arn";
    pub const CAPACITY_PROVIDERS: &str = "capacity_provider_arns";
    pub const CRITICAL: &str = "critical";
    pub const MANAGED_TAGS: &str = "enable_ecs_managed_tags";
    pub const EXECUTE_COMMAND: &str = "enable_execute_command";
    pub const PROPAGATE_TAGS: &str = "propagate_tags";
}

fn table() -> Table {
    let mut leaves = place();
    leaves.extend(settings());
    leaves.extend(computed());
    leaves.extend(local());
    Table::new(leaves)
}

/// Where the daemon is: a change replaces it.
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
            crate::task_definition::is_name,
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

/// What `UpdateDaemon` sets: every change is sent, and ECS rolls it out.
fn settings() -> Vec<Leaf> {
    let settings = [
        Leaf::new(
            name::TASK_DEFINITION,
            "daemonTaskDefinitionArn",
            Kind::String,
            Nature::Required,
            "Task definition that the daemon runs.",
        )
        .rule(parsed(crate::arn::RevisionArn::parse, "the ARN of a daemon task definition with its revision")),
        Leaf::new(
            name::CAPACITY_PROVIDERS,
            "capacityProviderArns",
            Kind::Set,
            Nature::Required,
            "ARNs of the capacity providers whose instances run the daemon, all of the managed-instances kind and of the \
             daemon's cluster.",
        )
        .rule(size(1, 20))
        .rule(arns_of("ecs", "capacity-provider/")),
        Leaf::new(
            name::CRITICAL,
            "critical",
            Kind::Bool,
            Nature::default(true),
            "Whether an instance may run application tasks only while the daemon runs on it.",
        ),
        Leaf::new(
            name::MANAGED_TAGS,
            "enableECSManagedTags",
            Kind::Bool,
            Nature::default(false),
            "Whether ECS adds its own tags to the daemon's tasks.",
        ),
        Leaf::new(
            name::EXECUTE_COMMAND,
            "enableExecuteCommand",
            Kind::Bool,
            Nature::default(false),
            "Whether `aws ecs execute-command` may enter the daemon's tasks.",
        ),
        Leaf::new(
            name::PROPAGATE_TAGS,
            "propagateTags",
            Kind::String,
            Nature::default("NONE"),
            "Whose tags the daemon's tasks get when they start: the daemon's, or nobody's.",
        )
        .rule(one_of(&["DAEMON", "NONE"])),
        Leaf::new(
            name::DEPLOYMENT_CONFIGURATION,
            "deploymentConfiguration",
            Kind::Blocks(Blocks { repeat: Repeat::AtMostOne, table: deployment_configuration() }),
            Nature::Absent,
            "How changes reach the instances.",
        ),
    ];
    settings.into_iter().map(|leaf| leaf.changes(Effect::Rollout)).collect()
}

fn deployment_configuration() -> Table {
    Table::new([
        Leaf::new(
            name::DRAIN_PERCENT,
            "drainPercent",
            Kind::Float,
            Nature::int(25),
            "Percentage of the instances that are replaced at a time.",
        )
        .rule(numbers_between(0, 100)),
        Leaf::new(
            name::BAKE_TIME,
            "bakeTimeInMinutes",
            Kind::Int,
            Nature::int(0),
            "Minutes to watch the alarms after the last instance before the rollout counts as successful.",
        )
        .rule(between(0, 1440)),
        Leaf::new(
            name::ALARMS,
            "alarms",
            Kind::Blocks(Blocks {
                repeat: Repeat::AtMostOne,
                table: alarms(),
            }),
            Nature::Absent,
            "CloudWatch alarms that roll a deployment back.",
        ),
    ])
}

fn alarms() -> Table {
    Table::new([
        Leaf::new(
            name::ALARM_NAMES,
            "alarmNames",
            Kind::List {
                of: Scalar::String,
                unordered: true,
            },
            Nature::Absent,
            "Names of the alarms.",
        )
        .rule(each_named())
        .rule(unique()),
        Leaf::new(
            name::ENABLE,
            "enable",
            Kind::Bool,
            Nature::default(false),
            "Whether the alarms are watched.",
        ),
    ])
}

/// What the service says.
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
            "Status and reason of the latest deployment if it left the fleet on no single revision; null otherwise. \
             The next apply sends all settings again.",
        ),
        local(
            name::TAGS_ALL,
            Kind::Map,
            "All tags of the daemon: `tags`, and the provider's `default_tags` where `tags` does not override them.",
        ),
    ]
}

/// What only Terraform knows.
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

/// Drain percent where the service reports none.
pub(super) fn default_drain_percent() -> f64 {
    let default = deployment_configuration()
        .leaf(name::DRAIN_PERCENT)
        .map(|leaf| leaf.nature.clone());
    match default {
        Some(Nature::Default(value)) => value.as_number().map_or(0.0, tfplug_core::Number::to_f64),
        _ => 0.0,
    }
}
