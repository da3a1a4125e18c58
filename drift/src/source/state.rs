//! States in both of their forms: as `show -json` writes them and as `state pull` does.

use serde_json::{Value, value::RawValue};

use super::{
    Marks, ReadOptions, SourceError, Wanted,
    contents::{self, Daemons, Document},
    json_slices::Members,
    resource::{self, Author, Instance},
};
use crate::report::InputKind;

/// Major version of the form of `show -json` for states.
pub(super) const MAJOR: &str = "1";
/// Version of the raw form.
const RAW: u64 = 4;

/// A state as `show -json` writes it.
pub(super) fn shown(name: &str, members: &Members<'_>, options: ReadOptions) -> Result<Document, SourceError> {
    let mut daemons = Daemons::default();
    for resource in resources(members)? {
        daemons.take(of_module(name, &Members::of(resource)?, options))?;
    }
    Ok(daemons.document(contents::input(name, InputKind::StateJson, members)?, None))
}

/// The resources of all modules of a state.
pub(super) fn resources<'a>(state: &Members<'a>) -> Result<Vec<&'a RawValue>, SourceError> {
    let mut resources = Vec::new();
    // An empty state has no values at all.
    let mut modules = vec![state.members("values")?.members("root_module")?];
    while let Some(module) = modules.pop() {
        resources.extend(module.elements("resources")?);
        for child in module.elements("child_modules")? {
            modules.push(Members::of(child)?);
        }
    }
    Ok(resources)
}

/// The daemon that a resource of a module wants; `None` if it is no daemon.
pub(super) fn of_module(
    name: &str,
    resource: &Members<'_>,
    options: ReadOptions,
) -> Result<Option<Wanted>, SourceError> {
    let resource_type = resource.text("type")?;
    // An object that was replaced and not yet deleted is not wanted any more.
    let is_deposed = resource.has("deposed_key");
    let Some(author) = Author::of(&resource_type).filter(|_| !is_deposed) else {
        return Ok(None);
    };
    if resource.text("mode")? != "managed" {
        return Ok(None);
    }
    resource::wanted(
        name,
        &Instance {
            address: resource.text("address")?,
            resource_type: &resource_type,
            schema_version: resource.number("schema_version").unwrap_or_default(),
            attributes: &author.attributes(resource.value("values")?),
            tool: options.tool(&resource.text("provider_name")?),
            marks: options.marks(|| Ok(Marks::of_tree(&author.attributes(resource.value("sensitive_values")?))))?,
        },
    )
}

/// A state as `state pull` writes it.
pub(super) fn raw(name: &str, members: &Members<'_>, options: ReadOptions) -> Result<Document, SourceError> {
    if members.number("version") != Some(RAW) {
        let version = members.number("version");
        let version = version.map_or("a version that is no number".to_owned(), |version| {
            format!("version {version}")
        });
        return Err(SourceError::new(
            "Unknown state version",
            format!(
                "The state has {version}, but this version of ecs-drift knows only version {RAW}. Give the output of \
                 `terraform show -json`, or use a newer ecs-drift."
            ),
        ));
    }
    let mut daemons = Daemons::default();
    for block in members.elements("resources")? {
        let block = Members::of(block)?;
        let Some(author) = Author::of(&block.text("type")?) else {
            continue;
        };
        if block.text("mode")? != "managed" {
            continue;
        }
        for instance in block.elements("instances")? {
            daemons.take(of_block(name, (author, &block), &Members::of(instance)?, options))?;
        }
    }
    let lineage = members.value("lineage")?;
    let input = contents::input(name, InputKind::RawState, members)?;
    Ok(daemons.document(input, lineage.as_str().map(str::to_owned)))
}

/// The daemon that an instance of a block wants; `None` if it is about to be deleted.
fn of_block(
    name: &str,
    (author, block): (Author, &Members<'_>),
    instance: &Members<'_>,
    options: ReadOptions,
) -> Result<Option<Wanted>, SourceError> {
    if instance.has("deposed") {
        return Ok(None);
    }
    let resource_type = block.text("type")?;
    let key = instance
        .has("index_key")
        .then(|| instance.value("index_key"))
        .transpose()?;
    resource::wanted(
        name,
        &Instance {
            address: address(
                &block.text("module")?,
                &format!("{resource_type}.{}", block.text("name")?),
                key.as_ref(),
            ),
            resource_type: &resource_type,
            schema_version: instance.number("schema_version").unwrap_or_default(),
            attributes: &author.attributes(instance.value("attributes")?),
            tool: options.tool(&block.text("provider")?),
            marks: options.marks(|| Ok(author.marks(Marks::of_paths(&instance.value("sensitive_attributes")?))))?,
        },
    )
}

/// The address of an instance of a block, which is named within its module.
pub(super) fn address(module: &str, block: &str, key: Option<&Value>) -> String {
    let module = if module.is_empty() {
        String::new()
    } else {
        format!("{module}.")
    };
    // A JSON string is spelled as Terraform spells keys.
    let key = key.map(|key| format!("[{key}]")).unwrap_or_default();
    format!("{module}{block}{key}")
}
