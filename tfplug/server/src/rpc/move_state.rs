//! `MoveResourceState`: a resource takes over the state of another type. The provider may not be
//! configured, and what comes in was written by some other provider.

use tfplug_core::{Diagnostic, Diagnostics, resource::MoveRequest};

use crate::{
    convert,
    proto::tfplugin6::move_resource_state,
    rpc::{Rpc, Subject},
    service::Service,
};

impl Rpc for move_resource_state::Request {
    const NAME: &'static str = "MoveResourceState";
    type Response = move_resource_state::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Resource(&self.target_type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let name = &self.target_type_name;
        let managed = service.managed(name)?;
        let what = format!("state of `{}` to move to `{name}`", self.source_type_name);
        let request = MoveRequest {
            source_state: convert::raw_state(self.source_state.as_ref(), &what)?.to_value(),
            source_provider_address: self.source_provider_address,
            source_type_name: self.source_type_name,
            source_schema_version: self.source_schema_version,
        };
        let response = managed.resource.move_state(request);
        if response.diagnostics.has_error() {
            return Err(response.diagnostics);
        }
        if !response.state.is_present() || !response.state.is_wholly_known() {
            return Err(Diagnostic::error(
                "Incomplete moved state",
                format!(
                    "The move to `{name}` gave no complete state. This is a bug in the provider; please report it."
                ),
            )
            .into());
        }
        let state = managed.resource.schema().block.complete(response.state);
        Ok(move_resource_state::Response {
            target_state: Some(convert::encode(
                &state,
                &managed.state,
                &format!("moved state of `{name}`"),
            )?),
            target_private: response.private,
            target_identity: convert::encode_identity(&response.identity, managed.identity.as_ref(), name)?,
            diagnostics: convert::diagnostics(&response.diagnostics),
        })
    }
}
