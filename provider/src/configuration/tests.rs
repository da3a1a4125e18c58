//! Provider blocks as tables.

use std::time::Duration;

use super::*;
use crate::block;
use tfplug_core::pipeline;

/// A provider block with the given arguments, all others null and all blocks absent, as the codec
/// decodes it.
fn block(arguments: &[(&str, Value)]) -> Value {
    let schema = block::schema();
    let mut config = Value::object(
        schema
            .block
            .attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), Value::Null)),
    );
    for nested in &schema.block.blocks {
        config.insert(nested.name.clone(), Value::list([]));
    }
    for (name, value) in arguments {
        config.insert(*name, value.clone());
    }
    config
}

fn nested(members: &[(&str, Value)]) -> Value {
    Value::list([Value::object(
        members.iter().map(|(name, value)| (*name, value.clone())),
    )])
}

fn texts(texts: &[&str]) -> Value {
    Value::set_of(texts.iter().map(|text| Value::from(*text)))
}

fn full() -> Value {
    block(&[
        (name::REGION, "eu-west-1".into()),
        (name::PROFILE, "ops".into()),
        (name::ACCESS_KEY, "AKIA".into()),
        (name::SECRET_KEY, "canary-secret".into()),
        (name::TOKEN, "canary-token".into()),
        (name::MAX_RETRIES, 3.into()),
        (name::POLL_INTERVAL, "200ms".into()),
        (name::SKIP_CREDENTIALS_VALIDATION, true.into()),
        (name::ALLOWED_ACCOUNT_IDS, texts(&["111122223333"])),
        (
            name::ENDPOINTS,
            nested(&[(name::ECS, "http://127.0.0.1:1".into()), (name::STS, Value::Null)]),
        ),
        (
            name::DEFAULT_TAGS,
            nested(&[(name::TAGS, Value::object([("Team", Value::from("core"))]))]),
        ),
        (
            name::IGNORE_TAGS,
            nested(&[
                (name::KEYS, texts(&["Scanner"])),
                (name::KEY_PREFIXES, texts(&["auto:", "x:"])),
            ]),
        ),
    ])
}

#[test]
fn every_argument_arrives() {
    let Configuration { settings, tags, poll } = Configuration::read(&full(), Some("9s")).unwrap();
    assert_eq!(settings.region.as_deref(), Some("eu-west-1"));
    assert_eq!(settings.profile.as_deref(), Some("ops"));
    assert_eq!(settings.access_key.as_deref(), Some("AKIA"));
    assert_eq!(settings.secret_key.as_deref(), Some("canary-secret"));
    assert_eq!(settings.token.as_deref(), Some("canary-token"));
    assert_eq!(settings.ecs_endpoint.as_deref(), Some("http://127.0.0.1:1"));
    assert_eq!(settings.sts_endpoint, None);
    assert_eq!(
        (settings.max_retries, settings.skip_credentials_validation),
        (Some(3), true)
    );
    assert_eq!(
        (settings.allowed_account_ids.len(), settings.forbidden_account_ids.len()),
        (1, 0)
    );
    assert_eq!(
        settings.user_agent_product,
        ("terraform-provider-ecs".to_owned(), VERSION.to_owned())
    );
    assert_eq!(
        tags.default_tags,
        BTreeMap::from([("Team".to_owned(), "core".to_owned())])
    );
    assert_eq!(
        (tags.ignore_keys, tags.ignore_prefixes.len()),
        (vec!["Scanner".to_owned()], 2)
    );
    assert_eq!(poll.interval, Some(Duration::from_millis(200)));
}

#[test]
fn an_empty_block_and_empty_strings_set_nothing() {
    let empty = [
        "region",
        "profile",
        "access_key",
        "secret_key",
        "token",
        "poll_interval",
    ]
    .map(|name| (name, "".into()));
    let no_tags = block(&[(name::DEFAULT_TAGS, nested(&[(name::TAGS, Value::Null)]))]);
    for config in [block(&[]), block(&empty), no_tags] {
        let Configuration { settings, tags, poll } = Configuration::read(&config, None).unwrap();
        assert_eq!(
            (settings.region, settings.profile, settings.access_key),
            (None, None, None)
        );
        assert_eq!(
            (settings.secret_key, settings.token, settings.max_retries),
            (None, None, None)
        );
        assert_eq!((tags, poll), (TagRules::default(), Poll::default()));
    }
}

fn interval(argument: &str, variable: &str) -> String {
    let config = block(&[(name::POLL_INTERVAL, argument.into())]);
    match Configuration::read(&config, Some(variable)) {
        Ok(configuration) => format!("{:?}", configuration.poll.interval),
        Err(problem) => problem.to_string(),
    }
}

#[test]
fn the_polling_interval_comes_from_the_block_then_the_environment() {
    assert_eq!(interval("", ""), "None");
    assert_eq!(interval("", "5ms"), "Some(5ms)");
    assert_eq!(interval("2s", "soon"), "Some(2s)");
    insta::assert_snapshot!(interval("", "soon"), @"error: Invalid polling interval: The environment variable TF_ECS_POLL_INTERVAL: `soon` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.");
    insta::assert_snapshot!(interval("", "0s"), @"error: Invalid polling interval: The environment variable TF_ECS_POLL_INTERVAL: `0s` is not valid: the time between two looks must be longer than zero.");
}

/// Everything that a client is told about a block.
fn problems(arguments: &[(&str, Value)]) -> String {
    let config = block(arguments);
    let mut found = pipeline::validate(&block::schema(), &config);
    found.extend(validate(&config));
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn valid_blocks_have_no_problems() {
    assert_eq!(problems(&[]), "");
    assert_eq!(
        problems(&[
            (name::REGION, "".into()),
            (name::ENDPOINTS, nested(&[(name::ECS, "".into())]))
        ]),
        ""
    );
    for region in ["us-gov-west-1", "eusc-de-east-1", "mars-1"] {
        assert_eq!(problems(&[(name::REGION, region.into())]), "", "{region}");
    }
    let found = pipeline::validate(&block::schema(), &full());
    assert!(found.is_empty() && validate(&full()).is_empty(), "{found:?}");
}

#[test]
fn wrong_arguments_are_told_with_their_paths_and_without_secrets() {
    let cases = [
        problems(&[(name::REGION, "Europe (Ireland)".into())]),
        problems(&[(name::MAX_RETRIES, (-1).into())]),
        problems(&[(name::POLL_INTERVAL, "10".into())]),
        problems(&[(name::POLL_INTERVAL, "0s".into())]),
        problems(&[(name::ALLOWED_ACCOUNT_IDS, texts(&["1234"]))]),
        problems(&[(
            name::ENDPOINTS,
            nested(&[(name::ECS, "127.0.0.1:4566".into()), (name::STS, Value::Null)]),
        )]),
        problems(&[(
            name::DEFAULT_TAGS,
            nested(&[(name::TAGS, Value::object([("aws:x", Value::from("y"))]))]),
        )]),
        problems(&[(name::ACCESS_KEY, "AKIA".into())]),
        problems(&[(name::SECRET_KEY, "canary-secret".into())]),
        problems(&[(name::TOKEN, "canary-token".into())]),
        problems(&[
            (name::ALLOWED_ACCOUNT_IDS, texts(&["111122223333"])),
            (name::FORBIDDEN_ACCOUNT_IDS, texts(&["444455556666"])),
        ]),
    ];
    assert!(cases.iter().all(|case| !case.is_empty() && !case.contains("canary")));
    insta::assert_snapshot!(cases.join("\n"), @"
    error: Invalid attribute value (at region): The value is `Europe (Ireland)`; it must be the name of a region, for example `eu-west-1`.
    error: Invalid attribute value (at max_retries): The value is -1; it must be a whole number between 0 and 2147483647.
    error: Invalid attribute value (at poll_interval): `10` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    error: Invalid attribute value (at poll_interval): `0s` is not valid: the time between two looks must be longer than zero.
    error: Invalid attribute value (at allowed_account_ids): The value is `1234`; it must be an account id of 12 digits.
    error: Invalid attribute value (at endpoints[0].ecs): The value is `127.0.0.1:4566`; it must be a URL that begins with `http://` or `https://`.
    error: Invalid attribute value (at default_tags[0].tags): The tag key `aws:x` is not allowed: keys that begin with `aws:` belong to AWS.
    error: Invalid attribute combination (at access_key): `access_key` is set but `secret_key` is not. Set both, or neither.
    error: Invalid attribute combination (at secret_key): `secret_key` is set but `access_key` is not. Set both, or neither.
    error: Invalid attribute combination (at token): `token` is set but `access_key` is not. Set both, or neither.
    error: Invalid attribute combination (at forbidden_account_ids): `allowed_account_ids` and `forbidden_account_ids` exclude each other: an account that is not allowed need not be forbidden. Keep one of them.
    ");
}

#[test]
fn unknown_values_never_fail_and_are_all_named() {
    let everything: Vec<(&str, Value)> = [
        "region",
        "profile",
        "secret_key",
        "token",
        "max_retries",
        "poll_interval",
    ]
    .into_iter()
    .chain([name::ALLOWED_ACCOUNT_IDS, name::FORBIDDEN_ACCOUNT_IDS, name::ENDPOINTS])
    .map(|name| (name, Value::Unknown))
    .chain([
        (name::ACCESS_KEY, Value::Unknown),
        (
            name::DEFAULT_TAGS,
            nested(&[(name::TAGS, Value::object([("A", Value::Unknown)]))]),
        ),
        (
            name::IGNORE_TAGS,
            nested(&[(name::KEYS, Value::Unknown), (name::KEY_PREFIXES, Value::Null)]),
        ),
    ])
    .collect();
    assert_eq!(problems(&everything), "");
    let paths: Vec<String> = unknown_paths(&block(&everything))
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(paths.join("\n"), @"
    access_key
    allowed_account_ids
    default_tags[0].tags
    endpoints
    forbidden_account_ids
    ignore_tags[0].keys
    max_retries
    poll_interval
    profile
    region
    secret_key
    token
    ");
    assert!(unknown_paths(&full()).is_empty());
}
