//! The record that counts, on literals: every row of the table, torn answers, silent providers.

use aws_sdk_ecs::{
    primitives::DateTime,
    types::{
        DaemonDeploymentCapacityProvider, DaemonDeploymentConfiguration, DaemonDeploymentRevisionDetail,
        DaemonDeploymentStatus as Status, DaemonRevisionDetail, DaemonRollback,
    },
};

use super::*;
use crate::unknown;

mod settled;

const NEW: &str = "revision/new";
const OLD: &str = "revision/old";

/// A world of two revisions and one deployment that leads from the old one to the new one.
struct Case {
    status: Status,
    rollback: bool,
    sources: &'static [&'static str],
    record: bool,
    current: &'static [&'static str],
    target_providers: &'static [&'static str],
    known_deployment: Option<&'static str>,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            status: Status::Successful,
            rollback: false,
            sources: &[OLD],
            record: true,
            current: &[NEW],
            target_providers: &["p1", "p2"],
            known_deployment: None,
        }
    }
}

impl Case {
    fn deployment(&self) -> DaemonDeployment {
        let providers = self
            .target_providers
            .iter()
            .map(|arn| DaemonDeploymentCapacityProvider::builder().arn(*arn).build());
        let target = DaemonDeploymentRevisionDetail::builder()
            .arn(NEW)
            .set_capacity_providers(Some(providers.collect()))
            .build();
        let sources = self
            .sources
            .iter()
            .map(|arn| DaemonDeploymentRevisionDetail::builder().arn(*arn).build());
        let rollback = DaemonRollback::builder()
            .reason("breaker")
            .rollback_target_daemon_revision_arn(OLD)
            .rollback_capacity_providers("p1")
            .build();
        DaemonDeployment::builder()
            .daemon_deployment_arn("deployment/2")
            .status(self.status.clone())
            .target_daemon_revision(target)
            .set_source_daemon_revisions(Some(sources.collect()))
            .set_rollback(self.rollback.then_some(rollback))
            .deployment_configuration(DaemonDeploymentConfiguration::builder().drain_percent(50.0).build())
            .created_at(DateTime::from_secs(200))
            .build()
    }

    fn known(&self) -> Option<Known> {
        let deployment_arn = self.known_deployment?.to_owned();
        let mut settings = Settings::unknown();
        settings.daemon_task_definition_arn = "definition/1".to_owned();
        settings.capacity_provider_arns = ["p1", "p2", "p3"].map(str::to_owned).into();
        settings.deployment_configuration.drain_percent = 10.0;
        Some(Known {
            revision: None,
            deployment_arn,
            settings,
            just_made: false,
            ended: false,
            settled: false,
        })
    }

    fn answers(&self) -> Answers {
        let current = self
            .current
            .iter()
            .map(|arn| DaemonRevisionDetail::builder().arn(*arn).build());
        let daemon = DaemonDetail::builder()
            .deployment_arn("deployment/2")
            .set_current_revisions(Some(current.collect()))
            .build();
        let earlier = DaemonDeployment::builder()
            .daemon_deployment_arn("deployment/1")
            .created_at(DateTime::from_secs(100))
            .build();
        let later = DaemonDeployment::builder()
            .daemon_deployment_arn("deployment/3")
            .created_at(DateTime::from_secs(300))
            .build();
        let mut deployments = vec![earlier, later];
        deployments.extend(self.record.then(|| self.deployment()));
        let revision = |arn: &str, definition: &str, age: i64| {
            DaemonRevision::builder()
                .daemon_revision_arn(arn)
                .daemon_task_definition_arn(definition)
                .created_at(DateTime::from_secs(age))
                .build()
        };
        let revisions = vec![revision(OLD, "definition/1", 1), revision(NEW, "definition/2", 2)];
        Answers {
            daemon,
            deployments,
            revisions,
            tags: Some(BTreeMap::new()),
            unknown_members: unknown::Members::default(),
        }
    }

    fn check(&self, definition: &str, providers: &[&str]) {
        let observed = observe(&self.answers(), self.known().as_ref()).unwrap();
        assert_eq!(observed.settings.daemon_task_definition_arn, definition);
        let expected: BTreeSet<String> = providers.iter().map(|arn| (*arn).to_owned()).collect();
        assert_eq!(observed.settings.capacity_provider_arns, expected);
    }
}

#[test]
fn the_target_counts_unless_it_was_rolled_back() {
    for status in [
        Status::Pending,
        Status::InProgress,
        Status::Successful,
        Status::Stopped,
        Status::from("NEW_STATUS"),
    ] {
        Case {
            status,
            ..Case::default()
        }
        .check("definition/2", &["p1", "p2"]);
    }
}

#[test]
fn the_rollback_target_counts_once_there_is_one() {
    for status in [
        Status::StopRequested,
        Status::RollbackInProgress,
        Status::RollbackSuccessful,
        Status::RollbackFailed,
    ] {
        Case {
            status,
            rollback: true,
            ..Case::default()
        }
        .check("definition/1", &["p1"]);
    }
    Case {
        status: Status::RollbackFailed,
        ..Case::default()
    }
    .check("definition/2", &["p1", "p2"]);
}

#[test]
fn a_stop_that_was_requested_goes_back_to_its_only_source() {
    let stop = |sources| Case {
        status: Status::StopRequested,
        sources,
        ..Case::default()
    };
    let definition = |case: Case| {
        observe(&case.answers(), None)
            .unwrap()
            .settings
            .daemon_task_definition_arn
    };
    assert_eq!(definition(stop(&[OLD])), "definition/1");
    assert_eq!(definition(stop(&[])), "definition/2");
    assert_eq!(definition(stop(&[OLD, NEW])), "definition/2");
}

#[test]
fn without_a_record_the_newest_current_revision_counts() {
    let expired = Case {
        record: false,
        known_deployment: Some("deployment/2"),
        ..Case::default()
    };
    expired.check("definition/2", &["p1", "p2", "p3"]);
    let observed = observe(&expired.answers(), expired.known().as_ref()).unwrap();
    assert!(!observed.deployment_is_on_record);
    assert!(
        (observed.settings.deployment_configuration.drain_percent - 10.0).abs() < f64::EPSILON,
        "kept from the state"
    );
    let several = Case {
        current: &[NEW, OLD],
        ..expired
    };
    several.check("definition/2", &["p1", "p2", "p3"]);
    let observed = observe(&several.answers(), None).unwrap();
    assert_eq!(observed.ambiguous_revisions, [NEW, OLD]);
}

#[test]
fn a_shorter_provider_list_of_the_same_deployment_is_not_drift() {
    let same = |target_providers| Case {
        target_providers,
        known_deployment: Some("deployment/2"),
        ..Case::default()
    };
    same(&[]).check("definition/2", &["p1", "p2", "p3"]);
    same(&["p1"]).check("definition/2", &["p1", "p2", "p3"]);
    same(&["p1", "p9"]).check("definition/2", &["p1", "p9"]);
}

/// A rollback under a deployment of its own leads to a revision that was there before.
#[test]
fn a_shorter_provider_list_of_the_same_revision_is_not_drift() {
    let check = |arn: &str, target_providers, expected: &[&str]| {
        let case = Case {
            target_providers,
            known_deployment: Some("deployment/1"),
            ..Case::default()
        };
        let mut known = case.known().unwrap();
        known.revision = Some(KnownRevision {
            arn: arn.to_owned(),
            capacity_provider_arns: ["p1", "p4"].map(str::to_owned).into(),
        });
        let observed = observe(&case.answers(), Some(&known)).unwrap();
        let providers = observed.settings.capacity_provider_arns;
        assert_eq!(
            providers.iter().collect::<Vec<_>>(),
            expected,
            "{arn} {target_providers:?}"
        );
    };
    check(NEW, &["p1"], &["p1", "p4"]);
    check(NEW, &[], &["p1", "p4"]);
    check(NEW, &["p9"], &["p9"]);
    check(OLD, &["p1"], &["p1"]);
}

#[test]
fn another_deployment_may_have_other_providers() {
    let other = |target_providers| Case {
        target_providers,
        known_deployment: Some("deployment/1"),
        ..Case::default()
    };
    other(&["p1"]).check("definition/2", &["p1"]);
    other(&[]).check("definition/2", &["p1", "p2", "p3"]);
}

/// Records expire in the order in which they were made.
#[test]
fn a_deployment_without_a_record_is_older_than_one_with_a_record() {
    let case = Case {
        record: false,
        known_deployment: Some("deployment/1"),
        ..Case::default()
    };
    let torn = observe(&case.answers(), case.known().as_ref()).unwrap_err();
    assert!(matches!(torn, Torn::BackInTime { .. }), "{torn:?}");
}

#[test]
fn reading_does_not_go_back_in_time() {
    let stale = Case {
        known_deployment: Some("deployment/3"),
        ..Case::default()
    };
    let torn = observe(&stale.answers(), stale.known().as_ref()).unwrap_err();
    assert_eq!(
        torn,
        Torn::BackInTime {
            answered: "deployment/2".to_owned(),
            known: "deployment/3".to_owned()
        }
    );
}

#[test]
fn a_revision_that_cannot_be_read_yet_is_torn() {
    let mut answers = Case::default().answers();
    answers.revisions.clear();
    assert_eq!(
        observe(&answers, None).unwrap_err(),
        Torn::RevisionMissing(NEW.to_owned())
    );
}

#[test]
fn tags_that_cannot_be_read_yet_are_torn() {
    let mut answers = Case::default().answers();
    answers.tags = None;
    assert_eq!(observe(&answers, None).unwrap_err(), Torn::TagsMissing);
}

#[test]
fn a_record_without_what_settings_are_read_from_is_torn() {
    let missing = |record: &str, member| Torn::MemberMissing {
        record: record.to_owned(),
        member,
    };
    let case = Case {
        known_deployment: Some("deployment/2"),
        ..Case::default()
    };
    let mut answers = case.answers();
    for deployment in &mut answers.deployments {
        deployment.deployment_configuration = None;
    }
    // The state must not stand in for what the answer leaves out.
    for known in [None, case.known()] {
        let torn = observe(&answers, known.as_ref()).unwrap_err();
        assert_eq!(torn, missing("deployment/2", "deploymentConfiguration"));
    }
    let mut answers = Case::default().answers();
    for revision in &mut answers.revisions {
        revision.daemon_task_definition_arn = None;
    }
    let torn = observe(&answers, None).unwrap_err();
    assert_eq!(torn, missing(NEW, "daemonTaskDefinitionArn"));
}

#[test]
fn a_deployment_just_made_is_waited_for() {
    let case = Case {
        known_deployment: Some("deployment/unseen"),
        ..Case::default()
    };
    let mut known = case.known().unwrap();
    assert!(
        observe(&case.answers(), Some(&known)).is_ok(),
        "an old record has expired"
    );
    known.just_made = true;
    assert!(matches!(
        observe(&case.answers(), Some(&known)),
        Err(Torn::BackInTime { .. })
    ));
}

/// A deployment may end in the moment in which it was made, so that the next one has the same time.
#[test]
fn of_two_deployments_of_one_moment_the_one_just_made_is_the_later() {
    let case = Case {
        known_deployment: Some("deployment/1"),
        ..Case::default()
    };
    let mut answers = case.answers();
    for deployment in &mut answers.deployments {
        deployment.created_at = Some(DateTime::from_secs(200));
    }
    let mut known = case.known().unwrap();
    assert!(observe(&answers, Some(&known)).is_ok());
    known.just_made = true;
    assert!(matches!(observe(&answers, Some(&known)), Err(Torn::BackInTime { .. })));
}

#[test]
fn a_deployment_that_has_ended_does_not_go_on() {
    let check = |status, is_stale: bool| {
        let case = Case {
            status,
            known_deployment: Some("deployment/2"),
            ..Case::default()
        };
        let mut known = case.known().unwrap();
        assert!(observe(&case.answers(), Some(&known)).is_ok());
        known.ended = true;
        let expected = is_stale.then(|| Torn::BeforeItsEnd("deployment/2".to_owned()));
        assert_eq!(observe(&case.answers(), Some(&known)).err(), expected);
    };
    check(Status::InProgress, true);
    check(Status::RollbackInProgress, true);
    check(Status::Stopped, false);
    check(Status::RollbackSuccessful, false);
}

#[test]
fn a_daemon_that_goes_away_keeps_its_settings() {
    let case = Case {
        known_deployment: Some("deployment/2"),
        ..Case::default()
    };
    let mut answers = case.answers();
    answers.daemon.status = Some(aws_sdk_ecs::types::DaemonStatus::DeleteInProgress);
    answers.daemon.current_revisions = None;
    answers.revisions.clear();
    let known = case.known().unwrap();
    let observed = observe(&answers, Some(&known)).unwrap();
    assert_eq!(observed.settings, known.settings);
    assert_eq!(observed.status, "DELETE_IN_PROGRESS");
    assert!(
        observe(&answers, None).is_ok(),
        "so that an import can say what is wrong"
    );
}
