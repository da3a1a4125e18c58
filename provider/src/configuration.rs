//! From the value of the provider block to settings, tag rules and polling. Pure: the environment is
//! handed in.

use std::collections::BTreeMap;

use daemons::{
    aws::Settings,
    session::Poll,
    tags::{self, TagRules},
};
use tfplug_core::{Diagnostic, Diagnostics, Path, Value};

use crate::{
    VERSION,
    block::{interval, name},
};

/// Variable that gives the polling interval when the provider block does not.
pub(crate) const POLL_VARIABLE: &str = "TF_ECS_POLL_INTERVAL";

/// What a provider block says.
pub(crate) struct Configuration {
    pub(crate) settings: Settings,
    pub(crate) tags: TagRules,
    pub(crate) poll: Poll,
}

impl Configuration {
    /// Reads a wholly known provider block. `poll_variable` is the content of [`POLL_VARIABLE`].
    pub(crate) fn read(config: &Value, poll_variable: Option<&str>) -> Result<Self, Diagnostic> {
        let endpoints = only(config.get(name::ENDPOINTS));
        let settings = Settings {
            region: text(config, name::REGION),
            profile: text(config, name::PROFILE),
            access_key: text(config, name::ACCESS_KEY),
            secret_key: text(config, name::SECRET_KEY),
            token: text(config, name::TOKEN),
            ecs_endpoint: text(endpoints, name::ECS),
            sts_endpoint: text(endpoints, name::STS),
            max_retries: config
                .get(name::MAX_RETRIES)
                .as_i64()
                .and_then(|number| u32::try_from(number).ok()),
            skip_credentials_validation: config
                .get(name::SKIP_CREDENTIALS_VALIDATION)
                .as_bool()
                .unwrap_or_default(),
            allowed_account_ids: texts(config.get(name::ALLOWED_ACCOUNT_IDS)),
            forbidden_account_ids: texts(config.get(name::FORBIDDEN_ACCOUNT_IDS)),
            user_agent_product: ("terraform-provider-ecs".to_owned(), VERSION.to_owned()),
        };
        Ok(Self {
            settings,
            tags: tag_rules(config),
            poll: poll(config, poll_variable)?,
        })
    }
}

/// Rules over several arguments. An unknown value may turn out to be anything, so it breaks no rule.
pub(crate) fn validate(config: &Value) -> Diagnostics {
    let mut problems = Diagnostics::new();
    let is_missing = |name: &str| config.get(name).is_null_or_empty();
    let is_given = |name: &str| config.get(name).is_present() && !is_missing(name);
    for (given, needed) in [
        (name::ACCESS_KEY, name::SECRET_KEY),
        (name::SECRET_KEY, name::ACCESS_KEY),
        (name::TOKEN, name::ACCESS_KEY),
    ] {
        if is_given(given) && is_missing(needed) {
            problems.error_at(
                Path::attribute(given),
                "Invalid attribute combination",
                format!("`{given}` is set but `{needed}` is not. Set both, or neither."),
            );
        }
    }
    if is_given(name::ALLOWED_ACCOUNT_IDS) && is_given(name::FORBIDDEN_ACCOUNT_IDS) {
        problems.error_at(
            Path::attribute(name::FORBIDDEN_ACCOUNT_IDS),
            "Invalid attribute combination",
            "`allowed_account_ids` and `forbidden_account_ids` exclude each other: an account that is not allowed \
             need not be forbidden. Keep one of them.",
        );
    }
    problems
}

/// Paths of the arguments that are not known yet, wholly or in part.
pub(crate) fn unknown_paths(config: &Value) -> Vec<Path> {
    let mut paths = Vec::new();
    collect_unknown(config, &Path::root(), &mut paths);
    paths
}

fn collect_unknown(value: &Value, path: &Path, paths: &mut Vec<Path>) {
    let depth = path.steps().len();
    match value {
        // The provider block itself, and each block inside it.
        Value::Map(members) if depth == 0 || depth == 2 => {
            for (name, value) in members {
                collect_unknown(value, &path.child(name), paths);
            }
        }
        // Attributes end here; lists at this depth are blocks.
        Value::List(blocks) if depth == 1 => {
            for (index, block) in blocks.iter().enumerate() {
                collect_unknown(block, &path.index(index), paths);
            }
        }
        value if !value.is_wholly_known() => paths.push(path.clone()),
        _ => {}
    }
}

fn tag_rules(config: &Value) -> TagRules {
    let ignore = only(config.get(name::IGNORE_TAGS));
    TagRules {
        default_tags: default_tags(config),
        ignore_keys: texts(ignore.get(name::KEYS)),
        ignore_prefixes: texts(ignore.get(name::KEY_PREFIXES)),
    }
}

fn default_tags(config: &Value) -> BTreeMap<String, String> {
    tags::known(only(config.get(name::DEFAULT_TAGS)).get(name::TAGS))
}

fn poll(config: &Value, variable: Option<&str>) -> Result<Poll, Diagnostic> {
    let from = |text: &str, source: &str| {
        interval(text).map_err(|problem| Diagnostic::error("Invalid polling interval", format!("{source}: {problem}")))
    };
    if let Some(text) = text(config, name::POLL_INTERVAL) {
        let interval = from(&text, "`poll_interval` of the provider block")
            .map_err(|problem| problem.at(Path::attribute(name::POLL_INTERVAL)))?;
        return Ok(Poll { interval });
    }
    let interval = from(
        variable.unwrap_or_default(),
        &format!("The environment variable {POLL_VARIABLE}"),
    )?;
    Ok(Poll { interval })
}

/// The only element of a block that may be there once.
fn only(blocks: &Value) -> &Value {
    static NONE: Value = Value::Null;
    blocks.elements().next().unwrap_or(&NONE)
}

/// A string that is set. Modules pass empty strings for "not set".
fn text(object: &Value, name: &str) -> Option<String> {
    object
        .get(name)
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn texts(set: &Value) -> Vec<String> {
    set.elements()
        .filter_map(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests;
