//! Outputs that cannot be written: each costs itself only, and what was there before stays whole.

use std::{
    fs,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

use crate::{ACCOUNT, drift, served::Served};

/// A folder with the state of an estate of which a cluster is gone, so that a scan ends with 2.
fn drifted() -> (Served, TempDir) {
    let served = Served::new(&[("one", 1), ("two", 1)]);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    served.delete("two");
    (served, folder)
}

fn scan(served: &Served, folder: &TempDir, outputs: &[&str]) -> Command {
    let endpoint = served.endpoint();
    let mut command = drift(
        folder.path(),
        Some(ACCOUNT),
        &["scan", "state.json", "--endpoint-url", &endpoint],
    );
    command.args(outputs.iter().map(|output| format!("--output={output}")));
    command
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn an_output_that_cannot_be_written_costs_that_output_only() {
    let (served, folder) = drifted();
    let outputs = [
        "json=/dev/full",
        "sarif=a.sarif",
        "junit=no/such.xml",
        "text",
        "ndjson=b",
    ];
    let output = scan(&served, &folder, &outputs).output().unwrap();
    let said = errors(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for path in ["/dev/full", "no/such.xml"] {
        let told = format!("ecs-drift: Report cannot be written: {path}: ");
        assert_eq!(said.matches(&told).count(), 1, "{said}");
    }
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with("drift · 2 daemons")
    );
    for path in ["a.sarif", "b"] {
        let written = fs::read_to_string(folder.path().join(path)).unwrap();
        assert!(written.contains("cluster-missing"), "{path}: {written}");
    }
}

#[test]
fn a_full_standard_output_costs_no_file() {
    let (served, folder) = drifted();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = scan(&served, &folder, &["text", "json=report.json"])
        .stdout(Stdio::from(full))
        .output()
        .unwrap();
    let said = errors(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Report cannot be written: standard output: "), "{said}");
    let mut diff = drift(folder.path(), None, &["diff", "report.json", "report.json"]);
    assert_eq!(diff.output().unwrap().status.code(), Some(0), "the report is whole");
}

#[test]
fn a_scan_of_which_nothing_could_be_written_is_not_begun() {
    let (served, folder) = drifted();
    let calls = served.calls("DescribeDaemon");
    let output = scan(&served, &folder, &["json=no/such.json", "text=."])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("no/such.json"), "{}", errors(&output));
    assert_eq!(served.calls("DescribeDaemon"), calls);
}

/// A disk that becomes full in the middle of a report, for which a limit of the size of files stands in.
#[test]
fn a_report_that_is_cut_leaves_the_one_before() {
    let (served, folder) = drifted();
    let report = folder.path().join("report.json");
    fs::write(&report, "the night before").unwrap();
    let scan = scan(&served, &folder, &["json=report.json", "gitlab=-"]);
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let mut limited = Command::new("bash");
    limited.current_dir(folder.path()).env_clear().args(["-c", script]);
    limited.arg(scan.get_program()).args(scan.get_args());
    let variables = scan.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let output = limited.envs(variables).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    assert!(
        errors(&output).contains("Report cannot be written: report.json: "),
        "{}",
        errors(&output)
    );
    assert_eq!(fs::read_to_string(&report).unwrap(), "the night before");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "no half of a file is left"
    );
    assert!(String::from_utf8(output.stdout).unwrap().contains("cluster-missing"));
}
