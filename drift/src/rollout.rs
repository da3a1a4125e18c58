//! The reasons why a rollout failed, in sentences for people.

use daemons::{observe::Rollout, why::Why};

/// What ECS says of the end of a rollout, and why tasks stopped.
pub(crate) fn reasons(rollout: Option<&Rollout>, why: &Why) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Some(rollout) = rollout {
        reasons.push(format!("The deployment has status {}.", rollout.status.as_str()));
        let said = [&rollout.reason, &rollout.rollback_reason];
        reasons.extend(said.into_iter().flatten().map(|text| format!("ECS says: {text}")));
        let breaker = rollout.breaker.filter(|(failures, _)| *failures > 0);
        reasons.extend(breaker.map(|(failures, threshold)| {
            format!("The circuit breaker counted {failures} failed launches of {threshold} that it allows.")
        }));
        if !rollout.triggered_alarms.is_empty() {
            reasons.push(format!(
                "These alarms went off: {}.",
                rollout.triggered_alarms.join(", ")
            ));
        }
    }
    for stopped in why.stopped.iter().flatten().take(2) {
        let told = [&stopped.code, &stopped.reason];
        let told: Vec<&str> = told.into_iter().flatten().map(String::as_str).collect();
        reasons.push(format!("{} tasks stopped: {}", stopped.count, told.join(", ")));
    }
    reasons.dedup();
    reasons
}
