//! The function `daemon_task_definition_from_json`: from the JSON that the AWS CLI registers to the arguments of the resource.
//!
//! Members are checked against the attribute table before they are converted, so that a misspelled one is told and none is
//! dropped without a word. Messages name the place and never repeat a value: it may be a secret.

use serde_json::{Map, Value as Json};
use tfplug_core::{
    Block, Function, Type, Value,
    function::{FunctionError, Parameter, Signature},
};

use crate::{
    attributes::{Blocks, Kind, Leaf, Nature, Repeat, Scalar, Table},
    task_definition::table::{TABLE, name},
    tree,
};

/// Member of the API with the tags, which are a list of pairs there.
const TAGS: &str = "tags";

/// The function.
pub(super) struct FromJson(Signature);

impl FromJson {
    pub(super) fn new() -> Self {
        let mut attributes = TABLE.answered();
        attributes.push(tfplug_core::Attribute::new(
            name::TAGS,
            Type::map(Type::String),
            tfplug_core::Mode::Computed,
            "",
        ));
        let block = Block {
            attributes,
            ..Block::default()
        };
        Self(Signature {
            summary: "Arguments of a task definition from the JSON of the AWS CLI".to_owned(),
            description: "Turns the JSON that `aws ecs register-daemon-task-definition --cli-input-json` takes into an object with the \
                arguments of `ecs_daemon_task_definition`. Blocks are lists of objects, for `dynamic` blocks. Members that the JSON \
                leaves out have their default, or are null or empty. A member that the resource does not have is an error."
                .to_owned(),
            parameters: vec![Parameter::new(
                "json",
                Type::String,
                "The JSON, for example `file(\"task-definition.json\")`.",
            )],
            variadic: None,
            result: block.implied_type(),
            deprecation: None,
        })
    }
}

impl Function for FromJson {
    fn name(&self) -> &'static str {
        "daemon_task_definition_from_json"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
        arguments_of(text).map_err(|error| FunctionError::new(error).at(0))
    }
}

fn arguments_of(text: &str) -> Result<Value, String> {
    let json: Json = serde_json::from_str(text).map_err(|error| {
        format!(
            "This is no JSON: the error is in line {}, column {}.",
            error.line(),
            error.column()
        )
    })?;
    let Json::Object(mut members) = json else {
        return Err(format!("Expected a JSON object, got {}.", kind_of(&json)));
    };
    if members.contains_key("daemonTaskDefinition") {
        return Err("This is the answer of `aws ecs describe-daemon-task-definition`. Give its member `daemonTaskDefinition`, \
                    without what ECS adds to it: `daemonTaskDefinitionArn`, `revision`, `status`, `registeredAt` and `registeredBy`."
            .to_owned());
    }
    let tags = members.remove(TAGS).map(|tags| tags_of(&tags)).transpose()?;
    check_object(&TABLE, &members, "")?;
    let tree = tree::from_json(&Json::Object(members));
    let all = TABLE.to_value(&tree);
    let mut arguments = Value::object(
        TABLE
            .api_leaves()
            .map(|(leaf, _)| (leaf.name, all.get(leaf.name).clone())),
    );
    arguments.insert(name::TAGS, tags.unwrap_or(Value::Null));
    Ok(arguments)
}

/// The tags of the API, which are pairs of key and value.
fn tags_of(tags: &Json) -> Result<Value, String> {
    let wrong = || "`tags` must be a list of objects with `key` and `value`, both strings.".to_owned();
    let tags = tags.as_array().ok_or_else(wrong)?.iter().map(|tag| {
        let key = tag.get("key").and_then(Json::as_str).ok_or_else(wrong)?;
        let value = tag.get("value").map_or(Some(""), Json::as_str).ok_or_else(wrong)?;
        Ok((key.to_owned(), Value::from(value)))
    });
    tags.collect::<Result<Vec<_>, String>>().map(Value::object)
}

fn check_object(table: &Table, members: &Map<String, Json>, path: &str) -> Result<(), String> {
    for (member, value) in members {
        let found = table.api_leaves().find(|(_, api)| api == member);
        let Some((leaf, _)) = found else {
            return Err(unknown_member(table, &joined(path, member)));
        };
        if !value.is_null() {
            check(leaf, value, &joined(path, member))?;
        }
    }
    let missing =
        |leaf: &Leaf, api: &str| leaf.nature == Nature::Required && members.get(api).is_none_or(Json::is_null);
    match table.api_leaves().find(|(leaf, api)| missing(leaf, api)) {
        Some((_, api)) => Err(format!("`{}` is missing.", joined(path, api))),
        None => Ok(()),
    }
}

fn unknown_member(table: &Table, path: &str) -> String {
    let known: Vec<String> = table.api_leaves().map(|(_, api)| format!("`{api}`")).collect();
    format!(
        "A daemon task definition has no `{path}`. Members there are {}, in the spelling of the API.",
        known.join(", ")
    )
}

fn check(leaf: &Leaf, value: &Json, path: &str) -> Result<(), String> {
    let fits = match &leaf.kind {
        Kind::String => value.is_string(),
        Kind::Bool => value.is_boolean(),
        Kind::Int => value.is_i64(),
        Kind::Float => value.is_number(),
        Kind::List { of, .. } => elements(value, |element| match of {
            Scalar::String => element.is_string(),
            Scalar::Int => element.is_i64(),
        }),
        Kind::Set => elements(value, Json::is_string),
        Kind::Map => value
            .as_object()
            .is_some_and(|members| members.values().all(Json::is_string)),
        Kind::Blocks(blocks) => return check_blocks(blocks, value, path),
    };
    if fits {
        return Ok(());
    }
    Err(format!(
        "`{path}` must be {}, and is {}.",
        expected(&leaf.kind),
        kind_of(value)
    ))
}

fn elements(value: &Json, fits: impl Fn(&Json) -> bool) -> bool {
    value.as_array().is_some_and(|elements| elements.iter().all(fits))
}

fn check_blocks(blocks: &Blocks, value: &Json, path: &str) -> Result<(), String> {
    if matches!(blocks.repeat, Repeat::AtMostOne | Repeat::Single) {
        let members = value.as_object();
        let members = members.ok_or_else(|| format!("`{path}` must be an object, and is {}.", kind_of(value)))?;
        return check_object(&blocks.table, members, path);
    }
    let wrong = |value: &Json| format!("`{path}` must be a list of objects, and is {}.", kind_of(value));
    for (index, element) in value.as_array().ok_or_else(|| wrong(value))?.iter().enumerate() {
        let place = format!("{path}[{index}]");
        let members = element.as_object();
        let members = members.ok_or_else(|| format!("`{place}` must be an object, and is {}.", kind_of(element)))?;
        check_object(&blocks.table, members, &place)?;
    }
    Ok(())
}

fn joined(path: &str, member: &str) -> String {
    if path.is_empty() {
        member.to_owned()
    } else {
        format!("{path}.{member}")
    }
}

fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::String => "a string",
        Kind::Bool => "`true` or `false`",
        Kind::Int => "a whole number",
        Kind::Float => "a number",
        Kind::List { of: Scalar::Int, .. } => "a list of whole numbers",
        Kind::List { .. } | Kind::Set => "a list of strings",
        Kind::Map => "an object of strings",
        Kind::Blocks(_) => "a list of objects",
    }
}

fn kind_of(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
