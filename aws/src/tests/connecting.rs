//! Settings as they arrive in the SDK configuration, and what is wrong with them. Nothing is called.

use super::*;

fn settings() -> Settings {
    Settings {
        region: Some("eu-north-1".to_owned()),
        access_key: Some("AKIASETTINGS".to_owned()),
        secret_key: Some("canary-secret".to_owned()),
        max_retries: Some(7),
        user_agent_product: ("terraform-provider-ecs".to_owned(), "1.2.3".to_owned()),
        ..Settings::default()
    }
}

#[tokio::test]
async fn connecting_makes_no_call_and_passes_the_settings_on() {
    let aws = Aws::connect(settings()).await.unwrap();
    let config = &aws.0.config;
    assert_eq!(aws.region(), "eu-north-1");
    assert_eq!(
        config
            .retry_config()
            .map(aws_smithy_types::retry::RetryConfig::max_attempts),
        Some(8)
    );
    assert_eq!(
        config.app_name().map(ToString::to_string).as_deref(),
        Some("terraform-provider-ecs")
    );
    assert_eq!(
        config.framework_metadata()[0].to_string(),
        "lib/terraform-provider-ecs/1.2.3"
    );
    let keys = config
        .credentials_provider()
        .unwrap()
        .provide_credentials()
        .await
        .unwrap();
    assert_eq!((keys.access_key_id(), keys.session_token()), ("AKIASETTINGS", None));
    assert_eq!(format!("{aws:?}"), r#"Aws { region: "eu-north-1", .. }"#);
}

#[tokio::test]
async fn all_problems_of_the_settings_are_told_at_once() {
    let incomplete = Settings {
        secret_key: None,
        region: Some("eu-north-1".to_owned()),
        ..settings()
    };
    let problems = Aws::connect(incomplete).await.unwrap_err();
    assert_eq!(
        problems
            .iter()
            .map(|problem| problem.summary.as_str())
            .collect::<Vec<_>>(),
        ["Incomplete AWS credentials"]
    );
}

#[tokio::test]
async fn a_profile_that_does_not_exist_is_told_before_it_is_used() {
    let unknown = Settings {
        access_key: None,
        secret_key: None,
        profile: Some("no-such-profile".to_owned()),
        ..settings()
    };
    let problems = Aws::connect(unknown).await.unwrap_err();
    let told: Vec<&str> = problems.iter().map(|problem| problem.summary.as_str()).collect();
    assert_eq!(told, ["AWS profile not found"]);
}
