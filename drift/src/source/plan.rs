//! Plans as `show -json` writes them.
//!
//! A plan is the best source: it holds the configuration, which the state does not, and what its own
//! refresh saw. A setting whose refreshed value is live and differs from the planned one is a change that
//! waits to be applied, and no drift; unless `resource_drift` says that the refresh itself moved it.

use std::collections::BTreeMap;

use daemons::daemon::table::name;
use serde_json::{Value, value::RawValue};

use super::{
    Marks, ReadOptions, SourceError, Want, Wanted,
    document::{self, Document},
    pieces::{self, Members},
    resource::{self, Author, Instance},
    wanted::Pending,
};
use crate::{report::InputKind, setting::Setting};

/// Major version of the form of `show -json` for plans.
pub(super) const MAJOR: &str = "1";

/// What a plan wants of the daemons that exist. One that it is about to create cannot have drifted.
pub(super) fn document(input: &str, members: &Members<'_>, options: ReadOptions) -> Result<Document, SourceError> {
    if members.value("errored")? == Value::Bool(true) {
        return Err(SourceError::new(
            "Failed plan",
            "The plan ended with an error, so it does not say what is wanted. Make a plan without an error.",
        ));
    }
    let mut drifted = BTreeMap::new();
    for change in members.elements("resource_drift")? {
        let resource = Members::of(change)?;
        if let Some(change) = resource.piece("change") {
            drifted.insert(resource.text("address")?, change);
        }
    }
    let mut wanted = Vec::new();
    for change in members.elements("resource_changes")? {
        wanted.extend(planned(input, &Members::of(change)?, &drifted, options)?);
    }
    Ok(Document {
        input: document::input(input, InputKind::PlanJson, members)?,
        lineage: None,
        wanted,
    })
}

fn planned(
    input: &str,
    resource: &Members<'_>,
    drifted: &BTreeMap<String, &RawValue>,
    options: ReadOptions,
) -> Result<Option<Wanted>, SourceError> {
    let resource_type = resource.text("type")?;
    let Some(author) = Author::of(&resource_type) else {
        return Ok(None);
    };
    let change = resource.value("change")?;
    let part = |member: &str| change.get(member).unwrap_or(&Value::Null);
    let actions: Vec<&str> = part("actions")
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let is_deposed = resource.has("deposed");
    if resource.text("mode")? != "managed"
        || is_deposed
        || matches!(actions.as_slice(), ["create" | "delete" | "forget"])
    {
        return Ok(None);
    }
    let before = part("before");
    let address = resource.text("address")?;
    let drift: Option<Value> = drifted.get(&address).copied().map(pieces::parse).transpose()?;
    let marks = options.marks(|| {
        let mut marks = marks(&change);
        marks.add(drift.as_ref().map(self::marks).unwrap_or_default());
        Ok(marks)
    })?;
    let Some(mut wanted) = resource::wanted(
        input,
        &Instance {
            address: address.clone(),
            resource_type: &resource_type,
            schema_version: 0,
            attributes: before,
            marks: marks.clone(),
        },
    )?
    else {
        return Ok(None);
    };
    // The state before the refresh, where the refresh changed it.
    let state = drift.as_ref().and_then(|drift| drift.get("before"));
    if let Some(deployment) = state.and_then(|state| state.get(name::DEPLOYMENT_ARN)?.as_str()) {
        wanted.deployment_arn = Some(deployment.to_owned());
    }
    // A replacement is another daemon of the same name; until then the one that is there is wanted.
    if actions.contains(&"delete") {
        return Ok(Some(wanted));
    }
    let (after, unknown) = (part("after"), part("after_unknown"));
    let refreshed = std::mem::replace(
        &mut wanted.settings,
        after_apply(author, &address, after, unknown, &marks)?,
    );
    let before_refresh = match state {
        Some(state) => resource::settings(author, &address, state, &marks)?,
        None => BTreeMap::new(),
    };
    let drifted = before_refresh
        .into_iter()
        .filter(|(setting, want)| refreshed.get(setting) != Some(want))
        .collect();
    wanted.pending = Some(Pending { refreshed, drifted });
    let tags_are_unknown = has_unknown(unknown.get(name::TAGS_ALL).unwrap_or(&Value::Null));
    wanted.tags = resource::tags(after.get(name::TAGS_ALL), &marks).filter(|_| !tags_are_unknown);
    Ok(Some(wanted))
}

/// What a change marks, before or after it: the value of a setting that is live may be either.
fn marks(change: &Value) -> Marks {
    let of = |member: &str| Marks::of_tree(change.get(member).unwrap_or(&Value::Null));
    let mut marks = of("before_sensitive");
    marks.add(of("after_sensitive"));
    marks
}

fn after_apply(
    author: Author,
    address: &str,
    after: &Value,
    unknown: &Value,
    marks: &Marks,
) -> Result<BTreeMap<Setting, Want>, SourceError> {
    let mut settings = resource::settings(author, address, after, marks)?;
    for (setting, want) in &mut settings {
        if is_unknown(unknown, setting.path()) {
            *want = Want::UnknownUntilApply;
        }
    }
    Ok(settings)
}

/// Whether a path, or something around or below it, is unknown: `after_unknown` has `true` where a value is.
fn is_unknown(unknown: &Value, path: &[&str]) -> bool {
    let mut here = unknown;
    for attribute in path {
        if here == &Value::Bool(true) {
            return true;
        }
        here = resource::value_at(here, &[attribute]);
    }
    has_unknown(here)
}

fn has_unknown(mark: &Value) -> bool {
    match mark {
        Value::Bool(mark) => *mark,
        Value::Array(marks) => marks.iter().any(has_unknown),
        Value::Object(marks) => marks.values().any(has_unknown),
        _ => false,
    }
}
