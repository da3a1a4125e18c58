//! Repair plans of every row of the procedure: what would be sent and why, or which flag allows it.

use std::{collections::BTreeSet, fmt::Write};

use ecs_drift::{
    repair::{self, Action, Allowed, From, Payload, Plan, Reason, Selection},
    report::Kind,
    scan::NoTrail,
    setting::Settings,
};
use ecs_emulator::knobs::Knobs;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::{
    plants::Planted,
    repairs::printed,
    rows::{ROWS, Row},
    support::{World, lines, short},
};

/// Everything that a flag can allow.
pub(crate) const ALL: Allowed = Allowed {
    supersede: true,
    after_rollback: true,
    recreated: true,
    reset_unknown: true,
    tags: true,
    assume_defaults: true,
};

pub(crate) fn selection(allowed: Allowed) -> Selection {
    Selection {
        allowed,
        ..Selection::default()
    }
}

/// The plan of a scan of the sources.
pub(crate) async fn plan(world: &World, documents: &[Json], selection: &Selection) -> Plan {
    let (report, beside) = world.scan_beside(&NoTrail, documents).await;
    repair::plan(&report, beside.proposals, selection, Timestamp::UNIX_EPOCH)
}

fn reasons(reasons: &[Reason]) -> String {
    let reasons = reasons.iter().map(|reason| {
        let flag = reason.flag.as_deref().unwrap_or("never");
        format!("[{flag}] {}", short(&reason.text))
    });
    reasons.collect::<Vec<_>>().join(" ")
}

/// A plan in lines: what is sent, from what to what, and what is not.
pub(crate) fn told(plan: &Plan) -> String {
    let mut told = String::new();
    for planned in &plan.repairs {
        let causes: Vec<&str> = planned.causes.iter().map(|cause| cause.id()).collect();
        let _ = write!(
            told,
            "  {:?} {}: {}",
            planned.action,
            planned.subject.name,
            causes.join(", ")
        );
        if let Some(cost) = &planned.cost {
            let _ = write!(
                told,
                "; {} instances, {} at a time, {} batches, {} minutes of baking",
                cost.instances, cost.at_a_time, cost.batches, cost.bake_minutes
            );
        }
        told.push('\n');
        for member in planned.members.iter().filter(|member| member.changes()) {
            let live = member.live.as_ref().map_or("not on record".to_owned(), Json::to_string);
            let _ = writeln!(
                told,
                "    {} {} -> {}",
                member.setting,
                short(&live),
                short(&member.value.to_string())
            );
        }
        for member in planned.members.iter().filter(|member| member.from == From::Live) {
            let _ = writeln!(
                told,
                "    keeps {} {}: {}",
                member.setting,
                short(&member.value.to_string()),
                member.why.as_deref().unwrap_or_default()
            );
        }
        if let Some(tags) = &planned.tags {
            let _ = writeln!(told, "    sets {:?}, removes {:?}", tags.set, tags.remove);
        }
        for remaining in &planned.remaining {
            let _ = writeln!(
                told,
                "    leaves {}: {}",
                remaining.setting,
                reasons(&remaining.reasons)
            );
        }
    }
    for refused in &plan.refused {
        let causes: Vec<&str> = refused.causes.iter().map(|cause| cause.id()).collect();
        let _ = writeln!(
            told,
            "  refused {}: {}: {}",
            refused.subject.name,
            causes.join(", "),
            reasons(&refused.reasons)
        );
    }
    told
}

async fn planted(row: &Row) -> Planted {
    let mut planted = row.plant(&Knobs::default()).await;
    planted.world.options.repairs = true;
    planted
}

#[tokio::test(start_paused = true)]
async fn each_row_has_a_plan_or_a_reason() {
    let mut all = String::new();
    for row in &ROWS {
        let planted = planted(row).await;
        let bare = told(&plan(&planted.world, &planted.documents, &Selection::default()).await);
        let allowed = told(&plan(&planted.world, &planted.documents, &selection(ALL)).await);
        let _ = writeln!(all, "{} {}\n{bare}", row.0, row.2);
        if allowed != bare {
            let _ = writeln!(all, " with all flags\n{allowed}");
        }
    }
    insta::assert_snapshot!(all);
}

/// The call that a scan prints is the one that a plan without flags sends.
#[tokio::test(start_paused = true)]
async fn a_plan_and_a_printed_command_are_one_call() {
    let mut compared = 0;
    for row in &ROWS {
        let planted = planted(row).await;
        let plan = plan(&planted.world, &planted.documents, &Selection::default()).await;
        let report = planted.scan().await;
        for planned in plan.repairs.iter().filter(|planned| planned.action == Action::Update) {
            assert_eq!(
                planned.update.as_ref().map(Payload::tree),
                printed(&report),
                "{}",
                row.2
            );
            compared += 1;
        }
    }
    assert!(compared > 10, "{compared}");
}

/// What a plan with all flags sends leaves nothing that differs but what it names.
#[tokio::test(start_paused = true)]
async fn a_plan_that_is_sent_leaves_only_what_it_names() {
    for row in &ROWS {
        let planted = planted(row).await;
        let world = &planted.world;
        let plan = plan(world, &planted.documents, &selection(ALL)).await;
        for planned in plan.repairs.iter().filter(|planned| planned.update.is_some()) {
            let settings = Settings::from_members(&planned.update.as_ref().unwrap().tree()).unwrap();
            settings
                .update_request(&planned.subject.arn)
                .send_with(&world.other)
                .await
                .unwrap();
        }
        if plan.repairs.iter().all(|planned| planned.action != Action::Update) {
            continue;
        }
        world
            .emulator
            .control(
                "POST",
                "clock",
                Some(json!({"settle": true, "limit_seconds": 48 * 3600})),
            )
            .unwrap();
        let report = planted.scan().await;
        let named: BTreeSet<&str> = plan
            .repairs
            .iter()
            .flat_map(|planned| &planned.remaining)
            .map(|remaining| remaining.setting.as_str())
            .collect();
        let differs = report.findings.iter().any(|finding| {
            let setting = finding.setting.as_deref().unwrap_or_default();
            finding.kind == Kind::Difference && setting != "tags_all" && !named.contains(setting)
        });
        // What was rolled back before is rolled back again.
        let fails_again = report
            .findings
            .iter()
            .any(|finding| finding.cause.id() == "rolled-back");
        assert!(!differs || fails_again, "{}:\n{}", row.2, lines(&report));
    }
}
