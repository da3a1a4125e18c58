//! The metadata service of EC2: there, silent, or switched off.

use tokio::time::Instant;

use super::{super::server::silence, *};

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
    assert!(took <= Duration::from_millis(1100), "{took:?}");
    for _ in 0..10 {
        assert_eq!(call(&aws).await.unwrap_err(), first);
    }
    assert_eq!(start.elapsed(), took);
    assert!(first.contains("the metadata service of EC2: "), "{first}");
    let regionless = Settings { region: None, ..nobody };
    let start = Instant::now();
    let problem = connect(&regionless, &[]).await.unwrap_err();
    assert!(problem.contains("Missing AWS region"), "{problem}");
    assert!(start.elapsed() <= Duration::from_millis(1100), "{:?}", start.elapsed());
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
    insta::assert_snapshot!(connect(&nobody, &wrong[..1]).await.unwrap_err(), @"Invalid AWS_EC2_METADATA_DISABLED: The environment variable AWS_EC2_METADATA_DISABLED is `1`, but must be `true` or `false`.");
    insta::assert_snapshot!(connect(&nobody, &wrong[1..]).await.unwrap_err(), @"Invalid setting of the EC2 metadata service: The environment variable AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is `v4`, but must be `IPv4` or `IPv6`.");
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
