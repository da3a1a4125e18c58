//! Forms of values. Empty text means "not set" and has every form: modules pass it on.

use std::time::Duration;

use daemons::arn::{self, Arn};
use tfplug_core::{Value, validators::Custom};

use crate::duration;

/// Shortest and longest session of a role.
const SESSION: (Duration, Duration) = (Duration::from_mins(15), Duration::from_hours(12));

/// True if a text can be a region: new ones appear too often for a list.
pub(super) fn is_region(text: &str) -> bool {
    text.is_empty() || arn::is_region(text)
}

pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn is_ip_version(text: &str) -> bool {
    ["", "ipv4", "ipv6"].contains(&text.to_ascii_lowercase().as_str())
}

pub(super) fn is_retry_mode(text: &str) -> bool {
    ["", "standard", "adaptive"].contains(&text)
}

/// True if a text can be the name of a session or a source identity.
pub(super) fn is_session_name(text: &str) -> bool {
    text.is_empty() || ((2..=64).contains(&text.len()) && has_only(text, "+=,.@-_"))
}

pub(super) fn is_external_id(text: &str) -> bool {
    text.is_empty() || ((2..=1224).contains(&text.len()) && has_only(text, "+=,.@:/-_"))
}

fn has_only(text: &str, marks: &str) -> bool {
    text.chars()
        .all(|character| character.is_ascii_alphanumeric() || marks.contains(character))
}

/// The ARN of a role.
pub(super) fn role_arn() -> Custom {
    let check = |text: &str| Arn::parse_kind(text, "iam", "role/").map(|_| ());
    each_text("the ARN of an IAM role", check)
}

/// The ARN of a policy.
pub(super) fn policy_arn() -> Custom {
    let check = |text: &str| Arn::parse_kind(text, "iam", "policy/").map(|_| ());
    each_text("ARNs of IAM policies", check)
}

/// The length of a session, as a Go duration.
pub(super) fn session_duration() -> Custom {
    each_text(
        "a duration between 15 minutes and 12 hours, for example `1h30m`",
        |text| {
            let length = duration::parse(text)?;
            if (SESSION.0..=SESSION.1).contains(&length) {
                Ok(())
            } else {
                Err(format!(
                    "`{text}` is not valid: a session lasts between 15 minutes and 12 hours."
                ))
            }
        },
    )
}

/// A policy, as JSON. What is wrong with it is told, not what it says.
pub(super) fn policy() -> Custom {
    each_text("a policy as a JSON object", |text| {
        serde_json::from_str::<serde_json::Map<_, _>>(text)
            .map(|_| ())
            .map_err(|_| "The policy must be a JSON object, as `jsonencode` makes it.".to_owned())
    })
}

/// A rule for a text, or for each one in a collection.
fn each_text(expected: &str, check: impl Fn(&str) -> Result<(), String> + Send + Sync + 'static) -> Custom {
    Custom {
        expected: expected.to_owned(),
        check: Box::new(move |value: &Value| match value.as_str() {
            Some("") => Ok(()),
            Some(text) => check(text),
            None => value.elements().filter_map(Value::as_str).try_for_each(&check),
        }),
    }
}
