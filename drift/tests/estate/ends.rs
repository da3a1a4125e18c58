//! Ends of scans that cannot read everything: in time, with what is finished.

use std::time::Duration;

use ecs_drift::{
    observe::End,
    report::{Cause, ExitPolicy, Kind, Report, Verdict, code},
};
use serde_json::json;
use tokio::{sync::watch, time::Instant};

use crate::support::{Made, World};

async fn estate(world: &World, daemons: usize) -> Vec<Made> {
    let mut made = Vec::new();
    for index in 0..daemons {
        made.push(world.make(&format!("agent-{index:03}")).await);
    }
    made
}

fn verdicts(report: &Report, verdict: Verdict) -> u64 {
    report.summary.verdicts.get(&verdict).copied().unwrap_or_default()
}

/// 70 daemons of which one differs, one is not there and one is not answered for an hour; and how long the scan took.
async fn scan_with_a_silent_daemon(world: &World) -> (Report, f64) {
    let made = estate(world, 70).await;
    world.update(&made[3], |update| update.critical(false)).await;
    world.settle();
    world.delete(&made[4]).await;
    world.settle();
    world.fault(
        &json!({"operation": "DescribeDaemon", "resource": "*agent-065", "count": null, "effect": {"slow": {"seconds": 3600}}}),
    );
    let began = Instant::now();
    let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
    (report, began.elapsed().as_secs_f64())
}

/// Everything but the silent daemon is there, although its chunk was not finished.
fn expect_all_but_one(report: &Report) {
    assert_eq!(report.daemons.len(), 70);
    assert_eq!(verdicts(report, Verdict::InSync), 67);
    assert_eq!(report.unread.len(), 1, "{:?}", report.unread);
    assert!(report.unread[0].ends_with("agent-065"));
    let causes = report.findings.iter().map(|finding| finding.cause);
    let expected = [
        Cause::DefaultRevert,
        Cause::ChangedOutside,
        Cause::Missing,
        Cause::Unreadable,
    ];
    assert!(causes.clone().all(|cause| expected.contains(&cause)));
    assert_eq!(causes.count(), 3);
    let [warning] = report.warnings.as_slice() else {
        panic!("{:?}", report.warnings)
    };
    assert!(
        warning.detail.starts_with("1 of 70 daemons not finished and unread."),
        "{}",
        warning.detail
    );
}

#[tokio::test(start_paused = true)]
async fn at_its_deadline_a_scan_reports_what_is_finished() {
    let mut world = World::new(0).await;
    world.options.end = End::new(None, Some(Instant::now() + Duration::from_secs(8)));
    let (report, seconds) = scan_with_a_silent_daemon(&world).await;
    expect_all_but_one(&report);
    assert!((7.9..8.5).contains(&seconds), "{seconds} s");
    assert_eq!(report.warnings[0].summary, "Scan ended by its timeout");
    assert_eq!((report.interrupted, report.complete), (false, false));
    assert_eq!(code(&report, ExitPolicy::default()), 2, "drift is worse than a gap");
    let strict = ExitPolicy {
        strict: true,
        ..ExitPolicy::default()
    };
    assert_eq!(code(&report, strict), 4);
}

#[tokio::test(start_paused = true)]
async fn after_a_signal_a_scan_reports_what_is_finished() {
    let mut world = World::new(0).await;
    let (interrupt, interrupted) = watch::channel(false);
    world.options.end = End::new(Some(interrupted), None);
    let stop = async {
        tokio::time::sleep(Duration::from_secs(8)).await;
        interrupt.send(true).unwrap();
    };
    let ((report, seconds), ()) = tokio::join!(scan_with_a_silent_daemon(&world), stop);
    expect_all_but_one(&report);
    assert!((7.9..8.5).contains(&seconds), "{seconds} s");
    assert_eq!(report.warnings[0].summary, "Scan interrupted");
    assert_eq!(code(&report, ExitPolicy::default()), 130);
}

#[tokio::test(start_paused = true)]
async fn a_silent_daemon_costs_no_finding_of_a_small_estate() {
    let mut world = World::new(0).await;
    let made = estate(&world, 8).await;
    for made in &made[..5] {
        world.update(made, |update| update.critical(false)).await;
    }
    world.settle();
    world.delete(&made[6]).await;
    world.settle();
    world.fault(
        &json!({"operation": "DescribeDaemon", "resource": "*agent-007", "count": null, "effect": {"slow": {"seconds": 3600}}}),
    );
    world.options.end = End::new(None, Some(Instant::now() + Duration::from_secs(8)));
    let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
    assert_eq!(
        (verdicts(&report, Verdict::Drifted), verdicts(&report, Verdict::InSync)),
        (6, 1),
        "one of them is missing"
    );
    assert_eq!(report.unread.len(), 1, "{:?}", report.unread);
    assert_eq!(report.groups.len(), 5, "what brought each of them is known");
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_there_are_completed_when_the_end_comes() {
    let mut world = World::new(0).await;
    let made = estate(&world, 30).await;
    // 29 daemons are answered and wait for calls of 20; one is not.
    world.fault(
        &json!({"operation": "DescribeDaemon", "resource": "*agent-020", "count": null, "effect": {"slow": {"seconds": 3600}}}),
    );
    world.fault(&json!({"operation": "DescribeDaemonRevisions", "count": null, "effect": {"slow": {"seconds": 1}}}));
    world.options.end = End::new(None, Some(Instant::now() + Duration::from_millis(2500)));
    let began = Instant::now();
    let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
    assert_eq!((verdicts(&report, Verdict::InSync), report.unread.len()), (29, 1));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_was_not_read_a_second_time_is_not_called_drift() {
    let mut world = World::new(0).await;
    let made = estate(&world, 2).await;
    world.update(&made[0], |update| update.critical(false)).await;
    world.settle();
    // The first reading is answered, the second is not.
    world.fault(
        &json!({"operation": "DescribeDaemon", "after": 2, "count": null, "effect": {"slow": {"seconds": 3600}}}),
    );
    world.options.end = End::new(None, Some(Instant::now() + Duration::from_secs(5)));
    let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
    assert_eq!(report.unread, [made[0].arn.clone()]);
    assert!(report.findings.iter().all(|finding| finding.kind == Kind::Unread));
    assert_eq!(verdicts(&report, Verdict::InSync), 1);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_expire_end_the_scan_of_their_account_with_one_error() {
    for (code, status) in [
        ("ExpiredTokenException", 400),
        ("ExpiredTokenException", 403),
        ("ExpiredToken", 403),
        ("UnrecognizedClientException", 400),
        ("InvalidClientTokenId", 403),
        ("AccessDeniedException", 403),
    ] {
        let world = World::new(0).await;
        let made = estate(&world, 300).await;
        world.fault(
            &json!({"operation": "*", "after": 150, "count": null, "effect": {"error": {
            "type": code, "message": "The security token included in the request is expired", "status": status}}}),
        );
        let before = world.emulator.journal().len();
        let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
        let calls = world.emulator.journal().len() - before;
        assert!(calls < 150 + 20, "{code}: {calls} calls");
        let [error] = report.errors.as_slice() else {
            panic!("{code}: {:?}", report.errors)
        };
        assert!(error.summary.contains("expired"), "{}", error.summary);
        assert!(error.detail.contains(code), "{}", error.detail);
        let unread = verdicts(&report, Verdict::Unread);
        assert!(
            (200..300).contains(&unread),
            "{code}: {unread} unread, what was finished is in the report"
        );
        assert_eq!(unread + verdicts(&report, Verdict::InSync), 300);
        // All of them are told in the same words.
        let said: std::collections::BTreeSet<&String> =
            report.findings.iter().map(|finding| &finding.message).collect();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            report
                .findings
                .iter()
                .all(|finding| finding.message.contains("expired"))
        );
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
        assert_eq!(ecs_drift::report::code(&report, ExitPolicy::default()), 1);
    }
}

/// A scan of daemons in a world with a fault, and the seconds that it took.
async fn under(daemons: usize, fault: &serde_json::Value) -> (Report, f64) {
    fastrand::seed(7);
    let world = World::new(0).await;
    let made = estate(&world, daemons).await;
    world.fault(fault);
    let began = Instant::now();
    let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
    assert_eq!(report.daemons.len(), daemons);
    (report, began.elapsed().as_secs_f64())
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_is_throttled_for_ever_is_given_up() {
    for daemons in [16, 400] {
        let throttled = json!({"operation": "DescribeDaemonRevisions", "count": null, "effect": "throttle"});
        let (report, seconds) = under(daemons, &throttled).await;
        assert_eq!(report.unread.len(), daemons);
        assert!(seconds < 90.0, "{daemons} daemons: {seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_is_throttled_for_ever_is_given_up_alone() {
    let throttled =
        json!({"operation": "DescribeDaemon", "resource": "*agent-065", "count": null, "effect": "throttle"});
    let (report, seconds) = under(400, &throttled).await;
    assert_eq!(report.unread.len(), 1);
    assert_eq!(verdicts(&report, Verdict::InSync), 399);
    assert!(seconds < 80.0, "{seconds} s");
}

#[tokio::test(start_paused = true)]
async fn a_network_that_swallows_everything_is_given_up() {
    for after in [1, 100] {
        let silent = json!({"operation": "*", "after": after, "count": null, "effect": {"slow": {"seconds": 80_000}}});
        let (report, seconds) = under(400, &silent).await;
        assert!(report.unread.len() >= 300);
        assert!(seconds < 60.0, "after {after} calls: {seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn what_fails_for_some_seconds_is_read_in_the_end() {
    for effect in [json!("server_error"), json!("reset")] {
        // Each of them fails five times, which no call is repeated; then there is nothing wrong any more.
        let fault = json!({"operation": "DescribeDaemon", "resource": "*agent-00*", "count": 50, "effect": effect});
        let (report, seconds) = under(60, &fault).await;
        assert_eq!(
            (verdicts(&report, Verdict::InSync), report.complete),
            (60, true),
            "{effect}"
        );
        assert!(seconds < 15.0, "{seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_by_chance_is_lived_through() {
    for probability in [0.2, 0.35, 0.5] {
        let throttled = json!({"operation": "*", "probability": probability, "count": null, "effect": "throttle"});
        let (report, seconds) = under(400, &throttled).await;
        assert_eq!(
            (verdicts(&report, Verdict::InSync), report.complete),
            (400, true),
            "{probability}"
        );
        assert!(seconds < 20.0, "{probability}: {seconds} s");
    }
}
