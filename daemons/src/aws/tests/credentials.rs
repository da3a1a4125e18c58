//! Where credentials come from: places, roles and chains, with STS on a real socket on loopback.

use std::{fs, time::SystemTime};

use aws_smithy_types::{DateTime, date_time::Format};
use tokio::time::Instant;

use super::{
    server::{Server, silence},
    *,
};

const DAEMON: &str = r#"{"daemon":{"daemonArn":"arn:aws:ecs:eu-west-1:111122223333:daemon/c/d"}}"#;
const TOKEN: &str = "canary-token";

/// An STS that gives each role keys of its own, made from the role's name, valid for so many seconds.
/// A role called `denied` may not be assumed.
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
        if role == "denied" {
            let text = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: x is not authorized to perform: \
                        sts:AssumeRole on resource: r</Message></Error><RequestId>req-1</RequestId></ErrorResponse>";
            return (403, text.to_owned());
        }
        let expiry = DateTime::from(SystemTime::now() + std::time::Duration::from_secs(valid));
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
        path: tfplug_core::Path::attribute("assume_role").index(index),
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

fn told(problems: &Diagnostics) -> String {
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
        let text = failure.diagnostic("read the daemon", "d").to_string();
        assert!(!text.contains("canary"), "{text}");
        text
    })
}

#[tokio::test]
async fn roles_are_assumed_in_order_each_once_and_with_everything_that_is_set() {
    let (ecs, sts) = (ecs().await, sts(3600).await);
    let first = AssumeRole {
        duration: Some(std::time::Duration::from_mins(90)),
        external_id: Some("ext/1".to_owned()),
        policy: Some(r#"{"Version":"2012-10-17"}"#.to_owned()),
        policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()],
        source_identity: Some("ann".to_owned()),
        tags: BTreeMap::from([("Team".to_owned(), "core".to_owned())]),
        transitive_tag_keys: vec!["Team".to_owned()],
        ..role(0, "hub")
    };
    let settings = Settings {
        assume_role: vec![first, role(1, "spoke")],
        ..settings(&ecs, &sts)
    };
    let aws = connect(&settings, &[]).await.unwrap();
    for _ in 0..3 {
        call(&aws).await.unwrap();
    }
    call(&Aws::clone(&aws)).await.unwrap();
    let asked = sts.asked();
    let callers: Vec<&str> = asked.iter().map(server::Asked::caller).collect();
    assert_eq!(callers, ["AKIABASE", "ASIAhub"]);
    assert_eq!(
        ecs.asked().iter().map(server::Asked::caller).collect::<Vec<_>>(),
        ["ASIAspoke"; 4]
    );
    insta::assert_snapshot!(asked[0].form().join("\n"), @r#"
    Action=AssumeRole
    DurationSeconds=5400
    ExternalId=ext/1
    Policy={"Version":"2012-10-17"}
    PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess
    RoleArn=arn:aws:iam::111122223333:role/hub
    RoleSessionName=s1
    SourceIdentity=ann
    Tags.member.1.Key=Team
    Tags.member.1.Value=core
    TransitiveTagKeys.member.1=Team
    "#);
    insta::assert_snapshot!(asked[1].form().join("\n"), @"
    Action=AssumeRole
    RoleArn=arn:aws:iam::111122223333:role/spoke
    RoleSessionName=s1
    ");
}

#[tokio::test]
async fn credentials_are_renewed_before_they_expire() {
    let (ecs, sts) = (ecs().await, sts(1).await);
    let settings = Settings {
        assume_role: vec![role(0, "hub"), role(1, "spoke")],
        ..settings(&ecs, &sts)
    };
    let aws = connect(&settings, &[]).await.unwrap();
    // These last a second, so that nothing can be kept: each use renews the whole chain.
    let connected = sts.asked().len();
    for calls in 1..=3 {
        call(&aws).await.unwrap();
        assert_eq!(sts.asked().len(), connected + 2 * calls);
    }
}

#[tokio::test]
async fn a_token_of_a_file_is_read_anew_and_goes_before_the_chain() {
    let (ecs, sts) = (ecs().await, sts(1).await);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, format!("{TOKEN}-1\n")).unwrap();
    let web = WebIdentity {
        path: tfplug_core::Path::attribute("assume_role_with_web_identity").index(0),
        session_name: Some("s1".to_owned()),
        ..WebIdentity::default()
    };
    let settings = Settings {
        access_key: None,
        secret_key: None,
        assume_role_with_web_identity: Some(web),
        assume_role: vec![role(0, "spoke")],
        ..settings(&ecs, &sts)
    };
    let variables = [
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", file.to_str().unwrap()),
    ];
    let aws = connect(&settings, &variables).await.unwrap();
    call(&aws).await.unwrap();
    fs::write(&file, format!("{TOKEN}-2\n")).unwrap();
    call(&aws).await.unwrap();
    let asked = sts.asked();
    let (web, chained): (Vec<_>, Vec<_>) = asked.iter().partition(|asked| asked.body.contains("WithWebIdentity"));
    insta::assert_snapshot!(web[0].form().join("\n"), @"
    Action=AssumeRoleWithWebIdentity
    RoleArn=arn:aws:iam::111122223333:role/ci
    RoleSessionName=s1
    WebIdentityToken=canary-token-1
    ");
    assert!(web[0].header("authorization").is_empty(), "a token needs no signature");
    assert!(web.last().unwrap().body.ends_with("canary-token-2"));
    assert!(chained.iter().all(|asked| asked.caller() == "ASIAci"));
    assert_eq!(ecs.asked()[0].caller(), "ASIAspoke");
    fs::remove_file(&file).unwrap();
    let lost = call(&aws)
        .await
        .unwrap_err()
        .replace(&folder.path().display().to_string(), "[folder]");
    insta::assert_snapshot!(lost, @"error: Unable to read the daemon: DescribeDaemon for d could not be sent: the role arn:aws:iam::111122223333:role/ci of `assume_role_with_web_identity[0].web_identity_token_file` cannot be assumed: The file `[folder]/token`, which holds the token, cannot be read: No such file or directory (os error 2).");
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_told_where_it_is_configured() {
    let (ecs, sts) = (ecs().await, sts(3600).await);
    let mut told = Vec::new();
    let denied = vec![role(0, "hub"), role(1, "denied"), role(2, "spoke")];
    let roles = |roles: Vec<AssumeRole>| Settings {
        assume_role: roles,
        ..settings(&ecs, &sts)
    };
    told.push(connect(&roles(denied), &[]).await.unwrap_err());
    let unreachable = Settings {
        sts_endpoint: Some("http://127.0.0.1:1".to_owned()),
        ..roles(vec![role(0, "hub")])
    };
    told.push(connect(&unreachable, &[]).await.unwrap_err());
    for (token, file, variables) in [
        (None, None, vec![("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci")]),
        (
            None,
            Some("/no/such/token"),
            vec![("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci")],
        ),
        (
            Some(TOKEN),
            None,
            vec![("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/denied")],
        ),
        (Some(TOKEN), None, vec![]),
    ] {
        let web = WebIdentity {
            path: tfplug_core::Path::attribute("assume_role_with_web_identity").index(0),
            web_identity_token: token.map(str::to_owned),
            web_identity_token_file: file.map(str::to_owned),
            ..WebIdentity::default()
        };
        let settings = Settings {
            assume_role_with_web_identity: Some(web),
            ..roles(vec![])
        };
        told.push(connect(&settings, &variables).await.unwrap_err());
    }
    assert!(ecs.asked().is_empty());
    insta::assert_snapshot!(told.join("\n---\n"), @"
    error: Unable to assume IAM role (at assume_role[1]): arn:aws:iam::111122223333:role/denied

    AssumeRole for arn:aws:iam::111122223333:role/denied was denied by AWS: AccessDenied: User: x is not authorized to perform: sts:AssumeRole on resource: r.

    The trust policy of the role must name the caller, with the external id, source identity and tags that are sent; the caller needs the IAM actions `sts:AssumeRole`, and `sts:TagSession` and `sts:SetSourceIdentity` where tags or a source identity are given.
    ---
    error: Unable to assume IAM role (at assume_role[0]): arn:aws:iam::111122223333:role/hub

    AssumeRole for arn:aws:iam::111122223333:role/hub could not be sent: tcp connect error: Connection refused (os error 111).

    Check `region` and `endpoints` of the provider, and the network of this machine.
    ---
    error: Incomplete web identity (at assume_role_with_web_identity[0].web_identity_token_file): No token is configured. Set `web_identity_token` or `web_identity_token_file`, or the environment variable AWS_WEB_IDENTITY_TOKEN_FILE.
    ---
    error: Unable to assume IAM role (at assume_role_with_web_identity[0].web_identity_token_file): arn:aws:iam::111122223333:role/ci

    The file `/no/such/token`, which holds the token, cannot be read: No such file or directory (os error 2).
    ---
    error: Unable to assume IAM role (at assume_role_with_web_identity[0]): arn:aws:iam::111122223333:role/denied

    AssumeRoleWithWebIdentity for arn:aws:iam::111122223333:role/denied was denied by AWS: AccessDenied: User: x is not authorized to perform: sts:AssumeRole on resource: r.

    The trust policy of the role must name the caller, with the external id, source identity and tags that are sent; the caller needs the IAM actions `sts:AssumeRole`, and `sts:TagSession` and `sts:SetSourceIdentity` where tags or a source identity are given.
    ---
    error: Incomplete web identity (at assume_role_with_web_identity[0].role_arn): No role is configured. Set `role_arn`, or the environment variable AWS_ROLE_ARN.
    ");
}

#[tokio::test]
async fn without_credentials_all_places_are_named() {
    let (ecs, sts) = (ecs().await, sts(3600).await);
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_str().unwrap();
    let nobody = Settings {
        access_key: None,
        secret_key: None,
        ..settings(&ecs, &sts)
    };
    let aws = connect(&nobody, &[("HOME", home)]).await.unwrap();
    insta::assert_snapshot!(call(&aws).await.unwrap_err(), @"
    error: Unable to read the daemon: DescribeDaemon for d could not be sent: there are no AWS credentials in any of the places that were looked at:
      - the environment: AWS_ACCESS_KEY_ID is not set
      - the profile `default` of the shared configuration files: no such profile
      - the web identity of the environment: AWS_WEB_IDENTITY_TOKEN_FILE is not set
      - the container's credentials: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set
      - the metadata service of EC2: `skip_metadata_api_check` is set.

    Set `profile`, or `access_key` and `secret_key`, in the provider block; or AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment; or run where a role provides credentials.
    ");
    let with_role = Settings {
        assume_role: vec![role(0, "hub")],
        ..nobody
    };
    let half = [("HOME", home), ("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_PROFILE", "ops")];
    insta::assert_snapshot!(connect(&with_role, &half).await.unwrap_err(), @"
    error: No AWS credentials: There are no AWS credentials in any of the places that were looked at:
      - the environment: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not
      - the profile `ops` of the shared configuration files: no such profile
      - the web identity of the environment: AWS_WEB_IDENTITY_TOKEN_FILE is not set
      - the container's credentials: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set
      - the metadata service of EC2: `skip_metadata_api_check` is set.

    Set `profile`, or `access_key` and `secret_key`, in the provider block; or AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment; or run where a role provides credentials.
    ");
    assert!(sts.asked().is_empty());
}

/// Files in which `ops` has keys and a region, and `bare` has nothing.
fn files(folder: &std::path::Path) -> (String, String) {
    let (config, credentials) = (folder.join("config"), folder.join("credentials"));
    fs::write(
        &config,
        "[profile ops]\nregion = eu-north-1\nmax_attempts = 1\n[profile bare]\noutput = json\n",
    )
    .unwrap();
    let keys = "[ops]\naws_access_key_id = AKIAOPS\naws_secret_access_key = canary-secret\n";
    fs::write(&credentials, keys).unwrap();
    (config.display().to_string(), credentials.display().to_string())
}

#[tokio::test]
async fn an_explicit_profile_beats_the_environment_and_only_an_explicit_one() {
    let (ecs, sts) = (ecs().await, sts(3600).await);
    let folder = tempfile::tempdir().unwrap();
    let (config, credentials) = files(folder.path());
    let of = |profile: Option<&str>| Settings {
        region: None,
        access_key: None,
        secret_key: None,
        profile: profile.map(str::to_owned),
        shared_config_files: vec![config.clone()],
        shared_credentials_files: vec![credentials.clone()],
        ..settings(&ecs, &sts)
    };
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIAENV"),
        ("AWS_SECRET_ACCESS_KEY", "canary-secret"),
        ("AWS_DEFAULT_PROFILE", "ops"),
    ];
    for profile in [Some("ops"), None] {
        let aws = connect(&of(profile), &variables).await.unwrap();
        assert_eq!(aws.region(), "eu-north-1");
        call(&aws).await.unwrap();
    }
    let aws = connect(&of(None), &variables[2..]).await.unwrap();
    call(&aws).await.unwrap();
    let callers: Vec<String> = ecs.asked().iter().map(|asked| asked.caller().to_owned()).collect();
    assert_eq!(callers, ["AKIAOPS", "AKIAENV", "AKIAOPS"]);
    let bare = Settings {
        region: Some("eu-west-1".to_owned()),
        ..of(Some("bare"))
    };
    let aws = connect(&bare, &variables).await.unwrap();
    insta::assert_snapshot!(call(&aws).await.unwrap_err(), @"
    error: Unable to read the daemon: DescribeDaemon for d could not be sent: there are no AWS credentials in any of the places that were looked at:
      - the profile `bare` of the shared configuration files: it has no credentials.

    Set `profile`, or `access_key` and `secret_key`, in the provider block; or AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment; or run where a role provides credentials.
    ");
}

#[tokio::test]
async fn files_and_profiles_that_are_not_there_are_told() {
    let (ecs, sts) = (ecs().await, sts(3600).await);
    let folder = tempfile::tempdir().unwrap();
    let (config, _) = files(folder.path());
    let nowhere = Settings {
        shared_config_files: vec![config.clone(), "~/none".to_owned()],
        ..settings(&ecs, &sts)
    };
    let mut told = vec![connect(&nowhere, &[("HOME", "/nowhere")]).await.unwrap_err()];
    let unknown = Settings {
        access_key: None,
        secret_key: None,
        profile: Some("opps".to_owned()),
        shared_config_files: vec![config],
        shared_credentials_files: vec!["/dev/null".to_owned()],
        ..settings(&ecs, &sts)
    };
    told.push(connect(&unknown, &[]).await.unwrap_err());
    insta::assert_snapshot!(told.join("\n"), @"
    error: AWS configuration file cannot be read (at shared_config_files[1]): The file `~/none` cannot be read: No such file or directory (os error 2). Correct the path, or leave it out.
    error: AWS profile not found (at profile): The shared configuration files (by default ~/.aws/config and ~/.aws/credentials) have only bare, ops, but the provider block names the profile `opps`.
    ");
}

#[tokio::test]
async fn the_role_of_a_profile_is_assumed_at_the_same_sts() {
    let (ecs, sts) = (ecs().await, sts(3600).await);
    let folder = tempfile::tempdir().unwrap();
    let (config, credentials) = files(folder.path());
    let role = "[profile hub]\nrole_arn = arn:aws:iam::111122223333:role/hub\nsource_profile = ops\n";
    fs::write(&config, role).unwrap();
    let settings = Settings {
        access_key: None,
        secret_key: None,
        profile: Some("hub".to_owned()),
        shared_config_files: vec![config],
        shared_credentials_files: vec![credentials],
        ..settings(&ecs, &sts)
    };
    let proxied = Settings {
        https_proxy: Some(sts.url()),
        ..settings
    };
    let aws = connect(&proxied, &[]).await.unwrap();
    call(&aws).await.unwrap_err();
    assert_eq!(sts.lines()[0], "CONNECT sts.eu-west-1.amazonaws.com:443");
}

/// Virtual time: nothing is waited for, and the limits are exact.
#[tokio::test(start_paused = true)]
async fn a_metadata_service_that_is_silent_costs_a_second_and_only_once() {
    let (ecs, sts) = (ecs().await, sts(3600).await);
    let nobody = Settings {
        access_key: None,
        secret_key: None,
        skip_metadata_api_check: false,
        ec2_metadata_service_endpoint: Some(silence().await),
        shared_config_files: vec!["/dev/null".to_owned()],
        shared_credentials_files: vec!["/dev/null".to_owned()],
        ..settings(&ecs, &sts)
    };
    let start = Instant::now();
    let aws = connect(&nobody, &[]).await.unwrap();
    assert_eq!(start.elapsed().as_millis(), 0);
    let first = call(&aws).await.unwrap_err();
    let took = start.elapsed();
    assert!(took <= std::time::Duration::from_millis(1100), "{took:?}");
    for _ in 0..10 {
        assert_eq!(call(&aws).await.unwrap_err(), first);
    }
    assert_eq!(start.elapsed(), took);
    assert!(first.contains("the metadata service of EC2: "), "{first}");
    let regionless = Settings { region: None, ..nobody };
    let start = Instant::now();
    let problem = connect(&regionless, &[]).await.unwrap_err();
    assert!(problem.contains("Missing AWS region"), "{problem}");
    assert!(
        start.elapsed() <= std::time::Duration::from_millis(1100),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn a_metadata_service_that_is_switched_off_is_not_asked() {
    let (ecs, sts, metadata) = (
        ecs().await,
        sts(3600).await,
        Server::start(|_| (404, String::new())).await,
    );
    let nobody = Settings {
        access_key: None,
        secret_key: None,
        region: None,
        skip_metadata_api_check: false,
        ec2_metadata_service_endpoint: Some(metadata.url()),
        shared_config_files: vec!["/dev/null".to_owned()],
        shared_credentials_files: vec!["/dev/null".to_owned()],
        ..settings(&ecs, &sts)
    };
    let skipped = Settings {
        skip_metadata_api_check: true,
        ..nobody.clone()
    };
    for (settings, variables) in [
        (&skipped, vec![]),
        (&nobody, vec![("AWS_EC2_METADATA_DISABLED", "TRUE")]),
    ] {
        connect(settings, &variables).await.unwrap_err();
        let mut settings = settings.clone();
        settings.region = Some("eu-west-1".to_owned());
        call(&connect(&settings, &variables).await.unwrap()).await.unwrap_err();
    }
    assert!(metadata.asked().is_empty());
    connect(&nobody, &[]).await.unwrap_err();
    assert_eq!(metadata.lines()[0], "PUT /latest/api/token");
    let wrong = [
        ("AWS_EC2_METADATA_DISABLED", "1"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "v4"),
    ];
    insta::assert_snapshot!(connect(&nobody, &wrong[..1]).await.unwrap_err(), @"error: Invalid AWS_EC2_METADATA_DISABLED: The environment variable AWS_EC2_METADATA_DISABLED is `1`, but must be `true` or `false`.");
    insta::assert_snapshot!(connect(&nobody, &wrong[1..]).await.unwrap_err(), @"error: Invalid setting of the EC2 metadata service: The environment variable AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is `v4`, but must be `IPv4` or `IPv6`.");
}

#[tokio::test]
async fn an_instance_gives_credentials_without_a_proxy() {
    let (ecs, sts, proxy) = (
        ecs().await,
        sts(3600).await,
        Server::start(|_| (502, String::new())).await,
    );
    let metadata = Server::start(|asked| {
        let answer = match asked.line() {
            "PUT /latest/api/token" => "token".to_owned(),
            "GET /latest/meta-data/placement/region" => "eu-central-1".to_owned(),
            "GET /latest/meta-data/iam/security-credentials/" => "profile".to_owned(),
            _ => r#"{"Code":"Success","AccessKeyId":"ASIAINSTANCE","SecretAccessKey":"canary-secret","Token":"canary","Expiration":"2099-01-01T00:00:00Z"}"#.to_owned(),
        };
        (200, answer)
    })
    .await;
    let settings = Settings {
        access_key: None,
        secret_key: None,
        region: None,
        skip_metadata_api_check: false,
        ec2_metadata_service_endpoint: Some(metadata.url()),
        shared_config_files: vec!["/dev/null".to_owned()],
        shared_credentials_files: vec!["/dev/null".to_owned()],
        https_proxy: Some(proxy.url()),
        http_proxy: None,
        ..settings(&ecs, &sts)
    };
    let variables = [("HTTP_PROXY", proxy.address.as_str())];
    let aws = connect(&settings, &variables).await.unwrap();
    assert_eq!(aws.region(), "eu-central-1");
    call(&aws).await.unwrap();
    assert_eq!((ecs.asked()[0].caller(), proxy.asked().len()), ("ASIAINSTANCE", 0));
}
