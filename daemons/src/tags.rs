//! Tags: whose are left alone, and what changes.

use std::collections::BTreeMap;

/// Keys with this prefix, in any case, belong to AWS.
pub const RESERVED: &str = "aws:";

/// Keys of tags that are neither shown nor compared nor changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoredTags {
    /// The keys.
    pub keys: Vec<String>,
    /// Prefixes of such keys.
    pub prefixes: Vec<String>,
}

impl IgnoredTags {
    /// True if a key is one of them.
    pub fn covers(&self, key: &str) -> bool {
        let is_prefix = |prefix: &String| key.starts_with(prefix.as_str());
        self.keys.iter().any(|ignored| ignored == key) || self.prefixes.iter().any(is_prefix)
    }

    /// True if a tag is left alone: it is ignored, or of AWS.
    pub fn leaves_alone(&self, key: &str) -> bool {
        is_reserved(key) || self.covers(key)
    }
}

/// True if a key belongs to AWS.
pub fn is_reserved(key: &str) -> bool {
    key.get(..RESERVED.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(RESERVED))
}

/// The calls for one change of tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagChanges {
    /// Tags to add or to overwrite.
    pub set: BTreeMap<String, String>,
    /// Keys to remove.
    pub remove: Vec<String>,
}

impl TagChanges {
    /// True if nothing is to be called.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_aws_and_ignored_ones_are_left_alone() {
        let ignored = IgnoredTags {
            keys: vec!["Scanner".to_owned()],
            prefixes: vec!["auto:".to_owned()],
        };
        let check = |key: &str, expected: bool| assert_eq!(ignored.leaves_alone(key), expected, "{key}");
        for key in ["Scanner", "auto:", "auto:x", "aws:x", "AWS:ecs", "aws:"] {
            check(key, true);
        }
        for key in ["scanner", "Scanner2", "aut", "aws", "awsx", "ä", ""] {
            check(key, false);
        }
    }
}
