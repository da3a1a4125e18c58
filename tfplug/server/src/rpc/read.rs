//! `ReadResource`. Private bytes and identity of the answer replace the stored ones, so they are
//! given in every answer, a failed one included.

use tfplug_core::{Diagnostics, pipeline, resource::ReadRequest};

use crate::{
    convert,
    proto::tfplugin6::read_resource,
    rpc::{Rpc, Subject},
    service::Service,
};

impl Rpc for read_resource::Request {
    const NAME: &'static str = "ReadResource";
    type Response = read_resource::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Resource(&self.type_name)
    }

    fn fallback(&self) -> Self::Response {
        read_resource::Response {
            new_state: self.current_state.clone(),
            private: self.private.clone(),
            new_identity: self.current_identity.clone(),
            ..read_resource::Response::default()
        }
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let managed = service.managed(&self.type_name)?;
        let what = format!("state of `{}`", self.type_name);
        let request = ReadRequest {
            state: convert::decode(self.current_state.as_ref(), &managed.state, &what)?,
            private: self.private,
            identity: convert::decode_identity(
                self.current_identity.as_ref(),
                managed.identity.as_ref(),
                &self.type_name,
            )?,
        };
        let cancel = service.cancel();
        let response = managed.resource.read(request.clone(), &cancel).await;
        let response = pipeline::settle_read(&*managed.resource, &request, response);
        Ok(read_resource::Response {
            new_state: Some(convert::encode(&response.state, &managed.state, &what)?),
            private: response.private,
            new_identity: convert::encode_identity(&response.identity, managed.identity.as_ref(), &self.type_name)?,
            diagnostics: convert::diagnostics(&response.diagnostics),
            deferred: None,
        })
    }
}
