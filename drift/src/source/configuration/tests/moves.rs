//! Resources and modules that were moved.

use super::*;

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
