//! The transport of requests: trusted certificates, and the proxy.
//!
//! The SDK's default client reads proxies from the environment and trusts the certificates of the
//! system. It has no setting for either. This one takes both from the settings first, and has one
//! proxy per scheme, which a client of the SDK cannot have.
//!
//! Metadata services of instances and containers are neighbours and never called through a proxy.

mod echo;
mod proxy;
mod trust;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_sdk_ecs::config::RuntimeComponents;
use aws_smithy_http_client::{
    Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

use self::proxy::Routes;
use super::{environment::Environment, problem::Problems, raw_answer::LONGEST, settings::Settings};

pub use proxy::check_url as check_proxy_url;

/// An HTTP client. Clones share connections.
#[derive(Clone)]
pub(super) struct Transport(Arc<Inner>);

struct Inner {
    routes: Routes,
    trust: TlsContext,
    /// The SDK asks for a connector with every attempt; connections are kept in it.
    connectors: Mutex<BTreeMap<Limits, SharedHttpConnector>>,
}

/// The limits that the SDK may want of a connector: the time to connect, and the longest silence.
type Limits = (Option<Duration>, Option<Duration>);

impl Transport {
    /// The client that the settings and the environment ask for.
    pub(super) fn new(settings: &Settings, environment: &Environment) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let trust = trust::context(settings, environment);
        let routes = proxy::routes(settings, environment);
        problems.extend(trust.as_ref().err().cloned());
        problems.extend(routes.as_ref().err().cloned().unwrap_or_default());
        match (trust, routes) {
            (Ok(trust), Ok(routes)) => Ok(Self::of(routes, trust)),
            _ => Err(problems),
        }
    }

    /// The client for hosts that are not AWS: the proxies of the environment, and the certificates of the system.
    pub(super) fn public(environment: &Environment) -> Result<Self, Problems> {
        let routes = proxy::routes(&Settings::default(), environment)?;
        Ok(Self::of(routes, TlsContext::default()))
    }

    /// A client that uses no proxy, for services of this machine.
    pub(super) fn direct() -> Self {
        let (http, https) = (ProxyConfig::disabled(), ProxyConfig::disabled());
        Self::of(Routes { http, https }, TlsContext::default())
    }

    fn of(routes: Routes, trust: TlsContext) -> Self {
        Self(Arc::new(Inner {
            routes,
            trust,
            connectors: Mutex::default(),
        }))
    }

    fn connector(
        &self,
        proxy: &ProxyConfig,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let mut builder = Connector::builder()
            .connector_settings(settings.clone())
            .proxy_config(proxy.clone());
        builder.set_sleep_impl(components.sleep_impl());
        let builder = builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc));
        SharedHttpConnector::new(builder.tls_context(self.0.trust.clone()).build())
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

impl HttpClient for Transport {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let limits = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = self.0.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            SharedHttpConnector::new(ByScheme {
                http: self.connector(&self.0.routes.http, settings, components),
                https: self.connector(&self.0.routes.https, settings, components),
            })
        };
        connectors.entry(limits).or_insert_with(make).clone()
    }
}

/// A connector for each scheme.
struct ByScheme {
    http: SharedHttpConnector,
    https: SharedHttpConnector,
}

impl fmt::Debug for ByScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByScheme").finish_non_exhaustive()
    }
}

impl HttpConnector for ByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let carried = echo::Carried::by(&request);
        let call = if request.uri().starts_with("https:") {
            self.https.call(request)
        } else {
            self.http.call(request)
        };
        HttpConnectorFuture::new(async move { carried.hidden_in(call.await?.map(bounded), LONGEST).await })
    }
}

/// The body, which fails once it is longer than [`LONGEST`].
fn bounded(body: SdkBody) -> SdkBody {
    SdkBody::from_body_1_x(Limited::new(body, LONGEST))
}
