//! The fleet as one line: a sign for each instance, in the order in which they were launched, and
//! how far the rollout is.

use serde_json::Value;

/// Shows the world line by line, one line for each change.
#[derive(Default)]
pub(crate) struct Fleet {
    last: String,
    began: Option<i64>,
}

impl Fleet {
    /// Counts virtual time from the next line on.
    pub(crate) fn restart(&mut self) {
        self.began = None;
        self.last.clear();
    }

    /// The line for this world; nothing when it shows what the last one showed.
    pub(crate) fn line(&mut self, world: &Value) -> Option<String> {
        let cluster = &world["regions"][0]["clusters"][0];
        let daemon = &cluster["daemons"][0];
        let instances: String = list(&cluster["instances"]).map(sign).collect();
        let shown = format!("{instances:<24}  {}", rollout(daemon));
        if shown == self.last {
            return None;
        }
        self.last.clone_from(&shown);
        let now = world["now_ms"].as_i64()?;
        let began = *self.began.get_or_insert(now);
        let seconds = (now - began) / 1000;
        Some(format!("{:02}:{:02}  {shown}", seconds / 60, seconds % 60))
    }
}

/// `1`, `2` … for the revision of the task definition that runs, `.` for none, `d` while the
/// instance drains, `+` while its successor starts.
fn sign(instance: &Value) -> char {
    match instance["status"].as_str().unwrap_or_default() {
        "LAUNCHING" | "REGISTERING" => '+',
        "DRAINING" | "DEREGISTERING" => 'd',
        _ => list(&instance["daemon_tasks"])
            .find(|task| task["status"] == "RUNNING")
            .and_then(|task| task["task_definition"].as_str()?.chars().last())
            .unwrap_or('.'),
    }
}

fn rollout(daemon: &Value) -> String {
    if daemon["status"] == "DELETE_IN_PROGRESS" {
        return "being deleted".to_owned();
    }
    let Some(deployment) = list(&daemon["deployments"]).last() else {
        return "no daemon".to_owned();
    };
    let status = deployment["status"].as_str().unwrap_or_default();
    let batch = &deployment["batch"];
    match (batch["number"].as_u64(), batch["of"].as_u64()) {
        (Some(number), Some(of)) if status == "IN_PROGRESS" && number > 0 => {
            format!("{status}, batch {number} of {of}")
        }
        _ => status.to_owned(),
    }
}

fn list(value: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    value.as_array().map(Vec::as_slice).unwrap_or_default().iter()
}
