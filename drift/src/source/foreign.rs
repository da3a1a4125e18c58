//! Documents of other programs, told by their members, and what to give instead of each. Nothing of them is repeated:
//! addresses of the API of HCP Terraform are keys to the state.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{SourceError, json_slices::Members};

const SUMMARY: &str = "Unknown document";

/// Members by which documents are told, each with what has them.
const BY_MEMBER: [(&str, Origin); 12] = [
    (
        "AWSTemplateFormatVersion",
        Origin::CloudFormation("a template of CloudFormation"),
    ),
    ("Resources", Origin::CloudFormation("a template of CloudFormation")),
    ("TemplateBody", Origin::CloudFormation("a template of CloudFormation")),
    ("Stacks", Origin::CloudFormation("an answer of CloudFormation")),
    ("StackResources", Origin::CloudFormation("an answer of CloudFormation")),
    (
        "StackResourceSummaries",
        Origin::CloudFormation("an answer of CloudFormation"),
    ),
    (
        "StackResourceDetail",
        Origin::CloudFormation("an answer of CloudFormation"),
    ),
    ("artifacts", Origin::CloudFormation("a manifest of the CDK")),
    ("deployment", Origin::Pulumi("the export of a stack of Pulumi")),
    ("checkpoint", Origin::Pulumi("a state of Pulumi")),
    ("steps", Origin::Pulumi("a preview of Pulumi")),
    ("data", Origin::Hcp),
];

/// The program that writes a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    CloudFormation(&'static str),
    Pulumi(&'static str),
    /// HCP Terraform and Terraform Enterprise.
    Hcp,
}

/// The error of a document in JSON that is none of ours.
pub(super) fn of(members: &Members<'_>) -> Result<SourceError, SourceError> {
    let found = BY_MEMBER.into_iter().find(|(member, _)| members.has(member));
    Ok(match found {
        Some((_, Origin::CloudFormation(what) | Origin::Pulumi(what))) => recorded_instead(what),
        Some((_, Origin::Hcp)) => answer(&members.members("data")?)?,
        None => unknown("it has none of the members that tell one of these"),
    })
}

/// The error of a text in YAML, which no input is.
pub(super) fn yaml(text: &str) -> Option<SourceError> {
    let is_template = |line: &str| line.starts_with("AWSTemplateFormatVersion:") || line.trim_end() == "Resources:";
    let mut lines = text.lines();
    if lines.any(is_template) {
        return Some(recorded_instead("a template of CloudFormation"));
    }
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    (has("runtime:") && has("name:")).then(|| recorded_instead("a project of Pulumi"))
}

pub(super) fn unknown(why: &str) -> SourceError {
    SourceError::new(
        SUMMARY,
        format!(
            "The input is neither a state, nor a plan, nor a baseline: {why}. Give the output of `terraform show -json` \
             or `terraform state pull`, of `terraform show -json PLANFILE`, or of `ecs-drift baseline`."
        ),
    )
}

fn recorded_instead(what: &str) -> SourceError {
    SourceError::new(
        SUMMARY,
        format!(
            "The input is {what}, and ecs-drift cannot read the settings of daemons from it. Record what is live once as a \
             baseline, with `ecs-drift baseline record --cluster CLUSTER --output baseline.toml`, and scan with that file."
        ),
    )
}

/// The state inside of an answer of the API of HCP Terraform or Terraform Enterprise; none if it is somewhere else.
pub(super) fn state_inside(members: &Members<'_>) -> Result<Option<Vec<u8>>, SourceError> {
    let data = members.members("data")?;
    let encoded = data.members("attributes")?.text("state")?;
    if data.text("type")? != "state-versions" || encoded.is_empty() {
        return Ok(None);
    }
    let encoded: String = encoded.split_ascii_whitespace().collect();
    let state = STANDARD.decode(encoded).map_err(|_| {
        SourceError::new(
            SUMMARY,
            "The input is a state version with the state inside, and `data.attributes.state` is no base64. Get it again from \
             the API, or download the state from the address in `data.attributes.hosted-state-download-url`.",
        )
    })?;
    Ok(Some(state))
}

/// An answer of the API of HCP Terraform or Terraform Enterprise: the state is somewhere else.
fn answer(data: &Members<'_>) -> Result<SourceError, SourceError> {
    const API: &str = "the API of HCP Terraform and Terraform Enterprise";
    const CURRENT: &str = "`GET /workspaces/WORKSPACE_ID/current-state-version`";
    const MEMBER: &str = "`data.attributes.hosted-state-download-url`";
    let attributes = data.members("attributes")?;
    let detail = match data.text("type")?.as_str() {
        "state-versions" if attributes.has("hosted-state-download-url") => format!(
            "The input is a state version as {API} describes it, and the state is not in it. Download the state from the \
             address in {MEMBER}, with the token of the API, and give that file."
        ),
        "plans" => format!(
            "The input is a plan as {API} describes it, and its content is not in it. Give the answer of `GET \
             /plans/PLAN_ID/json-output`."
        ),
        _ => format!(
            "The input may be an answer of {API}, and there is neither a state nor a plan in it. Ask for {CURRENT}, download \
             the state from the address in {MEMBER} of the answer, and give that file."
        ),
    };
    Ok(SourceError::new(SUMMARY, detail))
}
