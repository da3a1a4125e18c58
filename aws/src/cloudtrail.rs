//! `LookupEvents` of `CloudTrail`: the one call of one more service.
//!
//! The call is made with the SDK's own parts: its orchestrator, its signer, and the credentials, HTTP client
//! and timeouts of the connection. So certificates, proxies and roles are those of every other call. Why
//! there is no client crate for it stands in `docs/dev/decisions.md`.

use aws_runtime::auth::{
    SigV4OperationSigningConfig,
    sigv4::{SCHEME_ID, SigV4AuthScheme},
};
use aws_sdk_ecs::{
    config::endpoint::{DefaultResolver, Params, ResolveEndpoint},
    error::SdkError,
};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::{
    auth::{AuthSchemeOptionResolverParams, static_resolver::StaticAuthSchemeOptionResolver},
    http::SharedHttpClient,
    orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
    runtime_components::RuntimeComponentsBuilder,
    runtime_plugin::StaticRuntimePlugin,
};
use aws_smithy_types::{body::SdkBody, config_bag::Layer, error::ErrorMetadata};
use aws_types::{SdkConfig, SigningName, region::Region, region::SigningRegion};
use serde_json::Value as Json;

use super::{
    connection::Aws,
    failure::{Failure, FailureKind},
    timeouts,
};

const OPERATION: &str = "LookupEvents";
const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

impl Aws {
    /// `LookupEvents` in a region, once: request and answer are the API's JSON. At most two calls a second are
    /// answered for an account and region; pacing and repeating are the caller's.
    pub async fn lookup_events(&self, region: &str, request: &Json) -> Result<Json, Failure> {
        let url = match &self.0.cloudtrail_endpoint {
            Ok(Some(url)) => url.clone(),
            Ok(None) => regional_endpoint(&self.0.config, region)
                .await
                .ok_or_else(|| not_sent(format!("no endpoint of CloudTrail is known for {region}")))?,
            Err(problem) => return Err(not_sent(problem.detail.clone())),
        };
        let http_client = self.0.config.http_client();
        let http_client = http_client.ok_or_else(|| not_sent("the connection has no HTTP client".to_owned()))?;
        let agent = self.0.config.app_name().map_or("ecs", AsRef::as_ref).to_owned();
        let operation = operation(&self.0.config, region, &url, http_client, agent);
        let answer = operation.invoke(request.clone()).await;
        answer.map_err(|error: SdkError<ErrorMetadata, HttpResponse>| Failure::from_sdk(OPERATION, error))
    }
}

/// The endpoint of ECS with the name of the other service: partitions, FIPS and dual-stack come from the SDK's
/// table. In `GovCloud` the regular endpoint is the validated one, under its plain name.
async fn regional_endpoint(config: &SdkConfig, region: &str) -> Option<String> {
    let params = Params::builder()
        .region(region)
        .use_fips(config.use_fips().unwrap_or_default() && !region.starts_with("us-gov-"))
        .use_dual_stack(config.use_dual_stack().unwrap_or_default())
        .build()
        .ok()?;
    let endpoint = DefaultResolver::new().resolve_endpoint(&params).await.ok()?;
    let rest = endpoint.url().strip_prefix("https://ecs")?;
    Some(format!("https://cloudtrail{rest}"))
}

fn operation(
    config: &SdkConfig,
    region: &str,
    url: &str,
    http_client: SharedHttpClient,
    agent: String,
) -> Operation<Json, Json, ErrorMetadata> {
    let mut components = RuntimeComponentsBuilder::new("cloudtrail")
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])))
        .with_auth_scheme(SigV4AuthScheme::new());
    if let Some(cache) = config.identity_cache() {
        components = components.with_identity_cache(Some(cache));
    }
    if let Some(credentials) = config.credentials_provider() {
        components = components.with_identity_resolver(SCHEME_ID, credentials);
    }
    if let Some(time) = config.time_source() {
        components = components.with_time_source(Some(time));
    }
    if let Some(sleep) = config.sleep_impl() {
        components = components.with_sleep_impl(Some(sleep));
    }
    let mut layer = Layer::new("cloudtrail");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(Region::new(region.to_owned()))),
        name: Some(SigningName::from_static("cloudtrail")),
        ..SigV4OperationSigningConfig::default()
    });
    let plugin = StaticRuntimePlugin::new()
        .with_config(layer.freeze())
        .with_runtime_components(components);
    Operation::builder()
        .service_name("CloudTrail")
        .operation_name(OPERATION)
        .behavior_version(aws_sdk_ecs::config::BehaviorVersion::latest())
        .http_client(http_client)
        .endpoint_url(url)
        .no_retry()
        .timeout_config(timeouts::of_calls())
        .runtime_plugin(plugin)
        .serializer(move |request: Json| {
            let mut http = HttpRequest::new(SdkBody::from(request.to_string()));
            http.set_method("POST")?;
            http.set_uri("/")?;
            let headers = http.headers_mut();
            headers.insert("content-type", "application/x-amz-json-1.1");
            headers.insert("x-amz-target", TARGET);
            headers.insert("user-agent", agent.clone());
            Ok(http)
        })
        .deserializer(|response: &HttpResponse| read(response))
        .build()
}

fn read(response: &HttpResponse) -> Result<Json, OrchestratorError<ErrorMetadata>> {
    let bytes = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        return serde_json::from_slice(bytes).map_err(OrchestratorError::other);
    }
    let body: Json = serde_json::from_slice(bytes).unwrap_or_default();
    let mut error = ErrorMetadata::builder();
    // A type may come with the namespace of its shape before it.
    let code = body["__type"].as_str().and_then(|code| code.rsplit('#').next());
    error = code.into_iter().fold(error, |error, code| error.code(code));
    let message = body["message"].as_str().or_else(|| body["Message"].as_str());
    error = message.into_iter().fold(error, |error, message| error.message(message));
    Err(OrchestratorError::operation(error.build()))
}

fn not_sent(message: String) -> Failure {
    Failure {
        operation: OPERATION,
        kind: FailureKind::NotSent,
        code: None,
        message,
        request_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn endpoint(region: &str, fips: bool) -> String {
        let config = SdkConfig::builder().use_fips(fips).build();
        regional_endpoint(&config, region).await.unwrap()
    }

    #[tokio::test]
    async fn endpoints_follow_partitions_and_variants() {
        assert_eq!(
            endpoint("eu-central-1", false).await,
            "https://cloudtrail.eu-central-1.amazonaws.com"
        );
        assert_eq!(
            endpoint("us-east-1", true).await,
            "https://cloudtrail-fips.us-east-1.amazonaws.com"
        );
        assert_eq!(
            endpoint("cn-north-1", false).await,
            "https://cloudtrail.cn-north-1.amazonaws.com.cn"
        );
        assert_eq!(
            endpoint("us-gov-west-1", true).await,
            "https://cloudtrail.us-gov-west-1.amazonaws.com"
        );
    }
}
