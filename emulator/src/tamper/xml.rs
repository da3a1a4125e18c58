//! The XML of the query protocol as a tree like that of JSON, so that both are changed in the same ways.
//!
//! Only what STS answers with is read: elements with text or with other elements. Attributes are dropped.

use std::fmt::Write;

use serde_json::{Map, Value};

/// The tree of a document: an element with elements is an object, another one a string, and repeated ones are a list.
pub fn parse(document: &str) -> Option<Value> {
    let document = document.trim();
    let body = document
        .strip_prefix("<?")
        .map_or(Some(document), |rest| Some(rest.split_once("?>")?.1));
    let (value, rest) = content(body?.trim_start())?;
    (rest.is_empty() && value.is_object()).then_some(value)
}

/// The document of a tree. Numbers and booleans are text, null is an empty element; control characters are written as
/// references, so that a reader takes them for text.
pub fn render(value: &Value) -> String {
    let mut document = String::new();
    write_value(value, &mut document);
    document
}

/// The content up to the next end tag, and the text that follows from there.
fn content(mut rest: &str) -> Option<(Value, &str)> {
    let mut members = Map::new();
    let mut text = String::new();
    while !rest.is_empty() && !rest.starts_with("</") {
        let Some(tag) = rest.strip_prefix('<') else {
            let (run, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            text.push_str(&unescaped(run));
            rest = after;
            continue;
        };
        let (tag, after) = tag.split_once('>')?;
        let name = tag.split([' ', '/']).next()?;
        let value;
        (value, rest) = if tag.ends_with('/') {
            (Value::from(""), after)
        } else {
            let (value, after) = content(after)?;
            (
                value,
                after
                    .strip_prefix("</")?
                    .strip_prefix(name)?
                    .trim_start()
                    .strip_prefix('>')?,
            )
        };
        add(&mut members, name, value);
    }
    let value = if members.is_empty() {
        Value::from(text)
    } else {
        Value::Object(members)
    };
    Some((value, rest))
}

fn add(members: &mut Map<String, Value>, name: &str, value: Value) {
    let value = match members.remove(name) {
        None => value,
        Some(Value::Array(mut all)) => {
            all.push(value);
            Value::Array(all)
        }
        Some(first) => Value::Array(vec![first, value]),
    };
    members.insert(name.to_owned(), value);
}

fn write_value(value: &Value, document: &mut String) {
    match value {
        Value::Null => {}
        Value::String(text) => document.push_str(&escaped(text)),
        Value::Bool(_) | Value::Number(_) => document.push_str(&value.to_string()),
        Value::Array(elements) => {
            for element in elements {
                write_value(element, document);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                write_member(name, member, document);
            }
        }
    }
}

fn write_member(name: &str, member: &Value, document: &mut String) {
    let elements = match member {
        Value::Array(elements) if !elements.is_empty() => elements.as_slice(),
        _ => std::slice::from_ref(member),
    };
    for element in elements {
        document.extend(["<", name, ">"]);
        write_value(element, document);
        document.extend(["</", name, ">"]);
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Writing to a string cannot fail.
            char if char.is_control() => drop(write!(escaped, "&#x{:X};", u32::from(char))),
            char => escaped.push(char),
        }
    }
    escaped
}

fn unescaped(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ];
    pairs
        .into_iter()
        .fold(text.to_owned(), |text, (reference, char)| text.replace(reference, char))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_become_trees_and_trees_documents() {
        let document = "<A xmlns=\"x\"><B><C>1 &lt; 2 &amp;amp;</C><D/></B><E>x</E><E>y</E></A>";
        let tree = json!({"A": {"B": {"C": "1 < 2 &amp;", "D": ""}, "E": ["x", "y"]}});
        assert_eq!(parse(document), Some(tree.clone()));
        assert_eq!(
            parse(&format!("<?xml version=\"1.0\"?>\n{document}\n")),
            Some(tree.clone())
        );
        assert_eq!(parse(&render(&tree)), Some(tree));
        assert_eq!(
            render(&json!({"A": {"B": 7, "C": null, "D": [], "E": "\u{1b}\n"}})),
            "<A><B>7</B><C></C><D></D><E>&#x1B;&#xA;</E></A>"
        );
        for broken in ["", "text", "<A>", "<A></B>", "</A>", "<A", "<A></A><"] {
            assert_eq!(parse(broken), None, "{broken}");
        }
    }
}
