//! The settings of a cluster in requests that create or change it.

use serde_json::{Value, json};

use crate::api::ApiError;
use crate::operations::account::settings;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::records::cluster::Cluster;

/// The settings of a request, checked. The values are documented; the text is assumed.
pub(in crate::operations) fn read(request: Request<'_>) -> Result<Vec<(String, String)>, ApiError> {
    let mut read = Vec::new();
    for setting in request.structures("settings") {
        let name = setting
            .text("name")
            .ok_or_else(|| invalid("A cluster setting needs a name."))?;
        let value = setting
            .text("value")
            .ok_or_else(|| invalid(format!("The cluster setting {name} needs a value.")))?;
        settings::check(name, value)?;
        read.push((name.to_owned(), value.to_owned()));
    }
    Ok(read)
}

/// Settings as kept and answered.
pub(in crate::operations) fn kept(settings: &[(String, String)]) -> Value {
    let each = settings.iter();
    each.map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

/// Puts settings in the places of those of the same names.
pub(in crate::operations) fn change(cluster: &mut Cluster, settings: &[(String, String)]) {
    let present = cluster.kept.get("settings").and_then(Value::as_array);
    let mut all: Vec<Value> = present.cloned().unwrap_or_default();
    all.retain(|setting| !settings.iter().any(|(name, _)| setting["name"] == name.as_str()));
    if let Value::Array(changed) = kept(settings) {
        all.extend(changed);
    }
    cluster.kept.insert("settings".to_owned(), all.into());
}
