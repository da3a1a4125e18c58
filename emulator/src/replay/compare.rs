//! Output of a replay, held against what the journal says.

use std::fmt;

use serde_json::{Map, Value};

/// The place at which a replay went another way than the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Line of the journal, from 1.
    pub line: usize,
    /// Entry and member in question.
    pub what: String,
    /// The entry of the journal; `None` when it has none.
    pub recorded: Option<String>,
    /// The entry of the replay; `None` when it has none.
    pub replayed: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(
            f,
            "line {}: {}\n  recorded: {}\n  replayed: {}",
            self.line,
            self.what,
            shown(&self.recorded),
            shown(&self.replayed)
        )
    }
}

/// An entry of the replay's own journal that has its like in the other one: an answer or an event.
pub(super) fn output(entry: Value) -> Option<Map<String, Value>> {
    match entry {
        Value::Object(mut entry) if !entry.contains_key("control") && !entry.contains_key("clock") => {
            entry.remove("seq");
            Some(entry)
        }
        _ => None,
    }
}

/// The difference between an entry and its like in the replay.
pub(super) fn difference(
    line: usize,
    recorded: &Map<String, Value>,
    replayed: Option<&Map<String, Value>>,
) -> Option<Difference> {
    let Some(replayed) = replayed else {
        return Some(Difference {
            line,
            what: format!("{} did not happen", name(recorded)),
            recorded: Some(Value::Object(recorded.clone()).to_string()),
            replayed: None,
        });
    };
    if recorded == replayed {
        return None;
    }
    let (path, left, right) = first_difference(&Value::Object(recorded.clone()), &Value::Object(replayed.clone()));
    Some(Difference {
        line,
        what: format!("{} differs at {path}", name(recorded)),
        recorded: left.map(|value| value.to_string()),
        replayed: right.map(|value| value.to_string()),
    })
}

/// Path of the first place at which two values differ, with what stands there.
pub(super) fn first_difference(left: &Value, right: &Value) -> (String, Option<Value>, Option<Value>) {
    let step = match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            keys.into_iter()
                .find(|key| left.get(*key) != right.get(*key))
                .map(|key| (key.clone(), left.get(key), right.get(key)))
        }
        (Value::Array(left), Value::Array(right)) => (0..left.len().max(right.len()))
            .find(|index| left.get(*index) != right.get(*index))
            .map(|index| (index.to_string(), left.get(index), right.get(index))),
        _ => None,
    };
    match step {
        None => (String::new(), Some(left.clone()), Some(right.clone())),
        Some((key, Some(left), Some(right))) => {
            let (path, left, right) = first_difference(left, right);
            let path = if path.is_empty() { key } else { format!("{key}.{path}") };
            (path, left, right)
        }
        Some((key, left, right)) => (key, left.cloned(), right.cloned()),
    }
}

/// An entry in words, for people.
pub(super) fn name(entry: &Map<String, Value>) -> String {
    let text = |member: &str| entry.get(member).and_then(Value::as_str);
    match (text("event"), text("operation")) {
        (Some(event), _) => format!("the event {event}"),
        (None, Some(operation)) => format!("the answer of {operation}"),
        (None, None) => "the entry".to_owned(),
    }
}
