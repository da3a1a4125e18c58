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
pub mod xml;

/// Header that names the operation, after a prefix and a dot.
const TARGET: &str = "x-amz-target";

/// Begins the body of a request in the query protocol, which has no such header.
const ACTION: &str = "Action=";

/// Changes the body of an answer; the operation comes first.
type Change = dyn Fn(&str, &mut Value) + Send + Sync;

impl Emulator {
    /// Configuration of an SDK client like [`Emulator::sdk_config_as`], whose answers in JSON are changed, those of
    /// errors included: all but those of STS.
    pub fn sdk_config_tampered(
        &self,
        access_key: &str,
        region: &str,
        change: impl Fn(&str, &mut Value) + Send + Sync + 'static,
    ) -> SdkConfig {
        self.tampered(access_key, region, Form::Json, Arc::new(change))
    }

    /// The same for the answers of STS, which are XML; the tree to be changed is that of [`xml::parse`].
    pub fn sdk_config_tampered_sts(
        &self,
        access_key: &str,
        region: &str,
        change: impl Fn(&str, &mut Value) + Send + Sync + 'static,
    ) -> SdkConfig {
        self.tampered(access_key, region, Form::Xml, Arc::new(change))
    }

    fn tampered(&self, access_key: &str, region: &str, form: Form, change: Arc<Change>) -> SdkConfig {
        let config = self.sdk_config_as(access_key, region);
        let Some(inner) = config.http_client() else {
            return config;
        };
        let client = Tamper { inner, form, change };
        config.into_builder().http_client(client).build()
    }
}

/// The form in which the answers are written that are changed.
#[derive(Clone, Copy, Debug)]
enum Form {
    Json,
    Xml,
}

impl Form {
    fn parse(self, body: &[u8]) -> Option<Value> {
        match self {
            Self::Json => serde_json::from_slice(body).ok(),
            Self::Xml => xml::parse(std::str::from_utf8(body).ok()?),
        }
    }

    fn render(self, body: &Value) -> String {
        match self {
            Self::Json => body.to_string(),
            Self::Xml => xml::render(body),
        }
    }
}

/// Makes connectors that change answers.
#[derive(Clone)]
struct Tamper<T> {
    inner: T,
    form: Form,
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
            form: self.form,
            change: Arc::clone(&self.change),
        })
    }
}

impl HttpConnector for Tamper<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = operation(&request);
        let (form, change) = (self.form, Arc::clone(&self.change));
        let answer = self.inner.call(request);
        HttpConnectorFuture::new(async move { Ok(changed(answer.await?, &operation, form, &*change)) })
    }
}

fn operation(request: &HttpRequest) -> String {
    if let Some(target) = request.headers().get(TARGET) {
        return target.rsplit('.').next().unwrap_or_default().to_owned();
    }
    let body = request.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
    let action = body.split('&').find_map(|field| field.strip_prefix(ACTION));
    action.unwrap_or_default().to_owned()
}

fn changed(mut answer: HttpResponse, operation: &str, form: Form, change: &Change) -> HttpResponse {
    let body = answer.body().bytes().and_then(|body| form.parse(body));
    if let Some(mut body) = body {
        change(operation, &mut body);
        let body = form.render(&body);
        answer.headers_mut().insert("content-length", body.len().to_string());
        *answer.body_mut() = SdkBody::from(body);
    }
    answer
}
