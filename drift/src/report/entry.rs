//! Entries, which a person reads instead of findings one by one: what one deployment did to one daemon is one entry,
//! and a reason that hits many daemons is one entry with all of them. Programs get the findings themselves.
//!
//! # Order
//! Entries about something gone or failed come first, whatever else there is, then the worst. All entries of a daemon
//! stand together.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use jiff::Timestamp;

use super::{
    Cause, Confidence, Daemon, Finding, Group, Kind, Report, Severity, Suppression, SuppressionKind,
    likeness::{Likeness, calls, general, without_time},
    paste::{self, Paste},
};

/// From so many daemons on what is the same is told once. Where there are commands each daemon has its own, and two are
/// better told apart.
const MANY: usize = 2;
const MANY_WITH_COMMANDS: usize = 3;
/// Daemons of a shared entry whose commands are told; the others have the same with other names.
const WITH_COMMANDS: usize = 3;
/// By how much a share may be off because of how numbers are stored.
const ROUNDING: f64 = 1e-9;

/// The entries under one heading: everything about one daemon, or one reason that several daemons share.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// At least one; worst first.
    pub entries: Vec<Entry<'a>>,
}

/// One thing to tell.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// At least one; several if they share the reason, by ARN.
    pub parts: Vec<Part<'a>>,
}

/// The effect of one deployment on one daemon, or a state that is so without a deployment.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// ARN of the daemon or cluster.
    pub arn: &'a str,
    /// The daemon, if an input names it.
    pub daemon: Option<&'a Daemon>,
    /// The deployment.
    pub group: Option<&'a Group>,
    /// At least one; worst first.
    pub findings: Vec<&'a Finding>,
}

/// Entries in the order in which they are read. Findings are chosen by `is_shown`; the report must be sealed.
pub fn subjects<'a>(report: &'a Report, is_shown: impl Fn(&Finding) -> bool) -> Vec<Subject<'a>> {
    let mut alike: BTreeMap<Likeness<'a>, Vec<Part<'a>>> = BTreeMap::new();
    let findings = report.findings.iter().filter(|finding| is_shown(finding));
    for part in parts(report, findings) {
        alike
            .entry(Likeness::of(part.arn, part.group, &part.findings))
            .or_default()
            .push(part);
    }
    let mut subjects = Vec::new();
    let mut by_arn: BTreeMap<&str, Vec<Entry<'a>>> = BTreeMap::new();
    for parts in alike.into_values() {
        let has_commands = parts.iter().any(Part::has_commands);
        let many = if has_commands { MANY_WITH_COMMANDS } else { MANY };
        if parts.len() >= many {
            let entries = vec![Entry { parts }];
            subjects.push(Subject { entries });
        } else {
            for part in parts {
                by_arn.entry(part.arn).or_default().push(Entry { parts: vec![part] });
            }
        }
    }
    for (_, mut entries) in by_arn {
        entries.sort_by_key(Entry::rank);
        subjects.push(Subject { entries });
    }
    subjects.sort_by_key(|subject| subject.entries.first().map(Entry::rank));
    subjects
}

/// The entries of chosen findings, in the order in which they are read; nothing is shared.
pub fn entries<'a>(report: &'a Report, findings: impl Iterator<Item = &'a Finding>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = parts(report, findings)
        .into_iter()
        .map(|part| Entry { parts: vec![part] })
        .collect();
    entries.sort_by_key(Entry::rank);
    entries
}

/// Findings by daemon and deployment, else by daemon and cause; those that do not count by themselves.
fn parts<'a>(report: &'a Report, findings: impl Iterator<Item = &'a Finding>) -> Vec<Part<'a>> {
    let mut by_reason: BTreeMap<Reason<'a>, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        let group = report.group_of(finding).map(|group| group.deployment_arn.as_str());
        let cause = group.is_none().then_some(finding.cause);
        let suppression = finding
            .suppression
            .as_ref()
            .map(|own| (own.kind, own.reason.as_deref()));
        let reason = Reason {
            arn: &finding.arn,
            suppression,
            group,
            cause,
        };
        by_reason.entry(reason).or_default().push(finding);
    }
    let parts = by_reason.into_iter().map(|(Reason { arn, .. }, mut findings)| {
        findings.sort_by_key(|finding| (Reverse(finding.severity), finding.cause, finding.setting.as_deref()));
        Part {
            arn,
            daemon: report.daemon(arn),
            group: findings.first().and_then(|finding| report.group_of(finding)),
            findings,
        }
    });
    parts.collect()
}

impl<'a> Subject<'a> {
    /// Worst severity.
    pub fn severity(&self) -> Severity {
        self.entries.iter().map(Entry::severity).max().unwrap_or_default()
    }

    /// True if it is about a daemon that is gone, or whose rollout failed.
    pub fn is_urgent(&self) -> bool {
        self.entries.iter().any(Entry::is_urgent)
    }

    /// The parts of the first entry: those which share it, or the one daemon.
    pub fn parts(&self) -> &[Part<'a>] {
        self.entries.first().map_or(&[], |entry| &entry.parts)
    }

    /// The finding that is read first.
    pub fn first(&self) -> Option<&'a Finding> {
        self.entries.first()?.first()
    }
}

impl Part<'_> {
    fn cost(&self) -> Option<Cost> {
        const DRAIN_PERCENT: &str = "deployment_configuration.drain_percent";
        let mut rollouts = self.findings.iter().filter(|finding| finding.repairs_by_rollout());
        if !rollouts.any(|finding| finding.is_open()) {
            return None;
        }
        let instances = self.daemon?.instances.filter(|instances| *instances > 0)?;
        let mut findings = self.findings.iter();
        let drain = findings.find(|finding| finding.setting.as_deref() == Some(DRAIN_PERCENT));
        let percent = drain.and_then(|finding| finding.wanted.as_ref()?.value.as_ref()?.as_f64());
        let at_a_time = percent.and_then(|percent| batch(instances, percent));
        Some(Cost { instances, at_a_time })
    }

    fn has_commands(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| !finding.next_step.commands.is_empty())
    }
}

impl<'a> Entry<'a> {
    /// The key by which entries are sorted.
    fn rank(&self) -> (bool, bool, Reverse<Severity>, Option<Cause>, &'a str) {
        let arn = self.parts.first().map_or("", |part| part.arn);
        (
            self.suppression().is_some(),
            !self.is_urgent(),
            Reverse(self.severity()),
            self.first().map(|finding| finding.cause),
            arn,
        )
    }

    fn is_urgent(&self) -> bool {
        self.findings().any(is_urgent)
    }

    /// Findings of the first part, which stand for those of all.
    pub fn findings(&self) -> impl Iterator<Item = &'a Finding> + '_ {
        self.parts.iter().take(1).flat_map(|part| part.findings.iter().copied())
    }

    /// The reason why the entry does not count, if it does not.
    pub fn suppression(&self) -> Option<&'a Suppression> {
        self.first()?.suppression.as_ref()
    }

    /// The worst finding.
    pub fn first(&self) -> Option<&'a Finding> {
        self.findings().next()
    }

    /// Worst severity.
    pub fn severity(&self) -> Severity {
        self.findings()
            .map(|finding| finding.severity)
            .max()
            .unwrap_or_default()
    }

    /// The confidence of all causes, that is, the least sure of them.
    pub fn confidence(&self) -> Confidence {
        let confidences = self.findings().map(|finding| finding.confidence);
        confidences.min().unwrap_or(Confidence::Certain)
    }

    /// The causes, worst first.
    pub fn causes(&self) -> Vec<Cause> {
        distinct(self.findings().map(|finding| finding.cause))
    }

    /// Since when: the first and the last time of all parts, which are the same for one.
    pub fn since(&self) -> Option<(Timestamp, Timestamp)> {
        let first_of = |part: &Part<'_>| part.findings.iter().filter_map(|finding| finding.since).min();
        let times: BTreeSet<Timestamp> = self.parts.iter().filter_map(first_of).collect();
        Some((*times.first()?, *times.last()?))
    }

    /// The sentences that are said once of all findings: the message where it is one, apart from the name of the
    /// setting, else the meaning of the cause; then the reason why a rollout failed or a daemon could not be read, as
    /// ECS says it, since without that nobody could act.
    pub fn sentences(&self) -> Vec<String> {
        let arn = self.parts.first().map_or("", |part| part.arn);
        let titles = self.causes().into_iter().map(|cause| general(cause.title(), arn));
        let mut told: Vec<String> = titles.collect();
        let sentences = self.causes().into_iter().map(|cause| self.sentence(cause));
        let reasons = self.reasons().into_iter().map(str::to_owned);
        let all: Vec<String> = sentences.chain(reasons).chain(self.callers()).collect();
        let whole: Vec<String> = all.iter().map(|sentence| general(sentence, arn)).collect();
        // What differs in ids only, or is the beginning of another sentence, has been said.
        let is_new = |general: &String| {
            let is_part = whole
                .iter()
                .any(|other| other != general && other.starts_with(general.as_str()));
            let is_new = !is_part && !told.contains(general);
            told.push(general.clone());
            is_new
        };
        let is_new: Vec<bool> = whole.iter().map(is_new).collect();
        let told = all.into_iter().zip(is_new);
        told.filter_map(|(sentence, is_new)| is_new.then_some(sentence))
            .collect()
    }

    fn sentence(&self, cause: Cause) -> String {
        let own: Vec<&'a Finding> = self.findings().filter(|finding| finding.cause == cause).collect();
        if let [finding] = own.as_slice() {
            return finding.message.clone();
        }
        let messages = distinct(own.iter().map(|finding| of_each(finding)));
        match messages.as_slice() {
            [message] => message.clone(),
            _ => cause.explanation().to_owned(),
        }
    }

    /// The callers of the calls that no deployment tells of. Where daemons share them, without their times.
    fn callers(&self) -> Vec<String> {
        let is_told = |part: &Part<'_>| part.group.is_some_and(|group| group.event.is_some());
        let parts = self.parts.iter().filter(|part| !is_told(part));
        let findings = parts.flat_map(|part| part.findings.iter().copied());
        let calls = findings.flat_map(calls);
        let told = calls.map(|call| match call.at {
            Some(_) if self.parts.len() > 1 => without_time(call),
            _ => call.text.clone(),
        });
        distinct(told)
    }

    fn reasons(&self) -> Vec<&'a str> {
        let failed = self.findings().filter(|finding| {
            matches!(finding.cause, Cause::RolledBack | Cause::RolloutFailed) || finding.kind == Kind::Unread
        });
        let evidence = failed.flat_map(|finding| &finding.evidence);
        evidence.map(|evidence| evidence.text.as_str()).collect()
    }

    /// The next steps, each once. Where they differ, what they cost is left to [`Self::costs`].
    pub fn steps(&self) -> Vec<&'a str> {
        let steps = distinct(self.findings().map(|finding| finding.next_step.text.as_str()));
        if steps.len() > 1 && self.parts.len() > 1 {
            return distinct(steps.into_iter().map(without_price));
        }
        steps
    }

    /// The texts to paste, each once: the best command of each finding, and the one that accepts what is live. With
    /// `all`, the alternatives as well. A few of many daemons.
    pub fn commands(&self, all: bool) -> Vec<Paste<'a>> {
        let is_alone = self.parts.len() == 1;
        let mut pastes: Vec<Paste<'a>> = Vec::new();
        for part in self.parts.iter().take(WITH_COMMANDS) {
            for finding in &part.findings {
                let commands = finding.next_step.commands.iter().enumerate();
                for (_, command) in
                    commands.filter(|(place, own)| all || *place == 0 || (is_alone && paste::accepts(own)))
                {
                    paste::add(&mut pastes, part.arn, command);
                }
            }
        }
        pastes
    }

    /// The number of daemons with commands that [`Self::commands`] leaves out.
    pub fn without_commands(&self) -> usize {
        let rest = self.parts.iter().skip(WITH_COMMANDS);
        rest.filter(|part| part.has_commands()).count()
    }

    /// The effect of sending the settings on the fleet of each daemon, as far as the report tells: none if nothing is
    /// sent, or if the step says itself what it costs.
    pub fn costs(&self) -> Vec<Cost> {
        let is_told = self.steps().iter().any(|step| step.contains("drain"));
        if is_told {
            return Vec::new();
        }
        let costs: BTreeSet<Cost> = self.parts.iter().filter_map(Part::cost).collect();
        costs.into_iter().collect()
    }
}

/// Beginnings of the sentence with which a step ends that says what its call costs.
pub(crate) const PRICES: [&str; 2] = ["It drains and replaces", "No instance is running that it would replace"];

fn without_price(step: &str) -> &str {
    let prices = PRICES.into_iter().filter_map(|price| step.rfind(price));
    let text = prices.max().and_then(|at| step.get(..at));
    text.map_or(step, str::trim_end)
}

/// The effect of a rollout on the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    /// Instances that are drained.
    pub instances: u64,
    /// The number of them that are drained at a time.
    pub at_a_time: Option<u64>,
}

/// ECS rounds up, and drains at least one.
fn batch(instances: u64, percent: f64) -> Option<u64> {
    // More instances than a cluster can have are a report's mistake.
    let all = u16::try_from(instances).ok()?;
    let share = f64::from(all) * percent / 100.0;
    let is_reached = |drained: &u16| f64::from(*drained) + ROUNDING >= share;
    (percent > 0.0).then(|| (1..=all).find(is_reached))?.map(u64::from)
}

/// True if it is about a daemon that is gone, or whose rollout failed.
fn is_urgent(finding: &Finding) -> bool {
    let is_bad = matches!(
        finding.cause,
        Cause::ClusterMissing | Cause::Missing | Cause::BeingDeleted | Cause::RolloutFailed | Cause::RolledBack
    );
    is_bad && finding.is_open() && finding.severity >= Severity::Warning
}

/// The reason that findings of one part have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reason<'a> {
    arn: &'a str,
    /// The reason why they do not count.
    suppression: Option<(SuppressionKind, Option<&'a str>)>,
    /// The deployment that caused them; without one, the cause.
    group: Option<&'a str>,
    cause: Option<Cause>,
}

/// The message of a finding as one of several settings.
fn of_each(finding: &Finding) -> String {
    let Some(setting) = &finding.setting else {
        return finding.message.clone();
    };
    let name = format!("`{setting}`");
    match finding.message.strip_prefix(&name) {
        Some(rest) => format!("Each{rest}"),
        None => finding.message.replace(&name, "each"),
    }
}

/// Each once, in the order in which they come.
fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut all = Vec::new();
    for item in items {
        if !all.contains(&item) {
            all.push(item);
        }
    }
    all
}
