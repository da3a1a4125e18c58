//! The jobs of the guide that repair, as they stand there: planned, carried out, and at rest on the next night.

use std::fs;

use crate::{
    nightly::{Host, commands, fenced, part, steps, text},
    served::Served,
};

const GUIDE: &str = "repairing-drift-from-ci.md";

/// A job's folder, and an estate of which a daemon is not as wanted.
fn host() -> Host {
    let host = Host::of(Served::new(&[("one", 2)]));
    let mut state = host.served.state();
    state["values"]["root_module"]["resources"][0]["values"]["enable_execute_command"] = true.into();
    fs::write(host.folder.path().join("state.json"), state.to_string()).unwrap();
    fs::write(host.folder.path().join("main.tf"), "terraform {\n}\n").unwrap();
    host
}

fn forget(host: &Host) {
    for name in ["outputs", "repair.json", "repair.md", "result.md", "step-summary.md"] {
        let _missing = fs::remove_file(host.folder.path().join(name));
    }
}

#[test]
fn the_jobs_for_github_plan_and_repair() {
    let host = host();
    let steps = steps(&part(GUIDE, "GitHub Actions"));
    let [plan, repair] = steps.as_slice() else {
        panic!("{steps:#?}")
    };
    let planned = host.run(plan);
    assert_eq!(planned.status.code(), Some(0), "{}", text(&planned));
    assert_eq!(host.read("outputs"), "repairs=true\n");
    assert!(host.read("step-summary.md").contains("enable_execute_command"));
    assert_eq!(host.served.calls("UpdateDaemon"), 0);
    let repaired = host.run(repair);
    assert_eq!(repaired.status.code(), Some(0), "{}", text(&repaired));
    assert!(host.read("step-summary.md").contains("1 repaired"));
    assert!(host.read("audit.ndjson").contains("\"repaired\""));
    assert_eq!(host.served.calls("UpdateDaemon"), 1);
    forget(&host);
    let planned = host.run(plan);
    assert_eq!(planned.status.code(), Some(0), "{}", text(&planned));
    assert!(
        !host.folder.path().join("outputs").exists(),
        "nothing is left to repair"
    );
    // An input that cannot be read fails the job, and so does a plan that was changed.
    fs::remove_file(host.folder.path().join("state.json")).unwrap();
    forget(&host);
    assert_eq!(host.run(plan).status.code(), Some(1));
    fs::write(host.folder.path().join("repair.json"), "{}").unwrap();
    assert_eq!(host.run(repair).status.code(), Some(1));
}

#[test]
fn the_jobs_for_gitlab_plan_and_repair() {
    let host = host();
    let part = part(GUIDE, "GitLab");
    let (plan, repair) = part.split_once("\nrepair:\n").unwrap();
    let (plan, repair) = (commands(plan, "script"), commands(repair, "script"));
    let planned = host.run(&plan);
    assert_eq!(planned.status.code(), Some(2), "{}", text(&planned));
    let repaired = host.run(&repair);
    assert_eq!(repaired.status.code(), Some(0), "{}", text(&repaired));
    assert!(text(&repaired).contains("1 repaired"), "{}", text(&repaired));
    assert_eq!(host.served.calls("UpdateDaemon"), 1);
    let planned = host.run(&plan);
    assert_eq!(planned.status.code(), Some(0), "{}", text(&planned));
}

#[test]
fn the_lines_without_a_review_and_after_an_apply_work() {
    let host = host();
    let line = |heading: &str| {
        let blocks = fenced(&part(GUIDE, heading), "shell");
        let [line] = blocks.as_slice() else {
            panic!("{blocks:#?}")
        };
        line.clone()
    };
    let watched = host.run(&line("After an apply"));
    assert_eq!(watched.status.code(), Some(2), "{}", text(&watched));
    let repair = line("Without a review");
    // What differs was never applied, and the line is for resets.
    let repaired = host.run(&repair);
    assert_eq!(repaired.status.code(), Some(0), "{}", text(&repaired));
    assert_eq!(host.served.calls("UpdateDaemon"), 0);
    let others = repair
        .replace("--cause default-revert", "")
        .replace("01:00-05:00", "00:00-24:00");
    let repaired = host.run(&others);
    assert_eq!(repaired.status.code(), Some(3), "{}", text(&repaired));
    let watched = host.run(&line("After an apply"));
    assert_eq!(watched.status.code(), Some(0), "{}", text(&watched));
}
