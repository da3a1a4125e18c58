//! The plan of one resource: the schema's rules, then the resource's own.

use crate::{
    diagnostic::Diagnostics,
    pipeline::{bug::bug, replace::replaced_paths, start::start},
    resource::{Plan, PlanRequest, Resource},
    value::Value,
};

/// Plans a create, update or destroy.
///
/// Order: the client's proposal with defaults, write-only attributes as null, unknown marks on
/// computed attributes if anything differs, paths that replace the object, then
/// [`Resource::modify_plan`]. The answer has the form that the client accepts: null exactly for a
/// destroy, and every member of the schema there.
pub fn plan(resource: &dyn Resource, request: PlanRequest) -> Plan {
    let destroy = request.proposed.is_null() || request.config.is_null();
    let block = &resource.schema().block;
    let planned = if destroy {
        Value::Null
    } else {
        start(block, &request.config, &request.prior, &request.proposed)
    };
    // While an object is replaced, the client hands the identity of the old one to the plan of the new one.
    let identity = if request.prior.is_null() {
        Value::Null
    } else {
        request.identity
    };
    let mut plan = Plan {
        requires_replace: replaced_paths(block, &request.prior, &planned),
        planned,
        config: request.config,
        prior: request.prior,
        private: request.private,
        identity: identity.clone(),
        diagnostics: Diagnostics::new(),
    };
    let before = plan.planned.clone();
    resource.modify_plan(&mut plan);
    check_presence(resource, &mut plan, before);
    check_identity(resource, &mut plan, identity);
    plan.planned = block.complete(std::mem::take(&mut plan.planned));
    plan.requires_replace.sort();
    plan.requires_replace.dedup();
    plan
}

/// A plan is null exactly when the object is to be destroyed.
fn check_presence(resource: &dyn Resource, plan: &mut Plan, before: Value) {
    if plan.planned.is_null() == before.is_null() {
        return;
    }
    let what = if before.is_null() {
        "planned a state for an object to be destroyed"
    } else {
        "planned no state"
    };
    plan.diagnostics.push(bug(
        "Unexpected planned state",
        &format!("The plan rules of {} {what}.", resource.type_name()),
    ));
    plan.planned = before;
}

/// The identity of an existing object stays, unless the resource says that it may change. It is free
/// where there is none yet.
fn check_identity(resource: &dyn Resource, plan: &mut Plan, prior: Value) {
    if prior.is_null() || plan.identity == prior {
        return;
    }
    let allowed = resource.identity_is_mutable() && !plan.identity.is_null() && plan.identity.is_wholly_known();
    if allowed && plan.is_update() {
        return;
    }
    let detail = format!(
        "The plan rules of {} changed the identity of an existing object.",
        resource.type_name()
    );
    plan.diagnostics.push(bug("Unexpected identity change", &detail));
    plan.identity = prior;
}
