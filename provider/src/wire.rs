//! Between API trees and SDK types, through the schemas that the SDK carries.
//!
//! This is the only module that names the Smithy serialisation crates, because they are young: if
//! they change, the change stays here. Kinds and ranges were checked with paths before a tree gets
//! here, so an error from below means a mistake of ours and is reported as one.

use std::collections::HashMap;

use aws_smithy_schema::{
    Schema,
    document::{DiscriminatedDocumentExt, DocumentShapeDeserializer},
    serde::{SerdeError, SerializableStruct, ShapeDeserializer},
};
use aws_smithy_types::{DiscriminatedDocument, Document, Number as SmithyNumber};
use tfplug_core::{Number, Value};

/// A conversion that should not be able to fail did.
#[derive(Debug, thiserror::Error)]
#[error("the API type {shape} does not fit our attribute table: {reason}")]
pub struct WireError {
    /// Shape of the service model.
    pub shape: String,
    /// The message of the serialisation.
    pub reason: String,
}

impl WireError {
    /// As a diagnostic: the user cannot do anything about it but report it.
    pub fn diagnostic(&self) -> tfplug_core::Diagnostic {
        tfplug_core::Diagnostic::error(
            "Bug in the provider",
            format!("{self}. Please report this with the configuration of the resource."),
        )
    }
}

/// The API tree of an SDK value.
pub(crate) fn to_api(schema: &Schema<'_>, value: &dyn SerializableStruct) -> Result<Value, WireError> {
    let document = DiscriminatedDocument::from_struct(schema, value).map_err(|error| wire_error(schema, &error))?;
    Ok(from_document(document.document()))
}

/// The SDK value of an API tree; `deserialize` is the type's own.
pub(crate) fn from_api<T>(
    schema: &Schema<'_>,
    tree: &Value,
    deserialize: impl FnOnce(&mut dyn ShapeDeserializer) -> Result<T, SerdeError>,
) -> Result<T, WireError> {
    let document = to_document(tree);
    deserialize(&mut DocumentShapeDeserializer::new(&document)).map_err(|error| wire_error(schema, &error))
}

fn wire_error(schema: &Schema<'_>, error: &SerdeError) -> WireError {
    WireError {
        shape: schema.shape_id().as_str().to_owned(),
        reason: error.to_string(),
    }
}

fn from_document(document: &Document) -> Value {
    match document {
        Document::Object(members) => Value::object(
            members
                .iter()
                .map(|(name, member)| (name.clone(), from_document(member))),
        ),
        Document::Array(elements) => Value::List(elements.iter().map(from_document).collect()),
        Document::String(text) => Value::String(text.clone()),
        Document::Bool(value) => Value::Bool(*value),
        Document::Number(number) => from_number(number),
        Document::Null => Value::Null,
    }
}

fn from_number(number: &SmithyNumber) -> Value {
    match number {
        SmithyNumber::PosInt(value) => Value::Number(Number::from(*value)),
        SmithyNumber::NegInt(value) => Value::Number(Number::from(*value)),
        SmithyNumber::Float(value) => Number::from_f64(*value).into(),
    }
}

fn to_document(value: &Value) -> Document {
    match value {
        Value::Null | Value::Unknown => Document::Null,
        Value::Bool(value) => Document::Bool(*value),
        Value::Number(number) => Document::Number(to_number(number)),
        Value::String(text) => Document::String(text.clone()),
        Value::List(_) | Value::Set(_) => Document::Array(value.elements().map(to_document).collect()),
        Value::Map(members) => Document::Object(
            members
                .iter()
                .map(|(name, member)| (name.clone(), to_document(member)))
                .collect::<HashMap<_, _>>(),
        ),
        Value::Dynamic(typed) => to_document(&typed.1),
    }
}

fn to_number(number: &Number) -> SmithyNumber {
    match number.to_i64() {
        Some(whole) if whole < 0 => SmithyNumber::NegInt(whole),
        Some(whole) => SmithyNumber::PosInt(whole.unsigned_abs()),
        None => SmithyNumber::Float(number.to_f64()),
    }
}

#[cfg(test)]
mod leaves;
