//! State taken over from other providers by a `moved` block.
//!
//! hashicorp/aws has the same names and nesting, so its attributes are read with our own schema and what it lacks stays null
//! until the read that follows the move. hashicorp/awscc has other shapes and keeps write-only values that nobody has
//! compared with ECS, so only the ARN is taken from it, as for an import.

use tfplug_core::{
    Diagnostic, Schema, Value,
    json::{self, Extra},
    resource::{MoveRequest, MoveResponse},
};

use crate::identity;

/// The types whose state a resource takes over.
pub(crate) struct Sources {
    /// Type of hashicorp/aws.
    pub(crate) aws: &'static str,
    /// Type of hashicorp/awscc.
    pub(crate) awscc: &'static str,
    /// Attribute of the latter with the ARN, which is also its `id`. Assumed from the identifiers of `CloudFormation`.
    pub(crate) awscc_arn: &'static str,
}

impl Sources {
    /// The state in our schema, or why it cannot be taken over.
    pub(crate) fn take(&self, schema: &Schema, target_type: &str, request: &MoveRequest) -> MoveResponse {
        let address = &request.source_provider_address;
        let is = |provider: &str, type_name: &str| {
            address.ends_with(&format!("/hashicorp/{provider}")) && request.source_type_name == type_name
        };
        if is("aws", self.aws) {
            return self.state_of_aws(schema, request);
        }
        if is("awscc", self.awscc) {
            return self.state_of_awscc(schema, request);
        }
        failed(format!(
            "{target_type} takes over the state of {} from hashicorp/aws and of {} from hashicorp/awscc, not of {} from {address}.",
            self.aws, self.awscc, request.source_type_name
        ))
    }

    fn state_of_aws(&self, schema: &Schema, request: &MoveRequest) -> MoveResponse {
        let source_type = self.aws;
        let state = match json::typed(&request.source_state, &schema.implied_type(), Extra::Ignore) {
            Ok(state) => state,
            Err(error) => {
                return failed(format!(
                    "The state of {source_type} has another form than expected: {error}."
                ));
            }
        };
        match state.get("arn").as_str().map(str::to_owned) {
            Some(arn) => taken(state, &arn),
            None => failed(format!("The state of {source_type} has no `arn`.")),
        }
    }

    fn state_of_awscc(&self, schema: &Schema, request: &MoveRequest) -> MoveResponse {
        let member = |name: &str| request.source_state.get(name).as_str();
        let is_arn = |text: &&str| text.starts_with("arn:");
        let Some(arn) = member(self.awscc_arn).or(member("id")).filter(is_arn) else {
            return failed(format!(
                "The state of {} has no ARN in `{}` or `id`.",
                self.awscc, self.awscc_arn
            ));
        };
        let mut state = schema.block.empty_config();
        state.insert("arn", arn.into());
        taken(state, arn)
    }
}

fn taken(state: Value, arn: &str) -> MoveResponse {
    MoveResponse {
        identity: identity::of(arn),
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
