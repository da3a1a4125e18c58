//! Providers of somebody else, written with tfplug, on real clients: its examples `gate` (an ephemeral resource and a
//! write-only argument, which the provider of ECS has none of) and `shelf` (all else).

use std::{fs, path::Path};

use acceptance_tests::{Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, stack};

const STAND_IN: &str = env!("CARGO_BIN_EXE_stand-in");

/// Installs the example of a name, and writes the configuration that asks for it.
fn ask_for(case: &mut Case, name: &str, configuration: &str) -> Outcome {
    case.install(&format!("acme/{name}"), "0.1.0", Path::new(STAND_IN))?;
    let required = format!(
        "terraform {{\n  required_providers {{\n    {name} = {{\n      source  = \"acme/{name}\"\n      version = \"0.1.0\"\n    }}\n  \
         }}\n}}\n"
    );
    case.folder().write("other_override.tf", &required)?;
    case.folder().write("other.tf", configuration)?;
    fs::create_dir(case.folder().path().join(name))?;
    case.run(&["init", "-input=false"], 0)?;
    Ok(())
}

/// Leaves the configuration as it was before.
fn forget(case: &mut Case, provider: &str) -> Outcome {
    case.folder().write("other.tf", provider)?;
    case.run(&["apply", "-input=false", "-auto-approve"], 0)?;
    for file in ["other_override.tf", "other.tf"] {
        fs::remove_file(case.folder().path().join(file))?;
    }
    Ok(())
}

const GATE: &str = r#"
provider "gate" {
  folder = "${path.module}/gate"
}
"#;

/// The door is made after the pass had to be renewed.
const DOOR: &str = r#"
ephemeral "gate_pass" "ann" {
  holder    = "Ann"
  valid_for = 1
}

resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "sleep 3"
  }
}

resource "gate_door" "north" {
  depends_on = [terraform_data.slow]
  name       = "north"
  code       = ephemeral.gate_pass.ann.code
}
"#;

#[test]
fn a_pass_lives_for_a_run_and_stands_in_no_state() -> Outcome {
    let targets = Targets::EmulatorOnly("it is about tfplug");
    Case::new("tfplug-gate", targets, Setup::instances(1)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        ask_for(case, "gate", &format!("{GATE}{DOOR}"))?;
        let gate = case.folder().path().join("gate");
        let log = || fs::read_to_string(gate.join("log"));

        case.run(&["apply", "-input=false", "-auto-approve"], 0)?;
        let applied = log()?;
        // The plan has a pass of its own.
        let last = applied.rsplit("pass of Ann opened\n").next().unwrap_or_default();
        assert!(
            applied.starts_with("pass of Ann opened\npass of Ann closed\n"),
            "{applied}"
        );
        assert!(last.starts_with("pass of Ann renewed\n"), "{applied}");
        assert!(last.contains("door north opened by Ann\n"), "{applied}");
        assert!(last.ends_with("pass of Ann closed\n"), "{applied}");
        assert_eq!(fs::read_dir(&gate)?.count(), 1, "a pass was left: {applied}");
        let state = case.state_of("gate_door.north")?;
        assert!(state["code"].is_null() && state["name"] == "north", "{state}");

        case.run(&["plan", "-input=false", "-detailed-exitcode"], 0)?;
        assert_eq!(log()?.matches("opened\n").count(), 3);
        assert_eq!(log()?.matches("closed\n").count(), 3);

        forget(case, GATE)?;
        assert!(log()?.ends_with("door north closed\n"), "{}", log()?);
        Ok(())
    })
}

const SHELF: &str = r#"
provider "shelf" {
  folder = "${path.module}/shelf"
}
"#;

const BOOK: &str = r#"
resource "shelf_book" "a" {
  title = "a"
  text  = "one\ntwo"
}

data "shelf_titles" "all" {
  depends_on = [shelf_book.a]
}

output "titles" {
  value = "${provider::shelf::first_line(shelf_book.a.text)}: ${join(", ", data.shelf_titles.all.titles)}"
}
"#;

const COPY: &str = r#"
action "shelf_copy" "b" {
  config {
    from = shelf_book.a.title
    to   = "b"
  }
}
"#;

const LIST: &str = r#"
list "shelf_book" "all" {
  provider = shelf
}
"#;

#[test]
fn each_ability_of_a_provider_is_served() -> Outcome {
    let targets = Targets::EmulatorOnly("it is about tfplug");
    Case::new("tfplug-shelf", targets, Setup::instances(1)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        let has_actions = case.cli().is_terraform_from(1, 14);
        let copy = if has_actions { COPY } else { "" };
        ask_for(case, "shelf", &format!("{SHELF}{BOOK}{copy}"))?;
        case.run(&["apply", "-input=false", "-auto-approve"], 0)?
            .expect_text("titles = \"one: a\"")?;
        case.run(&["plan", "-input=false", "-detailed-exitcode"], 0)?;
        if has_actions {
            let invoke = "-invoke=action.shelf_copy.b";
            case.run(&["apply", "-input=false", "-auto-approve", invoke], 0)?
                .expect_text("line 2: two")?;
            let copied = fs::read_to_string(case.folder().path().join("shelf/b.book"))?;
            assert_eq!(copied, "one\ntwo");
            case.folder().write("all.tfquery.hcl", LIST)?;
            case.run(&["query"], 0)?
                .expect_text("title=a")?
                .expect_text("title=b")?;
            fs::remove_file(case.folder().path().join("all.tfquery.hcl"))?;
        }
        forget(case, SHELF)?;
        assert!(!case.folder().path().join("shelf/a.book").exists());
        Ok(())
    })
}
