//! The report for programs: as one document, or as records, so that a reader of ten thousand daemons needs no
//! more memory than one of them takes. The forms are `schemas/ecs-drift-report.schema.json` and
//! `schemas/ecs-drift-record.schema.json`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    report::{Daemon, Finding, Group, Input, Problem, Report, Signal, Statistics, Summary, Tool},
    surface::{self, Stream},
};

/// One line of the NDJSON form: first the run, last the summary. A file without a summary was cut short.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Record<'a> {
    /// Version of the report's form, `MAJOR.MINOR`.
    schema_version: &'a str,
    /// What the record is.
    #[serde(flatten)]
    body: Body<'a>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Body<'a> {
    /// The run.
    Run(Run<'a>),
    /// A daemon of the inputs.
    Daemon(&'a Daemon),
    /// A deployment that caused findings.
    Group(&'a Group),
    /// A finding.
    Finding(&'a Finding),
    /// Counts.
    Summary(&'a Summary),
}

#[derive(Debug, Serialize, JsonSchema)]
struct Run<'a> {
    tool: &'a Tool,
    /// When the scan began, by the clock of the host.
    started_at: jiff::Timestamp,
    /// When the scan ended, by the clock of the host.
    finished_at: jiff::Timestamp,
    /// Whether everything that was asked for has been read.
    complete: bool,
    /// Whether the scan was ended by a signal.
    interrupted: bool,
    /// The signal that ended it; that of an interrupt unless it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<Signal>,
    /// ARNs of daemons and clusters of which not all could be read, sorted.
    unread: &'a [String],
    /// What went wrong with the run or with an input.
    errors: &'a [Problem],
    /// What the reader should know although nothing failed.
    warnings: &'a [Problem],
    /// Where the wanted state came from.
    inputs: &'a [Input],
    statistics: &'a Statistics,
}

/// The report as one document.
pub(super) fn document(report: &Report) -> Stream<'_> {
    surface::json_stream(report)
}

/// The report as records, one a line.
pub(super) fn records(report: &Report) -> Stream<'_> {
    surface::json_lines(move || {
        bodies(report).map(|body| Record {
            schema_version: &report.schema_version,
            body,
        })
    })
}

fn bodies(report: &Report) -> impl Iterator<Item = Body<'_>> {
    let run = Body::Run(Run {
        tool: &report.tool,
        started_at: report.started_at,
        finished_at: report.finished_at,
        complete: report.complete,
        interrupted: report.interrupted,
        signal: report.signal,
        unread: &report.unread,
        errors: &report.errors,
        warnings: &report.warnings,
        inputs: &report.inputs,
        statistics: &report.statistics,
    });
    std::iter::once(run)
        .chain(report.daemons.iter().map(Body::Daemon))
        .chain(report.groups.iter().map(Body::Group))
        .chain(report.findings.iter().map(Body::Finding))
        .chain(std::iter::once(Body::Summary(&report.summary)))
}
