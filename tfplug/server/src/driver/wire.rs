//! The client's side of values on the wire. What cannot be read is a broken rule.

#![expect(clippy::panic, reason = "a test is told of a broken rule by a panic")]

use std::fmt::Debug;

use tfplug_core::{Diagnostic, Diagnostics, Path, Schema, Severity, Step, Type, Value, msgpack};

use crate::{proto::tfplugin6 as proto, service::Managed};

/// Reports what a client would refuse.
pub(super) fn broken(what: &str, problem: &dyn Debug) -> ! {
    panic!("broken {what}: {problem:?}")
}

/// The same with one line for each problem.
pub(super) fn broken_lines(what: &str, problems: &[String]) -> ! {
    panic!("broken {what}:\n  {}", problems.join("\n  "))
}

/// Reports a call that no client makes, because the provider refused its configuration.
pub(super) fn out_of_order(rpc: &str, told: &Diagnostics) -> ! {
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    panic!(
        "{rpc} after a configuration that failed, where a client stops; look at what `configure` answers:\n{}",
        told.join("\n")
    )
}

/// Values of one resource type.
pub(super) struct Wire<'a> {
    pub(super) managed: &'a Managed,
}

impl<'a> Wire<'a> {
    pub(super) fn new(managed: &'a Managed) -> Self {
        Self { managed }
    }

    pub(super) fn type_name(&self) -> &'static str {
        self.managed.resource.type_name()
    }

    pub(super) fn schema(&self) -> &'a Schema {
        self.managed.resource.schema()
    }

    /// A configuration with every member; null stays null.
    pub(super) fn complete(&self, config: &Value) -> Value {
        self.schema().block.complete(config.clone())
    }

    pub(super) fn value(&self, value: &Value) -> proto::DynamicValue {
        dynamic(value, &self.managed.state)
    }

    pub(super) fn read(&self, answer: Option<&proto::DynamicValue>) -> Value {
        value(answer, &self.managed.state)
    }

    pub(super) fn identity(&self, identity: &Value) -> Option<proto::ResourceIdentityData> {
        let ty = self.managed.identity.as_ref()?;
        let data = (!identity.is_null()).then(|| dynamic(identity, ty))?;
        Some(proto::ResourceIdentityData {
            identity_data: Some(data),
        })
    }

    pub(super) fn read_identity(&self, identity: Option<&proto::ResourceIdentityData>) -> Value {
        match (&self.managed.identity, identity) {
            (Some(ty), Some(identity)) => value(identity.identity_data.as_ref(), ty),
            (None, Some(_)) => broken("identity", &"the resource has no identity schema"),
            (_, None) => Value::Null,
        }
    }
}

/// A value in its bytes.
pub(super) fn dynamic(value: &Value, ty: &Type) -> proto::DynamicValue {
    let bytes = msgpack::encode(value, ty).unwrap_or_else(|error| broken("value to send", &error.to_string()));
    proto::DynamicValue {
        msgpack: bytes,
        json: Vec::new(),
    }
}

/// A value from its bytes; none are null, as they are to a client.
pub(super) fn value(answer: Option<&proto::DynamicValue>, ty: &Type) -> Value {
    let bytes = answer.map(|value| value.msgpack.as_slice()).unwrap_or_default();
    if bytes.is_empty() {
        return Value::Null;
    }
    msgpack::decode(bytes, ty).unwrap_or_else(|error| broken("answer", &error.to_string()))
}

/// Diagnostics as the client understands them.
pub(super) fn diagnostics(diagnostics: &[proto::Diagnostic]) -> Diagnostics {
    let mut all = Diagnostics::new();
    for diagnostic in diagnostics {
        let severity = match diagnostic.severity() {
            proto::diagnostic::Severity::Error => Severity::Error,
            proto::diagnostic::Severity::Warning => Severity::Warning,
            proto::diagnostic::Severity::Invalid => broken("diagnostic", diagnostic),
        };
        if diagnostic.summary.is_empty() {
            broken("diagnostic", diagnostic);
        }
        all.push(Diagnostic {
            severity,
            summary: diagnostic.summary.clone(),
            detail: diagnostic.detail.clone(),
            path: diagnostic.attribute.as_ref().map(path),
        });
    }
    all
}

/// A path as the client understands it.
pub(super) fn path(path: &proto::AttributePath) -> Path {
    use proto::attribute_path::step::Selector;
    let steps = path.steps.iter().map(|step| match &step.selector {
        Some(Selector::AttributeName(name)) => Step::Attribute(name.clone()),
        Some(Selector::ElementKeyString(key)) => Step::Key(key.clone()),
        Some(Selector::ElementKeyInt(index)) => Step::Index(*index),
        None => broken("path", path),
    });
    steps.collect()
}
