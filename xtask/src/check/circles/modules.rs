//! The modules of a crate as they stand in its files: what each defines, imports and names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, Ident, Item, ItemMod, ItemUse, Lit, Macro, Meta, UseTree};

use crate::process::Outcome;

/// Index of a module in its tree.
pub(super) type Id = usize;

/// A module: a file, or a part of one in braces.
#[derive(Default)]
pub(super) struct Module {
    pub(super) file: PathBuf,
    pub(super) parent: Option<Id>,
    pub(super) children: BTreeMap<String, Id>,
    /// Names of its own items.
    pub(super) items: BTreeSet<String>,
    /// Imported names with the paths they stand for.
    pub(super) imports: BTreeMap<String, Vec<String>>,
    /// Modules of which everything is imported.
    pub(super) globs: Vec<Vec<String>>,
    /// Other paths of at least two segments.
    pub(super) paths: BTreeSet<Vec<String>>,
}

/// All modules of a crate; the first is its root.
pub(super) struct Tree(pub(super) Vec<Module>);

impl Tree {
    /// Reads a crate from its root file on.
    pub(super) fn read(entry: &Path) -> Outcome<Self> {
        let mut tree = Self(Vec::new());
        let folder = entry.parent().unwrap_or(Path::new("")).to_owned();
        tree.read_file(entry, None, &folder)?;
        Ok(tree)
    }

    /// Reads a file, whose modules have their own files in a folder.
    fn read_file(&mut self, file: &Path, parent: Option<Id>, folder: &Path) -> Outcome<Id> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let parsed = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        self.read_items(&parsed.items, file, parent, folder)
    }

    fn read_items(&mut self, items: &[Item], file: &Path, parent: Option<Id>, folder: &Path) -> Outcome<Id> {
        let id = self.0.len();
        let mut reader = Reader::default();
        for item in items {
            reader.visit_item(item);
        }
        self.0.push(Module {
            file: file.to_owned(),
            parent,
            ..reader.module
        });
        for child in reader.children {
            let name = child.ident.to_string();
            let folder = folder.join(&name);
            let read = match (&child.content, named_file(&child, file)) {
                (Some((_, items)), _) => self.read_items(items, file, Some(id), &folder)?,
                (None, Some(named)) => self.read_file(&named, Some(id), named.parent().unwrap_or(&folder))?,
                (None, None) => self.read_file(&file_of(&folder)?, Some(id), &folder)?,
            };
            self.0[id].children.insert(name, read);
        }
        Ok(id)
    }
}

/// The file that an attribute `path` names, which counts from the folder of the file with the attribute.
fn named_file(child: &ItemMod, file: &Path) -> Option<PathBuf> {
    let attribute = child.attrs.iter().find(|attribute| attribute.path().is_ident("path"))?;
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(named), ..
    }) = &pair.value
    else {
        return None;
    };
    Some(file.parent()?.join(named.value()))
}

/// The file of a module whose own modules stand in a folder.
fn file_of(folder: &Path) -> Outcome<PathBuf> {
    let candidates = [folder.with_extension("rs"), folder.join("mod.rs")];
    let found = candidates.into_iter().find(|file| file.exists());
    found.ok_or_else(|| format!("{}: the module has no file", folder.display()).into())
}

/// Collects what one module has.
#[derive(Default)]
struct Reader {
    module: Module,
    children: Vec<ItemMod>,
}

impl Visit<'_> for Reader {
    fn visit_item(&mut self, item: &Item) {
        if is_only_for_tests(item) {
            return;
        }
        match item {
            Item::Mod(child) => return self.children.push(child.clone()),
            Item::Fn(item) => self.define(&item.sig.ident),
            Item::Struct(item) => self.define(&item.ident),
            Item::Enum(item) => self.define(&item.ident),
            Item::Trait(item) => self.define(&item.ident),
            Item::Type(item) => self.define(&item.ident),
            Item::Const(item) => self.define(&item.ident),
            Item::Static(item) => self.define(&item.ident),
            Item::Macro(item) => {
                if let Some(ident) = &item.ident {
                    self.define(ident);
                }
            }
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        self.import(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string());
        self.name(segments.collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &Macro) {
        self.name_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

impl Reader {
    fn define(&mut self, ident: &Ident) {
        self.module.items.insert(ident.to_string());
    }

    fn name(&mut self, segments: Vec<String>) {
        if segments.len() > 1 {
            self.module.paths.insert(segments);
        }
    }

    fn import(&mut self, tree: &UseTree, before: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(&path.tree, before);
                before.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, before);
                }
            }
            UseTree::Glob(_) => self.module.globs.push(before.clone()),
            UseTree::Name(name) => self.import_as(&name.ident, &name.ident, before),
            UseTree::Rename(rename) => self.import_as(&rename.ident, &rename.rename, before),
        }
    }

    fn import_as(&mut self, name: &Ident, alias: &Ident, before: &[String]) {
        let mut path = before.to_vec();
        let mut alias = alias.to_string();
        if name == "self" {
            alias = if alias == "self" {
                path.last().cloned().unwrap_or_default()
            } else {
                alias
            };
        } else {
            path.push(name.to_string());
        }
        self.module.imports.insert(alias, path);
    }

    /// Paths in the arguments of a macro, which are no syntax yet: names with `::` between them.
    fn name_tokens(&mut self, tokens: TokenStream) {
        let mut segments = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.name(std::mem::take(&mut segments));
                    }
                    segments.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.name(std::mem::take(&mut segments));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.name_tokens(group.stream());
                    }
                }
            }
        }
        self.name(segments);
    }
}

/// True if an item is compiled for tests only.
pub(crate) fn is_only_for_tests(item: &Item) -> bool {
    attributes(item).iter().any(is_for_tests)
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::List(list) if list.path.is_ident("cfg") && list.tokens.to_string() == "test")
}
