//! The list of `toy_thing`: as many as `count_of` says (3 unless set), and a fault on demand.

use tfplug_core::{
    Attribute, BoxFuture, Cancel, Diagnostic, Diagnostics, ListResource, Mode, Path, Schema, Sink, Type, Value,
    list::{ListRequest, Listed},
};

use super::shared::{behaviour, fail, schema};

pub(super) struct Things(Schema);

impl Things {
    pub(super) fn new() -> Self {
        let attributes = vec![
            Attribute::new("count_of", Type::Number, Mode::Optional, "How many."),
            Attribute::new("behaviour", Type::String, Mode::Optional, "What goes wrong."),
        ];
        Self(schema(0, attributes, Vec::new()))
    }
}

impl ListResource for Things {
    fn type_name(&self) -> &'static str {
        "toy_thing"
    }

    fn schema(&self) -> &Schema {
        &self.0
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        match config.get("count_of").as_i64() {
            Some(count) if count < 0 => Diagnostic::error("Negative number", format!("The number is {count}."))
                .at(Path::attribute("count_of"))
                .into(),
            _ => Diagnostics::new(),
        }
    }

    fn list<'a>(
        &'a self,
        request: ListRequest,
        found: &'a dyn Sink<Listed>,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            let fault = behaviour(&request.config);
            let count = request.config.get("count_of").as_i64().unwrap_or(3);
            let mut sent = 0;
            while sent < count && found.send(thing(sent, fault, request.include_resource)).await {
                sent += 1;
                tracing::debug!(sent, "Sent");
            }
            match fault {
                "panic" => fail("no listing today"),
                "wait_for_stop" => cancel.cancelled().await,
                _ => {}
            }
            tracing::debug!(sent, "Listed");
            match fault {
                "warn_at_end" => Diagnostic::warning("Not all", "There may be more.").into(),
                "wait_for_stop" => Diagnostic::error("Interrupted", "There may be more.").into(),
                _ => Diagnostics::new(),
            }
        })
    }
}

/// The thing of a number. The first of all has the fault.
fn thing(number: i64, fault: &str, include_resource: bool) -> Listed {
    let name = Value::from(format!("thing-{number}"));
    let mut listed = Listed {
        identity: Value::object([("name", name.clone())]),
        display_name: format!("Thing {number}"),
        ..Listed::default()
    };
    if include_resource {
        let members = [
            ("id", name.clone()),
            ("name", name),
            ("size", 1.into()),
            ("revision", 1.into()),
        ];
        listed.resource = Value::object(members);
    }
    match fault {
        "large" => listed.display_name = "x".repeat(256 * 1024),
        _ if number > 0 => {}
        "no_identity" => listed.identity = Value::Null,
        "wrong_identity" => listed.identity = Value::object([("name", Value::from(7))]),
        "no_object" => listed.resource = Value::Null,
        "unasked_object" => listed.resource = Value::object([("name", Value::from("a"))]),
        "wrong_object" => listed.resource = Value::object([("name", Value::from(7))]),
        "unknown_object" => listed.resource = Value::object([("name", Value::Unknown)]),
        "escape" => "\u{1b}[31m\n::error::a".clone_into(&mut listed.display_name),
        "message" => {
            listed = Listed::default();
            listed.diagnostics.warn("Unreadable", "One thing could not be read.");
        }
        _ => {}
    }
    listed
}
