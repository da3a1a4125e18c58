//! Values of expressions, in each instance.

use super::*;

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
        ("decided", "data.x.y.z || 5 >= 5", "true from here"),
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
        (
            "workspace",
            "terraform.workspace",
            "it depends on the workspace, which is not known",
        ),
        ("loop", "[for x in [1] : x]", "[1.0] from here"),
    ];
    let folder = values();
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
    check_expressions(folder.path(), "", &given, &cases);
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
    let check = |address: &str, setting: &str, expected: &str| check(&configuration, address, setting, expected);
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

const PARTS: &str = r#"
locals {
  settings = { drain = "50", x = aws_x.y.z, list = ["a", upper("b")], inner = { a = "1", b = data.x.y.z } }
  alias    = local.settings
  chosen   = true ? local.settings : null
  late     = { a = local.zz.a, b = local.zz.b, loop = local.late_too.loop }
  late_too = { loop = local.late.loop }
  zz       = { a = "z", b = upper("z") }
}
variable "secret" {
  sensitive = true
  default   = { known = "x" }
}
module "agents" {
  source   = "./agents"
  for_each = { one = { drain = "50", x = aws_x.y.z }, two = local.settings }
  object   = each.value
  optional = { drain = aws_x.y.z, x = "y" }
  set      = ["a", aws_x.y.z]
  any      = { a = 1, b = aws_x.y.z }
}
"#;

#[test]
fn a_part_that_is_not_known_leaves_the_others_known() {
    const RESOURCE: &str = "it refers to a resource";
    const DATA: &str = "it refers to a data source";
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("agents")).unwrap();
    let module = "variable \"object\" { type = object({ drain = number, x = string }) }\n\
                  variable \"optional\" { type = object({ drain = optional(string, \"7\"), x = string }) }\n\
                  variable \"set\" { type = set(string) }\nvariable \"any\" { type = map(any) }\n";
    let inner = [
        ("drain", "var.object.drain"),
        ("x", "var.object.x"),
        ("default", "var.optional.drain"),
        ("beside", "var.optional.x"),
        ("set", "var.set"),
        ("any", "var.any.a"),
    ];
    fs::write(
        folder.path().join("agents/main.tf"),
        format!("{module}{}", daemons(&inner)),
    )
    .unwrap();
    let cases = [
        ("plain", "local.settings.drain", "\"50\" from here"),
        ("missing", "local.settings.no", "it refers to what is not there"),
        ("unknown", "local.settings.x", RESOURCE),
        ("element", "local.settings.list[0]", "\"a\" from here"),
        ("other_element", "local.settings.list[1]", "it calls a function"),
        ("list", "local.settings.list", "it calls a function"),
        ("inner", "local.settings.inner[\"a\"]", "\"1\" from here"),
        ("inner_unknown", "local.settings.inner.b", DATA),
        ("whole", "local.settings", DATA),
        ("alias", "local.alias.inner.a", "\"1\" from here"),
        ("chosen", "local.chosen.drain", "\"50\" from here"),
        ("late", "local.late.a", "\"z\" from here"),
        ("late_unknown", "local.late.b", "it calls a function"),
        ("ring", "local.late.loop", "it refers to itself"),
        (
            "over",
            "merge(local.settings, { x = \"5\", inner = {} }).x",
            "\"5\" from here",
        ),
        ("kept", "merge(local.settings, { x = \"5\" }).drain", "\"50\" from here"),
        ("merged_unknown", "merge({ x = \"5\" }, local.settings).x", RESOURCE),
        (
            "replaced",
            "merge(local.settings, { inner = {} }).inner",
            "{} from here",
        ),
        ("behind", "merge(data.x.y.z, { a = \"1\" }).a", "\"1\" from here"),
        ("before", "merge({ a = \"1\" }, data.x.y.z).a", DATA),
        ("more", "merge(data.x.y.z, { a = \"1\" }).b", DATA),
        (
            "twice",
            "merge(merge(data.x.y.z, { a = \"1\" }), { b = \"2\" }).a",
            "\"1\" from here",
        ),
        ("converted", "tomap(local.settings).drain", DATA),
    ];
    let configuration = check_expressions(folder.path(), PARTS, &Given::default(), &cases);
    let of_module = [
        ("drain", "50.0 from here"),
        ("x", RESOURCE),
        ("default", RESOURCE),
        ("beside", "\"y\" from here"),
        ("set", RESOURCE),
        ("any", RESOURCE),
    ];
    for (name, expected) in of_module {
        for key in ["one", "two"] {
            let address = format!("module.agents[\"{key}\"].ecs_daemon.{name}");
            check(&configuration, &address, "propagate_tags", expected);
        }
    }
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
fn a_map_of_all_daemons_of_a_big_estate_is_evaluated() {
    const DAEMONS: usize = 6_000;
    let folder = tempfile::tempdir().unwrap();
    let padding = "x".repeat(200);
    let members =
        (0..DAEMONS).map(|index| format!("    agent-{index:05} = {{ tags = \"DAEMON\", text = \"{padding}\" }}\n"));
    let members: String = members.collect();
    let daemon = "resource \"ecs_daemon\" \"x\" {\n  for_each = local.agents\n  propagate_tags = each.value.tags\n}\n";
    let text = format!("locals {{\n  agents = {{\n{members}  }}\n}}\n{daemon}");
    fs::write(folder.path().join("main.tf"), text).unwrap();
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    check(
        &configuration,
        "ecs_daemon.x[\"agent-05999\"]",
        "propagate_tags",
        "\"DAEMON\" from here",
    );
    let none = "the configuration has no such instance";
    check(&configuration, "ecs_daemon.x[\"agent-06000\"]", "propagate_tags", none);
}
