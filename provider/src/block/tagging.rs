//! Tags of all resources, and tags that are nobody's business.

use crate::tags;
use tfplug_core::{Attribute, Mode, NestedBlock, Type};

use super::{
    name,
    shapes::{at_most_one, set},
};

/// The blocks about tags.
pub(super) fn blocks() -> Vec<NestedBlock> {
    vec![default_tags(), ignore_tags()]
}

fn default_tags() -> NestedBlock {
    let tags = Attribute::new(
        name::TAGS,
        Type::map(Type::String),
        Mode::Optional,
        "Tags of every resource. The `tags` of a resource override them key by key.",
    );
    at_most_one(
        name::DEFAULT_TAGS,
        "Tags that every resource gets.",
        vec![tags.validate(tags::rule())],
    )
}

fn ignore_tags() -> NestedBlock {
    at_most_one(
        name::IGNORE_TAGS,
        "Tags that something else manages: never shown, never changed, never removed.",
        vec![
            set(name::KEYS, "Keys of tags to ignore."),
            set(name::KEY_PREFIXES, "Beginnings of the keys of tags to ignore."),
        ],
    )
}
