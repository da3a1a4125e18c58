//! Rules of a task definition's configuration: names, references between containers and volumes,
//! sizes. Unknown values never fail.

use std::collections::{BTreeMap, BTreeSet};

use daemons::arn::Arn;
use tfplug_core::{Diagnostics, Path, Value};

use super::table::name;

/// Most containers in one task definition.
const MAX_CONTAINERS: usize = 10;
/// Most environment files of one container.
const MAX_ENVIRONMENT_FILES: usize = 10;

/// Checks a configuration as a whole.
pub(super) fn check(config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let blocks = config.get(name::CONTAINER);
    let volumes = volumes(config, &mut diagnostics);
    check_roles(config, &mut diagnostics);
    if blocks.is_unknown() {
        return diagnostics;
    }
    let containers: Vec<&Value> = blocks.elements().collect();
    check_number_and_names(&containers, &mut diagnostics);
    check_essential(&containers, &mut diagnostics);
    let names = Names::of(&containers);
    for (index, container) in containers.iter().enumerate() {
        let path = Path::attribute(name::CONTAINER).index(index);
        check_dependencies(container, &path, &names, &mut diagnostics);
        check_mount_points(container, &path, volumes.as_ref(), &mut diagnostics);
        check_sizes(config, container, &path, &mut diagnostics);
        check_environment(container, &path, &mut diagnostics);
    }
    diagnostics
}

/// Names of all containers, as far as they are known.
struct Names {
    known: BTreeMap<String, usize>,
    complete: bool,
}

impl Names {
    fn of(containers: &[&Value]) -> Self {
        let names = containers
            .iter()
            .enumerate()
            .filter_map(|(index, one)| Some((one.get("name").as_str()?.to_owned(), index)));
        Self {
            known: names.collect(),
            complete: containers.iter().all(|container| !container.get("name").is_unknown()),
        }
    }
}

fn check_number_and_names(containers: &[&Value], diagnostics: &mut Diagnostics) {
    if containers.len() > MAX_CONTAINERS {
        diagnostics.error_at(
            Path::attribute(name::CONTAINER),
            "Too many containers",
            format!(
                "The task definition has {} containers, but ECS takes at most {MAX_CONTAINERS}.",
                containers.len()
            ),
        );
    }
    let mut seen = BTreeSet::new();
    for (index, container) in containers.iter().enumerate() {
        if let Some(container_name) = container.get("name").as_str()
            && !seen.insert(container_name)
        {
            diagnostics.error_at(
                Path::attribute(name::CONTAINER).index(index).child("name"),
                "Duplicate container name",
                format!(
                    "Another container of this task definition is named `{container_name}`, too. Names must be unique."
                ),
            );
        }
    }
}

fn check_essential(containers: &[&Value], diagnostics: &mut Diagnostics) {
    let none_is_essential = containers
        .iter()
        .all(|container| container.get("essential").as_bool() == Some(false));
    if none_is_essential && !containers.is_empty() {
        diagnostics.error_at(
            Path::attribute(name::CONTAINER).index(0).child("essential"),
            "No essential container",
            "At least one container must be essential. Remove `essential = false` from the one that the daemon is about.",
        );
    }
}

fn check_dependencies(container: &Value, path: &Path, names: &Names, diagnostics: &mut Diagnostics) {
    let own_name = container.get("name").as_str();
    for (index, dependency) in container.get("depends_on").elements().enumerate() {
        let Some(other) = dependency.get("container_name").as_str() else {
            continue;
        };
        let at = path.child("depends_on").index(index).child("container_name");
        if Some(other) == own_name {
            diagnostics.error_at(
                at,
                "Container depends on itself",
                format!("`{other}` cannot wait for itself."),
            );
        } else if names.complete && !names.known.contains_key(other) {
            let known = names.known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            diagnostics.error_at(
                at,
                "Unknown container",
                format!("No container of this task definition is named `{other}`. There are: {known}."),
            );
        }
    }
}

/// Names of the volumes; `None` when they are not all known.
fn volumes(config: &Value, diagnostics: &mut Diagnostics) -> Option<BTreeSet<String>> {
    let volumes = config.get(name::VOLUME);
    let path = || Path::attribute(name::VOLUME);
    let mut names = BTreeSet::new();
    let mut complete = !volumes.is_unknown();
    for volume in volumes.elements() {
        let volume_name = volume.get("name").as_str();
        complete &= volume_name.is_some();
        let host = volume.get("host").elements().next().is_some();
        if host
            && volume
                .get("log_driver_volume_configuration")
                .elements()
                .next()
                .is_some()
        {
            diagnostics.error_at(
                path(),
                "Volume of two kinds",
                format!(
                    "Volume `{}` has both `host` and `log_driver_volume_configuration`. Remove one of them.",
                    volume_name.unwrap_or("?")
                ),
            );
        }
        if let Some(volume_name) = volume_name
            && !names.insert(volume_name.to_owned())
        {
            diagnostics.error_at(
                path(),
                "Duplicate volume name",
                format!("Two volumes are named `{volume_name}`. Names must be unique."),
            );
        }
    }
    complete.then_some(names)
}

fn check_mount_points(
    container: &Value,
    path: &Path,
    volumes: Option<&BTreeSet<String>>,
    diagnostics: &mut Diagnostics,
) {
    let Some(volumes) = volumes else { return };
    for (index, mount) in container.get("mount_point").elements().enumerate() {
        if let Some(source) = mount.get("source_volume").as_str()
            && !volumes.contains(source)
        {
            let known = volumes.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "none".to_owned() } else { known };
            diagnostics.error_at(
                path.child("mount_point").index(index).child("source_volume"),
                "Unknown volume",
                format!("No `volume` of this task definition is named `{source}`. There are: {known}."),
            );
        }
    }
}

/// A container must fit into what the task sets aside.
fn check_sizes(config: &Value, container: &Value, path: &Path, diagnostics: &mut Diagnostics) {
    let (memory, reservation) = (
        container.get("memory").as_i64(),
        container.get("memory_reservation").as_i64(),
    );
    if let (Some(memory), Some(reservation)) = (memory, reservation)
        && reservation > memory
    {
        diagnostics.error_at(
            path.child("memory_reservation"),
            "Reservation above the limit",
            format!("`memory_reservation` is {reservation} MiB, but `memory` allows only {memory} MiB."),
        );
    }
    let of_task = |attribute: &str| config.get(attribute).as_str().and_then(|text| text.parse::<i64>().ok());
    let limits = [
        ("cpu", of_task(name::CPU), "CPU units"),
        ("memory", of_task(name::MEMORY), "MiB"),
        ("memory_reservation", of_task(name::MEMORY), "MiB"),
    ];
    for (attribute, limit, unit) in limits {
        if let (Some(limit), Some(taken)) = (limit, container.get(attribute).as_i64())
            && taken > limit
        {
            diagnostics.error_at(
                path.child(attribute),
                "Container larger than its task",
                format!("The container takes {taken} {unit}, but the task sets aside only {limit}."),
            );
        }
    }
}

fn check_environment(container: &Value, path: &Path, diagnostics: &mut Diagnostics) {
    let files = container.get("environment_file").elements().count();
    if files > MAX_ENVIRONMENT_FILES {
        diagnostics.error_at(
            path.child("environment_file"),
            "Too many environment files",
            format!("The container has {files} environment files, but ECS takes at most {MAX_ENVIRONMENT_FILES}."),
        );
    }
    let mut seen = BTreeSet::new();
    for variable in container.get("environment").elements() {
        if let Some(variable) = variable.get("name").as_str()
            && !seen.insert(variable)
        {
            diagnostics.error_at(
                path.child("environment"),
                "Duplicate environment variable",
                format!("The variable `{variable}` is set twice in this container."),
            );
        }
    }
}

fn check_roles(config: &Value, diagnostics: &mut Diagnostics) {
    let of = |attribute: &str| config.get(attribute).as_str().and_then(|text| Arn::parse(text).ok());
    if let (Some(task), Some(execution)) = (of("task_role_arn"), of(name::EXECUTION_ROLE))
        && (&task.partition, &task.account) != (&execution.partition, &execution.account)
    {
        diagnostics.error_at(
            Path::attribute(name::EXECUTION_ROLE),
            "Roles of two accounts",
            format!("`task_role_arn` is in account {}, `execution_role_arn` in account {}. ECS passes roles of its own account only.", task.account, execution.account),
        );
    }
}
