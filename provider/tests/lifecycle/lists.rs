//! The list resources: what `terraform query` gets.

use tfplug_core::{
    Cancel, Provider, Value,
    list::{ListRequest, Listed},
};
use tfplug_server::driver::{Action, Found, Query, Stored};

use crate::support::{Collected, DAEMON, DEFINITION, World, arn, definition, text};

async fn ask(world: &World, type_name: &str, arguments: &[(&str, Value)], query: Query) -> Found {
    let config = Value::object(arguments.iter().cloned());
    world.driver.list(type_name, config, query).await
}

fn names(found: &[Listed]) -> Vec<&str> {
    found.iter().map(|listed| listed.display_name.as_str()).collect()
}

const IDENTITIES: Query = Query {
    include_resource: false,
    limit: None,
};
const OBJECTS: Query = Query {
    include_resource: true,
    limit: None,
};

async fn with_daemons() -> World {
    let world = World::new(2).await;
    for (name, provider) in [("trace", "fleet"), ("log-b", "empty"), ("log-a", "fleet")] {
        let mut config = world.daemon(Value::object([("name", Value::from(name))]));
        let provider = arn(&format!("capacity-provider/{provider}"));
        config.insert("capacity_provider_arns", Value::set_of([provider.into()]));
        world.settled(&Stored::nothing(), config).await;
    }
    world
}

fn cluster() -> (&'static str, Value) {
    ("cluster_arn", arn("cluster/prod").into())
}

#[tokio::test(start_paused = true)]
async fn daemons_are_listed_by_name() {
    let world = with_daemons().await;
    let check = async |more: &[(&'static str, Value)], limit, expected: &[&str]| {
        let arguments: Vec<_> = [cluster()].into_iter().chain(more.iter().cloned()).collect();
        let found = ask(&world, DAEMON, &arguments, Query { limit, ..IDENTITIES }).await;
        assert_eq!(text(&found.diagnostics), "");
        assert_eq!(names(&found.objects), expected);
    };
    check(&[], None, &["prod/log-a", "prod/log-b", "prod/trace"]).await;
    check(&[], Some(2), &["prod/log-a", "prod/log-b"]).await;
    check(&[("name_pattern", "log-*".into())], None, &["prod/log-a", "prod/log-b"]).await;
    let fleet = Value::set_of([arn("capacity-provider/fleet").into()]);
    check(
        &[("capacity_provider_arns", fleet)],
        None,
        &["prod/log-a", "prod/trace"],
    )
    .await;
}

/// An object is what an import of its identity reads, so the configuration that is generated from it plans nothing.
#[tokio::test(start_paused = true)]
async fn an_object_is_what_an_import_reads() {
    let world = with_daemons().await;
    let check = async |type_name: &str, arguments: &[(&str, Value)], count: usize| {
        let found = ask(&world, type_name, arguments, OBJECTS).await;
        assert_eq!(text(&found.diagnostics), "");
        assert_eq!(found.objects.len(), count);
        for listed in found.objects {
            let id = listed.identity.get("arn").as_str().unwrap().to_owned();
            let imported = world.driver.import(type_name, &id).await.stored;
            assert_eq!(listed.resource, imported.state, "{id}");
            let config = world.driver.generate_config(type_name, &imported).await;
            let planned = world.driver.plan(type_name, &imported, config).await;
            assert_eq!(planned.action, Action::NoOp, "{id}");
        }
    };
    check(DAEMON, &[cluster()], 3).await;
    check(DEFINITION, &[], 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_has_enough_ends_the_list() {
    let world = with_daemons().await;
    let provider = world.provider();
    let mut lists = provider.list_resources().iter();
    let list = lists.find(|list| list.type_name() == DAEMON).unwrap();
    let sink = Collected::up_to(1);
    let request = ListRequest {
        config: list.schema().block.complete(Value::object([cluster()])),
        include_resource: true,
        limit: None,
    };
    let told = list.list(request, &sink, &Cancel::new()).await;
    assert_eq!(text(&told), "");
    assert_eq!(names(&sink.taken()), ["prod/log-a"]);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_cannot_be_read_leaves_the_others_listed() {
    let world = with_daemons().await;
    world.post_fault(&serde_json::json!({
        "operation": "DescribeDaemon", "resource": arn("daemon/prod/log-b"), "must_fire": true,
        "effect": {"error": {"type": "AccessDeniedException", "message": "not for you", "status": 400}},
    }));
    let found = ask(&world, DAEMON, &[cluster()], OBJECTS).await;
    assert_eq!(names(&found.objects), ["prod/log-a", "prod/trace"]);
    let unread = text(&found.diagnostics);
    insta::assert_snapshot!(unread.split(" Request id").next().unwrap(), @"warning: Unable to read daemon log-b: DescribeDaemon for arn:aws:ecs:eu-central-1:123456789012:daemon/prod/log-b was denied by AWS: AccessDeniedException: not for you.");
    world.expect_fired();
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_not_there_is_told() {
    let world = World::new(0).await;
    let none = ("cluster_arn", arn("cluster/none").into());
    let found = ask(&world, DAEMON, &[none], IDENTITIES).await;
    insta::assert_snapshot!(text(&found.diagnostics), @"error: Cluster not found: ECS has no cluster arn:aws:ecs:eu-central-1:123456789012:cluster/none.");
}

#[tokio::test(start_paused = true)]
async fn of_a_family_the_latest_revision_is_listed() {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    world.definition = Stored::nothing();
    let mut other = definition("other:1");
    other.insert("family", "other".into());
    world.define_as(other).await;
    let check = async |arguments: &[(&str, Value)], expected: &[&str]| {
        let found = ask(&world, DEFINITION, arguments, IDENTITIES).await;
        assert_eq!(text(&found.diagnostics), "");
        assert_eq!(names(&found.objects), expected);
    };
    check(&[], &["agent:2", "other:1"]).await;
    check(&[("all_revisions", true.into())], &["agent:1", "agent:2", "other:1"]).await;
    check(&[("family", "other".into())], &["other:1"]).await;
    check(&[("family_prefix", "ag".into())], &["agent:2"]).await;
}
