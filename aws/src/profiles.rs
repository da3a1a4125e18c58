//! The shared configuration files, and which profile of them counts.

use std::{borrow::Cow, path::Path as FilePath};

use aws_config::{
    meta::region::ProvideRegion,
    profile::{ProfileFileRegionProvider, ProfileSet},
    provider_config::ProviderConfig,
};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::{os_shim_internal::Fs, region::Region};

use super::{
    advice::Advice,
    environment::Environment,
    failure::reason,
    problem::{Argument, Problem, Problems},
    sentences,
    settings::Settings,
};

/// Name of the profile that counts when none is named.
const DEFAULT: &str = "default";

/// The profile in force, and the files it is in.
#[derive(Debug)]
pub(super) struct Profiles {
    /// The files, for functions of the SDK.
    pub(super) files: EnvConfigFiles,
    /// The profile that was named, by the settings or by the environment.
    pub(super) name: Option<String>,
    /// True if the settings name it.
    pub(super) is_explicit: bool,
    content: ProfileSet,
}

impl Profiles {
    /// Reads the files. A profile that the settings name must be in one of them: the SDK would
    /// only say that there are no credentials.
    pub(super) async fn load(settings: &Settings, environment: &Environment) -> Result<Self, Problems> {
        let files = files(settings, environment)?;
        // The SDK does not read the second variable.
        let variable = environment.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]);
        let name = settings.profile.clone().or(variable.map(|(_, name)| name));
        let selected = name.clone().map(Cow::Owned);
        let content = aws_config::profile::load(&Fs::real(), environment.shim(), &files, selected).await;
        let content = content.map_err(|error| {
            Problem::new(
                "AWS configuration files cannot be read",
                sentences::sentence(&sentences::capitalised(&reason::of(&error))),
            )
        })?;
        let profiles = Self {
            files,
            name,
            is_explicit: settings.profile.is_some(),
            content,
        };
        match settings
            .profile
            .as_deref()
            .and_then(|name| profiles.missing(name, &settings.advice))
        {
            Some(problem) if settings.access_key.is_none() => Err(problem.into()),
            _ => Ok(profiles),
        }
    }

    /// Name of the profile in force.
    pub(super) fn selected(&self) -> &str {
        self.name.as_deref().unwrap_or(DEFAULT)
    }

    /// A value of the profile in force.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.content.get_profile(self.selected())?.get(key)
    }

    /// True if the profile in force, or the one that it takes its credentials from, has a setting.
    pub(super) fn has(&self, key: &str) -> bool {
        let source = self.get("source_profile");
        let source = source.and_then(|name| self.content.get_profile(name));
        self.get(key).is_some() || source.is_some_and(|profile| profile.get(key).is_some())
    }

    /// True if the profile in force is in the files.
    pub(super) fn is_there(&self) -> bool {
        self.content.get_profile(self.selected()).is_some()
    }

    /// The region of the profile, or of the profile that it takes its credentials from.
    pub(super) async fn region(&self, places: &ProviderConfig) -> Option<Region> {
        let provider = ProfileFileRegionProvider::builder()
            .configure(places)
            .profile_files(self.files.clone())
            .profile_name(self.selected());
        provider.build().region().await
    }

    fn missing(&self, name: &str, advice: &Advice) -> Option<Problem> {
        if self.content.get_profile(name).is_some() {
            return None;
        }
        let mut known: Vec<&str> = self.content.profiles().collect();
        known.sort_unstable();
        let known = if known.is_empty() {
            "no profile at all".to_owned()
        } else {
            format!("only {}", known.join(", "))
        };
        let text = format!(
            "The shared configuration files (by default ~/.aws/config and ~/.aws/credentials) have {known}, but {} \
             `{name}`.",
            advice.names_the_profile
        );
        Some(Problem::new("AWS profile not found", text).at(Argument::named("profile")))
    }
}

/// The files of the settings; where they name none, the usual one or that of the environment.
fn files(settings: &Settings, environment: &Environment) -> Result<EnvConfigFiles, Problems> {
    let mut problems = Problems::default();
    let mut files = EnvConfigFiles::builder()
        .include_default_config_file(settings.shared_config_files.is_empty())
        .include_default_credentials_file(settings.shared_credentials_files.is_empty());
    for (name, kind, paths) in [
        (
            "shared_config_files",
            EnvConfigFileKind::Config,
            &settings.shared_config_files,
        ),
        (
            "shared_credentials_files",
            EnvConfigFileKind::Credentials,
            &settings.shared_credentials_files,
        ),
    ] {
        for (index, text) in paths.iter().enumerate() {
            let file = environment.path(text);
            problems.extend(unreadable(&file).map(|reason| {
                let reason = reason::of_io(&reason);
                let text = format!("The file `{text}` cannot be read: {reason}. Correct the path, or leave it out.");
                let problem = Problem::new("AWS configuration file cannot be read", text);
                problem.at(Argument::named(name).index(index))
            }));
            files = files.with_file(kind, file);
        }
    }
    if problems.is_empty() {
        Ok(files.build())
    } else {
        Err(problems)
    }
}

fn unreadable(file: &FilePath) -> Option<std::io::Error> {
    std::fs::File::open(file).err()
}
