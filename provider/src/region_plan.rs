//! The region in a plan, the same for every resource.

use tfplug_core::{Diagnostic, Path, resource::Plan};

use crate::session::Session;

const REGION: &str = "region";

/// Refuses a region in which nothing can be. The region may have come from an ARN.
pub(crate) fn check(plan: &mut Plan, session: Option<&Session>) {
    let Some(region) = plan.planned.get(REGION).as_str() else {
        return;
    };
    let Some(Err(problem)) = session.map(|session| session.check_region(region)) else {
        return;
    };
    plan.diagnostics
        .push(Diagnostic::error("Unknown region", problem).at(Path::attribute(REGION)));
}
