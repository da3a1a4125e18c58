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

/// The workspace of a folder, for what stands in the folder of Terraform's data and in the environment.
#[test]
fn the_workspace_is_known_where_it_was_chosen() {
    const UNKNOWN: &str = "it depends on the workspace, which is not known";
    let check = |files: &[(&str, &str)], given: &Given, expected: &str| {
        let folder = tempfile::tempdir().unwrap();
        let data = folder
            .path()
            .join(given.data_folder.as_deref().unwrap_or(Path::new(".terraform")));
        for (name, text) in files {
            fs::create_dir_all(&data).unwrap();
            fs::write(data.join(name), text).unwrap();
        }
        check_expressions(folder.path(), "", given, &[("x", "terraform.workspace", expected)]);
    };
    let none = Given::default();
    let of_environment = Given {
        workspace: Some("dev".to_owned()),
        ..Given::default()
    };
    let elsewhere = Given {
        data_folder: Some("data".into()),
        ..Given::default()
    };
    let selected = ("environment", "prod\n");
    let backend = |kind: &str| format!("{{\"backend\": {{\"type\": \"{kind}\"}}}}");
    check(&[], &none, UNKNOWN);
    check(&[selected], &none, "\"prod\" from here");
    check(&[selected], &elsewhere, "\"prod\" from here");
    check(&[selected], &of_environment, "\"dev\" from here");
    check(&[("other", "")], &none, "\"default\" from here");
    check(&[("terraform.tfstate", &backend("s3"))], &none, "\"default\" from here");
    check(&[("terraform.tfstate", &backend("cloud"))], &none, UNKNOWN);
    check(&[("terraform.tfstate", "half {")], &none, UNKNOWN);
}

/// Modules that come from elsewhere are read where `terraform get` put them.
#[test]
fn copies_of_modules_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "main.tf",
        "module \"a\" {\n  source  = \"x/agents/aws\"\n  version = \"~> 1.0.0\"\n}\n",
    );
    write(
        ".terraform/modules/a/main.tf",
        "module \"b\" {\n  source = \"github.com/x/b?ref=v1\"\n}\n",
    );
    write(
        ".terraform/modules/a.b/main.tf",
        "module \"c\" {\n  source = \"./c\"\n}\n",
    );
    write(
        ".terraform/modules/a.b/c/main.tf",
        "resource \"ecs_daemon\" \"x\" {\n  name = \"x\"\n}\n",
    );
    let copy = |key: &str, source: &str| {
        let dir = format!(".terraform/modules/{key}");
        let version = if source.starts_with("git::") {
            "null"
        } else {
            "\"1.0.2\""
        };
        format!("{{\"Key\": \"{key}\", \"Source\": \"{source}\", \"Version\": {version}, \"Dir\": \"{dir}\"}}")
    };
    let a = copy("a", "registry.terraform.io/x/agents/aws");
    let read = |copies: &[&str]| {
        let manifest = format!("{{\"Modules\": [{}]}}", copies.join(", "));
        write(".terraform/modules/modules.json", &manifest);
        let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
        let foreign: Vec<String> = configuration
            .foreign
            .iter()
            .map(|(module, why)| format!("{module} {}", why.0))
            .collect();
        (
            written(&configuration, "module.a.module.b.module.c.ecs_daemon.x", "name"),
            foreign.join("\n"),
        )
    };
    let none = "it is not in the configuration that was read".to_owned();
    let missing = "its source is no local path, and `.terraform/modules` has no copy of it";
    let other = "its source is no local path, and the copy in `.terraform/modules` is of another source";
    assert_eq!(
        read(&[&a, &copy("a.b", "git::https://github.com/x/b.git?ref=v1")]),
        ("\"x\" from here".to_owned(), String::new())
    );
    assert_eq!(
        read(&[&a, &copy("a.b", "git::https://github.com/x/b.git?ref=v2")]),
        (none.clone(), format!("module.a.module.b. {other}"))
    );
    let newer = a.replace("1.0.2", "1.1.0");
    assert_eq!(read(&[&newer]), (none.clone(), format!("module.a. {other}")));
    assert_eq!(read(&[&a]), (none.clone(), format!("module.a.module.b. {missing}")));
    assert_eq!(read(&["5"]), (none, format!("module.a. {missing}")));
}
