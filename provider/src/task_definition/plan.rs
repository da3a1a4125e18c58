//! The plan of a task definition.
//!
//! A change registers a new revision in place; the old one survives as a rollback target and joins
//! `retained_revision_arns`. Whether a revision is registered is one predicate, asked by plan and
//! apply alike: only what the service understands differently counts, so that tags, `skip_destroy` or
//! a default written out never make dependants roll. If a retained revision has the content already, it is
//! taken, and its ARN is known.

use daemons::arn::RevisionArn;
use tfplug_core::{Value, resource::Plan};

use super::{
    contents::Contents,
    table::{TABLE, name},
};
use crate::{region_plan, session::Session, tag_plan};

pub(crate) const ACTIVE: &str = "ACTIVE";

/// Completes the plan of a create or update.
pub(super) fn modify(plan: &mut Plan, session: Option<&Session>) {
    tag_plan::plan_tags(plan, session);
    if plan.is_create() {
        plan_create(plan, session);
    } else {
        plan_update(plan);
    }
    region_plan::check(plan, session);
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
    let planned = &mut plan.planned;
    match Destination::of(&plan.prior, planned, &plan.private) {
        // State written before the attribute existed has no list; an unchanged revision retains nothing new.
        Destination::Stay if retained.is_null() => planned.insert(name::RETAINED, Value::List(Vec::new())),
        Destination::Stay => {}
        Destination::Take(taken) => {
            planned.insert(name::RETAINED, retained_after(&plan.prior, Some(&taken)));
            planned.insert(name::ARN, taken.to_string().into());
            planned.insert(name::REVISION, taken.revision.into());
            planned.insert(name::STATUS, ACTIVE.into());
        }
        Destination::Register => plan_registration(planned, retained_after(&plan.prior, None)),
        Destination::NotKnownYet => plan_registration(planned, Value::Unknown),
    }
}

fn plan_registration(planned: &mut Value, retained: Value) {
    planned.insert(name::ARN, Value::Unknown);
    planned.insert(name::REVISION, Value::Unknown);
    planned.insert(name::STATUS, ACTIVE.into());
    planned.insert(name::RETAINED, retained);
}

/// The revision at which an update of a task definition ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// At the current revision.
    Stay,
    /// At a retained revision that has the planned content.
    Take(RevisionArn),
    /// At a revision that is to be registered.
    Register,
    /// At one of the others, as a value that is not known yet decides.
    NotKnownYet,
}

impl Destination {
    /// The predicate of plan and apply.
    pub(super) fn of(prior: &Value, planned: &Value, private: &[u8]) -> Self {
        let registers = registers(prior, planned);
        if registers == Registers::No {
            return Self::Stay;
        }
        let retained = prior.get(name::RETAINED);
        let contents = Contents::from_private(private).of(retained);
        let is_known = TABLE.meaning(planned).is_wholly_known();
        let holder = is_known.then(|| contents.holder(planned, retained)).flatten();
        match holder.and_then(|arn| RevisionArn::parse(&arn).ok()) {
            Some(arn) => Self::Take(arn),
            None if registers == Registers::Perhaps || !(is_known || contents.is_empty()) => Self::NotKnownYet,
            None => Self::Register,
        }
    }
}

/// The certainty with which an apply leaves the current revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Registers {
    /// Nothing that the service understands has changed.
    No,
    /// Something has, for certain.
    Yes,
    /// A value is not known yet.
    Perhaps,
}

/// True if the content is another one than that of the current revision.
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

/// The retained revisions, oldest first, once the prior one is superseded and a retained one is taken. One
/// that was deleted outside is no longer a rollback target.
pub(super) fn retained_after(prior: &Value, taken: Option<&RevisionArn>) -> Value {
    let taken = taken.map(|arn| Value::from(arn.to_string()));
    let mut retained: Vec<Value> = prior.get(name::RETAINED).elements().cloned().collect();
    retained.retain(|arn| Some(arn) != taken.as_ref());
    let superseded = prior.get(name::ARN);
    let deleted = prior.get(name::STATUS).as_str().is_some_and(|status| status != ACTIVE);
    if superseded.is_present() && !deleted && !retained.contains(superseded) {
        let newer = retained.iter().position(|arn| is_newer(arn, superseded));
        retained.insert(newer.unwrap_or(retained.len()), superseded.clone());
    }
    Value::List(retained)
}

/// True if one revision was registered after another one of its family.
fn is_newer(one: &Value, other: &Value) -> bool {
    let parse = |arn: &Value| RevisionArn::parse(arn.as_str()?).ok();
    match (parse(one), parse(other)) {
        (Some(one), Some(other)) => one.family == other.family && one.revision > other.revision,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
