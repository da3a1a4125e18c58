//! Places of settings, and what may be read for them.

use std::{fs, path::Path};

use super::*;
use crate::report::{Cause, SourceRef, golden};

const ROOT: &str = r#"# Daemons
module "a" {
  source   = "./agents"
  for_each = toset(["x.y"])
}

module "far" { source = "registry/x/y" }

resource "ecs_daemon" "solo" {
  name     = "sölo"
  /* ü */ critical = false

  deployment_configuration {
    drain_percent = 10
    dynamic "alarms" {
      for_each = [1]
      content {
        enable = true
      }
    }
  }
}
"#;
const INNER: &str = "resource \"ecs_daemon\" \"agent\" {\n  count = 2\n  propagate_tags = \"DAEMON\"\n}\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("agents")).unwrap();
    fs::write(folder.path().join("main.tf"), ROOT).unwrap();
    fs::write(folder.path().join("agents/daemon.tf"), INNER).unwrap();
    folder
}

fn place(configuration: &Configuration, address: &str, setting: Option<&str>) -> Option<(String, u32, u32)> {
    let mut finding = golden::finding(Cause::ChangedOutside);
    finding.location = None;
    finding.setting = setting.map(str::to_owned);
    finding.source = Some(SourceRef {
        input: "state".to_owned(),
        address: address.to_owned(),
        resource_type: "ecs_daemon".to_owned(),
    });
    configuration.locate(std::slice::from_mut(&mut finding));
    let location = finding.location?;
    let name = location.file.rsplit('/').next().unwrap_or_default().to_owned();
    Some((name, location.line, location.column?))
}

#[test]
fn a_setting_has_its_line_and_a_missing_one_that_of_what_is_around_it() {
    let folder = folder();
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    let check = |address: &str, setting: Option<&str>, file: &str, line: u32, column: u32| {
        let expected = Some((file.to_owned(), line, column));
        assert_eq!(
            place(&configuration, address, setting),
            expected,
            "{address} {setting:?}"
        );
    };
    let solo = "ecs_daemon.solo";
    check(solo, None, "main.tf", 9, 1);
    check(solo, Some("critical"), "main.tf", 11, 11);
    check(solo, Some("propagate_tags"), "main.tf", 9, 1);
    check(solo, Some("deployment_configuration.drain_percent"), "main.tf", 14, 5);
    check(
        solo,
        Some("deployment_configuration.bake_time_in_minutes"),
        "main.tf",
        13,
        3,
    );
    check(solo, Some("deployment_configuration.alarms.enable"), "main.tf", 18, 9);
    check(
        solo,
        Some("deployment_configuration.alarms.alarm_names"),
        "main.tf",
        15,
        5,
    );
    let inner = "module.a[\"x.y\"].ecs_daemon.agent[1]";
    check(inner, Some("propagate_tags"), "daemon.tf", 3, 3);
    check(inner, Some("critical"), "daemon.tf", 1, 1);
    assert_eq!(place(&configuration, "ecs_daemon.other", None), None);
    assert_eq!(configuration.warnings, []);
}

#[test]
fn files_are_named_as_seen_from_where_the_program_runs() {
    let check = |path: &str, expected: &str| assert_eq!(File::new(Path::new(path), "").name, expected);
    check("./infra/main.tf", "infra/main.tf");
    check("infra/../modules/./a/main.tf", "modules/a/main.tf");
    check("../modules/main.tf", "../modules/main.tf");
    check("../../main.tf", "../../main.tf");
    check("/srv/main.tf", "/srv/main.tf");
}

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
    assert_eq!(configuration.warnings.len(), 1);
}

fn given(root: Option<&Path>) -> Given {
    Given {
        root: root.map(Path::to_path_buf),
        ..Given::default()
    }
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

/// The setting of the daemon at an address as it is written: a value with its origin, nothing, or a reason.
fn written(configuration: &Configuration, address: &str, setting: &str) -> String {
    let path: Vec<&str> = setting.split('.').collect();
    let address = address::Address::parse(address).unwrap();
    let declared = configuration.declared(&address, &mut declared::Scopes::new());
    match declared.map(|declared| declared.written(&path).1) {
        Ok(declared::Written::Known(known)) => {
            let mark = if known.is_sensitive { " (sensitive)" } else { "" };
            let origin = known.origin.as_deref().unwrap_or("here");
            let origin = origin.rsplit('/').next().unwrap_or_default().trim_matches('`');
            format!("{} from {origin}{mark}", known.value)
        }
        Ok(declared::Written::Absent) => "absent".to_owned(),
        Ok(declared::Written::Unknown(unknown)) | Err(unknown) => unknown.0.to_owned(),
    }
}

const VALUES: &str = r#"
variable "plain" { default = "DAEMON" }
variable "file" { default = "NONE" }
variable "typed" {
  type    = number
  default = "2.50e1"
}
variable "elements" {
  type    = object({ n = number })
  default = { n = "12.50" }
}
variable "many" {
  type    = list(string)
  default = ["a", 1, true]
}
variable "switch" { type = bool }
variable "open" {}
variable "auto" {}
variable "environment" {}
variable "secret" {
  default   = "DAEMON"
  sensitive = true
}
variable "null" {
  default  = true
  nullable = false
}
variable "unset" {}
locals {
  first  = local.second
  second = local.third[0].name
  third  = [{ name = "${var.plain}" }]
  ring   = local.gnir
  gnir   = local.ring
}
module "agents" {
  source   = "./agents"
  for_each = { "a.b" = { tags = "DAEMON" }, c = { tags = "NONE" } }
  tags     = each.value.tags
  name     = each.key
}
module "counted" {
  source = "./agents"
  count  = 2
  tags   = "count-${count.index}"
  name   = local.first
}
module "unknown" {
  source   = "./agents"
  for_each = data.x.y
  tags     = each.value
  name     = each.key
}
"#;

/// A daemon of the root module whose `propagate_tags` is an expression.
fn daemons(expressions: &[(&str, &str)]) -> String {
    let blocks = expressions.iter().map(|(name, expression)| {
        format!("resource \"ecs_daemon\" \"{name}\" {{\n  propagate_tags = {expression}\n}}\n")
    });
    blocks.collect()
}

fn values() -> tempfile::TempDir {
    const AGENTS: &str = "variable \"tags\" {}\nvariable \"name\" {}\nresource \"ecs_daemon\" \"x\" {\n  name = var.name\n  \
                          propagate_tags = var.tags\n}\n";
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("agents")).unwrap();
    write("agents/main.tf", AGENTS);
    write("variables.tf", VALUES);
    write("terraform.tfvars", "file = \"DAEMON\"\nauto = \"lost\"\nnull = null\n");
    write("b.auto.tfvars.json", "{\"auto\": \"from b\"}");
    write("a.auto.tfvars", "auto = \"from a\"\n");
    folder
}

#[test]
fn values_are_known_as_far_as_the_configuration_tells_them() {
    let cases = [
        ("plain", "var.plain", "\"DAEMON\" from the default of `var.plain"),
        ("file", "var.file", "\"DAEMON\" from terraform.tfvars"),
        ("auto", "var.auto", "\"from b\" from b.auto.tfvars.json"),
        ("environment", "var.environment", "\"word\" from TF_VAR_environment"),
        (
            "secret",
            "var.secret",
            "\"DAEMON\" from the default of `var.secret (sensitive)",
        ),
        ("marked", "sensitive(\"x\")", "\"x\" from here (sensitive)"),
        ("mixed", "\"a-${var.secret}\"", "\"a-DAEMON\" from here (sensitive)"),
        ("nullable", "var.null", "true from the default of `var.null"),
        ("chain", "local.first", "\"DAEMON\" from here"),
        ("chosen", "var.plain == \"x\" ? \"one\" : \"two\"", "\"two\" from here"),
        ("operators", "1 + 1 == 2 && 7 % 4 < 4 && null != 3", "true from here"),
        ("decided", "var.unset || 5 >= 5", "true from here"),
        (
            "undecided",
            "var.unset || 5 < 5",
            "it refers to a variable without a value",
        ),
        ("inexact", "10 / 4 == 2.5", "it is computed"),
        ("zero", "1 / 0", "it is computed"),
        ("hidden", "var.secret == \"x\"", "false from here (sensitive)"),
        (
            "merged",
            "merge({ a = \"x\" }, null, { a = \"y\" }).a",
            "\"y\" from here",
        ),
        ("condition", "!false ? \"yes\" : local.ring", "\"yes\" from here"),
        ("number", "\"${5}-${-2}-${0.5}\"", "\"5--2-0.5\" from here"),
        ("stripped", "\"v ${~ 5 ~} w ${6} x\"", "\"v5w 6 x\" from here"),
        (
            "digits",
            "\"${12345678901234567890}!\"",
            "it has more digits than are compared",
        ),
        ("one_zero", "\"${-0}!\"", "\"0!\" from here"),
        ("converted", "\"${tonumber(\"1.50\")}!\"", "\"1.5!\" from here"),
        (
            "no_number",
            "\"${tonumber(\"1x\")}!\"",
            "it has a value that the setting cannot have",
        ),
        ("typed", "\"${var.typed}!\"", "\"25!\" from here"),
        ("elements", "var.elements.n", "12.5 from the default of `var.elements"),
        (
            "many",
            "var.many",
            "[\"a\",\"1\",\"true\"] from the default of `var.many",
        ),
        ("switch", "var.switch == true", "true from here"),
        (
            "open",
            "var.open == true",
            "it compares values of two types; give the variable a `type`",
        ),
        ("null", "null", "absent"),
        ("ring", "local.ring", "it refers to itself"),
        ("unset", "var.unset", "it refers to a variable without a value"),
        ("gone", "local.third[3]", "it refers to what is not there"),
        ("function", "upper(\"x\")", "it calls a function"),
        ("resource", "aws_x.y.z", "it refers to a resource"),
        ("data", "data.x.y.z", "it refers to a data source"),
        ("output", "module.agents.x", "it refers to the output of a module"),
        ("workspace", "terraform.workspace", "it is computed"),
        ("loop", "[for x in [1] : x]", "it is computed"),
    ];
    let folder = values();
    let blocks = cases.map(|(name, expression, _)| (name, expression));
    fs::write(folder.path().join("main.tf"), daemons(&blocks)).unwrap();
    let given = Given {
        environment: [
            ("environment".to_owned(), "word".to_owned()),
            ("file".to_owned(), "lost".to_owned()),
            ("switch".to_owned(), "true".to_owned()),
            ("open".to_owned(), "true".to_owned()),
        ]
        .into(),
        ..Given::default()
    };
    let configuration = Configuration::read(folder.path(), &given).unwrap();
    assert_eq!(configuration.warnings, []);
    for (name, expression, expected) in cases {
        let found = written(&configuration, &format!("ecs_daemon.{name}"), "propagate_tags");
        assert_eq!(found, expected, "{expression}");
    }
    let named = Given {
        var_files: vec![folder.path().join("named.tfvars")],
        ..given
    };
    assert!(
        Configuration::read(folder.path(), &named).is_err(),
        "a file that was named must be there"
    );
    fs::write(folder.path().join("named.tfvars"), "auto = \"named\"\n").unwrap();
    let configuration = Configuration::read(folder.path(), &named).unwrap();
    let found = written(&configuration, "ecs_daemon.auto", "propagate_tags");
    assert_eq!(found, "\"named\" from named.tfvars");
}

#[test]
fn instances_have_their_own_values() {
    let folder = values();
    let main = "resource \"ecs_daemon\" \"y\" {\n  for_each = toset([\"a\"])\n  name = each.value\n}\n\
                resource \"ecs_daemon\" \"first\" {\n  count = 2\n  \
                propagate_tags = count.index == 0 ? \"DAEMON\" : \"NONE\"\n}\n";
    fs::write(folder.path().join("main.tf"), main).unwrap();
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    let check = |address: &str, setting: &str, expected: &str| {
        assert_eq!(
            written(&configuration, address, setting),
            expected,
            "{address} {setting}"
        );
    };
    let none = "the configuration has no such instance";
    check(
        "module.agents[\"a.b\"].ecs_daemon.x",
        "propagate_tags",
        "\"DAEMON\" from here",
    );
    check(
        "module.agents[\"c\"].ecs_daemon.x",
        "propagate_tags",
        "\"NONE\" from here",
    );
    check("module.agents[\"c\"].ecs_daemon.x", "name", "\"c\" from here");
    check("module.agents[\"d\"].ecs_daemon.x", "name", none);
    check("module.agents.ecs_daemon.x", "name", none);
    check(
        "module.counted[1].ecs_daemon.x",
        "propagate_tags",
        "\"count-1\" from here",
    );
    check("module.counted[2].ecs_daemon.x", "propagate_tags", none);
    check("module.unknown[\"z\"].ecs_daemon.x", "name", "\"z\" from here");
    check(
        "module.unknown[\"z\"].ecs_daemon.x",
        "propagate_tags",
        "it depends on `for_each`, which is not evaluated",
    );
    check("ecs_daemon.y[\"a\"]", "name", "\"a\" from here");
    check("ecs_daemon.y[\"b\"]", "name", none);
    check("ecs_daemon.first[0]", "propagate_tags", "\"DAEMON\" from here");
    check("ecs_daemon.first[1]", "propagate_tags", "\"NONE\" from here");
    check("ecs_daemon.z", "name", "it is not in the configuration that was read");
    check(
        "module.far.ecs_daemon.z",
        "name",
        "it is not in the configuration that was read",
    );
}

#[test]
fn values_that_double_themselves_end() {
    let folder = tempfile::tempdir().unwrap();
    let doubled = (1..60).map(|step| {
        let before = format!("${{local.x{}}}", step - 1);
        ["  x", &step.to_string(), " = \"", &before, &before, "\"\n"].concat()
    });
    let doubled: String = doubled.collect();
    let daemon = "resource \"ecs_daemon\" \"x\" {\n  propagate_tags = local.x59\n}\n";
    let text = format!("locals {{\n  x0 = \"xxxxxxxxxxxxxxxx\"\n{doubled}}}\n{daemon}");
    fs::write(folder.path().join("main.tf"), text).unwrap();
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    assert_eq!(
        written(&configuration, "ecs_daemon.x", "propagate_tags"),
        "it is too big"
    );
}

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
        "propagate_tags": "D${"AEMON"}",
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
    let check = |address: &str, setting: &str, expected: &str| {
        assert_eq!(
            written(&configuration, address, setting),
            expected,
            "{address} {setting}"
        );
    };
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

#[test]
fn terragrunt_names_the_module_and_gives_its_variables() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir_all(folder.path().join("live/prod")).unwrap();
    fs::create_dir_all(folder.path().join("modules/agent")).unwrap();
    write(
        "live/prod/terragrunt.hcl",
        "terraform {\n  source = \"../../modules//agent\"\n}\n\ninputs = {\n  drain = 10\n  tags  = get_env(\"X\")\n}\n",
    );
    write(
        "modules/agent/main.tf",
        "variable \"drain\" { default = 50 }\nvariable \"tags\" { default = \"NONE\" }\n\
         resource \"ecs_daemon\" \"agent\" {\n  critical = false\n  propagate_tags = var.tags\n  \
         deployment_configuration {\n    drain_percent = var.drain\n  }\n}\n",
    );
    let module = folder.path().join("live/prod");
    let configuration = Configuration::read(&module, &given(Some(folder.path()))).unwrap();
    assert_eq!(configuration.warnings, []);
    let agent = "ecs_daemon.agent";
    let drain = "deployment_configuration.drain_percent";
    assert_eq!(written(&configuration, agent, drain), "10.0 from terragrunt.hcl");
    assert_eq!(written(&configuration, agent, "propagate_tags"), "it calls a function");
    assert_eq!(
        place(&configuration, agent, Some(drain)),
        Some(("terragrunt.hcl".to_owned(), 6, 3))
    );
    assert_eq!(
        place(&configuration, agent, Some("critical")),
        Some(("main.tf".to_owned(), 4, 3))
    );
    assert!(
        Configuration::read(&module, &Given::default()).is_err(),
        "the module is outside of the folder"
    );
}

/// A default is no value where something else may give one.
#[test]
fn what_terragrunt_takes_from_elsewhere_is_named_and_not_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let variables = ["own", "other", "output", "local", "file", "environment"];
    let declared = variables.map(|name| format!("variable \"{name}\" {{ default = \"default\" }}\n"));
    let references = variables.map(|name| (name, format!("var.{name}")));
    let references: Vec<(&str, &str)> = references.iter().map(|(name, value)| (*name, value.as_str())).collect();
    write("main.tf", &(declared.concat() + &daemons(&references)));
    write("terraform.tfvars", "file = \"file\"\n");
    let own = "inputs = {\n  own = \"own\"\n  output = dependency.net.outputs.x\n  local = local.x\n}\n";
    let given = Given {
        environment: [("environment".to_owned(), "word".to_owned())].into(),
        ..Given::default()
    };
    let mut found = Vec::new();
    for (name, text) in [
        ("nothing", ""),
        ("include", "include \"root\" {\n  path = find_in_parent_folders()\n}\n"),
        ("dependency", "\ndependency \"net\" {\n  config_path = \"../net\"\n}\n"),
        (
            "arguments",
            "terraform {\n  source = \"git::x\"\n  extra_arguments \"a\" {\n    commands = []\n  }\n}\n",
        ),
        ("generate", "generate \"provider\" {\n  path = \"p.tf\"\n}\n"),
    ] {
        write("terragrunt.hcl", &format!("{text}{own}"));
        let configuration = Configuration::read(folder.path(), &given).unwrap();
        let warnings = configuration.warnings.iter();
        let warnings: Vec<&str> = warnings
            .map(|warning| warning.detail.rsplit("terragrunt.hcl takes").next().unwrap())
            .collect();
        let values = variables.map(|name| {
            let value = written(&configuration, &format!("ecs_daemon.{name}"), "propagate_tags");
            format!("  {name}: {value}\n")
        });
        found.push(format!("{name}: {}\n{}", warnings.join(" "), values.concat()));
    }
    write("terragrunt.hcl", "inputs = merge(local.all, { own = \"own\" })\n");
    let configuration = Configuration::read(folder.path(), &given).unwrap();
    assert!(
        configuration.warnings[0]
            .detail
            .contains("`inputs`, which is no object of literals (line 1)")
    );
    let own = written(&configuration, "ecs_daemon.own", "propagate_tags");
    assert_eq!(own, "Terragrunt may give it from what is not read");
    insta::assert_snapshot!(found.concat(), @r#"
nothing: 
  own: "own" from terragrunt.hcl
  other: "default" from the default of `var.other
  output: it is an output of a `dependency` of Terragrunt
  local: it is a local value of Terragrunt
  file: "file" from terraform.tfvars
  environment: "word" from TF_VAR_environment
include:  values or files from what is not read: `include "root"` (line 1). What comes from there is not compared with the configuration. A plan has all of it: give the output of `terragrunt show -json PLANFILE` as input.
  own: "own" from terragrunt.hcl
  other: Terragrunt may give it from what is not read
  output: it is an output of a `dependency` of Terragrunt
  local: it is a local value of Terragrunt
  file: "file" from terraform.tfvars
  environment: "word" from TF_VAR_environment
dependency:  values or files from what is not read: `dependency "net"` (line 2). What comes from there is not compared with the configuration. A plan has all of it: give the output of `terragrunt show -json PLANFILE` as input.
  own: "own" from terragrunt.hcl
  other: "default" from the default of `var.other
  output: it is an output of a `dependency` of Terragrunt
  local: it is a local value of Terragrunt
  file: "file" from terraform.tfvars
  environment: "word" from TF_VAR_environment
arguments:  values or files from what is not read: `source`, which is no local path (line 2), `extra_arguments` (line 3). What comes from there is not compared with the configuration. A plan has all of it: give the output of `terragrunt show -json PLANFILE` as input.
  own: "own" from terragrunt.hcl
  other: Terragrunt may give it from what is not read
  output: it is an output of a `dependency` of Terragrunt
  local: it is a local value of Terragrunt
  file: "file" from terraform.tfvars
  environment: "word" from TF_VAR_environment
generate:  values or files from what is not read: `generate "provider"` (line 1). What comes from there is not compared with the configuration. A plan has all of it: give the output of `terragrunt show -json PLANFILE` as input.
  own: "own" from terragrunt.hcl
  other: "default" from the default of `var.other
  output: it is an output of a `dependency` of Terragrunt
  local: it is a local value of Terragrunt
  file: "file" from terraform.tfvars
  environment: "word" from TF_VAR_environment
"#);
}

/// A state has old addresses until the next apply.
#[test]
fn resources_and_modules_that_were_moved_are_found() {
    const MAIN: &str = r#"
moved {
  from = ecs_daemon.old
  to   = ecs_daemon.middle
}
moved {
  from = ecs_daemon.middle
  to   = ecs_daemon.new
}
moved {
  from = ecs_daemon.single
  to   = ecs_daemon.new["b"]
}
moved {
  from = module.before
  to   = module.agents["x"]
}
moved {
  from = ecs_daemon.ring
  to   = ecs_daemon.ring
}
resource "ecs_daemon" "new" {
  for_each       = { a = "DAEMON", b = "NONE" }
  propagate_tags = each.value
}
module "agents" {
  source   = "./agents"
  for_each = toset(["x"])
}
"#;
    const AGENTS: &str = r#"
resource "ecs_daemon" "agent" { propagate_tags = "SERVICE" }
"#;
    const JSON: &str = r#"{"moved": [{"from": "ecs_daemon.inner", "to": "ecs_daemon.agent"}]}"#;
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("agents")).unwrap();
    for (name, text) in [
        ("main.tf", MAIN),
        ("agents/main.tf", AGENTS),
        ("agents/moved.tf.json", JSON),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    assert_eq!(configuration.warnings, []);
    let found = |address: &str| {
        let current = configuration.moves.current(address::Address::parse(address).unwrap());
        let mut declared = declared::Scopes::new();
        let declared = configuration.declared(&current, &mut declared);
        match declared.map(|declared| declared.written(&["propagate_tags"]).1) {
            Ok(declared::Written::Known(known)) => known.value.as_str().unwrap().to_owned(),
            other => panic!("{address}: {:?}", other.err()),
        }
    };
    assert_eq!(found("ecs_daemon.old[\"a\"]"), "DAEMON");
    assert_eq!(found("ecs_daemon.middle[\"b\"]"), "NONE");
    assert_eq!(found("ecs_daemon.single"), "NONE");
    assert_eq!(found("module.before.ecs_daemon.inner"), "SERVICE");
    assert_eq!(found("module.agents[\"x\"].ecs_daemon.agent"), "SERVICE");
    let shown = |text: &str| {
        configuration
            .moves
            .current(address::Address::parse(text).unwrap())
            .to_string()
    };
    assert_eq!(
        shown("module.before.ecs_daemon.inner"),
        "module.agents[\"x\"].ecs_daemon.agent"
    );
    assert_eq!(shown("ecs_daemon.middle[7]"), "ecs_daemon.new[7]");
    let ring = configuration
        .moves
        .current(address::Address::parse("ecs_daemon.ring").unwrap());
    assert_eq!(ring.plain(), "ecs_daemon.ring");
    let at = |address: &str| place(&configuration, address, Some("propagate_tags")).map(|(file, line, _)| (file, line));
    assert_eq!(at("ecs_daemon.old[\"a\"]"), Some(("main.tf".to_owned(), 24)));
    assert_eq!(at("module.before.ecs_daemon.inner"), Some(("main.tf".to_owned(), 2)));
}
