//! Roles that clients assume: whose account they act in, and what of it nobody ever reads again.

#![allow(clippy::expect_used, reason = "helpers of tests are no tests")]

mod support;

use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_sdk_sts::types::Credentials;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ecs_emulator::{ClockMode, Emulator, Scenario};
use serde_json::json;
use support::REGION;

const ROLE: &str = "arn:aws:iam::210987654321:role/deploy/deployer";

/// An emulator with a cluster in the account of the role, and one in the default account.
fn accounts() -> Emulator {
    let text = format!(
        "[[cluster]]\nname = 'prod'\nregion = '{REGION}'\naccount = '210987654321'\n\
         [[cluster]]\nname = 'home'\nregion = '{REGION}'\n"
    );
    Emulator::builder()
        .clock(ClockMode::Embedder)
        .scenario(Scenario::parse("accounts.toml", &text).expect("a valid scenario"))
        .build()
        .expect("the scenario can be played")
}

fn sts(emulator: &Emulator) -> aws_sdk_sts::Client {
    aws_sdk_sts::Client::new(&emulator.sdk_config(REGION))
}

async fn clusters(emulator: &Emulator, access_key: &str) -> Vec<String> {
    let client = aws_sdk_ecs::Client::new(&emulator.sdk_config_as(access_key, REGION));
    let listed = client.list_clusters().send().await.expect("clusters are listed");
    listed.cluster_arns().to_vec()
}

fn key(credentials: Option<&Credentials>) -> String {
    credentials.expect("credentials").access_key_id().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_role_acts_in_its_account() {
    let emulator = accounts();
    let assume = sts(&emulator).assume_role().role_arn(ROLE).role_session_name("ci@main");
    let assumed = assume.external_id("a:secret/id").send().await.expect("assumed");
    let user = assumed.assumed_role_user().expect("who it is");
    assert_eq!(user.arn(), "arn:aws:sts::210987654321:assumed-role/deployer/ci@main");
    let key = key(assumed.credentials());
    assert_eq!(
        clusters(&emulator, &key).await,
        [format!("arn:aws:ecs:{REGION}:210987654321:cluster/prod")]
    );
    let as_role = aws_sdk_sts::Client::new(&emulator.sdk_config_as(&key, REGION));
    let identity = as_role.get_caller_identity().send().await.expect("STS answers");
    assert_eq!(identity.arn(), Some(user.arn()));
    assert_eq!(
        (identity.account(), identity.user_id()),
        (Some("210987654321"), Some(user.assumed_role_id()))
    );
    // The one who has assumed it stays where they are, and a role may assume another one.
    assert_eq!(clusters(&emulator, "AKIAEMULATOR00000001").await.len(), 1);
    let next = as_role
        .assume_role()
        .role_arn("arn:aws:iam::123456789012:role/home")
        .role_session_name("next")
        .send()
        .await
        .expect("assumed");
    let next = self::key(next.credentials());
    assert_ne!(next, key);
    assert_eq!(
        clusters(&emulator, &next).await,
        [format!("arn:aws:ecs:{REGION}:123456789012:cluster/home")]
    );
}

#[tokio::test(start_paused = true)]
async fn a_web_identity_needs_no_credentials() {
    let emulator = accounts();
    let assume = sts(&emulator).assume_role_with_web_identity().role_arn(ROLE);
    let assumed = assume
        .role_session_name("ci")
        .web_identity_token("header.body.signature")
        .send()
        .await
        .expect("assumed");
    assert_eq!(clusters(&emulator, &key(assumed.credentials())).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_malformed_is_refused() {
    let emulator = accounts();
    let client = sts(&emulator);
    let check = async |role: &str, session: &str, external: Option<&str>, seconds: Option<i32>| {
        let assume = client.assume_role().role_arn(role).role_session_name(session);
        let assume = assume.set_external_id(external.map(str::to_owned));
        let error = assume.set_duration_seconds(seconds).send().await.expect_err("refused");
        format!(
            "{} {}",
            error.code().unwrap_or_default(),
            error.message().unwrap_or_default()
        )
    };
    insta::assert_snapshot!(check("arn:aws:iam::1:role/x", "ci", None, None).await, @r#"ValidationError 1 validation error detected: Value at 'roleArn' failed to satisfy constraint: Member must be an ARN like arn:aws:iam::123456789012:role/NAME"#);
    insta::assert_snapshot!(check("arn:aws:iam::210987654321:user/x", "ci", None, None).await, @r#"ValidationError 1 validation error detected: Value at 'roleArn' failed to satisfy constraint: Member must be an ARN like arn:aws:iam::123456789012:role/NAME"#);
    insta::assert_snapshot!(check(ROLE, "c", None, None).await, @r#"ValidationError 1 validation error detected: Value at 'roleSessionName' failed to satisfy constraint: Member must have 2 to 64 characters and satisfy the regular expression pattern [\w+=,.@-]*"#);
    insta::assert_snapshot!(check(ROLE, "ci main", None, None).await, @r#"ValidationError 1 validation error detected: Value at 'roleSessionName' failed to satisfy constraint: Member must have 2 to 64 characters and satisfy the regular expression pattern [\w+=,.@-]*"#);
    insta::assert_snapshot!(check(ROLE, "ci", Some("se cret"), None).await, @r#"ValidationError 1 validation error detected: Value at 'externalId' failed to satisfy constraint: Member must have 2 to 1224 characters and satisfy the regular expression pattern [\w+=,.@:\/-]*"#);
    insta::assert_snapshot!(check(ROLE, "ci", None, Some(60)).await, @r#"ValidationError 1 validation error detected: Value at 'durationSeconds' failed to satisfy constraint: Member must be a number from 900 to 43200"#);
    let empty = client
        .assume_role_with_web_identity()
        .role_arn(ROLE)
        .role_session_name("ci");
    let error = empty.web_identity_token("").send().await.expect_err("refused");
    assert_eq!(error.code(), Some("ValidationError"));
}

#[tokio::test(start_paused = true)]
async fn secrets_are_not_kept() {
    let emulator = accounts();
    let client = sts(&emulator);
    let assume = client.assume_role().role_arn(ROLE).role_session_name("ci");
    let assumed = assume.external_id("very:secret").send().await.expect("assumed");
    let refused = client.assume_role().role_arn(ROLE).role_session_name("ci");
    refused.external_id("very secret").send().await.expect_err("refused");
    let web = client
        .assume_role_with_web_identity()
        .role_arn(ROLE)
        .role_session_name("ci");
    web.web_identity_token("eyJ.very.secret").send().await.expect("assumed");
    let credentials = assumed.credentials().expect("credentials");
    let mut journal = json!(emulator.journal()).to_string();
    for entry in emulator.journal() {
        let body = entry["body_base64"].as_str().expect("a form is no JSON");
        let body = BASE64.decode(body).expect("what the journal has encoded");
        journal.push_str(&String::from_utf8_lossy(&body));
    }
    for secret in [
        "very",
        "eyJ",
        credentials.secret_access_key(),
        credentials.session_token(),
    ] {
        assert!(!journal.contains(secret), "{secret} in {journal}");
    }
    assert!(journal.contains("ExternalId=masked"), "{journal}");
}

#[tokio::test(start_paused = true)]
async fn a_replay_assumes_the_same_roles() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("journal");
    let emulator = Emulator::builder().journal_file(&file).build().expect("a world");
    let client = sts(&emulator);
    for external in ["a:secret/id", "not valid"] {
        let assume = client.assume_role().role_arn(ROLE).role_session_name("ci");
        let assumed = assume.external_id(external).send().await;
        if let Ok(assumed) = assumed {
            assert_eq!(clusters(&emulator, &key(assumed.credentials())).await.len(), 0);
        }
    }
    let web = client
        .assume_role_with_web_identity()
        .role_arn(ROLE)
        .role_session_name("ci");
    web.web_identity_token("token").send().await.expect("assumed");
    let journal = std::fs::File::open(&file).expect("the journal");
    let found = ecs_emulator::replay(std::io::BufReader::new(journal)).expect("a journal");
    assert_eq!((found.difference, found.requests), (None, 4));
}

#[tokio::test(start_paused = true)]
async fn cloudtrail_names_the_session() {
    let emulator = accounts();
    let assume = sts(&emulator).assume_role().role_arn(ROLE).role_session_name("ci");
    let key = key(assume.send().await.expect("assumed").credentials());
    let client = aws_sdk_ecs::Client::new(&emulator.sdk_config_as(&key, REGION));
    client
        .create_cluster()
        .cluster_name("made")
        .send()
        .await
        .expect("created");
    let trail = format!("Credential={key}/20260101/{REGION}/cloudtrail/aws4_request");
    let request = http::Request::post("/")
        .header(
            "x-amz-target",
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
        )
        .header(
            "authorization",
            format!("AWS4-HMAC-SHA256 {trail}, SignedHeaders=host, Signature=0"),
        )
        .body(bytes::Bytes::from_static(b"{}"))
        .expect("a valid request");
    let ecs_emulator::Outcome::Answer(answer) = emulator.receive(&request).outcome else {
        unreachable!("no fault is there")
    };
    let answer: serde_json::Value = serde_json::from_slice(answer.body()).expect("JSON");
    assert_eq!(answer["Events"][0]["Username"], "ci");
    let record = answer["Events"][0]["CloudTrailEvent"].as_str().expect("a record");
    assert!(
        record.contains("\"type\":\"AssumedRole\"") && record.contains(ROLE),
        "{record}"
    );
}
