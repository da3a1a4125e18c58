//! `ValidateProviderConfig` and `ConfigureProvider`.

use tfplug_core::{Diagnostics, Value, pipeline, provider::ConfigureRequest};

use crate::{
    convert,
    proto::tfplugin6::{self as proto, configure_provider, validate_provider_config},
    rpc::Rpc,
    service::Service,
};

impl Rpc for validate_provider_config::Request {
    const NAME: &'static str = "ValidateProviderConfig";
    type Response = validate_provider_config::Response;

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let config = decode(self.config.as_ref(), service)?;
        let provider = service.provider();
        let mut diagnostics = pipeline::validate(provider.schema(), &config);
        if !diagnostics.has_error() {
            diagnostics.extend(provider.validate(&config));
        }
        Ok(validate_provider_config::Response {
            diagnostics: convert::diagnostics(&diagnostics),
        })
    }
}

impl Rpc for configure_provider::Request {
    const NAME: &'static str = "ConfigureProvider";
    type Response = configure_provider::Response;

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let config = decode(self.config.as_ref(), service)?;
        let config = pipeline::with_defaults(&service.provider().schema().block, config);
        let request = ConfigureRequest {
            config,
            client_version: self.terraform_version,
        };
        let diagnostics = service.provider().configure(request, &service.cancel()).await;
        Ok(configure_provider::Response {
            diagnostics: convert::diagnostics(&diagnostics),
        })
    }
}

fn decode(config: Option<&proto::DynamicValue>, service: &Service) -> Result<Value, Diagnostics> {
    convert::decode_config(config, service.provider_type(), "provider configuration")
}
