//! The provider block: its arguments, named as in hashicorp/aws so that a block can be copied.

use daemons::{aws::DEFAULT_RETRIES, duration, tags};
use tfplug_core::{
    Attribute, Block, Mode, NestedBlock, Nesting, Schema, Type, Value,
    validators::{Between, Custom, Each, Matches},
};

/// Names of the arguments.
pub(crate) mod name {
    pub(crate) const ACCESS_KEY: &str = "access_key";
    pub(crate) const ALLOWED_ACCOUNT_IDS: &str = "allowed_account_ids";
    pub(crate) const DEFAULT_TAGS: &str = "default_tags";
    pub(crate) const ECS: &str = "ecs";
    pub(crate) const ENDPOINTS: &str = "endpoints";
    pub(crate) const FORBIDDEN_ACCOUNT_IDS: &str = "forbidden_account_ids";
    pub(crate) const IGNORE_TAGS: &str = "ignore_tags";
    pub(crate) const KEYS: &str = "keys";
    pub(crate) const KEY_PREFIXES: &str = "key_prefixes";
    pub(crate) const MAX_RETRIES: &str = "max_retries";
    pub(crate) const POLL_INTERVAL: &str = "poll_interval";
    pub(crate) const PROFILE: &str = "profile";
    pub(crate) const REGION: &str = "region";
    pub(crate) const SECRET_KEY: &str = "secret_key";
    pub(crate) const SKIP_CREDENTIALS_VALIDATION: &str = "skip_credentials_validation";
    pub(crate) const STS: &str = "sts";
    pub(crate) const TAGS: &str = "tags";
    pub(crate) const TOKEN: &str = "token";
}

/// Schema of the provider block.
pub(crate) fn schema() -> Schema {
    let description = "Manages Amazon ECS Managed Daemons. The arguments have the names that they have in \
                       hashicorp/aws; what is left out comes from the environment and the shared AWS \
                       configuration files.";
    let mut attributes = connection();
    attributes.extend(limits());
    let blocks = vec![endpoints(), default_tags(), ignore_tags()];
    Schema {
        version: 0,
        block: Block {
            attributes,
            blocks,
            description: description.to_owned(),
            deprecation: None,
        },
    }
}

fn connection() -> Vec<Attribute> {
    vec![
        string(
            name::REGION,
            "Region of all resources that do not name their own. Else `AWS_REGION`, `AWS_DEFAULT_REGION` or the \
             region of the profile.",
        )
        .validate(Matches {
            test: is_region,
            expected: "the name of a region, for example `eu-west-1`",
        }),
        string(
            name::PROFILE,
            "Profile of the shared configuration files. Set here, it is used even if the environment has credentials \
             of its own; else `AWS_PROFILE` or `AWS_DEFAULT_PROFILE`.",
        ),
        string(
            name::ACCESS_KEY,
            "Access key id. Needs `secret_key`. Better left to the environment (`AWS_ACCESS_KEY_ID`) or a profile.",
        ),
        string(
            name::SECRET_KEY,
            "Secret access key. Needs `access_key`. Else `AWS_SECRET_ACCESS_KEY` or a profile.",
        )
        .sensitive(),
        string(
            name::TOKEN,
            "Session token of temporary credentials. Else `AWS_SESSION_TOKEN` or a profile.",
        )
        .sensitive(),
    ]
}

fn limits() -> Vec<Attribute> {
    let retries = format!(
        "How often a call is repeated when AWS throttles it or fails. Defaults to `{DEFAULT_RETRIES}`; else one less \
         than `AWS_MAX_ATTEMPTS`. A server that does not answer at all is given up after 10 attempts."
    );
    vec![
        Attribute::new(name::MAX_RETRIES, Type::Number, Mode::Optional, &retries).validate(Between {
            min: 0,
            max: i64::from(i32::MAX),
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
        Attribute::new(
            name::SKIP_CREDENTIALS_VALIDATION,
            Type::Bool,
            Mode::Optional,
            "Accepted so that a provider block can be copied from hashicorp/aws. This provider never checks \
             credentials before it uses them, except to enforce `allowed_account_ids` and `forbidden_account_ids`, \
             which this argument does not switch off.",
        ),
        accounts(
            name::ALLOWED_ACCOUNT_IDS,
            "The only AWS accounts that may be changed. The account of the credentials is asked of STS. Conflicts \
             with `forbidden_account_ids`.",
        ),
        accounts(
            name::FORBIDDEN_ACCOUNT_IDS,
            "AWS accounts that must not be changed. The account of the credentials is asked of STS. Conflicts with \
             `allowed_account_ids`.",
        ),
    ]
}

fn endpoints() -> NestedBlock {
    let url = |name, service| {
        let description = format!("URL to call instead of the regional endpoint of {service}.");
        string(name, &description).validate(Matches {
            test: is_url,
            expected: "a URL that begins with `http://` or `https://`",
        })
    };
    at_most_one(
        name::ENDPOINTS,
        "URLs to call instead of the endpoints of AWS, for example of an emulator. Else `AWS_ENDPOINT_URL_ECS`, \
         `AWS_ENDPOINT_URL_STS` and `AWS_ENDPOINT_URL`.",
        vec![url(name::ECS, "ECS"), url(name::STS, "STS")],
    )
}

fn default_tags() -> NestedBlock {
    let tags = Attribute::new(
        name::TAGS,
        Type::map(Type::String),
        Mode::Optional,
        "Tags of every resource. The `tags` of a resource override them key by key.",
    );
    at_most_one(
        name::DEFAULT_TAGS,
        "Tags that every resource gets.",
        vec![tags.validate(tags::rule())],
    )
}

fn ignore_tags() -> NestedBlock {
    let set = |name, description| Attribute::new(name, Type::set(Type::String), Mode::Optional, description);
    at_most_one(
        name::IGNORE_TAGS,
        "Tags that something else manages: never shown, never changed, never removed.",
        vec![
            set(name::KEYS, "Keys of tags to ignore."),
            set(name::KEY_PREFIXES, "Beginnings of the keys of tags to ignore."),
        ],
    )
}

fn string(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::String, Mode::Optional, description)
}

fn accounts(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::set(Type::String), Mode::Optional, description).validate(Each(Matches {
        test: is_account,
        expected: "an account id of 12 digits",
    }))
}

fn at_most_one(name: &str, description: &str, attributes: Vec<Attribute>) -> NestedBlock {
    let block = Block {
        attributes,
        description: description.to_owned(),
        ..Block::default()
    };
    NestedBlock {
        name: name.to_owned(),
        nesting: Nesting::List,
        block,
        min_items: 0,
        max_items: 1,
    }
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

/// Whether a text can be a region: new ones appear too often for a list.
fn is_region(text: &str) -> bool {
    let is_label = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.is_empty() || (text.len() <= 63 && text.split('-').all(is_label))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_url(text: &str) -> bool {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let is_plain = |character: char| !character.is_whitespace() && !character.is_control();
    text.is_empty()
        || host.is_some_and(|rest| !rest.starts_with(['/', ':']) && !rest.is_empty() && rest.chars().all(is_plain))
}

#[cfg(test)]
mod tests;
