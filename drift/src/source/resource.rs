//! Wants of the attributes of one resource, by who wrote them.
//!
//! | | `ecs_daemon` of ours | `aws_ecs_daemon` of hashicorp/aws | `awscc_ecs_daemon` of hashicorp/awscc |
//! |---|---|---|---|
//! | null or missing setting | the default, which we send | the default, unless it was imported | the same |
//! | `critical` | recorded | cannot be recorded | recorded, if its version has the attribute |
//! | `deployment_arn` | written by apply | refreshed on every read, so a lower bound only | the same |
//! | everything else | recorded | recorded | recorded as it was applied |

use std::collections::{BTreeMap, BTreeSet};

use daemons::{arn::DaemonArn, name};
use serde_json::Value;

use super::{Claim, Marks, SourceError, TagScope, Tags, TaskDefinitionRule, Tool, Want, Wanted, awscc};
use crate::{
    report::SourceRef,
    scan::Access,
    setting::{Datum, Marked, Setting, kind_of},
};

/// Latest version of the resource's schema that is known: of ours and of hashicorp/aws.
const SCHEMA_VERSION: u64 = 0;
/// The same of hashicorp/awscc, whose schemas begin with it.
const AWSCC_VERSION: u64 = 1;

/// One instance of a resource in a state or plan.
pub(super) struct Instance<'a> {
    pub(super) address: String,
    pub(super) resource_type: &'a str,
    pub(super) schema_version: u64,
    pub(super) attributes: &'a Value,
    /// Tool that applies it.
    pub(super) tool: Tool,
    /// Marks of the attributes that are sensitive.
    pub(super) marks: Marks,
}

/// The provider of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Author {
    Ours,
    Hashicorp,
    Awscc,
}

impl Author {
    pub(super) fn of(resource_type: &str) -> Option<Self> {
        match resource_type {
            "ecs_daemon" => Some(Self::Ours),
            "aws_ecs_daemon" => Some(Self::Hashicorp),
            awscc::RESOURCE => Some(Self::Awscc),
            _ => None,
        }
    }

    /// Attributes, or what mirrors them, under the names of ours.
    pub(super) fn attributes(self, attributes: Value) -> Value {
        match self {
            Self::Awscc => awscc::as_ours(attributes),
            Self::Ours | Self::Hashicorp => attributes,
        }
    }

    /// The same for the change of a plan.
    pub(super) fn change(self, change: Value) -> Value {
        match self {
            Self::Awscc => awscc::change_as_ours(change),
            Self::Ours | Self::Hashicorp => change,
        }
    }

    /// The same for marks by their paths.
    pub(super) fn marks(self, marks: Marks) -> Marks {
        match self {
            Self::Awscc => marks.renamed(&awscc::NAMES),
            Self::Ours | Self::Hashicorp => marks,
        }
    }

    /// True if its resource can record a setting; `attributes` are of one.
    fn records(self, setting: Setting, attributes: &Value) -> bool {
        match self {
            Self::Ours => true,
            Self::Hashicorp => setting.is_in_aws_provider(),
            // Older versions do not have what the other provider does not have either.
            Self::Awscc => {
                let first = setting.path().first().copied().unwrap_or_default();
                setting.is_in_aws_provider() || attributes.get(first).is_some()
            }
        }
    }
}

impl Instance<'_> {
    /// An error of this instance alone. The rest of its document can be read.
    pub(super) fn error(&self, input: &str, error: SourceError) -> SourceError {
        error.of(input, &self.address, self.resource_type)
    }
}

/// The daemon that an instance wants; `None` if it is none. Every error is about this instance, but for a newer provider, which
/// wrote all of them.
pub(super) fn wanted(input: &str, instance: &Instance<'_>) -> Result<Option<Wanted>, SourceError> {
    let Some(author) = Author::of(instance.resource_type) else {
        return Ok(None);
    };
    check_version(instance)?;
    let wanted = of_author(input, author, instance);
    wanted.map(Some).map_err(|error| instance.error(input, error))
}

fn check_version(instance: &Instance<'_>) -> Result<(), SourceError> {
    let Instance {
        address,
        schema_version,
        ..
    } = instance;
    let known = if Author::of(instance.resource_type) == Some(Author::Awscc) {
        AWSCC_VERSION
    } else {
        SCHEMA_VERSION
    };
    if *schema_version > known {
        return Err(SourceError::new(
            "State of a newer provider",
            format!(
                "A newer provider wrote `{address}`: its `schema_version` is {schema_version}, and this version of ecs-drift reads \
                 {known} only. Use a newer ecs-drift."
            ),
        ));
    }
    Ok(())
}

fn of_author(input: &str, author: Author, instance: &Instance<'_>) -> Result<Wanted, SourceError> {
    let Instance {
        address,
        resource_type,
        attributes,
        tool,
        marks,
        ..
    } = instance;
    let text = |attribute: &str| attributes.get(attribute).and_then(Value::as_str).map(str::to_owned);
    let arn = DaemonArn::parse(&text(name::ARN).unwrap_or_default())
        .map_err(|_| SourceError::invalid_arn(&format!("`{address}`")))?;
    agrees(address, attributes, &arn)?;
    let settings = settings(author, attributes, marks).map_err(|error| error.about(address))?;
    require(&settings).map_err(|error| error.about(address))?;
    let tags = tags(attributes.get(name::TAGS_ALL), marks).map_err(|error| error.about(address))?;
    Ok(Wanted {
        claim: Claim::Input,
        moved_to: None,
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
        tags,
        task_definition_rule: TaskDefinitionRule::Exact,
        tool: *tool,
        is_from_command: false,
        marks: marks.clone(),
        configured: BTreeMap::new(),
        ignored: BTreeSet::new(),
        tag_scope: TagScope::default(),
        configured_tags: None,
        held: BTreeMap::new(),
    })
}

/// Name, cluster and region stand in the ARN, too. Where they contradict it, nobody can say which daemon is meant.
fn agrees(address: &str, attributes: &Value, arn: &DaemonArn) -> Result<(), SourceError> {
    let text = |attribute: &str| attributes.get(attribute).and_then(Value::as_str);
    let of_arn = [
        (name::NAME, arn.name.as_str()),
        (name::CLUSTER_ARN, arn.cluster.as_str()),
        (name::REGION, arn.arn.region.as_str()),
    ];
    for (attribute, expected) in of_arn {
        let found = text(attribute).map(|text| text.rsplit('/').next().unwrap_or(text));
        if found.is_some_and(|found| found != expected) {
            return Err(SourceError::new(
                "Contradiction in the input",
                format!(
                    "`{address}` has an `{}` of one daemon and the `{attribute}` of another. The document may have been \
                     edited; get it again from the program that wrote it.",
                    name::ARN
                ),
            ));
        }
    }
    Ok(())
}

/// Says what every daemon has, and this one not.
pub(super) fn require(settings: &BTreeMap<Setting, Want>) -> Result<(), SourceError> {
    let is_missing = |setting: &Setting| match settings.get(setting) {
        Some(Want::Recorded(value)) => match value.expose() {
            Datum::Text(text) => text.is_empty(),
            Datum::Names(names) => names.is_empty() || names.contains(""),
            Datum::Flag(_) | Datum::Number(_) => false,
        },
        want => !matches!(want, Some(Want::UnknownUntilApply(_))),
    };
    let mut required = Setting::ALL.into_iter().filter(|setting| setting.is_required());
    match required.find(is_missing) {
        None => Ok(()),
        Some(setting) => Err(SourceError::new(
            "Incomplete resource in the input",
            format!(
                "It has no `{}`, which every daemon has. The document may have been edited or cut.",
                setting.name()
            ),
        )),
    }
}

fn invalid(reason: &str) -> SourceError {
    SourceError::new(
        "Invalid value in the input",
        format!("{reason}. The document may have been edited; get it again from the program that wrote it."),
    )
}

/// The wants of the attributes for each setting.
pub(super) fn settings(
    author: Author,
    attributes: &Value,
    marks: &Marks,
) -> Result<BTreeMap<Setting, Want>, SourceError> {
    let mut settings = BTreeMap::new();
    for setting in Setting::ALL {
        if !author.records(setting, attributes) {
            continue;
        }
        check_blocks(attributes, setting.path())?;
        let value = value_at(attributes, setting.path());
        let want = if value.is_null() {
            Want::ImplicitDefault
        } else {
            let datum = setting.parse(value).map_err(|error| invalid(&error))?;
            Want::Recorded(Marked::new(datum, marks.touch(setting.path())))
        };
        settings.insert(setting, want);
    }
    Ok(settings)
}

/// Each block around a setting stands there at most once, as an object. Anything else would be read as if it were not
/// there.
fn check_blocks(attributes: &Value, path: &[&str]) -> Result<(), SourceError> {
    for end in 1..path.len() {
        let (around, _) = path.split_at(end);
        let name = around.join(".");
        match value_at(attributes, around) {
            Value::Null | Value::Object(_) => {}
            Value::Array(blocks) if blocks.len() > 1 => {
                return Err(invalid(&format!(
                    "`{name}` stands there {} times, but may once",
                    blocks.len()
                )));
            }
            Value::Array(blocks) if blocks.iter().all(|block| block.is_object() || block.is_null()) => {}
            other => return Err(invalid(&format!("`{name}` must be a block, but is {}", kind_of(other)))),
        }
    }
    Ok(())
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

/// The tags; none if there are none to compare.
pub(super) fn tags(value: Option<&Value>, marks: &Marks) -> Result<Option<Tags>, SourceError> {
    let members = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(members)) => members,
        Some(other) => {
            return Err(invalid(&format!(
                "`{}` must be a map, but is {}",
                name::TAGS_ALL,
                kind_of(other)
            )));
        }
    };
    let tags = members.iter().map(|(key, value)| match value.as_str() {
        Some(value) => Ok((key.clone(), value.to_owned())),
        None => Err(invalid(&format!(
            "a value of `{}` must be a string, but is {}",
            name::TAGS_ALL,
            kind_of(value)
        ))),
    });
    let tags: BTreeMap<String, String> = tags.collect::<Result<_, _>>()?;
    Ok(Some(marks.tags(tags)))
}
