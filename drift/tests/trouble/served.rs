//! An estate behind a socket, for the binary.

use std::{collections::BTreeSet, thread, time::Duration};

use ecs_emulator::{ClockMode, Emulator, Scenario, Server};
use serde_json::{Value as Json, json};

const REGION: &str = "eu-central-1";
/// Account of clusters of which no other is said.
const ACCOUNT: &str = "123456789012";

/// An emulator that listens on a free port of loopback until the test ends.
pub(crate) struct Served {
    emulator: Emulator,
    address: std::net::SocketAddr,
    /// Account, cluster, name and deployment of each.
    daemons: Vec<[String; 4]>,
    client: aws_sdk_ecs::Client,
    runtime: tokio::runtime::Runtime,
}

fn arn(resource: &str) -> String {
    arn_in(ACCOUNT, resource)
}

fn arn_in(account: &str, resource: &str) -> String {
    format!("arn:aws:ecs:{REGION}:{account}:{resource}")
}

/// A client with an access key; one that is the id of an account is of that account.
fn client(emulator: &Emulator, access_key: &str) -> aws_sdk_ecs::Client {
    let config = aws_sdk_ecs::config::Builder::from(&emulator.sdk_config_as(access_key, REGION));
    aws_sdk_ecs::Client::from_conf(config.build())
}

impl Served {
    /// Clusters with this many daemons each, on providers without instances.
    pub(crate) fn new(clusters: &[(&str, usize)]) -> Self {
        let clusters: Vec<_> = clusters
            .iter()
            .map(|(cluster, count)| (ACCOUNT, *cluster, *count))
            .collect();
        Self::across(&clusters)
    }

    /// The same in several accounts.
    pub(crate) fn across(clusters: &[(&str, &str, usize)]) -> Self {
        let parts = clusters.iter().map(|(account, cluster, _)| {
            let place = format!("region = '{REGION}'\naccount = '{account}'\n");
            format!(
                "[[cluster]]\nname = '{cluster}'\n{place}\
                 [[capacity_provider]]\nname = 'of-{cluster}'\ncluster = '{cluster}'\ninstances = 0\n{place}"
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
        let client = client(&emulator, "AKIAOTHER");
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
        let accounts: BTreeSet<&str> = clusters.iter().map(|(account, ..)| *account).collect();
        for account in accounts {
            served.define(account);
        }
        for (account, cluster, count) in clusters {
            served.make(account, cluster, *count);
        }
        assert!(served.emulator.settle(Duration::from_hours(1)));
        served
    }

    fn define(&self, account: &str) {
        let container = aws_sdk_ecs::types::DaemonContainerDefinition::builder()
            .name("main")
            .image("agent:1");
        let register = client(&self.emulator, account)
            .register_daemon_task_definition()
            .family("agent")
            .cpu("256")
            .memory("512");
        let register = register.container_definitions(container.build().unwrap());
        self.runtime.block_on(register.send()).unwrap();
    }

    fn make(&mut self, account: &str, cluster: &str, count: usize) {
        let client = client(&self.emulator, account);
        let arn = |resource: &str| arn_in(account, resource);
        for index in 0..count {
            let name = format!("agent-{index}");
            let create = client
                .create_daemon()
                .daemon_name(&name)
                .cluster_arn(arn(&format!("cluster/{cluster}")));
            let create = create.daemon_task_definition_arn(arn("daemon-task-definition/agent:1"));
            let create = create.capacity_provider_arns(arn(&format!("capacity-provider/of-{cluster}")));
            let made = self.runtime.block_on(create.send()).unwrap();
            let made = [account, cluster, &name, &made.deployment_arn.unwrap()];
            self.daemons.push(made.map(str::to_owned));
        }
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
        let resources = daemons.map(|[account, cluster, name, deployment]| {
            let label = if account == ACCOUNT {
                format!("{cluster}_{name}")
            } else {
                format!("{cluster}_{name}_{account}")
            };
            resource(account, &label, (cluster, name, Some(deployment)))
        });
        shown(&resources.collect::<Vec<_>>())
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

    /// Requests of an operation about something that were carried out.
    pub(crate) fn carried_out(&self, operation: &str, resource: &str) -> Vec<Json> {
        let journal = self.emulator.journal().into_iter();
        let is_meant = |entry: &Json| {
            let arn = entry["request"]["daemonArn"].as_str().unwrap_or_default();
            entry["operation"] == operation && entry["status"] == 200 && arn.ends_with(resource)
        };
        let requests = journal.filter(is_meant);
        requests.map(|entry| entry["request"].clone()).collect()
    }

    /// All operations that were called, in their order.
    pub(crate) fn operations(&self) -> Vec<String> {
        let journal = self.emulator.journal().into_iter();
        journal
            .filter_map(|entry| entry["operation"].as_str().map(str::to_owned))
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

    /// Begins a rollout of a daemon, given as CLUSTER/NAME, with the settings that it has.
    pub(crate) fn update(&self, daemon: &str) {
        let cluster = daemon.split('/').next().unwrap_or_default();
        let call = self
            .client
            .update_daemon()
            .daemon_arn(arn(&format!("daemon/{daemon}")))
            .daemon_task_definition_arn(arn("daemon-task-definition/agent:1"))
            .capacity_provider_arns(arn(&format!("capacity-provider/of-{cluster}")));
        self.runtime.block_on(call.send()).unwrap();
    }

    /// Takes a cluster away with everything in it.
    pub(crate) fn delete(&self, cluster: &str) {
        for [_, _, name, _] in self.daemons.iter().filter(|[_, of, ..]| of == cluster) {
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
    let resources = daemons
        .iter()
        .map(|daemon| resource(ACCOUNT, &format!("{}_{}", daemon.0, daemon.1), *daemon));
    shown(&resources.collect::<Vec<_>>())
}

fn resource(account: &str, label: &str, (cluster, name, deployment): (&str, &str, Option<&str>)) -> Json {
    let arn = |resource: String| arn_in(account, &resource);
    let values = json!({
        "arn": arn(format!("daemon/{cluster}/{name}")), "name": name, "cluster_arn": arn(format!("cluster/{cluster}")),
        "daemon_task_definition_arn": arn("daemon-task-definition/agent:1".to_owned()),
        "capacity_provider_arns": [arn(format!("capacity-provider/of-{cluster}"))],
        "critical": true, "enable_ecs_managed_tags": false, "enable_execute_command": false,
        "propagate_tags": "NONE", "deployment_configuration": [], "deployment_arn": deployment, "tags": null,
        "tags_all": {}, "rollout_failure": null,
    });
    json!({"address": format!("ecs_daemon.{label}"), "mode": "managed", "type": "ecs_daemon", "name": label,
           "schema_version": 0, "values": values, "sensitive_values": {}})
}

/// Resources as the state of them.
fn shown(resources: &[Json]) -> Json {
    json!({"format_version": "1.0", "terraform_version": "1.15.5", "values": {"root_module": {"resources": resources}}})
}
