//! The guide to testing modules, as a reader follows it: its files are those of the example module, and its commands run
//! with the real Terraform and an emulator of their own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use acceptance_tests::{Case, Failure, Finished, Outcome, Setup, Targets, binary, fail};

use crate::fixture::copy_folder;

const GUIDE: &str = "docs/guides/testing-modules.md";
const MODULE: &str = "examples/modules/daemon";
const TARGETS: Targets = Targets::EmulatorOnly("the commands start emulators of their own");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> Outcome<String> {
    fs::read_to_string(root().join(path)).map_err(|error| Failure::new(format!("{path}: {error}")))
}

/// Blocks of the guide with the language after the fence.
fn blocks(guide: &str) -> impl Iterator<Item = (&str, &str)> {
    let fenced = guide.split("\n```").enumerate().filter(|(index, _)| index % 2 == 1);
    fenced.filter_map(|(_, block)| block.split_once('\n'))
}

/// The commands that the guide shows, in their order.
fn commands(guide: &str) -> Vec<&str> {
    let consoles = blocks(guide).filter(|(language, _)| *language == "console");
    consoles
        .flat_map(|(_, text)| text.lines())
        .filter_map(|line| line.strip_prefix("$ "))
        .collect()
}

/// How often a call was tried again depends on the time that Terraform took.
fn without_counts(account: &str) -> String {
    let lines = account.lines().map(|line| match line.rsplit_once(" (") {
        Some((refusal, count)) if count.ends_with(" times)") => refusal,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The module in a folder of its own, and the programs of the guide on a path of their own.
struct Reader<'c> {
    case: &'c Case,
    module: PathBuf,
    path: String,
}

impl<'c> Reader<'c> {
    fn new(case: &'c Case) -> Outcome<Self> {
        let module = case.folder().path().join("module");
        copy_folder(&root().join(MODULE), &module)?;
        let programs = case.folder().path().join(".programs");
        fs::create_dir_all(&programs)?;
        symlink(case.cli().path(), programs.join("terraform"))?;
        symlink(binary("ecs-emulator")?, programs.join("ecs-emulator"))?;
        let path = format!("{}:/usr/bin:/bin", programs.display());
        Ok(Self { case, module, path })
    }

    fn run(&self, command: &str) -> Outcome<Finished> {
        let folder = self.case.folder();
        let mut shell = folder.command(Path::new("/bin/sh"));
        shell
            .args(["-c", command])
            .current_dir(&self.module)
            .env("PATH", &self.path);
        folder.finish(folder.start_other(&mut shell)?)
    }
}

#[test]
fn the_files_of_the_guide_are_those_of_the_module() -> Outcome {
    let guide = read(GUIDE)?;
    let mut shown = 0;
    for (language, text) in blocks(&guide).filter(|(language, _)| ["terraform", "toml"].contains(language)) {
        let named = text.strip_prefix("# ").and_then(|text| text.split_once('\n'));
        let (name, content) = named.ok_or_else(|| Failure::new(format!("a block of {language} names no file")))?;
        let there = read(&format!("{MODULE}/{name}"))?;
        if there.trim_end() != content {
            return fail(format!("{GUIDE} shows another {name}"));
        }
        shown += 1;
    }
    assert_eq!(shown, 5, "fleet, control call and three tests");
    Ok(())
}

#[test]
fn the_commands_of_the_guide_pass() -> Outcome {
    Case::new("module-guide", TARGETS, Setup::instances(0)).run(|case| {
        let guide = read(GUIDE)?;
        let reader = Reader::new(case)?;
        let commands = commands(&guide);
        let [init, test] = commands.as_slice() else {
            return fail(format!("expected an init and a test: {commands:?}"));
        };
        reader.run(init)?.expect_code(0)?;
        let tested = reader.run(test)?.expect_code(0)?;
        let passed = "Success! 20 passed, 0 failed.";
        if !tested.stdout.contains(passed) {
            return Err(tested.failure(passed));
        }
        assert!(
            tested
                .stderr
                .contains("not passed on to the command: AWS_ACCESS_KEY_ID"),
            "{}",
            tested.stderr
        );
        // What fails is accounted for, as the guide shows.
        let file = reader.module.join("tests/emulator/breaker.tftest.hcl");
        fs::write(
            &file,
            fs::read_to_string(&file)?.replace("cluster/production", "cluster/staging"),
        )?;
        let only = format!("{test} -filter=tests/emulator/breaker.tftest.hcl");
        let failed = reader.run(&only)?.expect_code(1)?;
        let account = failed
            .stderr
            .split_once("ecs-emulator: `terraform")
            .map(|(_, account)| account);
        let account = account.ok_or_else(|| failed.failure("expected an account"))?;
        let account = without_counts(&format!("ecs-emulator: `terraform{account}"));
        let quoted = blocks(&guide)
            .find(|(language, _)| *language == "text")
            .map(|(_, text)| without_counts(text));
        if quoted.as_deref() != Some(account.trim_end()) {
            return fail(format!("{GUIDE} shows another account than\n{account}"));
        }
        case.configure_only("")
    })
}
