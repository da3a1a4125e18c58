//! Tests of Terragrunt's file: the values that it gives, and those that it takes from elsewhere.

use super::*;

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

/// A module that comes from elsewhere may have any daemon, and so may a file that Terragrunt makes.
#[test]
fn what_terragrunt_adds_to_a_module_may_have_daemons() {
    let folder = tempfile::tempdir().unwrap();
    let source = |source: &str| format!("terraform {{\n  source = \"{source}\"\n}}\n");
    let generate = |contents: &str| format!("generate \"x\" {{\n  path = \"x.tf\"\n  contents = {contents}\n}}\n");
    for (text, is_foreign) in [
        (source("git::https://example.com/x.git"), true),
        (source("./"), false),
        (
            "include \"root\" {\n  path = find_in_parent_folders()\n}\n".to_owned(),
            true,
        ),
        (
            generate("<<EOF\nprovider \"ecs\" {\n  region = \"${local.region}\"\n}\nEOF"),
            false,
        ),
        (generate("\"terraform {\\n}\\n\""), false),
        (generate("\"variable \\\"on\\\" {\\n}\\n\""), true),
        (generate("<<EOF\nresource \"ecs_daemon\" \"ghost\" {\n}\nEOF"), true),
        (generate("templatefile(\"x\", {})"), true),
    ] {
        fs::write(folder.path().join("terragrunt.hcl"), &text).unwrap();
        let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
        assert_eq!(configuration.foreign.contains_key(""), is_foreign, "{text}");
    }
}
