//! Where in a configuration each daemon and each of its settings is written, for annotations that stand at the
//! line that somebody can change.
//!
//! Read are the `*.tf` files of a folder and of the modules that it calls by a local path. All instances of a
//! `count` or `for_each` are the one block. Configurations in JSON have no lines that are worth pointing at.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Component, Path, PathBuf},
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

impl Configuration {
    /// Reads a root module. The error is that of the folder itself.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut configuration = Self::default();
        let files = files(folder)?;
        configuration.module("", &files, &[folder.to_path_buf()]);
        Ok(configuration)
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

    fn module(&mut self, prefix: &str, files: &[PathBuf], chain: &[PathBuf]) {
        for path in files {
            let parsed = fs::read_to_string(path).map_err(|error| error.to_string());
            let parsed = parsed.and_then(|text| match hcl_edit::parser::parse_body(&text) {
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
            });
            match parsed {
                Ok((text, body)) => {
                    let file = File::new(path, &text);
                    self.blocks(prefix, &file, &body, chain);
                }
                Err(why) => self.warnings.push(unreadable(path, &why)),
            }
        }
    }

    /// `chain` are the folders from the root module to this one.
    fn blocks(&mut self, prefix: &str, file: &File<'_>, body: &Body, chain: &[PathBuf]) {
        for block in body.blocks() {
            let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
            match (block.ident.as_str(), labels.as_slice()) {
                ("resource", [kind, name]) if RESOURCES.contains(kind) => {
                    self.settings(&format!("{prefix}{kind}.{name}"), file, block);
                }
                ("module", [name]) => {
                    let (Some(source), Some(folder)) = (local_source(block), chain.last()) else {
                        continue;
                    };
                    let inner = folder.join(source);
                    // Terraform refuses a module that calls itself; here it would never end.
                    if chain.iter().any(|outer| is_same(outer, &inner)) {
                        continue;
                    }
                    let prefix = format!("{prefix}module.{name}.");
                    match files(&inner) {
                        Ok(files) => self.module(&prefix, &files, &[chain, &[inner]].concat()),
                        Err(error) => self.warnings.push(unreadable(&inner, &error.to_string())),
                    }
                }
                _ => {}
            }
        }
    }

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

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
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
        let configuration = Configuration::read(folder.path()).unwrap();
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
        let configuration = Configuration::read(folder.path()).unwrap();
        let details: Vec<&str> = configuration
            .warnings
            .iter()
            .map(|problem| problem.detail.as_str())
            .collect();
        assert!(details.iter().any(|detail| detail.contains("broken.tf")), "{details:?}");
        assert!(details.iter().any(|detail| detail.contains("gone")), "{details:?}");
        assert!(place(&configuration, "module.a.ecs_daemon.agent", None).is_some());
        assert!(Configuration::read(&folder.path().join("nowhere")).is_err());
    }
}
