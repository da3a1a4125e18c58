//! The tag rules of a provider block, with what of them is not known yet.

use std::collections::BTreeSet;

use crate::tags::{self, TagRules, UnknownRules};
use daemons::tags::IgnoredTags;
use tfplug_core::Value;

use super::values::{only, texts};
use crate::block::name;

/// Default and ignored tags.
pub(super) fn rules(config: &Value) -> TagRules {
    let (defaults, ignore) = (config.get(name::DEFAULT_TAGS), config.get(name::IGNORE_TAGS));
    let default_tags = only(defaults).get(name::TAGS);
    let ignored = only(ignore);
    TagRules {
        default_tags: tags::known(default_tags),
        ignored: IgnoredTags {
            keys: texts(ignored.get(name::KEYS)),
            prefixes: texts(ignored.get(name::KEY_PREFIXES)),
        },
        unknown: UnknownRules {
            default_keys: unknown_keys(default_tags),
            defaults: defaults.is_unknown() || only(defaults).is_unknown() || default_tags.is_unknown(),
            ignored: !ignore.is_wholly_known(),
        },
    }
}

fn unknown_keys(tags: &Value) -> BTreeSet<String> {
    let members = tags.as_map().into_iter().flatten();
    members
        .filter(|(_, value)| value.is_unknown())
        .map(|(key, _)| key.clone())
        .collect()
}
