//! The search for credentials when nothing says where they are: one place after the other, and a
//! list of all of them when there are none.
//!
//! The order is that of the AWS SDKs. Their chain forgets why each place had nothing, which is what a
//! user needs to know; and it asks the metadata service anew for each call, a second each.

use std::{error::Error, time::Duration};

use aws_config::{
    ecs::EcsCredentialsProvider, imds::credentials::ImdsCredentialsProvider, profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig,
};
use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use tokio::{sync::Mutex, time::Instant};

use super::{
    environment::Environment, failure::reason, metadata::Metadata, no_credentials::NoCredentials, problem::Problem,
    profiles::Profiles, roles::WebRole, sendable::unsendable,
};

/// The time for which it is known that there are no credentials, so that a run of many calls looks once.
const MEMORY: Duration = Duration::from_secs(30);

/// The places, in the order in which they are asked.
#[derive(Debug)]
pub(super) struct Places {
    places: Vec<Place>,
    nothing: Mutex<Option<(Instant, NoCredentials)>>,
}

#[derive(Debug)]
struct Place {
    name: String,
    provider: Result<SharedCredentialsProvider, &'static str>,
    /// The remedy if it has credentials but cannot give them.
    advice: Option<String>,
}

impl Places {
    /// The profile that the settings name, and no other place.
    pub(super) fn of_profile(profiles: &Profiles, services: &ProviderConfig) -> Self {
        Self::new(vec![profile_place(profiles, services)])
    }

    /// All places. `services` reaches AWS, `neighbours` reaches this machine's metadata services; `web_identity` makes
    /// the role of the environment's web identity.
    pub(super) fn all(
        profiles: &Profiles,
        environment: &Environment,
        metadata: &Metadata,
        services: &ProviderConfig,
        neighbours: &ProviderConfig,
        web_identity: impl FnOnce() -> Result<WebRole, Problem>,
    ) -> Self {
        Self::new(vec![
            variables_place(environment),
            profile_place(profiles, services),
            web_identity_place(environment, web_identity),
            container_place(environment, neighbours),
            metadata_place(metadata, neighbours),
        ])
    }

    fn new(places: Vec<Place>) -> Self {
        Self {
            places,
            nothing: Mutex::default(),
        }
    }

    async fn credentials(&self) -> provider::Result {
        let mut nothing = self.nothing.lock().await;
        if let Some((since, known)) = nothing.as_ref()
            && since.elapsed() < MEMORY
        {
            return Err(CredentialsError::not_loaded(known.clone()));
        }
        match self.look().await {
            Ok(credentials) => Ok(credentials),
            Err(found) => {
                *nothing = Some((Instant::now(), found.clone()));
                Err(CredentialsError::not_loaded(found))
            }
        }
    }

    /// Asks one place after the other. A place that has credentials but cannot give them ends the
    /// search, so that a run never goes on as somebody else.
    async fn look(&self) -> Result<Credentials, NoCredentials> {
        let mut found = Vec::new();
        for place in &self.places {
            let answer = match &place.provider {
                Ok(provider) => provider.provide_credentials().await,
                Err(reason) => {
                    found.push((place.name.clone(), (*reason).to_owned()));
                    continue;
                }
            };
            match answer {
                Ok(credentials) => match unsendable(&credentials) {
                    None => return Ok(credentials),
                    Some(reason) => {
                        found.push((place.name.clone(), reason.to_owned()));
                        break;
                    }
                },
                Err(error) => {
                    let goes_on = matches!(error, CredentialsError::CredentialsNotLoaded(_));
                    let reason = match error.source() {
                        None if goes_on => "it has no credentials".to_owned(),
                        _ => reason::of(&error),
                    };
                    let advice = place.advice.iter().map(|advice| format!("; {advice}"));
                    found.push((
                        place.name.clone(),
                        advice.fold(reason, |reason, advice| reason + &advice),
                    ));
                    if !goes_on {
                        break;
                    }
                }
            }
        }
        Err(NoCredentials::at(found))
    }
}

impl ProvideCredentials for Places {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

fn place(name: impl Into<String>, provider: impl ProvideCredentials + 'static) -> Place {
    Place {
        name: name.into(),
        provider: Ok(SharedCredentialsProvider::new(provider)),
        advice: None,
    }
}

fn nothing(name: impl Into<String>, reason: &'static str) -> Place {
    Place {
        name: name.into(),
        provider: Err(reason),
        advice: None,
    }
}

fn variables_place(environment: &Environment) -> Place {
    const NAME: &str = "the environment";
    let variable = |name| environment.text(name);
    match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
        (None, None) => nothing(NAME, "AWS_ACCESS_KEY_ID is not set"),
        (Some(_), None) => nothing(NAME, "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"),
        (None, Some(_)) => nothing(NAME, "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"),
        (Some(id), Some(secret)) => {
            let keys = Credentials::new(id, secret, variable("AWS_SESSION_TOKEN"), None, "environment");
            place(NAME, keys)
        }
    }
}

fn profile_place(profiles: &Profiles, services: &ProviderConfig) -> Place {
    let name = format!(
        "the profile `{}` of the shared configuration files",
        profiles.selected()
    );
    if !profiles.is_there() {
        return nothing(name, "no such profile");
    }
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(services)
        .profile_files(profiles.files.clone())
        .profile_name(profiles.selected());
    Place {
        advice: profile_advice(profiles),
        ..place(name, provider.build())
    }
}

/// The text of a program or SSO about its failure may hold secrets and is not repeated, so the user is told where to look.
fn profile_advice(profiles: &Profiles) -> Option<String> {
    if profiles.has("credential_process") {
        return Some("run its `credential_process` by itself to see why".to_owned());
    }
    let is_sso = profiles.has("sso_session") || profiles.has("sso_start_url");
    is_sso.then(|| format!("`aws sso login --profile {}` may renew it", profiles.selected()))
}

fn web_identity_place(environment: &Environment, web_identity: impl FnOnce() -> Result<WebRole, Problem>) -> Place {
    const NAME: &str = "the web identity of the environment";
    if environment.text("AWS_WEB_IDENTITY_TOKEN_FILE").is_none() {
        return nothing(NAME, "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    }
    if environment.text("AWS_ROLE_ARN").is_none() {
        return nothing(NAME, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
    }
    match web_identity() {
        Ok(role) => place(NAME, role),
        Err(_) => nothing(NAME, "it is incomplete"),
    }
}

fn container_place(environment: &Environment, neighbours: &ProviderConfig) -> Place {
    const NAME: &str = "the container's credentials";
    let variables = [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    if environment.first(&variables).is_none() {
        return nothing(NAME, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set");
    }
    place(NAME, EcsCredentialsProvider::builder().configure(neighbours).build())
}

fn metadata_place(metadata: &Metadata, neighbours: &ProviderConfig) -> Place {
    const NAME: &str = "the metadata service of EC2";
    match metadata {
        Metadata::Off(reason) => nothing(NAME, reason),
        Metadata::Client(client) => {
            let provider = ImdsCredentialsProvider::builder()
                .configure(neighbours)
                .imds_client(client.clone());
            place(NAME, provider.build())
        }
    }
}
