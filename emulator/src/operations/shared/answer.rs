//! Writing answers: timestamps, tags, failures, members that are left out.

use serde_json::{Map, Value, json};

use crate::records::names::Tags;

/// A point of time as it travels: epoch seconds with a fraction of milliseconds.
pub(crate) fn timestamp(ms: i64) -> Value {
    // Milliseconds of any year this side of 287,000 are exact in a double.
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since the epoch fit into 53 bits"
    )]
    let seconds = ms as f64 / 1000.0;
    Value::from(seconds)
}

/// A structure without the members that are null.
pub(crate) fn structure(members: Value) -> Value {
    match members {
        Value::Object(members) => {
            let present: Map<String, Value> = members.into_iter().filter(|(_, value)| !value.is_null()).collect();
            Value::Object(present)
        }
        other => other,
    }
}

/// Tags in the order of their keys.
pub(crate) fn tags(tags: &Tags) -> Value {
    tags.iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect()
}

/// The answer of a describe operation for something that is not there.
pub(crate) fn missing(arn: &str) -> Value {
    json!({ "arn": arn, "reason": "MISSING" })
}

/// Optional time of an answer.
pub(crate) fn optional_time(ms: Option<i64>) -> Value {
    ms.map_or(Value::Null, timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_epoch_seconds_with_milliseconds() {
        let check = |ms: i64, text: &str| assert_eq!(timestamp(ms).to_string(), text);
        check(1_767_225_600_000, "1767225600.0");
        check(1_767_225_600_123, "1767225600.123");
        check(1_767_225_600_120, "1767225600.12");
    }
}
