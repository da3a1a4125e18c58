//! `ValidateResourceConfig`. Also refuses write-only values when the client would store them.

use tfplug_core::{Diagnostics, pipeline};

use crate::{
    convert,
    proto::tfplugin6::validate_resource_config,
    rpc::{Rpc, Subject},
    service::Service,
};

impl Rpc for validate_resource_config::Request {
    const NAME: &'static str = "ValidateResourceConfig";
    type Response = validate_resource_config::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Resource(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let managed = service.managed(&self.type_name)?;
        let what = format!("configuration of `{}`", self.type_name);
        let config = convert::decode_config(self.config.as_ref(), &managed.state, &what)?;
        let mut diagnostics = pipeline::validate_resource(&*managed.resource, &config);
        if !self
            .client_capabilities
            .unwrap_or_default()
            .write_only_attributes_allowed
        {
            diagnostics.extend(pipeline::refuse_write_only(managed.resource.schema(), &config));
        }
        Ok(validate_resource_config::Response {
            diagnostics: convert::diagnostics(&diagnostics),
        })
    }
}
