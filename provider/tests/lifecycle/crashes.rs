//! `kill -9` between any two calls: the process makes so many calls and is gone. The next run, in a new
//! process and with the state from before, converges or names what is in its way, and nothing is made
//! twice that it does not name.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};
use tfplug_core::Value;
use tfplug_server::driver::{Driver, Outcome, Stored};
use tokio::sync::Notify;

use crate::support::{DAEMON, DEFINITION, REGION, World, arn, definition, driver, errors, expect_no_error, text};

/// Lets so many calls through, and then none.
#[derive(Clone)]
struct Mortal {
    client: SharedHttpClient,
    left: Arc<AtomicUsize>,
    died: Arc<Notify>,
}

impl fmt::Debug for Mortal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mortal")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

impl HttpClient for Mortal {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(MortalConnector {
            connector: self.client.http_connector(settings, components),
            mortal: self.clone(),
        })
    }
}

#[derive(Debug)]
struct MortalConnector {
    connector: SharedHttpConnector,
    mortal: Mortal,
}

impl HttpConnector for MortalConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let left = &self.mortal.left;
        if left
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .is_ok()
        {
            return self.connector.call(request);
        }
        self.mortal.died.notify_one();
        HttpConnectorFuture::new(std::future::pending())
    }
}

/// Runs an apply in a process that dies after so many calls; `None` if it did.
pub(crate) async fn mortal<F: Future<Output = Outcome>>(
    world: &World,
    calls: usize,
    apply: impl FnOnce(Driver) -> F,
) -> Option<Outcome> {
    let config = world.emulator.sdk_config(REGION);
    let mortal = Mortal {
        client: config.http_client().unwrap(),
        left: Arc::new(AtomicUsize::new(calls)),
        died: Arc::default(),
    };
    let died = mortal.died.clone();
    let driver = driver(config.into_builder().http_client(mortal).build());
    tokio::select! {
        outcome = apply(driver) => Some(outcome),
        () = died.notified() => None,
    }
}

/// Applies what the crashed run wanted, in a new process. A daemon that is in the way is imported, as the
/// error says.
pub(crate) async fn next_run(world: &World, prior: &Stored, config: Value) -> Stored {
    let driver = world.restarted();
    let refreshed = if prior.state.is_null() {
        Stored::nothing()
    } else {
        driver.refresh(DAEMON, prior).await.stored
    };
    let outcome = driver.plan_and_apply(DAEMON, &refreshed, config.clone()).await;
    if !outcome.diagnostics.has_error() {
        return outcome.stored;
    }
    let block = format!("id = \"{}\"", arn("daemon/prod/agent"));
    assert!(
        errors(&outcome.diagnostics).contains(&block),
        "{}",
        text(&outcome.diagnostics)
    );
    let imported = driver.import(DAEMON, &arn("daemon/prod/agent")).await;
    expect_no_error(&imported.diagnostics);
    let outcome = driver.plan_and_apply(DAEMON, &imported.stored, config).await;
    expect_no_error(&outcome.diagnostics);
    outcome.stored
}

/// Crashes after 0, 1, 2, … calls until the run survives.
async fn at_every_call(mut crash: impl AsyncFnMut(usize) -> bool) {
    for calls in 0.. {
        if crash(calls).await {
            assert!(calls > 3, "only {calls} calls");
            return;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_makes_one_daemon() {
    at_every_call(async |calls| {
        let world = World::new(2).await;
        let config = world.daemon(Value::Null);
        let (nothing, wanted) = (Stored::nothing(), config.clone());
        let outcome = mortal(&world, calls, async |driver| {
            driver.plan_and_apply(DAEMON, &nothing, wanted).await
        })
        .await;
        let survived = outcome.is_some();
        if !survived {
            world.settle();
            let stored = next_run(&world, &Stored::nothing(), config.clone()).await;
            let plan = world.driver.plan(DAEMON, &stored, config).await;
            assert_eq!(plan.action, tfplug_server::driver::Action::NoOp, "after {calls} calls");
            assert_eq!((world.daemons(), world.deployments()), (1, 1), "after {calls} calls");
        }
        survived
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_update_makes_one_deployment() {
    at_every_call(async |calls| {
        let world = World::new(2).await;
        let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
        let tags = Value::object([("stage", Value::from("b"))]);
        let config = world.daemon(Value::object([("critical", Value::from(false)), ("tags", tags)]));
        let (prior, wanted) = (stored.clone(), config.clone());
        let outcome = mortal(&world, calls, async |driver| {
            driver.plan_and_apply(DAEMON, &prior, wanted).await
        })
        .await;
        let survived = outcome.is_some();
        if !survived {
            let updated = next_run(&world, &stored, config.clone()).await;
            assert_eq!(updated.state.get("critical"), &Value::Bool(false));
            let plan = world.driver.plan(DAEMON, &updated, config).await;
            assert_eq!(plan.action, tfplug_server::driver::Action::NoOp, "after {calls} calls");
            assert_eq!(world.deployments(), 2, "after {calls} calls");
        }
        survived
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_delete_is_finished_by_the_next_run() {
    at_every_call(async |calls| {
        let world = World::new(2).await;
        let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
        let prior = stored.clone();
        let outcome = mortal(&world, calls, async |driver| driver.destroy(DAEMON, &prior).await).await;
        let survived = outcome.is_some();
        if !survived {
            let again = world.restarted().destroy(DAEMON, &stored).await;
            expect_no_error(&again.diagnostics);
            assert_eq!(world.daemons(), 0, "after {calls} calls");
        }
        survived
    })
    .await;
}

/// A revision that nobody remembers cannot be told from one of somebody else's, so it is named.
#[tokio::test(start_paused = true)]
async fn a_revision_that_was_left_behind_is_named() {
    for prior in ["create", "update"] {
        for calls in 0..4 {
            let world = World::new(0).await;
            let (before, config) = match prior {
                "create" => (Stored::nothing(), other_family()),
                _ => (world.definition.clone(), definition("agent:2")),
            };
            let (from, wanted) = (before.clone(), config.clone());
            let outcome = mortal(&world, calls, async |driver| {
                driver.plan_and_apply(DEFINITION, &from, wanted).await
            })
            .await;
            let left_behind = world.active_revisions().await.len() > 1;
            if outcome.is_some() {
                continue;
            }
            let outcome = world.restarted().plan_and_apply(DEFINITION, &before, config).await;
            expect_no_error(&outcome.diagnostics);
            let named = text(&outcome.diagnostics).contains("has the same content");
            assert_eq!(
                named,
                left_behind,
                "{prior} after {calls} calls: {}",
                text(&outcome.diagnostics)
            );
        }
    }
}

fn other_family() -> Value {
    let mut config = definition("agent:1");
    config.insert("family", "other".into());
    config
}
