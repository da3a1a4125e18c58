//! The guides for those who come from sidecars or from services: their configurations are applied as they stand, first
//! without the critical daemon and then with it.

use std::fs;
use std::path::Path;

use acceptance_tests::{Case, Failure, Outcome, Setup, Targets};

/// The resources of a guide: its blocks that begin with one.
fn resources(guide: &str) -> Outcome<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides").join(guide);
    let text = fs::read_to_string(&path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let blocks = text.split("```terraform\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("```").map(|(block, _)| block));
    let whole: String = blocks.filter(|block| block.starts_with("resource ")).collect();
    if whole.is_empty() {
        return Err(Failure::new(format!("{guide} shows no resource")));
    }
    Ok(whole)
}

/// The configuration in the place of the case, under the name of the case.
fn placed(configuration: &str, name: &str) -> String {
    configuration
        .replace(
            "\"arn:aws:ecs:us-east-1:123456789012:cluster/production\"",
            "local.cluster_arn",
        )
        .replace(
            "[\"arn:aws:ecs:us-east-1:123456789012:capacity-provider/managed\"]",
            "local.first",
        )
        .replace(&format!("\"{name}\"\n"), "local.name\n")
        // The name of the container stays.
        .replace("name               = local.name", "name               = \"agent\"")
        .replace("name  = local.name", "name  = \"collector\"")
}

fn check(case: &'static str, guide: &str, name: &str) -> Outcome {
    let targets = Targets::EmulatorOnly("roles and images of the guides do not exist");
    Case::new(case, targets, Setup::instances(1)).run(|case| {
        let first = placed(&resources(guide)?, name);
        assert!(
            first.contains("critical = false"),
            "{guide} begins without the critical daemon"
        );
        let created = ["RegisterDaemonTaskDefinition", "CreateDaemon"];
        case.apply(&first)?.expect_changes(&created)?;
        let second = first.replace("critical = false", "critical = true");
        case.apply(&second)?.expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

#[test]
fn from_sidecars() -> Outcome {
    check("from-sidecars", "from-sidecars.md", "collector")
}

#[test]
fn from_daemon_services() -> Outcome {
    check("from-daemon-services", "from-daemon-services.md", "agent")
}
