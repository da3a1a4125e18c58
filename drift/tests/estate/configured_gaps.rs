//! Parts of a configuration of which it is not known which daemons they have, so that one that is missing would not be seen.

use ecs_drift::report::{Cause, ExitPolicy, code};
use serde_json::json;

use crate::{
    configured::{configuration, in_cluster},
    support::{World, lines, merge, plan},
};

/// Terraform itself could not plan without the value: the job that applies has it, and the scan has not.
#[tokio::test(start_paused = true)]
async fn a_variable_without_a_value_that_says_which_daemons_there_are_is_a_gap() {
    let mut world = World::new(0).await;
    let made = world.make("agent").await;
    let block = in_cluster("agents", "").replace("name = \"agents\"", "name = each.key\n  for_each = var.agents");
    let own = in_cluster("agent", "");
    let untyped = "variable \"agents\" {}\nlocals {\n  agents = toset(concat(var.agents, []))\n}\n";
    for which in [
        "count = -1",
        "count = 2.5",
        "count = true",
        "count = 1000000000",
        "count = length(var.agents)",
        "count = try(var.agents, 0)",
        "for_each = toset([for name in var.agents : name])",
        "for_each = local.agents",
        "for_each = null",
    ] {
        let block = block.replace("for_each = var.agents", which);
        world.configuration = Some(configuration(&format!("{own}{block}{untyped}"), ""));
        let report = world.scan(&[&made]).await;
        assert_eq!(code(&report, ExitPolicy::default()), 4, "{which}: {}", lines(&report));
    }
    for variable in [
        "variable \"agents\" {}\n",
        "variable \"agents\" {\n  type = set(string)\n  sensitive = true\n}\n",
    ] {
        world.configuration = Some(configuration(&format!("{own}{block}{variable}"), ""));
        let report = world.scan(&[&made]).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(lines(&report), @"unreadable [certain error]: Which daemons this part of the configuration has is not known, so that one which is missing would not be seen.");
        }
        assert_eq!(report.findings[0].arn, "ecs_daemon.agents");
        assert_eq!(code(&report, ExitPolicy::default()), 4);
    }
}

/// Whatever says which daemons a part of the configuration has, and is not known, is a gap, and the way out is said.
#[tokio::test(start_paused = true)]
async fn a_part_of_the_configuration_whose_daemons_are_not_known_is_a_gap() {
    let mut world = World::new(0).await;
    let made = world.make("agent").await;
    let own = in_cluster("agent", "");
    let block =
        |which: &str| in_cluster("agents", "").replace("name = \"agents\"", &format!("name = \"x\"\n  {which}"));
    let module = "module \"agents\" {\n  source = \"x/agents/aws\"\n}\n";
    let plan = "Scan a plan, which has all instances: `terraform show -json PLANFILE`.";
    let get = "Run `terraform get` in the folder of the configuration before the scan.";
    let values = "Give its variables the values that the applies have, by `--var-file` or `TF_VAR_name`.";
    let workspace = "Set `TF_WORKSPACE` to the workspace that the applies have.";
    let given = "variable \"given\" {}\n";
    for (text, variables, expected) in [
        (block("count = min(2, 3)"), "", plan),
        (block("count = data.x.y.count"), "", plan),
        (block("count = terraform.workspace == \"prod\" ? 1 : 0"), "", workspace),
        (block("for_each = fileset(path.module, \"*.json\")"), "", plan),
        (
            block("count = var.given") + given,
            "given = pathexpand(\"x\")\n",
            values,
        ),
        (block("count = var.given") + given, "given = local.x\n", values),
        (block("count = var.given") + given, "given = \"abc\"\n", values),
        (
            block("for_each = var.given") + given,
            "given = { a = local.x, b = [\"x\"] }\n",
            "",
        ),
        (module.to_owned(), "", get),
        (module.replace('}', "count = 0\n}"), "", ""),
        (module.replace('}', "count = data.x.y.z\n}"), "", plan),
    ] {
        world.configuration = Some(configuration(&format!("{own}{text}"), variables));
        let report = world.scan(&[&made]).await;
        let unread = report
            .findings
            .iter()
            .find(|finding| finding.cause == Cause::Unreadable);
        let step = unread.map(|finding| finding.next_step.text.as_str());
        assert_eq!(
            step.unwrap_or_default(),
            expected,
            "{text}{variables}: {}",
            lines(&report)
        );
        assert_eq!(report.complete, expected.is_empty(), "{text}");
    }
}

/// A plan has each daemon of its configuration, unless it was made of targets.
#[tokio::test(start_paused = true)]
async fn a_plan_of_everything_leaves_no_gap() {
    let mut world = World::new(0).await;
    let made = world.make("agent").await;
    let own = in_cluster("agent", "");
    let unknown = in_cluster("agents", "").replace("name = \"agents\"", "name = \"x\"\n  count = data.x.y.z");
    world.configuration = Some(configuration(&format!("{own}{unknown}"), ""));
    let plan = plan(&made.state, &made.state, &json!({}));
    let root = |names: &[&str]| {
        let resources = names
            .iter()
            .map(|name| json!({"mode": "managed", "address": format!("ecs_daemon.{name}"), "type": "ecs_daemon"}));
        json!({"root_module": {"resources": resources.collect::<Vec<_>>()}})
    };
    let listed = plan["resource_changes"][0]["address"]
        .as_str()
        .unwrap()
        .trim_start_matches("ecs_daemon.")
        .to_owned();
    for (members, expected) in [
        (json!({"complete": true}), 0),
        (json!({"complete": false}), 4),
        (json!({"configuration": root(&[&listed])}), 0),
        (json!({"configuration": root(&[&listed, "other"])}), 4),
    ] {
        let mut plan = plan.clone();
        merge(&mut plan, &members);
        let report = world.scan_documents(&[plan]).await;
        assert_eq!(
            code(&report, ExitPolicy::default()),
            expected,
            "{members}: {}",
            lines(&report)
        );
    }
}
