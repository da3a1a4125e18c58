//! More than one place: other regions and accounts, by provider alias and by the resource's own
//! `region`; and what replaces a daemon because it cannot move.

use acceptance_tests::{Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, agent, definition, stack};

const TARGETS: Targets = Targets::EmulatorOnly("other regions and accounts");

#[test]
fn aliases_of_the_provider() -> Outcome {
    Case::new("aliases", TARGETS, Setup::instances(0)).run(|case| {
        let providers = r#"
provider "ecs" {}

provider "ecs" {
  alias  = "west"
  region = "us-west-2"
}

provider "ecs" {
  alias      = "other"
  access_key = "210987654321"
  secret_key = "not a secret"
}
"#;
        let here = definition("agent", IMAGE_1, "");
        let west = definition("west", IMAGE_1, "provider = ecs.west");
        let other = definition("other", IMAGE_1, "provider = ecs.other");
        let regional = definition("regional", IMAGE_1, "region = \"eu-west-1\"");
        let configuration = format!("{providers}{here}{west}{other}{regional}");
        case.apply(&configuration)?;
        for (label, place) in [
            ("agent", "us-east-1:123456789012"),
            ("west", "us-west-2:123456789012"),
            ("other", "us-east-1:210987654321"),
            ("regional", "eu-west-1:123456789012"),
        ] {
            let state = case.state_of(&format!("ecs_daemon_task_definition.{label}"))?;
            let arn = format!("arn:aws:ecs:{place}:daemon-task-definition/{}:1", case.testbed().name());
            assert_eq!(state["arn"], arn.as_str(), "{label}");
        }
        // The provider's region is a default for what is new, and moves nothing that is there.
        let moved = configuration.replace("us-west-2", "us-west-1");
        case.apply(&moved)?.expect_changes(&[])?;
        Ok(())
    })
}

#[test]
fn another_name_is_another_daemon() -> Outcome {
    Case::new("renamed", TARGETS, Setup::instances(1)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        let renamed = |lifecycle: &str| {
            format!("{}{}", definition("agent", IMAGE_1, ""), agent(lifecycle)).replace(
                "name                       = local.name",
                "name                       = \"${local.name}-2\"",
            )
        };
        case.apply(&renamed(""))?
            .expect_changes(&["DeleteDaemon", "CreateDaemon"])?;
        let state = case.state_of("ecs_daemon.agent")?;
        assert_eq!(state["arn"], format!("{}-2", case.testbed().daemon_arn()));
        Ok(())
    })
}

#[test]
fn a_replacement_that_was_asked_for() -> Outcome {
    Case::new("replaced", TARGETS, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        case.apply(&configuration)?;
        case.run(
            &["apply", "-auto-approve", "-input=false", "-replace=ecs_daemon.agent"],
            0,
        )?
        .expect_changes(&["DeleteDaemon", "CreateDaemon"])?;
        case.plans_nothing()
    })
}

/// Everything that destroy leaves can be deleted at once: neither the capacity provider nor the cluster refuses.
#[test]
fn the_capacity_provider_can_go_after_the_daemon() -> Outcome {
    Case::new("deletion-order", TARGETS, Setup::instances(2)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        let provider = case.testbed().capacity_provider_arns()[0].clone();
        let delete = |testbed: &acceptance_tests::Testbed| {
            let request = testbed
                .other_caller()
                .ecs()
                .delete_capacity_provider()
                .capacity_provider(&provider);
            testbed.other_caller().send(request.send()).map(drop)
        };
        let refused = delete(case.testbed()).err().map(|failure| failure.to_string());
        assert!(
            refused.as_ref().is_some_and(|text| text.contains("still associated")),
            "{refused:?}"
        );
        case.destroyed()?;
        delete(case.testbed())
    })
}
