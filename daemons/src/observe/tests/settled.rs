//! When a daemon is settled, and when its description confirms that.

use aws_sdk_ecs::types::DaemonCapacityProvider;

use super::*;

/// A settled daemon in the state, and the description that confirms it.
fn at_rest() -> (Answers, Known) {
    let case = Case {
        known_deployment: Some("deployment/2"),
        ..Case::default()
    };
    let mut known = case.known().unwrap();
    known.revision = Some(KnownRevision {
        arn: NEW.to_owned(),
        capacity_provider_arns: known.settings.capacity_provider_arns.clone(),
    });
    known.settled = true;
    let mut answers = case.answers();
    answers.daemon.status = Some(DaemonStatus::Active);
    answers.deployments.clear();
    answers.revisions.clear();
    (answers, known)
}

#[test]
fn a_settled_daemon_is_as_it_was_if_its_description_says_nothing_else() {
    let (answers, known) = at_rest();
    let observed = observe(&answers, Some(&known)).unwrap();
    assert_eq!(observed.settings, known.settings);
    assert_eq!(observed.revision(), known.revision);
    assert!(observed.is_settled());
    let check = |change: fn(&mut DaemonDetail)| {
        let (mut answers, known) = at_rest();
        change(&mut answers.daemon);
        assert!(confirmed(&answers.daemon, &known).is_none(), "{:?}", answers.daemon);
    };
    let running = |arn: &str, provider: &str| {
        let provider = DaemonCapacityProvider::builder().arn(provider).running_count(1).build();
        DaemonRevisionDetail::builder()
            .arn(arn)
            .capacity_providers(provider)
            .build()
    };
    let (mut answers, known) = at_rest();
    answers.daemon.current_revisions = Some(vec![running(NEW, "p1")]);
    assert!(confirmed(&answers.daemon, &known).is_some());
    answers.daemon.current_revisions = Some(vec![running(NEW, "p9")]);
    assert!(confirmed(&answers.daemon, &known).is_none(), "another provider");
    check(|daemon| daemon.status = Some(DaemonStatus::from("NEW_STATUS")));
    check(|daemon| daemon.status = None);
    check(|daemon| daemon.deployment_arn = Some("deployment/3".to_owned()));
    check(|daemon| daemon.deployment_arn = None);
    check(|daemon| daemon.current_revisions = Some(vec![DaemonRevisionDetail::builder().arn(OLD).build()]));
    check(|daemon| {
        let both = [NEW, OLD].map(|arn| DaemonRevisionDetail::builder().arn(arn).build());
        daemon.current_revisions = Some(both.into());
    });
    let (answers, mut known) = at_rest();
    known.settled = false;
    assert!(confirmed(&answers.daemon, &known).is_none(), "no proof");
    let (mut answers, known) = at_rest();
    answers.tags = None;
    assert_eq!(observe(&answers, Some(&known)).unwrap_err(), Torn::TagsMissing);
}

#[test]
fn a_daemon_is_settled_if_its_deployment_has_arrived_for_good() {
    let check = |case: Case, change: fn(&mut Answers), expected: bool| {
        let mut answers = case.answers();
        answers.daemon.status = Some(DaemonStatus::Active);
        change(&mut answers);
        let observed = observe(&answers, case.known().as_ref()).unwrap();
        assert_eq!(observed.is_settled(), expected, "{observed:?}");
    };
    let unchanged = |_: &mut Answers| {};
    check(Case::default(), unchanged, true);
    for status in [
        Status::Pending,
        Status::InProgress,
        Status::Stopped,
        Status::StopRequested,
        Status::RollbackInProgress,
        Status::RollbackSuccessful,
        Status::RollbackFailed,
        Status::from("NEW_STATUS"),
    ] {
        let case = Case {
            status,
            ..Case::default()
        };
        check(case, unchanged, false);
    }
    let rolled_back = Case {
        rollback: true,
        ..Case::default()
    };
    check(rolled_back, unchanged, false);
    let expired = Case {
        record: false,
        known_deployment: Some("deployment/2"),
        ..Case::default()
    };
    check(expired, unchanged, false);
    let unknown = |answers: &mut Answers| {
        let members = unknown::in_revision(&serde_json::json!({"placement": "spread"}));
        answers.unknown_members.add(NEW, members);
    };
    check(Case::default(), unknown, false);
    check(
        Case::default(),
        |answers| answers.daemon.status = Some(DaemonStatus::from("NEW_STATUS")),
        false,
    );
}
