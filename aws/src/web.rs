//! Requests to hosts that are not AWS, on the same way: proxies of the environment, certificates of the system, limits of
//! time and size. Notices go to such hosts, and one HTTP client in a program is enough.
//!
//! `AWS_CA_BUNDLE` is not used, since it may hold the authorities of AWS alone; `SSL_CERT_FILE` names others. Redirects
//! are answers like any other: a token must not follow them.

use std::fmt;

use aws_sdk_ecs::error::SdkError;
use aws_smithy_async::{rt::sleep::TokioSleep, time::SystemTimeSource};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::{
    http::SharedHttpClient,
    orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
};
use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};

use super::{
    endpoints,
    environment::Environment,
    failure::Failure,
    mask::mask,
    problem::{Problem, Problems},
    timeouts,
    transport::Transport,
};

/// Name of a request in failures; callers say what it was for.
const OPERATION: &str = "request";

/// The way to hosts.
#[derive(Clone, Debug)]
pub struct Web(SharedHttpClient);

/// A request.
#[derive(Clone)]
pub struct Request {
    /// Method.
    pub method: &'static str,
    /// URL with path and query.
    pub url: String,
    /// Names and values of headers.
    pub headers: Vec<(&'static str, String)>,
    /// Body, empty for none.
    pub body: String,
    /// Texts that no message may repeat.
    pub secrets: Vec<String>,
}

/// Without headers and URL, which hold secrets.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// An answer, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Body. Of an answer that is no success it has no secret of the request.
    pub body: String,
    headers: Vec<(String, String)>,
}

impl Answer {
    /// An answer with headers, whose names are in lower case.
    pub fn new(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            status,
            body: body.to_owned(),
            headers: headers.iter().map(own).collect(),
        }
    }

    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// True if the host did what it was asked for.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Web {
    /// The way that the environment asks for.
    pub fn from_environment() -> Result<Self, Problem> {
        Self::of(&Environment::of_process())
    }

    pub(super) fn of(environment: &Environment) -> Result<Self, Problem> {
        let first = |problems: Problems| {
            let first = problems.into_iter().next();
            first.unwrap_or_else(|| Problem::new("No way to the network", "Check the proxies of the environment."))
        };
        let transport = Transport::public(environment).map_err(first)?;
        Ok(Self(SharedHttpClient::new(transport)))
    }

    /// Sends a request once.
    pub async fn send(&self, request: Request) -> Result<Answer, Failure> {
        let operation = operation(self.0.clone(), &request);
        let secrets = request.secrets.clone();
        let answer = operation.invoke(request).await;
        let mut answer =
            answer.map_err(|error: SdkError<ErrorMetadata, HttpResponse>| Failure::from_sdk(OPERATION, error))?;
        if !answer.is_success() {
            answer.body = mask(&answer.body, &secrets);
        }
        Ok(answer)
    }
}

/// True if a text is a URL that can be called, perhaps with a query: that of a webhook may have one.
pub fn is_url_with_query(text: &str) -> bool {
    let (url, query) = text.split_once('?').unwrap_or((text, ""));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%+&=:;,/?@!$'()*".contains(&byte);
    endpoints::is_url(url) && query.bytes().all(is_plain)
}

/// True if what is sent to a URL can be read on its way.
pub fn is_readable_on_the_way(url: &str) -> bool {
    endpoints::is_plain_and_remote(url)
}

/// Scheme and host of a URL, and its path.
fn parted(url: &str) -> (&str, &str) {
    let start = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(start..).unwrap_or_default();
    let end = rest.find(['/', '?']).map_or(url.len(), |at| start + at);
    url.split_at(end)
}

fn operation(client: SharedHttpClient, request: &Request) -> Operation<Request, Answer, ErrorMetadata> {
    Operation::builder()
        .service_name("web")
        .operation_name(OPERATION)
        .behavior_version(aws_sdk_ecs::config::BehaviorVersion::latest())
        .http_client(client)
        .endpoint_url(parted(&request.url).0)
        .no_auth()
        .no_retry()
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
        .timeout_config(timeouts::of_calls())
        .serializer(|request: Request| {
            let path = parted(&request.url).1;
            let path = if path.starts_with('/') {
                path.to_owned()
            } else {
                format!("/{path}")
            };
            let mut http = HttpRequest::new(SdkBody::from(request.body));
            http.set_method(request.method)?;
            http.set_uri(path)?;
            for (name, value) in request.headers {
                http.headers_mut().try_insert(name, value)?;
            }
            Ok(http)
        })
        .deserializer(|response: &HttpResponse| Ok::<_, OrchestratorError<ErrorMetadata>>(read(response)))
        .build()
}

fn read(response: &HttpResponse) -> Answer {
    let body = response.body().bytes().unwrap_or_default();
    let headers = response.headers().iter();
    Answer {
        status: response.status().as_u16(),
        body: String::from_utf8_lossy(body).into_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let check = |url: &str, expected: (&str, &str)| assert_eq!(parted(url), expected, "{url}");
        check("https://h:1/a/b?c=/d", ("https://h:1", "/a/b?c=/d"));
        check("https://h", ("https://h", ""));
        check("https://h?x", ("https://h", "?x"));
        check("", ("", ""));
    }

    #[test]
    fn a_webhook_may_have_a_query() {
        for valid in ["https://h/a?b=c&d=%20", "http://127.0.0.1:1/x", "https://h?x=1"] {
            assert!(is_url_with_query(valid), "{valid}");
        }
        for invalid in [
            "",
            "h/x",
            "https://ann:pw@h/",
            "https://h/a b",
            "https://h/?a b",
            "https://h/?a#b",
        ] {
            assert!(!is_url_with_query(invalid), "{invalid}");
        }
    }
}
