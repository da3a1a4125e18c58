//! Rows 13, 15 and 17: causes for settings that differ, before it is asked which call it was (`call`).

use super::{
    Case, Difference, Explained, call, case::is_first_deployment, condition, finding_builder::Draft, history::Past,
    next_step, proposal::flag, time,
};
use crate::{
    report::{Cause, Confidence, Evidence, Finding, Group, Kind, Origin, Repair, Severity, Shown},
    setting::{Datum, Setting, SettingValue},
    source::{Configured, Want},
};

/// Adds the finding of a difference, and the deployment that caused it.
pub(super) fn add(case: &Case<'_>, difference: &Difference, explained: &mut Explained) {
    let rollback = by_rollback(case, difference);
    let (mut finding, group) = if let Some(finding) = pending(case, difference) {
        (finding, None)
    } else if let Some((rollback, _)) = rollback.as_ref().filter(|_| was_changed_before(case, difference)) {
        let (mut finding, group) = call::by_call(case, difference);
        finding.evidence.extend(rollback.evidence.clone());
        (finding, group)
    } else if let Some(found) = rollback {
        found
    } else if let Some(finding) = never_applied(case, difference) {
        (finding, None)
    } else {
        call::by_call(case, difference)
    };
    if finding.cause != Cause::PendingChange && is_refreshed(case, difference) {
        absorbed(case, difference, &mut finding);
    } else if let Some(held) = case.wanted.held(difference.setting) {
        let configured = case.wanted.configured.get(&difference.setting);
        let evidence = configured.map(|configured| written(case, configured));
        finding
            .evidence
            .splice(0..0, evidence.into_iter().chain([state(case, &held)]));
    }
    if case.is_doubtful(difference.setting) && finding.kind == Kind::Difference {
        finding.severity = finding.severity.min(Severity::Note);
        finding.message.push_str(
            " The source leaves the setting out, which after an import does not mean that the default is wanted.",
        );
    }
    explained.findings.push(finding);
    explained.groups.extend(group);
}

/// Row 13 for values that the plan itself does not know yet.
pub(super) fn unknown_until_apply(case: &Case<'_>) -> Vec<Finding> {
    let unknown = case
        .wanted
        .settings
        .iter()
        .filter(|(_, want)| matches!(want, Want::UnknownUntilApply(_)));
    let findings = unknown.map(|(setting, _)| {
        let live = case.live_value(*setting);
        let message = format!(
            "What the plan wants of `{}` is not known before it is applied.",
            setting.name()
        );
        Draft::new(case.wanted, Cause::PendingChange, message)
            .values(
                &setting.name(),
                Shown::new(Origin::UnknownUntilApply, None),
                live.report(Origin::Recorded),
            )
            .next(next_step::only("Apply the plan.", Repair::NotNeeded))
    });
    findings.collect()
}

/// True if the plan's refresh saw the live value, and found it so in the state.
fn is_refreshed(case: &Case<'_>, difference: &Difference) -> bool {
    let Difference { setting, live, .. } = difference;
    let refreshed = case.wanted.refreshed(*setting);
    let drifted = case
        .wanted
        .pending
        .as_ref()
        .map(|pending| pending.drifted.contains_key(setting));
    refreshed.is_some_and(|refreshed| refreshed.expose() == live.expose()) && drifted == Some(false)
}

/// The value of the plan or the configuration was there before. ECS does not tell whether the configuration goes back to
/// it, or an earlier refresh took a change from outside into the state. Of a configuration beside a state it is a cause
/// of its own; after a rollback the state is as the rollback left it, which is another.
fn absorbed(case: &Case<'_>, difference: &Difference, finding: &mut Finding) {
    let configured = case.wanted.configured.get(&difference.setting);
    let evidence = configured.map(|configured| written(case, configured));
    finding.evidence.splice(0..0, evidence);
    // The deployment that was rolled back had asked for the value: nothing else explains it.
    if finding.cause == Cause::Rollback {
        return;
    }
    // The trail proves who made the call, and not that it was none of the source's own.
    finding.confidence = Confidence::Possible;
    let is_unproven = may_be_new(case, difference);
    finding.message.push_str(if is_unproven {
        " The state has it, too, and not all deployments are on record: a refresh took a change over, or the configuration has a \
         value that was never live."
    } else {
        " The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value."
    });
    if configured.is_some() || is_unproven {
        finding.cause = Cause::Absorbed;
        finding.kind = Cause::Absorbed.kind();
        finding.severity = Cause::Absorbed.severity();
    }
}

/// The sentence about the configuration.
fn written(case: &Case<'_>, configured: &Configured) -> Evidence {
    Evidence {
        from: "configuration".to_owned(),
        about: case.wanted.source.address.clone(),
        text: configured.evidence.clone(),
        at: None,
    }
}

/// The sentence about the state, which has neither what is wanted nor what is live.
fn state(case: &Case<'_>, held: &SettingValue) -> Evidence {
    Evidence {
        from: "source".to_owned(),
        about: case.wanted.source.address.clone(),
        text: format!("The state has {held}."),
        at: None,
    }
}

/// True if deployments on record are of an earlier daemon of the same name.
fn is_made_anew(case: &Case<'_>) -> bool {
    case.history.is_some_and(|history| !history.earlier.is_empty())
}

/// True if a bare creation would leave what is live: the daemon was never updated, and the setting is at its default. ECS
/// need not keep the records of an earlier daemon.
fn may_be_made_anew(case: &Case<'_>, difference: &Difference) -> bool {
    is_first_deployment(case.live) && difference.setting.default().as_ref() == Some(difference.live.expose())
}

/// True if a deployment on record had what is wanted.
fn was_there(case: &Case<'_>, setting: Setting) -> bool {
    let is_met = |datum: &Datum| case.wanted.is_met(setting, datum) == Some(true);
    case.history.is_some_and(|history| history.ever(setting, is_met))
}

/// True if the records hold everything since the daemon was created.
fn is_proven(case: &Case<'_>) -> bool {
    case.history.is_some_and(|history| history.is_complete)
}

/// True if it is not known whether what is wanted was ever live.
fn may_be_new(case: &Case<'_>, difference: &Difference) -> bool {
    let is_open = !is_proven(case) || is_made_anew(case);
    is_open && !was_there(case, difference.setting) && earlier_had(case, difference.setting) != Some(true)
}

/// True if an earlier daemon of the same name had what is wanted; none if that is not on record.
fn earlier_had(case: &Case<'_>, setting: Setting) -> Option<bool> {
    let history = case.history.filter(|history| !history.earlier.is_empty())?;
    let is_met = |datum: &Datum| case.wanted.is_met(setting, datum) == Some(true);
    let had = history.ever_before(setting, is_met).is_some();
    (had || history.knows_earlier()).then_some(had)
}

/// Said of a value that a daemon which was created again never had.
const NONE_HAD_IT: &str =
    "No deployment on record had it, neither of this daemon nor of the earlier one of the same name.";

/// Row 13: the difference is that of the plan or the configuration, since nothing ever had its value. What a daemon had
/// before it was deleted and created again is not its past: a refresh may have taken the new one into the state, so that
/// the records of the earlier one have to prove this as well.
fn pending(case: &Case<'_>, difference: &Difference) -> Option<Finding> {
    let Difference { setting, live, .. } = difference;
    // Where records are missing, a refresh may have swallowed drift: nothing proves that it did not.
    let was_of_none = !is_made_anew(case) || earlier_had(case, *setting) == Some(false);
    if !is_refreshed(case, difference) || !is_proven(case) || was_there(case, *setting) || !was_of_none {
        return None;
    }
    let name = setting.name();
    let configured = case.wanted.configured.get(setting);
    if configured.is_some() && !is_made_anew(case) && may_be_made_anew(case, difference) {
        return None;
    }
    let draft = |message: String| {
        Draft::new(case.wanted, Cause::PendingChange, message)
            .setting(case.wanted, *setting, live)
            .evidence_if(
                "ListDaemonDeployments",
                &case.wanted.arn.to_string(),
                is_made_anew(case).then(|| NONE_HAD_IT.to_owned()),
                None,
            )
    };
    let Some(configured) = configured else {
        let finding = draft(format!("The plan is about to change `{name}`."))
            .evidence(
                "source",
                &case.wanted.arn.to_string(),
                "The plan's refresh saw what is live.",
                None,
            )
            .next(next_step::only("Apply the plan.", Repair::NotNeeded));
        return Some(finding);
    };
    let message = format!("The next apply is about to change `{name}`: what the configuration has was never live.");
    let mut finding = draft(message).next(next_step::only("Apply the configuration.", Repair::NotNeeded));
    finding.evidence.push(written(case, configured));
    Some(finding)
}

/// Row 15: the deployment that failed had asked for what is wanted.
fn by_rollback(case: &Case<'_>, difference: &Difference) -> Option<(Finding, Option<Group>)> {
    let Difference { setting, live, .. } = difference;
    let deployment = condition::rollback(case).or_else(|| condition::failed_rollback(case))?;
    let past = case.history?.find(deployment.daemon_deployment_arn()?)?;
    let asked = setting.read(past.asked.as_ref()?);
    if !case.wanted.was_meant(*setting, &asked) {
        return None;
    }
    // Without the deployment before, a call may have changed the setting already, and the rollback only kept that.
    let history = case
        .history
        .filter(|history| history.is_complete || history.neighbours(past).0.is_some());
    let confidence = history.map_or(Confidence::Likely, |_| Confidence::Certain);
    let meant = match case.wanted.is_met(*setting, &asked) {
        Some(true) => "wanted value",
        _ => "value of the state",
    };
    let started_at = deployment.rollback().and_then(|rollback| rollback.started_at());
    let message = format!("`{}` went back with a rollback.", setting.name());
    let finding = Draft::new(case.wanted, Cause::Rollback, message)
        .confidence(confidence)
        .setting(case.wanted, *setting, live)
        .evidence(
            "DescribeDaemonDeployments",
            past.arn(),
            format!("This deployment was to bring the {meant} and was rolled back."),
            past.created_at(),
        )
        .evidence_if(
            "ListDaemonDeployments",
            &case.wanted.arn.to_string(),
            history.is_none().then(|| {
                "The deployment before is not on record: an earlier call may have changed the setting already."
                    .to_owned()
            }),
            None,
        )
        .since(started_at.or(past.created_at()))
        .group(past.arn())
        .next(next_step::call(next_step::unless(flag::AFTER_ROLLBACK)));
    Some((finding, Some(case.group(&past.deployment))))
}

/// True if the value to which a rollback went back was brought by a call, in place of the wanted one: the rollback only
/// kept what that call had done.
fn was_changed_before(case: &Case<'_>, difference: &Difference) -> bool {
    let Difference { setting, live, .. } = difference;
    let is_met = |datum: &Datum| case.wanted.was_meant(*setting, datum);
    let culprit = case
        .history
        .and_then(|history| history.culprit(*setting, live.expose(), is_met));
    culprit.is_some_and(|culprit| culprit.was_met && !culprit.past.is_rollback)
}

/// Said of a deployment of an earlier daemon of the same name.
const OF_EARLIER: &str = "This deployment is older than the daemon: it was of an earlier one of the same name.";
const EARLIER_HAD_IT: &str = "This deployment is older than the daemon: it was of an earlier one of the same name, and had the \
                              wanted value.";

/// A recorded creation that asked for what is live. Where the state has the live value, too, it proves the cause only if the
/// earlier daemon is proven to have had what is wanted.
pub(super) fn prove_created(finding: &mut Finding) {
    let was_of_earlier = finding.evidence.iter().any(|fact| fact.text == EARLIER_HAD_IT);
    let is_of_source = finding.cause != Cause::ChangedOutside || finding.confidence == Confidence::Possible;
    if was_of_earlier || !is_of_source {
        finding.confidence = Confidence::Recorded;
    }
}

/// Row 19 after row 6: what is wanted may have been applied to the daemon of before.
fn with_daemon(case: &Case<'_>, difference: &Difference, since: String, confidence: Confidence) -> Finding {
    let Difference { setting, live, .. } = difference;
    let created_at = case.live.detail.created_at();
    let how = match (condition::recreated(case), is_made_anew(case)) {
        (Some(_), _) => " again, outside of the source",
        (None, true) => " again",
        (None, false) => "",
    };
    let message = format!("`{}` is {live} since the daemon was created{how}.", setting.name());
    let is_met = |datum: &Datum| case.wanted.was_meant(*setting, datum);
    let before = case.history.and_then(|history| history.ever_before(*setting, is_met));
    let earlier = before.or(case.history.and_then(|history| history.earlier.last()));
    Draft::new(case.wanted, Cause::ChangedOutside, message)
        .confidence(confidence)
        .setting(case.wanted, *setting, live)
        .evidence("ListDaemonDeployments", &case.wanted.arn.to_string(), since, None)
        .evidence_if(
            "DescribeDaemonDeployments",
            earlier.map(Past::arn).unwrap_or_default(),
            earlier.map(|_| if before.is_some() { EARLIER_HAD_IT } else { OF_EARLIER }.to_owned()),
            earlier.and_then(Past::created_at),
        )
        .since(created_at)
        .next(next_step::call(Repair::Yes))
}

/// Row 17: in all of the past, nothing had the wanted value.
fn never_applied(case: &Case<'_>, difference: &Difference) -> Option<Finding> {
    let Difference { setting, live, .. } = difference;
    let history = case.history.filter(|history| history.is_complete)?;
    if history.ever(*setting, |datum| case.wanted.was_meant(*setting, datum)) {
        return None;
    }
    let recreated = condition::recreated(case).map(|recreated| recreated.confidence);
    let is_new = is_made_anew(case) || (is_refreshed(case, difference) && may_be_made_anew(case, difference));
    let made_anew = recreated.or(is_new.then_some(Confidence::Likely));
    // What a call changed since is of that call.
    if made_anew.is_some() && !history.is_of_creation(*setting, live.expose()) {
        return None;
    }
    let count = history.past.len();
    let since = match case.live.detail.created_at() {
        Some(created_at) => format!(" since {}", time::timestamp(created_at)?),
        None => String::new(),
    };
    let since = match count {
        1 => format!("The one deployment{since} did not have it."),
        _ => format!("None of the {count} deployments{since} had it."),
    };
    if let Some(confidence) = made_anew {
        return Some(with_daemon(case, difference, since, confidence));
    }
    let message = format!("The wanted value of `{}` was never rolled out.", setting.name());
    let finding = Draft::new(case.wanted, Cause::NeverApplied, message)
        .setting(case.wanted, *setting, live)
        .evidence("ListDaemonDeployments", &case.wanted.arn.to_string(), since, None)
        .next(next_step::call(Repair::Yes));
    Some(finding)
}
