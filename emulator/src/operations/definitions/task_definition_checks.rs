//! Checks that a daemon task definition makes sense beyond its shape. The types and texts are assumed.

use std::collections::BTreeSet;

use crate::api::ApiError;
use crate::operations::shared::refusal::{client, invalid};
use crate::operations::shared::request::Request;

/// Most containers of a task definition.
const MOST_CONTAINERS: usize = 10;

/// Most files with environment variables of a container.
const MOST_ENVIRONMENT_FILES: usize = 10;

/// Most exit codes that a restart policy ignores.
const MOST_EXIT_CODES: usize = 50;

/// Checks the registration of an application task definition, as far as it is like that of a daemon.
pub(in crate::operations) fn check_application(request: Request<'_>) -> Result<(), ApiError> {
    for size in ["cpu", "memory"] {
        if let Some(text) = request.text(size) {
            units(size, text)?;
        }
    }
    let containers = request.structures("containerDefinitions");
    if containers.is_empty() || containers.len() > MOST_CONTAINERS {
        return Err(client(format!(
            "A task definition has 1 to {MOST_CONTAINERS} containers."
        )));
    }
    let names = names(&containers)?;
    if !containers
        .iter()
        .any(|container| container.flag("essential").unwrap_or(true))
    {
        return Err(client("At least one container of a task definition must be essential."));
    }
    let volumes = volumes(request)?;
    for container in &containers {
        let sized = ["memory", "memoryReservation"]
            .iter()
            .any(|member| container.integer(member).is_some());
        if request.text("memory").is_none() && !sized {
            // The text that others saw.
            let name = container.required("name");
            let text = format!(
                "Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be specified."
            );
            return Err(client(text));
        }
        check_sizes(request, *container)?;
        check_container(*container, &names, &volumes)?;
    }
    Ok(())
}

/// Checks a registration.
pub(in crate::operations) fn check(request: Request<'_>) -> Result<(), ApiError> {
    for size in ["cpu", "memory"] {
        if let Some(text) = request.text(size) {
            positive(size, text)?;
        }
    }
    let volumes = volumes(request)?;
    let containers = request.structures("containerDefinitions");
    if containers.is_empty() || containers.len() > MOST_CONTAINERS {
        return Err(client(format!(
            "A daemon task definition has 1 to {MOST_CONTAINERS} containers."
        )));
    }
    let names = names(&containers)?;
    if !containers
        .iter()
        .any(|container| container.flag("essential").unwrap_or(true))
    {
        return Err(client(
            "At least one container of a daemon task definition must be essential.",
        ));
    }
    for container in containers {
        check_sizes(request, container)?;
        check_container(container, &names, &volumes)?;
    }
    Ok(())
}

pub(in crate::operations) fn positive(member: &str, text: &str) -> Result<(), ApiError> {
    let number = text.parse::<u32>().ok().filter(|number| *number > 0);
    number.map(|_| ()).ok_or_else(|| {
        client(format!(
            "Invalid '{member}' setting for task: {text} is no positive number."
        ))
    })
}

/// The size of an application task in CPU units or MiB. Documented: it may also be written in `vCPU` or `GB`, in either
/// case, and is registered as the number.
pub(in crate::operations) fn units(member: &str, text: &str) -> Result<u32, ApiError> {
    let unit = if member == "cpu" { "vcpu" } else { "gb" };
    let lower = text.trim().to_ascii_lowercase();
    let number = match lower.strip_suffix(unit) {
        Some(number) => number.trim().parse::<f64>().ok().map(|number| number * 1024.0),
        None => lower.parse::<u32>().ok().map(f64::from),
    };
    let whole = number.filter(|number| number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(number));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number in the range of the type"
    )]
    whole.map(|number| number as u32).ok_or_else(|| {
        client(format!(
            "Invalid '{member}' setting for task: {text} is no positive number."
        ))
    })
}

fn volumes(request: Request<'_>) -> Result<BTreeSet<String>, ApiError> {
    let mut names = BTreeSet::new();
    for volume in request.structures("volumes") {
        let name = volume
            .text("name")
            .filter(|name| crate::operations::shared::request::is_name(name));
        let name = name.ok_or_else(|| client("A volume needs a name of letters, digits, hyphens and underscores."))?;
        if !names.insert(name.to_owned()) {
            return Err(client(format!("The volume name {name} is used twice.")));
        }
        if let Some(log_driver) = volume.structure("logDriverVolumeConfiguration") {
            if volume.structure("host").is_some() {
                return Err(client(format!(
                    "Volume {name}: host and logDriverVolumeConfiguration exclude each other."
                )));
            }
            let driver = log_driver.required("driver");
            if driver != "json-file" {
                return Err(client(format!(
                    "Volume {name}: the log driver {driver} is not supported, only json-file is."
                )));
            }
        }
    }
    Ok(names)
}

fn names(containers: &[Request<'_>]) -> Result<BTreeSet<String>, ApiError> {
    let mut names = BTreeSet::new();
    for container in containers {
        let name = container
            .text("name")
            .filter(|name| crate::operations::shared::request::is_name(name));
        let name =
            name.ok_or_else(|| client("A container needs a name of letters, digits, hyphens and underscores."))?;
        if !names.insert(name.to_owned()) {
            return Err(client(format!("The container name {name} is used twice.")));
        }
    }
    Ok(names)
}

fn check_container(
    container: Request<'_>,
    names: &BTreeSet<String>,
    volumes: &BTreeSet<String>,
) -> Result<(), ApiError> {
    let name = container.required("name");
    if container.required("image").is_empty() {
        return Err(client(format!("Container {name}: the image must not be empty.")));
    }
    for mount in container.structures("mountPoints") {
        let volume = mount.text("sourceVolume").unwrap_or_default();
        if !volumes.contains(volume) {
            return Err(client(format!(
                "Container {name}: there is no volume {volume:?} to mount."
            )));
        }
    }
    for dependency in container.structures("dependsOn") {
        let other = dependency.required("containerName");
        if other == name || !names.contains(other) {
            return Err(client(format!(
                "Container {name}: it cannot depend on a container {other:?}."
            )));
        }
    }
    if container.structures("environmentFiles").len() > MOST_ENVIRONMENT_FILES {
        return Err(invalid(format!(
            "Container {name}: at most {MOST_ENVIRONMENT_FILES} environment files."
        )));
    }
    check_health(container, name)?;
    check_restart(container, name)
}

/// Documented: a container's memory is no more than that of its task, and its reservation no more than its memory.
fn check_sizes(request: Request<'_>, container: Request<'_>) -> Result<(), ApiError> {
    let name = container.required("name");
    let refused = |member: &str, problem: String| {
        Err(client(format!(
            "Invalid '{member}' setting for container '{name}': {problem}."
        )))
    };
    for member in ["cpu", "memory", "memoryReservation"] {
        match container.integer(member) {
            Some(number) if number < 0 => return refused(member, format!("{number} is negative")),
            _ => {}
        }
    }
    let of_task = request.text("memory").and_then(|text| text.parse::<i64>().ok());
    let (memory, reservation) = (container.integer("memory"), container.integer("memoryReservation"));
    for (member, number) in [("memory", memory), ("memoryReservation", reservation)] {
        if let (Some(number), Some(most)) = (number, of_task)
            && number > most
        {
            return refused(member, format!("{number} MiB are more than the {most} MiB of the task"));
        }
    }
    match (memory, reservation) {
        (Some(memory), Some(reservation)) if reservation > memory => refused(
            "memoryReservation",
            format!("{reservation} MiB are more than its memory of {memory} MiB"),
        ),
        _ => Ok(()),
    }
}

fn check_health(container: Request<'_>, name: &str) -> Result<(), ApiError> {
    let Some(health) = container.structure("healthCheck") else {
        return Ok(());
    };
    if health.texts("command").is_empty() {
        return Err(client(format!("Container {name}: the health check needs a command.")));
    }
    let ranges = [
        ("interval", 5, 300),
        ("timeout", 2, 60),
        ("retries", 1, 10),
        ("startPeriod", 0, 300),
    ];
    for (member, from, to) in ranges {
        in_range(health, member, from, to, name)?;
    }
    Ok(())
}

fn check_restart(container: Request<'_>, name: &str) -> Result<(), ApiError> {
    let Some(policy) = container.structure("restartPolicy") else {
        return Ok(());
    };
    let codes = policy
        .0
        .get("ignoredExitCodes")
        .and_then(|codes| codes.as_array())
        .map_or(0, Vec::len);
    if codes > MOST_EXIT_CODES {
        return Err(client(format!(
            "Container {name}: at most {MOST_EXIT_CODES} ignored exit codes."
        )));
    }
    in_range(policy, "restartAttemptPeriod", 60, 1800, name)
}

fn in_range(structure: Request<'_>, member: &str, from: i64, to: i64, name: &str) -> Result<(), ApiError> {
    match structure.integer(member) {
        Some(value) if !(from..=to).contains(&value) => Err(client(format!(
            "Container {name}: {member} must be between {from} and {to}."
        ))),
        _ => Ok(()),
    }
}
