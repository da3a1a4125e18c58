//! Shared by the tests of the whole emulator: a fleet, a daemon on it, and an SDK client.

#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::expect_used, clippy::panic, reason = "only tests use this")]

use aws_sdk_ecs::Client;
use aws_sdk_ecs::operation::create_daemon::CreateDaemonOutput;
use aws_sdk_ecs::types::{DaemonContainerDefinition, DaemonDeploymentConfiguration};
use ecs_emulator::{Emulator, Outcome, Scenario};
use serde_json::Value;

/// Region of the tests; not the default one, so that a forgotten scope shows.
pub(crate) const REGION: &str = "eu-central-1";

/// An emulator with the cluster `prod` and the capacity provider `fleet` of some instances.
pub(crate) fn fleet(instances: u32) -> Emulator {
    let text = format!(
        "[[cluster]]\nname = 'prod'\nregion = '{REGION}'\n\
         [[capacity_provider]]\nname = 'fleet'\ncluster = 'prod'\ninstances = {instances}\nregion = '{REGION}'\n"
    );
    let scenario = Scenario::parse("fleet.toml", &text).expect("a valid scenario");
    Emulator::builder()
        .seed(1)
        .scenario(scenario)
        .build()
        .expect("the scenario can be played")
}

/// The real SDK client on the emulator.
pub(crate) fn client(emulator: &Emulator) -> Client {
    let config = aws_sdk_ecs::config::Builder::from(&emulator.sdk_config(REGION));
    Client::from_conf(config.retry_partition(emulator.retry_partition()).build())
}

/// ARN in the account and region of the tests.
pub(crate) fn arn(resource: &str) -> String {
    format!("arn:aws:ecs:{REGION}:123456789012:{resource}")
}

/// Registers the next revision of the family `agent`.
pub(crate) async fn register(client: &Client, image: &str) -> String {
    let container = DaemonContainerDefinition::builder().name("agent").image(image).build();
    let registered = client
        .register_daemon_task_definition()
        .family("agent")
        .container_definitions(container.expect("image is set"))
        .send()
        .await
        .expect("a valid definition");
    registered
        .daemon_task_definition_arn
        .expect("the answer names the revision")
}

/// Creates the daemon `agent` on the fleet.
pub(crate) async fn create(client: &Client, definition: &str) -> CreateDaemonOutput {
    client
        .create_daemon()
        .daemon_name("agent")
        .cluster_arn(arn("cluster/prod"))
        .daemon_task_definition_arn(definition)
        .capacity_provider_arns(arn("capacity-provider/fleet"))
        .deployment_configuration(DaemonDeploymentConfiguration::builder().drain_percent(50.0).build())
        .send()
        .await
        .expect("the daemon can be created")
}

/// The journal's requests of one operation.
pub(crate) fn requests(emulator: &Emulator, operation: &str) -> Vec<Value> {
    emulator
        .journal()
        .into_iter()
        .filter(|entry| entry["operation"] == operation)
        .collect()
}

/// Sends a request without any client; answers status and body.
pub(crate) fn send(emulator: &Emulator, region: &str, operation: &str, body: &Value) -> (u16, Value) {
    let credential = format!("Credential=AKIA/20260101/{region}/ecs/aws4_request");
    let request = http::Request::post("/")
        .header(
            "x-amz-target",
            format!("AmazonEC2ContainerServiceV20141113.{operation}"),
        )
        .header(
            "authorization",
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"),
        )
        .body(bytes::Bytes::from(body.to_string()))
        .expect("a valid request");
    match emulator.receive(&request).outcome {
        Outcome::Answer(response) => {
            let body = serde_json::from_slice(response.body()).expect("the answer is JSON");
            (response.status().as_u16(), body)
        }
        other => panic!("no answer but {other:?}"),
    }
}

/// Sends a call that must succeed; answers its body.
pub(crate) fn call(emulator: &Emulator, operation: &str, body: &Value) -> Value {
    let (status, answer) = send(emulator, REGION, operation, body);
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}
