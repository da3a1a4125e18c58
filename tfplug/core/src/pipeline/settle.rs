//! Answers of resources in the shape that the client accepts: never an unknown value, never an object
//! lost, private bytes and identity always given.

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    path::Path,
    pipeline::{
        bug::{bug, listed, unknown_paths},
        fit::{Misfit, fit},
        write_only,
    },
    resource::{ApplyRequest, ApplyResponse, ReadRequest, ReadResponse, Resource},
    schema::Block,
    value::Value,
};

/// Settles what create, update or delete answered.
///
/// - A delete without an error ends with nothing; with an error and no state, with the prior state.
/// - A create or update without an error and without a state is a bug; the planned or prior state is
///   kept, so that the object is not forgotten.
/// - A state that does not fit the schema is a bug. What was there before keeps its prior state; of an object
///   that was just created everything that fits is stored, so that it is tainted and not forgotten.
/// - Unknown values left over become null, and are a bug unless there is an error anyway.
/// - A missing identity is the planned one.
pub fn settle_apply(resource: &dyn Resource, request: &ApplyRequest, mut response: ApplyResponse) -> ApplyResponse {
    let failed = response.diagnostics.has_error();
    if request.planned.is_null() && !failed {
        return ApplyResponse {
            diagnostics: response.diagnostics,
            ..ApplyResponse::default()
        };
    }
    if response.state.is_null() {
        if !failed {
            response.diagnostics.push(missing_state(resource, request));
        }
        response.state = match (&request.prior, failed) {
            (Value::Null, true) => Value::Null,
            (Value::Null, false) => request.planned.unknown_as_null(),
            (prior, _) => prior.clone(),
        };
        response.private.clone_from(&request.private);
    }
    if response.state.is_null() {
        return ApplyResponse {
            diagnostics: response.diagnostics,
            ..ApplyResponse::default()
        };
    }
    fit_applied(resource, request, &mut response);
    let unknown = unknown_paths(&response.state);
    if !unknown.is_empty() {
        if !failed {
            response.diagnostics.push(unknown_left(resource, "applied", &unknown));
        }
        response.state = response.state.unknown_as_null();
    }
    response.state = stored(&resource.schema().block, response.state);
    let answered = std::mem::take(&mut response.identity);
    let identities = Identities {
        before: &request.identity,
        answered,
        fixed: !request.prior.is_null(),
    };
    response.identity = settle_identity(resource, "applied", identities, &mut response.diagnostics);
    response
}

/// Settles what a read answered. With an error everything stays as it was; a state with unknown values
/// is a bug, and the prior state stays; a missing identity is the prior one.
pub fn settle_read(resource: &dyn Resource, request: &ReadRequest, mut response: ReadResponse) -> ReadResponse {
    let unknown = unknown_paths(&response.state);
    if !unknown.is_empty() {
        response.diagnostics.push(unknown_left(resource, "read", &unknown));
    }
    if response.diagnostics.has_error() {
        return ReadResponse {
            state: request.state.clone(),
            private: request.private.clone(),
            identity: request.identity.clone(),
            diagnostics: response.diagnostics,
        };
    }
    if response.state.is_null() {
        return ReadResponse {
            diagnostics: response.diagnostics,
            ..ReadResponse::default()
        };
    }
    response.state = stored(&resource.schema().block, response.state);
    let answered = std::mem::take(&mut response.identity);
    let identities = Identities {
        before: &request.identity,
        answered,
        fixed: true,
    };
    response.identity = settle_identity(resource, "read", identities, &mut response.diagnostics);
    response
}

/// Replaces what the schema has no room for.
fn fit_applied(resource: &dyn Resource, request: &ApplyRequest, response: &mut ApplyResponse) {
    let ty = resource.schema().implied_type();
    let (fitted, misfits) = fit(&ty, std::mem::take(&mut response.state), &request.planned);
    response.state = fitted;
    if misfits.is_empty() {
        return;
    }
    let told = misfits.iter().map(|misfit| does_not_fit(resource, misfit));
    response.diagnostics.extend(told);
    if request.prior.is_null() {
        if response.state.is_null() {
            response.state = request.planned.unknown_as_null();
        }
    } else {
        response.state = request.prior.clone();
        response.private.clone_from(&request.private);
    }
}

fn does_not_fit(resource: &dyn Resource, misfit: &Misfit) -> Diagnostic {
    let Misfit { path, reason } = misfit;
    let at = if path.steps().is_empty() {
        String::new()
    } else {
        format!("{path}: ")
    };
    let text = format!(
        "The new state of `{}` does not fit the schema: {at}{reason}. This is a bug in the provider; please report it.",
        resource.type_name()
    );
    Diagnostic::error("Provider produced a value of the wrong type", text).at(path.clone())
}

struct Identities<'a> {
    /// The one stored or planned.
    before: &'a Value,
    /// The one that the resource answered.
    answered: Value,
    /// True if the object was there before, so that its identity must stay.
    fixed: bool,
}

/// The identity to store. A wholly known one given before stands in for a missing one.
fn settle_identity(
    resource: &dyn Resource,
    verb: &str,
    identities: Identities<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let Identities {
        before,
        answered,
        fixed,
    } = identities;
    let echo = if before.is_wholly_known() {
        before.clone()
    } else {
        Value::Null
    };
    if answered.is_null() || answered == echo {
        return echo;
    }
    let name = resource.type_name();
    if !answered.is_wholly_known() {
        let paths = listed(&unknown_paths(&answered));
        let detail = format!("The identity of the {name} that was {verb} has unknown values: {paths}.");
        diagnostics.push(bug("Unknown identity", &detail));
        return echo;
    }
    if fixed && !echo.is_null() && !resource.identity_is_mutable() {
        let detail = format!("The {name} that was {verb} has another identity than before, which it must keep.");
        diagnostics.push(bug("Unexpected identity change", &detail));
    }
    answered
}

fn missing_state(resource: &dyn Resource, request: &ApplyRequest) -> Diagnostic {
    let verb = if request.prior.is_null() {
        "Creating"
    } else {
        "Updating"
    };
    let detail = format!(
        "{verb} the {} gave neither an error nor a state. The state last known is kept; the object may exist.",
        resource.type_name()
    );
    bug("Missing resource state", &detail)
}

fn unknown_left(resource: &dyn Resource, verb: &str, paths: &[Path]) -> Diagnostic {
    let detail = format!(
        "The {} that was {verb} has values that are still unknown: {}.",
        resource.type_name(),
        listed(paths)
    );
    bug("Unknown values in state", &detail)
}

/// A state as it may be stored: every member there, no null block collections, no write-only values.
pub(super) fn stored(block: &Block, state: Value) -> Value {
    let mut state = block.complete(state);
    write_only::blank(&block.attributes, &block.blocks, &mut state);
    state
}
