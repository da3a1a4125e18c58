//! Objects that a list resource found, in the shape that the client accepts.
//!
//! The client keeps an object by its identity and refuses the whole answer for a value that does not fit. So an object
//! that does not fit is taken out and told, and the others stay.

use crate::{
    list::Listed,
    pipeline::{
        bug::{bug, listed as paths, unknown_paths},
        fit::fit,
        settle::stored,
    },
    resource::Resource,
    types::Type,
    value::Value,
};

/// Settles an object that a list found.
///
/// - An identity fits its schema, is wholly known and has what an import needs; else it is a bug.
/// - The object is there if the client wants it, fits the schema and is wholly known; else it is a bug. One that is not
///   wanted is taken out with a warning.
/// - With an error, the provider's or one of the above, neither identity nor object is left.
/// - Messages without an identity pass: they are about something that cannot be named.
pub fn settle_listed(resource: &dyn Resource, wanted: bool, mut found: Listed) -> Listed {
    let only_messages = found.identity.is_null() && !found.diagnostics.is_empty();
    if !only_messages {
        settle_identity(resource, &mut found);
        settle_object(resource, wanted, &mut found);
    }
    if only_messages || found.diagnostics.has_error() {
        found.identity = Value::Null;
        found.resource = Value::Null;
    }
    found
}

fn settle_identity(resource: &dyn Resource, found: &mut Listed) {
    let Some(schema) = resource.identity_schema() else {
        let detail = format!("`{}` is listed, but has no identity schema.", resource.type_name());
        found
            .diagnostics
            .push(bug("Listed resource without an identity", &detail));
        return;
    };
    if found.identity.is_null() {
        let detail = format!("The {} has no identity.", name(resource, found));
        found.diagnostics.push(bug("Missing identity", &detail));
        return;
    }
    let mut identity = std::mem::take(&mut found.identity);
    fitted(resource, &schema.implied_type(), "identity", &mut identity, found);
    let required = schema
        .attributes
        .iter()
        .filter(|attribute| attribute.required_for_import);
    let missing: Vec<&str> = required
        .map(|attribute| attribute.name.as_str())
        .filter(|name| identity.get(name).is_null())
        .collect();
    if !missing.is_empty() && !found.diagnostics.has_error() {
        let detail = format!(
            "The {} has an identity without `{}`, which an import needs.",
            name(resource, found),
            missing.join("`, `")
        );
        found.diagnostics.push(bug("Incomplete identity", &detail));
    }
    found.identity = identity;
}

fn settle_object(resource: &dyn Resource, wanted: bool, found: &mut Listed) {
    match (wanted, found.resource.is_null()) {
        (false, true) => {}
        (false, false) => {
            let detail = format!(
                "The {} was answered as a whole, which was not asked for.",
                name(resource, found)
            );
            found.diagnostics.warn(
                "Object that was not asked for",
                format!("{detail} This is a bug in the provider."),
            );
            found.resource = Value::Null;
        }
        // An error about this object is the reason why it is not there.
        (true, true) if found.diagnostics.has_error() => {}
        (true, true) => {
            let detail = format!(
                "The {} was answered without the object that was asked for.",
                name(resource, found)
            );
            found.diagnostics.push(bug("Missing object", &detail));
        }
        (true, false) => {
            let schema = resource.schema();
            let mut object = std::mem::take(&mut found.resource);
            fitted(resource, &schema.implied_type(), "object", &mut object, found);
            found.resource = stored(&schema.block, object);
        }
    }
}

/// Tells of everything in a part that its type has no room for, and of what is not known.
fn fitted(resource: &dyn Resource, ty: &Type, part: &str, value: &mut Value, found: &mut Listed) {
    let unknown = unknown_paths(value);
    let (fitted, misfits) = fit(ty, std::mem::take(value), &Value::Null);
    *value = fitted;
    for misfit in misfits {
        let place = if misfit.path.is_root() {
            String::new()
        } else {
            format!("{}: ", misfit.path)
        };
        let detail = format!(
            "The {part} of the {} does not fit the schema: {place}{}.",
            name(resource, found),
            misfit.reason
        );
        found
            .diagnostics
            .push(bug("Provider produced a value of the wrong type", &detail));
    }
    if !unknown.is_empty() {
        let mut detail = format!("The {part} of the {} is not wholly known", name(resource, found));
        if !unknown.iter().all(crate::Path::is_root) {
            detail.push_str(": ");
            detail.push_str(&paths(&unknown));
        }
        detail.push('.');
        found.diagnostics.push(bug("Unknown values in a list", &detail));
    }
}

/// The name by which messages speak of the object, after "the".
fn name(resource: &dyn Resource, found: &Listed) -> String {
    if found.display_name.is_empty() {
        format!("listed `{}`", resource.type_name())
    } else {
        format!("listed `{}` \"{}\"", resource.type_name(), found.display_name)
    }
}
