//! The account settings of ECS: their values, what holds for a principal, and the structure of answers.
//!
//! A setting of a principal comes before that of the root user, which is the default of the account; without either the
//! default of the service holds. The names are in the service model, the values are documented.

use serde_json::{Value, json};

use crate::api::{ApiError, Scope};
use crate::operations::shared::refusal::invalid;
use crate::records::{Records, arn};
use crate::simulation::region::Region;

/// The setting that clusters take their own from when they are created.
pub(in crate::operations) const CONTAINER_INSIGHTS: &str = "containerInsights";

const SWITCH: &[&str] = &["enabled", "disabled"];
const ON_OFF: &[&str] = &["on", "off"];

/// A setting: its name, its values, and the value that it has without anybody's doing.
#[derive(Clone, Copy, Debug)]
pub(in crate::operations) struct Known {
    pub(in crate::operations) name: &'static str,
    values: &'static [&'static str],
    default: &'static str,
}

const fn known(name: &'static str, values: &'static [&'static str], default: &'static str) -> Known {
    Known { name, values, default }
}

/// All settings. Assumed: the default of `tagResourceAuthorization`, which depends on the age of the account, and the
/// values of `fargateEventWindows`.
pub(in crate::operations) const ALL: [Known; 11] = [
    known("awsvpcTrunking", SWITCH, "disabled"),
    known(CONTAINER_INSIGHTS, &["enabled", "disabled", "enhanced"], "disabled"),
    known("containerInstanceLongArnFormat", SWITCH, "enabled"),
    known("defaultLogDriverMode", &["blocking", "non-blocking"], "non-blocking"),
    known("fargateEventWindows", SWITCH, "disabled"),
    known("fargateFIPSMode", SWITCH, "disabled"),
    known("fargateTaskRetirementWaitPeriod", &["0", "7", "14"], "7"),
    known(GUARD_DUTY, ON_OFF, "off"),
    known("serviceLongArnFormat", SWITCH, "enabled"),
    known("tagResourceAuthorization", ON_OFF, "on"),
    known("taskLongArnFormat", SWITCH, "enabled"),
];

/// The one setting that AWS manages: it is only read.
const GUARD_DUTY: &str = "guardDutyActivate";

/// Checks what a request wants to set.
pub(in crate::operations) fn check(name: &str, value: &str) -> Result<(), ApiError> {
    if name == GUARD_DUTY {
        // Assumed: the text.
        return Err(invalid(format!("The account setting {name} is managed by AWS.")));
    }
    let setting = ALL.iter().find(|setting| setting.name == name);
    if !setting.is_some_and(|setting| setting.values.contains(&value)) {
        // The text that others saw.
        return Err(invalid("Invalid setting 'value'"));
    }
    if name.ends_with("LongArnFormat") && value == "disabled" {
        // The text that others saw.
        return Err(invalid("You can no longer disable Long Arn settings"));
    }
    Ok(())
}

/// The principal that a request names, or who calls. Assumed: the text for one of another account.
pub(in crate::operations) fn principal(scope: &Scope, named: Option<&str>) -> Result<String, ApiError> {
    let Some(named) = named else {
        return Ok(arn::principal(scope));
    };
    let kind = arn::iam_resource(scope, named);
    if kind.is_some_and(|kind| kind == "root" || kind.starts_with("user/") || kind.starts_with("role/")) {
        Ok(named.to_owned())
    } else {
        Err(invalid(format!(
            "The principal {named} is no user, role or root user of this account."
        )))
    }
}

/// The value that somebody has set for a principal.
pub(in crate::operations) fn own<'a>(records: &'a Records, principal: &str, name: &str) -> Option<&'a str> {
    let key = (principal.to_owned(), name.to_owned());
    records.account_settings.get(&key)?.as_deref()
}

/// The value that holds for a principal.
pub(in crate::operations) fn effective<'a>(
    records: &'a Records,
    scope: &Scope,
    principal: &str,
    setting: Known,
) -> &'a str {
    own(records, principal, setting.name)
        .or_else(|| own(records, &arn::root(scope), setting.name))
        .unwrap_or(setting.default)
}

/// The value that holds for whoever calls.
pub(in crate::operations) fn of_caller<'a>(records: &'a Records, scope: &Scope, name: &str) -> Option<&'a str> {
    let setting = ALL.iter().find(|setting| setting.name == name)?;
    Some(effective(records, scope, &arn::principal(scope), *setting))
}

/// Sets a value that has been checked, and answers the setting.
pub(in crate::operations) fn put(region: &mut Region<'_>, principal: String, name: &str, value: &str) -> Value {
    let answer = structure(name, value, &principal);
    let write = region.write();
    let key = (principal, name.to_owned());
    region
        .records
        .account_settings
        .insert(key, Some(value.to_owned()), write);
    json!({ "setting": answer })
}

/// A setting as answered.
pub(in crate::operations) fn structure(name: &str, value: &str, principal: &str) -> Value {
    let kind = if name == GUARD_DUTY { "aws_managed" } else { "user" };
    json!({ "name": name, "value": value, "principalArn": principal, "type": kind })
}
