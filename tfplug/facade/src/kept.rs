//! Values that the provider's code did not change stay as they were, digit by digit.
//!
//! A field may be narrower than a number of Terraform's: 1e30 as `f64` is another number. What was read into a model and not
//! changed there must not come back changed.

use std::collections::BTreeMap;

use tfplug_core::Value;

/// The value of a model after code ran on it: where it is as it was read, the value that it was read from.
pub(crate) fn unchanged(original: &Value, read: &Value, now: Value) -> Value {
    if *read == now {
        return original.clone();
    }
    match (original, read, now) {
        (Value::Map(original), Value::Map(read), Value::Map(now)) => Value::Map(members(original, read, now)),
        (Value::List(original), Value::List(read), Value::List(now))
            if original.len() == read.len() && read.len() == now.len() =>
        {
            let before = original.iter().zip(read);
            Value::list(
                before
                    .zip(now)
                    .map(|((original, read), now)| unchanged(original, read, now)),
            )
        }
        (_, _, now) => now,
    }
}

fn members(
    original: &BTreeMap<String, Value>,
    read: &BTreeMap<String, Value>,
    now: BTreeMap<String, Value>,
) -> BTreeMap<String, Value> {
    let kept = now.into_iter().map(|(name, now)| {
        let value = match (original.get(&name), read.get(&name)) {
            (Some(original), Some(read)) => unchanged(original, read, now),
            _ => now,
        };
        (name, value)
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_changed_is_as_it_was() {
        let object = |size: &str, name: &str, sizes: [&str; 2]| {
            let number = |text: &str| Value::from(text.parse::<tfplug_core::Number>().ok());
            let sizes = sizes.map(|size| Value::object([("size", number(size))]));
            Value::object([
                ("size", number(size)),
                ("name", name.into()),
                ("sizes", Value::list(sizes)),
            ])
        };
        let original = object("1e30", "a", ["1e30", "2"]);
        let read = object(
            "1000000000000000019884624838656",
            "a",
            ["1000000000000000019884624838656", "2"],
        );
        let now = object(
            "1000000000000000019884624838656",
            "b",
            ["1000000000000000019884624838656", "3"],
        );
        assert_eq!(unchanged(&original, &read, now), object("1e30", "b", ["1e30", "3"]));
        assert_eq!(
            unchanged(&original, &read, object("5", "a", ["1", "1"])),
            object("5", "a", ["1", "1"])
        );
        assert_eq!(unchanged(&original, &read, Value::Null), Value::Null);
    }
}
