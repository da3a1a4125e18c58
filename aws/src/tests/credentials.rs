//! Sources of credentials: places, roles and chains, with STS on a real socket on loopback.

mod metadata;
mod places;
mod roles;

use std::time::{Duration, SystemTime};

use aws_smithy_types::{DateTime, date_time::Format};

use super::{server::Server, *};
use crate::problem::Problems;

const DAEMON: &str = r#"{"daemon":{"daemonArn":"arn:aws:ecs:eu-west-1:111122223333:daemon/c/d"}}"#;
const TOKEN: &str = "canary-token";

/// An STS that gives each role keys of its own, made from the role's name, valid for so many seconds.
/// A role called `denied` may not be assumed, one called `expired` is told that the token is.
async fn sts(valid: u64) -> Server {
    Server::start(move |asked| {
        let role = asked
            .form()
            .iter()
            .find_map(|member| Some(member.split_once(":role/")?.1.to_owned()));
        let role = role.unwrap_or_default();
        let action = if asked.body.contains("WithWebIdentity") {
            "AssumeRoleWithWebIdentity"
        } else {
            "AssumeRole"
        };
        if role == "expired" {
            let text = "<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>Token expired: current \
                        date/time 1 must be before the expiration date/time 0</Message></Error></ErrorResponse>";
            return (400, text.to_owned());
        }
        if role == "denied" {
            let text = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: x is not authorized to perform: \
                        sts:AssumeRole on resource: r</Message></Error><RequestId>req-1</RequestId></ErrorResponse>";
            return (403, text.to_owned());
        }
        let expiry = DateTime::from(SystemTime::now() + Duration::from_secs(valid));
        let expiry = expiry.fmt(Format::DateTime).unwrap();
        let keys = format!(
            "<{action}Response><{action}Result><Credentials><AccessKeyId>ASIA{role}</AccessKeyId>\
             <SecretAccessKey>canary-secret</SecretAccessKey><SessionToken>canary-session</SessionToken>\
             <Expiration>{expiry}</Expiration></Credentials></{action}Result></{action}Response>"
        );
        (200, keys)
    })
    .await
}

fn role(index: usize, name: &str) -> AssumeRole {
    AssumeRole {
        argument: crate::Argument::named("assume_role").index(index),
        role_arn: format!("arn:aws:iam::111122223333:role/{name}"),
        session_name: Some("s1".to_owned()),
        ..AssumeRole::default()
    }
}

fn settings(ecs: &Server, sts: &Server) -> Settings {
    Settings {
        region: Some("eu-west-1".to_owned()),
        access_key: Some("AKIABASE".to_owned()),
        secret_key: Some("canary-secret".to_owned()),
        max_retries: Some(0),
        ecs_endpoint: Some(ecs.url()),
        sts_endpoint: Some(sts.url()),
        skip_metadata_api_check: true,
        user_agent_product: ("terraform-provider-ecs".to_owned(), "1.2.3".to_owned()),
        ..Settings::default()
    }
}

async fn ecs() -> Server {
    Server::start(|_| (200, DAEMON.to_owned())).await
}

fn told(problems: &Problems) -> String {
    let text = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(!text.contains("canary"), "{text}");
    text
}

async fn connect(settings: &Settings, variables: &[(&str, &str)]) -> Result<Aws, String> {
    let aws = Aws::connect_in(settings, &Environment::of(variables)).await;
    aws.map_err(|problems| told(&problems))
}

async fn call(aws: &Aws) -> Result<(), String> {
    describe(&aws.ecs("eu-west-1")).await.map_err(|failure| {
        let text = failure.problem(&Advice::default(), "read the daemon", "d").to_string();
        assert!(!text.contains("canary"), "{text}");
        text
    })
}
