//! The settings of a daemon as cases use them, one row each: names, default, and two values away from each other. What the
//! fixture writes, what another caller changes and reads back, and what an import may leave out follow from the table.
//!
//! It is written down a second time on purpose: the harness shares nothing with the provider that it tests. That no
//! setting is missing is held against the extract of the service model.

use std::collections::BTreeSet;

use aws_sdk_ecs::operation::update_daemon::builders::UpdateDaemonFluentBuilder;
use aws_sdk_ecs::types::{
    DaemonAlarmConfiguration, DaemonDeploymentConfiguration, DaemonPropagateTags, DaemonRevision,
};
use serde_json::Value;

#[cfg(test)]
mod tests;

/// One setting: what cases know of it.
#[derive(Debug)]
pub struct Setting {
    /// Names of the blocks around it, outermost first, and of the attribute.
    pub path: &'static [&'static str],
    /// Path of the member of `UpdateDaemon`: `deploymentConfiguration.drainPercent`.
    pub member: &'static str,
    default: fn() -> Value,
    written: fn() -> Value,
    live: fn(&DaemonSettings) -> Value,
    /// Another value than the written one, as another caller would set it.
    pub change: fn(&mut DaemonSettings),
}

impl Setting {
    /// Path below a daemon: `deployment_configuration.drain_percent`.
    pub fn name(&self) -> String {
        self.path.join(".")
    }

    /// The value of a daemon that does not set it.
    pub fn default(&self) -> Value {
        (self.default)()
    }

    /// The value that cases write, which is away from the default.
    pub fn written(&self) -> Value {
        (self.written)()
    }

    /// The value that a daemon has.
    pub fn live(&self, settings: &DaemonSettings) -> Value {
        (self.live)(settings)
    }
}

/// Declares the settings: field here, then getter, setter and member of the SDK, type, default, the value that cases write,
/// and the one that another caller changes it to.
macro_rules! settings {
    (
        revision { $(
            $(#[$r_doc:meta])* $r:ident ($r_get:ident, $r_set:ident, $r_member:literal): $r_kind:ty
                = $r_default:expr, written $r_written:expr, changed $r_changed:expr;
        )+ }
        deployment { $(
            $(#[$d_doc:meta])* $d:ident ($d_get:ident, $d_set:ident, $d_member:literal): $d_kind:ty
                = $d_default:expr, written $d_written:expr, changed $d_changed:expr;
        )+ }
        alarms { $(
            $(#[$a_doc:meta])* $a:ident ($a_get:ident, $a_set:ident, $a_member:literal): $a_kind:ty
                = $a_default:expr, written $a_written:expr, changed $a_changed:expr;
        )+ }
    ) => {
        /// Everything that `UpdateDaemon` sets.
        #[derive(Clone, Debug, PartialEq)]
        pub struct DaemonSettings {
            /// Task definition, with its revision.
            pub task_definition_arn: String,
            /// Capacity providers, sorted.
            pub capacity_provider_arns: Vec<String>,
            $($(#[$r_doc])* pub $r: $r_kind,)+
            $($(#[$d_doc])* pub $d: $d_kind,)+
            $($(#[$a_doc])* pub $a: $a_kind,)+
        }

        impl DaemonSettings {
            /// The settings in the records of ECS; what they leave out is at its default.
            pub(crate) fn of_records(
                task_definition_arn: String,
                capacity_provider_arns: Vec<String>,
                revision: DaemonRevision,
                deployment: DaemonDeploymentConfiguration,
            ) -> Self {
                let alarms = deployment.alarms.unwrap_or_else(|| DaemonAlarmConfiguration::builder().build());
                Self {
                    task_definition_arn,
                    capacity_provider_arns,
                    $($r: or_default(revision.$r_get, $r_default),)+
                    $($d: or_default(deployment.$d_get, $d_default),)+
                    $($a: or_default(alarms.$a_get, $a_default),)+
                }
            }

            /// The request with every setting spelled out.
            pub(crate) fn fill(&self, request: UpdateDaemonFluentBuilder) -> UpdateDaemonFluentBuilder {
                let alarms = DaemonAlarmConfiguration::builder()$(.$a_set(Some(self.$a.clone())))+;
                let deployment = DaemonDeploymentConfiguration::builder()
                    .alarms(alarms.build())
                    $(.$d_set(Some(self.$d.clone())))+;
                request
                    .daemon_task_definition_arn(&self.task_definition_arn)
                    .set_capacity_provider_arns(Some(self.capacity_provider_arns.clone()))
                    .deployment_configuration(deployment.build())
                    $(.$r_set(Some(self.$r.clone())))+
            }
        }

        /// All settings but task definition and capacity providers, which every daemon has to name.
        pub const SETTINGS: &[Setting] = &[
            $(settings!(
                @row $r, $r_kind, &[stringify!($r_get)], $r_member, $r_default, $r_written, $r_changed
            ),)+
            $(settings!(
                @row $d, $d_kind, &["deployment_configuration", stringify!($d_get)],
                concat!("deploymentConfiguration.", $d_member), $d_default, $d_written, $d_changed
            ),)+
            $(settings!(
                @row $a, $a_kind, &["deployment_configuration", "alarms", stringify!($a_get)],
                concat!("deploymentConfiguration.alarms.", $a_member), $a_default, $a_written, $a_changed
            ),)+
        ];
    };
    (@row $field:ident, $kind:ty, $path:expr, $member:expr, $default:expr, $written:expr, $changed:expr) => {
        Setting {
            path: $path,
            member: $member,
            default: || <$kind as Plain>::plain(&$default),
            written: || <$kind as Plain>::plain(&$written),
            live: |settings| Plain::plain(&settings.$field),
            change: |settings| settings.$field = $changed,
        }
    };
}

settings! {
    revision {
        /// True if an instance without the daemon is unusable.
        critical (critical, set_critical, "critical"): bool = true, written false, changed true;
        /// True if ECS adds its own tags.
        enable_ecs_managed_tags (enable_ecs_managed_tags, set_enable_ecs_managed_tags, "enableECSManagedTags"): bool
            = false, written true, changed false;
        /// True if commands can be executed in the tasks.
        enable_execute_command (enable_execute_command, set_enable_execute_command, "enableExecuteCommand"): bool
            = false, written true, changed false;
        /// `DAEMON` or `NONE`.
        propagate_tags (propagate_tags, set_propagate_tags, "propagateTags"): DaemonPropagateTags
            = DaemonPropagateTags::None, written DaemonPropagateTags::Daemon, changed DaemonPropagateTags::None;
    }
    deployment {
        /// Percentage of instances drained at once.
        drain_percent (drain_percent, set_drain_percent, "drainPercent"): f64 = 25.0, written 50.0, changed 10.5;
        /// Bake time in minutes.
        bake_time_in_minutes (bake_time_in_minutes, set_bake_time_in_minutes, "bakeTimeInMinutes"): i32
            = 0, written 5, changed 0;
    }
    alarms {
        /// Names of alarms.
        alarm_names (alarm_names, set_alarm_names, "alarmNames"): Vec<String>
            = Vec::new(), written names(&["latency", "errors"]), changed names(&["latency"]);
        /// True if the alarms are watched.
        alarms_enabled (enable, set_enable, "enable"): bool = false, written true, changed false;
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A member of a record, or the default where ECS leaves it out.
fn or_default<T>(reported: impl Into<Option<T>>, default: T) -> T {
    reported.into().unwrap_or(default)
}

/// Values of settings, as JSON has them.
trait Plain {
    fn plain(&self) -> Value;
}

macro_rules! plain {
    ($($kind:ty),+) => {
        $(impl Plain for $kind {
            fn plain(&self) -> Value {
                Value::from(self.clone())
            }
        })+
    };
}

plain!(bool, i32, f64, Vec<String>);

impl Plain for DaemonPropagateTags {
    fn plain(&self) -> Value {
        self.as_str().into()
    }
}

/// True if two values are the same, whole numbers being spelled with or without a fraction.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-9,
        _ => one == other,
    }
}

/// The arguments of a daemon that give these settings these values, as `terraform fmt` lays them out in a resource.
pub fn arguments<'a>(settings: impl IntoIterator<Item = &'a Setting>, value: fn(&Setting) -> Value) -> String {
    let settings = settings.into_iter();
    let rows: Vec<Row<'_>> = settings.map(|setting| (setting.path, value(setting))).collect();
    format!("\n{}", body(&rows, "  "))
}

/// A path below the current block, and the value.
type Row<'a> = (&'a [&'a str], Value);

fn body(rows: &[Row<'_>], indent: &str) -> String {
    let attributes = || rows.iter().filter(|(path, _)| path.len() == 1);
    let width = attributes().map(|(path, _)| path[0].len()).max().unwrap_or(0);
    let mut parts = Vec::new();
    let lines: Vec<String> = attributes()
        .map(|(path, value)| format!("{indent}{:width$} = {}\n", path[0], expression(value)))
        .collect();
    parts.extend((!lines.is_empty()).then(|| lines.concat()));
    let nested = || rows.iter().filter(|(path, _)| path.len() > 1);
    let blocks: BTreeSet<&str> = nested().map(|(path, _)| path[0]).collect();
    parts.extend(blocks.into_iter().map(|block| {
        let within = nested().filter(|(path, _)| path[0] == block);
        let within: Vec<Row<'_>> = within.map(|(path, value)| (&path[1..], value.clone())).collect();
        format!(
            "{indent}{block} {{\n{}{indent}}}\n",
            body(&within, &format!("{indent}  "))
        )
    }));
    parts.join("\n")
}

/// A value in the language of configurations.
fn expression(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(expression).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Number(number) => number.as_f64().map_or_else(String::new, |number| number.to_string()),
        other => other.to_string(),
    }
}
