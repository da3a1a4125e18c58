//! `RegisterTaskDefinition`: every call makes a new revision of the family. Only what runs on managed instances is
//! accepted.

use serde_json::json;

use super::app_definition_answer::definition as definition_answer;
use crate::api::{ApiError, Call};
use crate::operations::definitions::task_definition_checks;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::{client, unsupported};
use crate::operations::shared::request::{Request, is_name};
use crate::operations::shared::{answer, tagging};
use crate::records::arn;
use crate::records::capacity::Size;
use crate::records::service::{AppDefinition, AppStatus};
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let family = request.required("family");
    if !is_name(family) {
        // The text that others saw.
        return Err(client("Family contains invalid characters."));
    }
    check(request)?;
    let tags = tagging::requested(request)?;
    let mut content = call.body.clone();
    content.remove("family");
    content.remove("tags");
    for size in ["cpu", "memory"] {
        if let Some(text) = request.text(size) {
            let units = task_definition_checks::units(size, text)?;
            content.insert(size.to_owned(), units.to_string().into());
        }
    }
    let revision = u32::try_from(region.next(&format!("revision of application family {family}"))).unwrap_or(u32::MAX);
    let definition = AppDefinition {
        family: family.to_owned(),
        revision,
        arn: region.arn(&format!("task-definition/{family}:{revision}")),
        status: AppStatus::Active,
        size: Size::of_definition(&content),
        content,
        registered_at: region.now(),
        registered_by: arn::principal(&region.scope),
        deregistered_at: None,
        delete_requested_at: None,
        tags,
        due: None,
    };
    let answer = json!({ "taskDefinition": definition_answer(&definition), "tags": answer::tags(&definition.tags) });
    let write = region.write();
    let key = (family.to_owned(), revision);
    region.records.app_definitions.insert(key, definition, write);
    Ok(answer)
}

fn check(request: Request<'_>) -> Result<(), ApiError> {
    for member in [
        "proxyConfiguration",
        "inferenceAccelerators",
        "trustedExecutionConfiguration",
    ] {
        if request.0.get(member).is_some_and(|value| !value.is_null()) {
            return Err(unsupported_member(member));
        }
    }
    if !request.structures("placementConstraints").is_empty() {
        return Err(unsupported_member("placementConstraints"));
    }
    let wanted = request.texts("requiresCompatibilities");
    let names = |launch_type: &str| wanted.iter().any(|each| each == launch_type);
    // What may also run elsewhere runs on managed instances here.
    let others = wanted
        .iter()
        .filter(|each| !matches!(each.as_str(), "MANAGED_INSTANCES" | "FARGATE"));
    let foreign = |each: &&String| *each != "EC2" || !names("MANAGED_INSTANCES");
    if let Some(other) = others.into_iter().find(foreign) {
        return Err(client(format!(
            "The emulator runs tasks on managed instances only, not on {other}."
        )));
    }
    let mode = request.text("networkMode");
    if mode.is_some_and(|mode| mode != "awsvpc" && mode != "host") {
        // Documented: managed instances know these two. Assumed: type and text.
        return Err(client(
            "Tasks on managed instances need the network mode awsvpc or host.",
        ));
    }
    task_definition_checks::check_application(request)
}

/// `RegisterTaskDefinition` has no `UnsupportedFeatureException`.
fn unsupported_member(member: &str) -> ApiError {
    client(unsupported(member).message)
}
