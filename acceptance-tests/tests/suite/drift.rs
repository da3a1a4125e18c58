//! Every setting of `UpdateDaemon`, changed behind Terraform's back one by one: seen by plan and by
//! refresh, named, and repaired by the next apply.

use acceptance_tests::{After, Case, DaemonSettings, Outcome, SETTINGS, Setup, Targets, settings_of_update};

use crate::fixture::{EVERYTHING, IMAGE_1, stack};

/// A setting below the daemon's address, and the way to change it.
type Change = (String, fn(&mut DaemonSettings));

fn changes() -> Vec<Change> {
    let listed = SETTINGS.iter().map(|setting| (setting.name(), setting.change));
    let providers: Change = ("capacity_provider_arns".to_owned(), |settings| {
        let second = settings.capacity_provider_arns[0].replace("/first", "/second");
        settings.capacity_provider_arns.push(second);
    });
    listed.chain([providers]).collect()
}

/// A name of the service as Terraform spells it: `enableECSManagedTags` is `enable_ecs_managed_tags`.
fn in_terraform(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let starts_word = |place: usize| {
        let is_lower = |place: usize| letters.get(place).is_some_and(char::is_ascii_lowercase);
        letters[place].is_ascii_uppercase() && place > 0 && (is_lower(place - 1) || is_lower(place + 1))
    };
    let spelled = (0..letters.len()).map(|place| {
        let separator = if starts_word(place) { "_" } else { "" };
        format!("{separator}{}", letters[place].to_ascii_lowercase())
    });
    spelled.collect()
}

#[test]
fn no_setting_is_left_out() {
    let settings = settings_of_update();
    assert!(settings.len() > 9, "{settings:?}");
    let written = stack(IMAGE_1, &EVERYTHING);
    let changes = changes();
    // Another task definition is rolled out by cases of their own.
    for setting in settings.iter().filter(|setting| *setting != "daemonTaskDefinitionArn") {
        let path = in_terraform(setting);
        assert!(changes.iter().any(|(name, _)| *name == path), "no change of {path}");
        let attribute = path.rsplit('.').next().unwrap_or_default();
        assert!(written.contains(attribute), "{attribute} is not in the fixture");
    }
}

#[test]
fn each_setting() -> Outcome {
    let targets = Targets::EmulatorOnly("nine rollouts, two each");
    Case::new("each-setting", targets, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, &EVERYTHING);
        case.apply(&configuration)?;
        let arn = case.testbed().daemon_arn();
        let wanted = case.testbed().other_caller().settings(&arn)?;
        for change in changes() {
            one_setting(case, &configuration, &wanted, &change).map_err(|failure| failure.during(&change.0))?;
        }
        Ok(())
    })
}

fn one_setting(case: &mut Case, configuration: &str, wanted: &DaemonSettings, (name, change): &Change) -> Outcome {
    let arn = case.testbed().daemon_arn();
    let path = format!("ecs_daemon.agent.{name}");
    case.drifts(
        |testbed| {
            let mut settings = wanted.clone();
            change(&mut settings);
            testbed.other_caller().update(&arn, &settings)?;
            testbed.settle()
        },
        &[&path],
    )?;
    case.apply(configuration)?.expect_changes(&["UpdateDaemon"])?;
    assert_eq!(case.testbed().other_caller().settings(&arn)?, *wanted);
    Ok(())
}

#[test]
fn a_block_that_was_not_written() -> Outcome {
    let targets = Targets::EmulatorOnly("the journal is read");
    Case::new("unwritten-block", targets, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        case.apply(&configuration)?;
        let arn = case.testbed().daemon_arn();
        let drifted = case.drifts(
            |testbed| {
                let mut settings = testbed.other_caller().settings(&arn)?;
                settings.drain_percent = 75.0;
                testbed.other_caller().update(&arn, &settings)?;
                testbed.settle()
            },
            &["ecs_daemon.agent.deployment_configuration"],
        )?;
        snapshot!(case, "plan", drifted.plan);
        case.apply(&configuration)?.expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

#[test]
fn tags() -> Outcome {
    Case::new("tags", Targets::Any, Setup::instances(0)).run(|case| {
        let configuration = stack(IMAGE_1, "tags = { team = \"a\" }");
        case.apply(&configuration)?;
        let arn = case.testbed().daemon_arn();
        case.drifts(
            |testbed| {
                let tag = aws_sdk_ecs::types::Tag::builder().key("who").value("me").build();
                let ecs = testbed.other_caller().ecs();
                let request = ecs.tag_resource().resource_arn(&arn).tags(tag);
                testbed.other_caller().send(request.send()).map(drop)
            },
            &["ecs_daemon.agent.tags.who", "ecs_daemon.agent.tags_all.who"],
        )?;
        case.apply(&configuration)?;
        Ok(())
    })
}

/// The same settings again are no drift: the deployment is another, the daemon is not.
#[test]
fn a_redeployment() -> Outcome {
    let targets = Targets::EmulatorOnly("the journal is read");
    Case::new("redeployment", targets, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, &EVERYTHING);
        case.apply(&configuration)?;
        let arn = case.testbed().daemon_arn();
        case.drifts_in_two_ways(
            |testbed| {
                testbed
                    .other_caller()
                    .update(&arn, &testbed.other_caller().settings(&arn)?)?;
                testbed.settle()
            },
            After::PlanEmpty,
            &[],
        )?;
        case.apply(&configuration)?.expect_changes(&[])?;
        Ok(())
    })
}

/// An output shows the new deployment; the daemon has nothing to do.
#[test]
fn a_redeployment_under_an_output() -> Outcome {
    let targets = Targets::EmulatorOnly("the journal is read");
    Case::new("redeployment-output", targets, Setup::instances(1)).run(|case| {
        let output = "output \"deployment\" {\n  value = ecs_daemon.agent.deployment_arn\n}\n";
        let configuration = format!("{}{output}", stack(IMAGE_1, ""));
        case.apply(&configuration)?;
        let (testbed, arn) = (case.testbed(), case.testbed().daemon_arn());
        testbed
            .other_caller()
            .update(&arn, &testbed.other_caller().settings(&arn)?)?;
        testbed.settle()?;
        let planned = case.plans(&configuration, &[])?;
        assert!(planned.plan.contains("Changes to Outputs"), "{}", planned.plan);
        case.apply(&configuration)?.expect_changes(&[])?;
        case.apply(&stack(IMAGE_1, ""))?.expect_changes(&[])?;
        Ok(())
    })
}
