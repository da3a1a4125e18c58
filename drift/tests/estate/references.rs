//! References of a configuration to resources and data sources, which the state beside it resolves.

use std::{fs, slice::from_ref};

use ecs_drift::{
    report::Cause,
    source::configuration::{Configuration, Given},
};
use serde_json::{Value as Json, json};

use crate::{
    configured::{configuration, gaps, in_main},
    support::{World, arn, lines, state},
};

/// A state with resources beside its daemons, in the form of `show -json`.
fn with_resources(mut state: Json, resources: &[(&str, Json)]) -> Json {
    for (address, values) in resources {
        let block = address.strip_suffix(']').and_then(|address| address.rsplit_once('['));
        let steps: Vec<&str> = block.map_or(*address, |(block, _)| block).rsplit('.').collect();
        let mode = if address.contains("data.") { "data" } else { "managed" };
        let resource = json!({"address": address, "mode": mode, "type": steps[1], "name": steps[0], "values": values,
            "sensitive_values": {"secret": true}});
        state["values"]["root_module"]["resources"]
            .as_array_mut()
            .unwrap()
            .push(resource);
    }
    state
}

fn daemon(name: &str, cluster: &str) -> String {
    format!("resource \"ecs_daemon\" \"{name}\" {{\n  name = \"{name}\"\n  cluster_arn = {cluster}\n}}\n")
}

/// The state has them as they were applied last, and says so.
#[tokio::test(start_paused = true)]
async fn references_to_resources_are_those_of_the_state() {
    let mut world = World::new(0).await;
    let made = world.make("agent").await;
    let wanted = world.define("agent").await;
    let cluster = json!({"arn": arn("cluster/prod"), "secret": arn("cluster/secret"), "none": null});
    let definition = |revision: u32| json!({"arn": arn(&format!("daemon-task-definition/agent:{revision}"))});
    let document = with_resources(
        state("ecs_daemon", &[&made.state]),
        &[
            ("aws_ecs_cluster.prod", cluster.clone()),
            ("data.aws_ecs_cluster.prod", cluster.clone()),
            ("ecs_daemon_task_definition.old", definition(1)),
            ("ecs_daemon_task_definition.new[\"a.b\"]", definition(2)),
            ("ecs_daemon_task_definition.new[\"c\"]", definition(1)),
            ("ecs_daemon_task_definition.gap[1]", definition(2)),
        ],
    );
    let mut found = Vec::new();
    for definition in [
        "ecs_daemon_task_definition.old.arn",
        "ecs_daemon_task_definition.new[\"a.b\"].arn",
        "ecs_daemon_task_definition.new[each.key].arn",
        "ecs_daemon_task_definition.gap[1].arn",
        "ecs_daemon_task_definition.old.secret",
        "ecs_daemon_task_definition.none.arn",
    ] {
        let daemon = format!("resource \"ecs_daemon\" \"agent\" {{\n  daemon_task_definition_arn = {definition}\n}}\n");
        world.configuration = Some(configuration(&daemon, ""));
        let report = world.scan_documents(from_ref(&document)).await;
        let proof = report.findings.iter().flat_map(|finding| &finding.evidence);
        let proof: Vec<&str> = proof
            .filter(|fact| fact.from == "configuration")
            .map(|fact| fact.text.as_str())
            .collect();
        let told = format!("{}\n  {}\n  {}", lines(&report), proof.join("\n"), gaps(&report));
        found.push(format!("{definition}: {}", in_main(&told).replace(&arn(""), "")));
    }
    insta::assert_snapshot!(found.join("\n"), @r#"
ecs_daemon_task_definition.old.arn: newer-revision [certain none]: A newer revision of the task definition is registered: daemon-task-definition/agent:2
  
  
ecs_daemon_task_definition.new["a.b"].arn: pending-change [certain note] daemon_task_definition_arn "daemon-task-definition/agent:2" -> "daemon-task-definition/agent:1": The next apply is about to change `daemon_task_definition_arn`: what the configuration has was never live.
  The configuration has `daemon-task-definition/agent:2` at line 2 of main.tf, from `ecs_daemon_task_definition.new` as the state has it.
  
ecs_daemon_task_definition.new[each.key].arn: newer-revision [certain none]: A newer revision of the task definition is registered: daemon-task-definition/agent:2
  
  These are compared with the state alone: `ecs_daemon.agent` `daemon_task_definition_arn` (line 2 of main.tf, it refers to what is not there). What a refresh took into the state is not seen there; a plan as input shows it.
ecs_daemon_task_definition.gap[1].arn: newer-revision [certain none]: A newer revision of the task definition is registered: daemon-task-definition/agent:2
  
  These are compared with the state alone: `ecs_daemon.agent` `daemon_task_definition_arn` (line 2 of main.tf, it refers to a resource). What a refresh took into the state is not seen there; a plan as input shows it.
ecs_daemon_task_definition.old.secret: newer-revision [certain none]: A newer revision of the task definition is registered: daemon-task-definition/agent:2
  
  These are compared with the state alone: `ecs_daemon.agent` `daemon_task_definition_arn` (line 2 of main.tf, it refers to what is not there). What a refresh took into the state is not seen there; a plan as input shows it.
ecs_daemon_task_definition.none.arn: newer-revision [certain none]: A newer revision of the task definition is registered: daemon-task-definition/agent:2
  
  These are compared with the state alone: `ecs_daemon.agent` `daemon_task_definition_arn` (line 2 of main.tf, it refers to a resource). What a refresh took into the state is not seen there; a plan as input shows it.
"#);
    assert_eq!(wanted, arn("daemon-task-definition/agent:2"));
    let daemons = [
        ("a", "aws_ecs_cluster.prod.arn"),
        ("b", "data.aws_ecs_cluster.prod.arn"),
        ("c", "aws_ecs_cluster.prod.secret"),
        ("d", "aws_ecs_cluster.prod.none"),
    ];
    let daemons = daemons.map(|(name, cluster)| daemon(name, cluster)).concat();
    world.configuration = Some(configuration(&daemons, ""));
    let report = world.scan_documents(from_ref(&document)).await;
    let looked_for: Vec<(&str, &str)> = report
        .findings
        .iter()
        .filter(|finding| finding.cause != Cause::NewerRevision)
        .map(|finding| (finding.cause.id(), finding.source.as_ref().unwrap().address.as_str()))
        .collect();
    assert_eq!(
        looked_for,
        [
            ("missing", "ecs_daemon.a"),
            ("missing", "ecs_daemon.b"),
            ("unreadable", "ecs_daemon.c"),
            ("unreadable", "ecs_daemon.d")
        ]
    );
}

/// In a module names are those of its instance, and arguments those of its caller.
#[tokio::test(start_paused = true)]
async fn references_in_a_module_are_those_of_its_instance() {
    let mut world = World::new(0).await;
    let made = world.make("agent").await;
    let cluster = |name: &str| json!({"arn": arn(&format!("cluster/{name}"))});
    let document = with_resources(
        state("ecs_daemon", &[&made.state]),
        &[
            ("aws_ecs_cluster.prod[0]", cluster("prod")),
            ("module.own[\"a\"].aws_ecs_cluster.prod[0]", cluster("old")),
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("own")).unwrap();
    let call = "module \"own\" {\n  source = \"./own\"\n  for_each = toset([\"a\", \"b\"])\n  \
                given = aws_ecs_cluster.prod[0].arn\n}\n";
    fs::write(folder.path().join("main.tf"), call).unwrap();
    let inner = "variable \"given\" {}\n".to_owned()
        + &daemon("own", "aws_ecs_cluster.prod[0].arn")
        + &daemon("given", "var.given");
    fs::write(folder.path().join("own/main.tf"), inner).unwrap();
    world.configuration = Some(Configuration::read(folder.path(), &Given::default()).unwrap());
    let report = world.scan_documents(&[document]).await;
    let mut looked_for: Vec<String> = report
        .findings
        .iter()
        .map(|finding| {
            let source = finding.source.as_ref().unwrap();
            format!(
                "{} {} {}",
                finding.cause.id(),
                source.address,
                finding.arn.replace(&arn(""), "")
            )
        })
        .collect();
    looked_for.sort();
    insta::assert_snapshot!(looked_for.join("\n"), @r#"
missing module.own["a"].ecs_daemon.given daemon/prod/given
missing module.own["a"].ecs_daemon.own daemon/old/own
unreadable module.own["b"].ecs_daemon.own module.own["b"].ecs_daemon.own
"#);
}
