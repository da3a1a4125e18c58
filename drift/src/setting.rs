//! The settings of a daemon one by one, so that each can be wanted, be live, differ and be repaired.
//!
//! Names are those of the attribute table. What is compared is a [`Datum`]: sets have no order, numbers
//! no spelling. What goes into a text is a [`SettingValue`], which knows whether it may.

use std::collections::BTreeSet;

use daemons::{
    attributes::Kind,
    daemon::{
        settings::{Deployment, Settings},
        table::{TABLE, name},
    },
};
use serde_json::Value;

mod datum;
mod marked;

pub use datum::Datum;
pub use marked::{Marked, SettingValue};

/// One setting that `UpdateDaemon` sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// Task definition with its revision.
    TaskDefinition,
    /// Capacity providers.
    CapacityProviders,
    /// Whether instances depend on the daemon.
    Critical,
    /// Whether ECS adds its own tags.
    ManagedTags,
    /// Whether commands may be executed.
    ExecuteCommand,
    /// Whose tags the tasks get.
    PropagateTags,
    /// Percentage of instances replaced at a time.
    DrainPercent,
    /// Minutes to watch alarms.
    BakeTime,
    /// Names of alarms.
    AlarmNames,
    /// Whether the alarms are watched.
    AlarmsEnabled,
}

impl Setting {
    /// All, in the order of the attribute table.
    pub const ALL: [Self; 10] = [
        Self::TaskDefinition,
        Self::CapacityProviders,
        Self::Critical,
        Self::ManagedTags,
        Self::ExecuteCommand,
        Self::PropagateTags,
        Self::DrainPercent,
        Self::BakeTime,
        Self::AlarmNames,
        Self::AlarmsEnabled,
    ];

    /// Names of the attribute and of the blocks around it, outermost first.
    pub fn path(self) -> &'static [&'static str] {
        const BLOCK: &str = name::DEPLOYMENT_CONFIGURATION;
        match self {
            Self::TaskDefinition => &[name::TASK_DEFINITION],
            Self::CapacityProviders => &[name::CAPACITY_PROVIDERS],
            Self::Critical => &[name::CRITICAL],
            Self::ManagedTags => &[name::MANAGED_TAGS],
            Self::ExecuteCommand => &[name::EXECUTE_COMMAND],
            Self::PropagateTags => &[name::PROPAGATE_TAGS],
            Self::DrainPercent => &[BLOCK, name::DRAIN_PERCENT],
            Self::BakeTime => &[BLOCK, name::BAKE_TIME],
            Self::AlarmNames => &[BLOCK, name::ALARMS, name::ALARM_NAMES],
            Self::AlarmsEnabled => &[BLOCK, name::ALARMS, name::ENABLE],
        }
    }

    /// Name in reports and rules, for example `deployment_configuration.drain_percent`.
    pub fn name(self) -> String {
        self.path().join(".")
    }

    /// Member of `UpdateDaemon` that carries the setting. Several settings share one member.
    pub fn member(self) -> &'static str {
        self.request_path().first().copied().unwrap_or_default()
    }

    /// Names of the member of `UpdateDaemon` and of those around it, outermost first.
    pub fn request_path(self) -> Vec<&'static str> {
        let (mut table, mut path) = (&*TABLE, Vec::new());
        for attribute in self.path() {
            let Some(leaf) = table.leaf(attribute) else { break };
            path.extend(leaf.api);
            if let Kind::Blocks(blocks) = &leaf.kind {
                table = &blocks.table;
            }
        }
        path
    }

    /// The value that a request of `UpdateDaemon` has for the setting; none if it leaves it out.
    pub fn in_request(self, request: &Value) -> Option<&Value> {
        let value = self
            .request_path()
            .into_iter()
            .try_fold(request, |here, member| here.get(member));
        value.filter(|value| !value.is_null())
    }

    /// The members of `UpdateDaemon` that send all settings, as the API names them.
    pub fn request(settings: &Settings) -> Value {
        let mut request = Value::Object(serde_json::Map::new());
        for setting in Self::ALL {
            let path = setting.request_path().into_iter();
            let place = path.fold(&mut request, |here, member| &mut here[member]);
            *place = setting.read(settings).to_json();
        }
        request
    }

    /// Whether `UpdateDaemon` must carry the setting, so that it cannot be left out.
    pub fn is_required(self) -> bool {
        matches!(self, Self::TaskDefinition | Self::CapacityProviders)
    }

    /// Whether the setting is kept on the deployment and not on the revision.
    pub fn is_of_deployment(self) -> bool {
        self.path().len() > 1
    }

    /// The value that ECS takes when a call leaves the setting out; none for what no call can leave out.
    pub fn default(self) -> Option<Datum> {
        (!self.is_required()).then(|| self.read(&Settings::unknown()))
    }

    /// The setting among all settings.
    pub fn read(self, settings: &Settings) -> Datum {
        // Taken apart without `..`: a setting that is added does not compile until it is looked at here.
        let Settings {
            task_definition_arn,
            capacity_provider_arns,
            deployment,
            propagate_tags,
            enable_ecs_managed_tags,
            enable_execute_command,
            critical,
        } = settings;
        let Deployment {
            drain_percent,
            bake_time_in_minutes,
            alarm_names,
            alarms_enabled,
        } = deployment;
        match self {
            Self::TaskDefinition => Datum::Text(task_definition_arn.clone()),
            Self::CapacityProviders => Datum::Names(capacity_provider_arns.clone()),
            Self::Critical => Datum::Flag(*critical),
            Self::ManagedTags => Datum::Flag(*enable_ecs_managed_tags),
            Self::ExecuteCommand => Datum::Flag(*enable_execute_command),
            Self::PropagateTags => Datum::Text(propagate_tags.as_str().to_owned()),
            Self::DrainPercent => Datum::Number(*drain_percent),
            Self::BakeTime => Datum::Number(f64::from(*bake_time_in_minutes)),
            Self::AlarmNames => Datum::Names(alarm_names.iter().cloned().collect()),
            Self::AlarmsEnabled => Datum::Flag(*alarms_enabled),
        }
    }

    /// Puts a value among all settings; a value of another kind changes nothing.
    pub fn write(self, datum: &Datum, settings: &mut Settings) {
        match (self, datum) {
            (Self::TaskDefinition, Datum::Text(text)) => settings.task_definition_arn.clone_from(text),
            (Self::CapacityProviders, Datum::Names(names)) => settings.capacity_provider_arns.clone_from(names),
            (Self::Critical, Datum::Flag(flag)) => settings.critical = *flag,
            (Self::ManagedTags, Datum::Flag(flag)) => settings.enable_ecs_managed_tags = *flag,
            (Self::ExecuteCommand, Datum::Flag(flag)) => settings.enable_execute_command = *flag,
            (Self::PropagateTags, Datum::Text(text)) => settings.propagate_tags = text.as_str().into(),
            (Self::DrainPercent, Datum::Number(number)) => settings.deployment.drain_percent = *number,
            (Self::BakeTime, Datum::Number(number)) => settings.deployment.bake_time_in_minutes = minutes(*number),
            (Self::AlarmNames, Datum::Names(names)) => {
                settings.deployment.alarm_names = names.iter().cloned().collect();
            }
            (Self::AlarmsEnabled, Datum::Flag(flag)) => settings.deployment.alarms_enabled = *flag,
            _ => {}
        }
    }

    /// The value in a JSON document; the error says what is expected instead, and nothing of what is there.
    pub fn parse(self, value: &Value) -> Result<Datum, String> {
        let wrong = |expected: &str| format!("`{}` must be {expected}, but is {}", self.name(), kind(value));
        match self {
            Self::TaskDefinition | Self::PropagateTags => {
                let text = value.as_str().ok_or_else(|| wrong("a string"))?;
                Ok(Datum::Text(text.to_owned()))
            }
            Self::CapacityProviders | Self::AlarmNames => {
                let names = value.as_array().ok_or_else(|| wrong("a list of strings"))?;
                let names = names.iter().map(|name| name.as_str().map(str::to_owned));
                let names: Option<BTreeSet<String>> = names.collect();
                names.map(Datum::Names).ok_or_else(|| wrong("a list of strings"))
            }
            Self::DrainPercent | Self::BakeTime => {
                let number = value.as_f64().filter(|number| number.is_finite());
                number.map(Datum::Number).ok_or_else(|| wrong("a number"))
            }
            Self::Critical | Self::ManagedTags | Self::ExecuteCommand | Self::AlarmsEnabled => {
                value.as_bool().map(Datum::Flag).ok_or_else(|| wrong("true or false"))
            }
        }
    }
}

/// The kind of a value: the value itself may be a secret.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the conversion saturates, and ECS refuses what is out of range"
)]
fn minutes(number: f64) -> i32 {
    number.round() as i32
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(setting: Setting, value: &Value) {
        let datum = setting.parse(value).unwrap();
        let mut settings = Settings::unknown();
        setting.write(&datum, &mut settings);
        assert_eq!(setting.read(&settings), datum, "{setting:?}");
        assert_eq!(datum.to_json(), *value, "{setting:?}");
        for other in Setting::ALL.into_iter().filter(|other| *other != setting) {
            assert_eq!(
                other.read(&settings),
                other.read(&Settings::unknown()),
                "{setting:?} wrote {other:?}"
            );
        }
    }

    #[test]
    fn each_setting_is_read_where_it_was_written() {
        check(Setting::TaskDefinition, &json!("arn"));
        check(Setting::CapacityProviders, &json!(["a", "b"]));
        check(Setting::Critical, &json!(false));
        check(Setting::ManagedTags, &json!(true));
        check(Setting::ExecuteCommand, &json!(true));
        check(Setting::PropagateTags, &json!("DAEMON"));
        check(Setting::DrainPercent, &json!(12.5));
        check(Setting::BakeTime, &json!(5));
        check(Setting::AlarmNames, &json!(["high", "low"]));
        check(Setting::AlarmsEnabled, &json!(true));
    }

    #[test]
    fn names_and_members_come_from_the_table() {
        for setting in Setting::ALL {
            let mut table = &*daemons::daemon::table::TABLE;
            for attribute in setting.path() {
                let leaf = table.leaf(attribute).unwrap_or_else(|| panic!("{}", setting.name()));
                if let daemons::attributes::Kind::Blocks(blocks) = &leaf.kind {
                    table = &blocks.table;
                }
            }
            assert!(!setting.member().is_empty(), "{setting:?}");
        }
        assert_eq!(Setting::AlarmsEnabled.name(), "deployment_configuration.alarms.enable");
        assert_eq!(Setting::ManagedTags.member(), "enableECSManagedTags");
    }

    #[test]
    fn a_value_of_the_wrong_kind_says_what_is_expected() {
        insta::assert_snapshot!(
            Setting::CapacityProviders.parse(&json!(["a", 1])).unwrap_err(),
            @"`capacity_provider_arns` must be a list of strings, but is a list"
        );
        insta::assert_snapshot!(
            Setting::Critical.parse(&json!("yes")).unwrap_err(),
            @"`critical` must be true or false, but is a string"
        );
    }

    #[test]
    fn spelling_means_nothing() {
        let same = |setting: Setting, one: Value, other: Value| {
            assert_eq!(setting.parse(&one).unwrap(), setting.parse(&other).unwrap());
        };
        same(Setting::DrainPercent, json!(25), json!(25.0));
        same(Setting::AlarmNames, json!(["b", "a"]), json!(["a", "b", "a"]));
    }
}
