//! Configurations of Terraform and `OpenTofu`: where each daemon and each of its settings is written, for annotations that
//! stand at the line that somebody can change, and what is written there, for a comparison with the state.
//!
//! | file | question it answers |
//! |---|---|
//! | `reader` | which files are read, and which must not be? |
//! | `found`, `module` | what is known of them? |
//! | `file` | how are they named, and where do their lines begin? |
//! | `json` | how is JSON read? |
//! | `syntax` | which arguments and blocks do they hold? |
//! | `given` | which values are given to variables? |
//! | `terragrunt` | which module does Terragrunt run, with which values, and what is not read of it? |
//! | `scope` | what do names stand for in an instance of a module? |
//! | `references` | what does the state know of resources that are named? |
//! | `value` | what is the value of an expression, as far as it is known? |
//! | `function` | what do functions make of values? |
//! | `collection` | what is a list or map of values that are known in part? |
//! | `installed` | where is the copy of a module that comes from elsewhere? |
//! | `workspace` | in which workspace is it? |
//! | `conversion` | what do simple types make of a value? |
//! | `variable_type` | what does the type of a variable make of one? |
//! | `known` | what is a known value, and why is one not known? |
//! | `operation` | what do its operators come to? |
//! | `address` | which instance is meant? |
//! | `moves` | which address has a resource that was moved? |
//! | `declared` | what is written of a setting of an instance, and what is ignored? |
//! | `providers` | which provider block is it of? |
//! | `tags` | which tags are written, and which are left alone? |
//! | `instances` | which daemons has it that no input has? |
//! | `gaps` | what could not be evaluated? |
//! | `beside` | what does a state not know? |
//!
//! Read are the `*.tf` and `*.tofu` files of a folder and of the modules that it calls by a local path, in both of their
//! forms, and what gives values to variables. For places all instances of a `count` or `for_each` are the one block.

mod address;
mod beside;
mod collection;
mod conversion;
mod declared;
mod file;
mod found;
mod function;
mod gaps;
mod given;
mod installed;
mod instances;
mod json;
mod known;
mod module;
mod moves;
mod operation;
mod providers;
mod reader;
mod references;
mod scope;
mod syntax;
mod tags;
mod terragrunt;
#[cfg(test)]
mod tests;
mod value;
mod variable_type;
mod workspace;

use std::{collections::BTreeSet, io, path::Path};

pub use address::without_keys;
pub use found::Configuration;
pub use given::Given;
pub use instances::Seen;

use self::{
    address::Address,
    declared::Scopes,
    file::File,
    reader::Reader,
    syntax::{Content, Item},
};
use crate::report::{Finding, Problem};

impl Configuration {
    /// Reads a root module. Nothing outside of the root of `given` is read; without one, nothing outside of the module's
    /// own folder. The error is that of the folder itself, or of a file that was named.
    pub fn read(folder: &Path, given: &Given) -> io::Result<Self> {
        let root = given.root.as_deref().unwrap_or(folder);
        let mut reader = Reader::new(root, !given.is_terraform, &given.seen_from)?;
        let (module, values) = given::read(&mut reader, folder, given)?;
        let workspace = workspace::of(&reader, &module, given);
        reader.install(&given.data(&module).join(installed::MANIFEST));
        reader.read(&module)?;
        let mut configuration = reader.configuration;
        configuration.given = values;
        configuration.workspace = workspace;
        for (prefix, module) in &configuration.modules {
            let items = module.items();
            items.for_each(|(_, item)| configuration.moves.take(prefix, item));
        }
        let warnings: BTreeSet<Problem> = configuration.warnings.drain(..).collect();
        configuration.warnings.extend(warnings);
        Ok(configuration)
    }

    /// Gives each finding of a resource its place: that of the setting, of the block around it, or of the resource; where
    /// Terragrunt gives the value, its place in Terragrunt's file.
    pub fn locate(&self, findings: &mut [Finding]) {
        let mut scopes = Scopes::new();
        for finding in findings {
            let Some(source) = &finding.source else { continue };
            if let Some(place) = self.input(&source.address, finding.setting.as_deref(), &mut scopes) {
                finding.location = Some(place);
                continue;
            }
            let current = Address::parse(&source.address).map(|address| self.moves.current(address));
            let mut address = current.map_or_else(|| without_keys(&source.address), |address| address.plain());
            let resource = address.len();
            for step in finding.setting.iter().flat_map(|setting| setting.split('.')) {
                address.push('.');
                address.push_str(step);
            }
            while address.len() >= resource {
                if let Some(place) = self.places.get(&address) {
                    finding.location = Some(place.clone());
                    break;
                }
                let Some((outer, _)) = address.rsplit_once('.') else {
                    break;
                };
                address.truncate(outer.len());
            }
        }
    }

    /// The block itself, its attributes and the blocks in it.
    fn settings(&mut self, address: &str, file: &File, block: &Item) {
        // A file that overrides changes single settings of a block that stands elsewhere.
        if !(file.is_override && self.places.contains_key(address)) {
            self.place(address, file, block.at);
        }
        for item in block.block().into_iter().flat_map(|items| items.iter()) {
            match &item.content {
                Content::Value(_) => self.place(&format!("{address}.{}", item.name), file, item.at),
                Content::Block(items) => {
                    // A dynamic block is named by its label.
                    let label = item.labels.first().filter(|_| item.name == "dynamic");
                    let address = format!("{address}.{}", label.unwrap_or(&item.name));
                    let content = items.iter().find(|content| content.name == "content");
                    match content.filter(|_| label.is_some()) {
                        Some(content) => {
                            self.settings(&address, file, content);
                            self.place(&address, file, item.at);
                        }
                        None => self.settings(&address, file, item),
                    }
                }
            }
        }
    }

    fn place(&mut self, address: &str, file: &File, at: Option<usize>) {
        if let Some(at) = at {
            self.places.insert(address.to_owned(), file.location(at));
        }
    }
}
