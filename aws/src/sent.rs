//! Secrets of a request, which no message may have: a service, or something between, may answer with what it was sent.
//!
//! The secrets of a request go with its answer, and [`Failure`](super::Failure) takes them out of the words of the
//! service. The URL is kept as well: of a request that was never sent nothing else is left.

use std::{fmt, sync::Arc};

use aws_sdk_ecs::config::{
    ConfigBag, Intercept, RuntimeComponents,
    interceptors::{BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextRef},
};
use aws_smithy_runtime_api::{box_error::BoxError, client::orchestrator::HttpRequest};
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use serde_json::Value as Json;

use super::{endpoints, mask::mask};

/// Headers that give access.
const HEADERS: [&str; 2] = ["authorization", "x-amz-security-token"];
/// Member of requests whose values may be secrets, as the model of ECS says.
const ENVIRONMENT: &str = "environment";
/// Shortest value that is looked for: a shorter one is found in words that have nothing to do with it.
const SHORTEST: usize = 8;

/// Keeps what is to be known of a request until it is answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeepSent;

/// The parts of a request that are kept.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// Address that it went to, as it may be shown.
    pub(super) url: String,
    secrets: Secrets,
}

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

/// The secrets of a request.
#[derive(Clone)]
pub(super) struct Secrets(Arc<[String]>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

impl Secrets {
    fn of(request: &HttpRequest) -> Self {
        let header = |name: &&'static str| request.headers().get(*name).map(str::to_owned);
        let mut secrets: Vec<String> = HEADERS.iter().filter_map(header).collect();
        let body = request.body().bytes().unwrap_or_default();
        let may_have_values = body
            .windows(ENVIRONMENT.len())
            .any(|window| window == ENVIRONMENT.as_bytes());
        if may_have_values && let Ok(body) = serde_json::from_slice(body) {
            collect_values(&body, &mut secrets);
        }
        secrets.retain(|secret| secret.len() >= SHORTEST);
        Self(secrets.into())
    }

    /// A text without the secrets, in the forms in which an answer may repeat them.
    pub(super) fn masked(&self, text: &str) -> String {
        mask(text, &self.0)
    }
}

fn collect_values(body: &Json, secrets: &mut Vec<String>) {
    match body {
        Json::Object(members) => {
            for (name, member) in members {
                if name == ENVIRONMENT {
                    let variables = member.as_array().into_iter().flatten();
                    secrets.extend(variables.filter_map(|variable| variable["value"].as_str().map(str::to_owned)));
                } else {
                    collect_values(member, secrets);
                }
            }
        }
        Json::Array(elements) => elements.iter().for_each(|element| collect_values(element, secrets)),
        _ => {}
    }
}

impl Intercept for KeepSent {
    fn name(&self) -> &'static str {
        "KeepSent"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        bag.interceptor_state().store_put(Sent {
            url: endpoints::shown(request.uri()),
            secrets: Secrets::of(request),
        });
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(sent) = bag.load::<Sent>() {
            context.response_mut().add_extension(sent.secrets.clone());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_request_had_is_in_no_text() {
        let body = json!({
            "family": "canary-family",
            "containerDefinitions": [{
                "environment": [{"name": "A", "value": "canary \"value\""}, {"name": "B", "value": "short"}]
            }]
        });
        let mut request = HttpRequest::new(SdkBody::from(body.to_string()));
        request.headers_mut().insert("x-amz-security-token", "canary-token");
        request
            .headers_mut()
            .insert("authorization", "AWS4 Signature=canary-token-7");
        let secrets = Secrets::of(&request);
        assert_eq!(format!("{secrets:?}"), "Secrets { .. }");
        let told = secrets.masked(&format!(
            "not valid: {body}, canary-token, AWS4 Signature=canary-token-7; short"
        ));
        insta::assert_snapshot!(told);
        assert!(!told.contains("canary \\") && !told.contains("canary-token"), "{told}");
    }
}
