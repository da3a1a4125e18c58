//! The attribute table of `ecs_daemon_task_definition`.
//!
//! Names and nesting are those of `aws_ecs_daemon_task_definition`, so that a configuration moves by
//! changing the type; `pid_mode`, `ipc_mode`, log-driver volumes, `skip_destroy` and
//! `retained_revision_arns` are added.

use std::sync::LazyLock;

use super::container_table::container_table;
use crate::attributes::{
    Blocks, Effect, Kind, Leaf, Nature, Repeat, Table, forms,
    rules::{arn_of, length, one_of, region, well_formed},
};

/// The table, built once.
pub static TABLE: LazyLock<Table> = LazyLock::new(table);

/// Names of attributes that the resource's own rules speak of.
pub mod name {
    #![expect(missing_docs, reason = "each constant is the attribute it names")]
    pub const ARN: &str = "arn";
    pub const FAMILY: &str = "family";
    pub const REVISION: &str = "revision";
    pub const STATUS: &str = "status";
    pub const REGION: &str = "region";
    pub const SKIP_DESTROY: &str = "skip_destroy";
    pub const RETAINED: &str = "retained_revision_arns";
    pub const TAGS: &str = "tags";
    pub const TAGS_ALL: &str = "tags_all";
    pub const CPU: &str = "cpu";
    pub const MEMORY: &str = "memory";
    pub const CONTAINER: &str = "container_definition";
    pub const VOLUME: &str = "volume";
    pub const EXECUTION_ROLE: &str = "execution_role_arn";
}

fn table() -> Table {
    let mut leaves = registered();
    leaves.extend(computed());
    leaves.extend(local());
    Table::new(leaves)
}

/// The content of a revision. Revisions are immutable, so every change makes a new one.
fn registered() -> Vec<Leaf> {
    let registered = [
        Leaf::new(
            name::FAMILY,
            "family",
            Kind::String,
            Nature::Required,
            "Name under which revisions are numbered. Another family starts with a revision of its own, in place.",
        )
        .rule(length(1, 255))
        .rule(well_formed(
            forms::is_name,
            "letters, digits, underscores and hyphens only",
        )),
        Leaf::new(
            name::CPU,
            "cpu",
            Kind::String,
            Nature::Absent,
            "CPU units set aside for the daemon on each instance, as a string; 1024 units are one vCPU.",
        )
        .rule(well_formed(
            forms::is_whole_number,
            "a whole number of CPU units, for example `\"256\"`",
        )),
        Leaf::new(
            name::MEMORY,
            "memory",
            Kind::String,
            Nature::Absent,
            "Memory in MiB set aside for the daemon on each instance, as a string.",
        )
        .rule(well_formed(
            forms::is_whole_number,
            "a whole number of MiB, for example `\"512\"`",
        )),
        Leaf::new(
            "task_role_arn",
            "taskRoleArn",
            Kind::String,
            Nature::Absent,
            "ARN of the IAM role that the containers act as.",
        )
        .rule(arn_of("iam", "role/")),
        Leaf::new(
            name::EXECUTION_ROLE,
            "executionRoleArn",
            Kind::String,
            Nature::Absent,
            "ARN of the IAM role with which ECS pulls images, reads secrets and writes logs.",
        )
        .rule(arn_of("iam", "role/")),
        Leaf::new(
            "pid_mode",
            "pidMode",
            Kind::String,
            Nature::default("none"),
            "Process namespace of the containers; `shared` is the host's.",
        )
        .rule(one_of(&["none", "shared"])),
        Leaf::new(
            "ipc_mode",
            "ipcMode",
            Kind::String,
            Nature::default("none"),
            "IPC namespace of the containers; `shared` is the host's.",
        )
        .rule(one_of(&["none", "shared"])),
        Leaf::new(
            name::CONTAINER,
            "containerDefinitions",
            Kind::Blocks(Blocks {
                repeat: Repeat::Keyed("name"),
                table: container_table(),
            }),
            Nature::Required,
            "Containers of the daemon, at most 10, at least one of them essential.",
        ),
        Leaf::new(
            name::VOLUME,
            "volumes",
            Kind::Blocks(Blocks {
                repeat: Repeat::Set,
                table: volume_table(),
            }),
            Nature::Absent,
            "Volumes that containers mount.",
        ),
    ];
    registered
        .into_iter()
        .map(|leaf| leaf.changes(Effect::Revision))
        .collect()
}

fn volume_table() -> Table {
    Table::new([
        Leaf::new(
            "name",
            "name",
            Kind::String,
            Nature::Required,
            "Name that mount points refer to.",
        )
        .rule(length(1, 255))
        .rule(well_formed(
            forms::is_name,
            "letters, digits, underscores and hyphens only",
        )),
        Leaf::new(
            "host",
            "host",
            Kind::Blocks(Blocks {
                repeat: Repeat::AtMostOne,
                table: Table::new([Leaf::new(
                    "source_path",
                    "sourcePath",
                    Kind::String,
                    Nature::Absent,
                    "Path on the instance that is mounted.",
                )]),
            }),
            Nature::Absent,
            "A bind mount of a path on the instance. Excludes `log_driver_volume_configuration`.",
        ),
        Leaf::new(
            "log_driver_volume_configuration",
            "logDriverVolumeConfiguration",
            Kind::Blocks(Blocks {
                repeat: Repeat::AtMostOne,
                table: Table::new([Leaf::new(
                    "driver",
                    "driver",
                    Kind::String,
                    Nature::Required,
                    "Log driver whose files the volume holds.",
                )
                .rule(one_of(&["json-file"]))]),
            }),
            Nature::Absent,
            "The log files that a log driver writes on the instance. Excludes `host`.",
        ),
    ])
}

/// Attributes of a revision that the service decides.
fn computed() -> Vec<Leaf> {
    let local = |name, kind, doc| Leaf::local(name, kind, Nature::Computed, doc);
    vec![
        local(name::ARN, Kind::String, "ARN of the revision, with its number.").stable(),
        local(name::REVISION, Kind::Int, "Number of the revision within its family.").stable(),
        local(
            name::STATUS,
            Kind::String,
            "`ACTIVE`, or `DELETE_IN_PROGRESS` or `DELETED` when the revision was deleted outside of Terraform, \
             which the next apply answers with a new revision.",
        )
        .stable(),
        local(
            name::RETAINED,
            Kind::List { of: crate::attributes::Scalar::String, unordered: false },
            "ARNs of the earlier revisions of this resource, oldest first. They are kept as rollback targets and deleted \
             together with the resource. One that was deleted outside leaves the list with the next refresh.",
        )
        .stable(),
        local(
            name::TAGS_ALL,
            Kind::Map,
            "All tags of the revision: `tags`, and the provider's `default_tags` where `tags` does not override them.",
        )
        .stable(),
    ]
}

/// Arguments that only Terraform knows.
fn local() -> Vec<Leaf> {
    vec![
        Leaf::local(
            name::TAGS,
            Kind::Map,
            Nature::Absent,
            "Tags of the revision. They override the provider's `default_tags` key by key.",
        )
        .changes(Effect::TagsOnly)
        .rule(crate::tags::rule()),
        Leaf::local(
            name::REGION,
            Kind::String,
            Nature::OptionalComputed,
            "Region of the task definition. Defaults to the provider's region at its creation; another region of the \
             provider leaves it where it is.",
        )
        .stable()
        .replaces()
        .rule(region()),
        Leaf::local(
            name::SKIP_DESTROY,
            Kind::Bool,
            Nature::default(false),
            "Whether to leave all revisions in place on destroy. Read from the state, so it must be applied before the destroy.",
        )
        .changes(Effect::StateOnly),
    ]
}
