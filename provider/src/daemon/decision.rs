//! The decision of an update about the daemon that it finds.

use daemons::{
    name,
    observe::{Observed, Rollout},
};

use super::{
    rollout::{Awaited, Followed},
    wanted::Update,
};

/// The next step of an update.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// The planned settings are sent.
    Send,
    /// Nothing is sent: this deployment tells what comes of the planned settings.
    Follow(Followed),
    /// The planned settings are there.
    Nothing,
}

/// Decides. What the plan foresaw is not sent again where it is there already, and an update that sends nothing must not be
/// taken for the success of a rollout that is under way or has failed.
pub(super) fn decide(update: &Update<'_>, live: &Observed) -> Step {
    let is_there = live.settings.differing(&update.wanted.settings).is_empty();
    if update.sends && (!is_there || update.redeploys || !live.deployment_is_on_record || is_broken(live)) {
        return Step::Send;
    }
    if !is_there {
        // The plan was made before the deployment that was to bring the settings went back. That deployment has the truth.
        let deployment = planned_deployment(update).unwrap_or_else(|| live.deployment_arn.clone());
        return Step::Follow(Followed::started(deployment, Awaited::Later));
    }
    match &live.rollout {
        Some(rollout) if rollout.is_in_progress() || rollout.failure().is_some() => Step::Follow(Followed {
            deployment: rollout.arn.clone(),
            awaited: if rollout.is_rolled_back() {
                Awaited::Return
            } else {
                Awaited::Later
            },
            found: Some(Box::new(rollout.clone())),
        }),
        _ => Step::Nothing,
    }
}

/// True if the rollout has left the fleet on no single revision, or is about to undo itself.
fn is_broken(live: &Observed) -> bool {
    let is_broken =
        |rollout: &Rollout| rollout.failure().is_some() || (rollout.is_rolled_back() && rollout.is_in_progress());
    live.rollout.as_ref().is_some_and(is_broken)
}

fn planned_deployment(update: &Update<'_>) -> Option<String> {
    let deployment = update.prior.get(name::DEPLOYMENT_ARN).as_str()?;
    (!deployment.is_empty()).then(|| deployment.to_owned())
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        time::Duration,
    };

    use aws_sdk_ecs::types::{DaemonDeployment, DaemonDeploymentStatus as Status};
    use daemons::{arn::DaemonArn, settings::Settings};
    use tfplug_core::Value;

    use super::*;
    use crate::daemon::{notes::Notes, wanted::Wanted};

    /// An update, and the daemon that it finds.
    #[derive(Clone)]
    #[expect(clippy::struct_excessive_bools, reason = "the columns of a truth table")]
    struct Case {
        sends: bool,
        redeploys: bool,
        is_there: bool,
        is_on_record: bool,
        rollout: Option<Status>,
    }

    /// An update of a daemon that rolled out as planned.
    const QUIET: Case = Case {
        sends: false,
        redeploys: false,
        is_there: true,
        is_on_record: true,
        rollout: Some(Status::Successful),
    };

    fn found(status: &Status) -> Rollout {
        let record = DaemonDeployment::builder().daemon_deployment_arn("latest");
        Rollout::of(&record.status(status.clone()).build())
    }

    fn decided(case: &Case) -> Step {
        let prior = Value::object([(name::DEPLOYMENT_ARN, Value::from("planned"))]);
        let wanted = Settings::unknown();
        let live = Settings {
            critical: wanted.critical == case.is_there,
            ..wanted.clone()
        };
        let update = Update {
            arn: DaemonArn::parse("arn:aws:ecs:eu-west-1:111122223333:daemon/c/d").unwrap(),
            prior: &prior,
            known: None,
            notes: Notes::default(),
            wanted: Wanted {
                value: &Value::Null,
                settings: wanted,
                waits: true,
                timeout: Duration::ZERO,
            },
            sends: case.sends,
            redeploys: case.redeploys,
        };
        let live = Observed {
            status: "ACTIVE".to_owned(),
            deployment_arn: "latest".to_owned(),
            revision_arn: None,
            settings: live,
            deployment_is_on_record: case.is_on_record,
            deployment_is_known: true,
            rollout: case.rollout.as_ref().map(found),
            tags: BTreeMap::new(),
            instances: BTreeMap::new(),
            ambiguous_revisions: Vec::new(),
            unknown_members: BTreeSet::new(),
        };
        decide(&update, &live)
    }

    #[test]
    fn planned_settings_are_sent_unless_they_are_there_for_good() {
        let sends = Case { sends: true, ..QUIET };
        assert_eq!(decided(&sends), Step::Nothing);
        let check = |case: Case| assert_eq!(decided(&case), Step::Send);
        check(Case {
            is_there: false,
            ..sends.clone()
        });
        check(Case {
            redeploys: true,
            ..sends.clone()
        });
        check(Case {
            is_on_record: false,
            ..sends.clone()
        });
        for broken in [Status::Stopped, Status::RollbackFailed, Status::RollbackInProgress] {
            check(Case {
                rollout: Some(broken),
                ..sends.clone()
            });
        }
    }

    #[test]
    fn settings_that_are_there_are_followed_until_their_rollout_has_ended() {
        let follows = |status: Status, awaited| {
            let followed = Followed {
                deployment: "latest".to_owned(),
                awaited,
                found: Some(Box::new(found(&status))),
            };
            let rollout = Some(status);
            assert_eq!(decided(&Case { rollout, ..QUIET }), Step::Follow(followed));
        };
        follows(Status::Pending, Awaited::Later);
        follows(Status::InProgress, Awaited::Later);
        follows(Status::Stopped, Awaited::Later);
        follows(Status::RollbackInProgress, Awaited::Return);
        follows(Status::RollbackFailed, Awaited::Return);
        for ended in [None, Some(Status::Successful), Some(Status::RollbackSuccessful)] {
            assert_eq!(
                decided(&Case {
                    rollout: ended,
                    ..QUIET
                }),
                Step::Nothing
            );
        }
    }

    #[test]
    fn an_overtaken_plan_follows_the_deployment_that_it_knew() {
        let step = decided(&Case {
            is_there: false,
            ..QUIET
        });
        assert_eq!(
            step,
            Step::Follow(Followed::started("planned".to_owned(), Awaited::Later))
        );
    }
}
