//! Values that are given to the variables of a root module, in Terraform's order: environment and Terragrunt's inputs,
//! `terraform.tfvars`, `*.auto.tfvars`, then the files of `--var-file`.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use hcl_edit::expr::{Expression, ObjectKey};
use serde_json::Value;

use super::{
    file::{File, Parsed},
    known::Values,
    reader::{Reader, local_source, parse},
    syntax::{Content, Item, argument, json_arguments},
    value::{Known, NoNames, evaluate},
};
use hcl_edit::Span;

/// The file of Terragrunt.
const TERRAGRUNT: &str = "terragrunt.hcl";

/// Settings of a reading, beside the folder of the root module.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Outermost folder that may be read; the module's own unless given.
    pub root: Option<PathBuf>,
    /// Files of variables, in their order.
    pub var_files: Vec<PathBuf>,
    /// Variables of the environment, without `TF_VAR_` before their names.
    pub environment: BTreeMap<String, String>,
    /// Leaves files of `OpenTofu` out.
    pub is_terraform: bool,
}

/// The folder of the module, which Terragrunt may take from elsewhere, and the values for its variables. The error is
/// that of a file that was named.
pub(super) fn read(reader: &mut Reader, folder: &Path, given: &Given) -> io::Result<(PathBuf, Values)> {
    let mut values = Values::new();
    for (name, text) in &given.environment {
        values.insert(name.clone(), Ok(of_environment(name, text)));
    }
    let module = terragrunt(reader, folder, &mut values);
    let module = module.unwrap_or_else(|| folder.to_path_buf());
    let mut files = variable_files(&module)?;
    if module != folder {
        // Terragrunt runs the module in a folder with the files of its own beside it.
        files.extend(variable_files(folder)?);
    }
    for path in files {
        match reader.parse_variables(&path) {
            Ok(parsed) => take(&parsed, &mut values),
            Err(why) => reader.warn(&path, &why),
        }
    }
    for path in &given.var_files {
        let parsed = parse(path, json_arguments);
        let parsed =
            parsed.map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, format!("{}: {why}", path.display())))?;
        take(&parsed, &mut values);
    }
    Ok((module, values))
}

/// A list or an object stands there as an expression, everything else as its text.
fn of_environment(name: &str, text: &str) -> Known {
    let composite = text.trim_start().starts_with(['[', '{']);
    let parsed = composite
        .then(|| hcl_edit::parser::parse_expr(text.trim()).ok())
        .flatten();
    let value = parsed.and_then(|expression| evaluate(&expression, &NoNames).ok());
    Known {
        origin: Some(format!("`TF_VAR_{name}`").into()),
        ..value.unwrap_or_else(|| Known::new(Value::from(text)))
    }
}

/// The files of variables that Terraform reads by itself.
fn variable_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for name in ["terraform.tfvars", "terraform.tfvars.json"] {
        let path = folder.join(name);
        files.extend(path.is_file().then_some(path));
    }
    let mut automatic = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let is_automatic = name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
        if is_automatic && !name.starts_with('.') && path.is_file() {
            automatic.push(path);
        }
    }
    automatic.sort();
    files.extend(automatic);
    Ok(files)
}

fn take(parsed: &Parsed, values: &mut Values) {
    for item in &parsed.items {
        if let Content::Value(value) = &item.content {
            let origin: Arc<str> = format!("`{}`", parsed.file.name).into();
            let value = evaluate(value, &NoNames).map(|known| Known {
                origin: Some(origin),
                ..known
            });
            values.insert(item.name.clone(), value);
        }
    }
}

/// The inputs of Terragrunt's file, and the folder of the module if the file names a local one. What other files of
/// Terragrunt add is not looked at.
fn terragrunt(reader: &mut Reader, folder: &Path, values: &mut Values) -> Option<PathBuf> {
    let path = folder.join(TERRAGRUNT);
    if !path.is_file() {
        return None;
    }
    reader.configuration.is_of_terragrunt = true;
    let parsed = match reader.parse(&path) {
        Ok(parsed) => parsed,
        Err(why) => {
            reader.warn(&path, &why);
            return None;
        }
    };
    if let Some(Expression::Object(inputs)) = argument(&parsed.items, "inputs") {
        for (key, value) in inputs {
            let name = match key {
                ObjectKey::Ident(name) => name.as_str(),
                ObjectKey::Expression(Expression::String(name)) => name.as_str(),
                ObjectKey::Expression(_) => continue,
            };
            let at = key_begin(key).or_else(|| value.expr().span().map(|span| span.start));
            let known = evaluate(value.expr(), &NoNames).map(|known| input(known, &parsed.file, at));
            values.insert(name.to_owned(), known);
        }
    }
    let terraform = |item: &&Item| item.name == "terraform";
    let source = parsed.items.iter().find(terraform)?.block()?;
    // The part before `//` is copied as a whole, so that the module finds its neighbours.
    Some(folder.join(local_source(source)?.replace("//", "/")))
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
        input: at.map(|at| Arc::new(file.location(at))),
        ..known
    }
}
