//! The client's demands on answers, beyond the rules over values that `tfplug-core` has.

use std::fmt::Debug;

use tfplug_core::{
    Diagnostics, Path, Schema, Step, Value,
    test_support::{assert_object_compatible, assert_plan_consistent, assert_plan_valid},
};

use super::{
    steps::{Action, Proposal, Stored},
    wire::{broken, broken_lines},
};

/// Demands that something holds.
pub(super) fn demand(rule: &str, holds: bool, seen: &dyn Debug) {
    if !holds {
        broken(rule, seen);
    }
}

fn demand_none(rule: &str, problems: &[String]) {
    if !problems.is_empty() {
        broken_lines(rule, problems);
    }
}

/// The action that the client takes on a plan.
pub(super) fn action(prior: &Stored, planned: &Value, requires_replace: &[Path]) -> Action {
    match () {
        () if prior.tainted => Action::Replace,
        () if prior.state.is_null() => Action::Create,
        () if !requires_replace.is_empty() => Action::Replace,
        () if prior.state == *planned && planned.is_wholly_known() => Action::NoOp,
        () => Action::Update,
    }
}

/// The paths that really replace: those whose value differs, and those of write-only attributes.
/// A path that leads nowhere is an error.
pub(super) fn effective_paths(schema: &Schema, prior: &Value, proposal: &Proposal) -> Vec<Path> {
    if prior.is_null() || proposal.diagnostics.has_error() {
        return Vec::new();
    }
    let counts = |path: &&Path| {
        let (before, after) = (prior.at(path), proposal.state.at(path));
        demand(
            "path that requires replacement",
            before.is_some() || after.is_some(),
            path,
        );
        let write_only = match path.steps() {
            [Step::Attribute(name)] => schema
                .block
                .attribute(name)
                .is_some_and(|attribute| attribute.write_only),
            _ => false,
        };
        before != after || after.is_some_and(|after| !after.is_wholly_known()) || write_only
    };
    proposal.requires_replace.iter().filter(counts).cloned().collect()
}

/// "Provider produced invalid plan".
pub(super) fn valid_plan(schema: &Schema, prior: &Stored, config: &Value, proposal: &Proposal) {
    demand_none(
        "plan (Provider produced invalid plan)",
        &assert_plan_valid(schema, &prior.state, config, &proposal.state),
    );
    let may_be_unknown = prior.state.is_null();
    demand(
        "planned identity",
        may_be_unknown || proposal.identity.is_wholly_known(),
        &proposal.identity,
    );
}

/// "Provider produced invalid object", of an ephemeral resource: what is configured stays as it is.
pub(super) fn valid_ephemeral(schema: &Schema, config: &Value, value: &Value) {
    demand(
        "object (Provider produced invalid object)",
        value.is_present() && value.is_wholly_known(),
        value,
    );
    demand_none(
        "object (Provider produced invalid object)",
        &assert_plan_valid(schema, &Value::Null, config, value),
    );
}

/// "Provider produced inconsistent final plan".
pub(super) fn consistent_plans(schema: &Schema, first: &Value, second: &Value) {
    demand_none(
        "second plan (Provider produced inconsistent final plan)",
        &assert_plan_consistent(schema, first, second),
    );
}

/// "Provider produced inconsistent result after apply", and what the client demands beside an error.
pub(super) fn valid_result(schema: &Schema, planned: &Value, state: &Value, diagnostics: &Diagnostics) {
    demand(
        "result (Provider returned invalid result object after apply)",
        state.is_wholly_known(),
        state,
    );
    if !diagnostics.has_error() {
        demand_none(
            "result (Provider produced inconsistent result after apply)",
            &assert_object_compatible(schema, planned, state),
        );
    }
}

/// "Provider produced invalid object".
pub(super) fn valid_object(schema: &Schema, stored: &Stored) {
    demand(
        "object (Provider produced invalid object)",
        stored.state.is_wholly_known(),
        &stored.state,
    );
    demand("identity", stored.identity.is_wholly_known(), &stored.identity);
    for attribute in schema.block.attributes.iter().filter(|attribute| attribute.write_only) {
        demand(
            "write-only attribute",
            stored.state.get(&attribute.name).is_null(),
            &attribute.name,
        );
    }
}
