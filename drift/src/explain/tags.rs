//! Row 22: tags. ECS records neither when they changed nor who changed them.
//!
//! Others may tag a daemon, too, and a provider can be told to leave their tags alone, which a state does not hold. So no
//! command removes a tag unless it is proven to be the source's.

use std::collections::BTreeMap;

use daemons::name;
use serde_json::{Map, Value, json};

use super::{Case, Options, absent, finding_builder::Draft, next_step, paste::shell_word, proposal::TagProposal};
use crate::{
    observe::Live,
    report::{Cause, Command, Confidence, Finding, NextStep, Origin, Repair, Shown},
    setting::Marked,
    source::{TagScope, Tags, Wanted},
};

/// Said where a live tag may be somebody else's.
const NAME_OTHERS: &str = "nothing proves that others do not manage it. Name the tags of others by `--ignore-tag`, by \
                           `ignore_tags` in `.ecs-drift.toml` or by the provider block that `--config DIR` reads, or \
                           scan a plan";

/// The same where a part of `ignore_tags` is not known, whatever else proves that the source has the tag.
const MAY_BE_NAMED: &str = "a part of `ignore_tags` of its provider is not known and may name them. Give that part a value (with \
                            `--config DIR`, by `--var-file` or `TF_VAR_name`), or name the tags of others by `--ignore-tag`";

/// Tags that differ, and those that are left alone.
struct Compared {
    scope: TagScope,
    /// All that are live.
    live: Tags,
    /// Wanted ones that are not live with their value.
    set: Tags,
    /// Live ones that are not wanted with their value.
    found: Tags,
}

/// True if the source says which tags are wanted.
fn are_wanted(wanted: &Wanted) -> bool {
    wanted.tags.is_some() && wanted.all_tags().is_some()
}

fn compare(wanted: &Wanted, live: &Live, options: &Options) -> Option<Compared> {
    if live.tags_unread.is_some() {
        return None;
    }
    let mut scope = options.tag_scope.clone();
    scope.add(wanted.tag_scope.clone());
    let state = wanted.tags.as_ref()?;
    let all = wanted.all_tags()?;
    let live = wanted.marks.tags(live.observed.tags.clone());
    let is_left = |key: &str| {
        let is_surplus = !state.expose().contains_key(key) && !all.expose().contains_key(key);
        is_surplus && scope.may_leave_alone(key)
    };
    let is_looked_at = |key: &str| scope.looks_at(key) && !is_left(key);
    let (set, found) = (
        differing(is_looked_at, &all, &live),
        differing(is_looked_at, &live, &all),
    );
    Some(Compared {
        scope,
        live,
        set,
        found,
    })
}

/// Live values of the tags that differ, by key; none of one that is missing. They are compared with calls on record, and
/// not shown.
pub fn brought(wanted: &Wanted, live: &Live, options: &Options) -> BTreeMap<String, Option<String>> {
    let wanted = wanted.beside(live);
    let Some(compared) = compare(&wanted, live, options) else {
        return BTreeMap::new();
    };
    let Compared { set, found, live, .. } = compared;
    let keys = set.expose().keys().chain(found.expose().keys());
    let value = |key: &String| live.expose().get(key).map(|value| value.expose().clone());
    keys.map(|key| (key.clone(), value(key))).collect()
}

/// Row 2 or 22: the tags that differ, with the calls that repair them, or that they could not be read.
pub(super) fn finding(case: &Case<'_>) -> Option<(Finding, Option<TagProposal>)> {
    match &case.live.tags_unread {
        Some(failure) => are_wanted(case.wanted).then(|| (absent::tags_failed(case.wanted, failure), None)),
        None => difference(case).map(|(finding, changes)| (finding, Some(changes))),
    }
}

/// The tags that differ, as one finding that shows only these.
fn difference(case: &Case<'_>) -> Option<(Finding, TagProposal)> {
    let Compared {
        mut scope,
        live,
        set,
        found,
    } = compare(case.wanted, case.live, case.options)?;
    let state = case.wanted.tags.as_ref()?;
    let mut keys: Vec<&String> = set.expose().keys().chain(found.expose().keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return None;
    }
    // The state agrees with what is live, and only the configuration has something else.
    let value = |tags: &Tags, key: &str| tags.expose().get(key).map(|value| value.expose().clone());
    let is_absorbed = |key: &&String| value(state, key) == value(&live, key);
    let (absorbed, changed): (Vec<&String>, Vec<&String>) = keys.iter().copied().partition(is_absorbed);
    scope.see(absorbed.iter().map(|key| (*key).clone()));
    let names = |keys: &[&String]| {
        // A key may have blanks, also at its ends.
        let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        set.map(|_| keys.join(", "))
    };
    let mut message = format!("These tags differ: {}.", names(&keys));
    let mut draft = if changed.is_empty() {
        message.push_str(
            " The state has what is live: a refresh took the change over, or the configuration was changed and is not \
             applied yet.",
        );
        Draft::new(case.wanted, Cause::Absorbed, message).confidence(Confidence::Possible)
    } else {
        Draft::new(case.wanted, Cause::Tags, message)
    };
    draft = draft.values(name::TAGS_ALL, shown(&set), shown(&found));
    let configured = case.wanted.configured_tags.as_ref().filter(|_| !absorbed.is_empty());
    let written = configured.map(|configured| configured.evidence.clone());
    let address = &case.wanted.source.address;
    draft = draft.evidence_if("configuration", address, written, None);
    if !(absorbed.is_empty() || changed.is_empty()) {
        let text = format!(
            "The state has {} as live, so that only the configuration differs.",
            names(&absorbed)
        );
        draft = draft.evidence("source", address, text, None);
    }
    let calls = changes(&scope, &set, &found);
    let finding = draft
        .evidence(
            "ListTagsForResource",
            &case.wanted.arn.to_string(),
            "Tags are as shown. ECS keeps neither the time of a change nor its caller.",
            None,
        )
        .next(repair(case.wanted, &calls, (&set, &found), scope.is_open()));
    Some((finding, calls))
}

/// Tags that the other side does not have, or not with this value.
fn differing(is_looked_at: impl Fn(&str) -> bool, tags: &Tags, other: &Tags) -> Tags {
    let other = other.expose();
    tags.map(|tags| {
        let differs = |(key, value): &(&String, &Marked<String>)| {
            is_looked_at(key) && other.get(*key).map(Marked::expose) != Some(value.expose())
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

/// Changes that make the tags as wanted.
fn changes(scope: &TagScope, set: &Tags, found: &Tags) -> TagProposal {
    let surplus = found.expose().keys().filter(|key| !set.expose().contains_key(*key));
    let (remove, leave): (Vec<String>, Vec<String>) = surplus.cloned().partition(|key| scope.may_remove(key));
    let shown = set.shown().filter(|_| found.shown().is_some()).and_then(|set| {
        let set = set.iter();
        set.map(|(key, value)| Some((key.clone(), value.shown()?.clone())))
            .collect()
    });
    let live = |key: &String| found.expose().get(key).map(|value| value.expose().clone());
    let touched = set.expose().keys().chain(&remove);
    TagProposal {
        live: touched.map(|key| (key.clone(), live(key))).collect(),
        set: shown,
        remove,
        leave,
    }
}

/// Tags need no rollout.
fn repair(wanted: &Wanted, changes: &TagProposal, (set, live): (&Tags, &Tags), is_open: bool) -> NextStep {
    let is_baseline = wanted.is_of_baseline();
    let leaves = !changes.leave.is_empty();
    let mut text = match (set.expose().is_empty() && changes.remove.is_empty(), is_baseline) {
        (false, _) => "Set the tags again. Setting tags replaces no instance.",
        (true, false) if leaves => "Find out whose tags these are.",
        (true, false) => "Apply the configuration. Setting tags replaces no instance.",
        (true, true) => "Accept what is live into the baseline, or remove it by hand.",
    }
    .to_owned();
    let mut commands = Vec::new();
    // An apply removes what no other command does.
    if !is_baseline && !leaves {
        commands.push(next_step::apply(wanted));
    }
    match &changes.set {
        Some(set) => commands.extend(calls(wanted, set, &changes.remove)),
        None => text = format!("{text} {}", next_step::NOT_SHOWN),
    }
    if leaves {
        let keys: Vec<String> = changes.leave.iter().map(|key| format!("`{key}`")).collect();
        let keys = live.map(|_| keys.join(", "));
        let why = if is_open { MAY_BE_NAMED } else { NAME_OTHERS };
        text = format!("{text} No command removes {keys}: {why}.");
        if !is_baseline {
            let program = wanted.tool.program();
            text = format!("{text} `{program} apply` removes them unless the provider ignores them.");
        }
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
        role_arn: wanted.access.role_arn.clone(),
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
