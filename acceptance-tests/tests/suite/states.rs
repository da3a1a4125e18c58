//! States that this version did not write, and configurations that Terraform writes itself.

use std::fs;

use acceptance_tests::{Case, Failure, Outcome, Setup, Targets};
use serde_json::Value;

use crate::fixture::{EVERYTHING, IMAGE_1, stack};

const TARGETS: Targets = Targets::EmulatorOnly("the journal is read");

/// Changes the attributes of every instance of a type in the state file.
fn rewrite(case: &Case, resource: &str, change: impl Fn(&mut Value)) -> Outcome {
    let path = case.folder().path().join("terraform.tfstate");
    let mut state: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
    let resources = state["resources"].as_array_mut();
    for found in resources
        .into_iter()
        .flatten()
        .filter(|found| found["type"] == resource)
    {
        for instance in found["instances"].as_array_mut().into_iter().flatten() {
            change(&mut instance["attributes"]);
        }
    }
    state["serial"] = (state["serial"].as_u64().unwrap_or_default() + 1).into();
    fs::write(path, state.to_string())?;
    Ok(())
}

/// A version before these attributes existed, and one with an attribute that is gone.
#[test]
fn an_older_state_changes_nothing() -> Outcome {
    Case::new("older-state", TARGETS, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, &EVERYTHING);
        case.apply(&configuration)?;
        rewrite(case, "ecs_daemon", |attributes| {
            if let Some(attributes) = attributes.as_object_mut() {
                for later in ["rollout_failure", "triggers", "wait_for_deployment", "timeouts"] {
                    attributes.remove(later);
                }
                attributes.insert("attribute_of_the_past".to_owned(), "x".into());
            }
        })?;
        rewrite(case, "ecs_daemon_task_definition", |attributes| {
            if let Some(attributes) = attributes.as_object_mut() {
                for later in ["retained_revision_arns", "skip_destroy", "ipc_mode"] {
                    attributes.remove(later);
                }
            }
        })?;
        case.apply(&configuration)?.expect_changes(&[])?;
        Ok(())
    })
}

/// A state of a later version is refused by Terraform itself, before anything is called.
#[test]
fn a_later_state_is_refused() -> Outcome {
    Case::new("later-state", TARGETS, Setup::instances(0)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        case.apply(&configuration)?;
        let path = case.folder().path().join("terraform.tfstate");
        let before = fs::read_to_string(&path)?;
        fs::write(&path, before.replace("\"schema_version\": 0", "\"schema_version\": 7"))?;
        case.plan_fails(&configuration)?;
        fs::write(&path, before)?;
        case.plans_nothing()
    })
}

#[test]
fn a_generated_configuration_changes_nothing() -> Outcome {
    Case::new("generated", TARGETS, Setup::instances(1)).run(|case| {
        let testbed = case.testbed();
        let definition = testbed.other_caller().register(testbed.name(), IMAGE_1)?;
        let providers = &testbed.capacity_provider_arns()[..1];
        let arn = testbed
            .other_caller()
            .create(testbed.cluster_arn(), testbed.name(), &definition, providers)?;
        testbed.settle()?;
        let blocks = format!(
            "import {{\n  to = ecs_daemon.agent\n  id = \"{arn}\"\n}}\n\n\
             import {{\n  to = ecs_daemon_task_definition.agent\n  id = \"{definition}\"\n}}\n"
        );
        case.configure_only(&blocks)?;
        case.run(&["plan", "-input=false", "-generate-config-out=generated.tf"], 0)?;
        let path = case.folder().path().join("generated.tf");
        let generated = fs::read_to_string(&path).map_err(|error| Failure::new(format!("generated.tf: {error}")))?;
        // Terraform writes the resources in the order in which their reads happen to end.
        let normal = case.normalised(&generated)?;
        let mut resources: Vec<&str> = normal.trim().split("\n\n").collect();
        resources.sort_unstable();
        snapshot!(case, "configuration", resources.join("\n\n"));
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?
            .expect_changes(&[])?;
        // As a user would go on: the blocks have done their work, the configuration stays.
        fs::remove_file(path)?;
        case.configure_only(&generated)?;
        case.plans_nothing()
    })
}
