//! The form of the file. A key that nobody knows is an error: a misspelt rule would otherwise silently do
//! nothing, or everything.

use std::{collections::BTreeSet, fmt};

use jiff::{SignedDuration, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::glob::Selector;
use crate::{
    report::{Cause, FailOn, Problem, Severity},
    source::{AccountSpec, IgnoreTags, InputSpec, position},
};

/// Name under which the file is looked for.
pub const FILE_NAME: &str = ".ecs-drift.toml";

/// The form that a wrong duration should have had; a value of the file is never repeated.
const DURATION: &str = "a duration is written like `30m` or `2h`";
/// The form that a wrong date should have had.
const DATE: &str = "a date is written like `2026-12-31`";

/// Said of a rule that would select everything.
const NO_SELECTOR: &str = "The rule selects nothing. Give at least one of `address`, `arn`, `setting` and `cause`.";

/// The file. Flags of the command line win over what stands here.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// From which severity on a finding counts as drift.
    pub fail_on: Option<FailOn>,
    /// Whether "incomplete" is more important than "drift" for the exit code.
    #[serde(default)]
    pub strict: bool,
    /// What is younger than this does not count, for example `30m`: an apply may be going on.
    #[serde(default, deserialize_with = "duration")]
    #[schemars(with = "Option<String>")]
    pub min_age: Option<SignedDuration>,
    /// Whether tags are compared.
    pub tags: Option<bool>,
    /// Tags of others, as `ignore_tags` of the provider names them. It has to name all, since commands to paste may remove
    /// what is left.
    pub ignore_tags: Option<IgnoreTags>,
    /// Whether daemons that no input names are looked for.
    #[serde(default)]
    pub unmanaged: bool,
    /// Where the wanted state comes from.
    #[serde(default)]
    pub input: Vec<InputSpec>,
    /// Roles by account, for daemons of several accounts in one input.
    #[serde(default)]
    #[schemars(with = "Vec<AccountSpec>")]
    account: Vec<Spanned<AccountSpec>>,
    /// The same, checked and without their places.
    #[serde(skip)]
    accounts: Vec<AccountSpec>,
    /// Findings that do not count.
    #[serde(default)]
    #[schemars(with = "Vec<IgnoreRule>")]
    pub ignore: Vec<Spanned<IgnoreRule>>,
    /// Severities; the last rule that matches counts.
    #[serde(default)]
    #[schemars(with = "Vec<SeverityRule>")]
    pub severity: Vec<Spanned<SeverityRule>>,
    /// Teams; the last rule that matches counts.
    #[serde(default)]
    #[schemars(with = "Vec<OwnerRule>")]
    pub owner: Vec<Spanned<OwnerRule>>,
    /// Path of the file and where its lines begin, for messages.
    #[serde(skip)]
    pub(super) origin: Origin,
}

/// Findings that do not count. What is given must all match; patterns know `*` within a segment and `**` across.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IgnoreRule {
    /// Pattern of resource addresses, for example `module.*.ecs_daemon.agent`; without a key it matches every instance.
    pub address: Option<String>,
    /// Pattern of ARNs, for example `arn:aws:ecs:*:*:daemon/dev/*`.
    pub arn: Option<String>,
    /// Pattern of settings, for example `deployment_configuration.*`. A rule with it never hides a whole daemon's fate,
    /// such as its deletion.
    pub setting: Option<String>,
    /// Cause.
    pub cause: Option<Cause>,
    /// Why it does not count.
    pub reason: String,
    /// Last day on which the rule holds, in UTC.
    #[serde(default, deserialize_with = "date")]
    #[schemars(with = "Option<String>")]
    pub expires: Option<Date>,
}

/// Severity of findings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeverityRule {
    /// Pattern of resource addresses.
    pub address: Option<String>,
    /// Pattern of ARNs.
    pub arn: Option<String>,
    /// Pattern of settings.
    pub setting: Option<String>,
    /// Cause.
    pub cause: Option<Cause>,
    /// The severity.
    pub level: Severity,
}

/// Team that daemons belong to.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerRule {
    /// Pattern of resource addresses.
    pub address: Option<String>,
    /// Pattern of ARNs.
    pub arn: Option<String>,
    /// The team.
    pub owner: String,
}

impl IgnoreRule {
    pub(super) fn selector(&self) -> Selector<'_> {
        Selector {
            address: self.address.as_deref(),
            arn: self.arn.as_deref(),
            setting: self.setting.as_deref(),
            cause: self.cause,
        }
    }
}

impl SeverityRule {
    pub(super) fn selector(&self) -> Selector<'_> {
        Selector {
            address: self.address.as_deref(),
            arn: self.arn.as_deref(),
            setting: self.setting.as_deref(),
            cause: self.cause,
        }
    }
}

impl OwnerRule {
    pub(super) fn selector(&self) -> Selector<'_> {
        Selector {
            address: self.address.as_deref(),
            arn: self.arn.as_deref(),
            setting: None,
            cause: None,
        }
    }
}

/// The error of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesError {
    /// The place and the reason, in sentences.
    pub detail: String,
}

impl RulesError {
    /// As a problem of the report.
    pub fn problem(self) -> Problem {
        Problem {
            input: None,
            summary: "Invalid rules".to_owned(),
            detail: self.detail,
        }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl std::error::Error for RulesError {}

/// Path of the file and where its lines begin.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    path: String,
    line_breaks: Vec<usize>,
}

impl Origin {
    fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            line_breaks: text.match_indices('\n').map(|(offset, _)| offset).collect(),
        }
    }

    /// `line 7 of .ecs-drift.toml`.
    pub(super) fn place(&self, offset: usize) -> String {
        let line = self.line_breaks.partition_point(|line_break| *line_break < offset) + 1;
        format!("line {line} of `{}`", self.path)
    }
}

impl Rules {
    /// Reads the text of a file; `path` is for messages.
    pub fn parse(path: &str, text: &str) -> Result<Self, RulesError> {
        let origin = Origin::new(path, text);
        let mut rules: Self = toml::from_str(text).map_err(|error| {
            let reason = position::toml(text, &error, &[DURATION, DATE]);
            let stop = if reason.ends_with('?') { "" } else { "." };
            RulesError {
                detail: format!("In `{path}`: {reason}{stop}"),
            }
        })?;
        rules.origin = origin;
        rules.check()?;
        rules.accounts = rules.account.iter().map(|account| account.get_ref().clone()).collect();
        Ok(rules)
    }

    /// Roles by account.
    pub fn accounts(&self) -> &[AccountSpec] {
        &self.accounts
    }

    /// Checks the rules that the form of the file cannot express.
    fn check(&self) -> Result<(), RulesError> {
        let fail = |offset: usize, reason: &str| {
            let detail = format!("In {}: {reason}", self.origin.place(offset));
            Err(RulesError { detail })
        };
        let mut ids = BTreeSet::new();
        for account in &self.account {
            if let Err(reason) = account.get_ref().check() {
                return fail(account.span().start, reason);
            }
            if !ids.insert(&account.get_ref().id) {
                return fail(
                    account.span().start,
                    "The account stands there twice. Take one of the two out.",
                );
            }
        }
        for rule in &self.ignore {
            if rule.get_ref().selector().is_empty() {
                return fail(rule.span().start, NO_SELECTOR);
            }
            if rule.get_ref().reason.trim().is_empty() {
                return fail(
                    rule.span().start,
                    "The `reason` is empty. Say why the findings do not count.",
                );
            }
        }
        for rule in &self.severity {
            if rule.get_ref().selector().is_empty() {
                return fail(rule.span().start, NO_SELECTOR);
            }
        }
        for rule in &self.owner {
            if rule.get_ref().selector().is_empty() {
                return fail(
                    rule.span().start,
                    "The rule selects nothing. Give at least one of `address` and `arn`.",
                );
            }
        }
        Ok(())
    }
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SignedDuration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let duration: Result<SignedDuration, _> = text.parse();
    match duration {
        Ok(duration) if !duration.is_negative() => Ok(Some(duration)),
        _ => Err(serde::de::Error::custom(DURATION)),
    }
}

/// A date, as TOML has it or as a string.
fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => text,
        other => other.to_string(),
    };
    text.parse().map(Some).map_err(|_| serde::de::Error::custom(DATE))
}
