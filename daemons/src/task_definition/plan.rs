//! What a plan of a task definition shows.
//!
//! A change registers a new revision in place; the old one survives as a rollback target and joins
//! `retained_revision_arns`. Whether a revision is registered is one predicate, asked by plan and
//! apply alike: only what the service understands differently counts, so that tags, `skip_destroy` or
//! a default written out never make dependants roll.

use tfplug_core::{Value, resource::Plan};

use super::table::{TABLE, name};
use crate::{session::Session, tag_plan};

pub(super) const ACTIVE: &str = "ACTIVE";

/// Completes the plan of a create or update.
pub(super) fn modify(plan: &mut Plan, session: Option<&Session>) {
    tag_plan::plan_tags(plan, session);
    if plan.is_create() {
        plan_create(plan, session);
    } else {
        plan_update(plan);
    }
}

fn plan_create(plan: &mut Plan, session: Option<&Session>) {
    plan.planned.insert(name::RETAINED, Value::List(Vec::new()));
    plan.planned.insert(name::STATUS, ACTIVE.into());
    if let (Value::Null, Some(session)) = (plan.config.get(name::REGION), session) {
        plan.planned.insert(name::REGION, session.aws.region().into());
    }
}

fn plan_update(plan: &mut Plan) {
    let retained = plan.prior.get(name::RETAINED);
    match registers(&plan.prior, &plan.planned) {
        Registers::No => {}
        certain @ (Registers::Yes | Registers::Perhaps) => {
            plan.planned.insert(name::ARN, Value::Unknown);
            plan.planned.insert(name::REVISION, Value::Unknown);
            plan.planned.insert(name::STATUS, ACTIVE.into());
            let after = if certain == Registers::Yes {
                retained_after(&plan.prior)
            } else {
                Value::Unknown
            };
            plan.planned.insert(name::RETAINED, after);
            return;
        }
    }
    // State written before the attribute existed has no list; an unchanged revision retains nothing new.
    if retained.is_null() {
        plan.planned.insert(name::RETAINED, Value::List(Vec::new()));
    }
}

/// Whether an apply registers a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Registers {
    /// Nothing that the service understands has changed.
    No,
    /// Something has, for certain.
    Yes,
    /// A value is not known yet.
    Perhaps,
}

/// The predicate of plan and apply.
pub(super) fn registers(prior: &Value, planned: &Value) -> Registers {
    let (before, after) = (TABLE.meaning(prior), TABLE.meaning(planned));
    let is_gone = prior.get(name::STATUS).as_str().is_some_and(|status| status != ACTIVE);
    if before == after {
        return if is_gone { Registers::Yes } else { Registers::No };
    }
    // A new revision is certain when a difference remains among what is known.
    let differs_for_certain = TABLE.api_leaves().any(|(leaf, _)| {
        let after = after.get(leaf.name);
        after.is_wholly_known() && after != before.get(leaf.name)
    });
    if is_gone || differs_for_certain {
        Registers::Yes
    } else {
        Registers::Perhaps
    }
}

/// The retained revisions once the prior one is superseded. One that was deleted outside is no longer
/// a rollback target.
pub(super) fn retained_after(prior: &Value) -> Value {
    let mut retained: Vec<Value> = prior.get(name::RETAINED).elements().cloned().collect();
    let superseded = prior.get(name::ARN);
    let deleted = prior.get(name::STATUS).as_str().is_some_and(|status| status != ACTIVE);
    if superseded.is_present() && !deleted && !retained.contains(superseded) {
        retained.push(superseded.clone());
    }
    Value::List(retained)
}

#[cfg(test)]
mod tests;
