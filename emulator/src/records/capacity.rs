//! CPU and memory: what tasks need, what instances have, and which machine is chosen.
//!
//! The choice of machines is assumed: the smallest of a common ladder that the provider's requirements allow and that
//! holds what is needed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// CPU units and memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Size {
    /// CPU units, 1024 to a vCPU.
    pub(crate) cpu: u32,
    /// Memory in MiB.
    pub(crate) memory: u32,
}

impl Size {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_add(other.cpu),
            memory: self.memory.saturating_add(other.memory),
        }
    }

    /// The rest after the other is taken away; nothing below zero.
    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(other.cpu),
            memory: self.memory.saturating_sub(other.memory),
        }
    }

    pub(crate) fn holds(self, other: Self) -> bool {
        self.cpu >= other.cpu && self.memory >= other.memory
    }

    /// The need of a task definition: its own numbers, or else those of its containers together.
    pub(crate) fn of_definition(content: &Map<String, Value>) -> Self {
        let own = |member: &str| {
            content
                .get(member)
                .and_then(Value::as_str)
                .and_then(|text| text.parse().ok())
        };
        let containers = || {
            let list = content.get("containerDefinitions").and_then(Value::as_array);
            list.into_iter().flatten()
        };
        let sum = |members: &[&str]| {
            let each = containers().map(|container| {
                let numbers = members.iter().filter_map(|member| container.get(*member)?.as_u64());
                numbers.max().unwrap_or(0)
            });
            u32::try_from(each.sum::<u64>()).unwrap_or(u32::MAX)
        };
        Self {
            cpu: own("cpu").unwrap_or_else(|| sum(&["cpu"])),
            memory: own("memory").unwrap_or_else(|| sum(&["memory", "memoryReservation"])),
        }
    }
}

/// vCPUs of the ladder.
const VCPUS: [u32; 11] = [1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192];

/// MiB for each vCPU of the ladder: machines for computing, for general use, with much memory.
const MEMORY_PER_VCPU: [u32; 3] = [2048, 4096, 8192];

/// The machines that a provider may launch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Requirements {
    vcpus: (u32, u32),
    memory: (u32, u32),
}

impl Requirements {
    /// Reads the configuration of a provider of managed instances. What it leaves open is open.
    pub(crate) fn of(configuration: &Map<String, Value>) -> Self {
        let requirements = configuration
            .get("instanceLaunchTemplate")
            .and_then(|template| template.get("instanceRequirements"));
        let range = |member: &str| {
            let range = requirements.and_then(|requirements| requirements.get(member));
            let bound = |end: &str| range?.get(end)?.as_u64().and_then(|number| u32::try_from(number).ok());
            (bound("min").unwrap_or(0), bound("max").unwrap_or(u32::MAX))
        };
        Self {
            vcpus: range("vCpuCount"),
            memory: range("memoryMiB"),
        }
    }

    /// The smallest machine that holds what is needed. None: the requirements allow none.
    pub(crate) fn machine_for(self, need: Size) -> Option<Size> {
        let allowed = |(from, to): (u32, u32), number: u32| (from..=to).contains(&number);
        let vcpus = VCPUS.into_iter().filter(|vcpus| allowed(self.vcpus, *vcpus));
        let machines = vcpus.flat_map(|vcpus| {
            MEMORY_PER_VCPU.map(|memory| Size {
                cpu: vcpus * 1024,
                memory: vcpus * memory,
            })
        });
        let mut fitting = machines.filter(|machine| allowed(self.memory, machine.memory) && machine.holds(need));
        fitting.next()
    }

    /// The machine of an instance that nobody sized: the smallest that holds the need, or the smallest there is.
    pub(crate) fn any_machine(self, need: Size) -> Size {
        self.machine_for(need)
            .or_else(|| self.machine_for(Size::default()))
            .unwrap_or(Size {
                cpu: 2048,
                memory: 8192,
            })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_smallest_allowed_machine_is_chosen() {
        let check = |requirements: serde_json::Value, cpu: u32, memory: u32, expected: Option<(u32, u32)>| {
            let configuration = json!({ "instanceLaunchTemplate": { "instanceRequirements": requirements } });
            let requirements = Requirements::of(configuration.as_object().unwrap());
            let found = requirements.machine_for(Size { cpu, memory });
            assert_eq!(
                found.map(|size| (size.cpu, size.memory)),
                expected,
                "{requirements:?} {cpu} {memory}"
            );
        };
        let walkthrough = || json!({ "vCpuCount": { "min": 2, "max": 4 }, "memoryMiB": { "min": 4096, "max": 8192 } });
        check(walkthrough(), 768, 1536, Some((2048, 4096)));
        check(walkthrough(), 1024, 6000, Some((2048, 8192)));
        check(walkthrough(), 3000, 6000, Some((4096, 8192)));
        check(walkthrough(), 3000, 9000, None);
        check(
            json!({ "vCpuCount": { "min": 1 }, "memoryMiB": { "min": 0 } }),
            0,
            0,
            Some((1024, 2048)),
        );
        check(json!(null), 512, 5000, Some((1024, 8192)));
    }

    #[test]
    fn a_definition_needs_its_own_numbers_or_those_of_its_containers() {
        let check = |content: serde_json::Value, cpu: u32, memory: u32| {
            assert_eq!(
                Size::of_definition(content.as_object().unwrap()),
                Size { cpu, memory },
                "{content}"
            );
        };
        check(json!({ "cpu": "256", "memory": "512" }), 256, 512);
        check(
            json!({ "containerDefinitions": [{ "cpu": 10, "memory": 300, "memoryReservation": 100 }, { "memoryReservation": 64 }] }),
            10,
            364,
        );
        check(json!({}), 0, 0);
    }
}
