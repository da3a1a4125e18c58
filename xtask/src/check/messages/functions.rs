//! The functions and constants of the crates that speak to users, without those of tests, as the search for summaries
//! needs them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, FnArg, ImplItemFn, Item, ItemConst, ItemFn, ItemImpl, Meta, Pat, Signature, TraitItemFn,
    Type,
};

use super::super::circles::is_only_for_tests;
use super::super::sources;
use crate::process::Outcome;

/// A function with a body.
pub(super) struct Function {
    /// The file, from the root of the repository on.
    pub(super) file: String,
    /// The type whose function it is.
    pub(super) owner: Option<String>,
    pub(super) name: String,
    /// Names of the parameters, without `self`.
    pub(super) parameters: Vec<String>,
    pub(super) body: Block,
}

/// What was read.
#[derive(Default)]
pub(super) struct Code {
    pub(super) functions: Vec<Function>,
    pub(super) constants: BTreeMap<String, Expr>,
}

impl Code {
    /// Reads all files of some folders.
    pub(super) fn read(root: &Path, folders: &[&str]) -> Outcome<Self> {
        let mut files = Vec::new();
        for folder in folders {
            sources::collect(&root.join(folder), &mut files)?;
        }
        files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
        files.sort();
        let mut parsed = Vec::new();
        for file in files {
            let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let syntax = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
            parsed.push((file, syntax));
        }
        let tests: BTreeSet<PathBuf> = parsed
            .iter()
            .flat_map(|(file, syntax)| of_tests(file, syntax))
            .collect();
        let mut code = Self::default();
        for (file, syntax) in &parsed {
            if !file.ancestors().any(|above| tests.contains(&above.with_extension(""))) {
                let name = file.strip_prefix(root).unwrap_or(file).display().to_string();
                code.add(&name, syntax);
            }
        }
        Ok(code)
    }

    /// Adds what a file has.
    pub(super) fn add(&mut self, file: &str, syntax: &syn::File) {
        let mut reader = Reader {
            file: file.to_owned(),
            owner: None,
            code: self,
        };
        reader.visit_file(syntax);
    }
}

/// Files and folders, without extension, of modules that are compiled for tests only.
fn of_tests(file: &Path, syntax: &syn::File) -> Vec<PathBuf> {
    let is_root = file
        .file_stem()
        .is_some_and(|stem| stem == "mod" || stem == "lib" || stem == "main");
    let home = if is_root {
        file.parent().unwrap_or(file).to_owned()
    } else {
        file.with_extension("")
    };
    let modules = syntax.items.iter().filter_map(|item| match item {
        Item::Mod(module) if is_only_for_tests(item) || module.attrs.iter().any(is_test_support) => Some(&module.ident),
        _ => None,
    });
    modules.map(|name| home.join(name.to_string())).collect()
}

/// True for `#[cfg(feature = "test-support")]`: what tests of other crates use is not in the provider.
fn is_test_support(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::List(list)
        if list.path.is_ident("cfg") && list.tokens.to_string() == "feature = \"test-support\"")
}

struct Reader<'a> {
    file: String,
    owner: Option<String>,
    code: &'a mut Code,
}

impl Reader<'_> {
    fn add(&mut self, signature: &Signature, body: &Block) {
        let parameters = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Receiver(_) => None,
            FnArg::Typed(typed) => Some(match &*typed.pat {
                Pat::Ident(name) => name.ident.to_string(),
                _ => String::new(),
            }),
        });
        self.code.functions.push(Function {
            file: self.file.clone(),
            owner: self.owner.clone(),
            name: signature.ident.to_string(),
            parameters: parameters.collect(),
            body: body.clone(),
        });
    }
}

impl Visit<'_> for Reader<'_> {
    fn visit_item(&mut self, item: &Item) {
        if !is_only_for_tests(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &ItemImpl) {
        let owner = match &*item.self_ty {
            Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
            _ => None,
        };
        let before = std::mem::replace(&mut self.owner, owner);
        visit::visit_item_impl(self, item);
        self.owner = before;
    }

    fn visit_item_fn(&mut self, item: &ItemFn) {
        let before = self.owner.take();
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
        self.owner = before;
    }

    fn visit_impl_item_fn(&mut self, item: &ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &TraitItemFn) {
        if let Some(body) = &item.default {
            self.add(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_const(&mut self, item: &ItemConst) {
        self.code.constants.insert(item.ident.to_string(), (*item.expr).clone());
    }
}
