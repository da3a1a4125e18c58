//! Answers that are changed on their way to a client in process: a service, or somebody between, that answers what was
//! not asked, leaves something out or writes what is to deceive a reader. For tests of clients that must not believe
//! everything.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use serde_json::Value;

pub use self::ways::{Way, members};
use crate::handle::Emulator;

mod ways;

/// Header that names the operation, after a prefix and a dot.
const TARGET: &str = "x-amz-target";

/// Changes the body of an answer; the operation comes first.
type Change = dyn Fn(&str, &mut Value) + Send + Sync;

impl Emulator {
    /// Configuration of an SDK client like [`Emulator::sdk_config_as`], whose answers are changed. Only answers in JSON
    /// are, those of errors included; STS answers in XML.
    pub fn sdk_config_tampered(
        &self,
        access_key: &str,
        region: &str,
        change: impl Fn(&str, &mut Value) + Send + Sync + 'static,
    ) -> SdkConfig {
        let config = self.sdk_config_as(access_key, region);
        let Some(inner) = config.http_client() else {
            return config;
        };
        let client = Tamper {
            inner,
            change: Arc::new(change),
        };
        config.into_builder().http_client(client).build()
    }
}

/// Makes connectors that change answers.
#[derive(Clone)]
struct Tamper<T> {
    inner: T,
    change: Arc<Change>,
}

impl<T: fmt::Debug> fmt::Debug for Tamper<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tamper = formatter.debug_struct("Tamper");
        tamper.field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl HttpClient for Tamper<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Tamper {
            inner: self.inner.http_connector(settings, components),
            change: Arc::clone(&self.change),
        })
    }
}

impl HttpConnector for Tamper<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get(TARGET).unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let change = Arc::clone(&self.change);
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move { Ok(changed(answer.await?, &operation, &*change)) })
    }
}

fn changed(mut answer: HttpResponse, operation: &str, change: &Change) -> HttpResponse {
    let body = answer.body().bytes().and_then(|body| serde_json::from_slice(body).ok());
    if let Some(mut body) = body {
        change(operation, &mut body);
        let body = body.to_string();
        answer.headers_mut().insert("content-length", body.len().to_string());
        *answer.body_mut() = SdkBody::from(body);
    }
    answer
}
