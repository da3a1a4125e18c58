//! The attribute table of `container_definition`, the largest block of a task definition.

use crate::attributes::{
    Blocks, Kind, Leaf, Nature, Repeat, Scalar, Table, forms,
    rules::{between, each_between, each_named, length, not_empty, one_of, size, well_formed},
};

/// Log drivers of the service model. Managed instances support `awslogs`, `splunk`, `awsfirelens` and `json-file`.
const LOG_DRIVERS: &[&str] = &[
    "awsfirelens",
    "awslogs",
    "fluentd",
    "gelf",
    "journald",
    "json-file",
    "splunk",
    "syslog",
];

const ULIMITS: &[&str] = &[
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

const STRINGS: Kind = Kind::List {
    of: Scalar::String,
    unordered: false,
};
const STRINGS_IN_ANY_ORDER: Kind = Kind::List {
    of: Scalar::String,
    unordered: true,
};

/// Table of one container.
pub(super) fn container_table() -> Table {
    let mut leaves = basics();
    leaves.extend(resources());
    leaves.extend(behaviour());
    leaves.extend(environment());
    leaves.extend(host_access());
    Table::new(leaves)
}

fn blocks(repeat: Repeat, leaves: impl IntoIterator<Item = Leaf>) -> Kind {
    Kind::Blocks(Blocks {
        repeat,
        table: Table::new(leaves),
    })
}

fn required(name: &'static str, api: &'static str, kind: Kind, doc: &'static str) -> Leaf {
    Leaf::new(name, api, kind, Nature::Required, doc)
}

fn optional(name: &'static str, api: &'static str, kind: Kind, doc: &'static str) -> Leaf {
    Leaf::new(name, api, kind, Nature::Absent, doc)
}

fn flag(name: &'static str, api: &'static str, doc: &'static str) -> Leaf {
    Leaf::new(name, api, Kind::Bool, Nature::default(false), doc)
}

fn basics() -> Vec<Leaf> {
    vec![
        required("image", "image", Kind::String, "Image to run.").rule(length(1, 1024)),
        required(
            "name",
            "name",
            Kind::String,
            "Name of the container, unique in the task definition.",
        )
        .rule(length(1, 255))
        .rule(well_formed(
            forms::is_name,
            "letters, digits, underscores and hyphens only",
        )),
        optional("command", "command", STRINGS, "Command that overrides the image's own."),
        optional(
            "entry_point",
            "entryPoint",
            STRINGS,
            "Entry point that overrides the image's own.",
        ),
        optional(
            "working_directory",
            "workingDirectory",
            Kind::String,
            "Directory in which the command runs.",
        ),
        optional(
            "user",
            "user",
            Kind::String,
            "User that the command runs as, for example `1000:1000`.",
        ),
        flag("interactive", "interactive", "Whether to keep standard input open."),
        flag("pseudo_terminal", "pseudoTerminal", "Whether to allocate a terminal."),
        optional(
            "repository_credentials",
            "repositoryCredentials",
            blocks(
                Repeat::AtMostOne,
                [required(
                    "credentials_parameter",
                    "credentialsParameter",
                    Kind::String,
                    "ARN or name of the secret that holds the credentials.",
                )],
            ),
            "Credentials for a private registry.",
        ),
    ]
}

fn resources() -> Vec<Leaf> {
    vec![
        optional("cpu", "cpu", Kind::Int, "CPU units set aside for the container.")
            .rule(between(0, i32::MAX.into()))
            .zero_is_silence(),
        optional(
            "memory",
            "memory",
            Kind::Int,
            "Memory in MiB that the container may not exceed.",
        )
        .rule(between(4, i32::MAX.into())),
        optional(
            "memory_reservation",
            "memoryReservation",
            Kind::Int,
            "Memory in MiB set aside for the container.",
        )
        .rule(between(4, i32::MAX.into())),
        optional(
            "ulimit",
            "ulimits",
            blocks(
                Repeat::Unordered,
                [
                    required(
                        "name",
                        "name",
                        Kind::String,
                        "Resource that is limited, for example `nofile`.",
                    )
                    .rule(one_of(ULIMITS)),
                    required(
                        "soft_limit",
                        "softLimit",
                        Kind::Int,
                        "Limit that the process may raise itself.",
                    )
                    .rule(between(-1, i32::MAX.into())),
                    required("hard_limit", "hardLimit", Kind::Int, "Limit that it may not exceed.")
                        .rule(between(-1, i32::MAX.into())),
                ],
            ),
            "Limits of the container's processes.",
        ),
    ]
}

fn behaviour() -> Vec<Leaf> {
    vec![
        Leaf::new(
            "essential",
            "essential",
            Kind::Bool,
            Nature::default(true),
            "Whether the daemon task stops when this container stops.",
        ),
        optional(
            "depends_on",
            "dependsOn",
            blocks(
                Repeat::Unordered,
                [
                    required(
                        "container_name",
                        "containerName",
                        Kind::String,
                        "Name of the other container.",
                    ),
                    required("condition", "condition", Kind::String, "State to wait for.")
                        .rule(one_of(&["COMPLETE", "HEALTHY", "START", "SUCCESS"])),
                ],
            ),
            "Containers that must have reached a state before this one starts.",
        ),
        optional(
            "health_check",
            "healthCheck",
            health_check(),
            "Command that tells whether the container is healthy.",
        ),
        optional(
            "restart_policy",
            "restartPolicy",
            blocks(
                Repeat::AtMostOne,
                [
                    required(
                        "enabled",
                        "enabled",
                        Kind::Bool,
                        "Whether to restart the container in place.",
                    ),
                    optional(
                        "ignored_exit_codes",
                        "ignoredExitCodes",
                        Kind::List {
                            of: Scalar::Int,
                            unordered: true,
                        },
                        "Exit codes after which it is not restarted.",
                    )
                    .rule(size(0, 50))
                    .rule(each_between(i32::MIN.into(), i32::MAX.into())),
                    Leaf::new(
                        "restart_attempt_period",
                        "restartAttemptPeriod",
                        Kind::Int,
                        Nature::int(300),
                        "Seconds that it must have run before it is restarted again.",
                    )
                    .rule(between(60, 1800)),
                ],
            ),
            "Restarts of the container without a new task.",
        ),
        optional(
            "start_timeout",
            "startTimeout",
            Kind::Int,
            "Seconds to wait for the containers it depends on.",
        )
        .rule(between(1, i32::MAX.into())),
        optional(
            "stop_timeout",
            "stopTimeout",
            Kind::Int,
            "Seconds between the stop signal and the kill.",
        )
        .rule(between(0, i32::MAX.into())),
    ]
}

fn health_check() -> Kind {
    blocks(
        Repeat::AtMostOne,
        [
            required(
                "command",
                "command",
                STRINGS,
                "Command, beginning with `CMD` or `CMD-SHELL`.",
            )
            .rule(not_empty()),
            Leaf::new(
                "interval",
                "interval",
                Kind::Int,
                Nature::int(30),
                "Seconds between two checks.",
            )
            .rule(between(5, 300)),
            Leaf::new(
                "timeout",
                "timeout",
                Kind::Int,
                Nature::int(5),
                "Seconds after which a check has failed.",
            )
            .rule(between(2, 60)),
            Leaf::new(
                "retries",
                "retries",
                Kind::Int,
                Nature::int(3),
                "Failed checks after which the container is unhealthy.",
            )
            .rule(between(1, 10)),
            optional(
                "start_period",
                "startPeriod",
                Kind::Int,
                "Seconds after the start in which failures do not count.",
            )
            .rule(between(0, 300)),
        ],
    )
}

fn environment() -> Vec<Leaf> {
    vec![
        optional(
            "environment",
            "environment",
            blocks(
                Repeat::Set,
                [
                    required("name", "name", Kind::String, "Name of the variable."),
                    optional(
                        "value",
                        "value",
                        Kind::String,
                        "Value of the variable. For secrets use `secret`.",
                    ),
                ],
            ),
            "Environment variables.",
        ),
        optional(
            "environment_file",
            "environmentFiles",
            blocks(
                Repeat::Ordered,
                [
                    required("value", "value", Kind::String, "ARN of the object that holds the file."),
                    required("type", "type", Kind::String, "Kind of the store.").rule(one_of(&["s3"])),
                ],
            ),
            "Files with environment variables, at most 10. A later one overrides an earlier one.",
        ),
        optional(
            "secret",
            "secrets",
            secrets(),
            "Environment variables whose values are read from a secret store.",
        ),
        optional(
            "log_configuration",
            "logConfiguration",
            blocks(
                Repeat::AtMostOne,
                [
                    required(
                        "log_driver",
                        "logDriver",
                        Kind::String,
                        "Log driver. Of those that ECS knows, managed instances support `awsfirelens`, `awslogs`, `json-file` and `splunk`.",
                    )
                    .rule(one_of(LOG_DRIVERS)),
                    optional("options", "options", Kind::Map, "Options of the log driver."),
                    optional(
                        "secret_option",
                        "secretOptions",
                        secrets(),
                        "Options whose values are secrets.",
                    ),
                ],
            ),
            "Where the container's output goes.",
        ),
        optional(
            "firelens_configuration",
            "firelensConfiguration",
            blocks(
                Repeat::AtMostOne,
                [
                    required("type", "type", Kind::String, "Log router.")
                        .rule(one_of(&["fluentbit", "fluentd"])),
                    optional("options", "options", Kind::Map, "Options of the log router."),
                ],
            ),
            "Makes this container the log router of the others.",
        ),
    ]
}

fn secrets() -> Kind {
    blocks(
        Repeat::Unordered,
        [
            required("name", "name", Kind::String, "Name under which the value appears."),
            required(
                "value_from",
                "valueFrom",
                Kind::String,
                "ARN of the secret or parameter.",
            ),
        ],
    )
}

fn host_access() -> Vec<Leaf> {
    vec![
        flag(
            "privileged",
            "privileged",
            "Whether the container has the privileges of root on the instance.",
        ),
        flag(
            "readonly_root_filesystem",
            "readonlyRootFilesystem",
            "Whether the root file system is read-only.",
        ),
        optional(
            "mount_point",
            "mountPoints",
            blocks(
                Repeat::Unordered,
                [
                    required(
                        "source_volume",
                        "sourceVolume",
                        Kind::String,
                        "Name of a `volume` of this task definition.",
                    ),
                    required(
                        "container_path",
                        "containerPath",
                        Kind::String,
                        "Path in the container.",
                    ),
                    flag("read_only", "readOnly", "Whether the mount is read-only."),
                ],
            ),
            "Volumes that the container mounts.",
        ),
        optional(
            "linux_parameters",
            "linuxParameters",
            linux_parameters(),
            "Linux settings of the container.",
        ),
        optional(
            "system_control",
            "systemControls",
            blocks(
                Repeat::Unordered,
                [
                    required(
                        "namespace",
                        "namespace",
                        Kind::String,
                        "Kernel parameter, for example `net.core.somaxconn`.",
                    ),
                    required("value", "value", Kind::String, "Value of the parameter."),
                ],
            ),
            "Kernel parameters of the container's namespaces.",
        ),
    ]
}

fn linux_parameters() -> Kind {
    let capabilities = blocks(
        Repeat::AtMostOne,
        [
            optional(
                "add",
                "add",
                STRINGS_IN_ANY_ORDER,
                "Capabilities to add, for example `SYS_PTRACE`.",
            )
            .rule(each_named()),
            optional("drop", "drop", STRINGS_IN_ANY_ORDER, "Capabilities to drop.").rule(each_named()),
        ],
    );
    let device = blocks(
        Repeat::Unordered,
        [
            required(
                "host_path",
                "hostPath",
                Kind::String,
                "Path of the device on the instance.",
            ),
            optional(
                "container_path",
                "containerPath",
                Kind::String,
                "Path in the container.",
            ),
            optional(
                "permissions",
                "permissions",
                STRINGS_IN_ANY_ORDER,
                "What the container may do with the device.",
            )
            .rule(crate::attributes::rules::each_of(&["mknod", "read", "write"])),
        ],
    );
    let tmpfs = blocks(
        Repeat::Unordered,
        [
            required(
                "container_path",
                "containerPath",
                Kind::String,
                "Path in the container.",
            ),
            required("size", "size", Kind::Int, "Size in MiB.").rule(between(1, i32::MAX.into())),
            optional(
                "mount_options",
                "mountOptions",
                STRINGS_IN_ANY_ORDER,
                "Options of the mount.",
            )
            .rule(each_named()),
        ],
    );
    blocks(
        Repeat::AtMostOne,
        [
            flag(
                "init_process_enabled",
                "initProcessEnabled",
                "Whether an init process reaps the others.",
            ),
            optional(
                "capabilities",
                "capabilities",
                capabilities,
                "Capabilities of the container.",
            ),
            optional("device", "devices", device, "Devices of the instance."),
            optional("tmpfs", "tmpfs", tmpfs, "File systems in memory."),
        ],
    )
}
