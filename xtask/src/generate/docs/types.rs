//! Types in words, as the registry's readers know them.

use serde_json::Value;

/// The words for a type of the schema: `"string"` or `["list", "string"]`.
pub(super) fn words(ty: &Value) -> String {
    match ty {
        Value::String(name) => primitive(name).to_owned(),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(kind), Value::Object(_)] if kind == "object" => "Object".to_owned(),
            [Value::String(kind), element] => format!("{} of {}", capitalised(kind), words(element)),
            _ => ty.to_string(),
        },
        _ => ty.to_string(),
    }
}

fn primitive(name: &str) -> &str {
    match name {
        "string" => "String",
        "number" => "Number",
        "bool" => "Boolean",
        "dynamic" => "Dynamic",
        other => other,
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(ty: &Value, expected: &str) {
        assert_eq!(words(ty), expected);
    }

    #[test]
    fn types_are_told_in_words() {
        check(&json!("bool"), "Boolean");
        check(&json!(["set", "string"]), "Set of String");
        check(&json!(["map", ["list", "number"]]), "Map of List of Number");
        check(&json!(["list", ["object", {"a": "string"}]]), "List of Object");
    }
}
