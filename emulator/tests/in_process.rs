//! The whole emulator in process: the real SDK client with its retries and waiters, under paused time.

mod support;

use std::time::{Duration, Instant};

use aws_sdk_ecs::client::Waiters;
use aws_sdk_ecs::error::ProvideErrorMetadata;
use aws_sdk_ecs::types::{DaemonDeploymentStatus, DaemonStatus};
use ecs_emulator::DEFAULT_EPOCH_MS;
use ecs_emulator::faults::{Effect, FaultRule};
use serde_json::{Value, json};
use support::{REGION, arn, client, create, fleet, register, requests};

/// The longest rollout that a test waits for, in virtual time.
const LONG: Duration = Duration::from_hours(2);

#[tokio::test(start_paused = true)]
async fn a_rollout_is_waited_for_in_virtual_time() {
    let host = Instant::now();
    let emulator = fleet(4);
    let client = client(&emulator);
    let created = create(&client, &register(&client, "agent:1").await).await;
    assert_eq!(created.status, Some(DaemonStatus::Active));
    let deployment = created.deployment_arn.expect("the answer names the deployment");
    client
        .wait_until_daemon_deployment_successful()
        .daemon_deployment_arns(&deployment)
        .wait(LONG)
        .await
        .expect("the rollout succeeds");

    let described = client
        .describe_daemon_deployments()
        .daemon_deployment_arns(&deployment)
        .send()
        .await
        .unwrap();
    let deployment = &described.daemon_deployments()[0];
    assert_eq!(deployment.status, Some(DaemonDeploymentStatus::Successful));
    assert_eq!(
        deployment
            .target_daemon_revision
            .as_ref()
            .and_then(|target| target.total_running_instance_count),
        Some(4)
    );
    let virtual_seconds = (emulator.now_ms() - DEFAULT_EPOCH_MS) / 1000;
    assert!(
        virtual_seconds > 120,
        "four instances in two batches take minutes, not {virtual_seconds} s"
    );
    assert!(
        host.elapsed() < Duration::from_secs(20),
        "but not host time: {:?}",
        host.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn throttled_calls_are_retried() {
    let emulator = fleet(1);
    let client = client(&emulator);
    let rule = FaultRule::new(Effect::Throttle).operation("List*").count(Some(2));
    let fault = emulator.faults().push(rule).expect("a fresh id");
    client
        .list_clusters()
        .send()
        .await
        .expect("the third try is let through");
    assert_eq!((fault.reached(), fault.fired()), (3, 2));
    let entries = requests(&emulator, "ListClusters");
    let statuses: Vec<String> = entries
        .iter()
        .map(|entry| format!("{} {}", entry["status"], entry["fault"]))
        .collect();
    assert_eq!(statuses, [r#"400 "fault-1""#, r#"400 "fault-1""#, "200 null"]);
    drop(fault);
    assert_eq!(emulator.control("GET", "faults", None), Ok(json!([])));
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_was_executed() {
    let emulator = fleet(0);
    let client = client(&emulator);
    let rule = FaultRule::new(Effect::LostReply)
        .operation("CreateDaemon")
        .resource("agent");
    let _fault = emulator.faults().push(rule).expect("a fresh id");
    let definition = register(&client, "agent:1").await;
    let request = client
        .create_daemon()
        .daemon_name("agent")
        .cluster_arn(arn("cluster/prod"))
        .daemon_task_definition_arn(&definition)
        .capacity_provider_arns(arn("capacity-provider/fleet"))
        .client_token("token-1");
    let created = request.send().await.expect("the retry carries the same token");
    assert_eq!(created.daemon_arn, Some(arn("daemon/prod/agent")));
    let entries = requests(&emulator, "CreateDaemon");
    let delivered: Vec<&Value> = entries.iter().map(|entry| &entry["delivered"]).collect();
    assert_eq!(delivered, [false, true]);
    assert_eq!(
        entries[0]["response"], entries[1]["response"],
        "both name the same daemon"
    );
}

#[tokio::test(start_paused = true)]
async fn requests_that_are_never_answered_time_out() {
    let emulator = fleet(0);
    let timeouts = aws_sdk_ecs::config::timeout::TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(5))
        .build();
    let config = aws_sdk_ecs::config::Builder::from(&emulator.sdk_config(REGION))
        .timeout_config(timeouts)
        .build();
    let client = aws_sdk_ecs::Client::from_conf(config);
    for effect in [Effect::Timeout, Effect::Slow(Duration::from_mins(1)), Effect::Reset] {
        let _fault = emulator.faults().push(FaultRule::new(effect)).expect("a fresh id");
        client
            .list_clusters()
            .send()
            .await
            .expect("the second attempt is answered");
    }
    let entries = requests(&emulator, "ListClusters");
    let executed: Vec<bool> = entries.iter().map(|entry| entry.get("response").is_some()).collect();
    assert_eq!(executed, [false, true, true, true, false, true]);
}

#[tokio::test(start_paused = true)]
async fn broken_and_newer_answers() {
    let emulator = fleet(0);
    let client = client(&emulator);
    let truncated = emulator
        .faults()
        .push(FaultRule::new(Effect::Truncated))
        .expect("a fresh id");
    client
        .describe_clusters()
        .clusters("prod")
        .send()
        .await
        .expect_err("half an answer is none");
    drop(truncated);
    let extra = emulator
        .faults()
        .push(FaultRule::new(Effect::ExtraMembers).count(None))
        .expect("a fresh id");
    let described = client
        .describe_clusters()
        .clusters("prod")
        .send()
        .await
        .expect("unknown members are ignored");
    assert_eq!(described.clusters()[0].cluster_name.as_deref(), Some("prod"));
    let rule = FaultRule::new(Effect::Error {
        kind: "PolicyException".into(),
        message: "no".into(),
        status: 403,
    });
    drop(extra);
    let _denied = emulator.faults().push(rule).expect("a fresh id");
    let error = client.list_clusters().send().await.expect_err("refused");
    assert_eq!((error.code(), error.message()), (Some("PolicyException"), Some("no")));
}

#[tokio::test(start_paused = true)]
async fn the_caller_is_its_account() {
    let emulator = fleet(0);
    let sts = aws_sdk_sts::Client::new(&emulator.sdk_config_as("111122223333", REGION));
    let identity = sts.get_caller_identity().send().await.expect("STS answers");
    assert_eq!(identity.account(), Some("111122223333"));
    assert_eq!(identity.arn(), Some("arn:aws:iam::111122223333:user/emulator"));
    let other = aws_sdk_ecs::Client::new(&emulator.sdk_config_as("111122223333", REGION));
    assert_eq!(
        other.list_clusters().send().await.unwrap().cluster_arns().len(),
        0,
        "accounts are apart"
    );
}

#[tokio::test(start_paused = true)]
async fn others_act_while_a_rollout_runs() {
    let emulator = fleet(4);
    let client = client(&emulator);
    let delete = json!({
        "call": {"operation": "DeleteDaemon", "body": {"daemonArn": arn("daemon/prod/agent")}},
        "when": {"daemon": "agent", "batch": 1},
        "must_fire": true,
    });
    emulator
        .control("POST", &format!("faults?region={REGION}"), Some(delete))
        .expect("a valid action");
    let created = create(&client, &register(&client, "agent:1").await).await;
    client
        .wait_until_daemon_deployment_successful()
        .daemon_deployment_arns(created.deployment_arn.unwrap())
        .wait(LONG)
        .await
        .expect_err("the daemon is deleted under the rollout");
    let entries = requests(&emulator, "DeleteDaemon");
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (&entries[0]["caller"], &entries[0]["status"]),
        (&json!("other-principal"), &json!(200))
    );
    let faults = emulator.control("GET", "faults", None).unwrap();
    assert_eq!((&faults[0]["fired"], faults[0].get("error")), (&json!(1), None));
}

#[tokio::test(start_paused = true)]
async fn an_alarm_in_the_first_batch_rolls_back() {
    let emulator = fleet(4);
    let client = client(&emulator);
    let created = create(&client, &register(&client, "agent:1").await).await;
    assert!(emulator.settle(LONG), "the first rollout ends");
    let alarms = aws_sdk_ecs::types::DaemonAlarmConfiguration::builder()
        .alarm_names("errors")
        .enable(true)
        .build();
    let configuration = aws_sdk_ecs::types::DaemonDeploymentConfiguration::builder()
        .alarms(alarms)
        .build();
    let when = json!({"state": "ALARM", "when": {"daemon": "agent", "batch": 1}});
    emulator
        .control("POST", &format!("alarms/errors?region={REGION}"), Some(when))
        .expect("a valid alarm");
    let updated = client
        .update_daemon()
        .daemon_arn(created.daemon_arn.unwrap())
        .daemon_task_definition_arn(register(&client, "agent:2").await)
        .capacity_provider_arns(arn("capacity-provider/fleet"))
        .deployment_configuration(configuration)
        .send()
        .await
        .expect("the daemon can be updated");
    assert!(emulator.settle(LONG), "the rollback ends");
    let deployment = updated.deployment_arn.unwrap();
    let described = client
        .describe_daemon_deployments()
        .daemon_deployment_arns(deployment)
        .send()
        .await
        .unwrap();
    assert_eq!(
        described.daemon_deployments()[0].status,
        Some(DaemonDeploymentStatus::RollbackSuccessful)
    );
}

#[tokio::test(start_paused = true)]
async fn reads_are_stale_after_writes_until_healed() {
    let emulator = fleet(0);
    emulator
        .control("POST", "consistency", Some(json!({"reads": 2})))
        .expect("a valid knob");
    let client = client(&emulator);
    client
        .create_cluster()
        .cluster_name("new")
        .send()
        .await
        .expect("a fresh name");
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(client.list_clusters().send().await.unwrap().cluster_arns().len());
    }
    assert_eq!(seen, [1, 1, 2]);
    client
        .create_cluster()
        .cluster_name("newer")
        .send()
        .await
        .expect("a fresh name");
    emulator
        .control("POST", "consistency", Some(json!({"heal": true})))
        .expect("a valid call");
    assert_eq!(client.list_clusters().send().await.unwrap().cluster_arns().len(), 3);
}
