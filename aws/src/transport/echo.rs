//! Credentials in a request are taken out of an error that repeats the request, as debugging proxies and wrong servers do.
//! Only here both are known: the message of an error reaches people and logs.

use aws_sdk_ecs::config::http::HttpResponse;
use aws_smithy_runtime_api::client::{orchestrator::HttpRequest, result::ConnectorError};
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Limited};

use crate::mask::mask;

/// Headers that hold a session token.
const TOKEN: &str = "x-amz-security-token";
/// The header with the signature, and what stands before it there.
const SIGNED: (&str, &str) = ("authorization", "Signature=");

/// Texts that a request carries and no answer needs.
pub(super) struct Carried(Vec<String>);

impl Carried {
    /// The session token and the signature of a request.
    pub(super) fn by(request: &HttpRequest) -> Self {
        let headers = request.headers();
        let signature = headers.get(SIGNED.0).and_then(|header| header.split_once(SIGNED.1));
        let texts = headers
            .get(TOKEN)
            .into_iter()
            .chain(signature.map(|(_, signature)| signature));
        Self(texts.filter(|text| !text.is_empty()).map(str::to_owned).collect())
    }

    /// The answer without it. Only errors are read here: of other answers no text reaches a person unread.
    pub(super) async fn hidden_in(
        self,
        mut answer: HttpResponse,
        longest: usize,
    ) -> Result<HttpResponse, ConnectorError> {
        if answer.status().is_success() || self.0.is_empty() {
            return Ok(answer);
        }
        let body = Limited::new(answer.take_body(), longest).collect().await;
        let body = body.map_err(|error| ConnectorError::other(error, None))?.to_bytes();
        *answer.body_mut() = match std::str::from_utf8(&body) {
            Ok(text) => SdkBody::from(mask(text, &self.0)),
            Err(_) => SdkBody::from(body.to_vec()),
        };
        Ok(answer)
    }
}
