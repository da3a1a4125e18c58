//! Between the settings of a daemon and Terraform's values, through the members of `UpdateDaemon`.

use daemons::settings::Settings;
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
