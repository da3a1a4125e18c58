//! What stands beside the programs in the archives of a release: somebody who has nothing else gets from there to a first
//! apply, and reads of nothing that the program beside it does not have.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance_tests::registry::{archive, package};
use acceptance_tests::{Failure, Outcome, packages, platform};

/// An archive that was unpacked.
pub(crate) struct Unpacked(tempfile::TempDir);

impl Unpacked {
    pub(crate) fn of(name: &str) -> Outcome<Self> {
        package(name)?;
        let folder = tempfile::tempdir()?;
        let file = packages().join(name);
        let mut command = if file.extension().is_some_and(|extension| extension == "zip") {
            let mut command = Command::new("python3");
            command.args(["-m", "zipfile", "-e"]).arg(&file).arg(folder.path());
            command
        } else {
            let mut command = Command::new("tar");
            command.arg("-xzf").arg(&file).arg("-C").arg(folder.path());
            command
        };
        if !command.status()?.success() {
            return Err(Failure::new(format!("{name} cannot be unpacked")));
        }
        Ok(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn text(&self, name: &str) -> Outcome<String> {
        let read = fs::read_to_string(self.path().join(name));
        read.map_err(|error| Failure::new(format!("{name}: {error}")))
    }

    /// All files below a folder of it.
    fn files(&self) -> Outcome<Vec<PathBuf>> {
        let (mut folders, mut files) = (vec![self.path().to_owned()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() { &mut folders } else { &mut files }.push(path);
            }
        }
        files.sort();
        Ok(files)
    }
}

fn commands(name: &str) -> Outcome<Unpacked> {
    Unpacked::of(&format!("{name}_{}_{}.tar.gz", env!("CARGO_PKG_VERSION"), platform()))
}

/// The targets of links to files.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    targets
        .map(|(target, _)| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains(':') && !target.contains(char::is_whitespace))
}

#[test]
fn links_lead_to_files_of_the_archive() -> Outcome {
    for unpacked in [
        Unpacked::of(&archive())?,
        commands("ecs-emulator")?,
        commands("ecs-drift")?,
    ] {
        assert!(unpacked.path().join("LICENSE").is_file());
        assert!(
            !unpacked.text("README.md")?.contains('@'),
            "a part of README.md is not filled in"
        );
        let documents = unpacked.files()?;
        for document in documents
            .iter()
            .filter(|file| file.extension().is_some_and(|end| end == "md"))
        {
            let text = fs::read_to_string(document)?;
            for target in links(&text) {
                let there = document.parent().is_some_and(|folder| folder.join(target).exists());
                assert!(there, "{}: {target}", document.display());
            }
        }
    }
    Ok(())
}

#[test]
fn the_provider_has_the_first_configuration_beside_it() -> Outcome {
    let unpacked = Unpacked::of(&archive())?;
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md"))?;
    let configuration = unpacked.text("main.tf")?;
    assert!(
        readme.contains(&format!("```terraform\n{configuration}```\n")),
        "{configuration}"
    );
    assert!(configuration.contains("resource \"ecs_daemon\""));
    Ok(())
}

/// The fleet is a scenario of the very program, and has the places that the first configuration names.
#[test]
fn the_emulator_starts_with_the_fleet_beside_it() -> Outcome {
    let unpacked = commands("ecs-emulator")?;
    let shown = Command::new(unpacked.path().join("ecs-emulator"))
        .args(["scenario", "show"])
        .arg(unpacked.path().join("fleet.toml"))
        .output()?;
    let said = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.status.success(), "{shown:?}");
    for place in ["us-east-1", "123456789012", "production", "managed"] {
        assert!(said.contains(place), "{place} is not in {said}");
    }
    Ok(())
}

/// Names of the commands in the help of a program.
fn subcommands(program: &Path) -> Outcome<BTreeSet<String>> {
    let help = Command::new(program).arg("--help").output()?;
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let (_, listed) = help.split_once("Commands:\n").unwrap_or_default();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    Ok(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// Commands of a program that a document calls in code.
fn called(text: &str, name: &str) -> BTreeSet<String> {
    let marks = ["`", "$ ", "./", "| ", "&& "].map(|mark| format!("{mark}{name} "));
    let calls = marks.iter().flat_map(|mark| text.split(mark.as_str()).skip(1));
    let words = calls.filter_map(|rest| {
        let word: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
        let is_whole = rest[word.len()..].starts_with([' ', '`', '\n']);
        (is_whole && !word.is_empty()).then_some(word)
    });
    words.collect()
}

#[test]
fn the_documents_are_those_of_the_program() -> Outcome {
    for name in ["ecs-drift", "ecs-emulator"] {
        let unpacked = commands(name)?;
        let text = unpacked.text(&format!("docs/{name}.md"))?;
        let mut found = subcommands(&unpacked.path().join(name))?;
        assert!(found.remove("help") && found.len() > 3, "{found:?}");
        assert_eq!(called(&text, name), found, "docs/{name}.md and `{name} --help`");
    }
    Ok(())
}
