//! Daemons that the configuration has and no input: not created yet, or deleted, and a refresh took that into the state.

use std::collections::BTreeSet;

use super::{
    Configuration,
    address::{Address, MODULE, Step},
    declared::Scopes,
    found::RESOURCES,
};
use crate::{report::Problem, source::Wanted};

/// Instances that are looked for; a configuration may have any number.
const MOST: usize = 10_000;
/// Addresses that a message names one by one.
const NAMED: usize = 20;

impl Configuration {
    /// Names the instances of the configuration that no input has, as far as the configuration alone tells which there are.
    pub(super) fn without_input(&self, wanted: &[Wanted], unusable: &[String]) -> Option<Problem> {
        let of_terraform = wanted.iter().filter(|wanted| !wanted.is_of_baseline());
        let addresses = of_terraform.map(|wanted| &wanted.source.address).chain(unusable);
        let addresses = addresses.filter_map(|address| Address::parse(address));
        let there: BTreeSet<String> = addresses
            .map(|address| self.moves.current(address).to_string())
            .collect();
        if there.is_empty() {
            return None;
        }
        let mut found = Vec::new();
        let mut left = MOST;
        self.instances(&[], &mut Scopes::new(), &mut left, &mut found);
        // A file that overrides has the same block once more.
        let found: BTreeSet<String> = found.iter().map(ToString::to_string).collect();
        let missing: Vec<&String> = found.difference(&there).collect();
        if missing.is_empty() {
            return None;
        }
        let mut named: Vec<String> = missing
            .iter()
            .take(NAMED)
            .map(|address| format!("`{address}`"))
            .collect();
        if missing.len() > NAMED {
            named.push(format!("and {} more", missing.len() - NAMED));
        }
        Some(Problem {
            input: None,
            summary: "Daemons of the configuration that no input has".to_owned(),
            detail: format!(
                "These are in the configuration, but no input has them as daemons that are there: {}. They are not created yet, or \
                 were deleted and a refresh took that into the state. They were not looked at; `terraform plan` shows them as \
                 to be created.",
                named.join(", ")
            ),
        })
    }

    /// `left` bounds instances of resources and of modules, which multiply with each level.
    fn instances(&self, modules: &[Step], scopes: &mut Scopes, left: &mut usize, found: &mut Vec<Address>) {
        let Some(module) = self.modules.get(&Address::prefix(modules)) else {
            return;
        };
        let Ok(scope) = self.scope(modules, scopes) else { return };
        for (_, item) in module.items() {
            let Some(block) = item.block() else { continue };
            let (kind, name) = match (item.name.as_str(), item.labels.as_slice()) {
                ("resource", [kind, name]) if RESOURCES.contains(&kind.as_str()) => (Some(kind), name),
                (MODULE, [name]) => (None, name),
                _ => continue,
            };
            for key in scope.keys(block) {
                let Some(fewer) = left.checked_sub(1) else { return };
                *left = fewer;
                let step = Step {
                    name: name.clone(),
                    key,
                };
                match kind {
                    None => self.instances(&[modules, &[step]].concat(), scopes, left, found),
                    Some(kind) => found.push(Address {
                        modules: modules.to_vec(),
                        resource_type: kind.clone(),
                        resource: step,
                    }),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{super::Given, *};

    /// Each level multiplies the modules by 9,999, and none of them has a daemon.
    #[test]
    fn modules_that_multiply_come_to_an_end() {
        let folder = tempfile::tempdir().unwrap();
        for level in 0..5 {
            let inner = folder.path().join("m/".repeat(level));
            fs::create_dir_all(inner.join("m")).unwrap();
            let call = "module \"m\" {\n  source = \"./m\"\n  count = 9999\n}\n";
            fs::write(inner.join("main.tf"), call).unwrap();
        }
        let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
        let (mut left, mut found) = (MOST, Vec::new());
        configuration.instances(&[], &mut Scopes::new(), &mut left, &mut found);
        assert_eq!((left, found), (0, Vec::new()));
    }
}
