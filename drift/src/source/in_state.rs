//! Resources and data sources of a state to which a configuration refers: their attributes, for references that the
//! configuration alone does not resolve. Attributes that the state marks as sensitive are left out, and those of which
//! it has no value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, value::RawValue};

use super::{
    Marks, SourceError, foreign,
    json_slices::{self, Members},
    state, stream,
    text::{self, Text},
};

/// Attributes of resources and data sources by address.
pub type Resources = BTreeMap<String, Map<String, Value>>;

/// The resources of a state, or of that of a plan, whose blocks are named, as in `aws_ecs_cluster.prod` or `data.aws_region.here`.
/// An address that the document has twice is of two states, and neither counts.
pub fn resources(bytes: &[u8], blocks: &BTreeSet<String>) -> Result<Resources, SourceError> {
    let mut found = Found {
        blocks,
        resources: Resources::new(),
        twice: BTreeSet::new(),
    };
    found.document(bytes)?;
    let Found {
        mut resources, twice, ..
    } = found;
    resources.retain(|address, _| !twice.contains(address));
    Ok(resources)
}

struct Found<'a> {
    blocks: &'a BTreeSet<String>,
    resources: Resources,
    twice: BTreeSet<String>,
}

impl Found<'_> {
    fn document(&mut self, bytes: &[u8]) -> Result<(), SourceError> {
        let Text::Json(text) = text::of(bytes)? else {
            return Ok(());
        };
        for (_, document) in stream::documents(text)? {
            let members = Members::of(document)?;
            if members.has("version") && members.has("resources") {
                self.raw(&members)?;
            } else if let Some(state) = foreign::state_inside(&members)? {
                self.document(&state)?;
            } else {
                let prior = members.members("prior_state")?;
                for resource in state::resources(&members)?.into_iter().chain(state::resources(&prior)?) {
                    self.shown(resource)?;
                }
            }
        }
        Ok(())
    }

    fn shown(&mut self, resource: &RawValue) -> Result<(), SourceError> {
        let resource = Members::of(resource)?;
        if resource.has("deposed_key") || !self.is_meant(&resource)? {
            return Ok(());
        }
        let marks = Marks::of_tree(&resource.value("sensitive_values")?);
        let values = resource.value("values")?;
        self.add(resource.text("address")?, values, &marks);
        Ok(())
    }

    fn raw(&mut self, state: &Members<'_>) -> Result<(), SourceError> {
        for block in state.elements("resources")? {
            let block = Members::of(block)?;
            if !self.is_meant(&block)? {
                continue;
            }
            for instance in block.elements("instances")? {
                let instance = Members::of(instance)?;
                if instance.has("deposed") {
                    continue;
                }
                let key = instance.piece("index_key").map(json_slices::parse).transpose()?;
                let named = state::address(&block.text("module")?, &named(&block)?, key.as_ref());
                let marks = Marks::of_paths(&instance.value("sensitive_attributes")?);
                let attributes = instance.value("attributes")?;
                self.add(named, attributes, &marks);
            }
        }
        Ok(())
    }

    fn is_meant(&self, resource: &Members<'_>) -> Result<bool, SourceError> {
        Ok(self.blocks.contains(&named(resource)?))
    }

    fn add(&mut self, address: String, attributes: Value, marks: &Marks) {
        let Value::Object(mut attributes) = attributes else {
            return;
        };
        attributes.retain(|name, value| !value.is_null() && !marks.touch(&[name]));
        if self.resources.insert(address.clone(), attributes).is_some() {
            self.twice.insert(address);
        }
    }
}

/// The block of a resource within its module.
fn named(resource: &Members<'_>) -> Result<String, SourceError> {
    let prefix = if resource.text("mode")? == "data" { "data." } else { "" };
    Ok(format!("{prefix}{}.{}", resource.text("type")?, resource.text("name")?))
}
