//! The JSON Schema of faults, as `parse` reads them: each form that its tests read must fit.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

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
        "id": {"type": "string", "minLength": 1, "description": "Name of the fault; one is given when absent."},
        "must_fire": {"type": "boolean", "description": "Whether a run in which it did not fire is a failure."},
        "account": {"type": "string", "description": "12-digit account id."},
        "region": {"type": "string", "pattern": REGION, "description": "Region name."},
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
    json!({"type": "integer", "minimum": 0, "description": "How many pass before the rule begins; 0 by default."})
}

fn count() -> Value {
    json!({
        "description": "How often the rule applies: 1 by default, null or \"for_ever\" without an end.",
        "anyOf": [{"type": "integer", "minimum": 1}, {"const": "for_ever"}, {"type": "null"}],
    })
}

fn glob(what: &str) -> Value {
    json!({"type": "string", "minLength": 1, "description": format!("Pattern with * and ? over {what}.")})
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
        "type": {"type": "string", "minLength": 1},
        "message": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
    });
    let seconds = json!({"type": "number", "minimum": 0, "maximum": 86400});
    let mut objects: Vec<Value> = simple.iter().map(|name| named(name, &[], &json!({}))).collect();
    objects.push(named("error", &["type"], &error));
    objects.push(named("slow", &["seconds"], &json!({"seconds": seconds})));
    let names: Vec<&str> = simple.into_iter().chain(["error", "slow"]).collect();
    let mut members = json!({
        "operation": glob("names of operations; all by default"),
        "resource": glob("the ARNs and names in a request"),
        "after": after(),
        "count": count(),
        "probability": {"type": "number", "minimum": 0, "maximum": 1, "description": "Chance of applying, from the seed."},
        "effect": {
            "description": "What happens to the request. Parameters stand inside or beside it.",
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
        "image": glob("container images"),
        "effect": {"enum": ["fails_to_start", "exits", "unhealthy"]},
        "seconds": {"type": "integer", "minimum": 0, "maximum": 31_536_000, "description": "After how long it does."},
        "after": after(),
        "count": count(),
        "when": when(),
    });
    form("Images whose tasks break.", &["image", "effect"], members)
}

fn moved() -> Value {
    let members = json!({
        "image": glob("container images"),
        "effect": {"const": "moved"},
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
        "effect": {"const": "no_capacity"},
        "capacity_provider": glob("names of capacity providers"),
        "after": after(),
        "count": count(),
        "when": when(),
    });
    form("Machines that cannot be had.", &["effect"], members)
}

fn slow_drain() -> Value {
    let members = json!({
        "effect": {"const": "slow_drain"},
        "factor": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "How many times as long."},
        "capacity_provider": glob("names of capacity providers"),
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
    });
    form(
        "A call by another principal.",
        &["call"],
        json!({"call": call, "when": when()}),
    )
}

fn alarm() -> Value {
    let members = json!({
        "alarm": {"type": "string", "minLength": 1, "description": "Name of the alarm."},
        "state": {"enum": ["OK", "ALARM", "INSUFFICIENT_DATA"]},
        "when": when(),
    });
    form("An alarm that changes its state.", &["alarm", "state"], members)
}

/// The schema of `when`.
pub(crate) fn when() -> Value {
    let daemon = glob("names and ARNs of daemons");
    let turn = |name: &str, value: Value| {
        json!({
            "type": "object",
            "required": [name],
            "properties": {"daemon": daemon, name: value},
            "additionalProperties": false,
        })
    };
    json!({
        "description": "The moment: a time, seconds from now, or a turn of a daemon's deployment.",
        "oneOf": [
            {
                "type": "object",
                "required": ["at"],
                "properties": {"at": {"type": ["string", "integer"]}},
                "additionalProperties": false,
            },
            turn("deployment", json!({"type": "string"})),
            turn("batch", json!({"type": "integer", "minimum": 1})),
            turn("bake", json!({"const": "start"})),
        ],
    })
}
