//! Rules over several arguments. An unknown value may turn out to be anything, so it breaks no rule.

use tfplug_core::{Diagnostic, Diagnostics, Path, Value};

use crate::{block::name, diagnostic};

/// Errors of a provider block as a whole, and parts of it that are not done.
pub(crate) fn validate(config: &Value) -> Diagnostics {
    let mut problems = Diagnostics::new();
    complete_keys(config, &mut problems);
    exclusive(config, &mut problems);
    problems.extend(validate_late(config));
    regions(config, &mut problems);
    roles(config, &mut problems);
    problems.extend(retry_mode(config));
    problems
}

/// Errors of values that were unknown when the block was checked.
pub(crate) fn validate_late(config: &Value) -> Diagnostics {
    let mut problems = Diagnostics::new();
    guards(config, &mut problems);
    empty_texts(config, &mut problems);
    problems
}

/// True if regions are not checked; so it is while that is not known.
pub(crate) fn takes_any_region(config: &Value) -> bool {
    let skip = config.get(name::SKIP_REGION_VALIDATION);
    skip.is_unknown() || skip.as_bool() == Some(true)
}

fn regions(config: &Value, problems: &mut Diagnostics) {
    if takes_any_region(config) {
        return;
    }
    for argument in [name::REGION, name::STS_REGION] {
        let region = config.get(argument).as_str().filter(|region| !region.is_empty());
        if let Some(Err(problem)) = region.map(diagnostic::check_region) {
            problems.error_at(Path::attribute(argument), "Unknown region", problem);
        }
    }
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

/// A guard that is written and holds nothing would guard nothing, without a word.
fn guards(config: &Value, problems: &mut Diagnostics) {
    for guard in [name::ALLOWED_ACCOUNT_IDS, name::FORBIDDEN_ACCOUNT_IDS] {
        let accounts = config.get(guard);
        let holds_nothing = accounts.is_present() && accounts.elements().all(says_nothing);
        if holds_nothing {
            problems.error_at(
                Path::attribute(guard),
                "Guard without accounts",
                format!(
                    "`{guard}` is set and holds no account id, so it would let every account be changed. Give it at least \
                     one account id, or remove it (`null`) if no account is to be refused."
                ),
            );
        } else if accounts.elements().any(says_nothing) {
            problems.error_at(
                Path::attribute(guard),
                "Guard with an empty element",
                format!(
                    "An element of `{guard}` is null or empty. Give it an account id of 12 digits, or leave it out."
                ),
            );
        }
    }
}

fn says_nothing(element: &Value) -> bool {
    element.is_null() || element.as_str() == Some("")
}

/// An empty text stands for "not set" as an argument of its own. In a list it would be dropped, or, as the
/// beginning of a key, mean every key.
fn empty_texts(config: &Value, problems: &mut Diagnostics) {
    for argument in [
        name::SHARED_CONFIG_FILES,
        name::SHARED_CREDENTIALS_FILES,
        name::USER_AGENT,
    ] {
        refuse_empty(config.get(argument), &Path::attribute(argument), problems);
    }
    let nested = [
        (name::IGNORE_TAGS, name::KEYS),
        (name::IGNORE_TAGS, name::KEY_PREFIXES),
        (name::ASSUME_ROLE, name::POLICY_ARNS),
        (name::ASSUME_ROLE, name::TRANSITIVE_TAG_KEYS),
        (name::ASSUME_ROLE_WITH_WEB_IDENTITY, name::POLICY_ARNS),
    ];
    for (block_name, argument) in nested {
        for (index, block) in config.get(block_name).elements().enumerate() {
            let path = Path::attribute(block_name).index(index).child(argument);
            refuse_empty(block.get(argument), &path, problems);
        }
    }
}

fn refuse_empty(texts: &Value, path: &Path, problems: &mut Diagnostics) {
    let is_list = matches!(texts, Value::List(_));
    for (index, _) in texts.elements().enumerate().filter(|(_, text)| says_nothing(text)) {
        let (at, which) = if is_list {
            (path.index(index), format!("Element {index}"))
        } else {
            (path.clone(), "An element".to_owned())
        };
        let text = format!("{which} of `{path}` is null or empty. Give it a value, or leave it out.");
        problems.error_at(at, "Empty element", text);
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
