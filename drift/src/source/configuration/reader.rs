//! Reads the files of a root module and of the modules that it calls: by a local path, or by the copies that `terraform get` made.
//!
//! Nothing outside of a root folder is read, whatever a module or a link names: a pipeline scans configurations of
//! others. Each folder is read once, however many modules call it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use hcl_edit::expr::Expression;

use super::{
    file::{File, Parsed, files, is_json},
    found::{Configuration, RESOURCES},
    installed::{Installed, Wanted},
    json::{self, Form},
    module::{Folder, Module},
    syntax::{self, Item, argument},
};
use crate::report::Problem;

/// Calls of modules that are followed. A module that calls the next twice doubles them with each step.
const MOST_CALLS: usize = 10_000;

/// Said of whatever is not read.
const NOT_USED: &str = ". Its values are not used";
/// Consequences of a file of a module, of a whole module, and of a file of variables that are not read.
const MAY_CHANGE: &str =
    ": it may change any part of the module, so that daemons of the module are compared with their inputs alone.";
const IS_MISSING: &str = ": daemons in it are compared with their inputs alone.";
const GIVES_NO_VALUE: &str = ": a variable is not known unless a file that counts more gives its value.";

/// The reason why something is not read that a module or a link names.
const OUTSIDE: &str = "it is outside of the folder that may be read; `--config-root DIR` names an outer one";

/// The place of a module.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// Folder of the root module.
    root: &'a Path,
    /// Its own.
    own: &'a Path,
    /// Canonical folders from the root module to this one.
    chain: &'a [PathBuf],
}

/// A configuration while it is read.
pub(super) struct Reader {
    pub(super) configuration: Configuration,
    /// Canonical path of the outermost folder that may be read.
    root: PathBuf,
    /// True if files of `OpenTofu` are read.
    reads_tofu: bool,
    /// Parsed files by the canonical path of their folder.
    folders: BTreeMap<PathBuf, Folder>,
    calls: usize,
    /// Copies of modules that come from elsewhere.
    installed: Installed,
    /// Where relative paths begin, for whoever reads the names of files.
    seen_from: PathBuf,
}

impl Reader {
    /// Begins; nothing outside of `root` will be read. The names of files begin with `seen_from`.
    pub(super) fn new(root: &Path, reads_tofu: bool, seen_from: &Path) -> io::Result<Self> {
        Ok(Self {
            configuration: Configuration::default(),
            root: root.canonicalize()?,
            reads_tofu,
            folders: BTreeMap::new(),
            calls: 0,
            installed: Installed::default(),
            seen_from: seen_from.to_path_buf(),
        })
    }

    /// Takes the modules that Terraform's own file names, if there is one.
    pub(super) fn install(&mut self, manifest: &Path) {
        let text = self.text(manifest).ok();
        self.installed = text.and_then(|text| Installed::of(&text)).unwrap_or_default();
    }

    /// The text of a file that is of the folder that may be read.
    pub(super) fn text(&self, path: &Path) -> Result<String, String> {
        self.readable(path)?;
        fs::read_to_string(path).map_err(|error| error.to_string())
    }

    /// Reads the root module.
    pub(super) fn read(&mut self, folder: &Path) -> io::Result<()> {
        if !self.may_read(folder) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, OUTSIDE));
        }
        let files = self.parsed(folder)?;
        if files.files.is_empty() && !self.configuration.is_of_terragrunt {
            return Err(self.nothing_read());
        }
        let module = Module::new(files, None);
        let chain = [folder.canonicalize()?];
        let place = Place {
            root: folder,
            own: folder,
            chain: &chain,
        };
        self.module("", module, place);
        Ok(())
    }

    /// The reason why there is no configuration: a scan that took that for one would compare nothing with it.
    fn nothing_read(&self) -> io::Error {
        let reasons = self.configuration.warnings.iter();
        let reasons: Vec<&str> = reasons
            .filter_map(|warning| warning.detail.split(NOT_USED).next())
            .collect();
        let why = match reasons.as_slice() {
            [] => "it has no file of a configuration (`*.tf`, `*.tofu`, `*.tf.json` or `*.tofu.json`)".to_owned(),
            reasons => format!("none of its files can be read: {}", reasons.join("; ")),
        };
        io::Error::new(io::ErrorKind::InvalidInput, why)
    }

    fn may_read(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| path.starts_with(&self.root))
    }

    fn warn(&mut self, path: &Path, why: &str, consequence: &str) {
        self.configuration.warnings.push(unreadable(path, why, consequence));
        self.configuration.unread += 1;
    }

    /// Says that a file which gives values to variables is not read.
    pub(super) fn warn_of_values(&mut self, path: &Path, why: &str) {
        self.warn(path, why, GIVES_NO_VALUE);
    }

    /// The files of a folder that can be parsed; the others get a warning.
    fn parsed(&mut self, folder: &Path) -> io::Result<Folder> {
        let canonical = folder.canonicalize()?;
        if let Some(parsed) = self.folders.get(&canonical) {
            return Ok(parsed.clone());
        }
        let (mut parsed, mut is_partial) = (Vec::new(), false);
        for path in files(folder, self.reads_tofu)? {
            match self.parse(&path) {
                Ok(file) => parsed.push(file),
                Err(why) => {
                    is_partial = true;
                    self.warn(&path, &why, MAY_CHANGE);
                }
            }
        }
        let parsed = Folder {
            files: Arc::new(parsed),
            is_partial,
        };
        self.folders.insert(canonical, parsed.clone());
        Ok(parsed)
    }

    /// A file that is of the folder that may be read.
    pub(super) fn parse(&self, path: &Path) -> Result<Parsed, String> {
        self.parse_as(path, Form::Configuration)
    }

    /// The same for a file of variables.
    pub(super) fn parse_variables(&self, path: &Path) -> Result<Parsed, String> {
        self.parse_as(path, Form::Variables)
    }

    fn parse_as(&self, path: &Path, form: Form) -> Result<Parsed, String> {
        self.readable(path)?;
        let parsed = parse(path, form)?;
        Ok(Parsed {
            file: parsed.file.seen_from(&self.seen_from),
            items: parsed.items,
        })
    }

    fn readable(&self, path: &Path) -> Result<(), String> {
        let canonical = path.canonicalize().map_err(|error| error.to_string())?;
        if !canonical.starts_with(&self.root) {
            return Err(OUTSIDE.to_owned());
        }
        // Reading a pipe or a device need not end.
        if !canonical.is_file() {
            return Err("it is no regular file".to_owned());
        }
        Ok(())
    }

    fn module(&mut self, prefix: &str, module: Module, place: Place<'_>) {
        let mut called = BTreeSet::new();
        for (file, item) in module.items() {
            if let Some([kind, name]) = item.labels_of("resource").as_deref()
                && RESOURCES.contains(kind)
            {
                self.configuration
                    .settings(&format!("{prefix}{kind}.{name}"), file, item);
            }
            // A file that overrides has the same call once more.
            if let Some([name]) = item.labels_of("module").as_deref()
                && called.insert((*name).to_owned())
                && let Some(call) = module.merged("module", &[name])
            {
                let prefix = format!("{prefix}module.{name}.");
                let inner = match (local_source(&call), source(&call)) {
                    (Some(local), _) => Ok(place.own.join(local)),
                    (None, source) => {
                        let copy = self.installed.folder(&prefix, source, version(&call));
                        copy.map(|folder| place.root.join(folder))
                    }
                };
                match inner {
                    Ok(inner) => self.call(&prefix, &inner, &call, place),
                    Err(why) => {
                        self.configuration.foreign.insert(prefix, why);
                    }
                }
            }
        }
        self.configuration.modules.insert(prefix.to_owned(), module);
    }

    /// Follows the call of a module in a folder.
    fn call(&mut self, prefix: &str, inner: &Path, call: &Arc<Vec<Item>>, place: Place<'_>) {
        let Place { root, chain, .. } = place;
        let canonical = match inner.canonicalize() {
            Ok(canonical) => canonical,
            Err(error) => return self.warn(inner, &error.to_string(), IS_MISSING),
        };
        // Terraform refuses a module that calls itself; here it would never end.
        if chain.contains(&canonical) {
            return;
        }
        self.calls += 1;
        if self.calls > MOST_CALLS {
            let why = format!("modules are called more than {MOST_CALLS} times; the rest was left out");
            return self.warn(chain.first().map_or(inner, PathBuf::as_path), &why, IS_MISSING);
        }
        let read = if canonical.starts_with(&self.root) {
            self.parsed(inner).map_err(|error| error.to_string())
        } else {
            Err(OUTSIDE.to_owned())
        };
        match read {
            Ok(files) => {
                let module = Module::new(files, Some(call.clone()));
                let chain = [chain, &[canonical]].concat();
                let place = Place {
                    root,
                    own: inner,
                    chain: &chain,
                };
                self.module(prefix, module, place);
            }
            Err(why) => self.warn(inner, &why, IS_MISSING),
        }
    }
}

/// Parses a file; the form is that of one in JSON.
pub(super) fn parse(path: &Path, form: Form) -> Result<Parsed, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let items = if is_json(path) {
        json::parse(&text, form)?
    } else {
        // The parser quotes the line.
        let body = hcl_edit::parser::parse_body(&text).map_err(|error| {
            let place = error.location();
            format!("syntax error at line {}, column {}", place.line(), place.column())
        })?;
        syntax::native(body)
    };
    Ok(Parsed {
        file: File::new(path, &text),
        items,
    })
}

/// The source of a module call, if it is a constant.
fn source(call: &[Item]) -> Option<&str> {
    match argument(call, "source")? {
        Expression::String(source) => Some(source.as_str()),
        _ => None,
    }
}

/// The version of a module that a call wants.
fn version(call: &[Item]) -> Wanted<'_> {
    match argument(call, "version") {
        None => Wanted::Any,
        Some(Expression::String(constraint)) => Wanted::Constraint(constraint.as_str()),
        Some(_) => Wanted::Unknown,
    }
}

/// The source of a module call, if it is a local path.
pub(super) fn local_source(call: &[Item]) -> Option<&str> {
    let source = source(call)?;
    (source.starts_with("./") || source.starts_with("../")).then_some(source)
}

fn unreadable(path: &Path, why: &str, consequence: &str) -> Problem {
    Problem {
        input: None,
        summary: "Configuration cannot be read".to_owned(),
        detail: format!("{}: {why}{NOT_USED}{consequence}", path.display()),
    }
}
