//! Where in a configuration each daemon and each of its settings is written, for annotations that stand at the
//! line that somebody can change.
//!
//! Read are the `*.tf` files of a folder and of the modules that it calls by a local path. All instances of a
//! `count` or `for_each` are the one block. Configurations in JSON have no lines that are worth pointing at.
//!
//! Nothing outside of a root folder is read, whatever a module or a link names: a pipeline scans configurations of
//! others. Each folder is read once, however many modules call it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Component, Path, PathBuf},
    rc::Rc,
};

use hcl_edit::{
    Span,
    expr::Expression,
    structure::{Block, Body},
};

use crate::report::{Finding, Location, Problem};

/// Resources that are daemons.
const RESOURCES: [&str; 2] = ["ecs_daemon", "aws_ecs_daemon"];

/// Places by the address without keys: of a resource, or of a setting of one.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    places: BTreeMap<String, Location>,
    /// Files that could not be read; their daemons have no place.
    pub warnings: Vec<Problem>,
}

/// Calls of modules that are followed. A module that calls the next twice doubles them with each step.
const MOST_CALLS: usize = 10_000;

/// A file of a module, parsed.
struct Parsed {
    path: PathBuf,
    text: String,
    body: Body,
}

/// What is needed while a configuration is read.
struct Reader {
    configuration: Configuration,
    /// Canonical path of the outermost folder that may be read.
    root: PathBuf,
    /// Parsed files by the canonical path of their folder.
    folders: BTreeMap<PathBuf, Rc<Vec<Parsed>>>,
    calls: usize,
}

impl Configuration {
    /// Reads a root module. Nothing outside of `root` is read; without one, nothing outside of the module's own folder.
    /// The error is that of the folder itself.
    pub fn read(folder: &Path, root: Option<&Path>) -> io::Result<Self> {
        let root = root.unwrap_or(folder).canonicalize()?;
        let mut reader = Reader {
            configuration: Self::default(),
            root,
            folders: BTreeMap::new(),
            calls: 0,
        };
        if !reader.may_read(folder) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is outside of `--config-root`",
            ));
        }
        let files = reader.parsed(folder)?;
        let chain = [folder.canonicalize()?];
        reader.module("", &files, folder, &chain);
        let warnings: BTreeSet<Problem> = reader.configuration.warnings.drain(..).collect();
        reader.configuration.warnings.extend(warnings);
        Ok(reader.configuration)
    }

    /// Gives each finding of a resource its place: that of the setting, of the block around it, or of the resource.
    pub fn locate(&self, findings: &mut [Finding]) {
        for finding in findings {
            let Some(source) = &finding.source else { continue };
            let mut address = without_keys(&source.address);
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
}

impl Reader {
    fn may_read(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| path.starts_with(&self.root))
    }

    /// The files of a folder that can be parsed; the others get a warning.
    fn parsed(&mut self, folder: &Path) -> io::Result<Rc<Vec<Parsed>>> {
        let canonical = folder.canonicalize()?;
        if let Some(parsed) = self.folders.get(&canonical) {
            return Ok(parsed.clone());
        }
        let mut parsed = Vec::new();
        for path in files(folder)? {
            match self.parse(&path) {
                Ok((text, body)) => parsed.push(Parsed { path, text, body }),
                Err(why) => self.configuration.warnings.push(unreadable(&path, &why)),
            }
        }
        let parsed = Rc::new(parsed);
        self.folders.insert(canonical, parsed.clone());
        Ok(parsed)
    }

    fn parse(&self, path: &Path) -> Result<(String, Body), String> {
        if !self.may_read(path) {
            return Err(OUTSIDE.to_owned());
        }
        let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
        match hcl_edit::parser::parse_body(&text) {
            Ok(body) => Ok((text, body)),
            // The parser quotes the line.
            Err(error) => {
                let place = error.location();
                Err(format!(
                    "syntax error at line {}, column {}",
                    place.line(),
                    place.column()
                ))
            }
        }
    }

    /// `chain` are the canonical folders from the root module to this one, which was called `folder`.
    fn module(&mut self, prefix: &str, files: &[Parsed], folder: &Path, chain: &[PathBuf]) {
        for Parsed { path, text, body } in files {
            let file = File::new(path, text);
            self.blocks(prefix, &file, body, (folder, chain));
        }
    }

    fn blocks(&mut self, prefix: &str, file: &File<'_>, body: &Body, (folder, chain): (&Path, &[PathBuf])) {
        for block in body.blocks() {
            let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
            match (block.ident.as_str(), labels.as_slice()) {
                ("resource", [kind, name]) if RESOURCES.contains(kind) => {
                    self.configuration
                        .settings(&format!("{prefix}{kind}.{name}"), file, block);
                }
                ("module", [name]) => {
                    if let Some(source) = local_source(block) {
                        self.call(&format!("{prefix}module.{name}."), &folder.join(source), chain);
                    }
                }
                _ => {}
            }
        }
    }

    /// Follows the call of a module in a folder.
    fn call(&mut self, prefix: &str, inner: &Path, chain: &[PathBuf]) {
        let canonical = match inner.canonicalize() {
            Ok(canonical) => canonical,
            Err(error) => {
                self.configuration.warnings.push(unreadable(inner, &error.to_string()));
                return;
            }
        };
        // Terraform refuses a module that calls itself; here it would never end.
        if chain.contains(&canonical) {
            return;
        }
        self.calls += 1;
        if self.calls > MOST_CALLS {
            let why = format!("modules are called more than {MOST_CALLS} times; the rest was left out");
            let problem = unreadable(chain.first().map_or(inner, PathBuf::as_path), &why);
            self.configuration.warnings.push(problem);
            return;
        }
        let read = if canonical.starts_with(&self.root) {
            self.parsed(inner).map_err(|error| error.to_string())
        } else {
            Err(OUTSIDE.to_owned())
        };
        match read {
            Ok(files) => self.module(prefix, &files, inner, &[chain, &[canonical]].concat()),
            Err(why) => self.configuration.warnings.push(unreadable(inner, &why)),
        }
    }
}

/// Why something was not read that a module or a link names.
const OUTSIDE: &str = "it is outside of the folder that may be read; `--config-root DIR` names an outer one";

impl Configuration {
    /// The block itself, its attributes and the blocks in it.
    fn settings(&mut self, address: &str, file: &File<'_>, block: &Block) {
        self.place(address, file, block.span());
        for attribute in block.body.attributes() {
            let address = format!("{address}.{}", attribute.key.as_str());
            self.place(&address, file, attribute.span());
        }
        for inner in block.body.blocks() {
            // A dynamic block is named by its label.
            let name = match (inner.ident.as_str(), inner.labels.first()) {
                ("dynamic", Some(label)) => label.as_str(),
                (name, _) => name,
            };
            let address = format!("{address}.{name}");
            let content = inner.body.blocks().find(|content| content.ident.as_str() == "content");
            let is_dynamic = inner.ident.as_str() == "dynamic";
            match content.filter(|_| is_dynamic) {
                Some(content) => {
                    self.settings(&address, file, content);
                    self.place(&address, file, inner.span());
                }
                None => self.settings(&address, file, inner),
            }
        }
    }

    fn place(&mut self, address: &str, file: &File<'_>, span: Option<std::ops::Range<usize>>) {
        if let Some(span) = span {
            self.places.insert(address.to_owned(), file.location(span.start));
        }
    }
}

/// A file with the offsets at which its lines begin.
struct File<'a> {
    name: String,
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> File<'a> {
    fn new(path: &Path, text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let mut steps: Vec<String> = Vec::new();
        for step in path.components() {
            match step {
                Component::CurDir => {}
                Component::ParentDir if steps.last().is_some_and(|last| last != "..") => {
                    steps.pop();
                }
                step => steps.push(step.as_os_str().to_string_lossy().into_owned()),
            }
        }
        Self {
            // The first component of an absolute path is the separator itself.
            name: steps.join("/").replacen("//", "/", 1),
            text,
            lines: std::iter::once(0).chain(breaks).collect(),
        }
    }

    fn location(&self, offset: usize) -> Location {
        let line = self.lines.partition_point(|begin| *begin <= offset);
        let begin = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(begin..offset).map(|before| before.chars().count() + 1);
        Location {
            file: self.name.clone(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: column.and_then(|column| u32::try_from(column).ok()),
        }
    }
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tf") && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The source of a module call, if it is a local path.
fn local_source(block: &Block) -> Option<&str> {
    let Expression::String(source) = &block.body.get_attribute("source")?.value else {
        return None;
    };
    let source = source.as_str();
    (source.starts_with("./") || source.starts_with("../")).then_some(source)
}

fn unreadable(path: &Path, why: &str) -> Problem {
    Problem {
        input: None,
        summary: "Configuration cannot be read".to_owned(),
        detail: format!(
            "{}: {why}. Findings about it point to their inputs instead.",
            path.display()
        ),
    }
}

/// An address without the keys of instances: a key may hold dots and brackets in quotes.
fn without_keys(address: &str) -> String {
    let mut plain = String::new();
    let (mut in_key, mut in_quotes, mut is_escaped) = (false, false, false);
    for character in address.chars() {
        match character {
            '"' if in_key && !is_escaped => in_quotes = !in_quotes,
            '[' if !in_quotes => in_key = true,
            ']' if in_key && !in_quotes => {
                in_key = false;
                continue;
            }
            _ => {}
        }
        is_escaped = character == '\\' && !is_escaped;
        if !in_key {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, SourceRef, golden};

    const ROOT: &str = r#"# Daemons
module "a" {
  source   = "./agents"
  for_each = toset(["x.y"])
}

module "far" { source = "registry/x/y" }

resource "ecs_daemon" "solo" {
  name     = "sölo"
  /* ü */ critical = false

  deployment_configuration {
    drain_percent = 10
    dynamic "alarms" {
      for_each = [1]
      content {
        enable = true
      }
    }
  }
}
"#;
    const INNER: &str = "resource \"ecs_daemon\" \"agent\" {\n  count = 2\n  propagate_tags = \"DAEMON\"\n}\n";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("agents")).unwrap();
        fs::write(folder.path().join("main.tf"), ROOT).unwrap();
        fs::write(folder.path().join("agents/daemon.tf"), INNER).unwrap();
        folder
    }

    fn place(configuration: &Configuration, address: &str, setting: Option<&str>) -> Option<(String, u32, u32)> {
        let mut finding = golden::finding(Cause::ChangedOutside);
        finding.location = None;
        finding.setting = setting.map(str::to_owned);
        finding.source = Some(SourceRef {
            input: "state".to_owned(),
            address: address.to_owned(),
            resource_type: "ecs_daemon".to_owned(),
        });
        configuration.locate(std::slice::from_mut(&mut finding));
        let location = finding.location?;
        let name = location.file.rsplit('/').next().unwrap_or_default().to_owned();
        Some((name, location.line, location.column?))
    }

    #[test]
    fn a_setting_has_its_line_and_a_missing_one_that_of_what_is_around_it() {
        let folder = folder();
        let configuration = Configuration::read(folder.path(), None).unwrap();
        let check = |address: &str, setting: Option<&str>, file: &str, line: u32, column: u32| {
            let expected = Some((file.to_owned(), line, column));
            assert_eq!(
                place(&configuration, address, setting),
                expected,
                "{address} {setting:?}"
            );
        };
        let solo = "ecs_daemon.solo";
        check(solo, None, "main.tf", 9, 1);
        check(solo, Some("critical"), "main.tf", 11, 11);
        check(solo, Some("propagate_tags"), "main.tf", 9, 1);
        check(solo, Some("deployment_configuration.drain_percent"), "main.tf", 14, 5);
        check(
            solo,
            Some("deployment_configuration.bake_time_in_minutes"),
            "main.tf",
            13,
            3,
        );
        check(solo, Some("deployment_configuration.alarms.enable"), "main.tf", 18, 9);
        check(
            solo,
            Some("deployment_configuration.alarms.alarm_names"),
            "main.tf",
            15,
            5,
        );
        let inner = "module.a[\"x.y\"].ecs_daemon.agent[1]";
        check(inner, Some("propagate_tags"), "daemon.tf", 3, 3);
        check(inner, Some("critical"), "daemon.tf", 1, 1);
        assert_eq!(place(&configuration, "ecs_daemon.other", None), None);
        assert_eq!(configuration.warnings, []);
    }

    #[test]
    fn files_are_named_as_seen_from_where_the_program_runs() {
        let check = |path: &str, expected: &str| assert_eq!(File::new(Path::new(path), "").name, expected);
        check("./infra/main.tf", "infra/main.tf");
        check("infra/../modules/./a/main.tf", "modules/a/main.tf");
        check("../modules/main.tf", "../modules/main.tf");
        check("../../main.tf", "../../main.tf");
        check("/srv/main.tf", "/srv/main.tf");
    }

    #[test]
    fn what_cannot_be_read_is_said_and_hides_nothing_else() {
        let folder = folder();
        fs::write(folder.path().join("agents/broken.tf"), "resource {{\n").unwrap();
        fs::write(
            folder.path().join("gone.tf"),
            "module \"gone\" { source = \"./gone\" }\n",
        )
        .unwrap();
        fs::write(folder.path().join("self.tf"), "module \"self\" { source = \"./\" }\n").unwrap();
        let configuration = Configuration::read(folder.path(), None).unwrap();
        let details: Vec<&str> = configuration
            .warnings
            .iter()
            .map(|problem| problem.detail.as_str())
            .collect();
        assert!(details.iter().any(|detail| detail.contains("broken.tf")), "{details:?}");
        assert!(details.iter().any(|detail| detail.contains("gone")), "{details:?}");
        assert!(place(&configuration, "module.a.ecs_daemon.agent", None).is_some());
        assert!(Configuration::read(&folder.path().join("nowhere"), None).is_err());
    }

    #[test]
    fn nothing_outside_of_the_root_is_read_and_nothing_is_quoted() {
        const CANARY: &str = "canary-7f3a";
        let outside = tempfile::tempdir().unwrap();
        let root = outside.path().join("root");
        fs::create_dir_all(root.join("inside/deeper")).unwrap();
        fs::create_dir(outside.path().join("other")).unwrap();
        let agent = |name: &str| format!("resource \"ecs_daemon\" \"{name}\" {{\n}}\n");
        fs::write(outside.path().join("other/main.tf"), agent("far")).unwrap();
        fs::write(root.join("inside/main.tf"), agent("near")).unwrap();
        fs::write(outside.path().join("key"), CANARY).unwrap();
        fs::write(root.join("broken.tf"), format!("password = \"{CANARY}\n")).unwrap();
        let main =
            "module \"far\" {\n  source = \"../other\"\n}\nmodule \"near\" {\n  source = \"./inside/deeper/..\"\n}\n";
        fs::write(root.join("main.tf"), main).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outside.path().join("key"), root.join("key.tf")).unwrap();
        let read = |config_root: Option<&Path>| {
            let configuration = Configuration::read(&root, config_root).unwrap();
            assert!(!format!("{configuration:?}").contains(CANARY), "{configuration:?}");
            let found = |address| place(&configuration, address, None).is_some();
            (
                found("module.near.ecs_daemon.near"),
                found("module.far.ecs_daemon.far"),
                configuration.warnings.len(),
            )
        };
        assert_eq!(read(None), (true, false, if cfg!(unix) { 3 } else { 2 }));
        let (near, far, _) = read(Some(outside.path()));
        assert!(near && far);
        assert!(Configuration::read(outside.path(), Some(&root)).is_err());
    }

    #[test]
    fn modules_that_call_the_next_twice_end() {
        let folder = tempfile::tempdir().unwrap();
        for step in 0..40 {
            let module = folder.path().join(format!("m{step}"));
            fs::create_dir(&module).unwrap();
            let next = format!("source = \"../m{}\"", step + 1);
            let calls = ["a", "b"].map(|name| format!("module \"{name}\" {{\n  {next}\n}}\n"));
            fs::write(module.join("main.tf"), calls.concat()).unwrap();
        }
        fs::write(
            folder.path().join("main.tf"),
            "module \"m\" {\n  source = \"./m0\"\n}\n",
        )
        .unwrap();
        let configuration = Configuration::read(folder.path(), None).unwrap();
        let told: Vec<&String> = configuration.warnings.iter().map(|problem| &problem.detail).collect();
        assert!(
            told.iter().any(|detail| detail.contains("more than 10000 times")),
            "{told:?}"
        );
    }
}
