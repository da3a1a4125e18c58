//! An STS, or something between, that answers what it was not asked: each member of its answers, changed in every way.
//! The outcome is a snapshot, to be read by people. No change gets past a guard, is taken for credentials that
//! are none, or steers what shows the message.

use std::{collections::BTreeMap, fmt::Write};

use ecs_emulator::tamper::{Way, members, xml};
use serde_json::Value as Json;

use super::{server::Server, *};
use crate::problem::Argument;

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::111122223333:user/ann</Arn><UserId>AIDAANN</UserId><Account>111122223333</Account>\
    </GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>";
const ROLE: &str = "arn:aws:iam::111122223333:role/ci";
const SECRETS: [&str; 2] = ["canary-secret", "canary-session"];

fn role_answer() -> String {
    format!(
        "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROA:s1</AssumedRoleId>\
         <Arn>arn:aws:sts::111122223333:assumed-role/ci/s1</Arn></AssumedRoleUser><Credentials>\
         <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>{}</SecretAccessKey><SessionToken>{}</SessionToken>\
         <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        SECRETS[0], SECRETS[1]
    )
}

/// Connects under a guard, with or without a role, and calls ECS; with whose key, or why not.
async fn connected(answer: &str, with_role: bool) -> String {
    let (identity, role) = if with_role {
        (IDENTITY.to_owned(), answer.to_owned())
    } else {
        (answer.to_owned(), String::new())
    };
    let sts = Server::start(move |asked| {
        let is_role = asked.body.contains("Action=AssumeRole");
        (200, if is_role { role.clone() } else { identity.clone() })
    })
    .await;
    let ecs = Server::start(|_| match FOUND {
        Step::Answer(status, body) => (status, body.to_owned()),
        _ => unreachable!("it is an answer"),
    })
    .await;
    let role = AssumeRole {
        argument: Argument::named("assume_role").index(0),
        role_arn: ROLE.to_owned(),
        session_name: Some("s1".to_owned()),
        ..AssumeRole::default()
    };
    let settings = Settings {
        region: Some("eu-west-1".to_owned()),
        access_key: Some("AKIABASE".to_owned()),
        secret_key: Some("canary-secret".to_owned()),
        max_retries: Some(0),
        ecs_endpoint: Some(ecs.url()),
        sts_endpoint: Some(sts.url()),
        skip_metadata_api_check: true,
        allowed_account_ids: vec!["111122223333".to_owned()],
        assume_role: if with_role { vec![role] } else { Vec::new() },
        ..Settings::default()
    };
    let aws = match Aws::connect_in(&settings, &Environment::of(&[])).await {
        Ok(aws) => aws,
        Err(problems) => {
            let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return texts.join("; ");
        }
    };
    match describe(&aws.ecs("eu-west-1")).await {
        Ok(()) => format!("called by {}", ecs.asked().last().map_or("", |asked| asked.caller())),
        Err(failure) => failure.problem(&Advice::default(), "read the daemon", "d").to_string(),
    }
}

fn expect_harmless(told: &str, change: &str) {
    let steers = told
        .chars()
        .find(|char| matches!(char, '\u{1b}' | '\u{7}' | '\u{202e}' | '\r'));
    assert_eq!(steers, None, "{change}: {told:?}");
    let forged = told
        .lines()
        .any(|line| line.trim_start().starts_with("::error::forged"));
    assert!(!forged, "{change}: {told}");
    for secret in SECRETS {
        assert!(!told.contains(secret), "{change}: {told}");
    }
}

/// The outcome of each change, in short.
async fn check(answer: &str, with_role: bool) -> String {
    let tree = xml::parse(answer).unwrap();
    let mut table = format!("untouched: {}\n", connected(answer, with_role).await);
    for pointer in members(&tree) {
        let mut told: BTreeMap<String, Vec<Way>> = BTreeMap::new();
        for way in Way::OF_XML {
            let mut changed: Json = tree.clone();
            if !way.apply(&mut changed, &pointer) {
                continue;
            }
            let became = connected(&xml::render(&changed), with_role).await;
            expect_harmless(&became, &format!("{pointer} {way:?}"));
            // Up to the advice.
            let lines: Vec<&str> = became.lines().filter(|line| !line.is_empty()).take(2).collect();
            told.entry(lines.join(" ")).or_default().push(way);
        }
        for (became, ways) in told {
            writeln!(table, "{pointer} {ways:?}: {became}").unwrap();
        }
    }
    table
}

#[tokio::test]
async fn a_tampered_identity_gets_past_no_guard() {
    insta::assert_snapshot!(check(IDENTITY, false).await);
}

#[tokio::test]
async fn a_tampered_role_gives_no_credentials_that_are_none() {
    insta::assert_snapshot!(check(&role_answer(), true).await);
}
