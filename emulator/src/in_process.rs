//! The emulator as the HTTP client of an AWS SDK: the real client with its retries and waiters, and no socket.
//!
//! Time is the embedder's: under paused tokio time the SDK's sleeps, its waiters' limits and the world all move
//! together, so that an hour of waiting takes milliseconds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use aws_types::region::Region;
use bytes::Bytes;
use http::Request;

use crate::handle::Emulator;
use crate::wire::{Outcome, Reply};

/// Address to which requests seem to go; nothing listens there.
const ENDPOINT: &str = "http://ecs.emulator.invalid";
/// Access key id of the default caller.
const ACCESS_KEY: &str = "AKIAEMULATOR00000001";

/// Makes the names of retry partitions differ, since partitions of one name share their tokens.
static PARTITIONS: AtomicU64 = AtomicU64::new(0);

impl Emulator {
    /// Configuration of an SDK client that talks to this emulator as the default caller.
    ///
    /// A client that is to survive many faults also needs [`Emulator::retry_partition`], which only the configuration
    /// of a service can carry.
    pub fn sdk_config(&self, region: &str) -> SdkConfig {
        self.sdk_config_as(ACCESS_KEY, region)
    }

    /// The same for a caller of one's choice; an access key id of 12 digits chooses the account.
    pub fn sdk_config_as(&self, access_key: &str, region: &str) -> SdkConfig {
        let credentials = Credentials::new(access_key, "not-a-secret", None, None, "ecs-emulator");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(ENDPOINT)
            .http_client(InProcess { emulator: self.clone() })
            .time_source(VirtualTime { emulator: self.clone() })
            .sleep_impl(TokioSleep::new())
            .build()
    }

    /// A retry quota of its own without a limit. The SDK's default one is shared by the whole process, so that a few
    /// faults in one test leave every later client without retries.
    pub fn retry_partition(&self) -> RetryPartition {
        let number = PARTITIONS.fetch_add(1, Ordering::Relaxed);
        RetryPartition::custom(format!("ecs-emulator-{number}"))
            .token_bucket(TokenBucket::unlimited())
            .build()
    }
}

/// The clock of the SDK: virtual time.
#[derive(Clone, Debug)]
struct VirtualTime {
    emulator: Emulator,
}

impl TimeSource for VirtualTime {
    fn now(&self) -> SystemTime {
        let ms = u64::try_from(self.emulator.peek_ms()).unwrap_or(0);
        SystemTime::UNIX_EPOCH + Duration::from_millis(ms)
    }
}

/// Makes connectors.
#[derive(Clone, Debug)]
struct InProcess {
    emulator: Emulator,
}

impl HttpClient for InProcess {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let connector = Connector {
            emulator: self.emulator.clone(),
            read_timeout: settings.read_timeout(),
        };
        SharedHttpConnector::new(connector)
    }
}

/// Carries a request to the world and the reply back.
#[derive(Clone, Debug)]
struct Connector {
    emulator: Emulator,
    read_timeout: Option<Duration>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move {
            let request = plain(request)?;
            match connector.read_timeout {
                None => connector.exchange(&request).await,
                Some(limit) => tokio::time::timeout(limit, connector.exchange(&request))
                    .await
                    .unwrap_or_else(|_| Err(ConnectorError::timeout("no answer within the read timeout".into()))),
            }
        })
    }
}

impl Connector {
    async fn exchange(&self, request: &Request<Bytes>) -> Result<HttpResponse, ConnectorError> {
        let Reply { delay, outcome } = self.emulator.receive(request);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        match outcome {
            Outcome::Answer(response) => sdk_response(response),
            // The client reads a broken body, as it would from a connection that ends too early.
            Outcome::Truncated(response, length) => sdk_response(response.map(|body| body.slice(..length))),
            Outcome::Never => std::future::pending().await,
            Outcome::Close => Err(ConnectorError::io("the connection was closed before the answer".into())),
        }
    }
}

fn plain(request: HttpRequest) -> Result<Request<Bytes>, ConnectorError> {
    let user = |problem: String| ConnectorError::user(problem.into());
    let request = request.try_into_http1x().map_err(|error| user(error.to_string()))?;
    let (parts, body) = request.into_parts();
    let body = body
        .bytes()
        .map(Bytes::copy_from_slice)
        .ok_or_else(|| user("streamed bodies are not emulated".into()))?;
    Ok(Request::from_parts(parts, body))
}

fn sdk_response(response: http::Response<Bytes>) -> Result<HttpResponse, ConnectorError> {
    HttpResponse::try_from(response.map(SdkBody::from)).map_err(|error| ConnectorError::other(error.into(), None))
}
