//! A transport that plays a script instead of calling anybody.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex},
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_ecs::config::{BehaviorVersion, RuntimeComponents};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::{
    client::{
        http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use aws_types::{SdkConfig, region::Region};

/// The reaction of the transport to one request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Answer(u16, &'static str),
    Unreachable,
    Lost,
    Silent,
}

/// Plays its steps in order, the last one for ever, and notes where requests went.
#[derive(Clone, Debug)]
pub(super) struct Script {
    steps: Arc<Mutex<VecDeque<Step>>>,
    pub(super) hosts: Arc<Mutex<Vec<String>>>,
}

impl Script {
    pub(super) fn of(steps: &[Step]) -> Self {
        Self {
            steps: Arc::new(Mutex::new(steps.iter().copied().collect())),
            hosts: Arc::default(),
        }
    }

    fn next(&self) -> Step {
        let mut steps = self.steps.lock().unwrap();
        if steps.len() > 1 {
            steps.pop_front().unwrap()
        } else {
            steps[0]
        }
    }

    pub(super) fn calls(&self) -> usize {
        self.hosts.lock().unwrap().len()
    }

    pub(super) fn config(&self) -> SdkConfig {
        let keys = Credentials::new("AKIASCRIPT", "canary-secret", None, None, "test");
        self.config_as(SharedCredentialsProvider::new(keys))
    }

    pub(super) fn config_as(&self, credentials: SharedCredentialsProvider) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(credentials)
            .http_client(self.clone())
            .sleep_impl(TokioSleep::new())
            .build()
    }
}

impl HttpClient for Script {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let host = request.uri().split('/').nth(2).unwrap_or_default().to_owned();
        self.hosts.lock().unwrap().push(host);
        let step = self.next();
        HttpConnectorFuture::new(async move {
            match step {
                Step::Answer(status, body) => {
                    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
                    response.headers_mut().insert("x-amzn-requestid", "req-1");
                    Ok(response)
                }
                Step::Unreachable => {
                    let refused = io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused");
                    Err(ConnectorError::io(Box::new(refused)))
                }
                Step::Lost => Err(ConnectorError::io("connection closed".into())),
                Step::Silent => std::future::pending().await,
            }
        })
    }
}
