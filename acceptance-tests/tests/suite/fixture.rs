//! The configuration that most cases start from: one task definition and one daemon that runs it.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use acceptance_tests::{Outcome, SETTINGS, Setting, Testbed, arguments};

/// Image of the first revision.
pub(crate) const IMAGE_1: &str = "public.ecr.aws/nginx/nginx:1.27";

/// Image of the second revision.
pub(crate) const IMAGE_2: &str = "public.ecr.aws/nginx/nginx:1.28";

/// An image that no task can start with, once [`broken`] is among the faults.
pub(crate) const BROKEN: &str = "public.ecr.aws/nginx/nginx:broken";

/// Every setting of a daemon, each away from its default.
pub(crate) static EVERYTHING: LazyLock<String> = LazyLock::new(|| arguments(SETTINGS, Setting::written));

/// Every setting of a daemon outside of blocks, written out at its default.
pub(crate) static DEFAULTS: LazyLock<String> = LazyLock::new(|| arguments(flags(), Setting::default));

/// The settings outside of blocks.
pub(crate) fn flags() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(|setting| setting.path.len() == 1)
}

/// The fault that makes [`BROKEN`] broken, for ever.
pub(crate) fn broken() -> serde_json::Value {
    serde_json::json!({"image": "*:broken", "effect": "fails_to_start", "count": null})
}

/// A task definition with this image, and a daemon with more arguments.
pub(crate) fn stack(image: &str, daemon: &str) -> String {
    format!("{}\n{}", definition("agent", image, ""), agent(daemon))
}

/// A task definition with this name in the configuration, in the family `local.name`.
pub(crate) fn definition(label: &str, image: &str, more: &str) -> String {
    format!(
        r#"
resource "ecs_daemon_task_definition" "{label}" {{
  family = local.name
  cpu    = "256"
  memory = "512"

  container_definition {{
    name               = "agent"
    image              = "{image}"
    memory_reservation = 256
  }}
  {more}
}}
"#
    )
}

/// The daemon `agent`, running the task definition `agent`.
pub(crate) fn agent(more: &str) -> String {
    daemon("ecs_daemon_task_definition.agent.arn", more)
}

/// The daemon `agent`, running what the expression names.
pub(crate) fn daemon(definition: &str, more: &str) -> String {
    format!(
        r#"
resource "ecs_daemon" "agent" {{
  name                       = local.name
  cluster_arn                = local.cluster_arn
  daemon_task_definition_arn = {definition}
  capacity_provider_arns     = local.first
  {more}
}}
"#
    )
}

/// Lets the other caller create the daemon `agent` with a task definition of its own; answers its ARN once it is rolled out.
pub(crate) fn daemon_of_another(testbed: &Testbed) -> Outcome<String> {
    let definition = testbed.other_caller().register("elsewhere", IMAGE_1)?;
    let providers = &testbed.capacity_provider_arns()[..1];
    let other = testbed.other_caller();
    let arn = other.create(testbed.cluster_arn(), testbed.name(), &definition, providers)?;
    testbed.settle()?;
    Ok(arn)
}

/// Copies a folder with all that is in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Outcome {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}
