//! Roles that are assumed: with keys, with a token, one with the other.

use std::{collections::BTreeMap, fs};

use super::{super::server::Asked, *};

#[tokio::test]
async fn roles_are_assumed_in_order_each_once_and_with_everything_that_is_set() {
    let (ecs, sts) = (ecs().await, sts(3600).await);
    let first = AssumeRole {
        duration: Some(Duration::from_mins(90)),
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
    let callers: Vec<&str> = asked.iter().map(Asked::caller).collect();
    assert_eq!(callers, ["AKIABASE", "ASIAhub"]);
    assert_eq!(
        ecs.asked().iter().map(Asked::caller).collect::<Vec<_>>(),
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
        argument: crate::Argument::named("assume_role_with_web_identity").index(0),
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
    insta::assert_snapshot!(lost, @"Unable to read the daemon: DescribeDaemon for d could not be sent: the role arn:aws:iam::111122223333:role/ci of `assume_role_with_web_identity[0].web_identity_token_file` cannot be assumed: The file `[folder]/token`, which holds the token, cannot be read: No such file or directory (os error 2).");
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
    let arn = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    for (token, file, role) in [
        (None, None, arn("ci")),
        (None, Some("/no/such/token"), arn("ci")),
        (Some(TOKEN), None, arn("denied")),
        (Some(TOKEN), None, arn("expired")),
        (Some(TOKEN), None, String::new()),
    ] {
        let web = WebIdentity {
            argument: crate::Argument::named("assume_role_with_web_identity").index(0),
            web_identity_token: token.map(str::to_owned),
            web_identity_token_file: file.map(str::to_owned),
            ..WebIdentity::default()
        };
        let settings = Settings {
            assume_role_with_web_identity: Some(web),
            ..roles(vec![])
        };
        told.push(connect(&settings, &[("AWS_ROLE_ARN", &role)]).await.unwrap_err());
    }
    assert!(ecs.asked().is_empty());
    insta::assert_snapshot!(told.join("\n---\n"), @"
    Unable to assume IAM role (at assume_role[1]): arn:aws:iam::111122223333:role/denied

    AssumeRole for arn:aws:iam::111122223333:role/denied was denied by AWS: AccessDenied: User: x is not authorized to perform: sts:AssumeRole on resource: r.

    The trust policy of the role must name the caller, with the external id, source identity and tags that are sent; the caller needs the IAM actions `sts:AssumeRole`, and `sts:TagSession` and `sts:SetSourceIdentity` where tags or a source identity are given.
    ---
    Unable to assume IAM role (at assume_role[0]): arn:aws:iam::111122223333:role/hub

    AssumeRole for arn:aws:iam::111122223333:role/hub could not be sent: Connection refused (os error 111).

    Check the region, the endpoints and the network of this machine.
    ---
    Incomplete web identity (at assume_role_with_web_identity[0].web_identity_token_file): No token is configured. Set `web_identity_token` or `web_identity_token_file`, or the environment variable AWS_WEB_IDENTITY_TOKEN_FILE.
    ---
    Unable to assume IAM role (at assume_role_with_web_identity[0].web_identity_token_file): arn:aws:iam::111122223333:role/ci

    The file `/no/such/token`, which holds the token, cannot be read: No such file or directory (os error 2).
    ---
    Unable to assume IAM role (at assume_role_with_web_identity[0]): arn:aws:iam::111122223333:role/denied

    AssumeRoleWithWebIdentity for arn:aws:iam::111122223333:role/denied was denied by AWS: AccessDenied: User: x is not authorized to perform: sts:AssumeRole on resource: r.

    The trust policy of the role must name the OIDC provider as a federated principal for `sts:AssumeRoleWithWebIdentity`, with conditions that the audience and the subject of the token meet.
    ---
    Unable to assume IAM role (at assume_role_with_web_identity[0]): arn:aws:iam::111122223333:role/expired

    AssumeRoleWithWebIdentity for arn:aws:iam::111122223333:role/expired was refused by AWS: ExpiredTokenException: Token expired: current date/time 1 must be before the expiration date/time 0.

    The token may have expired, or be meant for another audience: have a new one issued for `sts.amazonaws.com`, or for the audience that the identity provider in IAM names.
    ---
    Incomplete web identity (at assume_role_with_web_identity[0].role_arn): No role is configured. Set `role_arn`, or the environment variable AWS_ROLE_ARN.
    ");
}

#[tokio::test]
async fn sts_is_called_in_its_own_region() {
    let (ecs, proxy) = (ecs().await, Server::start(|_| (502, String::new())).await);
    let settings = Settings {
        assume_role: vec![role(0, "hub")],
        sts_endpoint: None,
        sts_region: Some("us-west-2".to_owned()),
        https_proxy: Some(proxy.url()),
        ..settings(&ecs, &proxy)
    };
    let problem = connect(&settings, &[]).await.unwrap_err();
    assert!(problem.contains("could not be sent"), "{problem}");
    assert_eq!(proxy.lines()[0], "CONNECT sts.us-west-2.amazonaws.com:443");
}

#[tokio::test]
async fn nothing_that_can_be_printed_holds_a_secret() {
    let (ecs, sts) = (ecs().await, sts(3600).await);
    let web = WebIdentity {
        role_arn: Some("arn:aws:iam::111122223333:role/ci".to_owned()),
        web_identity_token: Some(TOKEN.to_owned()),
        ..WebIdentity::default()
    };
    let settings = Settings {
        assume_role_with_web_identity: Some(web),
        assume_role: vec![role(0, "hub")],
        http_proxy: Some(format!("http://ann:canary@{}", sts.address)),
        no_proxy: Some("127.0.0.1".to_owned()),
        ..settings(&ecs, &sts)
    };
    let aws = connect(&settings, &[]).await.unwrap();
    call(&aws).await.unwrap();
    let printed = format!("{aws:?} {:?} {:?}", aws.0.config, aws.ecs("eu-west-1").config());
    assert!(printed.contains("Transport"), "{printed}");
    assert!(!printed.contains("canary"), "{printed}");
}
