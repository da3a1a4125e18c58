//! The emulator's user page: `docs/ecs-emulator.md`, from its template, the help of the binary and the JSON Schema of
//! scenario files. Tables of members come from the schema, so that no member is missing and none is made up.

use std::fmt::Write;
use std::process::Command;

use serde_json::{Value, json};

use super::file::File;
use super::sources::Sources;
use crate::process::{Outcome, capture};

const TEMPLATE: &str = "templates/ecs-emulator.md.tmpl";

/// The page.
pub(super) fn files(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    let emulator = sources.binaries.join("ecs-emulator");
    let schema: Value = serde_json::from_str(&capture(Command::new(&emulator).args(["scenario", "schema"]))?)?;
    let help = capture(Command::new(&emulator).arg("-h"))?;
    let reference: Value = serde_json::from_str(&capture(Command::new(&emulator).arg("openapi"))?)?;
    let exec = capture(Command::new(&emulator).args(["exec", "-h"]))?;
    let text = page(&sources.text(TEMPLATE)?, [&help, &exec], &schema, &reference)
        .map_err(|mistake| format!("{TEMPLATE}: {mistake}"))?;
    Ok(vec![File {
        path: "docs/ecs-emulator.md".into(),
        text,
    }])
}

/// `helps` are those of the command and of `exec`.
fn page(template: &str, helps: [&str; 2], schema: &Value, reference: &Value) -> Result<String, String> {
    let mut text = template.to_owned();
    let [options, exec] = helps.map(|help| format!("```text\n{}\n```", help.trim_end()));
    let parts = [
        ("options", options),
        ("exec", exec),
        ("control", control(reference)),
        ("scenario", scenario(schema)),
        ("faults", faults(schema)),
        (
            "knobs",
            members(schema, resolved(schema, &schema["properties"]["knobs"])),
        ),
    ];
    for (name, part) in parts {
        let mark = format!("{{{{ {name} }}}}");
        if !text.contains(&mark) {
            return Err(format!("`{mark}` stands nowhere"));
        }
        text = text.replace(&mark, part.trim_end());
    }
    Ok(text)
}

/// The control calls, by path.
fn control(reference: &Value) -> String {
    let mut text = "| call | what it does |\n|---|---|\n".to_owned();
    for (path, calls) in reference["paths"].as_object().into_iter().flatten() {
        let path = path.split('/').map(parameter).collect::<Vec<_>>().join("/");
        for (method, call) in calls.as_object().into_iter().flatten() {
            let summary = call["summary"].as_str().unwrap_or_default();
            let _ = writeln!(text, "| `{} {path}` | {summary} |", method.to_uppercase());
        }
    }
    text
}

/// `{id}` of a template as people read it: `ID`.
fn parameter(segment: &str) -> String {
    let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
    name.map_or_else(|| segment.to_owned(), str::to_uppercase)
}

/// The members of a file, and of the entries of each list except faults, which have a chapter of their own.
fn scenario(schema: &Value) -> String {
    let mut text = members(schema, schema);
    for (name, list) in schema["properties"].as_object().into_iter().flatten() {
        let entry = resolved(schema, &list["items"]);
        if entry["properties"].is_object() {
            let _ = write!(text, "\n`[[{name}]]`:\n\n{}", members(schema, entry));
        }
    }
    text
}

fn faults(schema: &Value) -> String {
    let kinds = schema["$defs"]["Fault"]["oneOf"].as_array();
    let tables = kinds.into_iter().flatten().map(|kind| {
        let title = kind["description"].as_str().unwrap_or_default().trim_end_matches('.');
        format!("{title}:\n\n{}", members(schema, kind))
    });
    let mut text = tables.collect::<Vec<_>>().join("\n");
    let mut moments = kinds
        .into_iter()
        .flatten()
        .map(|kind| &kind["properties"]["when"]["oneOf"]);
    if let Some(forms) = moments.find_map(Value::as_array) {
        let _ = write!(
            text,
            "\n`when`, which has `at` or one of the others:\n\n{}",
            members(schema, &merged(forms))
        );
    }
    text
}

/// One object with the members of several.
fn merged(forms: &[Value]) -> Value {
    let mut all = serde_json::Map::new();
    for form in forms {
        all.extend(form["properties"].as_object().cloned().unwrap_or_default());
    }
    json!({ "properties": all })
}

fn members(schema: &Value, object: &Value) -> String {
    let required = object["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let properties = object["properties"].as_object();
    let with_examples = properties
        .into_iter()
        .flatten()
        .any(|(_, member)| member["examples"].is_array());
    let (head, rule) = if with_examples {
        (" example |", "---|")
    } else {
        ("", "")
    };
    let mut text = format!("| member | values | what it is |{head}\n|---|---|---|{rule}\n");
    for (name, member) in properties.into_iter().flatten() {
        let must = if required.iter().any(|other| other == name) {
            " (required)"
        } else {
            ""
        };
        let default = match &member["default"] {
            Value::Null | Value::Object(_) | Value::Array(_) => String::new(),
            default => format!("; default `{}`", plain(default)),
        };
        let described = member["description"].as_str().unwrap_or_default();
        let described = described.split_whitespace().collect::<Vec<_>>().join(" ");
        let values = values(schema, member);
        let example = match &member["examples"][0] {
            _ if !with_examples => String::new(),
            Value::Null => " |".to_owned(),
            example => format!(" `{name} = {}` |", as_toml(example)),
        };
        let _ = writeln!(text, "| `{name}`{must} | {values}{default} | {described} |{example}");
    }
    text
}

/// Values that a member takes, in words.
fn values(schema: &Value, member: &Value) -> String {
    let member = resolved(schema, member);
    if let Some(only) = member.get("const") {
        return format!("`{}`", plain(only));
    }
    if let Some(allowed) = member["enum"].as_array() {
        let quoted = allowed.iter().map(|value| format!("`{}`", plain(value)));
        return quoted.collect::<Vec<_>>().join(", ");
    }
    if let Some(all) = alternatives(member) {
        let mut texts = Vec::new();
        add_choices(schema, all, &mut texts);
        return texts.join(", ");
    }
    match &member["type"] {
        Value::String(kind) => in_words(kind).to_owned(),
        Value::Array(kinds) => {
            let kinds = kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null");
            kinds.map(in_words).collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    }
}

fn alternatives(member: &Value) -> Option<&Vec<Value>> {
    member["oneOf"].as_array().or_else(|| member["anyOf"].as_array())
}

/// An object that has one of the words as its only member says the same as the word, with parameters inside.
fn add_choices(schema: &Value, all: &[Value], texts: &mut Vec<String>) {
    for choice in all {
        if let Some(nested) = alternatives(choice) {
            add_choices(schema, nested, texts);
            continue;
        }
        let text = if choice["properties"].is_object() {
            object_form(choice)
        } else {
            values(schema, choice)
        };
        let word = choice["required"][0].as_str().map(|name| format!("`{name}`"));
        let is_said = word.is_some_and(|word| texts.iter().any(|text| text.contains(&word)));
        if !text.is_empty() && !is_said && !texts.contains(&text) {
            texts.push(text);
        }
    }
}

/// An object by its required members, as they are written.
fn object_form(object: &Value) -> String {
    let required = object["required"].as_array().into_iter().flatten();
    let names = required.filter_map(Value::as_str).map(|name| format!("{name} = …"));
    format!("`{{ {} }}`", names.collect::<Vec<_>>().join(", "))
}

fn in_words(kind: &str) -> &str {
    match kind {
        "string" => "text",
        "integer" => "whole number",
        "number" => "number",
        "boolean" => "`true`, `false`",
        "array" => "list",
        "object" => "table",
        _ => "",
    }
}

/// A value as a scenario file has it, in one line.
fn as_toml(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{name} = {}", as_toml(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        // What JSON and TOML write in the same way.
        other => other.to_string(),
    }
}

/// A value without the quotes of JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The definition that a reference names, or the value itself.
fn resolved<'a>(schema: &'a Value, value: &'a Value) -> &'a Value {
    let name = value["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/"));
    name.map_or(value, |name| &schema["$defs"][name])
}

#[cfg(test)]
mod tests {

    use super::*;

    fn schema() -> Value {
        json!({
            "properties": {
                "seed": {"type": ["integer", "null"], "description": "Seed of\nevery draw."},
                "cluster": {"type": "array", "items": {"$ref": "#/$defs/Cluster"}, "description": "Clusters."},
                "knobs": {"$ref": "#/$defs/Knobs"},
            },
            "$defs": {
                "Cluster": {"properties": {"name": {"type": "string", "description": "Name."}}, "required": ["name"]},
                "Knobs": {"properties": {"bake": {"$ref": "#/$defs/Bake", "default": "once", "description": "Bake."}}},
                "Bake": {"oneOf": [{"const": "once"}, {"const": "per_batch"}]},
                "Fault": {"oneOf": [{
                    "description": "An alarm.",
                    "properties": {"when": {"oneOf": [
                        {"properties": {"at": {"type": "integer", "examples": [60]}}, "required": ["at"]},
                        {"properties": {"batch": {}}, "required": ["batch"]},
                    ], "examples": [{"daemon": "agent", "batch": 2}]}, "effect": {"anyOf": [
                        {"enum": ["slow"]},
                        {"oneOf": [{"properties": {"slow": {}}, "required": ["slow"]}]},
                    ]}},
                }]},
            },
        })
    }

    #[test]
    fn tables_come_from_the_schema() {
        let template = "{{ options }}\n{{ exec }}\n{{ control }}\n{{ scenario }}\n{{ faults }}\n{{ knobs }}\n";
        let reference = json!({"paths": {"/_emulator/faults/{id}": {"delete": {"summary": "removes one"}}}});
        insta::assert_snapshot!(page(template, ["Usage: x\n\n", "Usage: x exec\n"], &schema(), &reference).unwrap(), @"
        ```text
        Usage: x
        ```
        ```text
        Usage: x exec
        ```
        | call | what it does |
        |---|---|
        | `DELETE /_emulator/faults/ID` | removes one |
        | member | values | what it is |
        |---|---|---|
        | `cluster` | list | Clusters. |
        | `knobs` |  |  |
        | `seed` | whole number | Seed of every draw. |

        `[[cluster]]`:

        | member | values | what it is |
        |---|---|---|
        | `name` (required) | text | Name. |
        An alarm:

        | member | values | what it is | example |
        |---|---|---|---|
        | `effect` | `slow` |  | |
        | `when` | `{ at = … }`, `{ batch = … }` |  | `when = { batch = 2, daemon = \"agent\" }` |

        `when`, which has `at` or one of the others:

        | member | values | what it is | example |
        |---|---|---|---|
        | `at` | whole number |  | `at = 60` |
        | `batch` |  |  | |
        | member | values | what it is |
        |---|---|---|
        | `bake` | `once`, `per_batch`; default `once` | Bake. |
        ");
    }

    #[test]
    fn a_template_without_a_part_is_refused() {
        assert_eq!(
            page("{{ options }}", [""; 2], &schema(), &json!({})),
            Err("`{{ exec }}` stands nowhere".to_owned())
        );
    }
}
