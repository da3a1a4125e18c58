//! The commands that repair what differs, once all causes of a daemon are known.
//!
//! One call of `UpdateDaemon` carries every setting, so a command is about the whole daemon. It sends the live value of
//! everything except what a finding says to repair: what a source does not hold, what a rule or a baseline does not
//! compare, what an import left out and what a rollback took back stays as it is.

use std::collections::BTreeSet;

use daemons::settings::Settings;

use super::{Case, Difference, condition, next_step};
use crate::{
    report::{Cause, Command, Finding, NextStep, Repair},
    setting::{Datum, Marked, Setting},
    source::{Want, Wanted},
};

/// The reason why no call is offered for a difference.
enum Refusal {
    /// A rollback took the value back.
    RolledBack,
    /// A rollback that failed itself did.
    Failed,
    /// The source leaves it out, and need not mean the default.
    Doubtful,
    /// A rule ignores it.
    Ignored,
    /// The definition that is wanted is deleted.
    Deleted,
    /// The call would reset a setting that this program does not know.
    Unknown,
}

impl Refusal {
    fn step(&self) -> NextStep {
        let (text, repair) = match self {
            Self::RolledBack => (next_step::AFTER_ROLLBACK, next_step::unless("--after-rollback")),
            Self::Failed => (next_step::AFTER_FAILURE, next_step::unless("--after-rollback")),
            Self::Doubtful => (
                "Write down in the configuration which value is wanted. No command is offered, because the source does not say it.",
                Repair::No,
            ),
            Self::Ignored => ("Nothing: a rule ignores it.", Repair::NotNeeded),
            Self::Deleted => (
                "Register the wanted task definition anew, since it is deleted, and roll that revision out.",
                Repair::No,
            ),
            Self::Unknown => (
                "Use a version of ecs-drift that knows all settings of the daemon: a call of this one would reset those that \
                 it does not know.",
                Repair::No,
            ),
        };
        next_step::only(text, repair)
    }
}

/// Completes the findings of a daemon that a call can repair.
pub(super) fn fill(case: &Case<'_>, differences: &[Difference], findings: &mut [Finding]) {
    let knows_all = !findings.iter().any(|finding| finding.cause == Cause::UnknownSetting);
    let refusals: Vec<Option<Refusal>> = findings
        .iter()
        .map(|finding| refusal(case, knows_all, finding))
        .collect();
    let sent: BTreeSet<Setting> = findings
        .iter()
        .zip(&refusals)
        .filter(|(finding, refusal)| is_of_call(finding) && refusal.is_none())
        .filter_map(|(finding, _)| setting(finding))
        .collect();
    let differing = differences
        .iter()
        .filter(|difference| sent.contains(&difference.setting));
    let settings = request(case, differing);
    for (finding, refusal) in findings
        .iter_mut()
        .zip(refusals)
        .filter(|(finding, _)| is_of_call(finding))
    {
        let mut step = refusal.map_or_else(|| step(case, finding, &settings), |refusal| refusal.step());
        if step.repair == Repair::Yes {
            step.repair = finding.next_step.repair.clone();
        }
        step.commands.append(&mut finding.next_step.commands);
        finding.next_step = step;
    }
}

/// True if a call of `UpdateDaemon` is what a finding needs.
fn is_of_call(finding: &Finding) -> bool {
    let is_repaired_by_one = matches!(
        finding.cause,
        Cause::Rollback
            | Cause::NeverApplied
            | Cause::DefaultRevert
            | Cause::ChangedOutside
            | Cause::TaskDefinition
            | Cause::Absorbed
            | Cause::NotReadable
    );
    is_repaired_by_one && !finding.is_about_tags()
}

fn setting(finding: &Finding) -> Option<Setting> {
    let name = finding.setting.as_deref()?;
    Setting::ALL.into_iter().find(|setting| setting.name() == name)
}

fn refusal(case: &Case<'_>, knows_all: bool, finding: &Finding) -> Option<Refusal> {
    let setting = setting(finding);
    let wants_deleted = || {
        let wanted = case
            .wanted_definition()
            .filter(|_| setting == Some(Setting::TaskDefinition));
        wanted.is_some_and(|wanted| case.definitions.deleted(&wanted).is_some())
    };
    if condition::would_fail_again(case) || is_rolled_back_definition(case, finding) {
        let was_rolled_back = condition::rollback(case).is_some();
        Some(if was_rolled_back {
            Refusal::RolledBack
        } else {
            Refusal::Failed
        })
    } else if !knows_all {
        Some(Refusal::Unknown)
    } else if setting.is_some_and(|setting| case.is_doubtful(setting)) {
        Some(Refusal::Doubtful)
    } else if case.options.ignored.covers(finding) {
        Some(Refusal::Ignored)
    } else if wants_deleted() {
        Some(Refusal::Deleted)
    } else {
        None
    }
}

/// True if a rollback took the wanted task definition back, which is what fails in the first place, or if it is not known
/// what else was to be brought with the setting that it took back.
fn is_rolled_back_definition(case: &Case<'_>, finding: &Finding) -> bool {
    let is_definition = setting(finding) == Some(Setting::TaskDefinition);
    finding.cause == Cause::Rollback && (is_definition || condition::asked_by_failure(case).is_none())
}

/// The settings that the call sends. Settings of a deployment that is no longer on record have no live value, so that
/// the wanted ones are sent. The request is as sensitive as its most sensitive part.
fn request<'a>(case: &Case<'_>, differing: impl Iterator<Item = &'a Difference>) -> Marked<Settings> {
    let Case { wanted, live, .. } = case;
    let mut settings = live.observed.settings.clone();
    for difference in differing {
        difference.setting.write(difference.wanted.expose(), &mut settings);
    }
    if !live.observed.deployment_is_on_record {
        for setting in Setting::ALL.into_iter().filter(|setting| setting.is_of_deployment()) {
            if let Some(Want::Recorded(value)) = wanted.want(setting) {
                setting.write(value.expose(), &mut settings);
            }
        }
    }
    let is_sensitive = Setting::ALL.into_iter().any(|setting| wanted.is_sensitive(setting));
    Marked::new(settings, is_sensitive)
}

fn step(case: &Case<'_>, finding: &Finding, settings: &Marked<Settings>) -> NextStep {
    let setting = setting(finding);
    let apply = sees(case, setting).then(|| next_step::apply(case.wanted));
    let mut text = match (case.wanted.source.resource_type.as_str(), &apply) {
        ("baseline", _) => "Send the recorded settings, or accept what is live into the baseline.",
        (_, Some(_)) => "Apply the configuration, or send all settings in one call.",
        (_, None) => "Send all settings in one call; the plan of hashicorp/aws does not show the difference.",
    }
    .to_owned();
    let update = settings
        .shown()
        .map(|settings| next_step::update_daemon(case.wanted, settings));
    if update.is_none() {
        text = format!("{text} {}", next_step::NOT_SHOWN);
    }
    text = format!("{text} {}", cost(case, settings.expose()));
    let commands: Vec<Command> = apply.into_iter().chain(update).collect();
    NextStep {
        text,
        commands,
        repair: Repair::Yes,
    }
}

/// True if the source's own tool sees a difference, so that its apply repairs it. The provider hashicorp/aws reads only
/// the capacity providers back; a plan knows what it is about to change.
fn sees(case: &Case<'_>, setting: Option<Setting>) -> bool {
    match case.wanted.source.resource_type.as_str() {
        "ecs_daemon" => true,
        "baseline" => false,
        _ if setting == Some(Setting::CapacityProviders) => true,
        _ => is_planned(case.wanted, setting),
    }
}

/// True if the next plan has the setting, since the source is a plan, or the configuration is not as the state.
fn is_planned(wanted: &Wanted, setting: Option<Setting>) -> bool {
    match (&wanted.pending, setting) {
        (Some(pending), Some(setting)) => {
            pending.refreshed.contains_key(&setting) || wanted.held.contains_key(&setting)
        }
        (Some(_), None) => wanted.configured.is_empty(),
        (None, _) => false,
    }
}

/// The cost of the call: every one replaces all instances.
fn cost(case: &Case<'_>, settings: &Settings) -> String {
    let providers = case.live.observed.instances.iter();
    let kept = providers.filter(|(provider, _)| settings.capacity_provider_arns.contains(*provider));
    let instances: i64 = kept.map(|(_, count)| count).sum();
    let Datum::Number(percent) = Setting::DrainPercent.read(settings) else {
        return String::new();
    };
    #[expect(clippy::cast_precision_loss, reason = "no fleet has so many instances")]
    let at_a_time = (instances as f64 * percent / 100.0).ceil().max(1.0);
    match instances {
        0 => "No instance is running that it would replace.".to_owned(),
        1 => "It drains and replaces 1 instance.".to_owned(),
        _ => format!("It drains and replaces {instances} instances, up to {at_a_time} at a time."),
    }
}
