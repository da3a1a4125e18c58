//! Tests of reading: the files that are read, and those that must not be.

use super::*;

#[test]
fn what_cannot_be_read_is_said_and_hides_nothing_else() {
    let folder = folder();
    fs::write(folder.path().join("agents/broken.tf"), "resource {{\n").unwrap();
    fs::write(
        folder.path().join("gone.tf"),
        "module \"gone\" { source = \"./gone\" }\n",
    )
    .unwrap();
    fs::write(folder.path().join("self.tf"), "module \"self\" { source = \"./\" }\n").unwrap();
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    let details: Vec<&str> = configuration
        .warnings
        .iter()
        .map(|problem| problem.detail.as_str())
        .collect();
    assert!(details.iter().any(|detail| detail.contains("broken.tf")), "{details:?}");
    assert!(details.iter().any(|detail| detail.contains("gone")), "{details:?}");
    assert!(place(&configuration, "module.a.ecs_daemon.agent", None).is_some());
    assert!(Configuration::read(&folder.path().join("nowhere"), &Given::default()).is_err());
}

/// A scan that compared nothing with it would look as if it had.
#[test]
fn a_folder_of_which_nothing_can_be_read_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = || {
        Configuration::read(folder.path(), &Given::default())
            .unwrap_err()
            .to_string()
    };
    insta::assert_snapshot!(error(), @"it has no file of a configuration (`*.tf`, `*.tofu`, `*.tf.json` or `*.tofu.json`)");
    let broken = folder.path().join("main.tf");
    fs::write(&broken, "resource {{\n").unwrap();
    insta::assert_snapshot!(error().replace(&folder.path().display().to_string(), "DIR"), @"none of its files can be read: DIR/main.tf: syntax error at line 1, column 11");
    fs::write(folder.path().join("other.tf"), "locals {}\n").unwrap();
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    assert_eq!((configuration.warnings.len(), configuration.unread), (1, 1));
}

#[test]
fn nothing_outside_of_the_root_is_read_and_nothing_is_quoted() {
    const CANARY: &str = "canary-7f3a";
    let outside = tempfile::tempdir().unwrap();
    let root = outside.path().join("root");
    fs::create_dir_all(root.join("inside/deeper")).unwrap();
    fs::create_dir(outside.path().join("other")).unwrap();
    let agent = |name: &str| format!("resource \"ecs_daemon\" \"{name}\" {{\n}}\n");
    fs::write(outside.path().join("other/main.tf"), agent("far")).unwrap();
    fs::write(root.join("inside/main.tf"), agent("near")).unwrap();
    fs::write(outside.path().join("key"), CANARY).unwrap();
    fs::write(root.join("broken.tf"), format!("password = \"{CANARY}\n")).unwrap();
    let main =
        "module \"far\" {\n  source = \"../other\"\n}\nmodule \"near\" {\n  source = \"./inside/deeper/..\"\n}\n";
    fs::write(root.join("main.tf"), main).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path().join("key"), root.join("key.tf")).unwrap();
    let read = |config_root: Option<&Path>| {
        let configuration = Configuration::read(&root, &given(config_root)).unwrap();
        assert!(!format!("{configuration:?}").contains(CANARY), "{configuration:?}");
        let found = |address| place(&configuration, address, None).is_some();
        (
            found("module.near.ecs_daemon.near"),
            found("module.far.ecs_daemon.far"),
            configuration.warnings.len(),
        )
    };
    assert_eq!(read(None), (true, false, if cfg!(unix) { 3 } else { 2 }));
    let (near, far, _) = read(Some(outside.path()));
    assert!(near && far);
    assert!(Configuration::read(outside.path(), &given(Some(&root))).is_err());
}

#[test]
fn modules_that_call_the_next_twice_end() {
    let folder = tempfile::tempdir().unwrap();
    for step in 0..40 {
        let module = folder.path().join(format!("m{step}"));
        fs::create_dir(&module).unwrap();
        let next = format!("source = \"../m{}\"", step + 1);
        let calls = ["a", "b"].map(|name| format!("module \"{name}\" {{\n  {next}\n}}\n"));
        fs::write(module.join("main.tf"), calls.concat()).unwrap();
    }
    fs::write(
        folder.path().join("main.tf"),
        "module \"m\" {\n  source = \"./m0\"\n}\n",
    )
    .unwrap();
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    let told: Vec<&String> = configuration.warnings.iter().map(|problem| &problem.detail).collect();
    assert!(
        told.iter().any(|detail| detail.contains("more than 10000 times")),
        "{told:?}"
    );
}
