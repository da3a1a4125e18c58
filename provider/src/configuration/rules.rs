//! Rules over several arguments. An unknown value may turn out to be anything, so it breaks no rule.

use tfplug_core::{Diagnostic, Diagnostics, Path, Value};

use crate::block::name;

/// What is wrong with a provider block as a whole, and what of it is not done.
pub(crate) fn validate(config: &Value) -> Diagnostics {
    let mut problems = Diagnostics::new();
    complete_keys(config, &mut problems);
    exclusive(config, &mut problems);
    roles(config, &mut problems);
    problems.extend(retry_mode(config));
    problems
}

fn is_missing(object: &Value, name: &str) -> bool {
    let value = object.get(name);
    value.is_null_or_empty() || value.as_str() == Some("")
}

fn is_given(object: &Value, name: &str) -> bool {
    object.get(name).is_present() && !is_missing(object, name)
}

fn complete_keys(config: &Value, problems: &mut Diagnostics) {
    for (given, needed) in [
        (name::ACCESS_KEY, name::SECRET_KEY),
        (name::SECRET_KEY, name::ACCESS_KEY),
        (name::TOKEN, name::ACCESS_KEY),
    ] {
        if is_given(config, given) && is_missing(config, needed) {
            problems.error_at(
                Path::attribute(given),
                "Invalid attribute combination",
                format!("`{given}` is set but `{needed}` is not. Set both, or neither."),
            );
        }
    }
}

fn exclusive(config: &Value, problems: &mut Diagnostics) {
    if is_given(config, name::ALLOWED_ACCOUNT_IDS) && is_given(config, name::FORBIDDEN_ACCOUNT_IDS) {
        problems.error_at(
            Path::attribute(name::FORBIDDEN_ACCOUNT_IDS),
            "Invalid attribute combination",
            "`allowed_account_ids` and `forbidden_account_ids` exclude each other: an account that is not allowed \
             need not be forbidden. Keep one of them.",
        );
    }
}

fn roles(config: &Value, problems: &mut Diagnostics) {
    for (index, block) in config.get(name::ASSUME_ROLE).elements().enumerate() {
        let path = Path::attribute(name::ASSUME_ROLE).index(index);
        if is_missing(block, name::ROLE_ARN) {
            problems.push(
                Diagnostic::warning(
                    "Role not assumed",
                    "This block has no `role_arn`, so it is ignored, and AWS is called with the credentials that are \
                     there without it. Set `role_arn`, or remove the block.",
                )
                .at(path.clone()),
            );
        }
        transitive_tags(block, &path, problems);
    }
    for (index, block) in config.get(name::ASSUME_ROLE_WITH_WEB_IDENTITY).elements().enumerate() {
        let path = Path::attribute(name::ASSUME_ROLE_WITH_WEB_IDENTITY).index(index);
        if is_given(block, name::WEB_IDENTITY_TOKEN) && is_given(block, name::WEB_IDENTITY_TOKEN_FILE) {
            problems.error_at(
                path.child(name::WEB_IDENTITY_TOKEN_FILE),
                "Invalid attribute combination",
                "`web_identity_token` and `web_identity_token_file` exclude each other. Keep one of them.",
            );
        }
        if is_given(config, name::ACCESS_KEY) {
            let text = "The role of `assume_role_with_web_identity` is assumed with a token, so the keys of the \
                        provider block are not used. Remove them, or the block.";
            problems.push(Diagnostic::warning("Access key not used", text).at(Path::attribute(name::ACCESS_KEY)));
        }
    }
}

/// STS refuses keys of tags that are not sent, and a text of AWS says so late.
fn transitive_tags(block: &Value, path: &Path, problems: &mut Diagnostics) {
    let (keys, tags) = (block.get(name::TRANSITIVE_TAG_KEYS), block.get(name::TAGS));
    if !keys.is_wholly_known() || tags.is_unknown() {
        return;
    }
    let unknown = keys
        .elements()
        .filter_map(Value::as_str)
        .find(|key| tags.get(key).is_null());
    if let Some(key) = unknown {
        problems.error_at(
            path.child(name::TRANSITIVE_TAG_KEYS),
            "Invalid attribute combination",
            format!("`{key}` is not a key of `tags`: only tags of the session can go on to the next one."),
        );
    }
}

fn retry_mode(config: &Value) -> Option<Diagnostic> {
    if config.get(name::RETRY_MODE).as_str() != Some("adaptive") {
        return None;
    }
    let warning = Diagnostic::warning(
        "Retry mode not used",
        "`retry_mode` is `adaptive`, but calls are repeated as with `standard`: the client-side limit of the adaptive \
         mode would slow all waits down after a few throttled calls. Remove the argument, or set it to `standard`.",
    );
    Some(warning.at(Path::attribute(name::RETRY_MODE)))
}
