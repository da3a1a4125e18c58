//! Row 22: tags. ECS records neither when they changed nor who changed them.
//!
//! Others may tag a daemon, too, and a provider can be told to leave their tags alone, which a state does not hold. So no
//! command removes a tag unless it is proven to be the source's.

use std::collections::BTreeMap;

use daemons::daemon::table::name;
use serde_json::{Map, Value, json};

use super::{Case, draft::Draft, paste::shell_word, steps};
use crate::{
    report::{Cause, Command, Finding, NextStep, Origin, Repair, Shown},
    setting::Marked,
    source::{TagScope, Tags, Wanted},
};

/// Said where a live tag may be somebody else's.
const NAME_OTHERS: &str = "nothing proves that others do not manage it. Name the tags of others by `--ignore-tag`, by \
                           `ignore_tags` in `.ecs-drift.toml` or by the provider block that `--config DIR` reads, or \
                           scan a plan";

/// The tags that differ, as one finding that shows only these.
pub(super) fn difference(case: &Case<'_>) -> Option<Finding> {
    let mut scope = case.options.tag_scope.clone();
    scope.add(case.wanted.tag_scope.clone());
    let all = case.wanted.tags.as_ref()?;
    let live = case.wanted.marks.tags(case.live.observed.tags.clone());
    let (wanted, live) = (differing(&scope, all, &live), differing(&scope, &live, all));
    if wanted.expose().is_empty() && live.expose().is_empty() {
        return None;
    }
    let names = wanted.map(|wanted| {
        let mut keys: Vec<&str> = wanted.keys().chain(live.expose().keys()).map(String::as_str).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.join(", ")
    });
    let finding = Draft::new(case.wanted, Cause::Tags, format!("These tags differ: {names}."))
        .values(name::TAGS_ALL, shown(&wanted), shown(&live))
        .evidence(
            "ListTagsForResource",
            &case.wanted.arn.to_string(),
            "Tags are as shown. ECS keeps neither the time of a change nor its caller.",
            None,
        )
        .next(repair(case.wanted, &scope, &wanted, &live));
    Some(finding)
}

/// Tags that the other side does not have, or not with this value.
fn differing(scope: &TagScope, tags: &Tags, other: &Tags) -> Tags {
    let other = other.expose();
    tags.map(|tags| {
        let differs = |(key, value): &(&String, &Marked<String>)| {
            scope.looks_at(key) && other.get(*key).map(Marked::expose) != Some(value.expose())
        };
        let differing = tags.iter().filter(differs);
        differing.map(|(key, value)| (key.clone(), value.clone())).collect()
    })
}

/// The tags in a report; of a sensitive one only its key, of a sensitive map nothing.
fn shown(tags: &Tags) -> Shown {
    let Some(tags) = tags.shown() else {
        return Shown::new(Origin::Recorded, None).redacted();
    };
    let tags = tags
        .iter()
        .map(|(key, value)| (key.clone(), Value::from(value.to_string())));
    Shown::recorded(tags.collect::<Map<String, Value>>())
}

/// What to do with tags that differ.
struct Changes {
    /// Tags to set; none if they must not be shown.
    set: Option<BTreeMap<String, String>>,
    /// Keys to remove.
    remove: Vec<String>,
    /// Keys of tags that are not wanted, and may be somebody else's.
    leave: Vec<String>,
}

impl Changes {
    fn of(scope: &TagScope, set: &Tags, live: &Tags) -> Self {
        let surplus = live.expose().keys().filter(|key| !set.expose().contains_key(*key));
        let (remove, leave) = surplus.cloned().partition(|key| scope.may_remove(key));
        let set = set.shown().filter(|_| live.shown().is_some()).and_then(|set| {
            let set = set.iter();
            set.map(|(key, value)| Some((key.clone(), value.shown()?.clone())))
                .collect()
        });
        Self { set, remove, leave }
    }
}

/// Tags need no rollout.
fn repair(wanted: &Wanted, scope: &TagScope, set: &Tags, live: &Tags) -> NextStep {
    let changes = Changes::of(scope, set, live);
    let is_baseline = wanted.is_of_baseline();
    let mut text = match (set.expose().is_empty() && changes.remove.is_empty(), is_baseline) {
        (false, _) => "Set them again; no instance is replaced.",
        (true, false) => "Apply the configuration; no instance is replaced.",
        (true, true) => "Accept what is live into the baseline, or remove it by hand.",
    }
    .to_owned();
    let mut commands = Vec::new();
    if !is_baseline {
        commands.push(steps::apply(wanted));
    }
    match &changes.set {
        Some(set) => commands.extend(calls(wanted, set, &changes.remove)),
        None => text = format!("{text} {}", steps::NOT_SHOWN),
    }
    if !changes.leave.is_empty() {
        let keys: Vec<String> = changes.leave.iter().map(|key| format!("`{key}`")).collect();
        let keys = live.map(|_| keys.join(", "));
        text = format!("{text} No command removes {keys}: {NAME_OTHERS}.");
    }
    NextStep {
        text,
        commands,
        repair: Repair::Yes,
    }
}

/// The calls that set and remove tags.
fn calls(wanted: &Wanted, set: &BTreeMap<String, String>, remove: &[String]) -> Vec<Command> {
    let place = format!(
        "--region={} --resource-arn={}",
        shell_word(&wanted.arn.arn.region),
        shell_word(&wanted.arn.to_string())
    );
    let call = |title: &str, text: String| Command {
        title: title.to_owned(),
        language: "sh".to_owned(),
        text,
    };
    let mut commands = Vec::new();
    if !set.is_empty() {
        let set = set.iter().map(|(key, value)| json!({"key": key, "value": value}));
        let tags = shell_word(&set.collect::<Value>().to_string());
        commands.push(call("Set tags", format!("aws ecs tag-resource {place} --tags={tags}")));
    }
    if !remove.is_empty() {
        // As JSON, a key is neither a flag nor the path of a file.
        let keys = shell_word(&json!(remove).to_string());
        commands.push(call(
            "Remove tags",
            format!("aws ecs untag-resource {place} --tag-keys={keys}"),
        ));
    }
    commands
}
