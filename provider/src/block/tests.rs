//! The shape of the provider block.

use tfplug_core::{
    Attribute, AttributeType, Value,
    test_support::{SchemaKind, lint_schema},
    validators::{Custom, Validator},
};

use super::*;

fn lines(block: &Block, indent: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for attribute in &block.attributes {
        let AttributeType::Plain(ty) = &attribute.ty else {
            panic!("{} is nested", attribute.name)
        };
        let sensitive = if attribute.sensitive { " sensitive" } else { "" };
        lines.push(format!(
            "{indent}{}: {ty:?} {:?}{sensitive}",
            attribute.name, attribute.mode
        ));
    }
    for nested in &block.blocks {
        lines.push(format!(
            "{indent}{} {:?} {}..={}",
            nested.name, nested.nesting, nested.min_items, nested.max_items
        ));
        lines.extend(self::lines(&nested.block, &format!("{indent}  ")));
    }
    lines
}

#[test]
fn the_block_has_the_arguments_that_users_know() {
    insta::assert_snapshot!(lines(&schema().block, "").join("\n"), @"
    profile: String Optional
    shared_config_files: List(String) Optional
    shared_credentials_files: List(String) Optional
    access_key: String Optional
    secret_key: String Optional sensitive
    token: String Optional sensitive
    region: String Optional
    sts_region: String Optional
    use_fips_endpoint: Bool Optional
    use_dualstack_endpoint: Bool Optional
    custom_ca_bundle: String Optional
    http_proxy: String Optional
    https_proxy: String Optional
    no_proxy: String Optional
    skip_metadata_api_check: Bool Optional
    ec2_metadata_service_endpoint: String Optional
    ec2_metadata_service_endpoint_mode: String Optional
    max_retries: Number Optional
    retry_mode: String Optional
    poll_interval: String Optional
    user_agent: List(String) Optional
    allowed_account_ids: Set(String) Optional
    forbidden_account_ids: Set(String) Optional
    skip_credentials_validation: Bool Optional
    skip_region_validation: Bool Optional
    skip_requesting_account_id: Bool Optional
    assume_role List 0..=0
      role_arn: String Optional
      duration: String Optional
      policy: String Optional
      policy_arns: Set(String) Optional
      session_name: String Optional
      external_id: String Optional
      source_identity: String Optional
      tags: Map(String) Optional
      transitive_tag_keys: Set(String) Optional
    assume_role_with_web_identity List 0..=1
      role_arn: String Optional
      web_identity_token: String Optional sensitive
      web_identity_token_file: String Optional
      duration: String Optional
      policy: String Optional
      policy_arns: Set(String) Optional
      session_name: String Optional
    endpoints List 0..=1
      ecs: String Optional
      sts: String Optional
    default_tags List 0..=1
      tags: Map(String) Optional
    ignore_tags List 0..=1
      keys: Set(String) Optional
      key_prefixes: Set(String) Optional
    ");
}

#[test]
fn clients_accept_the_block() {
    assert_eq!(lint_schema(&schema(), SchemaKind::Provider), Vec::<String>::new());
}

fn undescribed(block: &Block) -> Vec<String> {
    let attributes = block
        .attributes
        .iter()
        .filter(|attribute| !attribute.description.ends_with('.'));
    let nested = block
        .blocks
        .iter()
        .filter(|nested| !nested.block.description.ends_with('.'));
    let mut names: Vec<String> = attributes.map(|attribute| attribute.name.clone()).collect();
    names.extend(nested.map(|nested| nested.name.clone()));
    names.extend(block.blocks.iter().flat_map(|nested| undescribed(&nested.block)));
    names
}

#[test]
fn everything_is_described_in_sentences() {
    assert_eq!(undescribed(&schema().block), Vec::<String>::new());
}

/// Valid values are added from the rules, in the words of the messages.
fn repeated(block: &Block) -> Vec<String> {
    let repeats = |attribute: &&Attribute| {
        let text = &attribute.description;
        let rules = attribute.validators.iter().map(|rule| rule.describe());
        text.contains("Valid values") || rules.into_iter().any(|rule| text.contains(&rule))
    };
    let attributes = block.attributes.iter().filter(repeats);
    let mut names: Vec<String> = attributes.map(|attribute| attribute.name.clone()).collect();
    names.extend(block.blocks.iter().flat_map(|nested| repeated(&nested.block)));
    names
}

#[test]
fn descriptions_do_not_repeat_what_is_valid() {
    assert_eq!(repeated(&schema().block), Vec::<String>::new());
}

fn check(test: fn(&str) -> bool, valid: &[&str], invalid: &[&str]) {
    assert_eq!(
        valid.iter().filter(|text| !test(text)).collect::<Vec<_>>(),
        Vec::<&&str>::new()
    );
    assert_eq!(
        invalid.iter().filter(|text| test(text)).collect::<Vec<_>>(),
        Vec::<&&str>::new()
    );
}

#[test]
fn forms_are_told_apart() {
    check(
        forms::is_region,
        &["", "eu-west-1", "us-gov-east-1", "local"],
        &["EU-west-1", "eu west 1", "-", "eu--1", "eu-west-1 "],
    );
    check(
        forms::is_account,
        &["012345678901"],
        &["", "12345678901", "1234567890123", "12345678901a"],
    );
    check(
        |text| text.is_empty() || aws::is_url(text),
        &["", "http://localhost:4566", "https://ecs.eu-west-1.amazonaws.com/path"],
        &[
            "localhost",
            "ftp://x",
            "http://",
            "http:///x",
            "http://:80",
            "http://a b",
            "https://a\n",
        ],
    );
    check(forms::is_ip_version, &["", "IPv4", "ipv6"], &["4", "IPv5"]);
    check(
        forms::is_session_name,
        &["", "ci", "a+=,.@-_9"],
        &["a", "a b", "a/b", &"x".repeat(65)],
    );
    check(
        forms::is_external_id,
        &["", "ext/1:2"],
        &["a", "a b", &"x".repeat(1225)],
    );
}

/// The objection of a rule to each text; nothing if it is fine.
fn told(rule: &Custom, texts: &[&str]) -> String {
    let told = texts.iter().map(|text| match rule.check(&Value::from(*text)) {
        Ok(()) => format!("{text}: fine"),
        Err(problem) => problem,
    });
    told.collect::<Vec<_>>().join("\n")
}

#[test]
fn roles_and_sessions_have_rules_that_say_what_is_right() {
    let role = [
        "arn:aws-cn:iam::111122223333:role/a/b",
        "",
        "arn:aws:iam::1:role/a",
        "hub",
    ];
    let length = ["15m", "12h", "14m59s", "13h", "1 hour"];
    let policy = ["{\"Version\":\"2012-10-17\"}", "[]", "{"];
    let texts = [
        told(&forms::role_arn(), &role),
        told(
            &forms::policy_arn(),
            &["arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess"],
        ),
        told(&forms::session_duration(), &length),
        told(&forms::policy(), &policy),
    ];
    insta::assert_snapshot!(texts.join("\n"), @r#"
    arn:aws-cn:iam::111122223333:role/a/b: fine
    : fine
    `arn:aws:iam::1:role/a` is not the ARN of the right kind: expected `arn:PARTITION:iam::ACCOUNT:role/NAME`.
    `hub` is not an ARN: expected `arn:PARTITION:iam::ACCOUNT:role/NAME`.
    arn:aws:iam::aws:policy/ReadOnlyAccess: fine
    `ReadOnlyAccess` is not an ARN: expected `arn:PARTITION:iam::ACCOUNT:policy/NAME`.
    15m: fine
    12h: fine
    `14m59s` is not valid: a session lasts between 15 minutes and 12 hours.
    `13h` is not valid: a session lasts between 15 minutes and 12 hours.
    `1 hour` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    {"Version":"2012-10-17"}: fine
    The policy must be a JSON object, as `jsonencode` makes it.
    The policy must be a JSON object, as `jsonencode` makes it.
    "#);
}
