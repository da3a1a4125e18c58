//! Resources and modules that were moved.

use std::collections::{BTreeMap, BTreeSet};

use daemons::arn::DaemonArn;

use super::*;
use crate::{
    report::{Input, InputKind},
    source::{Claim, Tool, Wanted},
};

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

/// Terraform makes no plan with some blocks, and moves nothing to an address that the state has: what such a configuration
/// wants is not known.
#[test]
fn what_terraform_does_not_move_is_told() {
    const NEW: &str = "resource \"ecs_daemon\" \"new\" {}\n";
    const OLD: &str = "resource \"ecs_daemon\" \"old\" {}\n";
    const STILL_THERE: &str = "ecs_daemon.new: Terraform makes no plan with the block `moved` that leads there: its old address is \
                               still in the configuration.";
    let moved = |from: &str, to: &str| format!("moved {{\n  from = {from}\n  to = {to}\n}}\n");
    let usual = moved("ecs_daemon.old", "ecs_daemon.new");
    let two = |from: &str, to: &str| format!("{NEW}{usual}{}", moved(from, to));
    let check = |text: String, state: &[&str], expected: &[&str]| {
        assert_eq!(not_moved(&text, state), expected, "{text}");
    };
    check(format!("{NEW}{usual}"), &["ecs_daemon.old"], &[]);
    check(format!("{NEW}{usual}"), &["ecs_daemon.new"], &[]);
    check(format!("{NEW}{OLD}{usual}"), &["ecs_daemon.old"], &[STILL_THERE]);
    check(format!("{NEW}{OLD}{usual}"), &[], &[STILL_THERE]);
    check(
        format!("{NEW}{usual}"),
        &["ecs_daemon.new", "ecs_daemon.old"],
        &[
            "ecs_daemon.old: The state has `ecs_daemon.new` as well, to which the configuration moves it: Terraform moves nothing \
           then, and an apply destroys it.",
        ],
    );
    let why = "Terraform makes no plan with the block `moved` that leads there: another block moves";
    check(
        two("ecs_daemon.other", "ecs_daemon.new"),
        &["ecs_daemon.old"],
        &[&format!("ecs_daemon.new: {why} something else to the same address.")],
    );
    check(
        two("ecs_daemon.old", "ecs_daemon.other"),
        &["ecs_daemon.old"],
        &[
            &format!("ecs_daemon.new: {why} the same to another address."),
            &format!("ecs_daemon.other: {why} the same to another address."),
        ],
    );
    check(two("ecs_daemon.old", "ecs_daemon.new"), &["ecs_daemon.old"], &[]);
    let counted = |count: u8| format!("resource \"ecs_daemon\" \"old\" {{\n  count = {count}\n}}\n");
    let of_one = moved("ecs_daemon.old[1]", "ecs_daemon.new");
    let state = ["ecs_daemon.old[0]", "ecs_daemon.old[1]"];
    check(format!("{NEW}{}{of_one}", counted(1)), &state, &[]);
    check(format!("{NEW}{}{of_one}", counted(2)), &state, &[STILL_THERE]);
    check(format!("{NEW}{}{usual}", counted(0)), &state, &[STILL_THERE]);
    check(
        moved("ecs_daemon.old", "ecs_daemon.old"),
        &[],
        &[
            "ecs_daemon.old: Terraform makes no plan with the block `moved` that leads there: it moves to where it comes from.",
        ],
    );
    let other = format!("{OLD}{NEW}{}", moved("terraform_data.old", "terraform_data.new"));
    check(format!("{other}resource \"terraform_data\" \"old\" {{}}\n"), &[], &[]);
}

/// What a configuration says is moved and is not, beside a state with daemons at these addresses.
fn not_moved(text: &str, state: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.tf"), text).unwrap();
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    assert_eq!(configuration.warnings, []);
    let input = Input {
        name: "state".to_owned(),
        kind: InputKind::RawState,
        daemons: 0,
        serial: None,
        terraform_version: None,
        owner: None,
    };
    let wanted = state.iter().enumerate().map(|(index, address)| {
        let arn = format!("arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent-{index}");
        let source = SourceRef {
            input: "state".to_owned(),
            address: (*address).to_owned(),
            resource_type: "ecs_daemon".to_owned(),
        };
        Wanted::sought(DaemonArn::parse(&arn).unwrap(), source, Tool::default(), Claim::Input)
    });
    let wanted: Vec<Wanted> = wanted.collect();
    let seen = Seen {
        inputs: &[input],
        wanted: &wanted,
        named: &BTreeSet::new(),
        unusable: &[],
        states: &BTreeMap::new(),
        plans: &BTreeSet::new(),
    };
    let unlisted = configuration.seek(seen).unlisted.into_iter();
    let told = unlisted.map(|unlisted| format!("{}: {}", unlisted.source.address, unlisted.reason));
    told.collect()
}
