//! `GetProviderSchema` and `GetResourceIdentitySchemas`.
//!
//! Each is asked at most once per process in practice, so the answers are built when asked for and
//! not kept: a kept copy would only cost memory for the rest of the run.

use tfplug_core::Diagnostics;

use crate::{
    convert,
    proto::tfplugin6::{get_provider_schema, get_resource_identity_schemas},
    rpc::{Rpc, metadata::capabilities},
    service::Service,
};

impl Rpc for get_provider_schema::Request {
    const NAME: &'static str = "GetProviderSchema";
    type Response = get_provider_schema::Response;

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let provider = service.provider();
        let resources = provider.resources().iter();
        let data_sources = provider.data_sources().iter();
        let functions = provider.functions().iter();
        let ephemeral = provider.ephemeral_resources().iter();
        let lists = provider.list_resources().iter();
        let actions = provider.actions().iter();
        Ok(get_provider_schema::Response {
            provider: Some(convert::unanswered_schema(provider.schema())),
            resource_schemas: resources
                .map(|resource| (resource.type_name().to_owned(), convert::schema(resource.schema())))
                .collect(),
            data_source_schemas: data_sources
                .map(|source| (source.type_name().to_owned(), convert::schema(source.schema())))
                .collect(),
            functions: functions
                .map(|function| (function.name().to_owned(), convert::function(function.signature())))
                .collect(),
            ephemeral_resource_schemas: ephemeral
                .map(|resource| (resource.type_name().to_owned(), convert::schema(resource.schema())))
                .collect(),
            list_resource_schemas: lists
                .map(|list| (list.type_name().to_owned(), convert::unanswered_schema(list.schema())))
                .collect(),
            action_schemas: actions
                .map(|action| (action.type_name().to_owned(), convert::action_schema(action.schema())))
                .collect(),
            server_capabilities: Some(capabilities()),
            ..get_provider_schema::Response::default()
        })
    }
}

impl Rpc for get_resource_identity_schemas::Request {
    const NAME: &'static str = "GetResourceIdentitySchemas";
    type Response = get_resource_identity_schemas::Response;

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let resources = service.provider().resources().iter();
        Ok(get_resource_identity_schemas::Response {
            identity_schemas: resources
                .filter_map(|resource| {
                    let schema = convert::identity_schema(resource.identity_schema()?);
                    Some((resource.type_name().to_owned(), schema))
                })
                .collect(),
            ..get_resource_identity_schemas::Response::default()
        })
    }
}
