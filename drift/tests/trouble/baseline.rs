//! A baseline that grows: a daemon that it does not have is added by name, and the rest of the file stays as it is.

use std::{fs, process::Output};

use tempfile::TempDir;

use crate::{ACCOUNT, drift, served::Served, told};

struct Case {
    served: Served,
    folder: TempDir,
}

impl Case {
    /// A baseline of one of two daemons, with a comment.
    fn new() -> Self {
        let case = Self {
            served: Served::new(&[("prod", 2)]),
            folder: TempDir::new().unwrap(),
        };
        let recorded = case.run(&[
            "baseline",
            "record",
            "--cluster",
            "prod",
            "--daemon",
            "agent-0",
            "-o",
            "b.toml",
        ]);
        assert_eq!(recorded.status.code(), Some(0), "{}", told(&recorded));
        let path = case.folder.path().join("b.toml");
        fs::write(&path, format!("{}# The end", fs::read_to_string(&path).unwrap())).unwrap();
        case
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let endpoint = self.served.endpoint();
        let mut command = drift(self.folder.path(), Some(ACCOUNT), arguments);
        command.env("AWS_ENDPOINT_URL", endpoint).output().unwrap()
    }

    fn file(&self) -> String {
        fs::read_to_string(self.folder.path().join("b.toml")).unwrap()
    }

    /// Updates the file, and expects a code and what is said.
    fn update(&self, arguments: &[&str], code: i32, said: &str) {
        let output = self.run(&[&["baseline", "update", "b.toml"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains(said), "{arguments:?}: {}", told(&output));
    }
}

const OTHER: &str = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent-1";

#[test]
fn a_daemon_is_added_by_name_and_the_rest_of_the_file_stays() {
    for name in ["prod/agent-1", OTHER] {
        let case = Case::new();
        let before = case.file();
        case.update(&["--add", name], 0, &format!("{OTHER}: added"));
        let after = case.file();
        assert!(after.starts_with(&before) && after.len() > before.len(), "{after}");
        let scan = case.run(&["scan", "b.toml"]);
        assert!(told(&scan).contains("in sync · 2 daemons"), "{}", told(&scan));
        case.update(&["--add", name], 1, "the baseline has it already");
        assert_eq!(case.file(), after);
    }
}

#[test]
fn what_may_be_wrong_with_a_new_daemon_is_said() {
    let case = Case::new();
    case.update(
        &["prod/agent-0:critical", "--add", "prod/agent-1"],
        0,
        "warning: All optional settings of arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent-1 are at their defaults.",
    );
}

#[test]
fn what_cannot_be_added_changes_nothing() {
    let case = Case::new();
    let before = case.file();
    case.update(
        &["--add", "prod/no-such"],
        1,
        "daemon/prod/no-such: it is not there. Nothing was changed.",
    );
    case.update(
        &["--add", "agent-1"],
        1,
        "`--add agent-1`: it is neither an ARN nor CLUSTER/NAME",
    );
    case.update(
        &["--add", "arn:aws:ecs:eu-central-1:123456789012:cluster/prod"],
        1,
        "Invalid daemon",
    );
    case.update(
        &["prod/agent-1"],
        1,
        "Add it with `ecs-drift baseline update FILE --add DAEMON`.",
    );
    case.update(&[], 1, "required");
    assert_eq!(case.file(), before);
}
