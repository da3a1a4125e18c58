//! The way of a request, over real sockets on loopback: certificates, proxies, endpoints of partitions.

use std::fs;

use super::{
    server::{Authority, Server},
    *,
};

const DAEMON: &str = r#"{"daemon":{"daemonArn":"arn:aws:ecs:eu-west-1:111122223333:daemon/c/d"}}"#;

fn settings() -> Settings {
    Settings {
        region: Some("eu-west-1".to_owned()),
        access_key: Some("AKIA".to_owned()),
        secret_key: Some("canary-secret".to_owned()),
        max_retries: Some(0),
        user_agent_product: ("terraform-provider-ecs".to_owned(), "1.2.3".to_owned()),
        ..Settings::default()
    }
}

/// Connects and asks for a daemon; the message if that fails.
async fn call(settings: &Settings, variables: &[(&str, &str)]) -> Result<(), String> {
    let aws = Aws::connect_in(settings, &Environment::of(variables)).await;
    let aws = aws.map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let region = aws.region().to_owned();
    describe(&aws.ecs(&region))
        .await
        .map_err(|failure| failure.problem(&Advice::default(), "read the daemon", "d").to_string())
}

#[tokio::test]
async fn the_authorities_of_the_bundle_are_trusted_and_no_others() {
    let authority = Authority::new();
    let server = Server::start_tls(&authority, |_| (200, DAEMON.to_owned())).await;
    let file = authority.file().display().to_string();
    let settings = Settings {
        ecs_endpoint: Some(server.https_url()),
        ..settings()
    };
    let with = |file: &str| Settings {
        custom_ca_bundle: Some(file.to_owned()),
        ..settings.clone()
    };
    assert_eq!(call(&with(&file), &[]).await, Ok(()));
    assert_eq!(call(&settings, &[("AWS_CA_BUNDLE", &file)]).await, Ok(()));
    let home = authority.file().parent().unwrap().display().to_string();
    assert_eq!(call(&with("~/ca.pem"), &[("HOME", &home)]).await, Ok(()));
    assert_eq!(server.asked().len(), 3);
    let other = Authority::new();
    let unrelated = with(&other.file().display().to_string());
    for refused in [call(&settings, &[]).await, call(&unrelated, &[]).await] {
        let told = refused.unwrap_err();
        assert!(told.contains("invalid peer certificate"), "{told}");
        assert!(told.contains("AWS_CA_BUNDLE"), "{told}");
    }
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn a_bundle_that_cannot_be_used_is_told_with_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let file = folder.path().join(name);
        fs::write(&file, content).unwrap();
        file.display().to_string()
    };
    let empty = file("empty.pem", "nothing here");
    let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let broken = file("broken.pem", broken);
    let mut told = Vec::new();
    for name in ["/no/such/file.pem", &empty, &broken] {
        let settings = Settings {
            custom_ca_bundle: Some(name.to_owned()),
            ..settings()
        };
        told.push(
            call(&settings, &[("AWS_CA_BUNDLE", "/not/used.pem")])
                .await
                .unwrap_err(),
        );
    }
    told.push(call(&settings(), &[("AWS_CA_BUNDLE", &empty)]).await.unwrap_err());
    let told = told
        .join("\n")
        .replace(&folder.path().display().to_string(), "[folder]");
    insta::assert_snapshot!(told, @r#"
Invalid CA bundle (at custom_ca_bundle): `custom_ca_bundle` of the settings names the file `/no/such/file.pem`, which cannot be read: No such file or directory (os error 2). It must hold PEM certificates of the authorities to trust.
Invalid CA bundle (at custom_ca_bundle): `custom_ca_bundle` of the settings names the file `[folder]/empty.pem`, in which there is no certificate. It must hold PEM certificates of the authorities to trust.
Invalid CA bundle (at custom_ca_bundle): `custom_ca_bundle` of the settings names the file `[folder]/broken.pem`, in which no certificate can be read. It must hold PEM certificates of the authorities to trust.
Invalid CA bundle: The environment variable AWS_CA_BUNDLE names the file `[folder]/empty.pem`, in which there is no certificate. It must hold PEM certificates of the authorities to trust.
"#);
}

#[tokio::test]
async fn a_bundle_may_hold_certificates_that_nobody_can_read() {
    let authority = Authority::new();
    let server = Server::start_tls(&authority, |_| (200, DAEMON.to_owned())).await;
    let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let good = fs::read_to_string(authority.file()).unwrap();
    let file = authority.file().with_file_name("mixed.pem");
    fs::write(&file, format!("{broken}{good}")).unwrap();
    let settings = Settings {
        ecs_endpoint: Some(server.https_url()),
        custom_ca_bundle: Some(file.display().to_string()),
        ..settings()
    };
    assert_eq!(call(&settings, &[]).await, Ok(()));
}

#[tokio::test]
async fn http_goes_through_its_proxy_with_the_password() {
    let proxy = Server::start(|_| (200, DAEMON.to_owned())).await;
    let settings = Settings {
        ecs_endpoint: Some("http://ecs.test:1".to_owned()),
        http_proxy: Some(format!("http://ann:canary@{}", proxy.address)),
        ..settings()
    };
    assert_eq!(call(&settings, &[]).await, Ok(()));
    assert_eq!(proxy.lines(), ["POST http://ecs.test:1/"]);
    assert_eq!(proxy.asked()[0].header("proxy-authorization"), "Basic YW5uOmNhbmFyeQ==");
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_asked_for_this_machine_and_excluded_hosts() {
    let proxy = Server::start(|_| (200, DAEMON.to_owned())).await;
    let server = Server::start(|_| (200, DAEMON.to_owned())).await;
    let to = |url: String| Settings {
        ecs_endpoint: Some(url),
        ..settings()
    };
    let variables = [("HTTP_PROXY", proxy.address.as_str()), ("NO_PROXY", "invalid")];
    assert_eq!(call(&to(server.url()), &variables).await, Ok(()));
    assert!(call(&to("http://ecs.invalid:1".to_owned()), &variables).await.is_err());
    assert_eq!((proxy.asked().len(), server.asked().len()), (0, 1));
    assert_eq!(call(&to("http://ecs.test:1".to_owned()), &variables).await, Ok(()));
    let written = Settings {
        http_proxy: Some(proxy.address.clone()),
        ..to(server.url())
    };
    assert_eq!(call(&written, &variables).await, Ok(()));
    assert_eq!(
        proxy.lines(),
        ["POST http://ecs.test:1/".to_owned(), format!("POST {}/", server.url())]
    );
}

/// Target of a call, as seen by a proxy that refuses to go there.
async fn endpoint_of(settings: Settings, variables: &[(&str, &str)]) -> String {
    let proxy = Server::start(|_| (502, String::new())).await;
    let settings = Settings {
        https_proxy: Some(proxy.url()),
        ..settings
    };
    let told = call(&settings, variables).await.unwrap_err();
    assert!(told.contains("could not be sent"), "{told}");
    proxy.lines().join(", ")
}

#[tokio::test]
async fn endpoints_follow_partition_fips_and_dual_stack() {
    let of = |region: &str, fips: Option<bool>, dualstack: Option<bool>| Settings {
        region: Some(region.to_owned()),
        use_fips_endpoint: fips,
        use_dualstack_endpoint: dualstack,
        ..settings()
    };
    let (fips, dualstack) = (
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
    );
    let mut hosts = Vec::new();
    for (settings, variables) in [
        (of("eu-west-1", None, None), vec![]),
        (of("cn-north-1", None, None), vec![]),
        (of("us-gov-west-1", Some(true), None), vec![]),
        (of("us-east-1", None, Some(true)), vec![]),
        (of("us-east-1", None, None), vec![fips, dualstack]),
        (of("us-east-1", Some(false), Some(false)), vec![fips, dualstack]),
    ] {
        hosts.push(endpoint_of(settings, &variables).await);
    }
    insta::assert_snapshot!(hosts.join("\n"), @"
    CONNECT ecs.eu-west-1.amazonaws.com:443
    CONNECT ecs.cn-north-1.amazonaws.com.cn:443
    CONNECT ecs-fips.us-gov-west-1.amazonaws.com:443
    CONNECT ecs.us-east-1.api.aws:443
    CONNECT ecs-fips.us-east-1.api.aws:443
    CONNECT ecs.us-east-1.amazonaws.com:443
    ");
}

#[tokio::test]
async fn a_url_of_ones_own_has_no_variants() {
    let server = Server::start(|_| (200, DAEMON.to_owned())).await;
    let settings = Settings {
        ecs_endpoint: Some(server.url()),
        use_fips_endpoint: Some(true),
        use_dualstack_endpoint: Some(true),
        ..settings()
    };
    assert_eq!(call(&settings, &[]).await, Ok(()));
    assert_eq!(server.lines(), ["POST /"]);
}

#[tokio::test]
async fn the_user_agent_ends_with_what_was_appended() {
    let server = Server::start(|_| (200, DAEMON.to_owned())).await;
    let settings = Settings {
        ecs_endpoint: Some(server.url()),
        user_agent: vec!["platform/2.0 (blue)".to_owned()],
        ..settings()
    };
    let variables = [("TF_APPEND_USER_AGENT", "Jenkins/i-1234")];
    assert_eq!(call(&settings, &variables).await, Ok(()));
    let agent = server.asked()[0].header("user-agent").to_owned();
    assert!(agent.starts_with("aws-sdk-rust/"), "{agent}");
    assert!(agent.contains(" lib/terraform-provider-ecs/1.2.3 "), "{agent}");
    assert!(agent.ends_with(" platform/2.0 (blue) Jenkins/i-1234"), "{agent}");
}
