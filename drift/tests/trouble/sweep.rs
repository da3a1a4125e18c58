//! A repair that is killed before and after each of its calls, and run again: it converges, and no daemon is updated twice.

use std::{
    fs,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use ecs_drift::setting::Settings;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::{
    ACCOUNT, Served, drift,
    reconcile::{drifted, reconcile, validator},
    told,
};

/// Two daemons that are not as wanted, one of them in its tags as well.
struct Estate {
    served: Served,
    folder: TempDir,
}

/// The run that is killed: with a saved plan, or with a scan of its own.
#[derive(Clone, Copy, Debug)]
enum Run {
    Planned,
    Scanned,
}

/// The moment of the end: the call has not been carried out, or has been, without an answer in either case.
#[derive(Clone, Copy, Debug)]
enum At {
    Before,
    After,
}

impl Estate {
    fn new(run: Run) -> Self {
        let served = Served::new(&[("one", 2)]);
        let folder = drifted(&served, &[0, 1]);
        let path = folder.path().join("state.json");
        let mut state: Json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let values = &mut state["values"]["root_module"]["resources"][1]["values"];
        values["tags"] = json!({"team": "agents"});
        values["tags_all"] = values["tags"].clone();
        fs::write(&path, state.to_string()).unwrap();
        let estate = Self { served, folder };
        if matches!(run, Run::Planned) {
            let arguments = ["--tags", "--plan-out", "plan.json", "state.json"];
            let output = reconcile(estate.folder.path(), &estate.served, &arguments);
            assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        }
        estate
    }

    fn begin(&self, run: Run) -> Child {
        let endpoint = self.served.endpoint();
        let mut arguments = vec![
            "reconcile",
            "--endpoint-url",
            &endpoint,
            "--apply",
            "--audit",
            "audit.ndjson",
        ];
        arguments.extend(["--poll", "20ms", "--concurrency", "1"]);
        arguments.extend(match run {
            Run::Planned => &["--plan", "plan.json"][..],
            Run::Scanned => &["--yes", "--tags", "state.json"],
        });
        drift(self.folder.path(), Some(ACCOUNT), &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Ends a run at a call, counted from 0. False if the run has fewer calls.
    fn kill(&self, run: Run, call: usize, at: At) -> bool {
        let before = self.served.operations().len();
        let effect = match at {
            At::Before => json!("timeout"),
            At::After => json!({"slow": {"seconds": 600}}),
        };
        self.served
            .fault(&json!({"operation": "*", "after": call, "count": 1, "effect": effect}));
        let mut child = self.begin(run);
        loop {
            if self.served.operations().len() > before + call {
                child.kill().unwrap();
                child.wait().unwrap();
                return true;
            }
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn audit(&self) -> Vec<Json> {
        let audit = fs::read_to_string(self.folder.path().join("audit.ndjson")).unwrap_or_default();
        audit.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Expects that a run after the end finishes the work, and that everything that was carried out is in the audit.
    fn expect_convergence(&self, run: Run, case: &str) {
        let output = self.begin(run).wait_with_output().unwrap();
        // A scan finds nothing to do where the run before had finished.
        let is_done = match run {
            Run::Planned => output.status.code() == Some(3),
            Run::Scanned => matches!(output.status.code(), Some(0 | 3)),
        };
        assert!(is_done, "{case}: {}", told(&output));
        let endpoint = self.served.endpoint();
        let scan = ["scan", "--tags", "--endpoint-url", &endpoint, "state.json"];
        let scan = drift(self.folder.path(), Some(ACCOUNT), &scan).output().unwrap();
        assert_eq!(scan.status.code(), Some(0), "{case}: {}", told(&scan));
        let audit = self.audit();
        let schema = validator("audit");
        assert!(audit.iter().all(|line| schema.is_valid(line)), "{case}: {audit:#?}");
        for daemon in ["daemon/one/agent-0", "daemon/one/agent-1"] {
            let carried_out = self.served.carried_out("UpdateDaemon", daemon);
            assert_eq!(carried_out.len(), 1, "{case}: {daemon} was not updated once");
            let of_daemon = |line: &&Json| line["daemon"].as_str().is_some_and(|arn| arn.ends_with(daemon));
            let own: Vec<&Json> = audit.iter().filter(of_daemon).collect();
            let mut sending = own.iter().filter(|line| line["event"] == "sending");
            let sent = Settings::from_members(&carried_out[0]).unwrap();
            let is_noted = sending.any(|line| Settings::from_members(&line["request"]).as_ref() == Ok(&sent));
            assert!(is_noted, "{case}: no line for the call on {daemon}: {own:#?}");
            let last = own.last().unwrap();
            let is_ended = last["event"] == "ended" && last["verdict"] == "repaired";
            assert!(is_ended || matches!(run, Run::Scanned), "{case}: {own:#?}");
        }
    }
}

fn sweep(run: Run) {
    for call in 0.. {
        for at in [At::Before, At::After] {
            let estate = Estate::new(run);
            let is_killed = estate.kill(run, call, at);
            estate.expect_convergence(run, &format!("{run:?}, killed {at:?} call {call}"));
            if !is_killed {
                // Fewer would mean that the sweep misses the calls of a repair.
                assert!(call >= 10, "the run has {call} calls only");
                return;
            }
        }
    }
}

#[test]
fn a_saved_plan_survives_an_end_at_every_call() {
    sweep(Run::Planned);
}

#[test]
fn a_run_with_its_own_scan_survives_an_end_at_every_call() {
    sweep(Run::Scanned);
}

/// The run after the end reads what ECS was before the call: only the audit knows of it.
#[test]
fn what_an_audit_has_is_not_sent_again_although_reads_are_older() {
    let run = Run::Planned;
    let update = |estate: &Estate| {
        let operations = estate.served.operations();
        operations
            .iter()
            .filter(|operation| *operation == "UpdateDaemon")
            .count()
    };
    for at in [At::Before, At::After] {
        let estate = Estate::new(run);
        let effect = match at {
            At::Before => json!("timeout"),
            At::After => json!({"slow": {"seconds": 600}}),
        };
        estate
            .served
            .fault(&json!({"operation": "UpdateDaemon", "count": 1, "effect": effect}));
        let mut child = estate.begin(run);
        estate.served.wait_for("UpdateDaemon", 1);
        child.kill().unwrap();
        child.wait().unwrap();
        let reads = estate.served.calls("DescribeDaemon");
        estate
            .served
            .fault(&json!({"operation": "DescribeDaemon", "resource": "*/agent-0", "count": 3, "effect": "stale"}));
        estate.expect_convergence(run, &format!("stale reads after an end {at:?} the call"));
        assert!(
            estate.served.calls("DescribeDaemon") >= reads + 4,
            "nothing was read again"
        );
        // The call that was not carried out is made by the second run.
        let expected = if matches!(at, At::Before) { 3 } else { 2 };
        assert_eq!(update(&estate), expected, "{at:?}");
    }
}

#[test]
fn a_lost_answer_is_looked_up_and_noted() {
    let estate = Estate::new(Run::Planned);
    estate
        .served
        .fault(&json!({"operation": "UpdateDaemon", "count": 2, "effect": "lost_reply"}));
    estate.expect_convergence(Run::Planned, "lost answers");
    let audit = estate.audit();
    let sent = audit
        .iter()
        .filter(|line| line["event"] == "sent" && line["operation"] == "UpdateDaemon");
    assert_eq!(sent.count(), 2, "{audit:#?}");
}

#[test]
fn a_line_that_was_cut_is_passed_over_and_no_other_file_is_added_to() {
    let estate = Estate::new(Run::Planned);
    let path = estate.folder.path().join("audit.ndjson");
    let cut = "{\"at\":\"2026-03-01T02:00:00Z\",\"plan\":\"sha2";
    fs::write(&path, cut).unwrap();
    let output = estate.begin(Run::Planned).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    let audit = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = audit.lines().collect();
    assert_eq!(lines[0], cut);
    assert!(
        lines[1..].iter().all(|line| serde_json::from_str::<Json>(line).is_ok()),
        "{audit}"
    );
    fs::write(&path, "[log]\nlevel = 3\n").unwrap();
    let before = estate.served.operations().len();
    let output = estate.begin(Run::Planned).wait_with_output().unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    let expected = "Audit cannot be used: audit.ndjson: Line 1 is no line of an audit of ecs-drift. Give the audit a file of its \
                    own. Nothing was sent.";
    assert!(told.contains(expected), "{told}");
    assert_eq!(estate.served.operations().len(), before);
    assert_eq!(fs::read_to_string(&path).unwrap(), "[log]\nlevel = 3\n");
}
