//! Shapes of the ECS API: the facts stand in `schemas/ecs-api.json`, extracted from the public service model by
//! `schemas/extract_ecs_api.py`; those of `CloudWatch`'s alarms in `schemas/cloudwatch-api.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// The embedded extract; parsed on first use. An error can only mean that the committed file is broken.
static EMBEDDED: LazyLock<Result<Model, String>> =
    LazyLock::new(|| Model::parse(include_str!("../../../schemas/ecs-api.json")));

/// The same for the alarms of `CloudWatch`.
static CLOUDWATCH: LazyLock<Result<Model, String>> =
    LazyLock::new(|| Model::parse(include_str!("../../../schemas/cloudwatch-api.json")));

/// Operations and shapes of the emulated part of the API.
#[derive(Debug)]
pub struct Model {
    /// Source of the facts, for example a package and its version.
    pub source: String,
    /// Prefix of `X-Amz-Target`, without the dot.
    pub target_prefix: String,
    operations: BTreeMap<String, Operation>,
    others: BTreeSet<String>,
    shapes: BTreeMap<String, Shape>,
}

/// Names of the shapes of one operation.
#[derive(Debug, Deserialize)]
pub struct Operation {
    /// Shape of the request body.
    pub input: String,
    /// Shape of the answer.
    pub output: String,
    /// Exceptions that the model lists for the operation, sorted.
    pub errors: Vec<String>,
}

/// JSON kind of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Boolean,
    Double,
    Integer,
    List,
    Long,
    Map,
    String,
    Structure,
    Timestamp,
}

/// One shape. Lengths and ranges share `min` and `max`, as in the model.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) kind: Kind,
    pub(crate) members: BTreeMap<String, String>,
    pub(crate) required: Vec<String>,
    pub(crate) values: Vec<String>,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) pattern: Option<Regex>,
    /// Shape of the elements of a list or of the values of a map.
    pub(crate) element: String,
    /// Free-form JSON: nothing inside is known.
    pub(crate) document: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawModel {
    source: String,
    target_prefix: String,
    operations: BTreeMap<String, Operation>,
    #[serde(default)]
    others: BTreeSet<String>,
    shapes: BTreeMap<String, RawShape>,
}

#[derive(Deserialize)]
struct RawShape {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(default)]
    members: BTreeMap<String, String>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default, rename = "enum")]
    values: Vec<String>,
    min: Option<f64>,
    max: Option<f64>,
    pattern: Option<String>,
    member: Option<String>,
    value: Option<String>,
    #[serde(default)]
    document: bool,
}

impl Model {
    /// The extract that is built into the library.
    pub fn embedded() -> Result<&'static Self, &'static str> {
        EMBEDDED.as_ref().map_err(String::as_str)
    }

    /// The extract about alarms of `CloudWatch`.
    pub(crate) fn cloudwatch() -> Result<&'static Self, &'static str> {
        CLOUDWATCH.as_ref().map_err(String::as_str)
    }

    /// Parses an extract and checks that every reference resolves, so that later look-ups cannot fail.
    fn parse(text: &str) -> Result<Self, String> {
        let raw: RawModel = serde_json::from_str(text).map_err(|error| format!("an extract: {error}"))?;
        let shapes = raw
            .shapes
            .into_iter()
            .map(|(name, shape)| Ok((name, shape.compile()?)))
            .collect::<Result<BTreeMap<_, _>, String>>()?;
        let model = Self {
            source: raw.source,
            target_prefix: raw.target_prefix,
            operations: raw.operations,
            others: raw.others,
            shapes,
        };
        model.check_references()?;
        Ok(model)
    }

    fn check_references(&self) -> Result<(), String> {
        let of_operations = self
            .operations
            .values()
            .flat_map(|operation| [&operation.input, &operation.output]);
        let of_shapes = self.shapes.values().flat_map(|shape| {
            let element = (!shape.element.is_empty()).then_some(&shape.element);
            shape.members.values().chain(element)
        });
        match of_operations
            .chain(of_shapes)
            .find(|name| !self.shapes.contains_key(*name))
        {
            Some(name) => Err(format!("an extract: shape {name} is referred to but missing")),
            None => Ok(()),
        }
    }

    /// Facts about an operation; `None` when it is not in the extract.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.get(name)
    }

    /// True if ECS has the operation, but the emulator does not.
    pub fn is_outside(&self, name: &str) -> bool {
        self.others.contains(name)
    }

    /// Names of all operations in the extract, sorted.
    pub fn operation_names(&self) -> impl Iterator<Item = &str> {
        self.operations.keys().map(String::as_str)
    }

    /// Names of the members of an operation's request; `None` when the operation is not in the extract.
    pub fn members_of_request(&self, name: &str) -> Option<impl Iterator<Item = &str>> {
        let shape = self.shape(&self.operation(name)?.input)?;
        Some(shape.members.keys().map(String::as_str))
    }

    /// Names of all operations of ECS, emulated or not.
    pub(crate) fn all_operations(&self) -> impl Iterator<Item = &str> {
        self.operation_names().chain(self.others.iter().map(String::as_str))
    }

    pub(crate) fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }
}

impl RawShape {
    fn compile(self) -> Result<Shape, String> {
        // A pattern of the service model always covers the whole value.
        let pattern = self
            .pattern
            .map(|pattern| Regex::new(&format!("^(?:{pattern})$")).map_err(|error| error.to_string()))
            .transpose()?;
        Ok(Shape {
            kind: self.kind,
            members: self.members,
            required: self.required,
            values: self.values,
            min: self.min,
            max: self.max,
            pattern,
            element: self.member.or(self.value).unwrap_or_default(),
            document: self.document,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Model;

    #[test]
    fn the_embedded_extract_has_the_daemon_operations() {
        let model = Model::embedded().expect("the committed extract parses");
        let daemon_operations: Vec<_> = model.operation_names().filter(|name| name.contains("Daemon")).collect();
        assert_eq!(daemon_operations.len(), 12, "{daemon_operations:?}");
        assert_eq!(model.target_prefix, "AmazonEC2ContainerServiceV20141113");
    }

    #[test]
    fn the_extract_has_the_operations_that_its_script_names() {
        let script = include_str!("../../../schemas/extract_ecs_api.py");
        let after = script
            .split_once("OPERATIONS = \"\"\"")
            .expect("the script has a list")
            .1;
        let listed: BTreeSet<&str> = after.split("\"\"\"").next().unwrap().split_whitespace().collect();
        let model = Model::embedded().expect("the committed extract parses");
        assert_eq!(model.operation_names().collect::<BTreeSet<_>>(), listed);
    }

    #[test]
    fn the_extract_about_alarms_has_the_operations_that_its_script_names() {
        let script = include_str!("../../../schemas/extract_cloudwatch_api.py");
        let listed: Vec<&str> = script.split("\"\"\"").nth(3).unwrap().split_whitespace().collect();
        let model = Model::cloudwatch().expect("the committed extract parses");
        assert_eq!(model.operation_names().collect::<Vec<_>>(), listed);
    }

    #[test]
    fn a_dangling_reference_is_refused() {
        let text = r#"{"source": "", "targetPrefix": "", "shapes": {},
            "operations": {"A": {"input": "Missing", "output": "Missing", "errors": []}}}"#;
        let error = Model::parse(text).expect_err("the shape is missing");
        assert!(error.contains("Missing"), "{error}");
    }
}
