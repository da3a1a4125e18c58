//! The providers of a plan: which tags those of the daemons leave alone, where it stands there as constants.
//!
//! A plan has the block `ignore_tags` of a provider only if it is written as such. A dynamic one is left out, and
//! hashicorp/aws takes more tags from the environment: so only a block of our provider tells all of them. An argument that
//! is no constant has no value there; the plan's own refresh has left out the tags that it names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, value::RawValue};

use super::{
    SourceError,
    configuration::without_keys,
    json_slices::{self, Members},
    resource::Author,
    tag_scope::{IgnoreTags, TagScope},
};

/// Scopes of tags, by the addresses of resources without keys.
#[derive(Default)]
pub(super) struct Providers(BTreeMap<String, TagScope>);

impl Providers {
    /// The providers of the daemons of a plan.
    pub(super) fn of(plan: &Members<'_>) -> Result<Self, SourceError> {
        let configuration = plan.members("configuration")?;
        let configs = configuration.members("provider_config")?;
        let mut providers = Self::default();
        let mut modules = vec![(String::new(), configuration.members("root_module")?)];
        while let Some((prefix, module)) = modules.pop() {
            for resource in module.elements("resources")? {
                let resource = Members::of(resource)?;
                let Some(author) = Author::of(&resource.text("type")?) else {
                    continue;
                };
                let ignored = ignored(&configs.members(&resource.text("provider_config_key")?)?)?;
                if let Some((ignored, is_all)) = ignored {
                    let scope = match author {
                        _ if !is_all => TagScope::open(ignored),
                        Author::Ours => TagScope::all_but(ignored),
                        Author::Hashicorp => TagScope::at_most(ignored),
                    };
                    providers.0.insert(prefix.clone() + &resource.text("address")?, scope);
                }
            }
            for (name, call) in calls(&module)? {
                let module = Members::of(call)?.members("module")?;
                modules.push((format!("{prefix}module.{name}."), module));
            }
        }
        Ok(providers)
    }

    /// Tags that the provider of a resource leaves alone.
    pub(super) fn scope(&self, address: &str) -> TagScope {
        self.0.get(&without_keys(address)).cloned().unwrap_or_default()
    }
}

fn calls<'a>(module: &Members<'a>) -> Result<BTreeMap<String, &'a RawValue>, SourceError> {
    let calls = module
        .piece("module_calls")
        .filter(|calls| json_slices::is_object(calls));
    calls.map_or(Ok(BTreeMap::new()), json_slices::parse)
}

/// The block of a provider as far as it is constant, and whether it is as a whole; none if it has none.
fn ignored(config: &Members<'_>) -> Result<Option<(IgnoreTags, bool)>, SourceError> {
    let blocks = config.members("expressions")?.value("ignore_tags")?;
    let [block] = blocks.as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Ok(None);
    };
    let (keys, key_prefixes) = (constants(&block["keys"]), constants(&block["key_prefixes"]));
    let is_all = keys.is_some() && key_prefixes.is_some();
    let ignored = IgnoreTags {
        keys: keys.unwrap_or_default(),
        key_prefixes: key_prefixes.unwrap_or_default(),
    };
    Ok(Some((ignored, is_all)))
}

/// A list of constants; an argument that is left out is an empty one.
fn constants(argument: &Value) -> Option<BTreeSet<String>> {
    if argument.is_null() {
        return Some(BTreeSet::new());
    }
    let elements = argument.get("constant_value")?.as_array()?;
    elements
        .iter()
        .map(|element| element.as_str().map(str::to_owned))
        .collect()
}
