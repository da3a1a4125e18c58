//! Plans as data: prior state and configuration on the left, planned state on the right.
//! Members that are null or empty are left out on both sides.

use crate::{
    Resource, Value, pipeline,
    resource::{Plan, PlanRequest},
    test_support::{
        assert_plan_valid,
        literal::show_present,
        proposed_new,
        sample::{Sample, value},
    },
};

pub(super) fn plan_of(sample: &Sample, prior: &Value, config: &Value) -> Plan {
    let request = PlanRequest {
        prior: prior.clone(),
        proposed: proposed_new(sample.schema(), prior, config),
        config: config.clone(),
        private: b"private".to_vec(),
        identity: Value::Null,
    };
    pipeline::plan(sample, request)
}

fn check(prior: &str, config: &str, expected: &str) {
    replaces(prior, config, expected, &[]);
}

fn replaces(prior: &str, config: &str, expected: &str, paths: &[&str]) {
    let sample = Sample::new();
    let (prior, config) = (sample.complete(prior), sample.complete(config));
    let plan = plan_of(&sample, &prior, &config);
    assert_eq!(
        show_present(&plan.planned),
        show_present(&value(expected)),
        "from {}",
        show_present(&config)
    );
    assert_eq!(
        assert_plan_valid(sample.schema(), &prior, &config, &plan.planned),
        Vec::<String>::new()
    );
    let replacing: Vec<String> = plan.requires_replace.iter().map(ToString::to_string).collect();
    assert_eq!(replacing, paths, "from {}", show_present(&config));
    assert!(plan.diagnostics.is_empty() && plan.private == b"private");
}

#[test]
fn create_fills_defaults_and_marks_what_the_provider_sets() {
    check(
        "null",
        r#"{ name = "n" }"#,
        r#"{ name = "n", arn = ?, revision = ?, size = 3, zones = ?, status = ?, limits = { soft = 1, hard = ? } }"#,
    );
    check(
        "null",
        r#"{ name = ?, size = ?, zones = <?, ?>, token = "t", tuning = { level = 1, secret = "s" }, timeouts = {} }"#,
        r#"{ name = ?, arn = ?, revision = ?, size = ?, zones = <?, ?>, status = ?, tuning = { mode = "auto", level = 1,
             profile = ? }, limits = { soft = 1, hard = ? }, timeouts = {} }"#,
    );
}

#[test]
fn nothing_different_plans_the_prior_state() {
    let prior = r#"{ name = "n", arn = "A", revision = 7, size = 3, zones = <"z">, status = { state = "ok" },
        tuning = { mode = "auto", level = 1, profile = "p" }, rules = [{ match = "m", id = "i" }],
        container = [{ name = "c", image = "i", essential = true, digest = "d", health = { interval = 30 } }],
        variable = <{ name = "a", value = "1" }, { name = "b" }>, volume = <{ name = "v", id = "1" }, { name = "w", id = "2" }>,
        access = { k = { role = "a", id = "1" } }, limits = { soft = 1, hard = 5 } }"#;
    let config = r#"{ name = "n", tuning = { level = 1 }, rules = [{ match = "m" }], token = "secret",
        container = [{ name = "c", image = "i", health = {} }],
        variable = <{ name = "b" }, { name = "a", value = "1" }>, volume = <{ name = "w" }, { name = "v" }>,
        access = { k = { role = "a" } } }"#;
    check(prior, config, prior);
}

#[test]
fn a_difference_marks_what_may_change_and_keeps_what_is_stable() {
    check(
        r#"{ name = "n", arn = "A", revision = 7, size = 3, zones = <"z">, limits = { soft = 1, hard = 5 } }"#,
        r#"{ name = "n", size = 4 }"#,
        r#"{ name = "n", arn = "A", revision = ?, size = 4, zones = ?, status = ?, limits = { soft = 1, hard = 5 } }"#,
    );
    // Dropping an optional argument is a difference too; dropping one with a default goes back to it.
    check(
        r#"{ name = "n", arn = "A", revision = 7, size = 9, labels = { a = "b" } }"#,
        r#"{ name = "n" }"#,
        r#"{ name = "n", arn = "A", revision = ?, size = 3, zones = ?, status = ?, limits = { soft = 1 } }"#,
    );
}

#[test]
fn equal_meaning_keeps_the_prior_spelling() {
    let prior = r#"{ name = "n", revision = 7, size = 3, document = "abc", limits = { soft = 1 } }"#;
    check(prior, r#"{ name = "n", document = "ABC" }"#, prior);
    check(
        prior,
        r#"{ name = "n", document = "ABC", size = 4 }"#,
        r#"{ name = "n", revision = ?, size = 4, document = "abc", zones = ?, status = ?, limits = { soft = 1 } }"#,
    );
    check(
        prior,
        r#"{ name = "n", document = ? }"#,
        r#"{ name = "n", revision = ?, size = 3, document = ?, zones = ?, status = ?, limits = { soft = 1 } }"#,
    );
}

#[test]
fn an_inserted_block_inherits_nothing_from_its_neighbour() {
    let prior = r#"{ name = "n", size = 3, limits = { soft = 1 }, volume = <{ name = "v", id = "1" }>, container = [
        { name = "a", image = "i", essential = true, digest = "of a", health = { interval = 5 } },
        { name = "b", image = "i", essential = false, digest = "of b" }] }"#;
    // The element at the end of the list is new to the client, so its image counts as changed.
    replaces(
        prior,
        r#"{ name = "n", volume = <{ name = "v" }, { name = "w" }>, container = [
            { name = "new", image = "i", health = {} }, { name = "a", image = "i", health = { interval = 5 } },
            { name = "b", image = "i", essential = false }] }"#,
        r#"{ name = "n", size = 3, limits = { soft = 1 }, revision = ?, zones = ?, status = ?, volume = <{ name = "v", id = ? },
            { name = "w", id = ? }>, container = [
            { name = "new", image = "i", essential = true, digest = ?, health = { interval = 30 } },
            { name = "a", image = "i", essential = true, digest = ?, health = { interval = 5 } },
            { name = "b", image = "i", essential = false, digest = ? }] }"#,
        &["container[2].image"],
    );
}

#[test]
fn keyed_blocks_keep_stable_values_by_key() {
    check(
        r#"{ name = "n", size = 3, limits = { soft = 1 }, access = { k = { role = "a", id = "1" }, l = { role = "b", id = "2" } } }"#,
        r#"{ name = "n", access = { l = { role = "a" }, m = { role = "c" } } }"#,
        r#"{ name = "n", size = 3, limits = { soft = 1 }, revision = ?, zones = ?, status = ?,
            access = { l = { role = "a", id = "2" }, m = { role = "c", id = ? } } }"#,
    );
    // A single object that was not there has nothing to keep.
    check(
        r#"{ name = "n", arn = "A", size = 3, limits = { soft = 1 } }"#,
        r#"{ name = "n", tuning = { level = 1 } }"#,
        r#"{ name = "n", arn = "A", size = 3, limits = { soft = 1 }, revision = ?, zones = ?, status = ?,
            tuning = { mode = "auto", level = 1, profile = ? } }"#,
    );
}

#[test]
fn blocks_of_unknown_number_stay_unknown() {
    check(
        "null",
        r#"{ name = "n", container = ?, variable = ?, access = ?, rules = ? }"#,
        r#"{ name = "n", arn = ?, revision = ?, size = 3, zones = ?, status = ?, limits = { soft = 1, hard = ? },
            container = ?, variable = ?, access = ?, rules = ? }"#,
    );
}

#[test]
fn changed_paths_that_replace() {
    let rest = r"size = 3, revision = ?, zones = ?, status = ?, limits = { soft = 1 }";
    replaces(
        r#"{ name = "n", size = 3, limits = { soft = 1 } }"#,
        r#"{ name = "m" }"#,
        &format!(r#"{{ name = "m", {rest} }}"#),
        &["name"],
    );
    replaces(
        r#"{ name = "n", size = 3, limits = { soft = 1 } }"#,
        "{ name = ? }",
        &format!("{{ name = ?, {rest} }}"),
        &["name"],
    );
    let block = "essential = true, digest = ?";
    replaces(
        r#"{ name = "n", size = 3, limits = { soft = 1 }, container = [{ name = "a", image = "1", essential = true }],
             access = { k = { role = "a", id = "1", key = "x" }, l = { role = "a", id = "2" } },
             variable = <{ name = "a", value = "1" }> }"#,
        r#"{ name = "n", container = [{ name = "a", image = "2" }, { name = "b", image = "3" }],
             access = { k = { role = "a" }, l = { role = "b" } }, variable = <{ name = "b", value = "2" }> }"#,
        &format!(
            r#"{{ name = "n", {rest}, container = [{{ name = "a", image = "2", {block} }}, {{ name = "b", image = "3", {block} }}],
                 access = {{ k = {{ role = "a", id = "1" }}, l = {{ role = "b", id = "2" }} }},
                 variable = <{{ name = "b", value = "2" }}> }}"#
        ),
        &[
            r#"access["k"].key"#,
            "container[0].image",
            "container[1].image",
            "variable",
        ],
    );
    // In a set, only what asks for it counts: another name with the same values replaces nothing.
    replaces(
        r#"{ name = "n", size = 3, limits = { soft = 1 }, variable = <{ name = "a", value = "1" }> }"#,
        r#"{ name = "n", variable = <{ name = "b", value = "1" }> }"#,
        &format!(r#"{{ name = "n", {rest}, variable = <{{ name = "b", value = "1" }}> }}"#),
        &[],
    );
}
