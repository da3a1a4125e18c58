//! State taken over from hashicorp/aws by a `moved` block.
//!
//! Names and nesting are the same there, so its attributes are read with our own schema and what it
//! lacks stays null until the read that follows the move.

use tfplug_core::{
    Diagnostic, Schema, Value,
    json::{self, Extra},
    resource::{MoveRequest, MoveResponse},
};

/// Provider whose state can be taken over, without the registry's host.
const SOURCE_PROVIDER: &str = "hashicorp/aws";

/// The state of `source_type` in our schema, or why it cannot be taken over.
pub(crate) fn from_hashicorp(
    schema: &Schema,
    target_type: &str,
    source_type: &str,
    request: &MoveRequest,
) -> MoveResponse {
    let from_there = request
        .source_provider_address
        .ends_with(&format!("/{SOURCE_PROVIDER}"));
    if !from_there || request.source_type_name != source_type {
        return failed(format!(
            "{target_type} takes over the state of {source_type} from {SOURCE_PROVIDER}, not of {} from {}.",
            request.source_type_name, request.source_provider_address
        ));
    }
    let state = match json::decode(&request.source_state, &schema.implied_type(), Extra::Ignore) {
        Ok(state) => state,
        Err(error) => {
            return failed(format!(
                "The state of {source_type} has another form than expected: {error}."
            ));
        }
    };
    let Some(arn) = state.get("arn").as_str().map(str::to_owned) else {
        return failed(format!("The state of {source_type} has no `arn`."));
    };
    MoveResponse {
        identity: Value::object([("arn", Value::from(arn))]),
        state,
        ..MoveResponse::default()
    }
}

fn failed(detail: String) -> MoveResponse {
    MoveResponse {
        diagnostics: Diagnostic::error("Unable to move resource state", detail).into(),
        ..MoveResponse::default()
    }
}
