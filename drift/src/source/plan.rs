//! Plans as `show -json` writes them.
//!
//! A plan is the best source: it holds the configuration, which the state does not, and what its own
//! refresh saw. A setting whose refreshed value is live and differs from the planned one is a change that
//! waits to be applied, and no drift; unless `resource_drift` says that the refresh itself moved it.
//!
//! | what the plan says of a daemon | what is wanted |
//! |---|---|
//! | update, no change | the planned values |
//! | update to a value that is not known before the apply | until then the value before the refresh |
//! | create, and its refresh found it gone | the planned values: the daemon is missing |
//! | replacement | the values before the refresh, of the daemon that is there |
//! | create | a daemon of this ARN, if the plan knows it: new, or deleted outside, which an earlier refresh took over |
//! | delete, forget | nothing |
//! | nothing, because of `-refresh-only` or `-target` | the values before the refresh, also of a daemon found gone |

use std::collections::{BTreeMap, BTreeSet};

use daemons::{
    arn::{Arn, DaemonArn},
    name,
};
use serde_json::Value;

use super::{
    Claim, Marks, ReadOptions, SourceError, Want, Wanted,
    contents::{self, Daemons, Document},
    json_slices::Members,
    provider_config::{Providers, Secrets},
    resource::{self, Author, Instance},
    state,
    wanted::Pending,
};
use crate::{
    report::{InputKind, SourceRef},
    setting::Setting,
};

/// Major version of the form of `show -json` for plans.
pub(super) const MAJOR: &str = "1";

/// Changes that the refresh of a plan found, as the elements of `resource_drift`, by address.
type Drifted<'a> = BTreeMap<String, Members<'a>>;

/// The document of a plan: its wants for the daemons that exist, or existed before its refresh.
pub(super) fn document(input: &str, members: &Members<'_>, options: ReadOptions) -> Result<Document, SourceError> {
    if members.value("errored")? == Value::Bool(true) {
        return Err(SourceError::new(
            "Failed plan",
            "The plan ended with an error, so it does not say what is wanted. Make a plan without an error.",
        ));
    }
    let (mut drifted, mut listed) = (Drifted::new(), BTreeSet::new());
    for element in members.elements("resource_drift")? {
        let resource = Members::of(element)?;
        if !resource.has("deposed") {
            drifted.insert(resource.text("address")?, resource);
        }
    }
    let mut daemons = Daemons::default();
    for change in members.elements("resource_changes")? {
        let change = Members::of(change)?;
        match planned(input, &change, &drifted, options) {
            Ok(Planned::Wanted(wanted)) => daemons.wanted.push(*wanted),
            Ok(Planned::Passing) => daemons.passing += 1,
            other => daemons.take(other.map(|_| None))?,
        }
        listed.insert(change.text("address")?);
    }
    // A plan that only refreshes lists no change at all, and one with `-target` only those of the targets.
    let prior = members.members("prior_state")?;
    refreshed(input, &prior, drifted, &listed, options, &mut daemons)?;
    let providers = Providers::of(members)?;
    for wanted in &mut daemons.wanted {
        wanted.tag_scope.add(providers.scope(&wanted.source.address));
        if !options.show_sensitive {
            mark_tags(wanted, providers.secrets(&wanted.source.address));
        }
    }
    let document = daemons.document(contents::input(input, InputKind::PlanJson, members)?, None);
    Ok(Document {
        plans_all: !listed.is_empty() && is_whole(members, &listed)?,
        ..document
    })
}

/// True if a plan was made of all of its configuration, and not of targets alone. Terraform says so since 1.8. `OpenTofu` does not:
/// there each resource of the root module that has just one instance has to be in the list.
fn is_whole(members: &Members<'_>, listed: &BTreeSet<String>) -> Result<bool, SourceError> {
    if let Value::Bool(is_complete) = members.value("complete")? {
        return Ok(is_complete);
    }
    let root = members.members("configuration")?.members("root_module")?;
    for resource in root.elements("resources")? {
        let resource = Members::of(resource)?;
        let is_one = !resource.has("count_expression") && !resource.has("for_each_expression");
        let is_managed = resource.text("mode")? == "managed";
        if is_managed && is_one && !listed.contains(&resource.text("address")?) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Marks tags that are made of something sensitive and that Terraform left unmarked. Which of them is in no plan.
fn mark_tags(wanted: &mut Wanted, secrets: Secrets) {
    let is_marked = wanted.marks.touch(&[name::TAGS]) || wanted.marks.touch(&[name::TAGS_ALL]);
    if !(secrets.default || (secrets.own && !is_marked)) {
        return;
    }
    let keys: Vec<String> = wanted.plain_tags().into_iter().flatten().map(|(key, _)| key).collect();
    for key in keys {
        wanted.mark_tag(&key);
    }
}

/// Takes the daemons that the plan does not list, as the state had them before its refresh: `prior_state` has what the
/// refresh saw.
fn refreshed(
    input: &str,
    prior: &Members<'_>,
    mut drifted: Drifted<'_>,
    listed: &BTreeSet<String>,
    options: ReadOptions,
    daemons: &mut Daemons,
) -> Result<(), SourceError> {
    for resource in state::resources(prior)? {
        let resource = Members::of(resource)?;
        let address = resource.text("address")?;
        if listed.contains(&address) {
            continue;
        }
        let found = match drifted.remove(&address) {
            Some(change) => before_refresh(input, &change, options),
            None => state::of_module(input, &resource, options),
        };
        daemons.take(found)?;
    }
    // What is left was found gone.
    for (_, change) in drifted.iter().filter(|(address, _)| !listed.contains(*address)) {
        daemons.take(before_refresh(input, change, options))?;
    }
    Ok(())
}

/// A resource as the state had it before the refresh.
fn before_refresh(input: &str, resource: &Members<'_>, options: ReadOptions) -> Result<Option<Wanted>, SourceError> {
    let resource_type = resource.text("type")?;
    let Some(author) = Author::of(&resource_type) else {
        return Ok(None);
    };
    if resource.text("mode")? != "managed" {
        return Ok(None);
    }
    let change = author.change(resource.value("change")?);
    let mut wanted = resource::wanted(
        input,
        &Instance {
            address: resource.text("address")?,
            resource_type: &resource_type,
            schema_version: 0,
            attributes: part(&change, "before"),
            tool: options.tool(&resource.text("provider_name")?),
            marks: options.marks(|| Ok(marks(&change)))?,
        },
    )?;
    if let Some(wanted) = &mut wanted {
        wanted.tag_scope.see(tag_keys(part(&change, "after")));
    }
    Ok(wanted)
}

/// Keys of tags that a refresh or an earlier one saw, so that the provider does not leave them alone.
fn tag_keys(attributes: &Value) -> Vec<String> {
    let tags = attributes.get(name::TAGS_ALL).and_then(Value::as_object);
    tags.into_iter().flat_map(|tags| tags.keys().cloned()).collect()
}

fn part<'a>(change: &'a Value, member: &str) -> &'a Value {
    change.get(member).unwrap_or(&Value::Null)
}

fn actions(change: &Value) -> Vec<&str> {
    let actions = part(change, "actions").as_array().into_iter().flatten();
    actions.filter_map(Value::as_str).collect()
}

/// A resource of the list of changes.
enum Planned {
    /// A daemon that is wanted.
    Wanted(Box<Wanted>),
    /// A daemon that the plan makes or takes away.
    Passing,
    /// No daemon.
    Other,
}

/// A resource in the list of changes.
fn planned(
    input: &str,
    resource: &Members<'_>,
    drifted: &Drifted<'_>,
    options: ReadOptions,
) -> Result<Planned, SourceError> {
    let resource_type = resource.text("type")?;
    let Some(author) = Author::of(&resource_type) else {
        return Ok(Planned::Other);
    };
    if resource.text("mode")? != "managed" || resource.has("deposed") {
        return Ok(Planned::Other);
    }
    let address = resource.text("address")?;
    let change = author.change(resource.value("change")?);
    let drift = drifted.get(&address).map(|resource| resource.value("change"));
    let drift = drift.transpose()?.map(|drift| author.change(drift));
    let actions = actions(&change);
    let was_found_gone =
        actions == ["create"] && drift.as_ref().is_some_and(|drift| self::actions(drift) == ["delete"]);
    if matches!(actions.as_slice(), ["create" | "delete" | "forget"]) && !was_found_gone {
        let created = created(part(&change, "after")).filter(|_| actions == ["create"]);
        let Some(arn) = created else {
            return Ok(Planned::Passing);
        };
        let source = SourceRef {
            input: input.to_owned(),
            address,
            resource_type,
        };
        let tool = options.tool(&resource.text("provider_name")?);
        let wanted = Wanted::sought(arn, source, tool, Claim::Creation);
        return Ok(Planned::Wanted(Box::new(wanted)));
    }
    // The state before the refresh, where the refresh changed it.
    let state = drift.as_ref().map(|drift| part(drift, "before"));
    let is_replaced = actions.contains(&"delete");
    let before = part(&change, "before");
    let marks = options.marks(|| {
        let mut marks = marks(&change);
        marks.add(drift.as_ref().map(self::marks).unwrap_or_default());
        Ok(marks)
    })?;
    let instance = Instance {
        address,
        resource_type: &resource_type,
        schema_version: 0,
        attributes: state.filter(|_| was_found_gone || is_replaced).unwrap_or(before),
        tool: options.tool(&resource.text("provider_name")?),
        marks,
    };
    let Some(mut wanted) = resource::wanted(input, &instance)? else {
        return Ok(Planned::Other);
    };
    wanted.tag_scope.see(tag_keys(before));
    if let Some(deployment) = state.and_then(|state| state.get(name::DEPLOYMENT_ARN)?.as_str()) {
        wanted.deployment_arn = Some(deployment.to_owned());
    }
    // A replacement is another daemon of the same name; until then the one that is there is wanted.
    if is_replaced {
        return Ok(Planned::Wanted(Box::new(wanted)));
    }
    let refreshed = std::mem::take(&mut wanted.settings);
    let before_refresh = match state {
        Some(state) => {
            resource::settings(author, state, &instance.marks).map_err(|error| instance.error(input, error))?
        }
        None => refreshed.clone(),
    };
    wanted.settings = after_apply(author, input, &instance, &change, &before_refresh)?;
    if !was_found_gone {
        let drifted = before_refresh
            .into_iter()
            .filter(|(setting, want)| refreshed.get(setting) != Some(want));
        let drifted = drifted.collect();
        wanted.pending = Some(Pending { refreshed, drifted });
    }
    let is_unknown = has_unknown(resource::value_at(part(&change, "after_unknown"), &[name::TAGS_ALL]));
    // A part of the tags may be known, but not which tags of the provider come to it: until the apply, the tags of the
    // state are wanted.
    let tagged = if is_unknown {
        state.unwrap_or(before)
    } else {
        part(&change, "after")
    };
    let tags = resource::tags(tagged.get(name::TAGS_ALL), &instance.marks);
    wanted.tags = tags.map_err(|error| instance.error(input, error))?;
    Ok(Planned::Wanted(Box::new(wanted)))
}

/// The ARN of a daemon that a plan creates, from what is known before the apply: one whose cluster is created, too, is new.
fn created(after: &Value) -> Option<DaemonArn> {
    let text = |attribute: &str| after.get(attribute).and_then(Value::as_str);
    let mut cluster = if let Some(cluster) = text(name::CLUSTER_ARN) {
        Arn::parse_kind(cluster, "ecs", "cluster/").ok()?
    } else {
        // One that names none is in the default cluster, where its capacity providers are.
        let provider = after.get("capacity_provider_arns")?.get(0)?.as_str()?;
        let provider = Arn::parse_kind(provider, "ecs", "capacity-provider/").ok()?;
        provider.sibling("cluster/default")
    };
    if let Some(region) = text(name::REGION) {
        region.clone_into(&mut cluster.region);
    }
    let arn = DaemonArn::in_cluster(&cluster, text(name::NAME)?);
    DaemonArn::parse(&arn.to_string()).ok()
}

/// The marks of a change, before or after it: the value of a setting that is live may be either.
fn marks(change: &Value) -> Marks {
    let of = |member: &str| Marks::of_tree(change.get(member).unwrap_or(&Value::Null));
    let mut marks = of("before_sensitive");
    marks.add(of("after_sensitive"));
    marks
}

/// What a plan wants. Where that is not known yet, drift would hide behind it: `until` has what is wanted up to the apply.
fn after_apply(
    author: Author,
    input: &str,
    instance: &Instance<'_>,
    change: &Value,
    until: &BTreeMap<Setting, Want>,
) -> Result<BTreeMap<Setting, Want>, SourceError> {
    let settings = resource::settings(author, part(change, "after"), &instance.marks);
    let mut settings = settings.map_err(|error| instance.error(input, error))?;
    for (setting, want) in &mut settings {
        if is_unknown(part(change, "after_unknown"), setting.path()) {
            let until = until.get(setting).cloned().unwrap_or(Want::ImplicitDefault);
            *want = Want::UnknownUntilApply(Box::new(until));
        }
    }
    resource::require(&settings).map_err(|error| instance.error(input, error))?;
    Ok(settings)
}

/// True if a path, or something around or below it, is unknown: `after_unknown` has `true` where a value is.
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
