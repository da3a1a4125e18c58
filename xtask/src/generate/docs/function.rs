//! The signature and the arguments of a function, as `terraform providers schema -json` shows it.

use serde_json::Value;

use super::types::words;

/// The function with the types of its parameters and of its result, as code.
pub(super) fn signature(name: &str, function: &Value) -> String {
    let parameters: Vec<String> = parameters(function)
        .map(|parameter| format!("{} {}", text(parameter, "name"), short(&parameter["type"])))
        .collect();
    let result = short(&function["return_type"]);
    format!("```text\n{name}({}) {result}\n```", parameters.join(", "))
}

/// The parameters as a list.
pub(super) fn arguments(function: &Value) -> String {
    let lines = parameters(function).enumerate().map(|(index, parameter)| {
        let ty = words(&parameter["type"]);
        format!(
            "1. `{}` ({ty}) {}",
            text(parameter, "name"),
            text(parameter, "description")
        )
        .replacen("1.", &format!("{}.", index + 1), 1)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn parameters(function: &Value) -> impl Iterator<Item = &Value> {
    let variadic = function.get("variadic_parameter").into_iter();
    function["parameters"].as_array().into_iter().flatten().chain(variadic)
}

fn text<'a>(parameter: &'a Value, member: &str) -> &'a str {
    parameter[member].as_str().unwrap_or_default()
}

/// A type in one word.
fn short(ty: &Value) -> &str {
    match ty {
        Value::String(name) => name,
        Value::Array(parts) => parts.first().and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}
