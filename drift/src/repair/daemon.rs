//! The repair of one daemon: what is sent, or why nothing is.

use daemons::settings::Settings;

use super::{
    document::{Action, From, Member, Planned, TagChange},
    refused::{Reason, Refused, Remaining},
    selection::Selection,
    subject::Subject,
};
use crate::{
    explain::{Part, Proposal, TagProposal, Value, flag},
    report::{Cause, Confidence, Daemon, Finding, Kind, Repair},
    setting::Setting,
};

/// The result for one daemon.
#[derive(Clone, Debug)]
pub(super) enum Judged {
    /// Nothing was asked for.
    Nothing,
    /// It is repaired.
    Planned(Box<Planned>),
    /// It is not.
    Refused(Box<Refused>),
}

/// One daemon with all that is known of it.
pub(super) struct Candidate<'a> {
    pub(super) daemon: &'a Daemon,
    /// Its findings, those of its cluster included.
    pub(super) findings: &'a [&'a Finding],
    pub(super) proposal: Option<&'a Proposal>,
    pub(super) selection: &'a Selection,
}

/// Parts of a repair that are chosen, and those that stay.
#[derive(Default)]
struct Chosen {
    settings: Vec<Setting>,
    tags: Option<TagChange>,
    /// True if all settings are sent although none of them differs.
    sends_again: bool,
    remaining: Vec<Remaining>,
}

impl Candidate<'_> {
    /// What is done with it.
    pub(super) fn judge(&self) -> Judged {
        if !self.selection.names(self.daemon) {
            return Judged::Nothing;
        }
        let asked = self.asked();
        if asked.is_empty() {
            return self.awaited().map_or(Judged::Nothing, Judged::Planned);
        }
        let gates = self.gates();
        let Some(proposal) = self.proposal.filter(|_| gates.is_empty()) else {
            return self.refused(&asked, gates);
        };
        let chosen = self.choose(proposal, &asked);
        if chosen.settings.is_empty() && chosen.tags.is_none() && !chosen.sends_again {
            let mut reasons = Vec::new();
            for reason in chosen.remaining.into_iter().flat_map(|remaining| remaining.reasons) {
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
            return self.refused(&asked, reasons);
        }
        match self.planned(proposal, &asked, chosen) {
            Ok(planned) => Judged::Planned(Box::new(planned)),
            Err(reason) => self.refused(&asked, vec![reason]),
        }
    }

    /// Findings that a repair is asked for: what differs, and a fleet on no single revision. Of a daemon that was not read, or
    /// is not the source's yet, the plan says that it does nothing.
    fn asked(&self) -> Vec<&Finding> {
        let is_asked = |finding: &&&Finding| {
            let is_meant = match finding.kind {
                Kind::Difference | Kind::Estate => true,
                Kind::Unread => !finding.is_partial_gap(),
                Kind::Condition | Kind::Note => finding.cause == Cause::RolloutFailed,
            };
            finding.is_open() && is_meant && self.selection.chooses(finding)
        };
        self.findings.iter().filter(is_asked).copied().collect()
    }

    /// A rollout of the wanted settings that goes on.
    fn awaited(&self) -> Option<Box<Planned>> {
        let proposal = self.proposal.filter(|proposal| proposal.is_rolling)?;
        let mut findings = self.findings.iter();
        let is_meant = findings
            .any(|finding| finding.cause == Cause::RolloutInProgress && finding.next_step.repair == Repair::NotNeeded);
        let live = proposal.live.shown().map(|live| live.members().into());
        let is_asked = is_meant && self.selection.is_of_daemons() && live.is_some();
        is_asked.then(|| {
            let mut planned = self.empty(proposal, Action::Wait);
            planned.live = live;
            Box::new(planned)
        })
    }

    fn empty(&self, proposal: &Proposal, action: Action) -> Planned {
        Planned {
            subject: Subject::of(self.daemon),
            action,
            access: proposal.access.clone(),
            deployment_arn: proposal.deployment_arn.clone(),
            causes: Vec::new(),
            confidence: None,
            members: Vec::new(),
            update: None,
            live: None,
            tags: None,
            cost: None,
            remaining: Vec::new(),
        }
    }

    /// Reasons that forbid every call on the daemon, whatever differs.
    fn gates(&self) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = self.findings.iter().filter_map(|finding| gate(finding)).collect();
        let is_told =
            |reasons: &[Reason], name: &str| reasons.iter().any(|reason| reason.flag.as_deref() == Some(name));
        let is_rolling = self.proposal.is_some_and(|proposal| proposal.is_rolling);
        if is_rolling && !is_told(&reasons, flag::SUPERSEDE) {
            reasons.push(Reason::unless(flag::SUPERSEDE, ROLLING));
        }
        reasons.retain(|reason| {
            let name = reason.flag.as_deref();
            name.is_none_or(|name| !self.selection.allowed.has(name))
        });
        reasons.dedup();
        if reasons.is_empty() && self.proposal.is_none() {
            reasons.push(Reason::never(
                "Not enough of the daemon could be read to send all of its settings.",
            ));
        }
        reasons
    }

    fn choose(&self, proposal: &Proposal, asked: &[&Finding]) -> Chosen {
        let mut chosen = Chosen::default();
        for finding in asked {
            if finding.cause == Cause::RolloutFailed {
                chosen.sends_again = true;
                continue;
            }
            let reasons = if finding.is_about_tags() {
                self.choose_tags(proposal.tags.as_ref(), &mut chosen)
            } else {
                let value = setting(finding).and_then(|setting| proposal.value(setting));
                let reasons = value.map_or_else(Vec::new, |value| self.refusals(value, finding));
                if let Some(value) = value.filter(|_| reasons.is_empty()) {
                    chosen.settings.push(value.setting);
                }
                reasons
            };
            if !reasons.is_empty() {
                chosen.remaining.push(Remaining {
                    setting: finding.setting.clone().unwrap_or_default(),
                    cause: finding.cause,
                    reasons,
                });
            }
        }
        chosen
    }

    /// Reasons why a setting that differs is not repaired.
    fn refusals(&self, value: &Value, finding: &Finding) -> Vec<Reason> {
        let allowed = self.selection.allowed;
        let mut reasons: Vec<Reason> = match &value.part {
            Part::Differs(refusals) => refusals.iter().map(|refusal| Reason::of(*refusal)).collect(),
            Part::Kept(kept) => vec![Reason::never(format!("It is kept, since {}.", kept.reason()))],
            Part::AsWanted | Part::NotOnRecord => Vec::new(),
        };
        if !value.is_recorded && finding.confidence < Confidence::Likely && reasons.is_empty() {
            reasons.push(Reason::guessed());
        }
        reasons.retain(|reason| reason.flag.as_deref().is_none_or(|name| !allowed.has(name)));
        reasons
    }

    fn choose_tags(&self, tags: Option<&TagProposal>, chosen: &mut Chosen) -> Vec<Reason> {
        let Some(tags) = tags else {
            return vec![Reason::never("The tags could not be read.")];
        };
        if !self.selection.allowed.tags {
            return vec![Reason::unless(
                flag::TAGS,
                "Tags are changed only if that is asked for.",
            )];
        }
        let Some(set) = &tags.set else {
            return vec![Reason::unless(flag::SHOW_SENSITIVE, SENSITIVE)];
        };
        if !(set.is_empty() && tags.remove.is_empty()) {
            chosen.tags = Some(TagChange {
                set: set.clone(),
                remove: tags.remove.clone(),
                live: tags.live.clone(),
            });
        }
        if tags.leave.is_empty() {
            return Vec::new();
        }
        let keys: Vec<String> = tags.leave.iter().map(|key| format!("`{key}`")).collect();
        let text = format!(
            "{} stays: nothing proves that others do not manage it. Name the tags of others by `--ignore-tag` or \
             `ignore_tags`, or take it away by hand.",
            keys.join(", ")
        );
        vec![Reason::never(text)]
    }

    fn planned(&self, proposal: &Proposal, asked: &[&Finding], chosen: Chosen) -> Result<Planned, Reason> {
        let sends = chosen.sends_again || !chosen.settings.is_empty();
        let mut planned = self.empty(proposal, if sends { Action::Update } else { Action::Tags });
        let is_repaired = |finding: &&&Finding| {
            let setting = finding.setting.as_deref();
            let mut remaining = chosen.remaining.iter();
            let remains = remaining.any(|remaining| Some(remaining.setting.as_str()) == setting);
            // Of tags some may be set, and others stay.
            !remains || (finding.is_about_tags() && chosen.tags.is_some())
        };
        let repaired = || asked.iter().filter(is_repaired).copied();
        planned.causes = causes(repaired());
        planned.confidence = confidence(repaired());
        if sends {
            let settings = proposal.settings(|setting| chosen.settings.contains(&setting));
            let hidden = || Reason::unless(flag::SHOW_SENSITIVE, SENSITIVE);
            let settings = settings.shown().ok_or_else(hidden)?;
            self.add_update(&mut planned, proposal, settings, &chosen.settings)?;
        }
        planned.tags = chosen.tags;
        planned.remaining = chosen.remaining;
        Ok(planned)
    }

    fn add_update(
        &self,
        planned: &mut Planned,
        proposal: &Proposal,
        settings: &Settings,
        repaired: &[Setting],
    ) -> Result<(), Reason> {
        if proposal
            .deleted_definitions
            .contains(&settings.daemon_task_definition_arn)
        {
            return Err(Reason::never(
                "The task definition that the call would send is deleted or being deleted. Register it anew, and apply that \
                 revision.",
            ));
        }
        let cost = proposal.cost(settings);
        let most = self.selection.max_instances;
        if let Some(reason) = most.and_then(|most| too_many(cost.at_a_time, most, &cost.uncounted_providers)) {
            return Err(reason);
        }
        let live = proposal.live.expose();
        let members = proposal
            .values
            .iter()
            .map(|value| member(value, settings, live, repaired));
        planned.members = members.collect();
        let mut update = settings.members();
        update["daemonArn"] = proposal.arn.to_string().into();
        planned.update = Some(update.into());
        planned.live = Some(live.members().into());
        planned.cost = Some(cost);
        Ok(())
    }

    /// The same with reasons; those of one daemon stand together.
    fn refused(&self, asked: &[&Finding], reasons: Vec<Reason>) -> Judged {
        Judged::Refused(Box::new(Refused {
            subject: Subject::of(self.daemon),
            causes: causes(asked.iter().copied()),
            confidence: confidence(asked.iter().copied()),
            reasons,
        }))
    }
}

const ROLLING: &str = "A rollout is going on. Wait for its end, or take it over.";
const SENSITIVE: &str =
    "The call holds values that the source marks as sensitive, so that the plan could not be reviewed.";

fn causes<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Cause> {
    let mut causes: Vec<Cause> = findings.map(|finding| finding.cause).collect();
    causes.sort_unstable();
    causes.dedup();
    causes
}

fn confidence<'a>(findings: impl Iterator<Item = &'a Finding>) -> Option<Confidence> {
    findings.map(|finding| finding.confidence).min()
}

/// The reason for which a finding forbids every call on its daemon.
fn gate(finding: &Finding) -> Option<Reason> {
    let never = || Reason::never(format!("{} {}", finding.message, finding.next_step.text));
    match (finding.cause, &finding.next_step.repair) {
        _ if finding.is_partial_gap() => None,
        (
            Cause::WrongAccount
            | Cause::Unreadable
            | Cause::ClusterMissing
            | Cause::Missing
            | Cause::BeingDeleted
            | Cause::Unmanaged,
            _,
        ) => Some(never()),
        (
            Cause::Recreated
            | Cause::RolloutInProgress
            | Cause::RolledBack
            | Cause::RolloutFailed
            | Cause::UnknownSetting,
            Repair::Unless { flag },
        ) => Some(Reason::unless(
            flag,
            format!("{} {}", finding.message, finding.next_step.text),
        )),
        _ => None,
    }
}

fn setting(finding: &Finding) -> Option<Setting> {
    let name = finding.setting.as_deref()?;
    Setting::ALL.into_iter().find(|setting| setting.name() == name)
}

/// The reason for which a call alone exceeds the instances that may be drained. A batch is never made smaller: the drain
/// percentage is a setting like any other.
fn too_many(at_a_time: u64, most: u64, uncounted: &[String]) -> Option<Reason> {
    if !uncounted.is_empty() {
        let text = format!(
            "The call adds {}, whose instances are not counted before it, so that `--max-instances {most}` cannot be kept. Repair it \
             alone, without the limit.",
            uncounted.join(", ")
        );
        return Some(Reason::never(text));
    }
    (at_a_time > most).then(|| {
        Reason::never(format!(
            "The call alone drains {at_a_time} instances at a time, more than `--max-instances {most}` allows. Give a higher limit."
        ))
    })
}

fn member(value: &Value, settings: &Settings, live: &Settings, repaired: &[Setting]) -> Member {
    let Value {
        setting,
        wanted: _,
        is_recorded: _,
        part,
    } = value;
    let (from, why) = match part {
        Part::AsWanted => (From::Both, None),
        Part::NotOnRecord => (
            From::Wanted,
            Some("ECS no longer has the live value on record".to_owned()),
        ),
        Part::Differs(_) if repaired.contains(setting) => (From::Wanted, None),
        Part::Differs(_) => (From::Live, Some("it is not repaired by this plan".to_owned())),
        Part::Kept(kept) => (From::Live, Some(kept.reason().to_owned())),
    };
    let is_read = *part != Part::NotOnRecord;
    Member {
        setting: setting.name(),
        value: setting.read(settings).to_json(),
        from,
        live: is_read.then(|| setting.read(live).to_json()),
        why,
    }
}
