//! Secrets of a run never stand in what is told of its failures: a canary in each, and every way to fail.

use std::{fs, path::Path as FilePath};

use super::{server::Server, *};

const CANARY: &str = "canary/7f3a+";
const ROLE: &str = "arn:aws:iam::111122223333:role/ci";

/// The text that a person reads: the problems of connecting, else the failure of a first call.
async fn told(settings: &Settings, variables: &[(&str, &str)]) -> String {
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .chain(&[("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_REGION", "eu-west-1")])
        .copied()
        .collect();
    let aws = match Aws::connect_in(settings, &Environment::of(&variables)).await {
        Ok(aws) => aws,
        Err(problems) => {
            let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return format!("{}\n{problems:?}", texts.join("\n"));
        }
    };
    let failures = [
        describe(&aws.ecs("eu-west-1")).await.err(),
        aws.account_id().await.err(),
        aws.lookup_events("eu-west-1", &serde_json::json!({})).await.err(),
    ];
    let told = failures.into_iter().flatten();
    let told: Vec<String> = told
        .map(|failure| {
            format!(
                "{failure}\n{failure:?}\n{}",
                failure.problem(&Advice::default(), "call", "d")
            )
        })
        .collect();
    assert!(!told.is_empty(), "nothing has failed");
    told.join("\n")
}

fn check(name: &str, told: &str) {
    for form in ["canary", "%2F7f3a", "7f3a"] {
        assert!(!told.contains(form), "{name}: {told}");
    }
    for library in ["HttpRequest", "SdkBody", "Request {", "source:", "Unhandled("] {
        assert!(!told.contains(library), "{name}: {told}");
    }
}

fn token_file(folder: &FilePath) -> String {
    let file = folder.join("token");
    fs::write(&file, CANARY).unwrap();
    file.display().to_string()
}

fn bare() -> Settings {
    Settings {
        max_retries: Some(0),
        attempts_unreachable: Some(1),
        ..Settings::default()
    }
}

/// Endpoints that are none, that nobody answers, or that answer with what they were sent.
async fn endpoints() -> Vec<String> {
    let echo = Server::start(|asked| (400, error_with(&asked.body))).await;
    let mirror = Server::start(|asked| (400, error_with(&format!("{}{}", asked.head, asked.body)))).await;
    let garbage = Server::start(|asked| (200, asked.body.clone())).await;
    let page = Server::start(|asked| (502, format!("<html>{}", asked.body))).await;
    vec![
        "https://sts.${AWS_REGION}.amazonaws.com".to_owned(),
        "http://localhost:{port}".to_owned(),
        format!("http://ann:{CANARY}@127.0.0.1:1"),
        format!("http://127.0.0.1:1/?token={CANARY}"),
        "http://127.0.0.1:1".to_owned(),
        echo.url(),
        mirror.url(),
        garbage.url(),
        page.url(),
    ]
}

fn error_with(text: &str) -> String {
    format!(
        "<ErrorResponse><Error><Code>ValidationError</Code><Message>{}</Message></Error></ErrorResponse>",
        text.replace('&', "&amp;")
    )
}

#[tokio::test]
async fn a_web_identity_token_is_never_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = token_file(folder.path());
    for url in endpoints().await {
        let variables = [
            ("AWS_ENDPOINT_URL_STS", url.as_str()),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", file.as_str()),
            ("AWS_ROLE_ARN", ROLE),
        ];
        check(&url, &told(&bare(), &variables).await);
        let web = Settings {
            assume_role_with_web_identity: Some(WebIdentity {
                role_arn: Some(ROLE.to_owned()),
                web_identity_token: Some(CANARY.to_owned()),
                ..WebIdentity::default()
            }),
            sts_endpoint: Some(url.clone()),
            ..bare()
        };
        check(&url, &told(&web, &[]).await);
        let profile = folder.path().join("web");
        fs::write(
            &profile,
            format!("[profile web]\nrole_arn = {ROLE}\nweb_identity_token_file = {file}\n"),
        )
        .unwrap();
        let profile = profile.display().to_string();
        let variables = [
            ("AWS_ENDPOINT_URL_STS", url.as_str()),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_CONFIG_FILE", profile.as_str()),
            ("AWS_PROFILE", "web"),
        ];
        check(&url, &told(&bare(), &variables).await);
    }
}

#[tokio::test]
async fn external_ids_and_keys_are_never_told() {
    for url in endpoints().await {
        let role = AssumeRole {
            role_arn: ROLE.to_owned(),
            external_id: Some(CANARY.to_owned()),
            ..AssumeRole::default()
        };
        let settings = Settings {
            access_key: Some("AKIAPLAIN".to_owned()),
            secret_key: Some(CANARY.to_owned()),
            token: Some(CANARY.to_owned()),
            sts_endpoint: Some(url.clone()),
            ecs_endpoint: Some(url.clone()),
            cloudtrail_endpoint: Some(url.clone()),
            ..bare()
        };
        check(&url, &told(&settings, &[]).await);
        let settings = Settings {
            assume_role: vec![role],
            ..settings
        };
        check(&url, &told(&settings, &[]).await);
    }
}

#[tokio::test]
async fn neither_programs_nor_files_of_credentials_are_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let (file, mark) = (folder.path().join("config"), folder.path().join("mark"));
    let ran = format!("echo >> {}", mark.display());
    for content in [
        format!("[default]\ncredential_process = sh -c '{ran}; echo {CANARY} >&2; exit 3' {CANARY}\n"),
        format!("[default]\ncredential_process = sh -c '{ran}; echo {CANARY}'\n"),
        format!("[default]\ncredential_process = /no/such/{CANARY}\n"),
        format!("[default]\naws_access_key_id {CANARY}\n"),
        format!("[default\nx = {CANARY}\n"),
        format!("[default]\nrole_arn = {ROLE}\ncredential_source = {CANARY}\n"),
        format!("[default]\nsso_session = s\n[sso-session s]\nsso_start_url = {CANARY}\nsso_region = eu-west-1\n"),
        format!("[default]\nendpoint_url = http://ann:{CANARY}@h\n"),
    ] {
        fs::write(&file, &content).unwrap();
        let file = file.display().to_string();
        let variables = [
            ("AWS_CONFIG_FILE", file.as_str()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
            ("HOME", "/nowhere"),
        ];
        check(&content, &told(&bare(), &variables).await);
        // The providers of the SDK see the variables of the process only, and read what the settings name.
        let named = Settings {
            shared_config_files: vec![file.clone()],
            ..bare()
        };
        check(&content, &told(&named, &[("HOME", "/nowhere")]).await);
    }
    let runs = fs::read_to_string(&mark).unwrap_or_default().lines().count();
    assert!(runs >= 2, "the programs ran {runs} times");
    for uri in [
        format!("http://ann:{CANARY}@169.254.170.2/x"),
        format!("http://{{{CANARY}}}"),
        format!("http://127.0.0.1:1/{CANARY}"),
    ] {
        let variables = [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri.as_str()),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", CANARY),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ];
        check(&uri, &told(&bare(), &variables).await);
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_given_up() {
    let long = Server::start(|_| (200, format!("{{\"x\":\"{}\"}}", "y".repeat(17 << 20)))).await;
    let settings = Settings {
        access_key: Some("AKIAPLAIN".to_owned()),
        secret_key: Some(CANARY.to_owned()),
        ecs_endpoint: Some(long.url()),
        region: Some("eu-west-1".to_owned()),
        ..bare()
    };
    let aws = Aws::connect_in(&settings, &Environment::of(&[])).await.unwrap();
    let failure = describe(&aws.ecs("eu-west-1")).await.unwrap_err();
    insta::assert_snapshot!(failure, @"DescribeDaemon: the answer cannot be read: the answer is longer than 16 MiB");
}
