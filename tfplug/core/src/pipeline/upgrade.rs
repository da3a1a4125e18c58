//! Stored state and identities brought to the current schema.

use std::cmp::Ordering;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    json::{self, Extra, Json},
    resource::Resource,
    schema::IdentitySchema,
    value::Value,
};

/// Brings stored attributes to the current schema.
///
/// State of the current version is read as it is: attributes that the schema lacks are dropped,
/// missing ones are null. State of an older version goes through [`Resource::upgrade`] first. The
/// answer is never null, because the client would take that for "no such object".
pub fn upgrade(resource: &dyn Resource, version: i64, raw: &Json) -> Result<Value, Diagnostics> {
    let schema = resource.schema();
    let name = resource.type_name();
    let ty = schema.implied_type();
    let (read, what) = match version.cmp(&schema.version) {
        Ordering::Less => {
            let upgraded = resource.upgrade(version, raw.to_value())?;
            (json::typed(&upgraded, &ty, Extra::Ignore), "upgraded")
        }
        Ordering::Equal => (json::decode(raw, &ty, Extra::Ignore), "stored"),
        Ordering::Greater => return Err(newer("state", name, version, schema.version).into()),
    };
    let state = read.map_err(|error| {
        let detail = format!("The {what} state of {name} does not fit its schema: {error}.");
        Diagnostic::error("Unable to read stored state", detail).at(error.path())
    })?;
    if state.is_null() {
        let detail = format!("The stored state of {name} has no attributes.");
        return Err(Diagnostic::error("Unable to read stored state", detail).into());
    }
    Ok(schema.block.complete(state))
}

/// Brings a stored identity to the current identity schema. There is no identity version with
/// another form so far: an older one is read as it is.
pub fn upgrade_identity(
    type_name: &str,
    schema: &IdentitySchema,
    version: i64,
    raw: &Json,
) -> Result<Value, Diagnostics> {
    if version > schema.version {
        return Err(newer("identity", type_name, version, schema.version).into());
    }
    let identity = json::decode(raw, &schema.implied_type(), Extra::Ignore).map_err(|error| {
        let detail = format!("The stored identity of {type_name} does not fit its schema: {error}.");
        Diagnostic::error("Unable to read stored identity", detail)
    })?;
    Ok(identity)
}

fn newer(what: &str, type_name: &str, stored: i64, current: i64) -> Diagnostic {
    Diagnostic::error(
        format!("Stored {what} is newer than the provider"),
        format!(
            "The {what} of {type_name} was written by schema version {stored}; this provider knows versions up to \
             {current}. Use the provider version that wrote it, or one newer than that."
        ),
    )
}
