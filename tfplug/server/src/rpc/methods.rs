//! The service of the protocol: which method is answered by which file. State stores are left out,
//! so they answer UNIMPLEMENTED.

use tokio_stream::StreamExt;
use tonic::{Request, Response, Status, codegen::BoxStream};

use crate::{
    proto::tfplugin6::{self as proto, provider_server::Provider},
    service::Service,
};

macro_rules! methods {
    (unary { $($method:ident)* } stream { $($stream:ident)* }) => {
        #[tonic::async_trait]
        impl Provider for Service {
            $(async fn $method(
                &self,
                request: Request<proto::$method::Request>,
            ) -> Result<Response<proto::$method::Response>, Status> {
                Ok(Response::new(self.handle(request.into_inner()).await))
            })*

            $(async fn $stream(
                &self,
                request: Request<proto::$stream::Request>,
            ) -> Result<Response<BoxStream<proto::$stream::Event>>, Status> {
                let events = self.stream(request.into_inner());
                Ok(Response::new(Box::pin(events.map(Ok))))
            })*
        }
    };
}

methods! {
    unary {
        apply_resource_change
        call_function
        close_ephemeral_resource
        configure_provider
        generate_resource_config
        get_functions
        get_metadata
        get_provider_schema
        get_resource_identity_schemas
        import_resource_state
        move_resource_state
        open_ephemeral_resource
        plan_action
        plan_resource_change
        read_data_source
        read_resource
        renew_ephemeral_resource
        stop_provider
        upgrade_resource_identity
        upgrade_resource_state
        validate_action_config
        validate_data_resource_config
        validate_ephemeral_resource_config
        validate_list_resource_config
        validate_provider_config
        validate_resource_config
    }
    stream {
        invoke_action
        list_resource
    }
}
