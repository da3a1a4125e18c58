//! The plan rules of a resource: changes they may make, and changes that are refused.

use super::plan_cases::plan_of;
use crate::{
    Resource, Value, pipeline,
    resource::{Plan, PlanRequest},
    test_support::{
        literal::show,
        proposed_new,
        sample::{Sample, value},
    },
};

const IDENTITY: &str = r#"{ arn = "A" }"#;

fn update(sample: &Sample, identity: &str) -> Plan {
    let prior = sample.complete(r#"{ name = "n", arn = "A", size = 3, limits = { soft = 1 } }"#);
    let config = sample.complete(r#"{ name = "n", size = 4 }"#);
    let proposed = proposed_new(sample.schema(), &prior, &config);
    pipeline::plan(
        sample,
        PlanRequest {
            prior,
            proposed,
            config,
            private: Vec::new(),
            identity: value(identity),
        },
    )
}

fn destroy(sample: &Sample) -> Plan {
    let request = PlanRequest {
        prior: sample.complete(r#"{ name = "n", arn = "A" }"#),
        proposed: Value::Null,
        config: Value::Null,
        private: b"p".to_vec(),
        identity: value(IDENTITY),
    };
    pipeline::plan(sample, request)
}

fn messages(plan: &Plan) -> String {
    plan.diagnostics
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_rule_sees_the_finished_plan_and_changes_it() {
    let sample = Sample::with_rule(|plan| {
        assert!(plan.is_update() && !plan.is_create() && !plan.is_destroy());
        assert_eq!(plan.planned.get("revision"), &Value::Unknown);
        plan.planned.insert("revision", Value::from(8));
        plan.private = b"mine".to_vec();
        plan.replace_for(crate::Path::attribute("size"));
        plan.replace_for(crate::Path::attribute("name"));
        plan.replace_for(crate::Path::attribute("size"));
        plan.diagnostics.warn("Careful", "Slow.");
    });
    let plan = update(&sample, IDENTITY);
    assert_eq!(plan.planned.get("revision"), &Value::from(8));
    assert_eq!(plan.private, b"mine");
    assert_eq!(
        plan.requires_replace
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["name", "size"]
    );
    assert_eq!(messages(&plan), "warning: Careful: Slow.");
    assert_eq!(plan.identity, value(IDENTITY));
}

#[test]
fn destroy_stays_null() {
    let sample = Sample::with_rule(|plan| {
        assert!(plan.is_destroy() && plan.config.is_null());
        plan.diagnostics.warn("Drains", "12 instances.");
        plan.private = b"q".to_vec();
    });
    let plan = destroy(&sample);
    assert!(plan.planned.is_null() && plan.requires_replace.is_empty());
    assert_eq!(
        (plan.private.as_slice(), messages(&plan)),
        (b"q".as_slice(), "warning: Drains: 12 instances.".to_owned())
    );
    assert_eq!(plan.identity, value(IDENTITY));

    let plan = destroy(&Sample::with_rule(|plan| plan.planned = plan.prior.clone()));
    assert!(plan.planned.is_null());
    insta::assert_snapshot!(messages(&plan), @"error: Unexpected planned state: The plan rules of test_sample planned a state for an object to be destroyed. This is a bug in the provider; please report it with this message.");
}

#[test]
fn a_plan_without_a_state_is_refused() {
    let plan = update(&Sample::with_rule(|plan| plan.planned = Value::Null), IDENTITY);
    assert_eq!(plan.planned.get("size"), &Value::from(4));
    insta::assert_snapshot!(messages(&plan), @"error: Unexpected planned state: The plan rules of test_sample planned no state. This is a bug in the provider; please report it with this message.");
}

#[test]
fn identity_of_an_existing_object_stays() {
    let change = |plan: &mut Plan| plan.identity = value(r#"{ arn = "B" }"#);
    let plan = update(&Sample::with_rule(change), IDENTITY);
    assert_eq!(plan.identity, value(IDENTITY));
    insta::assert_snapshot!(messages(&plan), @"error: Unexpected identity change: The plan rules of test_sample changed the identity of an existing object. This is a bug in the provider; please report it with this message.");

    let mutable = |rule: fn(&mut Plan)| Sample::with_rule(rule).identity_may_change();
    let plan = update(&mutable(|plan| plan.identity = value(r#"{ arn = "B" }"#)), IDENTITY);
    assert_eq!(
        (show(&plan.identity).as_str(), messages(&plan).as_str()),
        (r#"{ arn = "B" }"#, "")
    );
    // A client refuses an identity that becomes unknown.
    let plan = update(&mutable(|plan| plan.identity = value("{ arn = ? }")), IDENTITY);
    assert_eq!(plan.identity, value(IDENTITY));
    assert!(plan.diagnostics.has_error());
    // State from before identities existed gets one.
    let plan = update(&Sample::with_rule(change), "null");
    assert_eq!(
        (show(&plan.identity).as_str(), messages(&plan).as_str()),
        (r#"{ arn = "B" }"#, "")
    );
}

#[test]
fn the_new_object_of_a_replacement_does_not_start_with_the_old_identity() {
    let sample = Sample::new();
    let config = sample.complete(r#"{ name = "n" }"#);
    let request = PlanRequest {
        prior: Value::Null,
        proposed: proposed_new(sample.schema(), &Value::Null, &config),
        config: config.clone(),
        private: Vec::new(),
        identity: value(IDENTITY),
    };
    assert_eq!(pipeline::plan(&sample, request).identity, Value::Null);
    let planned = plan_of(&sample, &Value::Null, &config).planned;
    assert_eq!(planned.get("arn"), &Value::Unknown);
}
