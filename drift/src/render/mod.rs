//! Views of a report: one pure function for each form that people and their tools read. A view adds nothing
//! that the report does not hold, and nothing in it depends on clock, environment or terminal: what a
//! terminal can do comes in as [`Options`].
//!
//! | file | read by |
//! |---|---|
//! | `text` | people, on a terminal or in a log |
//! | `json` | programs: the report itself, whole or one record a line |
//! | `markdown` | issues, pull requests and step summaries, cut to what their hosts take |
//! | `github` | annotations of GitHub Actions |
//! | `sarif` | code scanning |
//! | `junit` | test reports of any CI |
//! | `gitlab` | code quality of GitLab |
//! | `prometheus` | the text file collector and the push gateway |
//! | `plan_text`, `plan_markdown` | people who review a repair |
//! | `results` | people and programs, after a repair |
//! | `watch` | people, after rollouts that were watched |
//! | `notice` | people, in issues and chats |
//! | `plan` | those two, and programs: which forms a plan has |
//! | `plan_wording` | those two: how a repair is said |
//! | `entries`, `table` | those for people: how an entry and its settings are said |
//! | `options` | those who call them: what a reader decides |
//! | `wording` | all of them: how values, times and counts are said |

mod entries;
mod github;
mod gitlab;
#[cfg(test)]
mod hostile;
mod json;
mod junit;
mod markdown;
pub(crate) mod notice;
mod options;
mod plan;
mod plan_markdown;
mod plan_text;
mod plan_wording;
mod prometheus;
mod results;
mod sarif;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod watch;
mod wording;

pub use json::Record;
pub use options::Options;
pub use plan::{PlanFormat, render as plan};
pub use results::render as results;
pub(crate) use watch::daemon_name;
pub use watch::render as watched;
use wording::length;
pub(crate) use wording::{count, plural};

use std::fmt;

use crate::{
    report::{Finding, Report},
    surface::{Finished, Foreign, Sheet, Stream, Terminal, sheet},
};

/// Declares the formats once, each with its name on the command line.
macro_rules! formats {
    ($($(#[$doc:meta])+ $format:ident = $name:literal;)+) => {
        /// A form of a report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Format {
            $($(#[$doc])+ $format,)+
        }

        impl Format {
            /// All, in the order of the documentation.
            pub const ALL: [Self; Self::NAMES.len()] = [$(Self::$format),+];

            /// The names of all, in the same order.
            pub const NAMES: [&'static str; [$($name),+].len()] = [$($name),+];

            /// Name on the command line.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$format => $name,)+
                }
            }
        }
    };
}

formats! {
    /// For people.
    Text = "text";
    /// The report as one JSON document.
    Json = "json";
    /// The report as JSON records, one a line.
    Ndjson = "ndjson";
    /// Markdown that fits into the body of an issue or pull request.
    Markdown = "markdown";
    /// Markdown that fits into a step summary of GitHub Actions.
    StepSummary = "step-summary";
    /// Annotations of GitHub Actions.
    Github = "github";
    /// SARIF 2.1.0 for code scanning.
    Sarif = "sarif";
    /// `JUnit` XML.
    Junit = "junit";
    /// Code quality report of GitLab.
    Gitlab = "gitlab";
    /// Metrics in the text format of Prometheus.
    Prometheus = "prometheus";
}

impl Format {
    /// The format of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The report in a form; it ends with a line break. The report must be sealed.
pub fn render(format: Format, report: &Report, options: &Options) -> Finished {
    stream(format, report, options).finish()
}

/// The same to be written. Forms that hold everything are not made as a whole for it.
pub fn stream<'a>(format: Format, report: &'a Report, options: &Options) -> Stream<'a> {
    match format {
        Format::Json => json::document(report),
        Format::Ndjson => json::records(report),
        Format::Text => text::render(report, options).into(),
        Format::Markdown => markdown::render(report, options, markdown::BODY).into(),
        Format::StepSummary => markdown::render(report, options, markdown::STEP_SUMMARY).into(),
        Format::Github => github::render(report, options).into(),
        Format::Sarif => sarif::render(report).into(),
        Format::Junit => junit::render(report, options.policy.fail_on).into(),
        Format::Gitlab => gitlab::render(report).into(),
        Format::Prometheus => prometheus::render(report).into(),
    }
}

/// A finding on one line, with the ARN, since there is no report around it.
pub(crate) fn one_line(finding: &Finding) -> Sheet<Terminal> {
    let difference: Option<Sheet<Terminal>> = wording::difference(finding).map(|difference| sheet!(", ", difference));
    let title: Sheet<Terminal> = wording::title(finding);
    let severity = wording::severity_name(finding.severity);
    sheet!(severity, " ", Foreign(&finding.arn), ": ", title, difference)
}
