//! Checks of faults: a fault that can never work is told when it is added, not when its moment has come.

use serde_json::{Map, Value};

use crate::form::{Form, FormError};
use crate::glob::Glob;
use crate::model::{Model, check_input};
use crate::records::alarm::AlarmState;

/// Operations of the other services that are served beside ECS.
const BESIDE: [&str; 4] = [
    "LookupEvents",
    "GetCallerIdentity",
    "AssumeRole",
    "AssumeRoleWithWebIdentity",
];
/// Statuses of deployments of daemons.
pub(super) const STATUSES: [&str; 8] = [
    "PENDING",
    "IN_PROGRESS",
    "SUCCESSFUL",
    "STOP_REQUESTED",
    "STOPPED",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_SUCCESSFUL",
    "ROLLBACK_FAILED",
];

/// An account id as the form has it.
pub(crate) fn account(form: &mut Form) -> Result<Option<String>, FormError> {
    let account = form.text("account")?;
    match &account {
        Some(account) if !is_account(account) => Err(form.error("account", not_account(account))),
        _ => Ok(account),
    }
}

/// A text that is not empty, where there is one.
pub(super) fn named(form: &mut Form, name: &str) -> Result<Option<String>, FormError> {
    let text = form.text(name)?;
    match &text {
        Some(text) if text.is_empty() => Err(form.error(name, "must not be empty")),
        _ => Ok(text),
    }
}

/// A text that must be there and say something.
pub(super) fn required_name(form: &mut Form, name: &str) -> Result<String, FormError> {
    named(form, name)?.ok_or_else(|| form.missing(name))
}

/// A region as the form has it.
pub(super) fn region(form: &mut Form) -> Result<Option<String>, FormError> {
    let region = form.text("region")?;
    match &region {
        Some(region) if !is_region(region) => Err(form.error("region", not_region(region))),
        _ => Ok(region),
    }
}

/// True if a text has the form of a region: words with hyphens and a number at the end.
pub(crate) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [words @ .., number] => words.len() >= 2 && words.iter().all(is_word) && number.parse::<u8>().is_ok(),
        [] => false,
    }
}

/// The text about a region that is none.
pub(crate) fn not_region(text: &str) -> String {
    format!("'{text}' is no region; regions are like eu-central-1")
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text about an account that is none.
pub(crate) fn not_account(text: &str) -> String {
    format!("'{text}' is no account id: it has 12 digits")
}

/// The state of an alarm.
pub(crate) fn alarm_state(form: &mut Form) -> Result<String, FormError> {
    let state = form.required_text("state")?;
    match AlarmState::parse(&state) {
        Some(_) => Ok(state),
        None => Err(form.error(
            "state",
            format!("'{state}' is not known; alarms are in OK, ALARM or INSUFFICIENT_DATA"),
        )),
    }
}

/// The status of a deployment that something waits for.
pub(super) fn status(form: &Form, status: String) -> Result<String, FormError> {
    if STATUSES.contains(&status.as_str()) {
        return Ok(status);
    }
    let known = STATUSES.join(", ");
    Err(form.error("deployment", format!("'{status}' is not known; statuses are {known}")))
}

/// A pattern of operations that some operation fits.
pub(super) fn operations(form: &mut Form) -> Result<Glob, FormError> {
    let Some(pattern) = form.text("operation")? else {
        return Ok(Glob::new("*".to_owned()));
    };
    let glob = Glob::new(pattern.clone());
    let model = model()?;
    let alarms = Model::cloudwatch().map_err(|problem| FormError::new("", problem))?;
    let known = model.all_operations().chain(alarms.operation_names()).chain(BESIDE);
    if known.into_iter().any(|operation| glob.matches(operation)) {
        return Ok(glob);
    }
    Err(form.error(
        "operation",
        format!("no operation is called '{pattern}'; names are like CreateDaemon, * and ? stand for others"),
    ))
}

/// A call with an operation that is emulated and a body of its shape.
pub(super) fn call(call: &Form, operation: &str, body: &Map<String, Value>) -> Result<(), FormError> {
    let model = model()?;
    let Some(shapes) = model.operation(operation) else {
        let text = format!("'{operation}' is no operation that is emulated; names are like UpdateDaemon");
        return Err(call.error("operation", text));
    };
    check_input(model, &shapes.input, body.clone())
        .map(|_| ())
        .map_err(|error| call.error("body", format!("{operation} would refuse it: {}", error.message)))
}

fn model() -> Result<&'static Model, FormError> {
    Model::embedded().map_err(|problem| FormError::new("", problem))
}
