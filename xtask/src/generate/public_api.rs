//! The public interface of the crates for authors of other providers, `tfplug/public-api.txt`: one line for each item.
//!
//! It stands beside the code so that a change of it is seen in review, and is compared by `cargo xtask check`. Crates hold
//! themselves to `unreachable_pub`, so whatever is `pub` can be reached, and reading the sources tells all of it but what
//! macros make.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, Meta, TraitItem, Visibility};

use super::file::{self, File};
use super::sources::Sources;
use crate::process::Outcome;

/// Folders of the crates, by name.
const CRATES: [(&str, &str); 4] = [
    ("tfplug", "tfplug/facade/src"),
    ("tfplug-core", "tfplug/core/src"),
    ("tfplug-server", "tfplug/server/src"),
    ("tfplug-testing", "tfplug/testing/src"),
];

/// The listing.
pub(super) fn files(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    Ok(vec![listing(&sources.workspace.root)?])
}

/// Compares the committed listing with the sources.
pub(crate) fn check(root: &Path) -> Outcome {
    match file::difference(root, &listing(root)?) {
        None => Ok(()),
        Some(difference) => Err(format!(
            "{difference}: the interface of the tfplug crates has changed. Say in CHANGELOG.md what authors of providers have \
             to do if a line is gone or different, and run `cargo xtask generate`"
        )
        .into()),
    }
}

fn listing(root: &Path) -> Outcome<File> {
    let mut text = String::new();
    for (name, folder) in CRATES {
        let mut sources = Vec::new();
        find(&root.join(folder), &mut sources)?;
        sources.sort();
        for path in sources {
            let source = fs::read_to_string(&path)?;
            let parsed = syn::parse_file(&source).map_err(|error| format!("{}: {error}", path.display()))?;
            let lines = of_items(&parsed.items);
            if !lines.is_empty() {
                let place = path.strip_prefix(root.join(folder)).unwrap_or(&path).display();
                let _ = write!(text, "# {name}, {place}\n{}\n\n", lines.join("\n"));
            }
        }
    }
    Ok(File {
        path: "tfplug/public-api.txt".into(),
        text: format!("{}\n", text.trim_end()),
    })
}

/// Sources below a folder, without those of tests.
fn find(folder: &Path, found: &mut Vec<PathBuf>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                find(&path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !["tests.rs", "mistakes.rs"].contains(&name.as_str())
        {
            found.push(path);
        }
    }
    Ok(())
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Items for tests, and those that the derive alone uses.
fn is_left_out(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string();
        text.contains("cfg (test)") || text.contains("doc (hidden)")
    })
}

/// The lines of the items of a file.
fn of_items(items: &[Item]) -> Vec<String> {
    let hidden = items.iter().filter_map(|item| match item {
        Item::Struct(item) if !is_public(&item.vis) => Some(item.ident.to_string()),
        Item::Enum(item) if !is_public(&item.vis) => Some(item.ident.to_string()),
        _ => None,
    });
    let hidden: Vec<String> = hidden.collect();
    let is_of_hidden = |item: &&Item| match item {
        Item::Impl(item) => {
            let own = line(&item.self_ty);
            hidden.iter().any(|name| own.split('<').next() == Some(name))
        }
        _ => false,
    };
    let mut lines = Vec::new();
    let shown = items.iter().filter(|item| !is_of_hidden(item));
    shown.for_each(|item| of_item(item, &mut lines));
    lines
}

/// The lines of an item.
fn of_item(item: &Item, lines: &mut Vec<String>) {
    match item {
        Item::Fn(item) if is_public(&item.vis) && !is_left_out(&item.attrs) => lines.push(line(&item.sig)),
        Item::Const(item) if is_public(&item.vis) => lines.push(format!("const {}: {}", item.ident, line(&item.ty))),
        Item::Type(item) if is_public(&item.vis) => {
            lines.push(format!(
                "type {}{} = {}",
                item.ident,
                line(&item.generics),
                line(&item.ty)
            ));
        }
        Item::Use(item) if is_public(&item.vis) => lines.push(format!("use {}", line(&item.tree))),
        Item::Mod(item) if is_public(&item.vis) && !is_left_out(&item.attrs) => {
            lines.push(format!("mod {}", item.ident));
        }
        Item::Struct(item) if is_public(&item.vis) => {
            let head = format!("{}struct {}{}", marks(&item.attrs), item.ident, line(&item.generics));
            lines.push(format!("{head}{}", fields(&item.fields, false)));
        }
        Item::Enum(item) if is_public(&item.vis) => {
            lines.push(format!(
                "{}enum {}{}",
                marks(&item.attrs),
                item.ident,
                line(&item.generics)
            ));
            let variants = item.variants.iter();
            lines.extend(variants.map(|variant| format!("  {}{}", variant.ident, fields(&variant.fields, true))));
        }
        Item::Trait(item) if is_public(&item.vis) => {
            let bounds = if item.supertraits.is_empty() {
                String::new()
            } else {
                format!(": {}", line(&item.supertraits))
            };
            lines.push(format!("trait {}{}{bounds}", item.ident, line(&item.generics)));
            lines.extend(item.items.iter().filter_map(of_trait));
        }
        Item::Impl(item) if !is_left_out(&item.attrs) => {
            let own = line(&item.self_ty);
            match &item.trait_ {
                Some((path, _)) => lines.push(format!("impl {} for {own}", line(path))),
                None => lines.extend(item.items.iter().filter_map(|member| of_impl(&own, member))),
            }
        }
        _ => {}
    }
}

fn of_trait(item: &TraitItem) -> Option<String> {
    match item {
        TraitItem::Fn(item) => {
            let given = if item.default.is_some() { " { … }" } else { "" };
            Some(format!("  {}{given}", line(&item.sig)))
        }
        TraitItem::Const(item) => {
            let given = if item.default.is_some() { " = …" } else { "" };
            Some(format!("  const {}: {}{given}", item.ident, line(&item.ty)))
        }
        TraitItem::Type(item) => Some(format!("  type {}: {}", item.ident, line(&item.bounds))),
        _ => None,
    }
}

fn of_impl(own: &str, item: &ImplItem) -> Option<String> {
    match item {
        ImplItem::Fn(item) if is_public(&item.vis) => Some(format!("impl {own}: {}", line(&item.sig))),
        ImplItem::Const(item) if is_public(&item.vis) => {
            Some(format!("impl {own}: const {}: {}", item.ident, line(&item.ty)))
        }
        _ => None,
    }
}

/// The public fields; `..` where there are others. Those of a variant are all public.
fn fields(fields: &Fields, is_variant: bool) -> String {
    let shown = fields.iter().filter(|field| is_variant || is_public(&field.vis));
    let mut told: Vec<String> = shown
        .map(|field| match &field.ident {
            Some(name) => format!("{name}: {}", line(&field.ty)),
            None => line(&field.ty),
        })
        .collect();
    if told.len() < fields.len() {
        told.push("..".to_owned());
    }
    match fields {
        Fields::Unit => String::new(),
        Fields::Named(_) => format!(" {{ {} }}", told.join(", ")),
        Fields::Unnamed(_) => format!("({})", told.join(", ")),
    }
}

/// What callers may rely on beside the item: derives and room to grow.
fn marks(attributes: &[Attribute]) -> String {
    let marks = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("derive") => Some(format!("derive({}) ", line(&list.tokens))),
        Meta::Path(path) if path.is_ident("non_exhaustive") => Some("non_exhaustive ".to_owned()),
        _ => None,
    });
    marks.collect()
}

/// Tokens as people write them.
fn line(tokens: &impl ToTokens) -> String {
    const TIGHT: [(&str, &str); 15] = [
        (" :: ", "::"),
        (":: ", "::"),
        (" ,", ","),
        (" :", ":"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ;", ";"),
        ("' ", "'"),
        ("->(", "-> ("),
        ("[ ", "["),
    ];
    let text = tokens.to_token_stream().to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // An arrow is no bracket.
    let text = text.replace(" ->", " \u{1}");
    let text = TIGHT
        .iter()
        .fold(text, |text, (loose, tight)| text.replace(loose, tight));
    text.replace('\u{1}', "->").replace(",)", ")")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_public_is_told_and_nothing_else() {
        let source = r#"
            //! Why.
            mod inner;
            pub use inner::Inner;
            /// A thing.
            #[derive(Clone, Debug)]
            pub struct Thing<T> { pub name: Option<T>, hidden: u8 }
            pub(crate) struct Other;
            impl Clone for Other { fn clone(&self) -> Self { Self } }
            #[non_exhaustive]
            pub enum Kind { One, Two(String), Three { size: u64 } }
            pub trait Makes<T>: Send + Sync {
                const NAME: &'static str;
                const MOST: u64 = 7;
                type Made: Clone;
                fn make<'a>(&'a self, of: &[T]) -> Result<(T, u8), Kind>;
                fn again(&mut self) { }
            }
            impl<T> Thing<T> { pub fn name(&self) -> &str { "" } fn hidden(&self) {} }
            impl<T> From<T> for Thing<T> { fn from(name: T) -> Self { todo!() } }
            #[doc(hidden)]
            pub mod derive {}
            #[cfg(test)]
            mod tests { pub fn of_tests() {} }
        "#;
        let parsed = syn::parse_file(source).unwrap();
        let lines = of_items(&parsed.items);
        insta::assert_snapshot!(lines.join("\n"), @r#"
        use inner::Inner
        derive(Clone, Debug) struct Thing<T> { name: Option<T>, .. }
        non_exhaustive enum Kind
          One
          Two(String)
          Three { size: u64 }
        trait Makes<T>: Send + Sync
          const NAME: &'static str
          const MOST: u64 = …
          type Made: Clone
          fn make<'a>(&'a self, of: &[T]) -> Result<(T, u8), Kind>
          fn again(&mut self) { … }
        impl Thing<T>: fn name(&self) -> &str
        impl From<T> for Thing<T>
        "#);
    }
}
