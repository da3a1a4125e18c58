//! Between the settings of a daemon and Terraform's values, through the members of `UpdateDaemon`.

use daemons::settings::{Setting, Settings};
use tfplug_core::Value;

use super::table::TABLE;
use crate::{tree, wire::WireError};

/// The settings of a planned or stored value. What is not known is taken as left out.
pub fn settings_of(value: &Value) -> Result<Settings, WireError> {
    Settings::from_members(&tree::to_json(&TABLE.to_api(value))).map_err(|reason| WireError {
        shape: "UpdateDaemonRequest".to_owned(),
        reason,
    })
}

/// Settings as a canonical Terraform object; attributes that are no settings are null.
pub fn value_of(settings: &Settings) -> Value {
    TABLE.to_value(&tree::from_json(&settings.members()))
}

/// Settings as an object that leaves nothing out: blocks at their defaults, too.
pub fn spelled_out(settings: &Settings) -> Value {
    block(settings, &[])
}

/// The settings in the block of a path, and the blocks in it.
fn block(settings: &Settings, path: &[&'static str]) -> Value {
    let canonical = value_of(settings);
    let mut members = Value::object::<&str>([]);
    for setting in Setting::ALL {
        let Some([name, rest @ ..]) = setting.path().strip_prefix(path) else {
            continue;
        };
        let member = if rest.is_empty() && path.is_empty() {
            canonical.get(name).clone()
        } else if rest.is_empty() {
            tree::from_json(&setting.read(settings).to_json())
        } else {
            Value::list([block(settings, &[path, &[*name]].concat())])
        };
        members.insert(*name, member);
    }
    members
}
