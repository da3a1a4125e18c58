//! Tags: the provider's defaults, the keys that nobody here may touch, and the limits of AWS.
//!
//! `tags` is what the user wrote and `tags_all` what the resource shall have. All functions are
//! pure; an unknown value makes unknown only what depends on it. A null tag counts as left out.

use std::collections::{BTreeMap, BTreeSet};

use daemons::tags::{IgnoredTags, RESERVED, TagChanges, is_reserved};
use tfplug_core::{Value, validators::Validator};

/// Most tags of one resource.
const MOST: usize = 50;
/// Longest key, in characters.
const LONGEST_KEY: usize = 128;
/// Longest value, in characters.
const LONGEST_VALUE: usize = 256;
/// The provider's rules for the tags of all its resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagRules {
    /// Tags of every resource, unless the resource gives the key another value.
    pub default_tags: BTreeMap<String, String>,
    /// Keys that are neither shown nor changed.
    pub ignored: IgnoredTags,
    /// The part of these rules that is not known yet.
    pub unknown: UnknownRules,
}

/// Tag rules that depend on values which are known only after apply. The connection does not need them,
/// so plans are made without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnknownRules {
    /// Keys of default tags whose values are not known.
    pub default_keys: BTreeSet<String>,
    /// True if there may be default tags of any key.
    pub defaults: bool,
    /// True if there may be more ignored keys.
    pub ignored: bool,
}

impl TagRules {
    /// Planned `tags_all`: the default tags with `tags` over them, without ignored keys. Never null. Whatever is unknown
    /// in it makes the whole unknown: a value may turn out to be null, which leaves its key out, and a client takes a key
    /// that has vanished since the plan for a bug.
    pub fn all(&self, tags: &Value) -> Value {
        let merged = self.merged(tags);
        if merged.is_wholly_known() {
            merged
        } else {
            Value::Unknown
        }
    }

    /// The same as far as it is known: an unknown value keeps its key.
    pub(crate) fn merged(&self, tags: &Value) -> Value {
        if tags.is_unknown() || self.unknown.defaults || self.unknown.ignored {
            return Value::Unknown;
        }
        let defaults = self
            .default_tags
            .iter()
            .map(|(key, value)| (key.clone(), Value::from(value.as_str())));
        let unknown = self
            .unknown
            .default_keys
            .iter()
            .map(|key| (key.clone(), Value::Unknown));
        let own = present(tags).map(|(key, value)| (key.clone(), value.clone()));
        let merged: BTreeMap<String, Value> = defaults
            .chain(unknown)
            .chain(own)
            .filter(|(key, _)| !self.ignored.leaves_alone(key))
            .collect();
        Value::Map(merged)
    }

    /// `tags` of the state after a read: what is live, without ignored and reserved keys, and without
    /// default tags that the resource does not repeat. `prior_tags` decides the spelling of "none";
    /// an ignored key that it has is kept, so that writing one does not plan a change for ever, and so is
    /// a null member, which has no tag to be read from.
    pub fn read(&self, live: &BTreeMap<String, String>, prior_tags: &Value) -> Value {
        let shown = live
            .iter()
            .filter(|(key, value)| !self.ignored.leaves_alone(key) && !self.is_inherited(key, value, prior_tags))
            .map(|(key, value)| (key.clone(), Value::from(value.as_str())));
        let nulls = members(prior_tags).filter(|(_, value)| value.is_null());
        let untouched = members(prior_tags).filter(|(key, _)| self.ignored.covers(key));
        let cloned = |(key, value): (&String, &Value)| (key.clone(), value.clone());
        let tags: BTreeMap<String, Value> = nulls.map(cloned).chain(shown).chain(untouched.map(cloned)).collect();
        let is_written_empty = prior_tags.as_map().is_some_and(BTreeMap::is_empty);
        if tags.is_empty() && !is_written_empty {
            Value::Null
        } else {
            Value::Map(tags)
        }
    }

    /// True if a live tag comes from the default tags. While these are not known, a tag that the
    /// resource does not have itself is taken for one.
    fn is_inherited(&self, key: &str, value: &str, prior_tags: &Value) -> bool {
        prior_tags.get(key).is_null()
            && (self.unknown.defaults
                || self.unknown.default_keys.contains(key)
                || self.default_tags.get(key).is_some_and(|default| default == value))
    }

    /// `tags_all` of the state after a read: what is live, without ignored and reserved keys.
    pub fn read_all(&self, live: &BTreeMap<String, String>) -> Value {
        let shown = live.iter().filter(|(key, _)| !self.ignored.leaves_alone(key));
        Value::object(shown.map(|(key, value)| (key.as_str(), Value::from(value.as_str()))))
    }

    /// The calls that lead from one `tags_all` to another. Ignored and reserved keys are never touched.
    pub fn changes(&self, from_all: &Value, planned_all: &Value) -> TagChanges {
        let touchable = |key: &&String| !self.ignored.leaves_alone(key);
        let set = present(planned_all)
            .filter(|(key, value)| touchable(key) && from_all.get(key) != *value)
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect();
        let remove = members(from_all)
            .map(|(key, _)| key)
            .filter(|key| touchable(key) && planned_all.get(key).is_null())
            .cloned()
            .collect();
        TagChanges { set, remove }
    }

    /// Keys of `tags` that are ignored, so that what is written there comes to nothing.
    pub fn ignored_of(&self, tags: &Value) -> Vec<String> {
        let ignored = present(tags).filter(|(key, _)| self.ignored.covers(key));
        ignored.map(|(key, _)| key.clone()).collect()
    }
}

/// The tags in a value of `tags` or `tags_all` that are known, as the API takes them.
pub fn known(tags: &Value) -> BTreeMap<String, String> {
    members(tags)
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// The limits that AWS sets to the tags of one resource, for a map of strings.
pub fn rule() -> impl Validator {
    TagLimits
}

/// True if a resource can have as many tags, unknown ones counted.
pub(crate) fn check_number(tags: &Value) -> Result<(), String> {
    match present(tags).count() {
        count if count > MOST => Err(too_many(count)),
        _ => Ok(()),
    }
}

struct TagLimits;

impl Validator for TagLimits {
    fn describe(&self) -> String {
        format!(
            "at most {MOST} tags, keys of 1 to {LONGEST_KEY} and values of up to {LONGEST_VALUE} characters out of \
             letters, digits, spaces and `_.:/=+-@`, no key that begins with `{RESERVED}`"
        )
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        check_number(value)?;
        members(value).try_for_each(|(key, value)| check_key(key).and_then(|()| check_value(key, value)))
    }
}

fn too_many(count: usize) -> String {
    format!("{count} tags are given, but a resource can have at most {MOST}.")
}

fn check_key(key: &str) -> Result<(), String> {
    let length = key.chars().count();
    if length == 0 || length > LONGEST_KEY {
        return Err(format!(
            "The tag key `{key}` has {length} characters, but must have 1 to {LONGEST_KEY}."
        ));
    }
    if is_reserved(key) {
        return Err(format!(
            "The tag key `{key}` is not allowed: keys that begin with `{RESERVED}` belong to AWS."
        ));
    }
    check_characters(key).map_err(|found| format!("The tag key `{key}` contains {found}."))
}

fn check_value(key: &str, value: &Value) -> Result<(), String> {
    // Anything else than a string is unknown or null, and so left out: the codec has checked the type.
    let Some(text) = value.as_str() else { return Ok(()) };
    let length = text.chars().count();
    if length > LONGEST_VALUE {
        return Err(format!(
            "The value of the tag `{key}` has {length} characters, but may have at most {LONGEST_VALUE}."
        ));
    }
    check_characters(text).map_err(|found| format!("The value of the tag `{key}` contains {found}."))
}

fn check_characters(text: &str) -> Result<(), String> {
    let is_allowed = |character: char| {
        character.is_alphanumeric()
            || "_.:/=+-@".contains(character)
            || (character.is_whitespace() && !character.is_control())
    };
    match text.chars().find(|character| !is_allowed(*character)) {
        Some(found) => Err(format!(
            "the character {found:?}; allowed are letters, digits, spaces and `_.:/=+-@`"
        )),
        None => Ok(()),
    }
}

/// The members that are not null.
fn present(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    members(value).filter(|(_, member)| !member.is_null())
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_map().into_iter().flatten()
}

#[cfg(test)]
mod tests;
