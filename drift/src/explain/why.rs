//! Reasons of stopped tasks, as evidence of a finding about a rollout that failed.

use aws::{Failure, FailureKind};
use daemons::why::{Stopped, StoppedContainer};

use super::mask::Mask;
use crate::{
    report::{Evidence, Finding},
    source::Wanted,
};

/// Reasons that are told; what stopped for others is not counted, so that the text is the same for like daemons.
const MOST: usize = 3;

/// Adds why tasks of a rollout stopped, or why that is not known, to the finding about it.
pub(crate) fn tell_why(wanted: &Wanted, finding: &mut Finding, stopped: &Result<Vec<Stopped>, Failure>) {
    let told = match stopped {
        Ok(stopped) => stopped
            .iter()
            .take(MOST)
            .map(|group| ("DescribeTasks", format!("Tasks stopped with {}.", reason(group))))
            .collect(),
        Err(failure) => vec![(failure.operation, unread(failure))],
    };
    let about = finding.arn.clone();
    finding.evidence.extend(told.into_iter().map(|(from, text)| Evidence {
        from: from.to_owned(),
        about: about.clone(),
        text,
        at: None,
    }));
    Mask::of(wanted).finding(finding);
}

fn unread(failure: &Failure) -> String {
    let why = "The reasons of the tasks that stopped could not be read";
    if failure.kind == FailureKind::AccessDenied {
        return format!("{why}: allow the IAM actions `ecs:ListTasks` and `ecs:DescribeTasks` to have them told here.");
    }
    format!("{why}: {}.", failure.message.trim_end_matches('.'))
}

fn reason(group: &Stopped) -> String {
    let code = group.code.as_deref().unwrap_or("no stop code");
    let said = group
        .reason
        .iter()
        .map(|said| format!(": {}", said.trim_end_matches('.')));
    let containers = group
        .containers
        .iter()
        .map(|container| format!("; container `{}` {}", container.name, ended(container)));
    std::iter::once(code.to_owned()).chain(said).chain(containers).collect()
}

fn ended(container: &StoppedContainer) -> String {
    let exit = container.exit_code.map(|code| format!("exited with code {code}"));
    let parts: Vec<String> = exit.into_iter().chain(container.reason.clone()).collect();
    parts.join(": ").trim_end_matches('.').to_owned()
}
