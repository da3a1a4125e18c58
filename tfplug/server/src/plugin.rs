//! The services that go-plugin expects beside the provider's own.
//!
//! Output and broker streams are held open and silent until the end: what is sent there shows up in
//! the client's log as something unexpected.

use futures_util::{FutureExt, StreamExt, stream};
use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming, codegen::BoxStream};

use crate::{
    lifecycle::Shutdown,
    proto::{
        health::{
            HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus, health_server::Health,
        },
        plugin::{
            ConnInfo, Empty, StdioData, grpc_broker_server::GrpcBroker, grpc_controller_server::GrpcController,
            grpc_stdio_server::GrpcStdio,
        },
    },
};

/// Name under which a host asks for the health of a plugin.
const SERVICE: &str = "plugin";

/// All of them. They share the way to end the process.
#[derive(Clone, Debug)]
pub(crate) struct PluginServices(pub(crate) Shutdown);

impl PluginServices {
    /// A stream without items that ends with the process.
    fn silence<T: Send + 'static>(&self) -> impl Stream<Item = Result<T, Status>> + Send + 'static {
        let shutdown = self.0.clone();
        async move { shutdown.requested().await }
            .into_stream()
            .filter_map(|()| async { None })
    }
}

#[tonic::async_trait]
impl GrpcController for PluginServices {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.0.request();
        Ok(Response::new(Empty {}))
    }
}

#[tonic::async_trait]
impl GrpcStdio for PluginServices {
    async fn stream_stdio(&self, _: Request<()>) -> Result<Response<BoxStream<StdioData>>, Status> {
        Ok(Response::new(Box::pin(self.silence())))
    }
}

#[tonic::async_trait]
impl GrpcBroker for PluginServices {
    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        // What the client sends is read and dropped; its end is the end of the stream.
        let incoming = request.into_inner().take_while(|message| {
            let alive = message.is_ok();
            async move { alive }
        });
        let drained = incoming.filter_map(|_| async { None });
        Ok(Response::new(Box::pin(
            drained.take_until(self.0.clone().requested_owned()),
        )))
    }
}

#[tonic::async_trait]
impl Health for PluginServices {
    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        match request.get_ref().service.as_str() {
            "" | SERVICE => Ok(Response::new(serving())),
            other => Err(Status::not_found(format!("there is no service `{other}`"))),
        }
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<BoxStream<HealthCheckResponse>>, Status> {
        let first = self.check(request).await?.into_inner();
        Ok(Response::new(Box::pin(stream::iter([Ok(first)]).chain(self.silence()))))
    }
}

fn serving() -> HealthCheckResponse {
    HealthCheckResponse {
        status: ServingStatus::Serving.into(),
    }
}
