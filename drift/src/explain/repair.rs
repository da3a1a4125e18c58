//! The commands that repair what differs, once all causes of a daemon are known.
//!
//! One call of `UpdateDaemon` carries every setting, so a command is about the whole daemon. It sends the live value of
//! everything except what a finding says to repair: what a source does not hold, what a rule or a baseline does not
//! compare, what an import left out and what a rollback took back stays as it is.

use super::{
    Case, Difference, condition, next_step,
    proposal::{Kept, Part, Proposal, Refusal, RolloutCost, TagProposal, Value},
};
use crate::{
    report::{Cause, Command, Finding, NextStep, PRICES, Repair},
    setting::{Marked, Setting, Settings},
    source::{TaskDefinitionRule, Want, Wanted},
};

/// Said where the plan of the source's provider would not show a difference.
const NOT_IN_PLAN: &str = "Send all settings in one call; the plan of PROVIDER does not show the difference.";

impl Refusal {
    /// The next step for a setting.
    fn step(self, setting: &str) -> NextStep {
        let doubtful = format!(
            "Write down in the configuration which value of `{setting}` is wanted. No command changes it, because the source does not say \
             it."
        );
        let text = match self {
            Self::RolledBack => next_step::AFTER_ROLLBACK,
            Self::Failed => next_step::AFTER_FAILURE,
            Self::Doubtful => &doubtful,
            Self::NotOnRecord => {
                "Write down in the configuration what it leaves out of `deployment_configuration`. No command is offered: ECS has no \
                 record of it, and the call would put it to its default."
            }
            Self::Ignored => "Nothing: a rule ignores it.",
            Self::Deleted => {
                "Register the wanted task definition anew, since it is deleted, and roll that revision out."
            }
            Self::Unknown => {
                "Use a version of ecs-drift that knows all settings of the daemon: a call of this one would reset those that \
                 it does not know."
            }
        };
        let repair = match self {
            Self::Ignored => Repair::NotNeeded,
            // With its flag it is no refusal, and the finding another one.
            Self::Doubtful | Self::NotOnRecord => Repair::No,
            Self::RolledBack | Self::Failed | Self::Unknown | Self::Deleted => {
                self.flag().map_or(Repair::No, next_step::unless)
            }
        };
        next_step::only(text, repair)
    }
}

/// Completes the findings of a daemon that a call can repair, and answers what that call can send.
pub(super) fn fill(
    case: &Case<'_>,
    differences: &[Difference],
    findings: &mut [Finding],
    tags: Option<TagProposal>,
) -> Proposal {
    let of_all = of_all(case, findings);
    let refusals: Vec<Vec<Refusal>> = findings
        .iter()
        .map(|finding| refusals(case, &of_all, finding))
        .collect();
    let proposal = propose(case, differences, findings, &refusals, tags);
    let settings = proposal.settings(|setting| {
        let value = proposal.value(setting);
        value.is_some_and(|value| value.part == Part::Differs(Vec::new()))
    });
    let call = Call {
        cost: proposal.cost(settings.expose()),
        left: left(findings, &refusals),
        settings,
    };
    for (finding, refusals) in findings
        .iter_mut()
        .zip(refusals)
        .filter(|(finding, _)| is_of_call(finding))
    {
        let refusal = refusals.into_iter().next();
        let mut step = match refusal {
            Some(refusal) => refusal.step(finding.setting.as_deref().unwrap_or_default()),
            None => step(case, finding, &call),
        };
        if step.repair == Repair::Yes {
            step.repair = finding.next_step.repair.clone();
        }
        step.commands.append(&mut finding.next_step.commands);
        finding.next_step = step;
    }
    proposal
}

/// The call that repairs everything that no refusal keeps.
struct Call {
    settings: Marked<Settings>,
    cost: RolloutCost,
    /// Settings that differ and that it leaves as they are. An apply of the source would not.
    left: Vec<String>,
}

/// Settings that a call could repair and that refusals keep.
fn left(findings: &[Finding], refusals: &[Vec<Refusal>]) -> Vec<String> {
    let of_call = findings.iter().zip(refusals).filter(|(finding, _)| is_of_call(finding));
    let refused = of_call.filter(|(_, refusals)| !refusals.is_empty());
    let names = refused.filter_map(|(finding, _)| finding.setting.as_ref());
    names.map(|name| format!("`{name}`")).collect()
}

fn propose(
    case: &Case<'_>,
    differences: &[Difference],
    findings: &[Finding],
    refusals: &[Vec<Refusal>],
    tags: Option<TagProposal>,
) -> Proposal {
    let Case { wanted, live, .. } = case;
    let refused = |setting: Setting| {
        let of_call = findings.iter().zip(refusals).filter(|(finding, _)| is_of_call(finding));
        let mut own = of_call.filter(|(finding, _)| self::setting(finding) == Some(setting));
        own.next().map(|(_, refusals)| refusals.clone())
    };
    let values = Setting::ALL.into_iter().map(|setting| {
        let differs = differences.iter().any(|difference| difference.setting == setting);
        let part = match differs.then(|| refused(setting)) {
            Some(Some(refusals)) => Part::Differs(refusals),
            Some(None) => Part::Kept(Kept::Pending),
            None => undisputed(case, setting),
        };
        let may_be_sent = matches!(part, Part::Differs(_) | Part::NotOnRecord);
        Value {
            setting,
            wanted: wanted.datum(setting).filter(|_| may_be_sent),
            is_recorded: matches!(wanted.want(setting), Some(Want::Recorded(_))),
            part,
        }
    });
    let settings = &live.observed.settings;
    let definitions = [
        case.wanted_definition(),
        Some(settings.daemon_task_definition_arn.clone()),
    ];
    let deleted = definitions.into_iter().flatten();
    let is_sensitive = Setting::ALL.into_iter().any(|setting| wanted.is_sensitive(setting));
    Proposal {
        arn: wanted.arn.clone(),
        access: wanted.access.clone(),
        deployment_arn: live.observed.deployment_arn.clone(),
        is_rolling: live
            .observed
            .rollout
            .as_ref()
            .is_some_and(daemons::observe::Rollout::is_in_progress),
        values: values.collect(),
        live: Marked::new(settings.clone(), is_sensitive),
        instances: live.observed.instances.clone(),
        deleted_definitions: deleted.filter(|arn| case.definitions.deleted(arn).is_some()).collect(),
        tags,
    }
}

/// The part of a setting that does not differ. Settings of a deployment that is no longer on record have no live value, so
/// that the wanted ones are sent.
fn undisputed(case: &Case<'_>, setting: Setting) -> Part {
    let Case { wanted, live, .. } = case;
    let is_readable = live.observed.deployment_is_on_record || !setting.is_of_deployment();
    let datum = setting.read(&live.observed.settings);
    let is_left = setting == Setting::TaskDefinition && wanted.task_definition_rule == TaskDefinitionRule::Ignore;
    if !is_readable {
        // What the source has, also of a setting that it does not compare, is nearer to what is live than the default.
        let has_it = match wanted.want(setting) {
            Some(Want::ImplicitDefault) => wanted.defaults_are_meant || case.options.assume_defaults,
            want => want.is_some(),
        };
        return if has_it {
            Part::NotOnRecord
        } else {
            Part::Kept(Kept::NotOnRecord)
        };
    }
    match wanted.want(setting) {
        None => Part::Kept(Kept::NotRecorded),
        _ if is_left || wanted.ignored.contains(&setting) => Part::Kept(Kept::NotCompared),
        Some(Want::UnknownUntilApply(_)) => Part::Kept(Kept::Unknown),
        Some(_) => {
            let is_same = wanted.datum(setting).is_some_and(|wanted| *wanted.expose() == datum);
            if is_same {
                Part::AsWanted
            } else {
                Part::Kept(Kept::NotCompared)
            }
        }
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
    );
    is_repaired_by_one && !finding.is_about_tags()
}

fn setting(finding: &Finding) -> Option<Setting> {
    let name = finding.setting.as_deref()?;
    Setting::ALL.into_iter().find(|setting| setting.name() == name)
}

/// Reasons for which no call is sent, whatever it repairs: it would reset what nobody asked for.
fn of_all(case: &Case<'_>, findings: &[Finding]) -> Vec<Refusal> {
    let knows_all = !findings.iter().any(|finding| finding.cause == Cause::UnknownSetting);
    let is_lost = |setting: Setting| undisputed(case, setting) == Part::Kept(Kept::NotOnRecord);
    let has_all = !Setting::ALL.into_iter().any(is_lost);
    let reasons = [
        (!knows_all).then_some(Refusal::Unknown),
        (!has_all).then_some(Refusal::NotOnRecord),
    ];
    reasons.into_iter().flatten().collect()
}

/// All reasons that hold, the weightiest first: a flag may allow one of them and not the next.
fn refusals(case: &Case<'_>, of_all: &[Refusal], finding: &Finding) -> Vec<Refusal> {
    let setting = setting(finding);
    let wanted_definition = || {
        case.wanted_definition()
            .filter(|_| setting == Some(Setting::TaskDefinition))
    };
    let would_fail = condition::would_fail_again(case) || is_rolled_back_definition(case, finding);
    let failure = if condition::rollback(case).is_some() {
        Refusal::RolledBack
    } else {
        Refusal::Failed
    };
    let is_deleted = || wanted_definition().is_some_and(|wanted| case.definitions.deleted(&wanted).is_some());
    let own = [
        setting
            .is_some_and(|setting| case.is_doubtful(setting))
            .then_some(Refusal::Doubtful),
        case.options.ignored.covers(finding).then_some(Refusal::Ignored),
        is_deleted().then_some(Refusal::Deleted),
    ];
    let failure = would_fail.then_some(failure).into_iter();
    failure
        .chain(of_all.iter().copied())
        .chain(own.into_iter().flatten())
        .collect()
}

/// True if a rollback took the wanted task definition back, which is what fails in the first place, or if it is not known
/// what else was to be brought with the setting that it took back.
fn is_rolled_back_definition(case: &Case<'_>, finding: &Finding) -> bool {
    let is_definition = setting(finding) == Some(Setting::TaskDefinition);
    finding.cause == Cause::Rollback && (is_definition || condition::asked_by_failure(case).is_none())
}

fn step(case: &Case<'_>, finding: &Finding, call: &Call) -> NextStep {
    let Call { settings, cost, left } = call;
    let is_seen = sees(case, setting(finding));
    let apply = (is_seen && left.is_empty()).then(|| next_step::apply(case.wanted));
    let mut text = match (case.wanted.source.resource_type.as_str(), &apply) {
        ("baseline", _) => "Send the recorded settings, or accept what is live into the baseline.".to_owned(),
        (_, Some(_)) => "Apply the configuration, or send all settings in one call.".to_owned(),
        (_, None) if is_seen => format!(
            "Send all settings in one call. An apply would also change {}, which the call leaves as live.",
            left.join(", ")
        ),
        ("awscc_ecs_daemon", None) => NOT_IN_PLAN.replace("PROVIDER", "hashicorp/awscc"),
        (_, None) => NOT_IN_PLAN.replace("PROVIDER", "hashicorp/aws"),
    };
    let update = settings
        .shown()
        .map(|settings| next_step::update_daemon(case.wanted, settings));
    if update.is_none() {
        text = format!("{text} {}", next_step::NOT_SHOWN);
    }
    text = format!("{text} {}", priced(cost));
    let commands: Vec<Command> = apply.into_iter().chain(update).collect();
    NextStep {
        text,
        commands,
        repair: Repair::Yes,
    }
}

/// True if the source's own tool sees a difference, so that its apply repairs it. The provider hashicorp/aws reads only
/// the capacity providers back, hashicorp/awscc nothing; a plan knows what it is about to change.
fn sees(case: &Case<'_>, setting: Option<Setting>) -> bool {
    match case.wanted.source.resource_type.as_str() {
        "ecs_daemon" => true,
        "baseline" => false,
        // CloudFormation reads no setting back.
        "awscc_ecs_daemon" => is_planned(case.wanted, setting),
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

/// The cost of the call in words.
fn priced(cost: &RolloutCost) -> String {
    let RolloutCost {
        instances, at_a_time, ..
    } = cost;
    let [some, none] = PRICES;
    match instances {
        0 => format!("{none}."),
        1 => format!("{some} 1 instance."),
        _ => format!("{some} {instances} instances, up to {at_a_time} at a time."),
    }
}
