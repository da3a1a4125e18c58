//! An apply that goes on during a scan: an input that is a command is read again before a difference is believed.

use std::fs;

use ecs_drift::{
    engine::{self, Inputs},
    scan::NoTrail,
    source::{InputSpec, ReadOptions},
};
use serde_json::json;

use crate::support::{Made, World, lines, merge, state};

/// A command that writes `first` the first time and `second` from then on, in a folder.
fn command(folder: &std::path::Path, first: &Made, second: &Made) -> InputSpec {
    fs::write(folder.join("first"), state("ecs_daemon", &[&first.state]).to_string()).unwrap();
    fs::write(folder.join("second"), state("ecs_daemon", &[&second.state]).to_string()).unwrap();
    let script = "if [ -e read ]; then cat second; else touch read; cat first; fi";
    InputSpec {
        command: Some(["sh", "-c", script].map(str::to_owned).to_vec()),
        ..InputSpec::default()
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_apply_changes_meanwhile_is_no_drift() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    let mut before = made.clone();
    merge(&mut before.state, &json!({"critical": false}));
    for (second, findings) in [(&made, 0), (&before, 1)] {
        let folder = tempfile::tempdir().unwrap();
        let specs = [command(folder.path(), &before, second)];
        let inputs = Inputs {
            specs: &specs,
            folder: folder.path(),
            reading: ReadOptions::default(),
            accounts: &[],
            profile: None,
            configuration: None,
        };
        let (report, _) = engine::run(&world, &NoTrail, inputs, &world.options).await;
        assert_eq!(report.findings.len(), findings, "{}", lines(&report));
        assert_eq!(report.errors, []);
        assert!(folder.path().join("read").exists());
    }
}
