//! Changes of a configuration that reach ECS as an update, and changes that must not: an `UpdateDaemon`
//! replaces every instance, so one too many is as wrong as one too few.

use acceptance_tests::{After, Case, Outcome, SETTINGS, Setting, Setup, Targets, arguments};
use serde_json::json;

use crate::fixture::{DEFAULTS, IMAGE_1, agent, definition, flags, stack};

const EMULATED: Targets = Targets::EmulatorOnly("the journal is read");

#[test]
fn flags_only() -> Outcome {
    Case::new("flags-only", EMULATED, Setup::instances(2)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        let arn = case.testbed().daemon_arn();
        for flag in flags() {
            let applied = case
                .apply(&stack(IMAGE_1, &arguments([flag], Setting::written)))?
                .expect_changes(&["UpdateDaemon"])?;
            let sent = &applied.journal.of("UpdateDaemon")[0].request[flag.member];
            assert_eq!(*sent, flag.written(), "{}", flag.member);
            let live = case.testbed().other_caller().settings(&arn)?;
            for other in flags() {
                let expected = if other.member == flag.member {
                    other.written()
                } else {
                    other.default()
                };
                assert_eq!(other.live(&live), expected, "{} with {}", other.member, flag.member);
            }
        }
        Ok(())
    })
}

#[test]
fn tags_only() -> Outcome {
    Case::new("tags-only", EMULATED, Setup::instances(2)).run(|case| {
        let tagged = |tags: &str| {
            let tags = format!("tags = {{ {tags} }}");
            format!("{}{}", definition("agent", IMAGE_1, &tags), agent(&tags))
        };
        case.apply(&tagged("team = \"a\""))?;
        case.apply(&tagged("team = \"b\", stage = \"test\""))?
            .expect_changes(&["TagResource", "TagResource"])?;
        case.apply(&tagged("stage = \"test\""))?
            .expect_changes(&["UntagResource", "UntagResource"])?;
        Ok(())
    })
}

#[test]
fn default_tags() -> Outcome {
    Case::new("default-tags", EMULATED, Setup::instances(1)).run(|case| {
        let provider = |tags: &str| {
            format!(
                "provider \"ecs\" {{\n  default_tags {{\n    tags = {{ {tags} }}\n  }}\n}}\n{}",
                stack(IMAGE_1, "tags = { team = \"a\" }")
            )
        };
        case.has_default_tags(json!({"owner": "x"}));
        case.apply(&provider("owner = \"x\""))?;
        let agent = case.state_of("ecs_daemon.agent")?;
        assert_eq!(agent["tags"], json!({"team": "a"}));
        assert_eq!(agent["tags_all"], json!({"owner": "x", "team": "a"}));
        case.has_default_tags(json!({"owner": "y"}));
        case.apply(&provider("owner = \"y\""))?
            .expect_changes(&["TagResource", "TagResource"])?;
        Ok(())
    })
}

/// The settings of a block at this depth.
fn in_block(depth: usize) -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(move |setting| setting.path.len() == depth)
}

#[test]
fn defaults_written_or_dropped() -> Outcome {
    Case::new("defaults", EMULATED, Setup::instances(2)).run(|case| {
        let block = &arguments(in_block(2), Setting::default);
        let inner = "deployment_configuration {\n    alarms {\n      enable = false\n    }\n  }";
        case.apply(&stack(IMAGE_1, ""))?;
        for more in [
            DEFAULTS.clone(),
            format!("{}{block}", *DEFAULTS),
            block.clone(),
            inner.to_owned(),
            "deployment_configuration {}".to_owned(),
            String::new(),
        ] {
            case.apply(&stack(IMAGE_1, &more))?.expect_changes(&[])?;
        }
        Ok(())
    })
}

#[test]
fn defaults_of_a_container_written_or_dropped() -> Outcome {
    Case::new("container-defaults", EMULATED, Setup::instances(0)).run(|case| {
        let container = |more: &str| {
            format!(
                "resource \"ecs_daemon_task_definition\" \"agent\" {{\n  family = local.name\n  cpu = \"256\"\n  memory = \"512\"\n\n  \
                 container_definition {{\n    name  = \"agent\"\n    image = \"{IMAGE_1}\"\n    {more}\n  }}\n}}\n"
            )
        };
        case.apply(&container(""))?;
        case.apply(&container(
            "essential = true\n    readonly_root_filesystem = false\n    privileged = false\n    command = []",
        ))?
        .expect_changes(&[])?;
        case.apply(&container(""))?.expect_changes(&[])?;
        Ok(())
    })
}

#[test]
fn triggers_redeploy() -> Outcome {
    Case::new("triggers", EMULATED, Setup::instances(2)).run(|case| {
        case.apply(&stack(IMAGE_1, "triggers = { run = \"1\" }"))?;
        case.apply(&stack(IMAGE_1, "triggers = { run = \"2\" }"))?
            .expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

#[test]
fn the_rollout_is_not_waited_for() -> Outcome {
    Case::new("not-waited-for", EMULATED, Setup::instances(4)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        let more = "wait_for_deployment = false\n  critical = false";
        case.apply(&stack(IMAGE_1, more))?.expect_changes(&["UpdateDaemon"])?;
        case.testbed().emulator()?.freeze()?;
        let status = case
            .testbed()
            .other_caller()
            .deployment(&case.testbed().daemon_arn())?
            .status;
        assert!(
            status
                .as_ref()
                .is_some_and(|status| ["PENDING", "IN_PROGRESS"].contains(&status.as_str())),
            "{status:?}"
        );
        case.testbed().emulator()?.thaw()?;
        case.testbed().settle()?;
        case.plans_nothing()
    })
}

#[test]
fn another_capacity_provider() -> Outcome {
    Case::new("another-provider", EMULATED, Setup::instances(2)).run(|case| {
        let both = stack(IMAGE_1, "").replace("local.first", "local.capacity_provider_arns");
        case.apply(&stack(IMAGE_1, ""))?;
        case.apply(&both)?.expect_changes(&["UpdateDaemon"])?;
        case.apply(&stack(IMAGE_1, ""))?.expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

#[test]
fn a_plan_names_mistakes() -> Outcome {
    Case::new("mistakes", Targets::Any, Setup::instances(0)).run(|case| {
        let more = "propagate_tags = \"SERVICE\"\n  deployment_configuration {\n    drain_percent = 101\n  }";
        let failed = case.plan_fails(&stack(IMAGE_1, more))?;
        snapshot!(case, "daemon", failed.errors);
        let failed = case.plan_fails(&definition("agent", "", "tags = { \"aws:x\" = \"y\" }"))?;
        snapshot!(case, "definition", failed.errors);
        Ok(())
    })
}

#[test]
fn an_applied_daemon_can_be_planned_away() -> Outcome {
    Case::new("planned-away", EMULATED, Setup::instances(1)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        let applied = case
            .apply_then(&definition("agent", IMAGE_1, ""), &[], After::PlanEmpty)?
            .expect_changes(&["DeleteDaemon"])?;
        snapshot!(case, "apply", applied.output);
        Ok(())
    })
}
