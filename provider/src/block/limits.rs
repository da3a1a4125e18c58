//! Accounts that may be changed, repetition of calls, and the name of the caller.

use crate::duration;
use aws::DEFAULT_RETRIES;
use tfplug_core::{
    Attribute, Mode, Type, Value,
    validators::{Between, Custom, Each, Matches},
};

use super::{
    forms, name,
    shapes::{flag, list, set, string},
};

/// The arguments about limits.
pub(super) fn attributes() -> Vec<Attribute> {
    let mut attributes = repetition();
    attributes.extend(checks());
    attributes
}

fn repetition() -> Vec<Attribute> {
    let retries = format!(
        "Number of times a call is repeated when AWS throttles it or fails. Defaults to `{DEFAULT_RETRIES}`; else one \
         less than `AWS_MAX_ATTEMPTS` or `max_attempts` of the profile. A server that does not answer at all is given \
         up after 10 attempts, and calls that credentials depend on are repeated 4 times."
    );
    vec![
        Attribute::new(name::MAX_RETRIES, Type::Number, Mode::Optional, &retries).validate(Between {
            min: 0,
            max: i64::from(i32::MAX),
        }),
        string(
            name::RETRY_MODE,
            "Way in which calls are repeated. Defaults to `standard`. `adaptive` is accepted so that a provider block \
             can be copied, and means `standard`, with a warning: its client-side limit would slow all waits down after \
             a few throttled calls. `AWS_RETRY_MODE` is not read.",
        )
        .validate(Matches {
            test: forms::is_retry_mode,
            expected: "`standard` or `adaptive`",
        }),
        string(
            name::POLL_INTERVAL,
            "Time between two looks at a rollout or a deletion, such as `10s`, also used while a change spreads inside \
             AWS. Else `TF_ECS_POLL_INTERVAL`; else 5 to 15 seconds.",
        )
        .validate(Custom {
            expected: "a duration longer than zero, for example `10s` or `1m30s`".to_owned(),
            check: Box::new(|value: &Value| value.as_str().map_or(Ok(()), |text| interval(text).map(|_| ()))),
        }),
        list(
            name::USER_AGENT,
            "Products to append to the user agent of all calls, each as `NAME/VERSION (COMMENT)`, to find them again \
             in CloudTrail. `TF_APPEND_USER_AGENT` is appended after them.",
        )
        .validate(Each(Matches {
            test: aws::is_header_text,
            expected: "text of printable ASCII characters",
        })),
    ]
}

fn checks() -> Vec<Attribute> {
    vec![
        accounts(
            name::ALLOWED_ACCOUNT_IDS,
            "AWS accounts that may be changed, all others being refused. The account of the credentials is asked of \
             STS. Conflicts with `forbidden_account_ids`.",
        ),
        accounts(
            name::FORBIDDEN_ACCOUNT_IDS,
            "AWS accounts that must not be changed. The account of the credentials is asked of STS. Conflicts with \
             `allowed_account_ids`.",
        ),
        flag(
            name::SKIP_CREDENTIALS_VALIDATION,
            "Accepted so that a provider block can be copied from hashicorp/aws. This provider never checks \
             credentials before it uses them, except to enforce `allowed_account_ids` and `forbidden_account_ids`, \
             which this argument does not switch off.",
        ),
        flag(
            name::SKIP_REGION_VALIDATION,
            "Whether any region is taken for one. Defaults to `false`: a region that has not the form of those of a \
             partition of AWS is refused. Needed only for a partition that is newer than this provider.",
        ),
        flag(
            name::SKIP_REQUESTING_ACCOUNT_ID,
            "Accepted so that a provider block can be copied from hashicorp/aws. This provider asks for the account of \
             the credentials only to enforce `allowed_account_ids` and `forbidden_account_ids`, or before it takes \
             a missing object for deleted, and goes on if STS does not answer that.",
        ),
    ]
}

fn accounts(name: &str, description: &str) -> Attribute {
    set(name, description).validate(Each(Matches {
        test: forms::is_account,
        expected: "an account id of 12 digits",
    }))
}

/// Parses a polling interval. Empty text means "not set", as with all other arguments.
pub(crate) fn interval(text: &str) -> Result<Option<std::time::Duration>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let interval = duration::parse(text)?;
    if interval.is_zero() {
        return Err(format!(
            "`{text}` is not valid: the time between two looks must be longer than zero."
        ));
    }
    Ok(Some(interval))
}
