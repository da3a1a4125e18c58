//! Rows 1 and 2: what cannot be read is never clean, and hides nothing else.

use ecs_drift::{
    render::{Format, Options, render},
    report::{Cause, ExitPolicy, Kind, Verdict, code},
};
use serde_json::json;

use crate::support::{World, arn, lines};

#[tokio::test(start_paused = true)]
async fn credentials_of_another_account_see_nothing_missing() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    let world = world.scanned_by("210987654321");
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"wrong-account [certain error]: The daemon is in account 123456789012, but the credentials belong to account 210987654321.");
    assert_eq!((report.complete, code(&report, ExitPolicy::default())), (false, 4));
    assert_eq!(world.calls("DescribeDaemon"), 0);
}

fn denied(operation: &str, resource: &str) -> serde_json::Value {
    json!({"operation": operation, "resource": resource, "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized", "status": 400}}})
}

#[tokio::test(start_paused = true)]
async fn a_denied_call_is_named_and_hides_no_other_daemon() {
    for operation in ["DescribeDaemon", "DescribeDaemonDeployments", "DescribeDaemonRevisions"] {
        let world = World::new(0).await;
        let made = [world.make("one").await, world.make("two").await];
        world.fault(&denied(operation, "*/one*"));
        let report = world.scan(&[&made[0], &made[1]]).await;
        assert_eq!(report.unread, [made[0].arn.clone()], "{operation}");
        let finding = &report.findings[0];
        assert_eq!(finding.message, format!("ECS denied {operation}."));
        assert!(
            finding.next_step.text.contains(&format!("ecs:{operation}")),
            "{}",
            finding.next_step.text
        );
        assert_eq!(
            (report.findings.len(), code(&report, ExitPolicy::default())),
            (1, 4),
            "{operation}"
        );
    }
}

/// Faults that leave tags unread, and the message that is said of it.
fn tag_faults() -> [(serde_json::Value, &'static str); 5] {
    let fault =
        |effect: serde_json::Value| json!({"operation": "ListTagsForResource", "count": null, "effect": effect});
    let error = |code: &str| fault(json!({"error": {"type": code, "message": "no", "status": 400}}));
    [
        (error("AccessDeniedException"), "ECS denied ListTagsForResource."),
        (error("InvalidParameterException"), "ListTagsForResource failed."),
        (error("ResourceNotFoundException"), "ListTagsForResource failed."),
        (
            fault(json!("throttle")),
            "ListTagsForResource was throttled, also after retries.",
        ),
        (fault(json!("server_error")), "ListTagsForResource was not answered."),
    ]
}

#[tokio::test(start_paused = true)]
async fn tags_that_cannot_be_read_hide_no_setting() {
    for (fault, message) in tag_faults() {
        let world = World::new(0).await;
        let made = [world.make_special("one").await, world.make("two").await];
        world.update_bare(&made[0], |update| update).await;
        world.settle();
        let sure = world.scan(&[&made[0], &made[1]]).await;
        world.fault(&fault);
        let report = world.scan(&[&made[0], &made[1]]).await;
        let (gaps, drift): (Vec<_>, Vec<_>) = report
            .findings
            .iter()
            .cloned()
            .partition(|finding| finding.kind == Kind::Unread);
        assert_eq!(drift, sure.findings, "{message}");
        let expected = format!("The tags could not be read; the settings were read without them. {message}");
        for gap in &gaps {
            assert_eq!(
                (gap.message.as_str(), gap.setting.as_deref()),
                (expected.as_str(), Some("tags_all"))
            );
        }
        let arns: Vec<&String> = made.iter().map(|made| &made.arn).collect();
        assert_eq!(
            gaps.iter().map(|gap| &gap.arn).collect::<Vec<_>>(),
            arns,
            "{}",
            lines(&report)
        );
        assert_eq!(report.unread.iter().collect::<Vec<_>>(), arns);
        let verdicts: Vec<_> = report
            .daemons
            .iter()
            .map(|daemon| (daemon.verdict, daemon.headline))
            .collect();
        assert_eq!(
            verdicts,
            [
                (Verdict::Drifted, Some(Cause::DefaultRevert)),
                (Verdict::Unread, Some(Cause::Unreadable))
            ]
        );
        let strict = ExitPolicy {
            strict: true,
            ..ExitPolicy::default()
        };
        assert_eq!(
            (code(&report, ExitPolicy::default()), code(&report, strict)),
            (2, 4),
            "{message}"
        );
        let junit = render(Format::Junit, &report, &Options::default()).to_string();
        let told = junit.lines().find(|line| line.contains("<failure")).unwrap_or_default();
        assert!(told.contains("Reset to its default"), "{junit}");
        let report = world.scan(&[&made[1]]).await;
        assert_eq!(
            (report.complete, code(&report, ExitPolicy::default())),
            (false, 4),
            "{message}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_missing_action_for_tags_is_named_and_only_where_tags_are_wanted() {
    let mut world = World::new(0).await;
    let made = world.make("agent").await;
    world.fault(&denied("ListTagsForResource", "*"));
    let report = world.scan(&[&made]).await;
    let step = &report.findings[0].next_step.text;
    assert_eq!(step, "Allow the IAM action `ecs:ListTagsForResource` for this daemon.");
    let told = render(Format::Text, &report, &Options::default()).to_string();
    insta::assert_snapshot!(told);
    world.options.explain.tags = false;
    let report = world.scan(&[&made]).await;
    assert_eq!((report.findings.len(), report.complete), (0, true));
}

#[tokio::test(start_paused = true)]
async fn a_sweep_that_is_denied_is_a_gap() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    world.fault(
        &json!({"operation": "ListDaemonTaskDefinitions", "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized", "status": 400}}}),
    );
    let report = world.scan(&[&made]).await;
    assert_eq!(report.unread, [arn("daemon-task-definition/*")]);
    assert_eq!(code(&report, ExitPolicy::default()), 4);
}

#[tokio::test(start_paused = true)]
async fn a_revision_that_stays_unreadable_is_never_guessed() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    world.fault(&json!({"operation": "DescribeDaemonRevisions", "count": 3, "effect": "stale"}));
    assert_eq!(lines(&world.scan(&[&made]).await), "", "stale for a while");
    world.fault(&json!({"operation": "DescribeDaemonRevisions", "count": null, "effect": "stale"}));
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"unreadable [certain error]: The answers of ECS contradict each other, also after reading again.");
    assert!(!report.complete);
}

#[tokio::test(start_paused = true)]
async fn passing_failures_are_lived_through() {
    for effect in ["throttle", "server_error", "reset", "truncated"] {
        let world = World::new(0).await;
        let made = world.make("agent").await;
        world.fault(&json!({"operation": "Describe*", "count": 4, "effect": effect, "must_fire": true}));
        let report = world.scan(&[&made]).await;
        assert_eq!((lines(&report).as_str(), report.complete), ("", true), "{effect}");
    }
}

#[tokio::test(start_paused = true)]
async fn lasting_failures_are_unread() {
    for effect in ["throttle", "server_error", "reset"] {
        let world = World::new(0).await;
        let made = world.make("agent").await;
        world.fault(&json!({"operation": "DescribeDaemon", "count": null, "effect": effect}));
        let report = world.scan(&[&made]).await;
        assert_eq!(
            report.unread,
            std::slice::from_ref(&made.arn),
            "{effect}\n{}",
            lines(&report)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_history_that_may_not_be_read_makes_a_cause_a_guess_and_is_said() {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    world.update_bare(&made, |update| update).await;
    world.settle();
    let sure = world.scan(&[&made]).await;
    world.fault(
        &json!({"operation": "ListDaemonDeployments", "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized", "status": 400}}}),
    );
    let report = world.scan(&[&made]).await;
    assert_eq!(report.findings.len(), sure.findings.len());
    assert!(
        sure.findings
            .iter()
            .any(|finding| finding.confidence != ecs_drift::report::Confidence::Possible)
    );
    for finding in &report.findings {
        assert_eq!(
            finding.confidence,
            ecs_drift::report::Confidence::Possible,
            "{}",
            finding.message
        );
        let texts = finding.evidence.iter().map(|fact| fact.text.as_str());
        assert!(
            texts
                .clone()
                .any(|text| text.starts_with("The history could not be read")),
            "{finding:?}"
        );
    }
    let [warning] = report.warnings.as_slice() else {
        panic!("{:?}", report.warnings)
    };
    assert!(
        warning.detail.contains("ecs:ListDaemonDeployments"),
        "{}",
        warning.detail
    );
    assert!(report.complete, "every setting was read");
}
