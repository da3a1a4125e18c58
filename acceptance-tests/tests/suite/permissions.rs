//! The page about permissions: what Terraform does, step by step, and the operations that the provider calls for it, as
//! the emulator's journal has them. A call more or less than the page says fails here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use acceptance_tests::{Case, Failure, Outcome, Setup, Targets, fail};

use crate::actions;
use crate::examples::data_sources;
use crate::fixture::{BROKEN, IMAGE_1, IMAGE_2, broken, stack};
use crate::query;

const PAGE: &str = "docs/guides/permissions.md";

/// The step that all others include.
const READ: &str = "`plan` and `refresh`";

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];

fn page() -> Outcome<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PAGE);
    fs::read_to_string(path).map_err(|error| Failure::new(format!("{PAGE}: {error}")))
}

/// Names between backticks that begin with the prefix of a service.
fn named(text: &str) -> BTreeSet<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let actions = quoted.filter_map(|name| name.strip_prefix("ecs:"));
    actions.map(ToOwned::to_owned).collect()
}

/// Rows of the page: what is done, and the actions for it.
fn rows(page: &str) -> BTreeMap<String, BTreeSet<String>> {
    let rows = page.lines().filter_map(|line| {
        let (step, actions) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        Some((step.to_owned(), named(actions)))
    });
    rows.collect()
}

/// Steps with the operations that they called.
#[derive(Default)]
struct Walk {
    called: BTreeMap<String, BTreeSet<String>>,
}

impl Walk {
    fn step(&mut self, case: &mut Case, name: &str, configuration: &str, command: &[&str], code: i32) -> Outcome {
        case.configure_only(configuration)?;
        let done = case.run(command, code)?;
        let operations = done.journal.entries().iter().map(|entry| entry.operation.clone());
        // Whose account it is needs no permission.
        let operations = operations.filter(|operation| operation != "GetCallerIdentity");
        self.called.entry(name.to_owned()).or_default().extend(operations);
        Ok(())
    }
}

fn walk(case: &mut Case) -> Outcome<Walk> {
    let mut walk = Walk::default();
    let made = stack(IMAGE_1, "tags = { team = \"a\" }");
    walk.step(case, "create a task definition and a daemon", &made, &APPLY, 0)?;
    let tagged = stack(IMAGE_1, "tags = { owner = \"b\" }");
    walk.step(case, "change tags only", &tagged, &APPLY, 0)?;
    let next = stack(IMAGE_2, "tags = { owner = \"b\" }");
    walk.step(case, "change a task definition and roll it out", &next, &APPLY, 0)?;
    let kept = stack(IMAGE_2, "tags = { owner = \"b\" }\n  enable_execute_command = true");
    walk.step(case, "change settings of a daemon", &kept, &APPLY, 0)?;
    walk.step(case, READ, &kept, &["plan", "-input=false"], 0)?;
    // A daemon that is as it came to rest is read by its description alone, any other one whole.
    let arn = case.testbed().daemon_arn();
    case.testbed().other_caller().update_leaving_out_the_rest(&arn)?;
    walk.step(case, READ, &kept, &["plan", "-input=false"], 0)?;
    walk.step(case, "change settings of a daemon", &kept, &APPLY, 0)?;
    for example in data_sources(case)? {
        let reading = format!("{kept}{example}");
        walk.step(case, "read data sources", &reading, &APPLY, 0)?;
    }
    case.folder().write("found.tfquery.hcl", &query::lists(case)?)?;
    walk.step(case, "`terraform query`", &kept, &["query"], 0)?;
    fs::remove_file(case.folder().path().join("found.tfquery.hcl"))?;
    let acting = format!("{kept}{}", actions::example(case, "ecs_daemon_wait_for_deployment")?);
    let invoke = "-invoke=action.ecs_daemon_wait_for_deployment.log_agent";
    let command = ["apply", "-auto-approve", "-input=false", invoke];
    walk.step(
        case,
        "the action `ecs_daemon_wait_for_deployment`",
        &acting,
        &command,
        0,
    )?;
    case.testbed().emulator()?.fault(&broken())?;
    let broken = stack(BROKEN, "tags = { owner = \"b\" }\n  enable_execute_command = true");
    walk.step(case, "a rollout that is rolled back", &broken, &APPLY, 1)?;
    let destroy = ["destroy", "-auto-approve", "-input=false"];
    walk.step(case, "destroy both", &kept, &destroy, 0)?;
    Ok(walk)
}

#[test]
fn the_page_names_what_is_called() -> Outcome {
    let targets = Targets::EmulatorOnly("what was called is read from the journal");
    Case::new("permissions", targets, Setup::instances(2)).run(|case| {
        if !case.cli().is_terraform_from(1, 14) {
            return Ok(());
        }
        let called = walk(case)?.called;
        let said = rows(&page()?);
        let read = called.get(READ).cloned().unwrap_or_default();
        let mut missing = String::new();
        for (step, operations) in &called {
            // Each row but the first one has what comes on top.
            let told = operations.iter().filter(|name| step == READ || !read.contains(*name));
            let told: BTreeSet<String> = told.cloned().collect();
            if said.get(step) != Some(&told) {
                let actions: Vec<String> = told.iter().map(|name| format!("`ecs:{name}`")).collect();
                writeln!(missing, "| {step} | {} |", actions.join(", "))
                    .map_err(|error| Failure::new(error.to_string()))?;
            }
        }
        if !missing.is_empty() {
            return fail(format!("{PAGE} has other rows than\n{missing}"));
        }
        case.configure_only("")
    })
}

/// The policies of the page allow what its rows name, and no more.
#[test]
fn the_policies_of_the_page_are_those_of_its_rows() -> Outcome {
    let page = page()?;
    let blocks = page
        .split("```json\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```"));
    let mut allowed = BTreeSet::new();
    for (block, _) in blocks {
        let policy: serde_json::Value = serde_json::from_str(block)?;
        for statement in policy["Statement"].as_array().into_iter().flatten() {
            let actions = statement["Action"].as_array().into_iter().flatten();
            allowed.extend(actions.filter_map(|action| action.as_str()?.strip_prefix("ecs:").map(ToOwned::to_owned)));
        }
    }
    let named: BTreeSet<String> = rows(&page).into_values().flatten().collect();
    assert!(!named.is_empty(), "{PAGE} has no rows");
    assert_eq!(allowed, named, "{PAGE}");
    Ok(())
}
