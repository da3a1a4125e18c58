//! Texts that users are told in time: of tags that come to nothing, of guards that turn out to hold nothing, and of
//! services that nothing answers for.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, stack};

const CONTROLLED: Targets = Targets::EmulatorOnly("the journal and endpoints on loopback are needed");

fn with(block: &str, rest: &str) -> String {
    format!("provider \"ecs\" {{\n  {block}\n}}\n{rest}")
}

#[test]
fn a_tag_that_is_configured_and_ignored() -> Outcome {
    Case::new("ignored-tag", CONTROLLED, Setup::instances(1)).run(|case| {
        let block = "ignore_tags {\n    keys = [\"owner\"]\n  }";
        let told = "Tag is configured and ignored";
        let tagged = |owner: &str| {
            with(
                block,
                &stack(IMAGE_1, &format!("tags = {{ owner = \"{owner}\", team = \"a\" }}")),
            )
        };
        let applied = case.apply(&tagged("x"))?.expect_text(told)?;
        let sent = applied.journal.of("CreateDaemon");
        assert_eq!(
            sent[0].request["tags"],
            serde_json::json!([{"key": "team", "value": "a"}])
        );
        assert_eq!(
            case.state_of("ecs_daemon.agent")?["tags_all"],
            serde_json::json!({"team": "a"})
        );
        // Another value of it is told again and sends nothing.
        let planned = case.plans(&tagged("y"), &["ecs_daemon.agent.tags.owner"])?;
        snapshot!(case, "plan", planned.plan);
        case.apply(&tagged("y"))?.expect_changes(&[])?.expect_text(told)?;
        case.apply(&with(block, &stack(IMAGE_1, "tags = { team = \"a\" }")))?
            .expect_changes(&[])?;
        Ok(())
    })
}

/// The guard is unknown while planning. Had it been dropped at apply, every account would be allowed. A null
/// element is refused by the rule of all lists; a list that comes out empty, by the rule of guards alone.
#[test]
fn a_guard_that_turns_out_to_be_null() -> Outcome {
    Case::new("null-guard", CONTROLLED, Setup::instances(1)).run(|case| {
        let late = "resource \"terraform_data\" \"first\" {}\n\
                    resource \"terraform_data\" \"id\" {\n  \
                    input = terraform_data.first.id == \"none\" ? \"123456789012\" : null\n}\n";
        let guards = ["allowed_account_ids", "forbidden_account_ids"];
        let lists = [
            ("[terraform_data.id.output]", "An element of `GUARD` is null"),
            (
                "compact([terraform_data.id.output])",
                "`GUARD` is set and holds no account id",
            ),
        ];
        for (guard, (list, told)) in guards.iter().flat_map(|guard| lists.map(|list| (guard, list))) {
            let block = format!("{guard} = {list}");
            case.configure_only(&with(&block, &format!("{late}{}", stack(IMAGE_1, ""))))?;
            case.run(&["plan", "-input=false"], 0)?
                .expect_text("Allowed accounts not known yet")?;
            let applied = case.run(&["apply", "-auto-approve", "-input=false", "-parallelism=1"], 1)?;
            applied
                .expect_text(&told.replace("GUARD", guard))?
                .expect_changes(&[])?;
            case.configure_only("")?;
            case.run(&["apply", "-auto-approve", "-input=false"], 0)?;
        }
        Ok(())
    })
}

/// A file for the provider's log of the next commands.
fn log_warnings(case: &mut Case, name: &str) -> PathBuf {
    let log = case.folder().path().join(name);
    case.set("TF_LOG_PROVIDER", "WARN");
    case.set("TF_LOG_PATH", &log.display().to_string());
    log
}

/// A refused connection on this machine is final within 5 s, and the log says until then what is going on.
#[test]
fn nothing_listens_on_this_machine() -> Outcome {
    Case::new("refused-loopback", CONTROLLED, Setup::instances(1)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        let emulator = case.testbed().emulator()?.endpoint();
        let usual = Instant::now();
        case.plans_nothing()?;
        let usual = usual.elapsed();
        let log = log_warnings(case, "refused.log");
        case.set("AWS_ENDPOINT_URL_ECS", "http://127.0.0.1:1");
        let refused = Instant::now();
        case.plan_fails(&stack(IMAGE_1, ""))?.expect_text("could not be sent")?;
        let beside = refused.elapsed().saturating_sub(usual);
        assert!(beside < Duration::from_secs(5), "given up after {beside:?}");
        let log = fs::read_to_string(log)?;
        let line = log
            .lines()
            .find(|line| line.contains("provider.terraform-provider-ecs"));
        let line = line.unwrap_or_default();
        for part in [
            "is repeated up to 2 times within 3 s",
            "DescribeDaemonTaskDefinition",
            "http://127.0.0.1:1",
        ] {
            assert!(line.contains(part), "the first line does not say `{part}`: {line}");
        }
        case.set("AWS_ENDPOINT_URL_ECS", &emulator);
        Ok(())
    })
}

/// An emulator whose STS was forgotten: it is said before STS is asked, which takes its time.
#[test]
fn sts_is_elsewhere() -> Outcome {
    Case::new("stranded-sts", CONTROLLED, Setup::instances(1)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        let emulator = case.testbed().emulator()?.endpoint();
        let log = log_warnings(case, "stranded.log");
        case.set("AWS_ENDPOINT_URL_STS", "http://sts.invalid");
        let block = "max_retries         = 1\n  allowed_account_ids = [\"123456789012\"]";
        case.plan_fails(&with(block, &stack(IMAGE_1, "")))?
            .expect_text("GetCallerIdentity")?;
        let log = fs::read_to_string(log)?;
        let said = log.find("on this machine, but STS elsewhere");
        let asked = log.find("GetCallerIdentity");
        assert!(said.is_some() && said < asked, "{log}");
        // What is gone then may be another account's, which is told.
        let testbed = case.testbed();
        testbed.other_caller().delete(&testbed.daemon_arn())?;
        testbed.settle()?;
        case.configure_only(&with("max_retries = 1", &stack(IMAGE_1, "")))?;
        case.run(&["plan", "-input=false"], 0)?
            .expect_text("Account of the credentials not known")?
            .expect_text("ecs_daemon.agent will be created")?;
        case.set("AWS_ENDPOINT_URL_STS", &emulator);
        case.apply_then(&stack(IMAGE_1, ""), &[], After::PlanEmpty)?;
        Ok(())
    })
}
