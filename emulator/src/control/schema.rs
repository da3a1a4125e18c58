//! JSON Schemas of the bodies and answers of control calls. The tests of the reference send what fits and what does not,
//! and hold each answer to its schema.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::faults::{FaultForm, when_schema};
use crate::knobs::Knobs;

const STATES: [&str; 3] = ["OK", "ALARM", "INSUFFICIENT_DATA"];

/// An object with these members and no others.
fn object(required: &[&str], properties: &Value) -> Value {
    json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false})
}

fn closed(required: &[&str], properties: &Value) -> Schema {
    object(required, properties).try_into().unwrap_or_default()
}

fn time(description: &str) -> Value {
    json!({"type": "string", "format": "date-time", "description": description})
}

fn texts() -> Value {
    json!({"type": "array", "items": {"type": "string"}})
}

/// A body that says nothing; it may be left out.
pub(super) fn nothing(_: &mut SchemaGenerator) -> Schema {
    closed(&[], &json!({}))
}

pub(super) fn alarm(_: &mut SchemaGenerator) -> Schema {
    closed(&["state"], &json!({"state": {"enum": STATES}, "when": when_schema()}))
}

pub(super) fn alarm_answer(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"oneOf": [
        object(&["name", "state"], &json!({"name": {"type": "string"}, "state": {"enum": STATES}})),
        object(&["id"], &json!({"id": {"type": "string", "description": "Id of the fault that waits for its moment."}})),
    ]})
}

pub(super) fn clock(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"oneOf": [
        object(&["advance_seconds"], &json!({
            "advance_seconds": {"type": "number", "minimum": 0, "maximum": 3_200_000_000_u32, "description": "Virtual time to let pass."},
        })),
        object(&["until"], &json!({"until": time("Virtual time to go to.")})),
        object(&["next"], &json!({"next": {"enum": ["event", "milestone"]}})),
        object(&["settle"], &json!({
            "settle": {"const": true, "description": "Lets time pass until nothing is under way."},
            "limit_seconds": {"type": "integer", "minimum": 0, "default": 2_592_000, "description": "Virtual time after which to give up."},
        })),
        object(&["mode"], &json!({
            "mode": {"type": "string", "pattern": "^(jump|step|manual|real|scaled:[1-9][0-9]*)$", "description": "What moves time from now on."},
        })),
    ]})
}

pub(super) fn clock_answer(_: &mut SchemaGenerator) -> Schema {
    let moving = json!({"type": "object", "description": "What does not come to rest."});
    closed(
        &["now", "processed", "pending"],
        &json!({
            "now": time("Virtual time reached."),
            "processed": {"type": "integer", "minimum": 0, "description": "Events that happened on the way."},
            "pending": {"type": "integer", "minimum": 0, "description": "Events that are still to come."},
            "settled": {"type": "boolean", "description": "Whether the world came to rest; only after settle."},
            "moving": moving,
        }),
    )
}

pub(super) fn consistency(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "reads": {"type": "integer", "minimum": 0, "description": "Reads after a write that are stale."},
            "monotonic": {"type": "boolean", "description": "Whether no read is older than one before it."},
            "heal": {"type": "boolean", "description": "Whether all reads are fresh from now on."},
        },
        "anyOf": [{"required": ["reads"]}, {"required": ["monotonic"]}, {"required": ["heal"]}],
        "additionalProperties": false,
    })
}

pub(super) fn consistency_answer(_: &mut SchemaGenerator) -> Schema {
    closed(
        &["reads", "monotonic"],
        &json!({"reads": {"type": "integer", "minimum": 0}, "monotonic": {"type": "boolean"}}),
    )
}

pub(super) fn events(_: &mut SchemaGenerator) -> Schema {
    let event = object(
        &["seq", "time", "kind", "detail"],
        &json!({
            "seq": {"type": "integer", "minimum": 1, "description": "Number of the event."},
            "time": time("Virtual time of the event."),
            "kind": {"type": "string"},
            "detail": {"type": "object"},
        }),
    );
    json_schema!({"type": "array", "items": event})
}

/// One fault, or a list.
pub(super) fn faults(generator: &mut SchemaGenerator) -> Schema {
    let fault = generator.subschema_for::<FaultForm>();
    json_schema!({"oneOf": [fault, {"type": "array", "items": fault}]})
}

pub(super) fn fault_list(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": {
        "type": "object",
        "required": ["id", "reached", "fired", "must_fire"],
        "properties": {
            "id": {"type": "string"},
            "reached": {"type": "integer", "minimum": 0, "description": "How often something came to the fault."},
            "fired": {"type": "integer", "minimum": 0, "description": "How often it applied."},
            "must_fire": {"type": "boolean"},
            "error": {"type": "string", "description": "Why its action was refused."},
        },
    }})
}

pub(super) fn fault_ids(_: &mut SchemaGenerator) -> Schema {
    closed(&["ids"], &json!({"id": {"type": "string"}, "ids": texts()}))
}

pub(super) fn removed(_: &mut SchemaGenerator) -> Schema {
    closed(&["removed"], &json!({"removed": texts()}))
}

pub(super) fn health(_: &mut SchemaGenerator) -> Schema {
    let file = object(
        &["error", "lost"],
        &json!({"error": {"type": "string"}, "lost": {"type": "integer", "minimum": 0}}),
    );
    let journal = object(
        &["last", "dropped"],
        &json!({
            "last": {"type": "integer", "minimum": 0, "description": "Number of the latest entry."},
            "dropped": {"type": "integer", "minimum": 0, "description": "Entries that the limits have dropped."},
            "file": file,
        }),
    );
    let state = object(
        &["file", "written"],
        &json!({
            "file": {"type": "string", "description": "Name of the state file, with --state."},
            "written": {"type": "boolean", "description": "False while it cannot be written and everything is refused."},
        }),
    );
    let unfired = json!({
        "type": "array",
        "items": {"type": "string"},
        "description": "Ids of faults with must_fire that have not fired in this run, those that a reset has removed included.",
    });
    closed(
        &["version", "clock", "seed", "now", "journal", "unfired_faults"],
        &json!({
            "version": {"type": "string"},
            "clock": {"type": "string", "description": "What moves virtual time."},
            "seed": {"type": "integer", "minimum": 0},
            "now": time("Virtual time."),
            "journal": journal,
            "state": state,
            "unfired_faults": unfired,
        }),
    )
}

pub(super) fn instances(_: &mut SchemaGenerator) -> Schema {
    closed(
        &["capacity_provider", "count"],
        &json!({
            "capacity_provider": {"type": "string", "description": "Its name or ARN."},
            "count": {"type": "integer", "minimum": 0, "maximum": 5000},
            "launch": {"type": "boolean", "default": false, "description": "Whether they boot first."},
        }),
    )
}

pub(super) fn instances_answer(_: &mut SchemaGenerator) -> Schema {
    closed(&["instances"], &json!({"instances": texts()}))
}

pub(super) fn journal(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": {
        "type": "object",
        "required": ["seq", "time"],
        "properties": {
            "seq": {"type": "integer", "minimum": 0, "description": "Number of the entry."},
            "time": time("Virtual time."),
            "operation": {"type": "string", "description": "Operation of a request."},
            "request": {"description": "Body of a request or control call."},
            "response": {"description": "Answer to a request that succeeded."},
            "error": {"description": "Answer to a request that was refused."},
            "status": {"type": ["integer", "null"], "description": "HTTP status; null without an answer."},
            "fault": {"type": ["string", "null"], "description": "Id of the fault that decided."},
            "control": {"type": "string", "description": "Method and path of a control call."},
        },
    }})
}

pub(super) fn knobs(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Knobs>()
}

pub(super) fn stopped(_: &mut SchemaGenerator) -> Schema {
    closed(&["stopped"], &json!({"stopped": {"type": "string"}}))
}

pub(super) fn unhealthy(_: &mut SchemaGenerator) -> Schema {
    closed(&["unhealthy"], &json!({"unhealthy": {"type": "string"}}))
}

pub(super) fn world(_: &mut SchemaGenerator) -> Schema {
    let region = json!({
        "type": "object",
        "required": ["account", "region", "clusters", "daemon_task_definitions", "task_definitions", "alarms"],
        "properties": {
            "account": {"type": "string"},
            "region": {"type": "string"},
            "clusters": {"type": "array", "items": {
                "type": "object",
                "required": ["name", "arn", "status", "capacity_providers", "daemons", "instances", "services", "application_tasks"],
            }},
            "alarms": {"type": "object", "additionalProperties": {"enum": STATES}},
        },
    });
    closed(
        &["now", "now_ms", "regions"],
        &json!({
            "now": time("Virtual time."),
            "now_ms": {"type": "integer", "description": "The same in milliseconds since 1970."},
            "regions": {"type": "array", "items": region},
        }),
    )
}

pub(super) fn record(_: &mut SchemaGenerator) -> Schema {
    closed(
        &["operation", "answer"],
        &json!({
            "operation": {"type": "string", "description": "The operation that describes it."},
            "answer": {"type": "object", "description": "The answer of that operation."},
        }),
    )
}
