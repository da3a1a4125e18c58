//! Attributes of hashicorp/awscc under our names. Its resources mirror CloudFormation: the same settings, with other names
//! for the daemon itself, and tags as a list. CloudFormation does not read settings back, so that a state of it has what
//! was applied.

use serde_json::{Map, Value};

use daemons::name;

/// The type of its daemons.
pub(super) const RESOURCE: &str = "awscc_ecs_daemon";

/// Its names of attributes, and ours.
pub(super) const NAMES: [(&str, &str); 3] = [
    ("daemon_arn", name::ARN),
    ("daemon_name", name::NAME),
    (name::TAGS, name::TAGS_ALL),
];

/// Attributes, or what mirrors them: marks, or what is unknown.
pub(super) fn as_ours(attributes: Value) -> Value {
    let Value::Object(mut members) = attributes else {
        return attributes;
    };
    for (own, ours) in NAMES {
        if let Some(value) = members.remove(own) {
            members.insert(ours.to_owned(), if own == name::TAGS { tags(value) } else { value });
        }
    }
    Value::Object(members)
}

/// The change of a plan, which has attributes several times.
pub(super) fn change_as_ours(change: Value) -> Value {
    const SIDES: [&str; 5] = [
        "before",
        "after",
        "after_unknown",
        "before_sensitive",
        "after_sensitive",
    ];
    let Value::Object(mut members) = change else {
        return change;
    };
    for side in SIDES {
        if let Some(attributes) = members.remove(side) {
            members.insert(side.to_owned(), as_ours(attributes));
        }
    }
    Value::Object(members)
}

/// Tags as a map. Marks in a list say nothing of keys, so that one counts for all tags; of a list that is none nothing is made.
fn tags(tags: Value) -> Value {
    let Value::Array(elements) = &tags else { return tags };
    let text = |element: &Value, member: &str| element.get(member).and_then(Value::as_str).map(str::to_owned);
    let pairs = elements
        .iter()
        .map(|element| Some((text(element, "key")?, Value::from(text(element, "value")?))));
    match pairs.collect::<Option<Map<String, Value>>>() {
        Some(pairs) => Value::Object(pairs),
        None if has_mark(&tags) => Value::Bool(true),
        None => Value::Object(Map::new()),
    }
}

/// True if a tree of marks has one.
fn has_mark(tree: &Value) -> bool {
    match tree {
        Value::Array(elements) => elements.iter().any(has_mark),
        Value::Object(members) => members.values().any(has_mark),
        Value::Bool(mark) => *mark,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_ours_and_tags_a_map() {
        let check = |theirs: Value, ours: Value| assert_eq!(as_ours(theirs), ours);
        check(
            json!({"daemon_arn": "a", "daemon_name": "n", "tags": [{"key": "team", "value": "x"}], "critical": true}),
            json!({"arn": "a", "name": "n", "tags_all": {"team": "x"}, "critical": true}),
        );
        check(json!({"tags": null}), json!({"tags_all": null}));
        check(json!({"tags": [{"value": true}]}), json!({"tags_all": true}));
        check(json!({"tags": [{}]}), json!({"tags_all": {}}));
        check(
            json!({"tags": true, "daemon_name": true}),
            json!({"tags_all": true, "name": true}),
        );
        check(json!(null), json!(null));
        assert_eq!(
            change_as_ours(json!({"actions": ["update"], "after": {"daemon_name": "n"}})),
            json!({"actions": ["update"], "after": {"name": "n"}})
        );
    }
}
