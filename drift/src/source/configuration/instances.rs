//! Daemons that the configuration has and no input: not created yet, or deleted, and a refresh took that into the state.

use std::collections::{BTreeMap, BTreeSet};

use daemons::{
    arn::{Arn, DaemonArn},
    name,
};

use super::{
    Configuration,
    address::{Address, MODULE, Step},
    declared::{Declared, PARTIAL, Scopes, Written},
    found::RESOURCES,
    syntax::Item,
    value::{Known, Unknown},
};
use crate::{
    report::{Input, InputKind, SourceRef},
    source::{Claim, Remedy, Resources, Sought, Tool, Unlisted, Wanted},
};

/// Instances that are looked for; a configuration may have any number.
const MOST: usize = 100_000;
const TOO_MANY: Unknown =
    Unknown("it has more than 100,000 instances of resources and modules, and only the first are looked for");
/// Name of the input of what several inputs could have.
const CONFIGURATION: &str = "configuration";
/// The cluster of a daemon that names none.
const DEFAULT_CLUSTER: &str = "cluster/default";

/// The contents of the inputs.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The inputs.
    pub inputs: &'a [Input],
    /// Their daemons.
    pub wanted: &'a [Wanted],
    /// ARNs of daemons that any of them names, also of those on which they disagree.
    pub named: &'a BTreeSet<String>,
    /// Addresses of daemons that an input has and does not describe well enough.
    pub unusable: &'a [String],
    /// Resources in them that are referred to, by the name of the input.
    pub states: &'a BTreeMap<String, Resources>,
    /// Names of those that are plans of everything.
    pub plans: &'a BTreeSet<String>,
}

/// Instances of the configuration.
#[derive(Debug, Default, PartialEq)]
struct Found {
    instances: Vec<Address>,
    /// Blocks of which it is not known which instances they have, and why.
    unlisted: BTreeMap<String, Unknown>,
    /// Instances of resources and modules so far, which multiply with each level.
    seen: usize,
}

impl Configuration {
    /// Daemons of the configuration that no input has, as far as the configuration alone tells which there are, and the blocks of
    /// which it does not tell.
    pub fn seek(&self, seen: Seen<'_>) -> Sought {
        // A baseline is of no configuration, and a plan of everything has each of its daemons.
        let has_all = |input: &Input| input.kind == InputKind::Baseline || seen.plans.contains(&input.name);
        let inputs = seen.inputs.iter();
        if inputs.clone().all(has_all) {
            return Sought::default();
        }
        let inputs = inputs.filter(|input| input.kind != InputKind::Baseline);
        let names: Vec<&str> = inputs.map(|input| input.name.as_str()).collect();
        let input = match names.as_slice() {
            [one] => *one,
            _ => CONFIGURATION,
        };
        let of_terraform = || seen.wanted.iter().filter(|wanted| !wanted.is_of_baseline());
        let addresses = of_terraform().map(|wanted| &wanted.source.address);
        let addresses = addresses.chain(seen.unusable);
        let addresses = addresses.filter_map(|address| Address::parse(address));
        let there: BTreeSet<String> = addresses
            .map(|address| self.moves.current(address).to_string())
            .collect();
        let state = seen.states.get(input).map(|resources| self.in_state(resources));
        let mut scopes = Scopes::beside(state.unwrap_or_default());
        let mut found = Found::default();
        self.instances(&[], &mut scopes, &mut found);
        let found_here = found.instances.iter().map(|address| (address.to_string(), address));
        let tool = of_terraform().next().map_or_else(Tool::default, |wanted| wanted.tool);
        let (mut sought, mut arns) = (Sought::default(), seen.named.clone());
        for (text, address) in found_here.collect::<BTreeMap<_, _>>() {
            if there.contains(&text) {
                continue;
            }
            let source = SourceRef {
                input: input.to_owned(),
                address: text,
                resource_type: address.resource_type.clone(),
            };
            let declared = self.declared(address, &mut scopes).map_err(|why| ("address", why));
            match declared.and_then(|declared| arn(&declared, address.name_argument())) {
                // An input may have it under another address, or for another configuration.
                Ok(arn) if !arns.insert(arn.to_string()) => {}
                Ok(arn) => sought
                    .daemons
                    .push(Wanted::sought(arn, source, tool, Claim::Configuration)),
                Err((part, why)) => {
                    let reason = format!("Its `{part}` is not known: {}.", why.0);
                    sought.unknown.push((source, reason));
                }
            }
        }
        let unlisted = found.unlisted.into_iter().map(|(block, why)| Unlisted {
            source: SourceRef {
                input: input.to_owned(),
                resource_type: kind_of(&block).to_owned(),
                address: block,
            },
            reason: format!("Which instances it has is not known: {}.", why.0),
            remedy: remedy(why),
        });
        sought.unlisted = unlisted.collect();
        sought.unlisted.extend(self.unmoved(input, &found.instances, &seen));
        sought
    }

    /// Daemons and modules of which the configuration says that they were moved, where Terraform does not move them.
    fn unmoved(&self, input: &str, instances: &[Address], seen: &Seen<'_>) -> Vec<Unlisted> {
        let is_block = |prefix: &str, kind: &str, name: &str| {
            let (word, labels): (_, &[&str]) = match kind {
                MODULE => (MODULE, &[name]),
                _ => ("resource", &[kind, name]),
            };
            let module = self.modules.get(prefix);
            module.is_some_and(|module| module.blocks(word, labels).next().is_some())
        };
        let has_daemons = |block: &str| match kind_of(block) {
            MODULE => self.may_have_daemons(&format!("{block}.")),
            kind => RESOURCES.contains(&kind),
        };
        let refused = self.moves.refused(is_block, instances).into_iter();
        let refused = refused.map(|(one, why)| {
            let reason = format!(
                "Terraform makes no plan with the block `moved` that leads there: {}.",
                why.0
            );
            (input.to_owned(), one.target(), reason, Remedy::Moves)
        });
        let told = refused
            .filter(|(_, block, ..)| has_daemons(block))
            .chain(self.blocked(seen));
        let unlisted = told.map(|(input, block, reason, remedy)| Unlisted {
            source: SourceRef {
                input,
                resource_type: kind_of(&block).to_owned(),
                address: block,
            },
            reason,
            remedy,
        });
        let mut unlisted: Vec<Unlisted> = unlisted.collect();
        unlisted.sort_by(|one, other| one.source.cmp(&other.source));
        unlisted.dedup_by(|one, other| one.source == other.source);
        unlisted
    }

    /// Daemons that are to be moved to an address that their state has, too: Terraform moves none of them, and its apply
    /// destroys those with an old address.
    fn blocked<'a>(&'a self, seen: &Seen<'a>) -> impl Iterator<Item = (String, String, String, Remedy)> + 'a {
        let of_state = seen.wanted.iter().filter(|wanted| !wanted.is_of_baseline());
        let addresses = of_state.map(|wanted| (&wanted.source.input, wanted.source.address.as_str()));
        let addresses: BTreeSet<(&String, &str)> = addresses.collect();
        let places = addresses.clone().into_iter().filter_map(move |(input, address)| {
            let parsed = Address::parse(address)?;
            let current = self.moves.current(parsed.clone());
            let text = current.to_string();
            let is_blocked = current != parsed && addresses.contains(&(input, text.as_str()));
            is_blocked.then(|| (input.clone(), address.to_owned(), text))
        });
        places.map(|(input, address, current)| {
            let reason = format!(
                "The state has `{current}` as well, to which the configuration moves it: Terraform moves nothing then, and an apply \
                 destroys it."
            );
            (input, address, reason, Remedy::Plan)
        })
    }

    /// Addresses of the daemons that the root module has blocks for, without keys.
    pub fn daemons(&self) -> BTreeSet<String> {
        let root = self.modules.get(&Address::prefix(&[]));
        let blocks = root.into_iter().flat_map(|module| module.items());
        let daemons = blocks.filter_map(|(_, item)| block_of(item));
        daemons
            .filter_map(|(_, kind, name)| Some(format!("{}.{name}", kind?)))
            .collect()
    }

    fn instances(&self, modules: &[Step], scopes: &mut Scopes, found: &mut Found) {
        let prefix = Address::prefix(modules);
        if let Some(why) = self.foreign.get(&prefix) {
            let call = prefix.strip_suffix('.').unwrap_or(CONFIGURATION);
            found.unlisted.insert(call.to_owned(), *why);
        }
        let Some(module) = self.modules.get(&prefix) else {
            return;
        };
        let Ok(scope) = self.scope(modules, scopes) else { return };
        // A file that overrides has the same block once more.
        let mut seen = BTreeSet::new();
        for (_, item) in module.items() {
            let Some((_, kind, name)) = block_of(item).filter(|(_, kind, name)| seen.insert((*kind, *name))) else {
                continue;
            };
            let block = match kind {
                Some(kind) => module.merged("resource", &[kind, name]),
                None => module.merged(MODULE, &[name]),
            };
            let keys = match block {
                Some(block) if !module.is_partial => scope.keys(&block),
                _ => Err(PARTIAL),
            };
            let keys = match keys {
                Ok(keys) => keys,
                // That a file was not read is told by itself.
                Err(PARTIAL) => continue,
                Err(why) => {
                    let block = format!("{prefix}{}.{name}", kind.unwrap_or(MODULE));
                    if kind.is_some() || self.may_have_daemons(&format!("{block}.")) {
                        found.unlisted.insert(block, why);
                    }
                    continue;
                }
            };
            for key in keys {
                if found.seen == MOST {
                    found.unlisted.insert(CONFIGURATION.to_owned(), TOO_MANY);
                    return;
                }
                found.seen += 1;
                let step = Step {
                    name: name.to_owned(),
                    key,
                };
                match kind {
                    None => self.instances(&[modules, &[step]].concat(), scopes, found),
                    Some(kind) => found.instances.push(Address {
                        modules: modules.to_vec(),
                        resource_type: kind.to_owned(),
                        resource: step,
                    }),
                }
            }
        }
    }

    /// True if a module, or one that it calls, has daemons or is not read.
    fn may_have_daemons(&self, prefix: &str) -> bool {
        if self.foreign.keys().any(|other| other.starts_with(prefix)) {
            return true;
        }
        let inner = self.modules.iter().filter(|(other, _)| other.starts_with(prefix));
        let mut items = inner.flat_map(|(_, module)| module.items());
        items.any(|(_, item)| matches!(block_of(item), Some((_, Some(_), _))))
    }
}

/// What gives the scan what it lacks.
fn remedy(why: Unknown) -> Remedy {
    if why.is_for_want_of_values() || why == Unknown::WRONG {
        Remedy::Values
    } else if why.is_for_want_of_modules() {
        Remedy::Modules
    } else if why == Unknown::WORKSPACE {
        Remedy::Workspace
    } else {
        Remedy::Plan
    }
}

/// Resource type of the address of a block; that of a module is `module`.
fn kind_of(block: &str) -> &str {
    let mut parts = block.rsplit('.');
    parts.next();
    parts.next().unwrap_or_default()
}

/// The content of a block that is a daemon or calls a module, its resource type if it is a daemon, and its name.
fn block_of(item: &Item) -> Option<(&Vec<Item>, Option<&str>, &str)> {
    let block = item.block()?;
    match (item.name.as_str(), item.labels.as_slice()) {
        ("resource", [kind, name]) if RESOURCES.contains(&kind.as_str()) => Some((block, Some(kind), name)),
        (MODULE, [name]) => Some((block, None, name)),
        _ => None,
    }
}

/// The ARN that ECS gives to a daemon as it is written. The error names the argument that does not tell it.
fn arn(declared: &Declared<'_>, name: &'static str) -> Result<DaemonArn, (&'static str, Unknown)> {
    let own = known(declared, name)?.ok_or((name, Unknown::MISSING))?;
    let own = own.value.as_str().ok_or((name, Unknown::WRONG))?;
    let mut cluster = cluster(declared)?;
    if let Some(region) = known(declared, name::REGION)? {
        let region = region.value.as_str().ok_or((name::REGION, Unknown::WRONG))?;
        region.clone_into(&mut cluster.region);
    }
    let arn = DaemonArn::in_cluster(&cluster, own);
    DaemonArn::parse(&arn.to_string()).map_err(|_| (name, Unknown::WRONG))
}

/// The cluster of a daemon. One that names none is in the default cluster, where its capacity providers are.
fn cluster(declared: &Declared<'_>) -> Result<Arn, (&'static str, Unknown)> {
    const PROVIDERS: &str = "capacity_provider_arns";
    if let Some(known) = known(declared, name::CLUSTER_ARN)? {
        let arn = known
            .value
            .as_str()
            .and_then(|arn| Arn::parse_kind(arn, "ecs", "cluster/").ok());
        return arn.ok_or((name::CLUSTER_ARN, Unknown::WRONG));
    }
    let providers = known(declared, PROVIDERS)?.ok_or((name::CLUSTER_ARN, Unknown::MISSING))?;
    let first = providers.value.as_array().and_then(|arns| arns.first()?.as_str());
    let first = first.and_then(|arn| Arn::parse_kind(arn, "ecs", "capacity-provider/").ok());
    let first = first.ok_or((PROVIDERS, Unknown::WRONG))?;
    Ok(first.sibling(DEFAULT_CLUSTER))
}

/// The value of an argument that is a part of an ARN, which is shown.
fn known(declared: &Declared<'_>, argument: &'static str) -> Result<Option<Known>, (&'static str, Unknown)> {
    match declared.written(&[argument]).1 {
        Written::Absent => Ok(None),
        Written::Known(known) if known.is_sensitive => Err((argument, Unknown("it is sensitive, and would be shown"))),
        Written::Known(known) => Ok(Some(known)),
        Written::Unknown(why) => Err((argument, why)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{super::Given, *};

    /// The configuration of a folder, by files in folders below it.
    fn found(files: &[(String, String)]) -> Found {
        let folder = tempfile::tempdir().unwrap();
        for (inner, text) in files {
            let inner = folder.path().join(inner);
            fs::create_dir_all(&inner).unwrap();
            fs::write(inner.join("main.tf"), text).unwrap();
        }
        let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
        let mut found = Found::default();
        configuration.instances(&[], &mut Scopes::new(), &mut found);
        found
    }

    /// Each level multiplies the modules by 9,999, and none of them has a daemon.
    #[test]
    fn modules_that_multiply_come_to_an_end() {
        let call = "module \"m\" {\n  source = \"./m\"\n  count = 9999\n}\n";
        let levels: Vec<_> = (0..5).map(|level| ("m/".repeat(level), call.to_owned())).collect();
        let end = ("m/".repeat(5), String::new());
        let expected = Found {
            seen: MOST,
            unlisted: [(CONFIGURATION.to_owned(), TOO_MANY)].into(),
            ..Found::default()
        };
        assert_eq!(found(&[levels, vec![end]].concat()), expected);
    }

    /// As many as are looked for are all known; one more is told.
    #[test]
    fn the_last_instance_is_not_one_too_many() {
        let block =
            |name: usize, count: usize| format!("resource \"ecs_daemon\" \"a{name}\" {{\n  count = {count}\n}}\n");
        let full: String = (0..10).map(|name| block(name, MOST / 10)).collect();
        let more = format!("{full}{}", block(10, 1));
        for (text, are_too_many) in [(full, false), (more, true)] {
            let found = found(&[(String::new(), text)]);
            assert_eq!(
                (found.instances.len(), !found.unlisted.is_empty()),
                (MOST, are_too_many)
            );
        }
    }
}
