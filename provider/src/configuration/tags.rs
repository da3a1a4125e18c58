//! The tag rules of a provider block, with what of them is not known yet.

use std::collections::BTreeMap;

use daemons::tags::IgnoredTags;
use tfplug_core::typed::Tf;

use super::arguments::{DefaultTagArguments, IgnoreTagArguments, Text, is_wholly_known, known_members, texts};
use crate::tags::{TagRules, UnknownRules};

/// Default and ignored tags.
pub(super) fn rules(defaults: Tf<DefaultTagArguments>, ignored: Tf<IgnoreTagArguments>) -> TagRules {
    let default_tags = match defaults {
        Tf::Null => Tf::Null,
        Tf::Unknown => Tf::Unknown,
        Tf::Known(block) => block.tags,
    };
    let unknown = UnknownRules {
        default_keys: default_tags.as_ref().known().map(unknown_keys).unwrap_or_default(),
        defaults: default_tags.is_unknown(),
        ignored: match &ignored {
            Tf::Null => false,
            Tf::Unknown => true,
            Tf::Known(block) => !is_wholly_known(&block.keys) || !is_wholly_known(&block.key_prefixes),
        },
    };
    let ignored = ignored.known().map(|block| IgnoredTags {
        keys: texts(block.keys),
        prefixes: texts(block.key_prefixes),
    });
    TagRules {
        default_tags: known_members(default_tags),
        ignored: ignored.unwrap_or_default(),
        unknown,
    }
}

fn unknown_keys<T: FromIterator<String>>(tags: &BTreeMap<String, Text>) -> T {
    let unknown = tags.iter().filter(|(_, value)| value.is_unknown());
    unknown.map(|(key, _)| key.clone()).collect()
}
