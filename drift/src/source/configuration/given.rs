//! Values that are given to the variables of a root module, in Terraform's order: environment and Terragrunt's inputs,
//! `terraform.tfvars`, `*.auto.tfvars`, then the files of `--var-file`.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde_json::Value;

use super::{
    file::Parsed,
    json::Form,
    known::{Unknown, Values},
    reader::{Reader, parse},
    syntax::Content,
    terragrunt,
    value::{Known, NoNames, constant, evaluate},
};

/// A file that may give a variable its value was not read.
const UNREAD: Unknown = Unknown("a file of variables that may give its value was not read");

/// Settings of a reading, beside the folder of the root module.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Outermost folder that may be read; the module's own unless given.
    pub root: Option<PathBuf>,
    /// Files of variables, in their order.
    pub var_files: Vec<PathBuf>,
    /// Variables of the environment, without `TF_VAR_` before their names.
    pub environment: BTreeMap<String, String>,
    /// Workspace of `TF_WORKSPACE`.
    pub workspace: Option<String>,
    /// Folder of `TF_DATA_DIR`, in which Terraform keeps modules and the name of the workspace; `.terraform` unless given.
    pub data_folder: Option<PathBuf>,
    /// Leaves files of `OpenTofu` out.
    pub is_terraform: bool,
    /// The folder in which the program runs, as seen from the root of the repository: places are named from there.
    pub seen_from: PathBuf,
}

impl Given {
    /// The folder in which Terraform keeps what belongs to a root module.
    pub(super) fn data(&self, folder: &Path) -> PathBuf {
        folder.join(self.data_folder.as_deref().unwrap_or(Path::new(".terraform")))
    }
}

/// The folder of the module, which Terragrunt may take from elsewhere, and the values for its variables. The error is
/// that of a file that was named.
pub(super) fn read(reader: &mut Reader, folder: &Path, given: &Given) -> io::Result<(PathBuf, Values)> {
    let mut values = Values::new();
    for (name, text) in &given.environment {
        values.insert(name.clone(), Ok(of_environment(name, text)));
    }
    let module = terragrunt::read(reader, folder, &mut values);
    let module = module.unwrap_or_else(|| folder.to_path_buf());
    let mut files = variable_files(&module)?;
    if module != folder {
        // Terragrunt runs the module in a folder with the files of its own beside it.
        files.extend(variable_files(folder)?);
    }
    for path in files {
        match reader.parse_variables(&path) {
            Ok(parsed) => take(&parsed, &mut values),
            Err(why) => {
                reader.warn_of_values(&path, &why);
                // It counts more than what was given before, and it may set any variable.
                for value in values.values_mut() {
                    *value = Err(UNREAD);
                }
                reader.configuration.others = Some(UNREAD);
            }
        }
    }
    for path in &given.var_files {
        let parsed = parse(path, Form::Variables);
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

/// True for a file, also for a link that leads nowhere: what it would say is not known.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok() && !path.is_dir()
}

/// The files of variables that Terraform reads by itself.
fn variable_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for name in ["terraform.tfvars", "terraform.tfvars.json"] {
        let path = folder.join(name);
        files.extend(is_there(&path).then_some(path));
    }
    let mut automatic = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let is_automatic = name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json");
        if is_automatic && !name.starts_with('.') && is_there(&path) {
            automatic.push(path);
        }
    }
    automatic.sort();
    files.extend(automatic);
    Ok(files)
}

fn take(parsed: &Parsed, values: &mut Values) {
    for item in &parsed.items {
        let value = match &item.content {
            Content::Value(value) => constant(value),
            // Terraform takes no block there.
            Content::Block(_) => Err(Unknown::NOT_CONSTANT),
        };
        let origin: Arc<str> = format!("`{}`", parsed.file.name).into();
        let value = value.map(|known| Known {
            origin: Some(origin),
            holes: known.holes.all_for(Unknown::NOT_CONSTANT),
            ..known
        });
        values.insert(item.name.clone(), value.map_err(|_| Unknown::NOT_CONSTANT));
    }
}
