//! `RegisterDaemonTaskDefinition`: every call makes a new revision of the family.

use serde_json::json;

use crate::api::Call;
use crate::operations::definitions::task_definition_checks;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::client;
use crate::operations::shared::request::{Request, is_name};
use crate::operations::shared::tagging;
use crate::records::arn;
use crate::records::capacity::Size;
use crate::records::definition::{Definition, DefinitionStatus};
use crate::records::events::Kind;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let family = request.required("family");
    if !is_name(family) {
        // The text that others saw for application task definitions.
        return Err(client("Family contains invalid characters."));
    }
    task_definition_checks::check(request)?;
    let tags = tagging::requested(request)?;
    let mut content = call.body.clone();
    content.remove("family");
    content.remove("tags");
    let revision = u32::try_from(region.next(&format!("revision of family {family}"))).unwrap_or(u32::MAX);
    let definition = Definition {
        family: family.to_owned(),
        revision,
        arn: region.arn(&format!("daemon-task-definition/{family}:{revision}")),
        status: DefinitionStatus::Active,
        size: Size::of_definition(&content),
        content,
        registered_at: region.now(),
        registered_by: arn::principal(&region.scope),
        delete_requested_at: None,
        tags,
        due: None,
    };
    let answer = json!({ "daemonTaskDefinitionArn": definition.arn });
    region.note(
        Kind::TaskDefinition,
        json!({ "daemonTaskDefinitionArn": definition.arn, "status": definition.status.name() }),
    );
    let write = region.write();
    region
        .records
        .definitions
        .insert((family.to_owned(), revision), definition, write);
    Ok(answer)
}
