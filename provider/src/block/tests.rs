//! The shape of the provider block.

use tfplug_core::{
    AttributeType,
    test_support::{SchemaKind, lint_schema},
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
    region: String Optional
    profile: String Optional
    access_key: String Optional
    secret_key: String Optional sensitive
    token: String Optional sensitive
    max_retries: Number Optional
    poll_interval: String Optional
    skip_credentials_validation: Bool Optional
    allowed_account_ids: Set(String) Optional
    forbidden_account_ids: Set(String) Optional
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
        is_region,
        &["", "eu-west-1", "us-gov-east-1", "local"],
        &["EU-west-1", "eu west 1", "-", "eu--1", "eu-west-1 "],
    );
    check(
        is_account,
        &["012345678901"],
        &["", "12345678901", "1234567890123", "12345678901a"],
    );
    check(
        is_url,
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
}
