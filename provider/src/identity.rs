//! Identities of resources: one ARN each.

use daemons::name::ARN;
use tfplug_core::{IdentitySchema, Type, Value, resource::ImportRequest, schema::IdentityAttribute};

/// The schema of an identity.
pub(crate) fn schema(description: &str) -> IdentitySchema {
    let arn = IdentityAttribute {
        name: ARN.to_owned(),
        ty: Type::String,
        required_for_import: true,
        description: description.to_owned(),
    };
    IdentitySchema {
        version: 0,
        attributes: vec![arn],
    }
}

/// The identity of an object.
pub(crate) fn of(arn: &str) -> Value {
    Value::object([(ARN, Value::from(arn))])
}

/// The ARN that an import names.
pub(crate) fn imported(request: &ImportRequest) -> String {
    match request {
        ImportRequest::Id(id) => id.trim().to_owned(),
        ImportRequest::Identity(identity) => identity.get(ARN).as_str().unwrap_or_default().to_owned(),
    }
}
