//! The file of Terragrunt: which module it runs, which values it gives, and what else it takes from files that are not read.

use std::path::{Path, PathBuf};

use hcl_edit::{
    Span,
    expr::{Expression, ObjectKey},
    template::Element,
};

use super::{
    file::{File, Parsed},
    known::{Found, Known, Unknown, Values},
    reader::{Reader, local_source},
    syntax::{Content, Item, argument, native},
    value::{Names, partly},
};
use crate::report::Problem;

/// Its name.
const TERRAGRUNT: &str = "terragrunt.hcl";
/// A variable that the file gives no value may have one from what is not read, whatever its default.
const ELSEWHERE: Unknown = Unknown("Terragrunt may give it from what is not read");

/// What it runs is not read.
const MODULE_ELSEWHERE: Unknown = Unknown("Terragrunt takes the module, or files of it, from what is not read");

/// Names in the file, of which none is evaluated.
struct OfTerragrunt;

impl Names for OfTerragrunt {
    fn look_up(&self, root: &str, _: Option<&str>) -> Found<'_> {
        Err(match root {
            "dependency" => Unknown("it is an output of a `dependency` of Terragrunt"),
            "include" => Unknown("it is of an `include` of Terragrunt"),
            "local" => Unknown("it is a local value of Terragrunt"),
            _ => Unknown::COMPUTED,
        })
    }
}

/// Takes the inputs, and answers the folder of the module if the file names a local one. What other files of Terragrunt
/// add is not looked at.
pub(super) fn read(reader: &mut Reader, folder: &Path, values: &mut Values) -> Option<PathBuf> {
    let path = folder.join(TERRAGRUNT);
    if !path.is_file() {
        return None;
    }
    reader.configuration.is_of_terragrunt = true;
    let parsed = match reader.parse(&path) {
        Ok(parsed) => parsed,
        Err(why) => {
            reader.warn_of_values(&path, &why);
            reader.configuration.others = Some(ELSEWHERE);
            return None;
        }
    };
    let unread = Unread::of(&parsed);
    if unread.gives_module {
        reader.configuration.foreign.insert(String::new(), MODULE_ELSEWHERE);
    }
    reader.configuration.others = unread.gives_values.then_some(ELSEWHERE);
    reader.configuration.warnings.extend(unread.problem(&parsed.file));
    if let Some(Expression::Object(inputs)) = argument(&parsed.items, "inputs") {
        for (key, value) in inputs {
            let name = match key {
                ObjectKey::Ident(name) => name.as_str(),
                ObjectKey::Expression(Expression::String(name)) => name.as_str(),
                ObjectKey::Expression(_) => continue,
            };
            let at = key_begin(key).or_else(|| value.expr().span().map(|span| span.start));
            let known = partly(value.expr(), &OfTerragrunt).map(|known| input(known, &parsed.file, at));
            values.insert(name.to_owned(), known);
        }
    }
    let terraform = |item: &&Item| item.name == "terraform";
    let source = parsed.items.iter().find(terraform)?.block()?;
    // The part before `//` is copied as a whole, so that the module finds its neighbours.
    Some(folder.join(local_source(source)?.replace("//", "/")))
}

/// Parts of the file that take something from files that are not read.
#[derive(Default)]
struct Unread {
    /// Each with the offset at which it stands.
    parts: Vec<(String, Option<usize>)>,
    /// True if they may give values to variables.
    gives_values: bool,
    /// True if the module is of them, or a file of it.
    gives_module: bool,
}

impl Unread {
    fn of(parsed: &Parsed) -> Self {
        let mut unread = Self::default();
        for item in &parsed.items {
            let label = || match item.labels.first() {
                Some(label) => format!("`{} \"{label}\"`", item.name),
                None => format!("`{}`", item.name),
            };
            match (item.name.as_str(), &item.content) {
                ("include", Content::Block(_)) => {
                    unread.add(label(), item.at, true);
                    // What is included may generate files.
                    unread.gives_module = true;
                }
                ("dependency", Content::Block(_)) => unread.add(label(), item.at, false),
                ("generate", Content::Block(items)) => {
                    unread.add(label(), item.at, false);
                    let contents = argument(items, "contents").and_then(literal);
                    unread.gives_module |= !contents.is_some_and(|text| is_of_providers(&text));
                }
                ("inputs", Content::Value(value)) if !matches!(value, Expression::Object(_)) => {
                    unread.add("`inputs`, which is no object of literals".to_owned(), item.at, true);
                }
                ("inputs", Content::Value(Expression::Object(inputs))) => {
                    let is_named = |key: &ObjectKey| {
                        matches!(key, ObjectKey::Ident(_) | ObjectKey::Expression(Expression::String(_)))
                    };
                    if inputs.iter().any(|(key, _)| !is_named(key)) {
                        unread.add("names in `inputs` that are expressions".to_owned(), item.at, true);
                    }
                }
                ("terraform", Content::Block(items)) => unread.terraform(items),
                _ => {}
            }
        }
        unread
    }

    fn terraform(&mut self, items: &[Item]) {
        for item in items {
            match item.name.as_str() {
                "extra_arguments" => self.add("`extra_arguments`".to_owned(), item.at, true),
                "source" if local_source(items).is_none() => {
                    self.add("`source`, which is no local path".to_owned(), item.at, false);
                    self.gives_module = true;
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, part: String, at: Option<usize>, gives_values: bool) {
        self.parts.push((part, at));
        self.gives_values |= gives_values;
    }

    fn problem(&self, file: &File) -> Option<Problem> {
        let parts = self.parts.iter().map(|(part, at)| match at {
            Some(at) => format!("{part} (line {})", file.location(*at).line),
            None => part.clone(),
        });
        let parts: Vec<String> = parts.collect();
        (!parts.is_empty()).then(|| Problem {
            input: None,
            summary: "Terragrunt's file not read as a whole".to_owned(),
            detail: format!(
                "{} takes values or files from what is not read: {}. What comes from there is not compared with the configuration. \
                 A plan has all of it: give the output of `terragrunt show -json PLANFILE` as input.",
                file.name,
                parts.join(", ")
            ),
        })
    }
}

/// A text as it stands there; a value in it, which is not known, is a word.
fn literal(expression: &Expression) -> Option<String> {
    let template = match expression {
        Expression::String(text) => return Some(text.as_str().to_owned()),
        Expression::StringTemplate(template) => template.iter().collect::<Vec<_>>(),
        Expression::HeredocTemplate(heredoc) => heredoc.template.iter().collect(),
        _ => return None,
    };
    let mut text = String::new();
    for element in template {
        match element {
            Element::Literal(literal) => text.push_str(literal.as_str()),
            Element::Interpolation(_) => text.push('x'),
            Element::Directive(_) => return None,
        }
    }
    Some(text)
}

/// True if a file has settings of providers and of Terraform itself, and nothing else.
fn is_of_providers(text: &str) -> bool {
    let body = hcl_edit::parser::parse_body(text).map(native);
    let is_harmless = |item: &Item| matches!(item.name.as_str(), "provider" | "terraform");
    body.is_ok_and(|items| items.iter().all(is_harmless))
}

fn key_begin(key: &ObjectKey) -> Option<usize> {
    let span = match key {
        ObjectKey::Ident(name) => name.span(),
        ObjectKey::Expression(key) => key.span(),
    };
    span.map(|span| span.start)
}

fn input(known: Known, file: &File, at: Option<usize>) -> Known {
    Known {
        origin: Some(format!("`{}`", file.name).into()),
        input: at.map(|at| std::sync::Arc::new(file.location(at))),
        ..known
    }
}
