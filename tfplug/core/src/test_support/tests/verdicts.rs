//! Plans and results that a client accepts or refuses.

use crate::{
    Resource, Value,
    test_support::{assert_object_compatible, assert_plan_valid, sample::Sample},
};

fn plan_errors(prior: &str, config: &str, planned: &str) -> String {
    let sample = Sample::new();
    let [prior, config, planned] = [prior, config, planned].map(|text| sample.complete(text));
    assert_plan_valid(sample.schema(), &prior, &config, &planned).join("\n")
}

#[test]
fn plans_that_clients_accept() {
    let check = |prior: &str, config: &str, planned: &str| assert_eq!(plan_errors(prior, config, planned), "");
    check("null", "null", "null");
    check(
        "null",
        r#"{ name = "n" }"#,
        r#"{ name = "n", size = 8, arn = ?, zones = <"any">, limits = { soft = 9 } }"#,
    );
    check(
        r#"{ document = "abc" }"#,
        r#"{ document = "ABC" }"#,
        r#"{ document = "abc" }"#,
    );
    check("null", r#"{ token = "t" }"#, "{}");
    check("null", "{ container = ? }", "{ container = ? }");
    check(
        "null",
        r#"{ variable = <{ name = "a" }> }"#,
        r#"{ variable = <{ name = "b" }> }"#,
    );
}

#[test]
fn plans_that_clients_refuse() {
    let check = |prior: &str, config: &str, planned: &str, expected: &str| {
        assert_eq!(plan_errors(prior, config, planned), expected, "{config} {planned}");
    };
    let other = "the planned value is neither the configured nor the prior one";
    let added = "a value is planned for an attribute that is not computed";
    check(
        "null",
        "{}",
        "null",
        ": planned is null where the configuration is not, or the other way round",
    );
    check(
        "{}",
        "null",
        "{}",
        ": planned is null where the configuration is not, or the other way round",
    );
    check(
        "null",
        r#"{ name = "N" }"#,
        r#"{ name = "n" }"#,
        &format!("name: {other}"),
    );
    check(
        r#"{ name = "x" }"#,
        r#"{ name = "N" }"#,
        r#"{ name = "n" }"#,
        &format!("name: {other}"),
    );
    check(
        "null",
        r#"{ zones = <"a"> }"#,
        "{ zones = ? }",
        &format!("zones: {other}"),
    );
    check(
        "null",
        "{ zones = <?, ?> }",
        r#"{ zones = <?, "a"> }"#,
        &format!("zones: {other}"),
    );
    check(
        r#"{ document = "d" }"#,
        "{}",
        r#"{ document = "d" }"#,
        &format!("document: {added}"),
    );
    check(
        "null",
        r#"{ token = "t" }"#,
        r#"{ token = "t" }"#,
        "token: a write-only attribute is planned",
    );
    check("null", "{}", "{ size = true }", "size: expected number, got a boolean");
    let nullness = "a configured value is planned as null or unknown, or an unknown one as known";
    check(
        "null",
        "{ tuning = { level = 1 } }",
        "{ tuning = ? }",
        &format!("tuning: {nullness}"),
    );
    check(
        "null",
        "{ tuning = { level = 1 } }",
        "{}",
        &format!("tuning: {nullness}"),
    );
    check(
        "null",
        "{ tuning = { level = 1 } }",
        "{ tuning = { level = 2 } }",
        &format!("tuning.level: {other}"),
    );
    check(
        "null",
        r#"{ rules = [{ match = "a" }] }"#,
        r#"{ rules = [{ match = "a" }, { match = "b" }] }"#,
        "rules: there are more or fewer planned elements than configured ones",
    );
}

#[test]
fn planned_blocks_that_clients_refuse() {
    let check = |config: &str, planned: &str, expected: &str| {
        assert_eq!(plan_errors("null", config, planned), expected, "{config} {planned}");
    };
    let blocks = "planned blocks are null or unknown, or not those of the configuration";
    let number = "there are more or fewer planned elements than configured ones";
    let other = "the planned value is neither the configured nor the prior one";
    check(
        "{ container = ? }",
        "{ container = [] }",
        "container: blocks of unknown number must stay unknown",
    );
    check("{}", "{ container = ? }", &format!("container: {blocks}"));
    check("{}", "{ timeouts = {} }", &format!("timeouts: {blocks}"));
    check("{ timeouts = {} }", "{}", &format!("timeouts: {blocks}"));
    check("{}", "{ container = [{}] }", &format!("container: {number}"));
    check(
        "{ container = [{}] }",
        "{ container = [?] }",
        "container[0]: a planned block is null or unknown",
    );
    check(
        r#"{ container = [{ image = "a", health = {} }] }"#,
        r#"{ container = [{ image = "b", digest = "d", cpu = 1 }] }"#,
        &format!(
            "container[0].image: {other}\ncontainer[0].cpu: a value is planned for an attribute that is not computed\n\
             container[0].health: {blocks}"
        ),
    );
    check(
        "{ access = { k = {} } }",
        "{ access = { l = {} } }",
        "access: planned keys are not those of the configuration",
    );
    let unset = Value::Null;
    let sample = Sample::new();
    let mut planned = sample.complete("{}");
    planned.insert("container", unset);
    let errors = assert_plan_valid(sample.schema(), &Value::Null, &sample.complete("{}"), &planned);
    assert_eq!(errors, [format!("container: {blocks}")]);
}

#[test]
fn results() {
    let check = |planned: &str, actual: &str, expected: &str| {
        let sample = Sample::new();
        let [planned, actual] = [planned, actual].map(|text| sample.complete(text));
        let errors = assert_object_compatible(sample.schema(), &planned, &actual).join("\n");
        assert_eq!(errors, expected, "{planned:?} {actual:?}");
    };
    check("null", "null", "");
    check(
        "{ arn = ?, container = ?, zones = <?, ?> }",
        r#"{ arn = "A", container = [{}, {}], zones = <"one"> }"#,
        "",
    );
    check("{ arn = ?, tuning = { profile = ? } }", "{ tuning = {} }", "");
    check(
        r#"{ volume = <{ name = "a", id = ? }> }"#,
        r#"{ volume = <{ name = "a", id = "1" }> }"#,
        "",
    );
    check("{}", "null", ": another value (sensitive)");
    check(
        r#"{ name = "a" }"#,
        r#"{ name = "b" }"#,
        r#"name: another value: planned "a", got "b""#,
    );
    check(
        "{}",
        r#"{ document = "d" }"#,
        r#"document: another value: planned null, got "d""#,
    );
    check("{ size = 3 }", "{}", "size: another value: planned 3, got null");
    check("{ size = ? }", "{ size = ? }", "the final state has unknown values");
    check(
        "{ labels = { a = ? } }",
        r#"{ labels = { b = "c" } }"#,
        r#"labels: other keys: planned { a = ? }, got { b = "c" }"#,
    );
    check(
        "{ container = [{}] }",
        "{}",
        "container: another number of elements: planned [{ cpu = null, digest = null, essential = null, health = null, image = null, name = null }], got []",
    );
    check(
        r#"{ zones = <"a"> }"#,
        r#"{ zones = <"a", "b"> }"#,
        r#"zones: more elements of a set: planned <"a">, got <"a", "b">"#,
    );
    check(
        r#"{ zones = <"a", "c"> }"#,
        r#"{ zones = <"a", "b"> }"#,
        r#"zones: other elements of a set: planned <"a", "c">, got <"a", "b">"#,
    );
    check(
        r#"{ password = "secret" }"#,
        r#"{ password = "other" }"#,
        "password: another value (sensitive)",
    );
    check(
        "{}",
        "{ size = <> }",
        "size: expected number, got a set\nsize: another value: planned null, got <>",
    );
}
