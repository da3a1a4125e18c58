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

/// The tags of resources in a plan's configuration, by the addresses of the resources without keys.
#[derive(Default)]
pub(super) struct Providers {
    scopes: BTreeMap<String, TagScope>,
    secrets: BTreeMap<String, Secrets>,
}

/// Tags that are made of a sensitive variable. Terraform carries its mark to the tags of a resource, as far as the
/// state has it, and to none that the provider adds.
#[derive(Clone, Copy, Default)]
pub(super) struct Secrets {
    /// Some of the resource.
    pub(super) own: bool,
    /// Some of `default_tags`.
    pub(super) default: bool,
}

impl Providers {
    /// The providers of the daemons of a plan.
    pub(super) fn of(plan: &Members<'_>) -> Result<Self, SourceError> {
        let configuration = plan.members("configuration")?;
        let configs = configuration.members("provider_config")?;
        let mut providers = Self::default();
        let mut modules = vec![(String::new(), configuration.members("root_module")?)];
        let sensitive = sensitive(&modules[0].1)?;
        while let Some((prefix, module)) = modules.pop() {
            for resource in module.elements("resources")? {
                let resource = Members::of(resource)?;
                let Some(author) = Author::of(&resource.text("type")?) else {
                    continue;
                };
                let config = configs
                    .members(&resource.text("provider_config_key")?)?
                    .members("expressions")?;
                let address = prefix.clone() + &resource.text("address")?;
                let own = resource.members("expressions")?.value("tags")?;
                let default = config.value("default_tags")?;
                let secrets = Secrets {
                    own: refers_to(&own, &sensitive),
                    default: refers_to(&default[0]["tags"], &sensitive),
                };
                providers.secrets.insert(address.clone(), secrets);
                let ignored = ignored(&config)?;
                if let Some((ignored, is_all)) = ignored {
                    let scope = match author {
                        _ if !is_all => TagScope::open(ignored),
                        Author::Ours | Author::Awscc => TagScope::all_but(ignored),
                        Author::Hashicorp => TagScope::at_most(ignored),
                    };
                    providers.scopes.insert(address, scope);
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
        self.scopes.get(&without_keys(address)).cloned().unwrap_or_default()
    }

    /// Tags of a resource that are made of something sensitive.
    pub(super) fn secrets(&self, address: &str) -> Secrets {
        self.secrets.get(&without_keys(address)).copied().unwrap_or_default()
    }
}

fn calls<'a>(module: &Members<'a>) -> Result<BTreeMap<String, &'a RawValue>, SourceError> {
    let calls = module
        .piece("module_calls")
        .filter(|calls| json_slices::is_object(calls));
    calls.map_or(Ok(BTreeMap::new()), json_slices::parse)
}

/// The sensitive variables of a module and of those that it calls. An argument of a call may give one to a variable that is
/// not marked, so that the names of both count everywhere.
fn sensitive(root: &Members<'_>) -> Result<BTreeSet<String>, SourceError> {
    let mut names = BTreeSet::new();
    let mut modules = vec![root.value("variables")?];
    let mut left: Vec<&RawValue> = calls(root)?.into_values().collect();
    while let Some(call) = left.pop() {
        let module = Members::of(call)?.members("module")?;
        left.extend(calls(&module)?.into_values());
        modules.push(module.value("variables")?);
    }
    for variables in modules {
        let variables = variables.as_object().into_iter().flatten();
        let marked = variables.filter(|(_, own)| own["sensitive"] == true);
        names.extend(marked.map(|(name, _)| format!("var.{name}")));
    }
    Ok(names)
}

/// True if an expression refers to one of these variables. The parts of a local value are not in a plan, so that it may
/// be of any of them.
fn refers_to(expression: &Value, sensitive: &BTreeSet<String>) -> bool {
    let references = expression["references"].as_array().into_iter().flatten();
    let mut references = references.filter_map(Value::as_str);
    !sensitive.is_empty()
        && references.any(|reference| {
            let whole = reference.split(['.', '[']).take(2).collect::<Vec<_>>().join(".");
            sensitive.contains(&whole) || reference.starts_with("local.")
        })
}

/// The block of a provider as far as it is constant, and whether it is as a whole; none if it has none.
fn ignored(config: &Members<'_>) -> Result<Option<(IgnoreTags, bool)>, SourceError> {
    let blocks = config.value("ignore_tags")?;
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
