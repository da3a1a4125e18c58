//! Values of a resource that its source marks as sensitive.
//!
//! The two forms of a state say it differently: `show -json` mirrors the attributes with `true` where a value is
//! sensitive, at any depth and also for the whole object; a raw state lists paths. Here both are paths of names. The
//! positions of blocks and of elements of lists are left out: a block of daemons is there at most once.
//!
//! The ARN and address, which tell one daemon from another, are always shown.

use std::collections::{BTreeMap, BTreeSet};

use daemons::name;
use serde_json::Value;

use crate::setting::Marked;

/// Attributes that hold tags: those of the resource, and those with the provider's own, in which Terraform does not
/// repeat the marks of the former.
const TAGS: [&str; 2] = [name::TAGS, name::TAGS_ALL];

/// Tags with their marks. If the map is sensitive, its keys are, too.
pub type Tags = Marked<BTreeMap<String, Marked<String>>>;

/// Paths that are sensitive, each with everything below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks(BTreeSet<Vec<String>>);

impl Marks {
    /// From the form that mirrors the attributes, for example `{"tags": {"a": true}, "name": true}`.
    pub(super) fn of_tree(tree: &Value) -> Self {
        let mut marks = Self::default();
        marks.collect(tree, &mut Vec::new());
        marks
    }

    /// A mark is true or false. What is neither says nothing that can be relied on, and counts as a mark.
    fn collect(&mut self, tree: &Value, path: &mut Vec<String>) {
        match tree {
            Value::Bool(false) | Value::Null => {}
            Value::Bool(true) | Value::String(_) | Value::Number(_) => {
                self.0.insert(path.clone());
            }
            Value::Array(elements) => elements.iter().for_each(|element| self.collect(element, path)),
            Value::Object(members) => {
                for (name, member) in members {
                    path.push(name.clone());
                    self.collect(member, path);
                    path.pop();
                }
            }
        }
    }

    /// From the raw state's list of paths, `[[{"type": "get_attr", "value": "tags"}, …], …]`. If it is no list, everything
    /// is sensitive.
    pub(super) fn of_paths(paths: &Value) -> Self {
        match paths {
            Value::Null => Self::default(),
            Value::Array(paths) => Self(paths.iter().map(path).collect()),
            _ => Self([Vec::new()].into()),
        }
    }

    /// Of everything below a path of names.
    pub(super) fn of_path(path: &[&str]) -> Self {
        let path = path.iter().map(|step| (*step).to_owned());
        Self([path.collect()].into())
    }

    /// The same with other names of attributes, each marked as a whole: what is in them stands in other places here.
    pub(super) fn renamed(self, names: &[(&str, &str)]) -> Self {
        let renamed = self.0.into_iter().map(|path| {
            let own = names
                .iter()
                .find(|(from, _)| path.first().is_some_and(|first| first == from));
            own.map_or(path, |(_, to)| vec![(*to).to_owned()])
        });
        Self(renamed.collect())
    }

    /// The marks of both: what one of two sources marks is sensitive.
    pub(super) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Tags with their marks.
    pub fn tags(&self, tags: BTreeMap<String, String>) -> Tags {
        let marked = tags.into_iter().map(|(key, value)| {
            let value = Marked::new(value, self.has_tag(&key));
            (key, value)
        });
        Marked::new(marked.collect(), self.has_all_tags())
    }

    /// True if the value of a tag is sensitive.
    fn has_tag(&self, key: &str) -> bool {
        TAGS.iter().any(|attribute| self.touch(&[attribute, key]))
    }

    /// True if all tags are sensitive with their keys.
    fn has_all_tags(&self) -> bool {
        TAGS.iter().any(|attribute| self.cover(&[attribute]))
    }

    /// True if a value is sensitive, or a part of it.
    pub fn touch(&self, path: &[&str]) -> bool {
        self.0
            .iter()
            .any(|marked| marked.iter().zip(path).all(|(marked, step)| marked == step))
    }

    /// True if a value is sensitive as a whole, so that its parts are, too.
    pub fn cover(&self, path: &[&str]) -> bool {
        let is_around = |marked: &&Vec<String>| marked.len() <= path.len();
        self.0
            .iter()
            .filter(is_around)
            .any(|marked| marked.iter().zip(path).all(|(marked, step)| marked == step))
    }
}

/// The names of a path. A step that nobody knows ends it, so that rather too much is sensitive than too little.
fn path(steps: &Value) -> Vec<String> {
    let mut path = Vec::new();
    for step in steps.as_array().into_iter().flatten() {
        match step.get("value") {
            Some(Value::String(name)) => path.push(name.clone()),
            // The key of a map has its type beside it; so has the position in a list, which means nothing.
            Some(Value::Object(key)) => match key.get("value") {
                Some(Value::String(name)) => path.push(name.clone()),
                Some(Value::Number(_)) => {}
                _ => break,
            },
            Some(Value::Number(_)) => {}
            _ => break,
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ALARMS: [&str; 3] = ["deployment_configuration", "alarms", "alarm_names"];
    const DRAIN: [&str; 2] = ["deployment_configuration", "drain_percent"];

    fn check(marks: &Marks, touched: &[&[&str]], free: &[&[&str]]) {
        for path in touched {
            assert!(marks.touch(path), "{path:?} in {marks:?}");
        }
        for path in free {
            assert!(!marks.touch(path), "{path:?} in {marks:?}");
        }
    }

    #[test]
    fn a_mark_counts_for_what_is_around_it_and_below_it_and_not_beside_it() {
        let nested =
            Marks::of_tree(&json!({"deployment_configuration": [{"alarms": [{"alarm_names": [false, true]}]}]}));
        check(
            &nested,
            &[&ALARMS, &["deployment_configuration"]],
            &[&DRAIN, &["critical"]],
        );
        let block = Marks::of_tree(&json!({"deployment_configuration": true, "critical": false}));
        check(&block, &[&ALARMS, &DRAIN], &[&["critical"]]);
        check(&Marks::of_tree(&json!(true)), &[&ALARMS, &DRAIN, &["critical"]], &[]);
        for none in [json!({}), json!(false), json!(null), json!([])] {
            check(&Marks::of_tree(&none), &[], &[&ALARMS, &["critical"]]);
        }
        // What is no mark is one, rather than none.
        for text in [
            json!({"critical": "true"}),
            json!({"critical": "false"}),
            json!({"critical": [0]}),
        ] {
            check(&Marks::of_tree(&text), &[&["critical"]], &[&ALARMS]);
        }
        for all in [json!("canary"), json!(1)] {
            check(&Marks::of_tree(&all), &[&ALARMS, &["critical"]], &[]);
        }
    }

    #[test]
    fn a_whole_map_covers_its_keys_and_a_key_only_itself() {
        let key = Marks::of_tree(&json!({"tags": {"token": true, "team": false}}));
        assert!(key.touch(&["tags"]) && !key.cover(&["tags"]));
        assert!(key.cover(&["tags", "token"]) && !key.cover(&["tags", "team"]));
        let map = Marks::of_tree(&json!({"tags": true}));
        assert!(map.cover(&["tags"]) && map.cover(&["tags", "team"]));
    }

    #[test]
    fn the_paths_of_a_raw_state_say_the_same() {
        let attribute = |name: &str| json!({"type": "get_attr", "value": name});
        let index = |value: Value, kind: &str| json!({"type": "index", "value": {"value": value, "type": kind}});
        let paths = json!([
            [
                attribute("deployment_configuration"),
                index(json!(0), "number"),
                attribute("alarms"),
                index(json!(0), "number"),
                attribute("alarm_names"),
            ],
            [attribute("tags"), index(json!("token"), "string")],
        ]);
        let tree = json!({"deployment_configuration": [{"alarms": [{"alarm_names": true}]}], "tags": {"token": true}});
        assert_eq!(Marks::of_paths(&paths), Marks::of_tree(&tree));
        assert_eq!(Marks::of_paths(&json!([[]])), Marks::of_tree(&json!(true)));
        let strange = json!([[attribute("tags"), {"type": "new"}, attribute("x")]]);
        assert_eq!(Marks::of_paths(&strange), Marks::of_tree(&json!({"tags": true})));
        assert_eq!(Marks::of_paths(&Value::Null), Marks::default());
        assert_eq!(Marks::of_paths(&json!([])), Marks::default());
        for all in [json!({"tags": true}), json!("tags"), json!(false), json!(["tags"])] {
            assert_eq!(Marks::of_paths(&all), Marks::of_tree(&json!(true)), "{all}");
        }
    }
}
