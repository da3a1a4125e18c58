//! Reports that were stored: read with clear words for what is none, and made one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::Failure;
use crate::{
    report::{Problem, Report, SCHEMA_VERSION},
    source::position,
};

/// Reads a report.
pub(super) fn read(path: &Path) -> Result<Report, Failure> {
    let name = path.display();
    let text = text(path).map_err(|error| Failure::new("Report cannot be read", format!("{name}: {error}.")))?;
    let wrong = |reason: String| {
        Failure::new(
            "Invalid report",
            format!("{name}: {reason}. Give a report that `--output json=FILE` wrote."),
        )
    };
    let value: Value = serde_json::from_str(&text).map_err(|error| wrong(position::json(&error)))?;
    let major = |version: &str| version.split('.').next().map(str::to_owned);
    let version = value
        .get("schema_version")
        .ok_or_else(|| wrong("it has no `schema_version`".to_owned()))?;
    let version = version
        .as_str()
        .ok_or_else(|| wrong("its `schema_version` is no text, such as \"1.0\"".to_owned()))?;
    if major(version) != major(SCHEMA_VERSION) {
        let said = position::version("`schema_version`", version, "1.x");
        return Err(wrong(said.trim_end_matches('.').to_owned()));
    }
    // From the text once more: errors of a tree have no place.
    serde_json::from_str(&text).map_err(|error| wrong(position::json(&error)))
}

fn text(path: &Path) -> io::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(path)
}

/// Reads several reports.
pub(super) fn read_all(paths: &[PathBuf]) -> Result<Vec<Report>, Failure> {
    paths.iter().map(|path| read(path)).collect()
}

/// One report of several, as if one scan had made it. What two of them say of the same daemon or cluster, the later
/// one says. The result is to be sealed.
pub(super) fn merge(mut reports: Vec<Report>) -> Report {
    let missing = missing_parts(&reports);
    let shard = reports
        .first()
        .and_then(|report| report.shard)
        .filter(|_| reports.len() == 1);
    reports.sort_by_key(|report| std::cmp::Reverse(report.finished_at));
    let mut reports = reports.into_iter();
    let Some(mut merged) = reports.next() else {
        return Report::new(jiff::Timestamp::UNIX_EPOCH);
    };
    for report in reports {
        add(&mut merged, report);
    }
    merged.shard = shard;
    merged.errors.extend(missing);
    merged.seal();
    // Each part tells of the same inputs.
    merged.errors.dedup();
    merged.warnings.dedup();
    merged
}

/// Parts of scans that are not among several reports: what they would have found is unknown.
fn missing_parts(reports: &[Report]) -> Vec<Problem> {
    let mut parts: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for shard in reports.iter().filter_map(|report| report.shard) {
        parts.entry(shard.of).or_default().insert(shard.part);
    }
    let all = parts.into_iter().filter(|_| reports.len() > 1).map(|(of, there)| {
        let missing: Vec<String> = (1..=of)
            .filter(|part| !there.contains(part))
            .map(|part| format!("{part}/{of}"))
            .collect();
        (!missing.is_empty()).then(|| Problem {
            input: None,
            summary: "Parts missing".to_owned(),
            detail: format!(
                "No report is of the parts {}. Give the reports of all jobs; one that wrote none has failed.",
                missing.join(", ")
            ),
        })
    });
    all.flatten().collect()
}

fn add(merged: &mut Report, earlier: Report) {
    let told = merged.daemons.iter().map(|daemon| daemon.arn.clone());
    let told: BTreeSet<String> = told
        .chain(merged.findings.iter().map(|finding| finding.arn.clone()))
        .collect();
    merged.started_at = merged.started_at.min(earlier.started_at);
    merged.interrupted |= earlier.interrupted;
    merged.signal = merged.signal.or(earlier.signal);
    merged.errors.extend(earlier.errors);
    merged.warnings.extend(earlier.warnings);
    for input in earlier.inputs {
        if !merged.inputs.contains(&input) {
            merged.inputs.push(input);
        }
    }
    let is_untold = |arn: &String| !told.contains(arn);
    merged
        .daemons
        .extend(earlier.daemons.into_iter().filter(|daemon| is_untold(&daemon.arn)));
    merged
        .findings
        .extend(earlier.findings.into_iter().filter(|finding| is_untold(&finding.arn)));
    merged
        .groups
        .extend(earlier.groups.into_iter().filter(|group| is_untold(&group.daemon_arn)));
    let (total, more) = (&mut merged.statistics, earlier.statistics);
    total.seconds += more.seconds;
    total.daemons_scanned += more.daemons_scanned;
    total.throttled += more.throttled;
    total.read_again += more.read_again;
    for (operation, calls) in more.api_calls {
        *total.api_calls.entry(operation).or_default() += calls;
    }
}
