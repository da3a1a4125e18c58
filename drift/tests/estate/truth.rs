//! The truth table of the documentation: what was planted by calls, what is said, and how sure, without and with `--who`.
//! The page is compared with what the scans of this test say, so that it cannot lie.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path, sync::Arc};

use ecs_drift::{report::Report, scan::CloudTrail};
use ecs_emulator::knobs::Knobs;

use crate::rows::{ROWS, Row};

const PAGE: &str = "../docs/drift/truth-table.md";
/// The line before the table.
const BEGIN: &str = "<!-- The table is compared with what `drift/tests/estate/truth.rs` sees. -->\n\n";
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

async fn line(row: &Row) -> String {
    let planted = row.plant(&Knobs::default()).await;
    let alone = said(&planted.scan().await);
    let trail = CloudTrail::new(&planted.world, Arc::clone(&planted.world.options.counters));
    let asked = planted.world.scan_with(&trail, &planted.documents).await;
    // Who asks learns more of the same, or that a call set what seemed to be left out.
    let asked = said(&asked);
    let told = |said: &BTreeMap<&str, (String, bool)>| {
        let causes = said.iter().map(|(cause, (sure, named))| {
            let caller = if *named { ", caller named" } else { "" };
            format!("[{cause}](causes.md#{cause}) {sure}{caller}")
        });
        causes.collect::<Vec<_>>().join("; ")
    };
    let (alone, asked) = (told(&alone), told(&asked));
    let asked = if asked == alone { "the same".to_owned() } else { asked };
    format!("| {} | {} | {alone} | {asked} |", row.0, row.2)
}

#[tokio::test(start_paused = true)]
async fn the_truth_table_says_what_scans_say() {
    let mut table = "| row | planted | said | said with `--who` |\n|---|---|---|---|\n".to_owned();
    for row in &ROWS {
        writeln!(table, "{}", line(row).await).unwrap();
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
