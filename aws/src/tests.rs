//! The real SDK client against a scripted transport, under paused time: no socket, no waiting.

mod connecting;
mod credentials;
mod network;
mod script;
mod secrets;
mod server;
mod tampered_sts;
mod web;

use aws_credential_types::provider::{
    self, ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future,
};

use self::script::{Script, Step};
use super::{environment::Environment, sts::Sts, *};

const FOUND: Step = Step::Answer(
    200,
    r#"{"daemon":{"daemonArn":"arn:aws:ecs:eu-west-1:111122223333:daemon/c/d"}}"#,
);
const THROTTLED: Step = Step::Answer(400, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#);
const BROKEN: Step = Step::Answer(500, r#"{"__type":"ServerException","message":"Internal"}"#);
const LIMIT: Step = Step::Answer(400, r#"{"__type":"LimitExceededException","message":"Too many tags"}"#);
const BUSY: Step = Step::Answer(
    400,
    r#"{"__type":"ClientException","message":"Too many concurrent attempts to create a new revision of the specified family."}"#,
);
const IDENTITY: Step = Step::Answer(
    200,
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
);

/// Two programs connect through this crate, and what a message calls a setting comes from their advice.
#[test]
fn no_text_speaks_of_one_program() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("tests") || path.ends_with("tests.rs") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            seen += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                for word in [
                    "provider block",
                    "the provider",
                    "Terraform",
                    "terraform-provider",
                    "ecs-drift",
                ] {
                    assert!(!line.contains(word), "{}: {line}", path.display());
                }
            }
        }
    }
    assert!(seen > 20, "{seen} files");
}

async fn describe(client: &aws_sdk_ecs::Client) -> Result<(), Failure> {
    let answer = client.describe_daemon().daemon_arn("arn").send().await;
    answer
        .map(|_| ())
        .map_err(|error| Failure::from_sdk("DescribeDaemon", error))
}

/// The outcome and the number of attempts, first of the repeatable, then of the unrepeatable client.
async fn check(steps: &[Step], repeatable: (Option<FailureKind>, usize), unrepeatable: (Option<FailureKind>, usize)) {
    for (is_repeatable, expected) in [(true, repeatable), (false, unrepeatable)] {
        let script = Script::of(steps);
        let aws = Aws::from_sdk_config(script.config());
        let client = if is_repeatable {
            aws.ecs("eu-west-1")
        } else {
            aws.ecs_unrepeatable("eu-west-1")
        };
        let outcome = describe(&client).await;
        assert_eq!(
            (outcome.err().map(|failure| failure.kind), script.calls()),
            expected,
            "{steps:?} {is_repeatable}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_sdk_repeats_what_may_succeed_and_nothing_that_may_have_been_executed() {
    use FailureKind::{NoAnswer, NotSent, Refused, Server, Throttled};
    check(&[FOUND], (None, 1), (None, 1)).await;
    check(&[THROTTLED, THROTTLED, FOUND], (None, 3), (None, 3)).await;
    check(&[THROTTLED], (Some(Throttled), 26), (Some(Throttled), 26)).await;
    check(&[BUSY, BUSY, FOUND], (None, 3), (None, 3)).await;
    check(&[LIMIT], (Some(Refused), 1), (Some(Refused), 1)).await;
    check(&[BROKEN, FOUND], (None, 2), (Some(Server), 1)).await;
    check(&[BROKEN], (Some(Server), 26), (Some(Server), 1)).await;
    check(&[Step::Lost, FOUND], (None, 2), (Some(NoAnswer), 1)).await;
    check(&[Step::Silent, FOUND], (None, 2), (Some(NoAnswer), 1)).await;
    check(&[Step::Answer(503, "<html>"), FOUND], (None, 2), (Some(Server), 1)).await;
    check(
        &[Step::Answer(200, r#"{"daemon":{"daemo"#)],
        (Some(NoAnswer), 10),
        (Some(NoAnswer), 1),
    )
    .await;
    check(&[Step::Unreachable, Step::Unreachable, FOUND], (None, 3), (None, 3)).await;
    check(&[Step::Unreachable], (Some(NotSent), 10), (Some(NotSent), 10)).await;
    check(&[Step::Silent], (Some(NoAnswer), 10), (Some(NoAnswer), 1)).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_between_renews_the_patience() {
    let steps: Vec<Step> = [[Step::Lost; 9].as_slice(), &[BROKEN], &[Step::Lost; 9], &[FOUND]].concat();
    check(&steps, (None, 20), (Some(FailureKind::NoAnswer), 1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_service_on_this_machine_that_nobody_listens_for_is_given_up_within_seconds() {
    let attempts = async |url: &str| {
        let script = Script::of(&[Step::Unreachable]);
        let config = script
            .config()
            .into_builder()
            .retry_config(retry::config(DEFAULT_RETRIES))
            .build();
        let aws = Aws::new(config, Some(url.to_owned()), Ok(None), Sts::default());
        let started = tokio::time::Instant::now();
        let kind = describe(&aws.ecs("eu-west-1")).await.unwrap_err().kind;
        assert_eq!(kind, FailureKind::NotSent);
        (script.calls(), started.elapsed() <= std::time::Duration::from_secs(5))
    };
    assert_eq!(attempts("http://127.0.0.1:1").await, (3, true));
    assert_eq!(attempts("http://localhost:1").await, (3, true));
    assert_eq!(attempts("http://ecs.test").await, (10, false));
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_of_ecs_on_this_machine_without_one_of_sts_is_told() {
    let script = Script::of(&[IDENTITY]);
    let told = |ecs: &str, sts: Option<&str>| {
        let sts = Sts {
            endpoint: sts.map(str::to_owned),
            ..Sts::default()
        };
        Aws::new(script.config(), Some(ecs.to_owned()), Ok(None), sts).stranded_sts()
    };
    insta::assert_snapshot!(told("http://localhost:4580", None).unwrap(), @"ECS is called at http://localhost:4580, on this machine, but STS elsewhere. If it is an emulator, set AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_STS, to its URL, too.");
    assert!(told("http://localhost:4580", Some("https://sts.test")).is_some());
    assert_eq!(told("http://localhost:4580", Some("http://127.0.0.1:4580")), None);
    assert_eq!(told("https://ecs.test", None), None);
}

#[tokio::test(start_paused = true)]
async fn one_client_that_used_up_its_retries_leaves_the_others_theirs() {
    let script = Script::of(&[THROTTLED]);
    let aws = Aws::from_sdk_config(script.config());
    for attempts in 1..=40 {
        let kind = describe(&aws.ecs("eu-west-1")).await.unwrap_err().kind;
        assert_eq!((kind, script.calls()), (FailureKind::Throttled, attempts * 26));
    }
}

#[tokio::test(start_paused = true)]
async fn the_account_is_asked_once_and_endpoints_are_those_of_their_service() {
    let busy = "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>";
    let script = Script::of(&[Step::Answer(400, busy), IDENTITY, FOUND]);
    let sts = Sts {
        endpoint: Some("http://sts.test".to_owned()),
        ..Sts::default()
    };
    let aws = Aws::new(script.config(), Some("http://ecs.test".to_owned()), Ok(None), sts);
    assert_eq!(aws.known_account_id(), None);
    for _ in 0..2 {
        assert_eq!(aws.account_id().await.as_deref(), Ok("111122223333"));
    }
    assert_eq!(aws.clone().known_account_id().as_deref(), Some("111122223333"));
    for client in [aws.ecs("eu-west-1"), aws.ecs_unrepeatable("us-east-1")] {
        describe(&client).await.unwrap();
    }
    assert_eq!(
        *script.hosts.lock().unwrap(),
        ["sts.test", "sts.test", "ecs.test", "ecs.test"]
    );
}

#[tokio::test(start_paused = true)]
async fn without_endpoints_each_region_has_its_own() {
    let script = Script::of(&[FOUND]);
    let aws = Aws::from_sdk_config(script.config());
    assert_eq!(aws.region(), "eu-west-1");
    for region in ["eu-west-1", "cn-north-1"] {
        describe(&aws.ecs(region)).await.unwrap();
    }
    assert_eq!(
        *script.hosts.lock().unwrap(),
        ["ecs.eu-west-1.amazonaws.com", "ecs.cn-north-1.amazonaws.com.cn"]
    );
}

async fn account_problem(allowed: &[&str], forbidden: &[&str], step: Step) -> (Option<String>, usize) {
    let script = Script::of(&[step]);
    let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    let settings = Settings {
        allowed_account_ids: owned(allowed),
        forbidden_account_ids: owned(forbidden),
        ..Settings::default()
    };
    let problem = Aws::new(script.config(), None, Ok(None), Sts::default())
        .check_account(&settings)
        .await
        .err();
    (
        problem.map(|problem| format!("{}: {}", problem.summary, problem.detail)),
        script.calls(),
    )
}

#[tokio::test(start_paused = true)]
async fn accounts_are_checked_only_if_they_are_restricted() {
    let (ours, other) = ("111122223333", "444455556666");
    assert_eq!(account_problem(&[], &[], Step::Unreachable).await, (None, 0));
    assert_eq!(account_problem(&[other, ours], &[], IDENTITY).await, (None, 1));
    assert_eq!(account_problem(&[], &[other], IDENTITY).await, (None, 1));
    let (problem, _) = account_problem(&[other], &[], IDENTITY).await;
    insta::assert_snapshot!(problem.unwrap(), @"AWS account not allowed: The credentials belong to account 111122223333, but `allowed_account_ids` allows only 444455556666.");
    let (problem, _) = account_problem(&[], &[ours], IDENTITY).await;
    insta::assert_snapshot!(problem.unwrap(), @"AWS account not allowed: The credentials belong to account 111122223333, which `forbidden_account_ids` excludes.");
    let denied = "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>The security token included in the \
                  request is invalid.</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    let (problem, _) = account_problem(&[ours], &[], Step::Answer(403, denied)).await;
    insta::assert_snapshot!(problem.unwrap(), @r"
    Unable to find out the account of the credentials: GetCallerIdentity was refused by AWS: InvalidClientTokenId: The security token included in the request is invalid. Request id: req-1.

    The credentials were found but are not valid for AWS: they may have expired, belong to another partition, or be mistyped. A wrong clock of this machine has the same effect.
    ");
}

#[derive(Debug)]
struct NoCredentials;

impl ProvideCredentials for NoCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let nothing: provider::Result = Err(CredentialsError::not_loaded(
            "no providers in chain provided credentials",
        ));
        future::ProvideCredentials::ready(nothing)
    }
}

#[tokio::test(start_paused = true)]
async fn without_credentials_nothing_is_sent() {
    let script = Script::of(&[FOUND]);
    let aws = Aws::from_sdk_config(script.config_as(SharedCredentialsProvider::new(NoCredentials)));
    let failure = describe(&aws.ecs("eu-west-1")).await.unwrap_err();
    assert_eq!((failure.kind, script.calls()), (FailureKind::NotSent, 0));
    assert!(failure.is_code(NO_CREDENTIALS) && !failure.is_ambiguous());
    insta::assert_snapshot!(failure.problem(&Advice::default(), "read daemon \"d\"", "arn:aws:ecs:eu-west-1:111122223333:daemon/c/d").detail, @"
    DescribeDaemon for arn:aws:ecs:eu-west-1:111122223333:daemon/c/d could not be sent: there are no credentials.

    Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment; or run where a role provides credentials.
    ");
}

async fn told(operation: &'static str, step: Step) -> String {
    let script = Script::of(&[step]);
    let aws = Aws::from_sdk_config(script.config());
    let answer = aws
        .ecs_unrepeatable("eu-west-1")
        .describe_daemon()
        .daemon_arn("arn")
        .send()
        .await;
    let failure = Failure::from_sdk(operation, answer.unwrap_err());
    let problem = failure.problem(&Advice::default(), "change daemon \"d\"", "daemon/c/d");
    format!(
        "{}\n{}\nambiguous: {}",
        problem.summary,
        problem.detail,
        failure.is_ambiguous()
    )
}

#[tokio::test(start_paused = true)]
async fn failures_say_what_happened_and_what_to_do() {
    let denied = r#"{"__type":"com.amazonaws.ecs#AccessDeniedException","message":"User: arn:aws:iam::1:user/u is not authorized to perform: iam:PassRole on resource: r"}"#;
    let bare = r#"{"__type":"AccessDeniedException"}"#;
    let cases = [
        ("DescribeDaemon", Step::Answer(400, bare)),
        ("UpdateDaemon", Step::Answer(400, denied)),
        ("CreateDaemon", Step::Answer(400, bare)),
        (
            "DescribeDaemon",
            Step::Answer(
                400,
                r#"{"__type":"DaemonNotFoundException","message":"No such daemon."}"#,
            ),
        ),
        (
            "DescribeDaemon",
            Step::Answer(400, r#"{"__type":"ExpiredTokenException","message":"Token expired"}"#),
        ),
        ("LookupEvents", Step::Answer(400, bare)),
        ("UpdateDaemon", BROKEN),
        ("UpdateDaemon", Step::Lost),
        ("UpdateDaemon", Step::Silent),
        ("UpdateDaemon", THROTTLED),
        ("UpdateDaemon", Step::Unreachable),
        ("UpdateDaemon", Step::Answer(502, "<html>Bad gateway</html>")),
        ("UpdateDaemon", Step::Answer(404, "")),
    ];
    let mut texts = Vec::new();
    for (operation, step) in cases {
        texts.push(told(operation, step).await);
    }
    insta::assert_snapshot!(texts.join("\n---\n"), @r#"
    Unable to change daemon "d"
    DescribeDaemon for daemon/c/d was denied by AWS: AccessDeniedException: HTTP status 400. Request id: req-1.

    Allow the IAM action `ecs:DescribeDaemon` for this resource.
    ambiguous: false
    ---
    Unable to change daemon "d"
    UpdateDaemon for daemon/c/d was denied by AWS: AccessDeniedException: User: arn:aws:iam::1:user/u is not authorized to perform: iam:PassRole on resource: r. Request id: req-1.

    UpdateDaemon also needs the IAM action `iam:PassRole`. Allow it as the message says.
    ambiguous: false
    ---
    Unable to change daemon "d"
    CreateDaemon for daemon/c/d was denied by AWS: AccessDeniedException: HTTP status 400. Request id: req-1.

    Allow the IAM action `ecs:CreateDaemon` for this resource. It also needs `iam:PassRole` for the roles of the task definition, and `ecs:TagResource` where tags are given.
    ambiguous: false
    ---
    Unable to change daemon "d"
    DescribeDaemon for daemon/c/d was refused by AWS: DaemonNotFoundException: No such daemon. Request id: req-1.
    ambiguous: false
    ---
    Unable to change daemon "d"
    DescribeDaemon for daemon/c/d was refused by AWS: ExpiredTokenException: Token expired. Request id: req-1.

    The credentials were found but are not valid for AWS: they may have expired, belong to another partition, or be mistyped. A wrong clock of this machine has the same effect.
    ambiguous: false
    ---
    Unable to change daemon "d"
    LookupEvents for daemon/c/d was denied by AWS: AccessDeniedException: HTTP status 400. Request id: req-1.

    Allow the IAM action `cloudtrail:LookupEvents` for all resources (`*`).
    ambiguous: false
    ---
    Unable to change daemon "d"
    UpdateDaemon for daemon/c/d failed inside AWS: ServerException: Internal. Request id: req-1.
    ambiguous: true
    ---
    Unable to change daemon "d"
    UpdateDaemon for daemon/c/d got no complete answer, so it may have been carried out or not: the connection was lost.
    ambiguous: true
    ---
    Unable to change daemon "d"
    UpdateDaemon for daemon/c/d got no complete answer, so it may have been carried out or not: there was no answer in time.
    ambiguous: true
    ---
    Unable to change daemon "d"
    UpdateDaemon for daemon/c/d was throttled by AWS, also after retries: ThrottlingException: Rate exceeded. Request id: req-1.

    Call less often, or try again when less else calls AWS with these credentials.
    ambiguous: false
    ---
    Unable to change daemon "d"
    UpdateDaemon for daemon/c/d could not be sent: connection refused.

    Check the region, the endpoints and the network of this machine.
    ambiguous: false
    ---
    Unable to change daemon "d"
    UpdateDaemon for daemon/c/d failed inside AWS: HTTP status 502, without an error that is known. Request id: req-1.
    ambiguous: true
    ---
    Unable to change daemon "d"
    UpdateDaemon for daemon/c/d was refused by AWS: HTTP status 404, without an error that is known. Request id: req-1.
    ambiguous: false
    "#);
}

#[test]
fn failures_are_found_by_code_and_by_text_in_any_case() {
    let failure = Failure {
        operation: "DeleteDaemon",
        kind: FailureKind::Refused,
        code: Some("InvalidParameterException".to_owned()),
        message: "The Deployment deletion is ongoing".to_owned(),
        request_id: Some("r".to_owned()),
    };
    assert!(failure.is_code("InvalidParameterException") && !failure.is_code("InvalidParameter"));
    assert!(failure.mentions("deployment DELETION is ongoing") && !failure.mentions("done"));
    insta::assert_snapshot!(failure, @"DeleteDaemon: InvalidParameterException: The Deployment deletion is ongoing (request id r)");
}

#[test]
fn partitions_follow_the_region() {
    let regions = [
        "eu-west-1",
        "us-gov-west-1",
        "cn-north-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "us-isof-south-1",
    ];
    let partitions = regions.map(Aws::partition);
    assert_eq!(
        partitions,
        ["aws", "aws-us-gov", "aws-cn", "aws-iso", "aws-iso-b", "aws-iso-f"]
    );
    assert_eq!(
        ["eu-isoe-west-1", "eusc-de-east-1", "us-west-2"].map(Aws::partition),
        ["aws-iso-e", "aws-eusc", "aws"]
    );
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_told_from_refused_calls() {
    let answer = |status, code: &str, message: &str| {
        let body = format!(r#"{{"__type":"{code}","message":"{message}"}}"#);
        Step::Answer(status, body.leak())
    };
    let expired = "The security token included in the request is expired";
    for (step, expected) in [
        (answer(400, "ExpiredTokenException", expired), true),
        (answer(403, "ExpiredToken", expired), true),
        (
            answer(
                400,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            true,
        ),
        (
            answer(
                403,
                "InvalidClientTokenId",
                "The security token included in the request is invalid",
            ),
            true,
        ),
        (answer(403, "AccessDeniedException", expired), true),
        (
            answer(
                400,
                "AccessDeniedException",
                "User is not authorized to perform: ecs:DescribeDaemon",
            ),
            false,
        ),
        (answer(400, "InvalidParameterException", "The token has expired"), false),
        (answer(500, "ServerException", expired), false),
    ] {
        let script = Script::of(&[step]);
        let config = script.config().into_builder().retry_config(retry::config(0)).build();
        let failure = describe(&aws_sdk_ecs::Client::new(&config)).await.unwrap_err();
        assert_eq!(failure.is_about_credentials(), expected, "{failure}");
    }
}
