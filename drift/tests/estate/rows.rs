//! The procedure as a table: each row planted, and what a scan has to say of it, at the defaults of the
//! emulator and under every other value of every knob. Row 12 has cases of its own beside these.
//!
//! The file is long because it is two tables, of the rows and of what fewer records leave of them, which are read side by side.

use std::{collections::BTreeSet, fmt::Write};

use ecs_drift::report::{Confidence, ExitPolicy, Report, code};
use ecs_emulator::knobs::Knobs;

use crate::{
    configured::in_main,
    knobs::VARIANTS,
    plants::{self, Planted},
    support::{evidence, lines},
};

pub(crate) type Found = &'static [(&'static str, Confidence)];

/// A row: its number, which part of the plants knows it, how it is planted, and what is to be found, the headline
/// of the daemon first.
pub(crate) struct Row(pub(crate) u8, Part, pub(crate) &'static str, pub(crate) Found);

#[derive(Clone, Copy)]
enum Part {
    Absent,
    Rollout,
    Beside,
    Cause,
}

use Confidence::{Certain, Likely, Possible};
use Part::{Absent, Beside, Cause, Rollout};

pub(crate) const ROWS: [Row; 50] = [
    Row(
        1,
        Absent,
        "credentials of another account",
        &[("wrong-account", Certain)],
    ),
    Row(2, Absent, "DescribeDaemon is denied", &[("unreadable", Certain)]),
    Row(
        2,
        Absent,
        "a minimal update, and ListTagsForResource is denied",
        &[("default-revert", Likely), ("unreadable", Certain)],
    ),
    Row(3, Absent, "its cluster was deleted", &[("cluster-missing", Certain)]),
    Row(4, Absent, "deleted", &[("missing", Certain)]),
    Row(
        4,
        Absent,
        "deleted, and a refresh took that into the state, beside the configuration",
        &[("missing", Certain)],
    ),
    Row(
        4,
        Absent,
        "deleted, and a refresh took that into the state, so that a plan creates it",
        &[("missing", Certain)],
    ),
    Row(5, Absent, "deleted a moment ago", &[("being-deleted", Certain)]),
    Row(6, Absent, "deleted and created", &[("recreated", Certain)]),
    Row(
        6,
        Absent,
        "deleted and created with other settings, and a refresh took that into the state, beside the configuration",
        &[("absorbed", Possible)],
    ),
    Row(
        6,
        Absent,
        "deleted and created with another drain percentage, which a later call changed again",
        &[("recreated", Certain), ("changed-outside", Likely)],
    ),
    Row(
        6,
        Absent,
        "deleted and created without its tags",
        &[("recreated", Certain), ("tags", Certain)],
    ),
    Row(6, Absent, "re-created, its past expired", &[("recreated", Likely)]),
    Row(
        7,
        Rollout,
        "an update that waits",
        &[("rollout-in-progress", Certain), ("changed-outside", Likely)],
    ),
    Row(
        7,
        Rollout,
        "an update that rolls",
        &[("rollout-in-progress", Certain), ("changed-outside", Likely)],
    ),
    Row(
        7,
        Rollout,
        "an update that an alarm stops",
        &[("rollout-in-progress", Certain)],
    ),
    Row(
        8,
        Rollout,
        "an update that an alarm rolls back",
        &[("rolled-back", Certain)],
    ),
    Row(8, Rollout, "an image that does not start", &[("rolled-back", Certain)]),
    Row(
        8,
        Rollout,
        "a minimal update whose image does not start",
        &[("rolled-back", Certain), ("default-revert", Likely)],
    ),
    Row(
        8,
        Rollout,
        "a minimal update, and an update whose rollback went back to it",
        &[("rolled-back", Certain), ("default-revert", Likely)],
    ),
    Row(
        9,
        Rollout,
        "failed in the middle",
        &[
            ("rollout-failed", Certain),
            ("rollback", Certain),
            ("definition-deleted", Certain),
        ],
    ),
    Row(
        9,
        Rollout,
        "failed, remembered by the state",
        &[("rollout-failed", Certain), ("not-readable", Certain)],
    ),
    Row(
        9,
        Rollout,
        "failed, on no record",
        &[("rollout-failed", Certain), ("not-readable", Certain)],
    ),
    Row(
        10,
        Beside,
        "an update overtaken in the middle",
        &[("superseded", Certain)],
    ),
    Row(11, Beside, "its records expired", &[("not-readable", Certain)]),
    Row(13, Cause, "a plan about to change it", &[("pending-change", Certain)]),
    Row(
        13,
        Cause,
        "a change that a refresh took into the state, beside the configuration",
        &[("absorbed", Possible)],
    ),
    Row(
        14,
        Beside,
        "critical = false, which hashicorp/aws cannot hold",
        &[("at-risk", Certain)],
    ),
    Row(
        15,
        Cause,
        "a rollout of ours that failed",
        &[("rolled-back", Certain), ("rollback", Certain)],
    ),
    Row(
        16,
        Beside,
        "its task definition was deleted",
        &[("definition-deleted", Certain)],
    ),
    Row(
        16,
        Beside,
        "the wanted task definition was deleted",
        &[("definition-deleted", Certain), ("task-definition", Certain)],
    ),
    Row(
        17,
        Cause,
        "a flag that hashicorp/aws never sent",
        &[("never-applied", Certain)],
    ),
    Row(17, Cause, "a state edited by hand", &[("never-applied", Certain)]),
    Row(18, Cause, "a minimal update", &[("default-revert", Likely)]),
    Row(
        18,
        Cause,
        "a minimal update of one setting",
        &[("default-revert", Possible)],
    ),
    Row(
        18,
        Cause,
        "a minimal update that repeats one part of deploymentConfiguration",
        &[("default-revert", Likely)],
    ),
    Row(
        18,
        Cause,
        "a minimal update, on no record but the latest",
        &[("default-revert", Possible)],
    ),
    Row(
        19,
        Cause,
        "one setting back at its default, others kept",
        &[("changed-outside", Likely)],
    ),
    Row(19, Cause, "another value", &[("changed-outside", Likely)]),
    Row(
        19,
        Cause,
        "a provider without instances",
        &[("changed-outside", Likely)],
    ),
    Row(20, Cause, "a newer revision", &[("task-definition", Certain)]),
    Row(20, Cause, "another family", &[("task-definition", Certain)]),
    Row(
        20,
        Cause,
        "another family, and a plan that knows its task definition only after its apply",
        &[("pending-change", Certain), ("task-definition", Certain)],
    ),
    Row(
        21,
        Beside,
        "a newer revision was registered",
        &[("newer-revision", Certain)],
    ),
    Row(22, Cause, "tags changed", &[("tags", Certain)]),
    Row(
        22,
        Cause,
        "tags changed, and a plan that knows its tags only after its apply",
        &[("tags", Certain)],
    ),
    Row(
        23,
        Beside,
        "an image of no importance that does not start",
        &[("coverage", Certain)],
    ),
    Row(
        23,
        Beside,
        "a failed way back after the last batch",
        &[
            ("rollout-failed", Certain),
            ("definition-deleted", Certain),
            ("newer-revision", Certain),
            ("coverage", Certain),
        ],
    ),
    Row(24, Beside, "no input names it", &[("unmanaged", Certain)]),
    Row(
        24,
        Beside,
        "the configuration has it, and no input names it",
        &[("unmanaged", Certain)],
    ),
];

impl Row {
    pub(crate) async fn plant(&self, knobs: &Knobs) -> Planted {
        match self.1 {
            Absent => plants::absent(self.2, knobs).await,
            Rollout => plants::rollout(self.2, knobs).await,
            Beside => plants::beside(self.2, knobs).await,
            Cause => plants::cause(self.2, knobs).await,
        }
    }

    async fn scan(&self, knobs: &Knobs) -> Report {
        self.plant(knobs).await.scan().await
    }

    fn name(&self) -> String {
        format!("row {}, {}", self.0, self.2)
    }
}

/// The headline of the first daemon, and every cause with its confidence, those of the headline first.
fn found(report: &Report) -> (Option<&'static str>, BTreeSet<(&'static str, String)>) {
    let headline = report
        .daemons
        .first()
        .and_then(|daemon| daemon.headline)
        .map(ecs_drift::report::Cause::id);
    let findings = report.findings.iter();
    let findings = findings.map(|finding| (finding.cause.id(), format!("{:?}", finding.confidence)));
    (headline, findings.collect())
}

fn expected(found: Found) -> (Option<&'static str>, BTreeSet<(&'static str, String)>) {
    // A daemon that no input names is none of the inputs' daemons.
    let headline = found
        .first()
        .map(|(cause, _)| *cause)
        .filter(|cause| *cause != "unmanaged");
    let findings = found
        .iter()
        .map(|(cause, confidence)| (*cause, format!("{confidence:?}")));
    (headline, findings.collect())
}

#[tokio::test(start_paused = true)]
async fn each_row_is_found_with_its_cause_confidence_and_evidence() {
    let mut text = String::new();
    let mut wrong = Vec::new();
    for row in &ROWS {
        let report = row.scan(&Knobs::default()).await;
        writeln!(text, "# {}\n{}", row.name(), lines(&report)).unwrap();
        for (cause, _) in row.3 {
            if report.findings.iter().any(|finding| finding.cause.id() == *cause) {
                writeln!(text, "{cause}:\n{}", in_main(&evidence(&report, cause))).unwrap();
            }
        }
        writeln!(text, "exit code {}\n", code(&report, ExitPolicy::default())).unwrap();
        if found(&report) != expected(row.3) {
            wrong.push(format!("{}: {:?}\n{}", row.name(), found(&report), lines(&report)));
        }
    }
    insta::assert_snapshot!(text);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The findings that are left with a knob, by plant and knob: the evidence is gone, or AWS does not say it.
const LESS: &[(&str, &str, Found)] = &[
    ("deleted and created", LATEST, &[("recreated", Likely)]),
    ("deleted and created", NONE, &[("recreated", Likely), NOT_READABLE]),
    (
        "deleted and created with another drain percentage, which a later call changed again",
        LATEST,
        &[("changed-outside", Possible)],
    ),
    (
        "deleted and created with another drain percentage, which a later call changed again",
        NONE,
        &[NOT_READABLE],
    ),
    (
        "deleted and created without its tags",
        LATEST,
        &[("recreated", Likely), ("tags", Certain)],
    ),
    (
        "deleted and created without its tags",
        NONE,
        &[("recreated", Likely), NOT_READABLE, ("tags", Certain)],
    ),
    (
        "a minimal update, and an update whose rollback went back to it",
        LATEST,
        &[("rolled-back", Certain), ("rollback", Likely)],
    ),
    (
        "a minimal update, and an update whose rollback went back to it",
        NONE,
        RESET,
    ),
    ("an update overtaken in the middle", LATEST, &[]),
    ("a minimal update", LATEST, &[("default-revert", Possible)]),
    (
        "a minimal update, and ListTagsForResource is denied",
        LATEST,
        &[("default-revert", Possible), ("unreadable", Certain)],
    ),
    (
        "a minimal update, and ListTagsForResource is denied",
        NONE,
        &[NOT_READABLE, ("default-revert", Possible), ("unreadable", Certain)],
    ),
    ("a provider without instances", "omit_empty_providers", &[]),
    ("an image that does not start", NONE, &[NOT_READABLE]),
    (
        "failed in the middle",
        NONE,
        &[("rollout-failed", Certain), NOT_READABLE],
    ),
    (
        "an image of no importance that does not start",
        NONE,
        &[NOT_READABLE, ("coverage", Certain)],
    ),
    ("an update overtaken in the middle", NONE, &[NOT_READABLE]),
    (
        "another family, and a plan that knows its task definition only after its apply",
        NONE,
        &[NOT_READABLE, ("pending-change", Certain), ("task-definition", Possible)],
    ),
    (
        "tags changed, and a plan that knows its tags only after its apply",
        NONE,
        &[NOT_READABLE, ("tags", Certain)],
    ),
    (
        "a plan about to change it",
        NONE,
        &[NOT_READABLE, ("absorbed", Possible)],
    ),
    (
        "a change that a refresh took into the state, beside the configuration",
        NONE,
        &[NOT_READABLE, ("absorbed", Possible)],
    ),
    (
        "deleted and created with other settings, and a refresh took that into the state, beside the configuration",
        NONE,
        &[NOT_READABLE, ("absorbed", Possible)],
    ),
    (
        "critical = false, which hashicorp/aws cannot hold",
        NONE,
        &[NOT_READABLE, ("at-risk", Certain)],
    ),
    (
        "a rollout of ours that failed",
        LATEST,
        &[("rolled-back", Certain), ("rollback", Likely)],
    ),
    (
        "failed in the middle",
        LATEST,
        &[
            ("rollout-failed", Certain),
            ("rollback", Likely),
            ("definition-deleted", Certain),
        ],
    ),
    (
        "a rollout of ours that failed",
        NONE,
        &[NOT_READABLE, ("task-definition", Possible)],
    ),
    (
        "its task definition was deleted",
        NONE,
        &[NOT_READABLE, ("definition-deleted", Certain)],
    ),
    (
        "the wanted task definition was deleted",
        NONE,
        &[
            NOT_READABLE,
            ("definition-deleted", Certain),
            ("task-definition", Possible),
        ],
    ),
    ("a flag that hashicorp/aws never sent", NONE, NEVER_SENT),
    ("a state edited by hand", NONE, NEVER_SENT),
    ("a minimal update", NONE, RESET),
    (
        "a minimal update that repeats one part of deploymentConfiguration",
        LATEST,
        &[("default-revert", Possible)],
    ),
    (
        "a minimal update that repeats one part of deploymentConfiguration",
        NONE,
        RESET,
    ),
    (
        "a minimal update whose image does not start",
        LATEST,
        &[("rolled-back", Certain), ("default-revert", Possible)],
    ),
    ("a minimal update whose image does not start", NONE, &[NOT_READABLE]),
    ("a minimal update of one setting", NONE, RESET),
    (
        "an update that waits",
        LATEST,
        &[("rollout-in-progress", Certain), ("changed-outside", Possible)],
    ),
    (
        "an update that rolls",
        LATEST,
        &[("rollout-in-progress", Certain), ("changed-outside", Possible)],
    ),
    (
        "an update that waits",
        NONE,
        &[("rollout-in-progress", Certain), ("changed-outside", Possible)],
    ),
    (
        "an update that rolls",
        NONE,
        &[("rollout-in-progress", Certain), ("changed-outside", Possible)],
    ),
    (
        "one setting back at its default, others kept",
        LATEST,
        &[("changed-outside", Possible)],
    ),
    ("another value", LATEST, &[("changed-outside", Possible)]),
    ("a provider without instances", LATEST, &[("changed-outside", Possible)]),
    ("one setting back at its default, others kept", NONE, CHANGED),
    ("another value", NONE, CHANGED),
    ("a provider without instances", NONE, CHANGED),
    ("a newer revision", NONE, &[NOT_READABLE, ("task-definition", Possible)]),
    ("another family", NONE, &[NOT_READABLE, ("task-definition", Possible)]),
    (
        "a newer revision was registered",
        NONE,
        &[NOT_READABLE, ("newer-revision", Certain)],
    ),
    ("tags changed", NONE, &[NOT_READABLE, ("tags", Certain)]),
    ("no input names it", NONE, &[NOT_READABLE, ("unmanaged", Certain)]),
    (
        "the configuration has it, and no input names it",
        NONE,
        &[NOT_READABLE, ("unmanaged", Certain)],
    ),
    (
        "deleted, and a refresh took that into the state, beside the configuration",
        NONE,
        &[("missing", Certain), NOT_READABLE],
    ),
    (
        "a failed way back after the last batch",
        NONE,
        &[
            NOT_READABLE,
            ("definition-deleted", Certain),
            ("task-definition", Possible),
        ],
    ),
];
const LATEST: &str = "deployment_retention latest";
const NONE: &str = "deployment_retention none";
const NOT_READABLE: (&str, Confidence) = ("not-readable", Certain);
/// Causes that the revision that runs still proves.
const NEVER_SENT: Found = &[NOT_READABLE, ("never-applied", Possible)];
const RESET: Found = &[NOT_READABLE, ("default-revert", Possible)];
const CHANGED: Found = &[NOT_READABLE, ("changed-outside", Possible)];

#[tokio::test(start_paused = true)]
async fn no_knob_changes_what_a_row_means() {
    let mut wrong = Vec::new();
    let mut used = 0;
    for row in &ROWS {
        for variant in VARIANTS {
            let less = LESS
                .iter()
                .find(|(plant, knob, _)| (*plant, *knob) == (row.2, variant.0));
            used += usize::from(less.is_some());
            let expectation = expected(less.map_or(row.3, |(_, _, found)| found));
            let planted = row.plant(&variant.knobs()).await;
            let mut reports = vec![planted.scan().await];
            // Stale answers may show the time before; after some readings they are used up.
            let knobs = variant.knobs();
            for _ in 0..2 * knobs.stale_reads {
                reports.push(planted.scan().await);
            }
            let name = format!("{} | {}", row.name(), variant.0);
            wrong.extend(
                reports
                    .iter()
                    .filter_map(|report| slander(row, report))
                    .map(|what| format!("{name}: {what}")),
            );
            let last = reports.last().unwrap();
            if found(last) != expectation {
                wrong.push(format!("{name}: {:?}", found(last)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(used, LESS.len(), "each of these is a row under a knob");
}

/// A cause in the report that no answer, however old, may make a scan say.
fn slander(row: &Row, report: &Report) -> Option<String> {
    let is_of_row = |cause: &str| row.3.iter().any(|(of_row, _)| *of_row == cause);
    let worst = [
        "missing",
        "cluster-missing",
        "recreated",
        "never-applied",
        "coverage",
        "unreadable",
    ];
    let said = report.findings.iter().map(|finding| finding.cause.id());
    let mut said = said.filter(|cause| worst.contains(cause) && !is_of_row(cause));
    said.next().map(|cause| format!("{cause} was said"))
}

#[tokio::test(start_paused = true)]
async fn a_clean_estate_is_clean_under_every_knob() {
    for variant in VARIANTS {
        let planted = plants::clean(&variant.knobs()).await;
        let report = planted.scan().await;
        let said: BTreeSet<&str> = report.findings.iter().map(|finding| finding.cause.id()).collect();
        let expected = if variant.0 == NONE {
            vec!["not-readable"]
        } else {
            Vec::new()
        };
        assert_eq!(
            said.into_iter().collect::<Vec<_>>(),
            expected,
            "{}\n{}",
            variant.0,
            lines(&report)
        );
        assert!(report.complete, "{}", variant.0);
        assert_eq!(code(&report, ExitPolicy::default()), 0, "{}", variant.0);
    }
}
