//! The places of the items that paths name.

use super::graph::Graph;
use super::modules::{Id, Module, Tree};

/// Re-exports that are followed one after another before a path is given up.
const DEEPEST: usize = 32;

/// Dependencies between the files of a crate.
pub(super) fn graph(tree: &Tree) -> Graph {
    let mut graph = Graph::default();
    for (id, module) in tree.0.iter().enumerate() {
        for path in module.imports.values().chain(&module.paths) {
            let Some(found) = tree.find(id, path, DEEPEST) else {
                continue;
            };
            // A module that is imported to name its items says nothing; its items do.
            if let Place::Item(at) = found {
                add(&mut graph, tree, id, at, path);
            }
        }
        for path in &module.globs {
            if let Some(Place::Module(at)) = tree.find(id, path, DEEPEST) {
                add(&mut graph, tree, id, at, path);
            }
        }
    }
    graph
}

fn add(graph: &mut Graph, tree: &Tree, from: Id, to: Id, path: &[String]) {
    let name = path.last().map_or("", String::as_str);
    graph.add(&tree.0[from].file, &tree.0[to].file, name);
}

/// A module, or an item that stands in one.
enum Place {
    Module(Id),
    Item(Id),
}

impl Tree {
    /// Finds what a path names that stands in a module. None: it leaves the crate.
    fn find(&self, from: Id, path: &[String], depth: usize) -> Option<Place> {
        let (first, rest) = path.split_first()?;
        let depth = depth.checked_sub(1)?;
        match first.as_str() {
            "crate" => self.descend(0, rest, depth),
            "self" => self.descend(from, rest, depth),
            "super" => {
                let mut at = self.0[from].parent?;
                let mut rest = rest;
                while let Some(("super", left)) = rest.split_first().map(|(first, left)| (first.as_str(), left)) {
                    at = self.0[at].parent?;
                    rest = left;
                }
                self.descend(at, rest, depth)
            }
            _ if self.0[from].knows(first) => self.descend(from, path, depth),
            _ => None,
        }
    }

    /// Goes from a module down to what a path names.
    fn descend(&self, at: Id, path: &[String], depth: usize) -> Option<Place> {
        let Some((first, rest)) = path.split_first() else {
            return Some(Place::Module(at));
        };
        let module = &self.0[at];
        let child = module.children.get(first);
        if let Some(child) = child.filter(|_| !rest.is_empty() || !module.items.contains(first)) {
            return self.descend(*child, rest, depth);
        }
        if module.items.contains(first) {
            return Some(Place::Item(at));
        }
        if let Some(import) = module.imports.get(first) {
            let whole: Vec<String> = import.iter().chain(rest).cloned().collect();
            return self.find(at, &whole, depth);
        }
        let depth = depth.checked_sub(1)?;
        module.globs.iter().find_map(|glob| match self.find(at, glob, depth)? {
            Place::Module(under) => self.descend(under, path, depth),
            Place::Item(_) => None,
        })
    }
}

impl Module {
    fn knows(&self, name: &str) -> bool {
        self.children.contains_key(name) || self.items.contains(name) || self.imports.contains_key(name)
    }
}
