//! Plans that do not know the latest: saved ones, those made without a refresh, and those that were
//! told to ignore a setting. None reverts somebody else's change without naming it.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, stack};

const TARGETS: Targets = Targets::EmulatorOnly("the journal is read");

/// Somebody switches the managed tags on.
fn tag_outside(case: &Case) -> Outcome {
    let (testbed, arn) = (case.testbed(), case.testbed().daemon_arn());
    let mut settings = testbed.other_caller().settings(&arn)?;
    settings.enable_ecs_managed_tags = true;
    testbed.other_caller().update(&arn, &settings)?;
    testbed.settle()
}

#[test]
fn a_saved_plan() -> Outcome {
    Case::new("saved-plan", TARGETS, Setup::instances(1)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.configure_only(&stack(IMAGE_1, "critical = false"))?;
        case.run(&["plan", "-input=false", "-out=saved.bin"], 0)?;
        tag_outside(case)?;
        let applied = case.run(&["apply", "-input=false", "saved.bin"], 0)?;
        snapshot!(case, "apply", applied.output);
        applied.expect_changes(&["UpdateDaemon"])?;
        let live = case.testbed().other_caller().settings(&case.testbed().daemon_arn())?;
        assert!(!live.critical && !live.enable_ecs_managed_tags, "{live:?}");
        case.plans_nothing()
    })
}

#[test]
fn without_a_refresh() -> Outcome {
    Case::new("without-refresh", TARGETS, Setup::instances(1)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        tag_outside(case)?;
        let changed = stack(IMAGE_1, "critical = false");
        case.apply_then(&changed, &["-refresh=false"], After::PlanEmpty)?
            .expect_changes(&["UpdateDaemon"])?
            .expect_text("another caller has changed enable_ecs_managed_tags")?;
        Ok(())
    })
}

/// Nothing to change as far as the plan knows: nothing is sent, and the next refresh sees it.
#[test]
fn without_a_refresh_and_without_a_change() -> Outcome {
    Case::new("without-refresh-or-change", TARGETS, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        case.apply(&configuration)?;
        tag_outside(case)?;
        case.run(&["apply", "-auto-approve", "-input=false", "-refresh=false"], 0)?
            .expect_changes(&[])?;
        case.apply(&configuration)?.expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

#[test]
fn an_ignored_setting_stays_as_it_was_found() -> Outcome {
    Case::new("ignored-setting", TARGETS, Setup::instances(1)).run(|case| {
        let ignoring = |more: &str| {
            let block = "lifecycle {\n    ignore_changes = [enable_ecs_managed_tags]\n  }";
            stack(IMAGE_1, &format!("{more}\n  {block}"))
        };
        case.apply(&ignoring(""))?;
        tag_outside(case)?;
        case.apply(&ignoring("critical = false"))?
            .expect_changes(&["UpdateDaemon"])?;
        let arn = case.testbed().daemon_arn();
        let live = case.testbed().other_caller().settings(&arn)?;
        assert!(!live.critical && live.enable_ecs_managed_tags, "{live:?}");
        // With a state that is out of date even the ignored setting would go back, and is named.
        let mut settings = live;
        settings.enable_ecs_managed_tags = false;
        case.testbed().other_caller().update(&arn, &settings)?;
        case.testbed().settle()?;
        case.apply_then(&ignoring("critical = true"), &["-refresh=false"], After::PlanEmpty)?
            .expect_changes(&["UpdateDaemon"])?
            .expect_text("another caller has changed enable_ecs_managed_tags")?;
        Ok(())
    })
}
