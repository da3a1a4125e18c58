//! Roles: assumed with a token, then one with the credentials of the other.
//!
//! The SDK's own providers know neither `source_identity` nor `transitive_tag_keys`, so STS is called
//! here. Credentials are renewed by the SDK's cache shortly before they expire; the token is read anew
//! each time, because whoever issues it replaces it.

mod assume;
mod failure;
mod session;
mod web;

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError},
};
use aws_types::SdkConfig;
use std::time::{Duration, SystemTime};

use super::{
    advice::Advice,
    environment::Environment,
    problem::Problem,
    settings::{Settings, WebIdentity},
    sts::Sts,
    timeouts::CREDENTIALS_TIMEOUT,
};
pub(super) use web::WebRole;

/// Credentials for the settings' roles, on top of `base`. Each role is assumed at once, so that a
/// mistake is told where it is made, and by the first call it would have been assumed anyway.
pub(super) async fn assume(
    settings: &Settings,
    environment: &Environment,
    base: SharedCredentialsProvider,
    sts: &Sts,
    config: &SdkConfig,
) -> Result<SharedCredentialsProvider, Problem> {
    let advice = settings.advice;
    let mut credentials = base;
    if let Some(role) = &settings.assume_role_with_web_identity {
        let client = sts.role_client(config, None);
        credentials = tried(web::WebRole::new(role, environment, client, advice)?, &advice).await?;
    }
    for role in &settings.assume_role {
        let client = sts.role_client(config, Some(credentials));
        credentials = tried(assume::Role::new(role.clone(), client, advice), &advice).await?;
    }
    Ok(credentials)
}

/// The role of the environment's web identity.
pub(super) fn of_environment(
    environment: &Environment,
    sts: &Sts,
    config: &SdkConfig,
    advice: Advice,
) -> Result<WebRole, Problem> {
    WebRole::new(
        &WebIdentity::default(),
        environment,
        sts.role_client(config, None),
        advice,
    )
}

/// A provider whose first credentials are fetched already, and handed out to who asks first.
async fn tried<P: ProvideCredentials + 'static>(
    provider: P,
    advice: &Advice,
) -> Result<SharedCredentialsProvider, Problem> {
    let limit = CREDENTIALS_TIMEOUT;
    let answer = tokio::time::timeout(limit, provider.provide_credentials()).await;
    let answer = answer.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(limit)));
    let first = answer.map_err(|error| failure::problem(&error, advice))?;
    Ok(SharedCredentialsProvider::new(Prefetched::new(provider, first)))
}

/// Gives away what is there already, once, and asks from then on.
#[derive(Debug)]
struct Prefetched<P> {
    provider: P,
    first: std::sync::Mutex<Option<Credentials>>,
}

impl<P> Prefetched<P> {
    fn new(provider: P, first: Credentials) -> Self {
        let first = std::sync::Mutex::new(Some(first));
        Self { provider, first }
    }
}

impl<P: ProvideCredentials> ProvideCredentials for Prefetched<P> {
    fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        use aws_credential_types::provider::future::ProvideCredentials as Answer;
        let first = self
            .first
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        match first.filter(is_fresh) {
            Some(credentials) => Answer::ready(Ok(credentials)),
            None => self.provider.provide_credentials(),
        }
    }
}

/// True if credentials last longer than it takes to use them, as the SDK's cache sees it.
fn is_fresh(credentials: &Credentials) -> bool {
    const MARGIN: Duration = Duration::from_secs(10);
    let expiry = credentials.expiry();
    expiry.is_none_or(|expiry| expiry > SystemTime::now() + MARGIN)
}
