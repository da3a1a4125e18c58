//! `GetMetadata`: names and capabilities without schemas. The CLIs never ask; muxers and tests do.

use tfplug_core::Diagnostics;

use crate::{
    proto::tfplugin6::{self as proto, get_metadata},
    rpc::Rpc,
    service::Service,
};

impl Rpc for get_metadata::Request {
    const NAME: &'static str = "GetMetadata";
    type Response = get_metadata::Response;

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let provider = service.provider();
        let resources = provider
            .resources()
            .iter()
            .map(|resource| resource.type_name().to_owned());
        let data_sources = provider
            .data_sources()
            .iter()
            .map(|source| source.type_name().to_owned());
        let functions = provider.functions().iter().map(|function| function.name().to_owned());
        let ephemeral = provider
            .ephemeral_resources()
            .iter()
            .map(|resource| resource.type_name().to_owned());
        let lists = provider.list_resources().iter().map(|list| list.type_name().to_owned());
        let actions = provider.actions().iter().map(|action| action.type_name().to_owned());
        Ok(get_metadata::Response {
            server_capabilities: Some(capabilities()),
            resources: resources
                .map(|type_name| get_metadata::ResourceMetadata { type_name })
                .collect(),
            data_sources: data_sources
                .map(|type_name| get_metadata::DataSourceMetadata { type_name })
                .collect(),
            functions: functions.map(|name| get_metadata::FunctionMetadata { name }).collect(),
            ephemeral_resources: ephemeral
                .map(|type_name| get_metadata::EphemeralMetadata { type_name })
                .collect(),
            list_resources: lists
                .map(|type_name| get_metadata::ListResourceMetadata { type_name })
                .collect(),
            actions: actions
                .map(|type_name| get_metadata::ActionMetadata { type_name })
                .collect(),
            ..get_metadata::Response::default()
        })
    }
}

/// The abilities of this server that clients must not take for granted. The schema is optional because
/// no RPC depends on another one having been called before.
pub(super) fn capabilities() -> proto::ServerCapabilities {
    proto::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    }
}
