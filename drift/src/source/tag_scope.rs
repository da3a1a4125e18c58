//! Tags that a source cares about. Providers can be told to leave tags of others alone, and a state does not hold what they
//! were told: so a tag that is live and not wanted may be somebody else's.

use std::{collections::BTreeSet, fmt};

use daemons::tags::IgnoredTags;
use schemars::JsonSchema;
use serde::Deserialize;

/// Tags that are left alone, as far as that is known.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TagScope {
    ignored: IgnoredTags,
    /// True if no other tags are left alone.
    is_complete: bool,
    /// Degree to which the block that names them is known.
    block: Block,
    /// Keys of tags that the source's tool is proven to look at.
    seen: BTreeSet<String>,
}

/// Degree to which a block `ignore_tags` is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Block {
    /// Nothing.
    #[default]
    Unread,
    /// It is there, or may be, and a part of it is not known.
    Open,
    /// All of it.
    Known,
}

/// Tags of others, in the form of the block `ignore_tags` of the providers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IgnoreTags {
    /// Keys.
    #[serde(default)]
    pub keys: BTreeSet<String>,
    /// Beginnings of keys.
    #[serde(default)]
    pub key_prefixes: BTreeSet<String>,
}

/// Without keys, which a source may mark as sensitive.
impl fmt::Debug for TagScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_complete = self.is_complete;
        formatter
            .debug_struct("TagScope")
            .field("is_complete", &is_complete)
            .finish_non_exhaustive()
    }
}

impl TagScope {
    /// All but these tags are the source's.
    pub fn all_but(ignored: IgnoreTags) -> Self {
        Self {
            is_complete: true,
            ..Self::at_most(ignored)
        }
    }

    /// These tags are not the source's; of others it is not known.
    pub fn at_most(ignored: IgnoreTags) -> Self {
        Self {
            block: Block::Known,
            ..Self::open(ignored)
        }
    }

    /// The block names these tags, and others that are not known.
    pub(crate) fn open(ignored: IgnoreTags) -> Self {
        Self {
            block: Block::Open,
            ignored: IgnoredTags {
                keys: ignored.keys.into_iter().collect(),
                prefixes: ignored.key_prefixes.into_iter().collect(),
            },
            ..Self::default()
        }
    }

    /// Leaves alone what one of the two does.
    pub(crate) fn add(&mut self, other: Self) {
        self.ignored.keys.extend(other.ignored.keys);
        self.ignored.prefixes.extend(other.ignored.prefixes);
        self.is_complete |= other.is_complete;
        self.block = self.block.max(other.block);
        self.seen.extend(other.seen);
    }

    /// The resource leaves the value of a tag alone, which says nothing of other tags.
    pub(super) fn ignore(&mut self, key: &str) {
        self.ignored.keys.push(key.to_owned());
    }

    /// The source's tool was seen to look at tags: neither states nor plans have those that it leaves alone.
    pub(crate) fn see(&mut self, keys: impl IntoIterator<Item = String>) {
        self.seen.extend(keys);
    }

    /// True if a tag is compared.
    pub fn looks_at(&self, key: &str) -> bool {
        !self.ignored.leaves_alone(key)
    }

    /// True if a live tag that no source has may be one that is left alone, so that it is no drift: the block has a
    /// part that is not known, and no refresh saw the tag.
    pub fn may_leave_alone(&self, key: &str) -> bool {
        self.is_open() && !self.seen.contains(key)
    }

    /// True if a tag that is not wanted is proven to be the source's to remove. A state, or a plan without a refresh, may still
    /// have a tag that the block leaves alone since, so that they prove nothing where a part of the block is not known.
    pub fn may_remove(&self, key: &str) -> bool {
        self.looks_at(key) && !self.is_open() && (self.is_complete || self.seen.contains(key))
    }

    /// True if the block has a part that is not known.
    pub fn is_open(&self) -> bool {
        self.block == Block::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn check(scope: &TagScope, removable: &[&str], kept: &[&str]) {
        for key in removable {
            assert!(scope.may_remove(key), "{key} by {scope:?}");
        }
        for key in kept {
            assert!(!scope.may_remove(key), "{key} by {scope:?}");
        }
    }

    #[test]
    fn only_what_is_proven_to_be_of_the_source_may_be_removed() {
        let ignored = || IgnoreTags {
            keys: names(&["cost"]),
            key_prefixes: names(&["k8s/"]),
        };
        check(&TagScope::default(), &[], &["team", "cost", "aws:x"]);
        let mut scope = TagScope::at_most(ignored());
        check(&scope, &[], &["team", "cost", "k8s/a"]);
        scope.see(names(&["team", "cost"]));
        check(&scope, &["team"], &["owner", "cost", "k8s/a"]);
        scope.add(TagScope::all_but(IgnoreTags::default()));
        check(&scope, &["team", "owner"], &["cost", "k8s/a", "aws:x", "AWS:x"]);
        scope.ignore("owner");
        check(&scope, &["team"], &["owner"]);
        assert!(!scope.looks_at("owner") && scope.looks_at("team"));
    }
}
