//! The reasons of a failed rollout as people read them.

use std::fmt::Write;

use aws::FailureKind;
use daemons::why::{Content, Stopped, StoppedContainer, Why};

/// Reasons of stopped tasks that are told; the others are counted.
const MOST_REASONS: usize = 3;

/// What a rollout was to bring and why tasks stopped, each on a line that begins with a line break; empty where nothing is
/// known.
pub(crate) fn describe(why: &Why) -> String {
    let mut text = String::new();
    if let Some(target) = &why.target {
        let _ = write!(text, "\nTask definition to bring: {}", content(target));
        if let Some(back) = why.back.as_ref().filter(|back| *back != target) {
            let _ = write!(text, "; gone back to: {}", content(back));
        }
        text.push('.');
    }
    match &why.stopped {
        Ok(stopped) => tasks(&mut text, stopped),
        Err(failure) if failure.kind == FailureKind::AccessDenied => text.push_str(
            "\nThe reasons of the tasks that stopped could not be read: allow the IAM actions `ecs:ListTasks` and `ecs:DescribeTasks` \
             to have them told here.",
        ),
        Err(failure) => {
            let _ = write!(text, "\nThe reasons of the tasks that stopped could not be read: {}.", failure.message.trim_end_matches('.'));
        }
    }
    text
}

fn content(content: &Content) -> String {
    if content.images.is_empty() {
        return content.task_definition.clone();
    }
    format!("{} ({})", content.task_definition, content.images.join(", "))
}

fn tasks(text: &mut String, stopped: &[Stopped]) {
    for group in stopped.iter().take(MOST_REASONS) {
        let _ = write!(text, "\nTasks that stopped: {} with {}.", group.count, reason(group));
    }
    let others: usize = stopped.iter().skip(MOST_REASONS).map(|group| group.count).sum();
    if others > 0 {
        let _ = write!(text, "\nTasks that stopped for other reasons: {others}.");
    }
}

fn reason(group: &Stopped) -> String {
    let mut reason = group.code.clone().unwrap_or_else(|| "no stop code".to_owned());
    if let Some(told) = &group.reason {
        let _ = write!(reason, ": {}", told.trim_end_matches('.'));
    }
    for container in &group.containers {
        let _ = write!(reason, "; container `{}` {}", container.name, ended(container));
    }
    reason
}

fn ended(container: &StoppedContainer) -> String {
    let exit = container.exit_code.map(|code| format!("exited with code {code}"));
    let parts: Vec<String> = exit.into_iter().chain(container.reason.clone()).collect();
    parts.join(": ").trim_end_matches('.').to_owned()
}
