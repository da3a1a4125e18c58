//! Functions, loops and conversions: values that Terraform makes, and those that it refuses.

use super::*;

#[test]
fn functions_and_loops_that_say_which_daemons_there_are_are_evaluated() {
    const TEXT: &str = r#"
locals {
  agents  = { falco = { on = true, tags = "DAEMON" }, otel = { on = false, tags = data.x.y.z } }
  names   = ["x", "a", "x"]
  half    = ["a", data.x.y.z]
  secret  = sensitive(["a"])
  doubled = [for a in local.names : [for b in local.names : "${a}${b}"]]
}
"#;
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (
            "on",
            "[for name, agent in local.agents : name if agent.on][0]",
            "\"falco\" from here",
        ),
        (
            "map",
            "{ for name, agent in local.agents : name => agent.tags }.falco",
            "\"DAEMON\" from here",
        ),
        (
            "map_unknown",
            "{ for name, agent in local.agents : name => agent.tags }.otel",
            "it refers to a data source",
        ),
        ("list", "[for name in toset(local.names) : name][0]", "\"a\" from here"),
        ("nested", "local.doubled[0][1]", "\"xa\" from here"),
        ("shadow", "[for var in local.names : var][2]", "\"x\" from here"),
        (
            "twice",
            "{ for name in local.names : name => name }",
            "it has a value that the setting cannot have",
        ),
        (
            "grouped",
            "{ for name in local.names : name => name... }",
            "it is computed",
        ),
        ("index", "[for index, name in local.names : index][0]", "it is computed"),
        (
            "no_list",
            "[for name in 5 : name]",
            "it has a value that the setting cannot have",
        ),
        (
            "no_flag",
            "[for name in local.names : name if name]",
            "it has a value that the setting cannot have",
        ),
        (
            "unknown_if",
            "[for name in local.half : name if name == \"a\"]",
            "it refers to a data source",
        ),
        ("known_part", "[for name in local.half : name][0]", "\"a\" from here"),
        (
            "secret",
            "[for name in local.secret : name][0]",
            "\"a\" from here (sensitive)",
        ),
        ("length", "length(local.half)", "2 from here"),
        ("keys", "keys(local.agents)[1]", "\"otel\" from here"),
        ("values", "values(local.agents)[0].tags", "\"DAEMON\" from here"),
        ("concat", "concat(local.half, local.names)[2]", "\"x\" from here"),
        ("contains", "contains(local.names, \"a\")", "true from here"),
        (
            "contains_unknown",
            "contains(local.half, \"a\")",
            "it refers to a data source",
        ),
        (
            "lookup",
            "lookup(local.agents, \"falco\", {}).tags",
            "\"DAEMON\" from here",
        ),
        (
            "lookup_default",
            "lookup(local.agents, \"none\", { tags = \"NONE\" }).tags",
            "its elements are of several types, of which Terraform makes one",
        ),
    ];
    check_expressions(folder.path(), TEXT, &Given::default(), &cases);
}

/// Each level goes over as many elements again.
#[test]
fn loops_in_loops_end() {
    let folder = tempfile::tempdir().unwrap();
    let numbers: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    let text = format!("locals {{\n  all = [{}]\n}}\n", numbers.join(","));
    let nested = "[for a in local.all : [for b in local.all : [for c in local.all : c if false]]]";
    check_expressions(
        folder.path(),
        &text,
        &Given::default(),
        &[("x", nested, "it is too big")],
    );
}

/// What Terraform converts to one type is not taken as it is written, and what it refuses is no value.
#[test]
fn values_are_those_that_terraform_makes_of_them() {
    const CONVERTED: &str = "its elements are of several types, of which Terraform makes one";
    const TEXT: &str = r#"
variable "numbers" {
  type    = set(number)
  default = [50, 9]
}
variable "checked" {
  default = "no"
  validation {
    condition     = contains(["yes"], var.checked)
    error_message = "Say yes."
  }
}
variable "passing" {
  default   = "yes"
  ephemeral = true
}
variable "nosuch" {}
"#;
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (
            "numbers",
            "tolist(var.numbers)[0]",
            "9.0 from the default of `var.numbers",
        ),
        ("of_set", "[for x in toset([50, 9]) : x][0]", "9.0 from here"),
        ("types", "true ? 1 : \"none\"", CONVERTED),
        ("null", "true ? \"a\" : null", "\"a\" from here"),
        ("lists", "(true ? [1] : [\"a\"])[0]", CONVERTED),
        ("empty", "(true ? [\"a\"] : [])[0]", "\"a\" from here"),
        ("mixed", "(true ? [1] : tolist([1, \"a\"]))[0]", CONVERTED),
        ("maps", "(true ? { a = 1 } : { a = \"x\" }).a", CONVERTED),
        (
            "objects",
            "(true ? { a = 1, b = \"x\" } : { a = 2, b = \"y\" }).a",
            "1.0 from here",
        ),
        ("digits", "9007199254740993", "it has more digits than are compared"),
        (
            "refused",
            "true || var.nosuch",
            "it refers to a variable without a value",
        ),
        (
            "other",
            "false && tobool(\"zzz\")",
            "it has a value that the setting cannot have",
        ),
        (
            "branch",
            "true ? 1 : var.nosuch",
            "it refers to a variable without a value",
        ),
        (
            "checked",
            "var.checked",
            "its value fails the `validation` of its variable",
        ),
        (
            "passing",
            "var.passing",
            "it refers to an ephemeral variable, which Terraform refuses there",
        ),
        ("zero", "tobool(\"0\")", "false from here"),
    ];
    check_expressions(folder.path(), TEXT, &Given::default(), &cases);
}

/// Terraform takes constants alone in a file of variables.
#[test]
fn a_file_of_variables_has_constants() {
    const REFUSED: &str = "its value in a file of variables is no constant, which Terraform refuses";
    let folder = tempfile::tempdir().unwrap();
    let text = "variable \"call\" {}\nvariable \"block\" { default = 1 }\nvariable \"sum\" {}\n";
    fs::write(
        folder.path().join("terraform.tfvars"),
        "call = concat([\"x\"], [])\nblock {\n}\nsum = 1 + 1\n",
    )
    .unwrap();
    let cases = [
        ("call", "var.call", REFUSED),
        ("block", "var.block", REFUSED),
        ("sum", "var.sum", "2.0 from terraform.tfvars"),
    ];
    check_expressions(folder.path(), text, &Given::default(), &cases);
}
