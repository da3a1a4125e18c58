//! The provider as a client configures it. Nothing here reaches a network.

use std::time::Duration;

use super::*;

fn block(arguments: &[(&str, Value)]) -> Value {
    Value::object(arguments.iter().map(|(name, value)| (*name, value.clone())))
}

fn usable() -> Value {
    block(&[
        ("region", "eu-west-1".into()),
        ("access_key", "AKIA".into()),
        ("secret_key", "canary-secret".into()),
        ("poll_interval", "5ms".into()),
    ])
}

async fn configure(provider: &EcsProvider, config: Value) -> Diagnostics {
    let request = ConfigureRequest {
        config,
        client_version: "1.15.5".to_owned(),
    };
    provider.configure(request, &Cancel::new()).await
}

#[tokio::test]
async fn a_usable_block_gives_the_resources_a_session() {
    let provider = EcsProvider::new();
    assert!(provider.session.get().is_err());
    assert_eq!(configure(&provider, usable()).await, Diagnostics::new());
    let session = provider.session.get().unwrap();
    assert_eq!(session.aws.region(), "eu-west-1");
    assert_eq!(session.poll.interval, Some(Duration::from_millis(5)));
}

#[tokio::test]
async fn an_unusable_block_leaves_no_session_of_an_earlier_one() {
    let mut unknown = usable();
    unknown.insert("region", Value::Unknown);
    let mut wrong = usable();
    wrong.insert("secret_key", Value::Null);
    let mut told = Vec::new();
    for config in [unknown, wrong] {
        let provider = EcsProvider::new();
        assert!(configure(&provider, usable()).await.is_empty());
        told.extend(configure(&provider, config).await.iter().map(ToString::to_string));
        assert!(provider.session.get().is_err());
    }
    insta::assert_snapshot!(told.join("\n"), @"
    warning: Provider configuration not known yet (at region): The ecs provider cannot connect to AWS while `region` depends on values that are known only after apply. New resources can be planned; reading existing ones fails until then.
    error: Incomplete AWS credentials (at access_key): The provider configuration has `access_key` but not `secret_key`. Set both, or neither.
    ");
}

#[tokio::test]
async fn what_the_connection_does_not_need_does_not_hold_it_up() {
    let nested = |name: &str, value| Value::list([Value::object([(name, value)])]);
    let cases = [
        (
            "default_tags",
            nested("tags", Value::object([("Stage", Value::Unknown)])),
        ),
        ("ignore_tags", nested("keys", Value::Unknown)),
        ("user_agent", Value::Unknown),
        ("skip_region_validation", Value::Unknown),
        ("poll_interval", Value::Unknown),
    ];
    for (argument, value) in cases {
        let provider = EcsProvider::new();
        let mut config = usable();
        config.insert(argument, value);
        assert_eq!(configure(&provider, config).await, Diagnostics::new(), "{argument}");
        assert!(provider.session.get_for_change().is_ok(), "{argument}");
    }
}

#[tokio::test]
async fn a_guard_that_is_not_known_lets_plan_and_nothing_change() {
    let provider = EcsProvider::new();
    let mut config = usable();
    config.insert("allowed_account_ids", Value::set_of([Value::Unknown]));
    let told = configure(&provider, config.clone()).await;
    assert!(provider.session.get().is_ok());
    let refused = provider.session.get_for_change().map(|_| ()).unwrap_err();
    insta::assert_snapshot!(format!("{}\n{refused}", told.iter().next().unwrap()), @"
    warning: Allowed accounts not known yet (at allowed_account_ids): `allowed_account_ids` of the ecs provider depends on values that are known only after apply. Until they are, everything can be planned and nothing is changed.
    error: Change not allowed yet: `allowed_account_ids` of the ecs provider depends on values that are not known yet, so nobody can tell whether this account may be changed. Create what they depend on first, with `-target`.
    ");
    // The id has turned out to be null.
    config.insert("allowed_account_ids", Value::set_of([Value::Null]));
    assert!(configure(&provider, config).await.has_error());
    assert!(provider.session.get().is_err());
}

#[tokio::test]
async fn connecting_ends_when_the_client_stops_the_provider() {
    let (provider, cancel) = (EcsProvider::new(), Cancel::new());
    cancel.cancel();
    let request = ConfigureRequest {
        config: usable(),
        client_version: String::new(),
    };
    let told = provider.configure(request, &cancel).await;
    assert_eq!(
        told.iter().map(|problem| problem.summary.as_str()).collect::<Vec<_>>(),
        ["Interrupted"]
    );
    assert!(provider.session.get().is_err());
}

#[test]
fn what_is_offered_has_the_provider_s_prefix() {
    let provider = EcsProvider::new();
    let types: Vec<&str> = provider
        .resources()
        .iter()
        .map(|resource| resource.type_name())
        .collect();
    assert_eq!(types, ["ecs_daemon", "ecs_daemon_task_definition"]);
    assert_eq!((provider.name(), provider.version()), ("ecs", VERSION));
}
