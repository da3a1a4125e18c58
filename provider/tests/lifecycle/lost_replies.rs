//! Answers that never arrive: one intended change makes one deployment and one revision.

use tfplug_core::Value;
use tfplug_server::driver::Stored;

use crate::support::{DEFINITION, World, definition, expect_no_error, unproven};

#[tokio::test(start_paused = true)]
async fn a_create_whose_answer_is_lost_makes_one_daemon() {
    for effect in ["lost_reply", "server_error", "reset"] {
        let world = World::new(2).await;
        world.fault("CreateDaemon", effect);
        world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
        world.expect_fired();
        assert_eq!(world.deployments(), 1, "{effect}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_whose_answer_is_lost_makes_one_deployment() {
    for effect in ["lost_reply", "server_error", "reset", "throttle"] {
        let world = World::new(2).await;
        let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
        world.fault("UpdateDaemon", effect);
        let wanted = world.daemon(Value::object([("enable_execute_command", Value::from(true))]));
        world.settled(&stored, wanted).await;
        world.expect_fired();
        assert_eq!(world.deployments(), 2, "{effect}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_registration_whose_answer_is_lost_makes_one_revision() {
    for effect in ["lost_reply", "server_error", "reset", "throttle"] {
        let world = World::new(0).await;
        world.fault("RegisterDaemonTaskDefinition", effect);
        let outcome = world
            .driver
            .plan_and_apply(DEFINITION, &world.definition, definition("agent:2"))
            .await;
        expect_no_error(&outcome.diagnostics);
        assert_eq!(outcome.stored.state.get("revision").as_i64(), Some(2), "{effect}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_delete_whose_answer_is_lost_is_awaited() {
    for effect in ["lost_reply", "server_error", "reset", "throttle"] {
        let world = World::new(2).await;
        let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
        world.fault("DeleteDaemon", effect);
        let outcome = world.driver.destroy(crate::support::DAEMON, &stored).await;
        expect_no_error(&outcome.diagnostics);
        world.expect_fired();
        assert!(outcome.stored.state.is_null(), "{effect}");
    }
}

#[tokio::test(start_paused = true)]
async fn reads_survive_what_may_pass() {
    for operation in [
        "DescribeDaemon",
        "DescribeDaemonRevisions",
        "DescribeDaemonDeployments",
        "ListTagsForResource",
    ] {
        for effect in ["throttle", "server_error", "reset", "truncated"] {
            let world = World::new(0).await;
            let stored = unproven(&world.settled(&Stored::nothing(), world.daemon(Value::Null)).await);
            world.fault(operation, effect);
            let refreshed = world.refresh(&stored).await;
            expect_no_error(&refreshed.diagnostics);
            world.expect_fired();
            assert_eq!(refreshed.stored, stored, "{operation} {effect}");
        }
    }
}
