//! Rows 6 to 12, 14, 16 and 21, with row 23 of `coverage`: what matters although, or beside that, settings differ.

use aws_sdk_ecs::types::{DaemonDeployment, DaemonDeploymentStatus as Status};
use daemons::{observe::Rollout, settings::Settings};

use super::{
    Case, Difference,
    case::{has_old_target, is_first_deployment, is_off_record, is_untouched},
    coverage,
    finding_builder::Draft,
    history::Past,
    next_step,
    proposal::flag,
    time, unknown,
};
use crate::{
    report::{Cause, Confidence, Finding, Repair, Severity},
    setting::{Datum, Setting},
};

/// All conditions of a daemon that is there.
pub(super) fn all(case: &Case<'_>, differences: &[Difference]) -> Vec<Finding> {
    let single = [
        recreated(case),
        in_progress(case, differences),
        rolled_back(case),
        failed(case),
        superseded(case),
        not_readable(case),
        newer_revision(case),
        coverage::condition(case),
    ];
    let mut findings: Vec<Finding> = single.into_iter().flatten().collect();
    findings.extend(unknown::settings(case));
    findings.extend(at_risk(case));
    findings.extend(deleted_definitions(case));
    findings
}

/// Row 6: the daemon is younger than what the source knows of it.
pub(super) fn recreated(case: &Case<'_>) -> Option<Finding> {
    let created_at = case.live.detail.created_at()?;
    let wanted = case.wanted;
    let source = wanted.deployment_arn.as_deref().filter(|arn| !arn.is_empty());
    let record = source.and_then(|arn| find(case, arn));
    let (what, confidence) = if let Some(before) = record.and_then(DaemonDeployment::created_at) {
        let what = "The deployment in the source is older than the daemon.";
        (time::is_later(created_at, before).then_some(what), Confidence::Certain)
    } else if let Some(before) = wanted.recorded.and_then(|recorded| recorded.created_at) {
        let is_later = time::is_later_than(created_at, before);
        (
            is_later.then_some("The baseline recorded an older daemon."),
            Confidence::Certain,
        )
    } else {
        // A record that is gone may have expired. If nothing has since the daemon was created, it never was one of it.
        let is_all = case.history.is_some_and(|history| history.is_complete) || is_first_deployment(case.live);
        let what = if is_all {
            "The deployment in the source is none of those since the daemon was created."
        } else {
            "The deployment in the source is not the one of the daemon, which was never updated since it was created."
        };
        let is_foreign = is_off_record(wanted, case.live) && (is_all || is_untouched(case.live));
        (is_foreign.then_some(what), Confidence::Likely)
    };
    let finding = Draft::new(wanted, Cause::Recreated, "The daemon was deleted and created again.")
        .confidence(confidence)
        .evidence(
            "DescribeDaemon",
            &wanted.arn.to_string(),
            "The daemon was created.",
            Some(created_at),
        )
        .evidence(
            "DescribeDaemonDeployments",
            source.unwrap_or_default(),
            what?,
            record.and_then(DaemonDeployment::created_at),
        )
        .since(Some(created_at))
        .next(next_step::only(
            if wanted.is_of_baseline() {
                "Repair what differs, or record the baseline anew."
            } else {
                // A refresh before that would take the settings of the new daemon into the state.
                "Apply the configuration; do not refresh the state alone."
            },
            next_step::unless(flag::RECREATED),
        ));
    Some(finding)
}

fn find<'a>(case: &'a Case<'_>, arn: &str) -> Option<&'a DaemonDeployment> {
    let past = || case.history.and_then(|history| history.find(arn));
    case.live
        .deployment(arn)
        .or_else(|| past().map(|past| &past.deployment))
}

/// Row 7. Settings are compared with the target, which is what will be when it ends.
fn in_progress(case: &Case<'_>, differences: &[Difference]) -> Option<Finding> {
    let rollout = case.live.observed.rollout.as_ref()?;
    let is_rolling_back = rollout.status == Status::RollbackInProgress;
    if !rollout.is_in_progress() || is_rolling_back {
        return None;
    }
    let (message, severity, repair) = if rollout.status == Status::StopRequested {
        let message = "A rollout was stopped and is about to be rolled back.";
        (message, Severity::Warning, next_step::unless(flag::SUPERSEDE))
    } else if differences.is_empty() {
        let message = "A rollout of the wanted settings is going on.";
        (message, Severity::Note, Repair::NotNeeded)
    } else {
        let message = "A rollout of other settings than the wanted ones is going on; now is when a repair costs least.";
        (message, Severity::Warning, next_step::unless(flag::SUPERSEDE))
    };
    let finding = Draft::new(case.wanted, Cause::RolloutInProgress, message)
        .severity(severity)
        .evidence(
            "DescribeDaemonDeployments",
            &rollout.arn,
            format!(
                "The deployment has status {}. {}",
                rollout.status.as_str(),
                progress(case, rollout)
            ),
            case.live.latest().and_then(DaemonDeployment::created_at),
        )
        .since(case.live.latest().and_then(DaemonDeployment::created_at))
        .next(next_step::only(
            if differences.is_empty() && rollout.status != Status::StopRequested {
                "Wait for its end."
            } else {
                "Wait for its end, or send the wanted settings, which takes over."
            },
            repair,
        ));
    Some(finding)
}

fn progress(case: &Case<'_>, rollout: &Rollout) -> String {
    let providers = rollout.counts.iter().map(|(provider, counts)| {
        format!(
            "{}: {} running the target, {} without the daemon, {} draining.",
            case.provider(provider),
            counts.running,
            counts.without_daemon,
            counts.draining
        )
    });
    let providers: Vec<String> = providers.collect();
    if providers.is_empty() {
        "No instance is counted.".to_owned()
    } else {
        providers.join(" ")
    }
}

/// The deployment that rolled back, or is doing so, if the daemon is what a rollback left.
pub(super) fn rollback<'a>(case: &'a Case<'_>) -> Option<&'a DaemonDeployment> {
    let latest = case.live.latest()?;
    if matches!(
        latest.status(),
        Some(Status::RollbackInProgress | Status::RollbackSuccessful)
    ) {
        return Some(latest);
    }
    // The rollback may be a deployment of its own, which brings an older revision.
    let failed = |past: &&Past| {
        matches!(
            past.deployment.status(),
            Some(Status::RollbackInProgress | Status::RollbackSuccessful | Status::RollbackFailed)
        )
    };
    let history = case.history.filter(|_| has_old_target(case.live))?;
    history.past.iter().rev().find(failed).map(|past| &past.deployment)
}

/// The latest deployment, if it failed and its way back did, too. What it went back to counts all the same.
pub(super) fn failed_rollback<'a>(case: &'a Case<'_>) -> Option<&'a DaemonDeployment> {
    let latest = case.live.latest()?;
    (latest.status() == Some(&Status::RollbackFailed)).then_some(latest)
}

/// The deployment that rows 8 and 9 are about.
pub(super) fn failure<'a>(case: &'a Case<'_>) -> Option<&'a DaemonDeployment> {
    let failed = |latest: &&DaemonDeployment| Rollout::of(latest).failure().is_some();
    rollback(case).or_else(|| case.live.latest().filter(failed))
}

/// Settings that the deployment of rows 8 and 9 was to bring.
pub(super) fn asked_by_failure<'a>(case: &'a Case<'_>) -> Option<&'a Settings> {
    let failed = failure(case)?.daemon_deployment_arn()?;
    case.history?.find(failed)?.asked.as_ref()
}

/// True if the revision that is wanted is the one whose rollout failed.
pub(super) fn would_fail_again(case: &Case<'_>) -> bool {
    let of_revision = || Setting::ALL.into_iter().filter(|setting| !setting.is_of_deployment());
    let is_wanted = |asked: &Settings| {
        of_revision().all(|setting| case.wanted.is_met(setting, &setting.read(asked)) != Some(false))
    };
    asked_by_failure(case).is_some_and(is_wanted)
}

/// Row 8.
fn rolled_back(case: &Case<'_>) -> Option<Finding> {
    let deployment = rollback(case)?;
    let rollout = Rollout::of(deployment);
    let is_going_on = case.live.observed.rollout.as_ref().is_some_and(Rollout::is_in_progress);
    let message = if is_going_on {
        "The latest rollout failed and is being rolled back."
    } else {
        "The latest rollout failed and was rolled back."
    };
    Some(
        rollout_evidence(
            Draft::new(case.wanted, Cause::RolledBack, message),
            case,
            deployment,
            &rollout,
        )
        .since(
            deployment
                .rollback()
                .and_then(|rollback| rollback.started_at())
                .or(deployment.created_at()),
        )
        .group(&rollout.arn)
        .next(if would_fail_again(case) || asked_by_failure(case).is_none() {
            next_step::only(next_step::AFTER_ROLLBACK, next_step::unless(flag::AFTER_ROLLBACK))
        } else {
            next_step::only(next_step::AFTER_OTHER_ROLLBACK, Repair::NotNeeded)
        }),
    )
}

/// True if the latest deployment is the one of the source, so that what the source remembers is about it.
fn is_of_source(case: &Case<'_>) -> bool {
    let source = case.wanted.deployment_arn.as_deref().filter(|arn| !arn.is_empty());
    source.is_none_or(|source| case.live.detail.deployment_arn() == Some(source))
}

/// Row 9.
fn failed(case: &Case<'_>) -> Option<Finding> {
    let step = || next_step::only(next_step::AFTER_FAILURE, next_step::unless(flag::AFTER_ROLLBACK));
    if let Some(latest) = case.live.latest() {
        let rollout = Rollout::of(latest);
        if let Some(failure) = rollout.failure() {
            let message = format!("The latest rollout failed and left the fleet on no single revision. {failure}");
            let at = latest.stopped_at().or(latest.finished_at());
            let draft = Draft::new(case.wanted, Cause::RolloutFailed, message);
            return Some(
                rollout_evidence(draft, case, latest, &rollout)
                    .since(at)
                    .group(&rollout.arn)
                    .next(step()),
            );
        }
        if rollout.is_in_progress() {
            return None;
        }
    } else if let Some(failure) = case.wanted.rollout_failure.as_ref().filter(|_| is_of_source(case)) {
        let message = format!("The state remembers that the latest rollout failed. {failure}");
        let draft = Draft::new(case.wanted, Cause::RolloutFailed, message).evidence(
            "source",
            &case.wanted.arn.to_string(),
            "The last apply or refresh saw the failure; the record of the deployment is gone since.",
            None,
        );
        return Some(draft.next(step()));
    }
    let running = coverage::running_revisions(case);
    if running.len() < 2 {
        return None;
    }
    let mut draft = Draft::new(
        case.wanted,
        Cause::RolloutFailed,
        format!("Instances run {} revisions, and no rollout is going on.", running.len()),
    );
    for (revision, count) in &running {
        draft = draft.evidence(
            "DescribeDaemon",
            revision,
            format!(
                "{count} instance{} this revision.",
                if *count == 1 { " runs" } else { "s run" }
            ),
            None,
        );
    }
    Some(draft.next(step()))
}

fn rollout_evidence(draft: Draft, case: &Case<'_>, deployment: &DaemonDeployment, rollout: &Rollout) -> Draft {
    const FROM: &str = "DescribeDaemonDeployments";
    let said = |what: &Option<String>| what.as_ref().map(|what| format!("ECS says: {what}"));
    let breaker = rollout.breaker.filter(|(failures, _)| *failures > 0);
    let breaker = breaker.map(|(failures, threshold)| {
        format!("The circuit breaker counted {failures} failed launches of {threshold} that it allows.")
    });
    let alarms = (!rollout.triggered_alarms.is_empty())
        .then(|| rollout.triggered_alarms.join(", "))
        .map(|names| format!("These alarms went off: {}.", case.text_of(Setting::AlarmNames, &names)));
    let target = rollout
        .target
        .as_ref()
        .map(|target| format!("It was to bring {target}."));
    let back = rollout
        .rollback_target
        .as_ref()
        .map(|back| format!("It went back to {back}."));
    let status = format!("The deployment has status {}.", rollout.status.as_str());
    draft
        .evidence(FROM, &rollout.arn, status, deployment.created_at())
        .evidence_if(FROM, &rollout.arn, said(&rollout.reason), None)
        .evidence_if(FROM, &rollout.arn, said(&rollout.rollback_reason), None)
        .evidence_if(FROM, &rollout.arn, breaker, None)
        .evidence_if(FROM, &rollout.arn, alarms, None)
        .evidence_if(FROM, &rollout.arn, target, None)
        .evidence_if(FROM, &rollout.arn, back, None)
        .call(case.call(&rollout.arn))
}

/// Row 10: a note on the source's own deployment. What the newer one changed is explained by itself.
fn superseded(case: &Case<'_>) -> Option<Finding> {
    let source = case.wanted.deployment_arn.as_deref()?;
    let latest = case.live.detail.deployment_arn().filter(|latest| *latest != source)?;
    let deployment = find(case, source)?;
    if deployment.status() != Some(&Status::Stopped) {
        return None;
    }
    let at = case.live.latest().and_then(DaemonDeployment::created_at);
    let finding = Draft::new(
        case.wanted,
        Cause::Superseded,
        "The deployment in the source was overtaken by a newer one before it ended.",
    )
    .evidence(
        "DescribeDaemonDeployments",
        source,
        "The deployment has status STOPPED.",
        deployment.stopped_at().or(deployment.finished_at()),
    )
    .evidence("DescribeDaemon", latest, "This is the latest deployment.", at)
    .since(at)
    .next(next_step::only(
        "Nothing by itself; what differs stands in findings of its own.",
        Repair::NotNeeded,
    ));
    Some(finding)
}

/// Row 11.
fn not_readable(case: &Case<'_>) -> Option<Finding> {
    if case.live.latest().is_some() {
        return None;
    }
    let arn = case.live.detail.deployment_arn().unwrap_or_default();
    let finding = Draft::new(
        case.wanted,
        Cause::NotReadable,
        "The record of the latest deployment is gone. Drain percent, bake time and alarms can be said neither to be as \
         wanted nor to differ.",
    )
    .evidence(
        "DescribeDaemonDeployments",
        arn,
        "ECS answers MISSING. Deployments of services are kept for 90 days; the same is assumed for daemons.",
        None,
    )
    .next(next_step::only(
        "Nothing has to be done: the next rollout is on record again.",
        Repair::NotNeeded,
    ));
    Some(finding)
}

/// Row 14: the source cannot hold the setting, so its next update puts it back to its default.
fn at_risk(case: &Case<'_>) -> Vec<Finding> {
    if case.wanted.source.resource_type == "baseline" {
        return Vec::new();
    }
    let lost = Setting::ALL.into_iter().filter_map(|setting| {
        let live = case.live_value(setting);
        let is_off = |default: Datum| default != *live.expose();
        let is_at_risk = case.wanted.want(setting).is_none() && setting.default().is_some_and(is_off);
        is_at_risk.then_some((setting, live))
    });
    let findings = lost.map(|(setting, live)| {
        let message = format!(
            "`{}` is not at its default, and the source cannot hold it: its next update resets it.",
            setting.name()
        );
        Draft::new(case.wanted, Cause::AtRisk, message)
            .setting(case.wanted, setting, &live)
            .evidence(
                "source",
                &case.wanted.arn.to_string(),
                format!("`{}` has no argument for it.", case.wanted.source.resource_type),
                None,
            )
            .next(next_step::only(
                "Move the daemon to `ecs_daemon`, which holds it; repairs send the live value.",
                Repair::NotNeeded,
            ))
    });
    findings.collect()
}

/// Row 16.
fn deleted_definitions(case: &Case<'_>) -> Vec<Finding> {
    let live = case.live.observed.settings.daemon_task_definition_arn.clone();
    let wanted = case.wanted_definition().filter(|wanted| *wanted != live);
    let is_wanted_live = wanted.is_none();
    let mut findings = Vec::new();
    for (arn, is_live) in [(Some(live), true), (wanted, false)] {
        let Some(summary) = arn.as_deref().and_then(|arn| case.definitions.deleted(arn)) else {
            continue;
        };
        let arn = summary.arn().unwrap_or_default();
        let successor = case.definitions.later(arn);
        let text_of = |arn: &str| case.text_of(Setting::TaskDefinition, arn).to_string();
        let status = summary.status().map_or("", |status| status.as_str());
        let message = match (is_live, is_wanted_live) {
            (true, true) => "The task definition that is wanted and runs is deleted or being deleted.",
            (true, false) => "The task definition that runs is deleted or being deleted.",
            (false, _) => "The wanted task definition is deleted or being deleted, so it cannot be rolled out.",
        };
        findings.push(
            Draft::new(case.wanted, Cause::DefinitionDeleted, message)
                .evidence(
                    "ListDaemonTaskDefinitions",
                    &text_of(arn),
                    format!("The task definition has status {status}."),
                    summary.delete_requested_at(),
                )
                .evidence_if(
                    "ListDaemonTaskDefinitions",
                    &text_of(successor.and_then(|successor| successor.arn()).unwrap_or_default()),
                    successor.map(registered),
                    successor.and_then(|successor| successor.registered_at()),
                )
                .since(summary.delete_requested_at())
                .next(next_step::only("Register a new revision and roll it out.", Repair::No)),
        );
        // Both are one condition of the daemon, and the one that runs is the worse of the two.
        break;
    }
    findings
}

/// The caller who registered a definition, as a sentence.
pub(super) fn registered(summary: &aws_sdk_ecs::types::DaemonTaskDefinitionSummary) -> String {
    match summary.registered_by() {
        Some(by) => format!("Registered by {by}."),
        None => "Registered by someone whom ECS does not name.".to_owned(),
    }
}

/// Row 21.
fn newer_revision(case: &Case<'_>) -> Option<Finding> {
    let later = case.definitions.later(&case.wanted_definition()?)?;
    let arn = later.arn().unwrap_or_default();
    let shown = case.text_of(Setting::TaskDefinition, arn).to_string();
    // A newer revision that runs is a difference, and explained as one.
    if arn == case.live.observed.settings.daemon_task_definition_arn {
        return None;
    }
    let has_failed = asked_by_failure(case).is_some_and(|asked| asked.daemon_task_definition_arn == arn);
    let message = if has_failed {
        format!(
            "A newer revision of the task definition is registered, and it is the one whose rollout failed: {shown}"
        )
    } else {
        format!("A newer revision of the task definition is registered: {shown}")
    };
    let finding = Draft::new(case.wanted, Cause::NewerRevision, message)
        .evidence(
            "ListDaemonTaskDefinitions",
            &shown,
            registered(later),
            later.registered_at(),
        )
        .since(later.registered_at())
        .next(next_step::only(
            "Nothing, unless it was meant to be rolled out.",
            Repair::NotNeeded,
        ));
    Some(finding)
}
