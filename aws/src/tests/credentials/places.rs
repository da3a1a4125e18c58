//! Places where credentials are looked for, and profiles of the shared configuration files.

use std::{fs, path::Path};

use super::*;

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
    Unable to read the daemon: DescribeDaemon for d could not be sent: there are no AWS credentials in any of the places that were looked at:
      - the environment: AWS_ACCESS_KEY_ID is not set
      - the profile `default` of the shared configuration files: no such profile
      - the web identity of the environment: AWS_WEB_IDENTITY_TOKEN_FILE is not set
      - the container's credentials: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set
      - the metadata service of EC2: `skip_metadata_api_check` is set.

    Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment; or run where a role provides credentials.
    ");
    let with_role = Settings {
        assume_role: vec![role(0, "hub")],
        ..nobody
    };
    let half = [("HOME", home), ("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_PROFILE", "ops")];
    insta::assert_snapshot!(connect(&with_role, &half).await.unwrap_err(), @"
    No AWS credentials: There are no AWS credentials in any of the places that were looked at:
      - the environment: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not
      - the profile `ops` of the shared configuration files: no such profile
      - the web identity of the environment: AWS_WEB_IDENTITY_TOKEN_FILE is not set
      - the container's credentials: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set
      - the metadata service of EC2: `skip_metadata_api_check` is set.

    Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment; or run where a role provides credentials.
    ");
    assert!(sts.asked().is_empty());
}

/// Files in which `ops` has keys and a region, and `bare` has nothing.
fn files(folder: &Path) -> (String, String) {
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
    Unable to read the daemon: DescribeDaemon for d could not be sent: there are no AWS credentials in any of the places that were looked at:
      - the profile `bare` of the shared configuration files: it has no credentials.

    Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment; or run where a role provides credentials.
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
    AWS configuration file cannot be read (at shared_config_files[1]): The file `~/none` cannot be read: No such file or directory (os error 2). Correct the path, or leave it out.
    AWS profile not found (at profile): The shared configuration files (by default ~/.aws/config and ~/.aws/credentials) have only bare, ops, but the settings name the profile `opps`.
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

/// The SDK panics over a header that is none, so such credentials are refused where they come from.
#[tokio::test]
async fn credentials_that_no_request_can_carry_are_told() {
    let ecs = ecs().await;
    let folder = tempfile::tempdir().unwrap();
    let (file, keys_file) = (folder.path().join("config"), folder.path().join("keys.json"));
    let given = r#"{"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "canary", "SessionToken": "canary\u0007"}"#;
    fs::write(&keys_file, given).unwrap();
    fs::write(
        &file,
        format!("[default]\ncredential_process = cat {}\n", keys_file.display()),
    )
    .unwrap();
    let file = file.display().to_string();
    let plain = Settings {
        access_key: None,
        secret_key: None,
        shared_config_files: vec![file],
        ..settings(&ecs, &ecs)
    };
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "canary"),
        ("AWS_SESSION_TOKEN", "canary\n"),
    ];
    let mut all = Vec::new();
    for variables in [keys.as_slice(), &[]] {
        let aws = connect(&plain, variables).await.unwrap();
        let problem = call(&aws).await.unwrap_err();
        let places: Vec<&str> = problem.lines().filter(|line| line.starts_with("  - ")).collect();
        all.push(places.join("\n"));
    }
    let block = Settings {
        token: Some("canary\n".to_owned()),
        ..settings(&ecs, &ecs)
    };
    all.push(connect(&block, &[]).await.err().unwrap());
    insta::assert_snapshot!(all.join("\n"));
    assert_eq!(ecs.asked().len(), 0);
}
