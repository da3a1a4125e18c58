//! `ImportResourceState`, by what the user typed or by identity.

use tfplug_core::{
    Diagnostic, Diagnostics,
    resource::{ImportRequest, ImportResponse},
};

use crate::{
    convert,
    proto::tfplugin6::import_resource_state::{self, ImportedResource},
    rpc::{Rpc, Subject},
    service::{Managed, Service},
};

impl Rpc for import_resource_state::Request {
    const NAME: &'static str = "ImportResourceState";
    type Response = import_resource_state::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Resource(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let managed = service.managed(&self.type_name)?;
        let identity = convert::decode_identity(self.identity.as_ref(), managed.identity.as_ref(), &self.type_name)?;
        let request = match (self.id.is_empty(), identity) {
            (true, identity) if identity.is_present() => ImportRequest::Identity(identity),
            (true, _) => {
                return Err(failure(
                    "Nothing to import by",
                    "The client gave neither an id nor an identity.",
                ));
            }
            (false, _) => ImportRequest::Id(self.id),
        };
        let response = managed.resource.import(request, &service.cancel()).await;
        if response.diagnostics.has_error() {
            return Err(response.diagnostics);
        }
        let diagnostics = convert::diagnostics(&response.diagnostics);
        let imported = imported(&self.type_name, managed, response)?;
        Ok(import_resource_state::Response {
            imported_resources: vec![imported],
            diagnostics,
            deferred: None,
        })
    }
}

fn imported(type_name: &str, managed: &Managed, response: ImportResponse) -> Result<ImportedResource, Diagnostics> {
    if !response.state.is_present() {
        let detail = format!("The import of `{type_name}` found nothing and gave no reason.");
        return Err(failure("Missing resource import state", &detail));
    }
    // The resource gives what a read needs, and the read that follows fills in the rest.
    let state = managed
        .resource
        .schema()
        .block
        .complete(response.state.unknown_as_null());
    Ok(ImportedResource {
        type_name: type_name.to_owned(),
        state: Some(convert::encode(
            &state,
            &managed.state,
            &format!("imported state of `{type_name}`"),
        )?),
        private: response.private,
        identity: convert::encode_identity(&response.identity, managed.identity.as_ref(), type_name)?,
    })
}

fn failure(summary: &str, detail: &str) -> Diagnostics {
    Diagnostic::error(summary, detail).into()
}
