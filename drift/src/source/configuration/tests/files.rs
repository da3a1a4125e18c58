//! Both forms of files, of both programs, and those that override.

use super::*;

#[test]
fn json_and_files_of_opentofu_are_read_and_override_files_override() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "main.tf.json",
        r#"{
  "//": "made by a program",
  "variable": {"drain": {"default": 10}},
  "locals": {"on": true},
  "resource": {
    "ecs_daemon": {
      "agent": {
        "propagate_tags": "D${\"AEMON\"}",
        "critical": "${local.on}",
        "deployment_configuration": [
          {
            "drain_percent": "${var.drain}",
            "dynamic": {"alarms": {"for_each": [["a"]], "content": {"alarm_names": "${alarms.value}"}}}
          }
        ],
        "lifecycle": {"ignore_changes": ["critical", "deployment_configuration[0].drain_percent"]}
      }
    }
  }
}"#,
    );
    write(
        "other.tf",
        "resource \"ecs_daemon\" \"x\" {\n  name = \"terraform\"\n}\n",
    );
    write(
        "other.tofu",
        "resource \"ecs_daemon\" \"x\" {\n\n  name = \"tofu\"\n}\n",
    );
    write(
        "x_override.tf",
        "resource \"ecs_daemon\" \"x\" {\n\n\n  name = \"over\"\n  critical = true\n}\n",
    );
    write(".hidden.tf", "resource {{\n");
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    assert_eq!(configuration.warnings, []);
    let check = |address: &str, setting: &str, expected: &str| check(&configuration, address, setting, expected);
    let agent = "ecs_daemon.agent";
    check(agent, "propagate_tags", "\"DAEMON\" from here");
    check(agent, "critical", "true from here");
    check(
        agent,
        "deployment_configuration.drain_percent",
        "10.0 from the default of `var.drain",
    );
    check(
        agent,
        "deployment_configuration.alarms.alarm_names",
        "[\"a\"] from here",
    );
    check(agent, "deployment_configuration.bake_time_in_minutes", "absent");
    let place = |address: &str, setting| place(&configuration, address, setting).unwrap();
    assert_eq!(place(agent, Some("critical")), ("main.tf.json".to_owned(), 9, 9));
    assert_eq!(place(agent, Some("tags")), ("main.tf.json".to_owned(), 7, 7));
    assert_eq!(
        place(agent, Some("deployment_configuration.drain_percent")),
        ("main.tf.json".to_owned(), 12, 13)
    );
    let declared = configuration.declared(&address::Address::parse(agent).unwrap(), &mut declared::Scopes::new());
    let paths = [vec!["critical"], vec!["deployment_configuration", "drain_percent"]];
    let paths = paths.map(|path| path.into_iter().map(str::to_owned).collect());
    assert_eq!(
        declared.unwrap_or_else(|_| panic!()).ignored(),
        declared::Ignored::Paths(paths.into())
    );
    check("ecs_daemon.x", "name", "\"over\" from here");
    assert_eq!(place("ecs_daemon.x", Some("name")).0, "x_override.tf");
    assert_eq!(place("ecs_daemon.x", Some("tags")).0, "other.tofu");
    let given = Given {
        is_terraform: true,
        ..Given::default()
    };
    fs::remove_file(folder.path().join("x_override.tf")).unwrap();
    let configuration = Configuration::read(folder.path(), &given).unwrap();
    assert_eq!(
        written(&configuration, "ecs_daemon.x", "name"),
        "\"terraform\" from here"
    );
}

/// Wherever Terraform takes an object, it takes a list of them; a null is no block.
#[test]
fn lists_of_objects_are_read_as_terraform_reads_them() {
    const MAIN: &str = r#"
[
  {
    "//": "made by a program"
    ,
    "variable": [{"tags": [{"default": {"a b": "DAEMON"}}]}],
    "locals": [{"x": 1}, [{"other": "${var.tags[\"a b\"]}"}]]
  },
  {
    "resource": [
      {"ecs_daemon": [{"a": [{"propagate_tags": "${local.other}", "deployment_configuration": null}]}, {"b": {}}]},
      {"ecs_daemon": {"c": [{"count": 1, "propagate_tags": "${merge({}, {x = \"NONE\"}).x}\u0020\/"}], "none": null}}
    ],
    "module": [{"m": [{"source": ".\/m"}]}]
  }
]
"#;
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("m")).unwrap();
    let inner = r#"{"resource": {"ecs_daemon": {"d": {"propagate_tags": "$${x}"}}}}"#;
    for (name, text) in [("main.tf.json", MAIN), ("m/main.tf.json", inner)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    assert_eq!(configuration.warnings, []);
    let check = |address: &str, expected: &str| check(&configuration, address, "propagate_tags", expected);
    check("ecs_daemon.a", "\"DAEMON\" from the default of `var.tags");
    check("ecs_daemon.b", "absent");
    check("ecs_daemon.c[0]", "\"NONE /\" from here");
    check("ecs_daemon.none", "it is not in the configuration that was read");
    check("module.m.ecs_daemon.d", "\"${x}\" from here");
    let drain = "deployment_configuration.drain_percent";
    super::check(&configuration, "ecs_daemon.a", drain, "absent");
    assert_eq!(
        place(&configuration, "ecs_daemon.c[0]", Some("propagate_tags")),
        Some(("main.tf.json".to_owned(), 12, 42))
    );
}

/// A file that overrides says how many instances there are, also of a module.
#[test]
fn files_that_override_say_which_instances_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("m")).unwrap();
    write(
        "m/main.tf",
        "variable \"name\" {}\nresource \"ecs_daemon\" \"x\" {\n  name = var.name\n}\n",
    );
    write(
        "main.tf",
        "resource \"ecs_daemon\" \"g\" {\n  name = \"g\"\n  count = 0\n}\nmodule \"m\" {\n  source = \"./m\"\n  name = \"base\"\n}\n",
    );
    write(
        "x_override.tf",
        "resource \"ecs_daemon\" \"g\" {\n  count = 1\n}\nmodule \"m\" {\n  name = \"over\"\n  count = 2\n}\n",
    );
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    assert!(configuration.foreign.is_empty());
    let check = |address: &str, expected: &str| check(&configuration, address, "name", expected);
    let none = "the configuration has no such instance";
    check("ecs_daemon.g[0]", "\"g\" from here");
    check("ecs_daemon.g[1]", none);
    check("module.m[1].ecs_daemon.x", "\"over\" from here");
    check("module.m.ecs_daemon.x", none);
}
