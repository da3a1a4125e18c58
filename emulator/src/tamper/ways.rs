//! Ways to change one member of an answer, and the members that there are.

use serde_json::{Value, json};

/// Text to deceive a reader: it clears a screen, forges a line and a command of a job's log, and turns text around.
const HOSTILE: &str = "\u{1b}[2J\u{7}\n::error::forged\r\n##[error]forged\u{202e}<img src=x>[link](http://x)";

/// The account of [`Way::AnotherAccount`].
const OTHER_ACCOUNT: &str = "999988887777";

/// A way to change a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The member is not there.
    LeftOut,
    /// An element of a list is null. Elsewhere null is the same as left out.
    Null,
    /// A number instead of a text, a list instead of an object, and the like.
    OfAnotherKind,
    /// Text that steers terminals, forges lines and commands, and makes markup.
    Hostile,
    /// About something else: another ARN, another text, another number.
    Another,
    /// A list without its elements.
    Empty,
    /// A list with each element twice.
    Twice,
    /// Text without a character.
    Emptied,
    /// The same in another account.
    AnotherAccount,
}

impl Way {
    /// All that can be done to JSON.
    pub const ALL: [Self; 7] = [
        Self::LeftOut,
        Self::Null,
        Self::OfAnotherKind,
        Self::Hostile,
        Self::Another,
        Self::Empty,
        Self::Twice,
    ];

    /// All that can be done to XML, where everything is text.
    pub const OF_XML: [Self; 6] = [
        Self::LeftOut,
        Self::Emptied,
        Self::OfAnotherKind,
        Self::Hostile,
        Self::Another,
        Self::AnotherAccount,
    ];

    /// Changes the member at a JSON pointer; whether there was anything to change.
    pub fn apply(self, body: &mut Value, pointer: &str) -> bool {
        let Some((outer, name)) = pointer.rsplit_once('/') else {
            return false;
        };
        if self == Self::LeftOut {
            return match body.pointer_mut(outer) {
                Some(Value::Object(members)) => members.remove(name).is_some(),
                _ => false,
            };
        }
        let is_element = matches!(body.pointer(outer), Some(Value::Array(_)));
        let Some(value) = body.pointer_mut(pointer) else {
            return false;
        };
        match self.changed(value).filter(|_| self != Self::Null || is_element) {
            Some(changed) => {
                *value = changed;
                true
            }
            None => false,
        }
    }

    fn changed(self, value: &Value) -> Option<Value> {
        match (self, value) {
            (Self::Null, _) => Some(Value::Null),
            (Self::OfAnotherKind, Value::String(_)) => Some(json!(7)),
            (Self::OfAnotherKind, Value::Number(_) | Value::Bool(_)) => Some(json!("x")),
            (Self::OfAnotherKind, Value::Array(_)) => Some(json!({})),
            (Self::OfAnotherKind, Value::Object(_)) => Some(json!([])),
            (Self::Hostile, Value::String(text)) => Some(json!(format!("{text}{HOSTILE}"))),
            (Self::Another, Value::String(text)) => Some(json!(format!("{text}-of-another"))),
            (Self::Emptied, Value::String(text)) if !text.is_empty() => Some(json!("")),
            (Self::AnotherAccount, Value::String(text)) => another_account(text).map(Value::from),
            (Self::Another, Value::Number(number)) => Some(json!(number.as_f64()? + 1.0)),
            (Self::Another, Value::Bool(flag)) => Some(json!(!flag)),
            (Self::Empty, Value::Array(elements)) if !elements.is_empty() => Some(json!([])),
            (Self::Twice, Value::Array(elements)) if !elements.is_empty() => {
                Some(elements.iter().chain(elements).cloned().collect())
            }
            _ => None,
        }
    }
}

/// A text with another account in the place of the one it names.
fn another_account(text: &str) -> Option<String> {
    let is_account = |part: &&str| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit());
    let account = text.split(':').find(is_account)?;
    Some(text.replace(account, OTHER_ACCOUNT))
}

/// JSON pointers to all members of a body; of a list the first element stands for all.
pub fn members(body: &Value) -> Vec<String> {
    let mut pointers = Vec::new();
    collect(body, "", &mut pointers);
    pointers
}

fn collect(value: &Value, pointer: &str, pointers: &mut Vec<String>) {
    let first = |elements: &[Value]| elements.first().map(|first| ("0".to_owned(), first.clone()));
    let inner: Vec<(String, Value)> = match value {
        Value::Object(members) => members.clone().into_iter().collect(),
        Value::Array(elements) => first(elements).into_iter().collect(),
        _ => Vec::new(),
    };
    for (name, member) in inner {
        let pointer = format!("{pointer}/{name}");
        pointers.push(pointer.clone());
        collect(&member, &pointer, pointers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_changes_what_it_can() {
        let body = json!({"a": {"b": ["x", "y"], "n": 1}});
        assert_eq!(members(&body), ["/a", "/a/b", "/a/b/0", "/a/n"]);
        let check = |way: Way, pointer: &str, expected: Value| {
            let mut changed = body.clone();
            let applied = way.apply(&mut changed, pointer);
            assert_eq!(applied, changed != body, "{way:?} {pointer}");
            assert_eq!(changed, expected, "{way:?} {pointer}");
        };
        check(Way::LeftOut, "/a/n", json!({"a": {"b": ["x", "y"]}}));
        check(Way::LeftOut, "/a/b/0", body.clone());
        check(Way::Null, "/a/b/0", json!({"a": {"b": [null, "y"], "n": 1}}));
        check(Way::Null, "/a/n", body.clone());
        check(Way::OfAnotherKind, "/a", json!({"a": []}));
        check(Way::Another, "/a/n", json!({"a": {"b": ["x", "y"], "n": 2.0}}));
        check(Way::Empty, "/a/b", json!({"a": {"b": [], "n": 1}}));
        check(Way::Twice, "/a/b", json!({"a": {"b": ["x", "y", "x", "y"], "n": 1}}));
        check(Way::Hostile, "/a/n", body.clone());
        check(Way::Emptied, "/a/b/0", json!({"a": {"b": ["", "y"], "n": 1}}));
        check(Way::AnotherAccount, "/a/b/0", body.clone());
        assert_eq!(
            another_account("arn:aws:iam::123456789012:user/a").as_deref(),
            Some("arn:aws:iam::999988887777:user/a")
        );
    }
}
