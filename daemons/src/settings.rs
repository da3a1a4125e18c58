//! The settings of a daemon, declared once.
//!
//! `UpdateDaemon` puts every member that is left out back to its default, so a setting that one place forgets is a setting
//! that is reset. Therefore nothing lists the settings but the declaration below: structs, requests, what is read of ECS's
//! records, the names in Terraform, in reports and in baselines follow from it.

use std::collections::BTreeSet;

use aws_sdk_ecs::{
    operation::{create_daemon::builders::CreateDaemonInputBuilder, update_daemon::builders::UpdateDaemonInputBuilder},
    types::{DaemonAlarmConfiguration, DaemonDeploymentConfiguration, DaemonPropagateTags, DaemonRevision},
};
use serde_json::Value as Json;

use self::{
    declare::{field, filled, is_in_aws_provider, settings},
    form::Form,
};

mod declare;
mod form;
#[cfg(test)]
mod tests;

pub use self::form::{Datum, Kind, kind_of};

/// Member of a request that holds the deployment configuration.
const DEPLOYMENT: &str = "deploymentConfiguration";
/// Member of the deployment configuration that holds the alarms.
const ALARMS: &str = "alarms";

settings! {
    required {
        /// ARN of the task definition, with its revision.
        TaskDefinition (daemon_task_definition_arn, set_daemon_task_definition_arn, "daemonTaskDefinitionArn"): String, everywhere;
        /// ARNs of the capacity providers.
        CapacityProviders (capacity_provider_arns, set_capacity_provider_arns, "capacityProviderArns"): BTreeSet<String>, everywhere;
    }
    revision {
        /// Whether instances depend on the daemon.
        Critical (critical, set_critical, "critical"): bool = true, here;
        /// Whether ECS adds its own tags.
        ManagedTags (enable_ecs_managed_tags, set_enable_ecs_managed_tags, "enableECSManagedTags"): bool = false, everywhere;
        /// Whether commands may be executed.
        ExecuteCommand (enable_execute_command, set_enable_execute_command, "enableExecuteCommand"): bool = false, everywhere;
        /// `DAEMON` or `NONE`.
        PropagateTags (propagate_tags, set_propagate_tags, "propagateTags"): DaemonPropagateTags = DaemonPropagateTags::None, everywhere;
    }
    deployment {
        /// Percentage of instances replaced at a time.
        DrainPercent (drain_percent, set_drain_percent, "drainPercent"): f64 = 25.0, everywhere;
        /// Minutes to watch alarms.
        BakeTime (bake_time_in_minutes, set_bake_time_in_minutes, "bakeTimeInMinutes"): i32 = 0, everywhere;
    }
    alarms {
        /// Names of the alarms.
        AlarmNames (alarm_names, set_alarm_names, "alarmNames"): Vec<String> = Vec::new(), everywhere;
        /// Whether they are watched.
        AlarmsEnabled (enable, set_enable, "enable"): bool = false, everywhere;
    }
}

/// The declaration of one setting, as data.
struct Field {
    doc: &'static str,
    path: &'static [&'static str],
    api_path: &'static [&'static str],
    kind: Kind,
    is_required: bool,
    is_in_aws_provider: bool,
    datum: fn(&Settings) -> Datum,
    set_datum: fn(&mut Settings, &Datum) -> Option<()>,
    json: fn(&Settings) -> Json,
    set_json: fn(&mut Settings, &Json) -> Option<()>,
}

/// A member of a record, or the default where ECS leaves it out.
fn or_default<T>(reported: impl Into<Option<T>>, default: T) -> T {
    reported.into().unwrap_or(default)
}

impl Setting {
    /// Names of the attribute in Terraform and of the blocks around it, outermost first.
    pub const fn path(self) -> &'static [&'static str] {
        self.field().path
    }

    /// Name of the attribute in its block in Terraform.
    pub const fn attribute(self) -> &'static str {
        match self.path() {
            [.., attribute] => attribute,
            [] => "",
        }
    }

    /// Name in reports and rules, for example `deployment_configuration.drain_percent`.
    pub fn name(self) -> String {
        self.path().join(".")
    }

    /// Names of the member of `UpdateDaemon` and of those around it, outermost first.
    pub const fn api_path(self) -> &'static [&'static str] {
        self.field().api_path
    }

    /// Member of `UpdateDaemon` that carries the setting. Several settings share one member.
    pub fn member(self) -> &'static str {
        self.api_path().first().copied().unwrap_or_default()
    }

    /// A description of the setting in one sentence.
    pub fn doc(self) -> &'static str {
        self.field().doc.trim()
    }

    /// Kind of its values.
    pub const fn kind(self) -> Kind {
        self.field().kind
    }

    /// True if `UpdateDaemon` must carry the setting, so that it cannot be left out.
    pub const fn is_required(self) -> bool {
        self.field().is_required
    }

    /// True if the setting is kept on the deployment and not on the revision.
    pub const fn is_of_deployment(self) -> bool {
        self.path().len() > 1
    }

    /// True if `aws_ecs_daemon` of hashicorp/aws has the setting, too.
    pub const fn is_in_aws_provider(self) -> bool {
        self.field().is_in_aws_provider
    }

    /// The value that ECS takes when a call leaves the setting out; none for what no call can leave out.
    pub fn default(self) -> Option<Datum> {
        (!self.is_required()).then(|| self.read(&Settings::unknown()))
    }

    /// The setting among all settings.
    pub fn read(self, settings: &Settings) -> Datum {
        (self.field().datum)(settings)
    }

    /// Puts a value among all settings; a value of another kind changes nothing.
    pub fn write(self, datum: &Datum, settings: &mut Settings) {
        let _unfit = (self.field().set_datum)(settings, datum);
    }

    /// The value in a JSON document; the error says what is expected instead, and nothing of what is there.
    pub fn parse(self, value: &Json) -> Result<Datum, String> {
        self.kind().parse(value).ok_or_else(|| self.misfit(value))
    }

    fn misfit(self, value: &Json) -> String {
        let expected = self.kind().expected();
        format!("`{}` must be {expected}, but is {}", self.name(), kind_of(value))
    }

    /// The value that a request of `UpdateDaemon` has for the setting; none if it leaves it out.
    pub fn in_request(self, request: &Json) -> Option<&Json> {
        let steps = self.api_path().iter();
        let value = steps.copied().try_fold(request, |here, member| here.get(member));
        value.filter(|value| !value.is_null())
    }
}

impl Settings {
    /// The members of `UpdateDaemon` that send all settings, as the API names them.
    pub fn members(&self) -> Json {
        let mut members = Json::Object(serde_json::Map::new());
        for setting in Setting::ALL {
            let field = setting.field();
            let steps = field.api_path.iter().copied();
            *steps.fold(&mut members, |here, member| &mut here[member]) = (field.json)(self);
        }
        members
    }

    /// Settings whose values differ from those of another daemon.
    pub fn differing(&self, other: &Self) -> Vec<Setting> {
        let differs = |setting: &Setting| setting.read(self) != setting.read(other);
        Setting::ALL.into_iter().filter(differs).collect()
    }

    /// The settings that members of `UpdateDaemon` send. What they leave out is at its default.
    pub fn from_members(members: &Json) -> Result<Self, String> {
        let mut settings = Self::unknown();
        for setting in Setting::ALL {
            if let Some(value) = setting.in_request(members) {
                (setting.field().set_json)(&mut settings, value).ok_or_else(|| setting.misfit(value))?;
            }
        }
        Ok(settings)
    }
}
