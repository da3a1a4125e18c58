//! An estate behind a socket, for the binary.

use std::{collections::BTreeSet, thread, time::Duration};

use ecs_emulator::{ClockMode, Emulator, Scenario, Server};
use serde_json::{Value as Json, json};

const REGION: &str = "eu-central-1";

/// An emulator that listens on a free port of loopback until the test ends.
pub(crate) struct Served {
    emulator: Emulator,
    address: std::net::SocketAddr,
    daemons: Vec<(String, String, String)>,
    client: aws_sdk_ecs::Client,
    runtime: tokio::runtime::Runtime,
}

fn arn(resource: &str) -> String {
    format!("arn:aws:ecs:{REGION}:123456789012:{resource}")
}

impl Served {
    /// Clusters with this many daemons each, on providers without instances.
    pub(crate) fn new(clusters: &[(&str, usize)]) -> Self {
        let parts = clusters.iter().map(|(cluster, _)| {
            format!(
                "[[cluster]]\nname = '{cluster}'\nregion = '{REGION}'\n\
                 [[capacity_provider]]\nname = 'of-{cluster}'\ncluster = '{cluster}'\ninstances = 0\nregion = '{REGION}'\n"
            )
        });
        let scenario = Scenario::parse("case.toml", &parts.collect::<String>()).unwrap();
        let emulator = Emulator::builder()
            .seed(7)
            .scenario(scenario)
            .clock(ClockMode::Jump)
            .build()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let config = aws_sdk_ecs::config::Builder::from(&emulator.sdk_config_as("AKIAOTHER", REGION));
        let client = aws_sdk_ecs::Client::from_conf(config.build());
        let bound = runtime
            .block_on(Server::bind(([127, 0, 0, 1], 0).into(), false, emulator.clone()))
            .unwrap();
        let address = bound.address().unwrap();
        runtime.spawn(bound.serve());
        let mut served = Self {
            emulator,
            address,
            daemons: Vec::new(),
            client,
            runtime,
        };
        served.make(clusters);
        served
    }

    fn make(&mut self, clusters: &[(&str, usize)]) {
        let container = aws_sdk_ecs::types::DaemonContainerDefinition::builder()
            .name("main")
            .image("agent:1");
        let register = self
            .client
            .register_daemon_task_definition()
            .family("agent")
            .cpu("256")
            .memory("512");
        let register = register.container_definitions(container.build().unwrap());
        self.runtime.block_on(register.send()).unwrap();
        for (cluster, count) in clusters {
            for index in 0..*count {
                let name = format!("agent-{index}");
                let create = self
                    .client
                    .create_daemon()
                    .daemon_name(&name)
                    .cluster_arn(arn(&format!("cluster/{cluster}")));
                let create = create.daemon_task_definition_arn(arn("daemon-task-definition/agent:1"));
                let create = create.capacity_provider_arns(arn(&format!("capacity-provider/of-{cluster}")));
                let made = self.runtime.block_on(create.send()).unwrap();
                self.daemons
                    .push(((*cluster).to_owned(), name, made.deployment_arn.unwrap()));
            }
        }
        assert!(self.emulator.settle(Duration::from_hours(1)));
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn fault(&self, fault: &Json) {
        let path = format!("faults?region={REGION}");
        self.emulator.control("POST", &path, Some(fault.clone())).unwrap();
    }

    /// The state that wants the daemons as they are.
    pub(crate) fn state(&self) -> Json {
        let daemons = self.daemons.iter();
        let daemons: Vec<_> = daemons
            .map(|(cluster, name, deployment)| (&**cluster, &**name, Some(&**deployment)))
            .collect();
        state(&daemons)
    }

    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    pub(crate) fn calls(&self, operation: &str) -> usize {
        self.emulator
            .journal()
            .iter()
            .filter(|entry| entry["operation"] == operation)
            .count()
    }

    /// ARNs of the daemons that keys of an account asked for.
    pub(crate) fn asked_by(&self, account: &str) -> BTreeSet<String> {
        let journal = self.emulator.journal().into_iter();
        let describes = journal.filter(|entry| entry["operation"] == "DescribeDaemon" && entry["caller"] == account);
        describes
            .filter_map(|entry| entry["request"]["daemonArn"].as_str().map(str::to_owned))
            .collect()
    }

    /// Waits until an operation was called this often.
    pub(crate) fn wait_for(&self, operation: &str, times: usize) {
        for _ in 0..1000 {
            if self.calls(operation) >= times {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("{operation} was not called");
    }

    /// Takes a cluster away with everything in it.
    pub(crate) fn delete(&self, cluster: &str) {
        for (_, name, _) in self.daemons.iter().filter(|(of, _, _)| of == cluster) {
            let call = self
                .client
                .delete_daemon()
                .daemon_arn(arn(&format!("daemon/{cluster}/{name}")));
            self.runtime.block_on(call.send()).unwrap();
        }
        assert!(self.emulator.settle(Duration::from_hours(1)));
        let call = self
            .client
            .delete_capacity_provider()
            .capacity_provider(arn(&format!("capacity-provider/of-{cluster}")));
        self.runtime.block_on(call.send()).unwrap();
        assert!(self.emulator.settle(Duration::from_hours(1)));
        self.runtime
            .block_on(self.client.delete_cluster().cluster(cluster).send())
            .unwrap();
        assert!(self.emulator.settle(Duration::from_hours(1)));
    }
}

/// A state, as `terraform show -json` writes it, with daemons by cluster, name and deployment.
pub(crate) fn state(daemons: &[(&str, &str, Option<&str>)]) -> Json {
    let resources: Vec<Json> = daemons
        .iter()
        .map(|(cluster, name, deployment)| {
            let values = json!({
                "arn": arn(&format!("daemon/{cluster}/{name}")), "name": name, "cluster_arn": arn(&format!("cluster/{cluster}")),
                "daemon_task_definition_arn": arn("daemon-task-definition/agent:1"),
                "capacity_provider_arns": [arn(&format!("capacity-provider/of-{cluster}"))],
                "critical": true, "enable_ecs_managed_tags": false, "enable_execute_command": false,
                "propagate_tags": "NONE", "deployment_configuration": [], "deployment_arn": deployment, "tags": null,
                "tags_all": {}, "rollout_failure": null,
            });
            let label = format!("{cluster}_{name}");
            json!({"address": format!("ecs_daemon.{label}"), "mode": "managed", "type": "ecs_daemon", "name": label,
                   "schema_version": 0, "values": values, "sensitive_values": {}})
        })
        .collect();
    json!({"format_version": "1.0", "terraform_version": "1.15.5", "values": {"root_module": {"resources": resources}}})
}
