//! The reference of the control API as OpenAPI, made from the table of calls.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::calls::{CALLS, Call, is_parameter};

/// The reference of the control API: an OpenAPI 3.1 document.
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for call in CALLS {
        let path = paths.entry(templated(call.path)).or_insert_with(|| json!({}));
        path[call.method.to_ascii_lowercase()] = operation(call, &mut generator);
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Error".to_owned(), error());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Control API of ecs-emulator",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What a test or a demo does to the emulated world without being a client of AWS. A member of a \
                            body that is null counts as one that is not there; `count` of a fault is then for ever.",
            "license": {"name": "MPL-2.0", "identifier": "MPL-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:{port}", "variables": {"port": {"default": "4580"}}}],
        "security": [],
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// The path as templates write it: `/_emulator/tasks/{id}/stop`.
fn templated(path: &str) -> String {
    let segment = |segment: &str| {
        if is_parameter(segment) {
            format!("{{{}}}", segment.to_ascii_lowercase())
        } else {
            segment.to_owned()
        }
    };
    let segments: Vec<String> = path.split('/').map(segment).collect();
    format!("/_emulator/{}", segments.join("/"))
}

fn operation(call: &Call, generator: &mut SchemaGenerator) -> Value {
    let mut content = json!({"application/json": {"schema": (call.answer)(generator)}});
    if call.path == "events" {
        content["text/event-stream"] = json!({"schema": {"type": "string"}});
    }
    let mut operation = json!({
        "operationId": id(call),
        "summary": call.summary,
        "responses": {
            "200": {"description": "Done.", "content": content},
            "default": {
                "description": "Refused: 400 for a mistake, 404 for a path or a fault that is not there, 405 for another method, 413 for a \
                                body that is too large, 415 for a POST without content-type: application/json.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    });
    let parameters: Vec<Value> = parameters(call).collect();
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(body) = call.body {
        let schema = body(generator);
        let required = schema.get("properties") != Some(&json!({}));
        operation["requestBody"] = json!({"required": required, "content": {"application/json": {"schema": schema}}});
    }
    operation
}

/// `postTasksIdStop`.
fn id(call: &Call) -> String {
    let mut id = call.method.to_ascii_lowercase();
    for segment in call.path.split('/') {
        let segment = segment.to_ascii_lowercase();
        let (first, rest) = segment.split_at(1);
        id.push_str(&first.to_ascii_uppercase());
        id.push_str(rest);
    }
    id
}

fn parameters(call: &Call) -> impl Iterator<Item = Value> {
    let named = call
        .path
        .split('/')
        .filter(|segment| is_parameter(segment))
        .map(|segment| {
            let name = segment.to_ascii_lowercase();
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
        });
    let asked = call.query.iter().map(|name| {
        let mut parameter = json!({"name": name, "in": "query", "description": described(name), "schema": field(name)});
        if *name == "arn" {
            parameter["required"] = true.into();
        }
        parameter
    });
    named.chain(asked)
}

fn field(name: &str) -> Value {
    match name {
        "since" | "limit" => json!({"type": "integer", "minimum": 0}),
        // An empty text is as good as none.
        "account" => json!({"type": "string", "pattern": "^([0-9]{12})?$"}),
        "region" => json!({"type": "string", "pattern": "^([a-z]+(-[a-z]+)+-[0-9]{1,2})?$"}),
        "arn" => json!({"type": "string", "minLength": 1}),
        "include" => {
            json!({"type": "string", "pattern": "^((control|clock|events|start)(,(control|clock|events|start))*)?$"})
        }
        _ => json!({"type": "string"}),
    }
}

fn described(name: &str) -> &'static str {
    match name {
        "account" => "Account that the call is about.",
        "arn" => "The ARN of what is described.",
        "region" => "Region that the call is about.",
        "operation" => "Only requests of this operation.",
        "since" => "Only entries after this number.",
        "limit" => "At most this many, the latest ones.",
        _ => "Kinds of entries besides requests, separated by commas: control, clock, events, start.",
    }
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "string", "description": "The mistake, with path and member."}},
        "additionalProperties": false,
    })
}
