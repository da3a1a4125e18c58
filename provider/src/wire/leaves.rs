//! Every leaf of the operations that we use, as the SDK has them, and what becomes of each.
//!
//! The SDK adds members silently: its types are not exhaustive, and its schemas do not link to nested
//! ones. So the types' own `deserialize` is run against a source that has everything: what it asks for
//! is what there is. `schemas/ecs-leaves.txt` lists them all with their use. An SDK with a new setting
//! fails the test until somebody has put the leaf into a table, or set it aside with a reason.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::LazyLock,
};

use aws_sdk_ecs::operation as op;
use aws_smithy_schema::{
    Schema,
    serde::{SerdeError, ShapeDeserializer},
};
use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document};

use crate::{
    attributes::{Kind, Nature, Repeat, Table},
    daemon::table::TABLE as DAEMON,
    task_definition::table::TABLE as DEFINITION,
};

/// A source that has every member, each list with one element, and writes down what is asked of it.
#[derive(Clone, Default)]
struct Everything {
    path: String,
    seen: Rc<RefCell<BTreeMap<String, &'static str>>>,
}

impl Everything {
    fn below(&self, step: &str) -> Self {
        let path = format!("{}{step}", self.path);
        Self {
            path,
            seen: self.seen.clone(),
        }
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the form that every method of the trait answers in"
    )]
    fn leaf<T>(&self, kind: &'static str, value: T) -> Result<T, SerdeError> {
        self.seen.borrow_mut().insert(self.path.clone(), kind);
        Ok(value)
    }
}

impl ShapeDeserializer for Everything {
    fn read_struct(
        &mut self,
        schema: &Schema<'_>,
        state: &mut dyn FnMut(&Schema<'_>, &mut dyn ShapeDeserializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        for member in schema.members() {
            let name = member.member_name().unwrap_or_default();
            state(member, &mut self.below(&format!(".{name}")))?;
        }
        Ok(())
    }

    fn read_list(
        &mut self,
        _: &Schema<'_>,
        state: &mut dyn FnMut(&mut dyn ShapeDeserializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        state(&mut self.below("[]"))
    }

    fn read_map(
        &mut self,
        _: &Schema<'_>,
        state: &mut dyn FnMut(String, &mut dyn ShapeDeserializer) -> Result<(), SerdeError>,
    ) -> Result<(), SerdeError> {
        state("key".to_owned(), &mut self.below("{}"))
    }

    fn read_boolean(&mut self, _: &Schema<'_>) -> Result<bool, SerdeError> {
        self.leaf("boolean", true)
    }

    fn read_byte(&mut self, _: &Schema<'_>) -> Result<i8, SerdeError> {
        self.leaf("integer", 1)
    }

    fn read_short(&mut self, _: &Schema<'_>) -> Result<i16, SerdeError> {
        self.leaf("integer", 1)
    }

    fn read_integer(&mut self, _: &Schema<'_>) -> Result<i32, SerdeError> {
        self.leaf("integer", 1)
    }

    fn read_long(&mut self, _: &Schema<'_>) -> Result<i64, SerdeError> {
        self.leaf("integer", 1)
    }

    fn read_float(&mut self, _: &Schema<'_>) -> Result<f32, SerdeError> {
        self.leaf("number", 1.0)
    }

    fn read_double(&mut self, _: &Schema<'_>) -> Result<f64, SerdeError> {
        self.leaf("number", 1.0)
    }

    fn read_big_integer(&mut self, _: &Schema<'_>) -> Result<BigInteger, SerdeError> {
        Err(SerdeError::unsupported("big integer"))
    }

    fn read_big_decimal(&mut self, _: &Schema<'_>) -> Result<BigDecimal, SerdeError> {
        Err(SerdeError::unsupported("big decimal"))
    }

    fn read_string(&mut self, _: &Schema<'_>) -> Result<String, SerdeError> {
        self.leaf("string", "value".to_owned())
    }

    fn read_blob(&mut self, _: &Schema<'_>) -> Result<Blob, SerdeError> {
        self.leaf("blob", Blob::new(Vec::new()))
    }

    fn read_timestamp(&mut self, _: &Schema<'_>) -> Result<DateTime, SerdeError> {
        self.leaf("timestamp", DateTime::from_secs(0))
    }

    fn read_document(&mut self, _: &Schema<'_>) -> Result<Document, SerdeError> {
        self.leaf("document", Document::Null)
    }

    fn is_null(&self) -> bool {
        false
    }

    fn container_size(&self) -> Option<usize> {
        None
    }
}

/// The leaves of an input or output, by path.
fn leaves<T>(
    name: &str,
    deserialize: impl FnOnce(&mut dyn ShapeDeserializer) -> Result<T, SerdeError>,
) -> BTreeMap<String, &'static str> {
    let mut source = Everything::default().below(name);
    deserialize(&mut source).unwrap();
    source.seen.take()
}

macro_rules! shapes {
    ($($module:ident :: $shape:ident),* $(,)?) => {
        [$(leaves(stringify!($shape), |source| op::$module::$shape::deserialize(source))),*]
    };
}

/// Inputs that we fill and outputs that we read.
fn all_leaves() -> BTreeMap<String, &'static str> {
    let shapes = shapes![
        create_daemon::CreateDaemonInput,
        create_daemon::CreateDaemonOutput,
        update_daemon::UpdateDaemonInput,
        update_daemon::UpdateDaemonOutput,
        delete_daemon::DeleteDaemonInput,
        describe_daemon::DescribeDaemonInput,
        describe_daemon::DescribeDaemonOutput,
        describe_daemon_deployments::DescribeDaemonDeploymentsInput,
        describe_daemon_deployments::DescribeDaemonDeploymentsOutput,
        describe_daemon_revisions::DescribeDaemonRevisionsInput,
        describe_daemon_revisions::DescribeDaemonRevisionsOutput,
        register_daemon_task_definition::RegisterDaemonTaskDefinitionInput,
        register_daemon_task_definition::RegisterDaemonTaskDefinitionOutput,
        describe_daemon_task_definition::DescribeDaemonTaskDefinitionInput,
        describe_daemon_task_definition::DescribeDaemonTaskDefinitionOutput,
        delete_daemon_task_definition::DeleteDaemonTaskDefinitionInput,
    ];
    shapes.into_iter().flatten().collect()
}

/// The member of an input or output at which the attribute table of a resource begins.
static TABLES: [(&str, &str, &LazyLock<Table>); 6] = [
    ("CreateDaemonInput", "ecs_daemon", &DAEMON),
    ("UpdateDaemonInput", "ecs_daemon", &DAEMON),
    ("DescribeDaemonRevisionsOutput.daemonRevisions[]", "ecs_daemon", &DAEMON),
    (
        "DescribeDaemonDeploymentsOutput.daemonDeployments[]",
        "ecs_daemon",
        &DAEMON,
    ),
    (
        "RegisterDaemonTaskDefinitionInput",
        "ecs_daemon_task_definition",
        &DEFINITION,
    ),
    (
        "DescribeDaemonTaskDefinitionOutput.daemonTaskDefinition",
        "ecs_daemon_task_definition",
        &DEFINITION,
    ),
];

/// Path, kind and use of each leaf. The use of a leaf in an attribute table is its attribute; all
/// others are written by hand, and those that begin with `not used` say why.
const LIST: &str = include_str!("../../../schemas/ecs-leaves.txt");

/// The attribute that a path ends at, with its kind in the terms of the service.
fn attribute(path: &str) -> Option<String> {
    let (prefix, resource, table) = TABLES.iter().find(|(prefix, _, _)| path.starts_with(prefix))?;
    let mut steps = path[prefix.len()..].strip_prefix('.')?.split('.');
    let mut table: &Table = table;
    let mut name = (*resource).to_owned();
    loop {
        let step = steps.next()?.trim_end_matches("[]").trim_end_matches("{}");
        let (leaf, _) = table.api_leaves().find(|(_, api)| *api == step)?;
        name = format!("{name}.{}", leaf.name);
        match &leaf.kind {
            Kind::Blocks(blocks) => table = &blocks.table,
            _ => return steps.next().is_none().then_some(name),
        }
    }
}

#[test]
fn every_leaf_of_the_service_has_a_use() {
    let mut listed = BTreeMap::new();
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.splitn(3, ' ');
        let (path, kind, r#use) = (columns.next(), columns.next(), columns.next());
        listed.insert(path.unwrap(), (kind.unwrap_or_default(), r#use.unwrap_or_default()));
    }
    let mut problems = Vec::new();
    for (path, kind) in all_leaves() {
        match (listed.remove(path.as_str()), attribute(&path)) {
            (Some((listed, r#use)), attribute) if listed == kind => {
                if r#use.is_empty() || attribute.is_some_and(|attribute| attribute != r#use) {
                    problems.push(format!("its use is not `{use}`: {path} {kind}"));
                }
            }
            (_, Some(attribute)) => problems.push(format!("to be listed: {path} {kind} {attribute}")),
            (_, None) => problems.push(format!("to be listed, with a use or the reason why not: {path} {kind}")),
        }
    }
    problems.extend(
        listed
            .keys()
            .map(|path| format!("the service has no such leaf: {path}")),
    );
    if std::env::var_os("ECS_WRITE_LEAVES").is_some() {
        return write_list();
    }
    assert!(
        problems.is_empty(),
        "schemas/ecs-leaves.txt, written by ECS_WRITE_LEAVES=1 where attributes are the use:\n{}",
        problems.join("\n")
    );
}

/// Writes the list anew: leaves of attribute tables with their attributes, all others as they are listed, and those that
/// are not listed without a use, which the test then asks for.
fn write_list() {
    let by_hand: BTreeMap<&str, &str> = LIST.lines().filter_map(|line| line.split_once(' ')).collect();
    let (head, _) = LIST.split_once('\n').unwrap();
    let mut lines = vec![head.to_owned()];
    lines.extend(all_leaves().into_iter().map(|(path, kind)| {
        let listed = by_hand.get(path.as_str()).and_then(|rest| rest.split_once(' '));
        let r#use = attribute(&path).or_else(|| listed.map(|(_, r#use)| r#use.to_owned()));
        format!("{path} {kind} {}", r#use.unwrap_or_default())
            .trim_end()
            .to_owned()
    }));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/ecs-leaves.txt");
    std::fs::write(path, lines.join("\n") + "\n").unwrap();
}

/// An attribute that the service does not know would be sent nowhere.
#[test]
fn every_attribute_that_is_sent_has_a_leaf() {
    let leaves: BTreeSet<String> = all_leaves().into_keys().filter_map(|path| attribute(&path)).collect();
    let mut missing = Vec::new();
    for (resource, table) in [("ecs_daemon", &DAEMON), ("ecs_daemon_task_definition", &DEFINITION)] {
        collect_missing(table, resource, &leaves, &mut missing);
    }
    assert!(missing.is_empty(), "{missing:?}");
}

fn collect_missing(table: &Table, path: &str, leaves: &BTreeSet<String>, missing: &mut Vec<String>) {
    for (leaf, _) in table.api_leaves() {
        let path = format!("{path}.{}", leaf.name);
        match &leaf.kind {
            Kind::Blocks(blocks) => collect_missing(&blocks.table, &path, leaves, missing),
            _ if leaves.contains(&path) => {}
            _ => missing.push(path),
        }
    }
}

/// Members that the service requires are required by our tables or set by them. The model is an extract of another
/// copy of the service's definition, so that one mistake is not made twice.
#[test]
fn what_the_service_requires_is_never_left_out() {
    let model: serde_json::Value = serde_json::from_str(include_str!("../../../schemas/ecs-api.json")).unwrap();
    let mut optional = Vec::new();
    for (table, shape) in [
        (&DAEMON, "UpdateDaemonRequest"),
        (&DEFINITION, "RegisterDaemonTaskDefinitionRequest"),
    ] {
        collect_optional(&model["shapes"], table, shape, &mut optional);
    }
    // The ARN names the daemon; it is not a setting.
    assert_eq!(optional, ["UpdateDaemonRequest.daemonArn"]);
}

fn collect_optional(shapes: &serde_json::Value, table: &Table, shape: &str, optional: &mut Vec<String>) {
    let definition = &shapes[shape];
    for required in definition["required"].as_array().into_iter().flatten() {
        let required = required.as_str().unwrap();
        let leaf = table.api_leaves().find(|(_, api)| *api == required);
        let is_sent = leaf.is_some_and(|(leaf, _)| match (&leaf.nature, &leaf.kind) {
            (Nature::Required | Nature::Default(_), _) => true,
            (_, Kind::Blocks(blocks)) => matches!(blocks.repeat, Repeat::Keyed(_)),
            _ => false,
        });
        if !is_sent {
            optional.push(format!("{shape}.{required}"));
        }
    }
    for (leaf, api) in table.api_leaves() {
        let Kind::Blocks(blocks) = &leaf.kind else { continue };
        let member = definition["members"][api].as_str().unwrap();
        let element = shapes[member]["member"].as_str().unwrap_or(member);
        collect_optional(shapes, &blocks.table, element, optional);
    }
}
