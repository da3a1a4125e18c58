//! The JSON Schema of faults, as `parse` reads them: each form that its tests read must fit, and each example of a member
//! must be read.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::checks;

/// Form of regions, as `checks` has it.
const REGION: &str = "^([a-z]+-){2,}[0-9]{1,3}$";

/// Any fault in its JSON form.
#[derive(Debug)]
pub(crate) struct FaultForm;

impl JsonSchema for FaultForm {
    fn schema_name() -> Cow<'static, str> {
        "Fault".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Something that goes wrong. Which of the members there are says what it is.",
            "oneOf": [rule(), image(), moved(), no_capacity(), slow_drain(), call(), alarm()],
        })
    }
}

/// A form with its own members and those that each has.
fn form(description: &str, required: &[&str], members: Value) -> Value {
    let mut properties = json!({
        "id": {"type": "string", "minLength": 1, "description": "Name of the fault; one is given when absent.", "examples": ["lost-update"]},
        "must_fire": {"type": "boolean", "description": "Whether a run in which it did not fire is a failure.", "examples": [true]},
        "account": {"type": "string", "description": "12-digit account id.", "examples": ["111122223333"]},
        "region": {"type": "string", "pattern": REGION, "description": "Region name.", "examples": ["eu-central-1"]},
    });
    if let (Value::Object(properties), Value::Object(members)) = (&mut properties, members) {
        properties.extend(members);
    }
    json!({
        "type": "object",
        "description": description,
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}

fn after() -> Value {
    json!({"type": "integer", "minimum": 0, "description": "How many pass before the rule begins; 0 by default.", "examples": [2]})
}

fn count() -> Value {
    json!({
        "description": "How often the rule applies: 1 by default, null or \"for_ever\" without an end.",
        "examples": ["for_ever"],
        "anyOf": [{"type": "integer", "minimum": 1}, {"const": "for_ever"}, {"type": "null"}],
    })
}

fn glob(what: &str, example: &str) -> Value {
    let description = format!("Pattern with * and ? over {what}.");
    json!({"type": "string", "minLength": 1, "description": description, "examples": [example]})
}

/// Pattern over the capacity providers that a fault is about.
fn providers() -> Value {
    glob("names of capacity providers; all by default", "spot-*")
}

fn rule() -> Value {
    let simple = [
        "throttle",
        "server_error",
        "timeout",
        "reset",
        "lost_reply",
        "stale",
        "truncated",
        "extra_members",
    ];
    let error = json!({
        "type": {"type": "string", "minLength": 1, "description": "Type of the exception; only of `error`, which needs it.", "examples": ["AccessDeniedException"]},
        "message": {"type": "string", "description": "Text of the exception; only of `error`.", "examples": ["no"]},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "HTTP status, 400 by default; only of `error`.", "examples": [403]},
    });
    let seconds = json!({
        "type": "number", "minimum": 0, "maximum": 86400,
        "description": "Time of the host until the answer; only of `slow`, which needs it.", "examples": [1.5],
    });
    let mut objects: Vec<Value> = simple.iter().map(|name| named(name, &[], &json!({}))).collect();
    objects.push(named("error", &["type"], &error));
    objects.push(named("slow", &["seconds"], &json!({"seconds": seconds})));
    let names: Vec<&str> = simple.into_iter().chain(["error", "slow"]).collect();
    let mut members = json!({
        "operation": glob("names of operations; all by default", "Describe*"),
        "resource": glob("the ARNs and names in a request", "daemon/prod/*"),
        "after": after(),
        "count": count(),
        "probability": {"type": "number", "minimum": 0, "maximum": 1, "description": "Chance of applying, from the seed.", "examples": [0.05]},
        "effect": {
            "description": "What happens to the request. Parameters stand inside or beside it.",
            "examples": ["throttle"],
            "anyOf": [{"enum": names}, {"type": "object", "oneOf": objects}],
        },
        "seconds": seconds,
    });
    if let (Value::Object(members), Value::Object(error)) = (&mut members, error) {
        members.extend(error);
    }
    form(
        "A rule for requests: the first whose window is open decides.",
        &["effect"],
        members,
    )
}

/// An effect as an object with one name.
fn named(name: &str, required: &[&str], parameters: &Value) -> Value {
    let parameters = json!({
        "type": "object",
        "required": required,
        "properties": parameters,
        "additionalProperties": false,
    });
    json!({"required": [name], "properties": {name: parameters}, "additionalProperties": false})
}

fn image() -> Value {
    let members = json!({
        "image": glob("container images", "agent:2*"),
        "effect": {
            "enum": ["fails_to_start", "exits", "unhealthy"],
            "description": "What becomes of a task: it never starts, its container ends, or its health checks fail.",
            "examples": ["exits"],
        },
        "seconds": {
            "type": "integer", "minimum": 0, "maximum": 31_536_000,
            "description": "Virtual time from the start of a task until it exits or is unhealthy; some seconds by default.",
            "examples": [400],
        },
        "after": after(),
        "count": count(),
        "when": when(),
    });
    form("Images whose tasks break.", &["image", "effect"], members)
}

fn moved() -> Value {
    let members = json!({
        "image": glob("container images", "agent:2*"),
        "effect": {"const": "moved", "description": "From then on a tag of the images has another digest.", "examples": ["moved"]},
        "when": when(),
    });
    form(
        "Tags that stand for other contents from then on.",
        &["image", "effect"],
        members,
    )
}

fn no_capacity() -> Value {
    let members = json!({
        "effect": {"const": "no_capacity", "description": "An order of a machine fails and is repeated a minute later.", "examples": ["no_capacity"]},
        "capacity_provider": providers(),
        "after": after(),
        "count": count(),
        "when": when(),
    });
    form("Machines that cannot be had.", &["effect"], members)
}

fn slow_drain() -> Value {
    let members = json!({
        "effect": {"const": "slow_drain", "description": "A drain takes longer.", "examples": ["slow_drain"]},
        "factor": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "How many times as long.", "examples": [10]},
        "capacity_provider": providers(),
        "after": after(),
        "count": count(),
        "when": when(),
    });
    form("Instances that take longer to drain.", &["effect", "factor"], members)
}

fn call() -> Value {
    let call = json!({
        "type": "object",
        "required": ["operation"],
        "properties": {"operation": {"type": "string"}, "body": {"type": "object"}},
        "additionalProperties": false,
        "description": "The operation, and the members of its request.",
        "examples": [{"operation": "DeleteDaemon", "body": {"daemonArn": "arn:aws:ecs:us-east-1:123456789012:daemon/prod/agent"}}],
    });
    form(
        "A call by another principal.",
        &["call"],
        json!({"call": call, "when": when()}),
    )
}

fn alarm() -> Value {
    let members = json!({
        "alarm": {"type": "string", "minLength": 1, "description": "Name of the alarm.", "examples": ["agent-errors"]},
        "state": {"enum": ["OK", "ALARM", "INSUFFICIENT_DATA"], "description": "State that it has from then on.", "examples": ["ALARM"]},
        "when": when(),
    });
    form("An alarm that changes its state.", &["alarm", "state"], members)
}

/// The schema of `when`.
pub(crate) fn when() -> Value {
    let daemon = glob("names and ARNs of daemons; all by default", "agent");
    let at = json!({
        "type": ["string", "integer"],
        "description": "A virtual time, or whole virtual seconds from the moment at which the fault is added.",
        "examples": [3600],
    });
    let status = json!({
        "enum": checks::STATUSES,
        "description": "A deployment of the daemon has just got this status.",
        "examples": ["IN_PROGRESS"],
    });
    let batch = json!({
        "type": "integer", "minimum": 1,
        "description": "A deployment of the daemon has just begun its batch of this number.",
        "examples": [2],
    });
    let bake = json!({
        "const": "start",
        "description": "A deployment of the daemon has just begun to bake.",
        "examples": ["start"],
    });
    let turn = |name: &str, value: Value| {
        json!({
            "type": "object",
            "required": [name],
            "properties": {"daemon": daemon, name: value},
            "additionalProperties": false,
        })
    };
    json!({
        "description": "The moment, once: a time, or a turn of a daemon's deployment. Without it the fault is in force at once.",
        "examples": [{"daemon": "agent", "batch": 2}],
        "oneOf": [
            {
                "type": "object",
                "required": ["at"],
                "properties": {"at": at},
                "additionalProperties": false,
            },
            turn("deployment", status),
            turn("batch", batch),
            turn("bake", bake),
        ],
    })
}
