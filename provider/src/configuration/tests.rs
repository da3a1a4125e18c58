//! Provider blocks as tables.

use std::{collections::BTreeMap, time::Duration};

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

fn list(texts: &[&str]) -> Value {
    Value::list(texts.iter().map(|text| Value::from(*text)))
}

fn first_role() -> Value {
    Value::object([
        (name::ROLE_ARN, "arn:aws:iam::111122223333:role/hub".into()),
        (name::DURATION, "1h30m".into()),
        (name::EXTERNAL_ID, "ext/1".into()),
        (name::POLICY, "{}".into()),
        (name::POLICY_ARNS, texts(&["arn:aws:iam::aws:policy/ReadOnlyAccess"])),
        (name::SESSION_NAME, "ci-run".into()),
        (name::SOURCE_IDENTITY, "ann".into()),
        (name::TAGS, Value::object([("Team", Value::from("core"))])),
        (name::TRANSITIVE_TAG_KEYS, texts(&["Team"])),
    ])
}

fn empty_role() -> Value {
    Value::object([(name::ROLE_ARN, Value::from(""))])
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
        (name::SHARED_CONFIG_FILES, list(&["~/a", "b"])),
        (name::SHARED_CREDENTIALS_FILES, list(&["c"])),
        (name::STS_REGION, "us-east-1".into()),
        (name::USE_FIPS_ENDPOINT, true.into()),
        (name::USE_DUALSTACK_ENDPOINT, false.into()),
        (name::CUSTOM_CA_BUNDLE, "ca.pem".into()),
        (name::HTTP_PROXY, "http://ann:canary@proxy:1".into()),
        (name::HTTPS_PROXY, "".into()),
        (name::NO_PROXY, "localhost".into()),
        (name::EC2_METADATA_SERVICE_ENDPOINT, "http://127.0.0.1:2".into()),
        (name::EC2_METADATA_SERVICE_ENDPOINT_MODE, "IPv6".into()),
        (name::SKIP_METADATA_API_CHECK, true.into()),
        (name::SKIP_REGION_VALIDATION, true.into()),
        (name::SKIP_REQUESTING_ACCOUNT_ID, true.into()),
        (name::RETRY_MODE, "standard".into()),
        (name::USER_AGENT, list(&["a/1 (b)"])),
        (name::ASSUME_ROLE, Value::list([first_role(), empty_role()])),
        (
            name::ASSUME_ROLE_WITH_WEB_IDENTITY,
            nested(&[
                (name::ROLE_ARN, "arn:aws:iam::111122223333:role/ci".into()),
                (name::DURATION, "1h".into()),
                (name::WEB_IDENTITY_TOKEN, "canary-web".into()),
            ]),
        ),
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
        (tags.ignored.keys, tags.ignored.prefixes.len()),
        (vec!["Scanner".to_owned()], 2)
    );
    assert_eq!(poll.interval, Some(Duration::from_millis(200)));
}

#[test]
fn every_argument_about_the_network_arrives() {
    let settings = Configuration::read(&full(), None).unwrap().settings;
    assert_eq!(settings.shared_config_files, ["~/a", "b"]);
    assert_eq!(settings.shared_credentials_files, ["c"]);
    assert_eq!(settings.sts_region.as_deref(), Some("us-east-1"));
    assert_eq!(
        (settings.use_fips_endpoint, settings.use_dualstack_endpoint),
        (Some(true), Some(false))
    );
    assert_eq!(settings.custom_ca_bundle.as_deref(), Some("ca.pem"));
    assert_eq!(settings.http_proxy.as_deref(), Some("http://ann:canary@proxy:1"));
    assert_eq!(settings.https_proxy.as_deref(), Some(""));
    assert_eq!(settings.no_proxy.as_deref(), Some("localhost"));
    let metadata = (
        settings.ec2_metadata_service_endpoint.as_deref(),
        settings.ec2_metadata_service_endpoint_mode.as_deref(),
        settings.skip_metadata_api_check,
    );
    assert_eq!(metadata, (Some("http://127.0.0.1:2"), Some("IPv6"), true));
    assert_eq!(settings.user_agent, ["a/1 (b)"]);
}

#[test]
fn roles_arrive_and_those_without_an_arn_are_left_out() {
    let settings = Configuration::read(&full(), None).unwrap().settings;
    insta::assert_debug_snapshot!(settings.assume_role, @r#"
    [
        AssumeRole {
            argument: Argument(
                [
                    Name(
                        "assume_role",
                    ),
                    Index(
                        0,
                    ),
                ],
            ),
            role_arn: "arn:aws:iam::111122223333:role/hub",
            duration: Some(
                5400s,
            ),
            external_id: Some(
                "ext/1",
            ),
            policy: Some(
                "{}",
            ),
            policy_arns: [
                "arn:aws:iam::aws:policy/ReadOnlyAccess",
            ],
            session_name: Some(
                "ci-run",
            ),
            source_identity: Some(
                "ann",
            ),
            tags: {
                "Team": "core",
            },
            transitive_tag_keys: [
                "Team",
            ],
        },
    ]
    "#);
    let web = settings.assume_role_with_web_identity.unwrap();
    assert_eq!(web.argument.to_string(), "assume_role_with_web_identity[0]");
    assert_eq!(web.role_arn.as_deref(), Some("arn:aws:iam::111122223333:role/ci"));
    assert_eq!(web.duration, Some(Duration::from_hours(1)));
    assert_eq!(web.web_identity_token.as_deref(), Some("canary-web"));
    assert_eq!(web.web_identity_token_file, None);
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
    for region in [
        "us-gov-west-1",
        "eusc-de-east-1",
        "us-isob-east-1",
        "mx-central-1",
        "ap-southeast-7",
    ] {
        assert_eq!(problems(&[(name::REGION, region.into())]), "", "{region}");
    }
    for region in ["mars-1", "mars-north-1", "us-east", "us-east-1a"] {
        let told = problems(&[(name::REGION, region.into())]);
        assert!(told.contains("No partition of AWS has a region"), "{region}: {told}");
        for skip in [true.into(), Value::Unknown] {
            assert_eq!(
                problems(&[(name::REGION, region.into()), (name::SKIP_REGION_VALIDATION, skip)]),
                ""
            );
        }
    }
    let found = pipeline::validate(&block::schema(), &full());
    assert!(found.is_empty(), "{found:?}");
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
    error: Unknown region (at region): No partition of AWS has a region `Europe (Ireland)`: expected a name such as `eu-west-1` or `us-gov-east-1`. If the region is newer than this provider, set `skip_region_validation = true` in the provider block.
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
fn what_is_not_done_is_a_warning() {
    let told = problems(&[
        (name::RETRY_MODE, "adaptive".into()),
        (name::ACCESS_KEY, "AKIA".into()),
        (name::SECRET_KEY, "canary-secret".into()),
        (name::ASSUME_ROLE, Value::list([first_role(), empty_role()])),
        (
            name::ASSUME_ROLE_WITH_WEB_IDENTITY,
            nested(&[(name::WEB_IDENTITY_TOKEN, "canary".into())]),
        ),
    ]);
    assert!(!told.contains("canary"), "{told}");
    insta::assert_snapshot!(told, @"
    warning: Role not assumed (at assume_role[1]): This block has no `role_arn`, so it is ignored, and AWS is called with the credentials that are there without it. Set `role_arn`, or remove the block.
    warning: Access key not used (at access_key): The role of `assume_role_with_web_identity` is assumed with a token, so the keys of the provider block are not used. Remove them, or the block.
    warning: Retry mode not used (at retry_mode): `retry_mode` is `adaptive`, but calls are repeated as with `standard`: the client-side limit of the adaptive mode would slow all waits down after a few throttled calls. Remove the argument, or set it to `standard`.
    ");
}

#[test]
fn wrong_roles_and_proxies_are_told_with_their_paths_and_without_secrets() {
    let role = Value::object([
        (name::ROLE_ARN, Value::from("arn:aws:iam::111122223333:user/ann")),
        (name::DURATION, "5m".into()),
        (name::POLICY, "canary".into()),
        (name::POLICY_ARNS, texts(&["ReadOnlyAccess"])),
        (name::SESSION_NAME, "a b".into()),
        (name::SOURCE_IDENTITY, "a".into()),
        (name::EXTERNAL_ID, "?".into()),
        (name::TAGS, Value::object([("Team", Value::from("core"))])),
        (name::TRANSITIVE_TAG_KEYS, texts(&["Team", "Cost"])),
    ]);
    let told = problems(&[
        (name::ASSUME_ROLE, Value::list([first_role(), role])),
        (
            name::ASSUME_ROLE_WITH_WEB_IDENTITY,
            nested(&[
                (name::WEB_IDENTITY_TOKEN, "canary".into()),
                (name::WEB_IDENTITY_TOKEN_FILE, "file".into()),
            ]),
        ),
        (name::HTTP_PROXY, "ftp://ann:canary@proxy".into()),
        (name::RETRY_MODE, "legacy".into()),
        (name::USER_AGENT, list(&["a\nb"])),
        (name::EC2_METADATA_SERVICE_ENDPOINT_MODE, "v4".into()),
    ]);
    assert!(!told.contains("canary"), "{told}");
    insta::assert_snapshot!(told, @r"
    error: Invalid attribute value (at http_proxy): `ftp://***@proxy` is not the URL of a proxy: expected `http://HOST:PORT` or `https://HOST:PORT`.
    error: Invalid attribute value (at ec2_metadata_service_endpoint_mode): The value is `v4`; it must be `IPv4` or `IPv6`.
    error: Invalid attribute value (at retry_mode): The value is `legacy`; it must be `standard` or `adaptive`.
    error: Invalid attribute value (at user_agent[0]): Element 0: The value is `a\nb`; it must be text of printable ASCII characters.
    error: Invalid attribute value (at assume_role[1].role_arn): `arn:aws:iam::111122223333:user/ann` is not the ARN of the right kind: expected `arn:PARTITION:iam::ACCOUNT:role/NAME`.
    error: Invalid attribute value (at assume_role[1].duration): `5m` is not valid: a session lasts between 15 minutes and 12 hours.
    error: Invalid attribute value (at assume_role[1].policy): The policy must be a JSON object, as `jsonencode` makes it.
    error: Invalid attribute value (at assume_role[1].policy_arns): `ReadOnlyAccess` is not an ARN: expected `arn:PARTITION:iam::ACCOUNT:policy/NAME`.
    error: Invalid attribute value (at assume_role[1].session_name): The value is `a b`; it must be 2 to 64 letters, digits and `+=,.@-_`.
    error: Invalid attribute value (at assume_role[1].external_id): The value is `?`; it must be 2 to 1224 letters, digits and `+=,.@:/-_`.
    error: Invalid attribute value (at assume_role[1].source_identity): The value is `a`; it must be 2 to 64 letters, digits and `+=,.@-_`.
    error: Invalid attribute combination (at assume_role[1].transitive_tag_keys): `Cost` is not a key of `tags`: only tags of the session can go on to the next one.
    error: Invalid attribute combination (at assume_role_with_web_identity[0].web_identity_token_file): `web_identity_token` and `web_identity_token_file` exclude each other. Keep one of them.
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
    let unknown = Unknown::of(&block(&everything));
    let shown = |paths: &[Path]| paths.iter().map(ToString::to_string).collect::<Vec<_>>();
    insta::assert_snapshot!(shown(&unknown.connection).join("\n"), @"
    access_key
    endpoints
    max_retries
    profile
    region
    secret_key
    token
    ");
    assert_eq!(shown(&unknown.guards), ["allowed_account_ids", "forbidden_account_ids"]);
    assert_eq!(Unknown::of(&full()), Unknown::default());
}

/// Arguments that neither the connection nor a guard waits for.
const NOTHING_WAITS: [&str; 7] = [
    name::DEFAULT_TAGS,
    name::IGNORE_TAGS,
    name::POLL_INTERVAL,
    name::SKIP_CREDENTIALS_VALIDATION,
    name::SKIP_REGION_VALIDATION,
    name::SKIP_REQUESTING_ACCOUNT_ID,
    name::USER_AGENT,
];

#[test]
fn each_argument_holds_up_what_depends_on_it_and_no_more() {
    let schema = block::schema();
    let attributes = schema.block.attributes.iter().map(|attribute| attribute.name.as_str());
    let blocks = schema.block.blocks.iter().map(|block| block.name.as_str());
    for argument in attributes.chain(blocks) {
        let unknown = Unknown::of(&block(&[(argument, Value::Unknown)]));
        let paths = vec![Path::attribute(argument)];
        let expected = match argument {
            name::ALLOWED_ACCOUNT_IDS | name::FORBIDDEN_ACCOUNT_IDS => (Vec::new(), paths),
            _ if NOTHING_WAITS.contains(&argument) => (Vec::new(), Vec::new()),
            _ => (paths, Vec::new()),
        };
        assert_eq!((unknown.connection, unknown.guards), expected, "{argument}");
    }
    let one = |argument, values: Value| Unknown::of(&block(&[(argument, values)]));
    let partly = Value::set_of(["111122223333".into(), Value::Unknown]);
    assert_eq!(one(name::ALLOWED_ACCOUNT_IDS, partly.clone()).guards.len(), 1);
    let settings = Configuration::read(&block(&[(name::ALLOWED_ACCOUNT_IDS, partly)]), None)
        .unwrap()
        .settings;
    assert!(settings.allowed_account_ids.is_empty());
}

#[test]
fn tag_rules_know_what_they_do_not_know() {
    let rules = |argument, value| {
        Configuration::read(&block(&[(argument, value)]), None)
            .unwrap()
            .tags
            .unknown
    };
    let tags = Value::object([("A", Value::Unknown), ("B", Value::from("1")), ("C", Value::Null)]);
    let partly = rules(name::DEFAULT_TAGS, nested(&[(name::TAGS, tags)]));
    assert_eq!(partly.default_keys.iter().collect::<Vec<_>>(), ["A"]);
    assert!(!partly.defaults && !partly.ignored);
    for unknown in [
        Value::Unknown,
        Value::list([Value::Unknown]),
        nested(&[(name::TAGS, Value::Unknown)]),
    ] {
        assert!(rules(name::DEFAULT_TAGS, unknown).defaults);
    }
    for unknown in [Value::Unknown, nested(&[(name::KEYS, Value::set_of([Value::Unknown]))])] {
        assert!(rules(name::IGNORE_TAGS, unknown).ignored);
    }
}

#[test]
fn a_guard_that_holds_nothing_and_empty_elements_are_errors() {
    let null = || Value::set_of([Value::Null]);
    let told: Vec<String> = [
        (name::ALLOWED_ACCOUNT_IDS, Value::set_of([])),
        (name::FORBIDDEN_ACCOUNT_IDS, Value::set_of([])),
        (name::ALLOWED_ACCOUNT_IDS, null()),
        (
            name::ALLOWED_ACCOUNT_IDS,
            Value::set_of(["111122223333".into(), Value::Null]),
        ),
        (name::FORBIDDEN_ACCOUNT_IDS, texts(&[""])),
        (name::SHARED_CONFIG_FILES, Value::list([Value::Null])),
        (name::SHARED_CREDENTIALS_FILES, list(&["~/a", ""])),
        (name::USER_AGENT, Value::list(["a/1".into(), Value::Null])),
        (name::IGNORE_TAGS, nested(&[(name::KEY_PREFIXES, texts(&[""]))])),
        (name::IGNORE_TAGS, nested(&[(name::KEYS, null())])),
    ]
    .into_iter()
    .map(|argument| problems(&[argument]))
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
error: Guard without accounts (at allowed_account_ids): `allowed_account_ids` is set and holds no account id, so it would let every account be changed. Give it at least one account id, or remove it (`null`) if no account is to be refused.
error: Guard without accounts (at forbidden_account_ids): `forbidden_account_ids` is set and holds no account id, so it would let every account be changed. Give it at least one account id, or remove it (`null`) if no account is to be refused.
error: Null element (at allowed_account_ids): An element of `allowed_account_ids` is null. Give it a value, or leave it out, for example with `[for element in LIST : element if element != null]`.
error: Guard without accounts (at allowed_account_ids): `allowed_account_ids` is set and holds no account id, so it would let every account be changed. Give it at least one account id, or remove it (`null`) if no account is to be refused.
error: Null element (at allowed_account_ids): An element of `allowed_account_ids` is null. Give it a value, or leave it out, for example with `[for element in LIST : element if element != null]`.
error: Guard with an empty element (at allowed_account_ids): An element of `allowed_account_ids` is null or empty. Give it an account id of 12 digits, or leave it out.
error: Invalid attribute value (at forbidden_account_ids): The value is ``; it must be an account id of 12 digits.
error: Guard without accounts (at forbidden_account_ids): `forbidden_account_ids` is set and holds no account id, so it would let every account be changed. Give it at least one account id, or remove it (`null`) if no account is to be refused.
error: Null element (at shared_config_files[0]): Element 0 of `shared_config_files` is null. Give it a value, or leave it out, for example with `[for element in LIST : element if element != null]`.
error: Empty element (at shared_config_files[0]): Element 0 of `shared_config_files` is null or empty. Give it a value, or leave it out.
error: Empty element (at shared_credentials_files[1]): Element 1 of `shared_credentials_files` is null or empty. Give it a value, or leave it out.
error: Null element (at user_agent[1]): Element 1 of `user_agent` is null. Give it a value, or leave it out, for example with `[for element in LIST : element if element != null]`.
error: Empty element (at user_agent[1]): Element 1 of `user_agent` is null or empty. Give it a value, or leave it out.
error: Empty element (at ignore_tags[0].key_prefixes): An element of `ignore_tags[0].key_prefixes` is null or empty. Give it a value, or leave it out.
error: Null element (at ignore_tags[0].keys): An element of `ignore_tags[0].keys` is null. Give it a value, or leave it out, for example with `[for element in LIST : element if element != null]`.
error: Empty element (at ignore_tags[0].keys): An element of `ignore_tags[0].keys` is null or empty. Give it a value, or leave it out.
"#);
    // As it comes to `configure` when the value was unknown before.
    let late = |argument: &str, value: Value| validate(&block(&[(argument, value)])).has_error();
    assert!(late(name::ALLOWED_ACCOUNT_IDS, null()));
    assert!(late(name::SHARED_CONFIG_FILES, Value::list([Value::Null])));
    assert!(late(name::IGNORE_TAGS, nested(&[(name::KEY_PREFIXES, null())])));
    assert!(!late(name::ALLOWED_ACCOUNT_IDS, Value::Null));
    assert!(!late(name::ALLOWED_ACCOUNT_IDS, Value::set_of([Value::Unknown])));
}
