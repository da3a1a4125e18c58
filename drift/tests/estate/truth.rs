//! The truth table of the documentation: what was planted by calls, what is said, and how sure, without and with `--who`.
//! The page is compared with what the scans of this test say, so that it cannot lie.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use ecs_drift::{report::Report, scan::CloudTrail};
use ecs_emulator::knobs::{DeploymentRetention, Knobs};

use crate::rows::{ROWS, Row};

const PAGE: &str = "../docs/drift/truth-table.md";
/// The line before the table.
const BEGIN: &str = "<!-- The table is compared with what `drift/tests/estate/truth.rs` sees. -->\n\n";
/// The beginning of the second table.
const WITHOUT_RECORDS: &str = "\n## Without records of deployments\n\n\
    ECS keeps them for a time only. These rows say less, or with less confidence, when none is left; each of them says\n\
    [not-readable](causes.md#not-readable) as well.\n\n| row | planted | said |\n|---|---|---|\n";
/// The cause that every daemon without a record has.
const NOT_READABLE: &str = "not-readable";
/// Set, the page is written instead of compared.
const WRITE: &str = "ECS_DRIFT_WRITE_PAGES";

/// Of each cause that is said: how sure, and whether the call behind it is named.
fn said(report: &Report) -> BTreeMap<&'static str, (String, bool)> {
    let mut said: BTreeMap<&'static str, (String, bool)> = BTreeMap::new();
    for finding in &report.findings {
        let confidence = format!("{:?}", finding.confidence).to_lowercase();
        let is_named = finding.evidence.iter().any(|fact| fact.from == "CloudTrail");
        let (sure, named) = said.entry(finding.cause.id()).or_default();
        assert!(
            sure.is_empty() || *sure == confidence,
            "one row, one confidence: {confidence} and {sure}"
        );
        *sure = confidence;
        *named |= is_named;
    }
    said
}

fn told(said: &BTreeMap<&str, (String, bool)>) -> String {
    let causes = said.iter().map(|(cause, (sure, named))| {
        let caller = if *named { ", caller named" } else { "" };
        format!("[{cause}](causes.md#{cause}) {sure}{caller}")
    });
    causes.collect::<Vec<_>>().join("; ")
}

async fn line(row: &Row) -> String {
    let planted = row.plant(&Knobs::default()).await;
    let alone = told(&said(&planted.scan().await));
    let trail = CloudTrail::new(&planted.world, Arc::clone(&planted.world.options.counters));
    let asked = planted.world.scan_with(&trail, &planted.documents).await;
    let asked = told(&said(&asked));
    let asked = if asked == alone { "the same".to_owned() } else { asked };
    format!("| {} | {} | {alone} | {asked} |\n", row.0, row.2)
}

/// The same without a record of any deployment; none if that takes nothing away.
async fn line_without_records(row: &Row) -> Option<String> {
    let knobs = Knobs {
        deployment_retention: DeploymentRetention::None,
        ..Knobs::default()
    };
    let with = said(&row.plant(&Knobs::default()).await.scan().await);
    let mut without = said(&row.plant(&knobs).await.scan().await);
    let is_told = with.contains_key(NOT_READABLE);
    without.retain(|cause, _| is_told || *cause != NOT_READABLE);
    let said = if without.is_empty() {
        "nothing else".to_owned()
    } else {
        told(&without)
    };
    (with != without).then(|| format!("| {} | {} | {said} |\n", row.0, row.2))
}

#[tokio::test(start_paused = true)]
async fn the_truth_table_says_what_scans_say() {
    let mut table = "| row | planted | said | said with `--who` |\n|---|---|---|---|\n".to_owned();
    for row in &ROWS {
        table.push_str(&line(row).await);
    }
    table.push_str(WITHOUT_RECORDS);
    for row in &ROWS {
        table.push_str(&line_without_records(row).await.unwrap_or_default());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let (before, found) = page.split_once(BEGIN).unwrap();
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, format!("{before}{BEGIN}{table}")).unwrap();
    } else {
        assert_eq!(
            found, table,
            "`{WRITE}=1 cargo test -p ecs-drift --test estate truth` writes {PAGE}"
        );
    }
}
