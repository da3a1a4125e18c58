//! What the attributes of one resource want, by who wrote them.
//!
//! | | `ecs_daemon` of ours | `aws_ecs_daemon` of hashicorp/aws |
//! |---|---|---|
//! | null or missing setting | the default, which we send | the default, unless it was imported |
//! | `critical` | recorded | cannot be recorded |
//! | `deployment_arn` | written by apply | refreshed on every read, so a lower bound only |
//! | everything else | recorded | recorded |

use std::collections::{BTreeMap, BTreeSet};

use daemons::{arn::DaemonArn, daemon::table::name};
use serde_json::Value;

use super::{Marks, SourceError, Tags, TaskDefinitionRule, Tool, Want, Wanted};
use crate::{
    report::SourceRef,
    scan::Access,
    setting::{Marked, Setting},
};

/// Version of the resource's schema that both providers write today.
const SCHEMA_VERSION: u64 = 0;

/// One instance of a resource in a state or plan.
pub(super) struct Instance<'a> {
    pub(super) address: String,
    pub(super) resource_type: &'a str,
    pub(super) schema_version: u64,
    pub(super) attributes: &'a Value,
    /// Tool that applies it.
    pub(super) tool: Tool,
    /// Which of the attributes are sensitive.
    pub(super) marks: Marks,
}

/// Whose resource it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Author {
    Ours,
    Hashicorp,
}

impl Author {
    pub(super) fn of(resource_type: &str) -> Option<Self> {
        match resource_type {
            "ecs_daemon" => Some(Self::Ours),
            "aws_ecs_daemon" => Some(Self::Hashicorp),
            _ => None,
        }
    }
}

/// What an instance wants; `None` if it is no daemon.
pub(super) fn wanted(input: &str, instance: &Instance<'_>) -> Result<Option<Wanted>, SourceError> {
    let Some(author) = Author::of(instance.resource_type) else {
        return Ok(None);
    };
    let Instance {
        address,
        resource_type,
        schema_version,
        attributes,
        tool,
        marks,
    } = instance;
    if *schema_version > SCHEMA_VERSION {
        return Err(SourceError::new(
            "State of a newer provider",
            format!(
                "`{address}` has schema version {schema_version}, but this version of ecs-drift knows only up to \
                 {SCHEMA_VERSION}. Use a newer ecs-drift."
            ),
        ));
    }
    let text = |attribute: &str| attributes.get(attribute).and_then(Value::as_str).map(str::to_owned);
    let arn = DaemonArn::parse(&text(name::ARN).unwrap_or_default())
        .map_err(|_| SourceError::invalid_arn(&format!("`{address}`")))?;
    let settings = settings(author, address, attributes, marks)?;
    let task_definition = settings.get(&Setting::TaskDefinition);
    if !matches!(task_definition, Some(Want::Recorded(_) | Want::UnknownUntilApply)) {
        return Err(incomplete(address, &Setting::TaskDefinition.name()));
    }
    Ok(Some(Wanted {
        arn,
        source: SourceRef {
            input: input.to_owned(),
            address: address.clone(),
            resource_type: (*resource_type).to_owned(),
        },
        access: Access::default(),
        owner: None,
        deployment_arn: text(name::DEPLOYMENT_ARN),
        deployment_is_own: author == Author::Ours,
        recorded: None,
        settings,
        defaults_are_meant: author == Author::Ours,
        pending: None,
        rollout_failure: text(name::ROLLOUT_FAILURE)
            .map(|failure| Marked::new(failure, marks.touch(&[name::ROLLOUT_FAILURE]))),
        tags: tags(attributes.get(name::TAGS_ALL), marks),
        task_definition_rule: TaskDefinitionRule::Exact,
        tool: *tool,
        is_from_command: false,
        marks: marks.clone(),
        configured: BTreeMap::new(),
        ignored: BTreeSet::new(),
        ignored_tags: BTreeSet::new(),
    }))
}

fn incomplete(address: &str, attribute: &str) -> SourceError {
    SourceError::new(
        "Incomplete resource in the input",
        format!("`{address}` has no `{attribute}`, which every daemon has. The document may have been edited or cut."),
    )
}

/// What the attributes say of each setting.
pub(super) fn settings(
    author: Author,
    address: &str,
    attributes: &Value,
    marks: &Marks,
) -> Result<BTreeMap<Setting, Want>, SourceError> {
    let mut settings = BTreeMap::new();
    for setting in Setting::ALL {
        if author == Author::Hashicorp && setting == Setting::Critical {
            continue;
        }
        let value = value_at(attributes, setting.path());
        let want = if value.is_null() {
            Want::ImplicitDefault
        } else {
            let invalid = |error| SourceError::new("Invalid value in the input", format!("`{address}`: {error}."));
            let datum = setting.parse(value).map_err(invalid)?;
            Want::Recorded(Marked::new(datum, marks.touch(setting.path())))
        };
        settings.insert(setting, want);
    }
    Ok(settings)
}

/// The value at a path; a nested block is a list of at most one.
pub(super) fn value_at<'a>(attributes: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(attributes, |value, attribute| {
        let object = match value {
            Value::Array(blocks) => blocks.first().unwrap_or(&Value::Null),
            other => other,
        };
        object.get(attribute).unwrap_or(&Value::Null)
    })
}

pub(super) fn tags(value: Option<&Value>, marks: &Marks) -> Option<Tags> {
    let members = value?.as_object()?;
    let tags = members
        .iter()
        .map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    tags.collect::<Option<_>>().map(|tags| marks.tags(tags))
}
