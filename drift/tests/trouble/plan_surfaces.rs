//! Values that must not be shown, and texts of an enemy, in plans, results, audits and watches.

use std::{fs, process::Output};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::{
    ACCOUNT, Served, drift,
    reconcile::{drifted, reconcile},
    surfaces::{HOSTILE, check},
    told,
};

/// A text that may be nowhere.
const CANARY: &str = "canary-hunter2";

/// A folder with a state that wants an alarm whose name it marks as sensitive.
fn sensitive(served: &Served) -> TempDir {
    let folder = drifted(served, &[]);
    let path = folder.path().join("state.json");
    let mut state: Json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let resource = &mut state["values"]["root_module"]["resources"][0];
    let alarms = json!([{"alarm_names": [CANARY], "enable": true}]);
    resource["values"]["deployment_configuration"] =
        json!([{"drain_percent": 25.0, "bake_time_in_minutes": 0, "alarms": alarms}]);
    resource["sensitive_values"] = json!({"deployment_configuration": [{"alarms": [{"alarm_names": true}]}]});
    fs::write(&path, state.to_string()).unwrap();
    folder
}

/// Everything that a run has written.
fn written(folder: &TempDir, output: &Output) -> String {
    let files = [
        "plan.json",
        "plan.md",
        "plan.txt",
        "result.json",
        "result.md",
        "audit.ndjson",
    ];
    let files = files.map(|name| fs::read_to_string(folder.path().join(name)).unwrap_or_default());
    told(output) + &files.concat()
}

#[test]
fn a_plan_with_sensitive_values_is_refused_unless_they_may_be_shown() {
    let served = Served::new(&[("one", 1)]);
    let folder = sensitive(&served);
    let forms = [
        "-o",
        "text=plan.txt",
        "-o",
        "markdown=plan.md",
        "--plan-out",
        "plan.json",
    ];
    let run = |more: &[&str]| {
        let mut arguments = forms.to_vec();
        arguments.extend(more);
        arguments.push("state.json");
        let output = reconcile(folder.path(), &served, &arguments);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        written(&folder, &output)
    };
    let hidden = run(&["--verbose"]);
    assert!(!hidden.contains(CANARY), "{hidden}");
    assert!(hidden.contains("--show-sensitive"), "{hidden}");
    let shown = run(&["--show-sensitive"]);
    assert!(shown.contains(CANARY), "{shown}");
    let apply = [
        "--apply",
        "--yes",
        "--audit",
        "audit.ndjson",
        "-o",
        "json=result.json",
        "state.json",
    ];
    fs::remove_file(folder.path().join("plan.json")).unwrap();
    fs::remove_file(folder.path().join("plan.md")).unwrap();
    fs::remove_file(folder.path().join("plan.txt")).unwrap();
    let output = reconcile(folder.path(), &served, &apply);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    let all = written(&folder, &output);
    assert!(!all.contains(CANARY), "{all}");
    assert_eq!(served.calls("UpdateDaemon"), 0);
}

#[test]
fn messages_of_ecs_are_data_in_repairs_and_watches() {
    let served = Served::new(&[("prod", 1)]);
    let folder = drifted(&served, &[0]);
    let output = reconcile(folder.path(), &served, &["--plan-out", "plan.json", "state.json"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    let error = |operation: &str| {
        json!({"operation": operation, "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": HOSTILE, "status": 400}}})
    };
    served.fault(&error("UpdateDaemon"));
    let endpoint = served.endpoint();
    let run = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--endpoint-url", &endpoint]);
        drift(folder.path(), Some(ACCOUNT), &all)
    };
    let apply = ["reconcile", "--apply", "--plan", "plan.json", "--audit", "audit.ndjson"];
    for form in ["text", "markdown", "json"] {
        let mut arguments = apply.to_vec();
        arguments.extend(["-o", form]);
        check(form, &mut run(&arguments), 1);
    }
    let audit = fs::read_to_string(folder.path().join("audit.ndjson")).unwrap();
    assert!(!audit.contains('\u{1b}') && audit.contains("forged"), "{audit}");
    check(
        "window",
        &mut run(&["reconcile", "--apply", "--window", HOSTILE, "state.json"]),
        1,
    );
    check("plan", &mut run(&["reconcile", "--apply", "--plan", HOSTILE]), 1);
    check(
        "audit",
        &mut run(&[
            "reconcile",
            "--apply",
            "--plan",
            "plan.json",
            "--audit",
            &format!("no/{HOSTILE}"),
        ]),
        1,
    );
    served.fault(&error("DescribeDaemon"));
    let arn = format!("arn:aws:ecs:eu-central-1:{ACCOUNT}:daemon/prod/agent-0");
    check("watch", &mut run(&["watch", &arn]), 4);
    check("watch as JSON", &mut run(&["watch", "--json", &arn]), 4);
    check("ARN", &mut run(&["watch", &format!("arn:{HOSTILE}")]), 1);
    check(
        "cluster",
        &mut run(&["watch", "--cluster", &format!("arn:{HOSTILE}")]),
        1,
    );
}
