//! The list resources: what `terraform query` gets.

use std::sync::Arc;

use tfplug_core::{
    Cancel, Diagnostics, ListResource, Provider, Value,
    list::{ListRequest, Listed},
};
use tfplug_server::driver::Stored;

use crate::support::{Collected, DAEMON, DEFINITION, World, arn, definition, normal, text};

fn list_of(world: &World, type_name: &str) -> Arc<dyn ListResource> {
    let provider = world.provider();
    let lists = provider.list_resources();
    let found = lists.iter().find(|list| list.type_name() == type_name);
    Arc::clone(found.unwrap())
}

async fn listed(world: &World, type_name: &str, arguments: &[(&str, Value)], sink: &Collected<Listed>) -> Diagnostics {
    ask(world, type_name, arguments, false, None, sink).await
}

async fn ask(
    world: &World,
    type_name: &str,
    arguments: &[(&str, Value)],
    include_resource: bool,
    limit: Option<usize>,
    sink: &Collected<Listed>,
) -> Diagnostics {
    let list = list_of(world, type_name);
    let config = Value::object(arguments.iter().cloned());
    let request = ListRequest {
        config: list.schema().block.complete(config),
        include_resource,
        limit,
    };
    list.list(request, sink, &Cancel::new()).await
}

fn names(sink: &Collected<Listed>) -> Vec<String> {
    sink.taken().iter().map(|listed| listed.display_name.clone()).collect()
}

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
        let sink = Collected::new();
        let arguments: Vec<_> = [cluster()].into_iter().chain(more.iter().cloned()).collect();
        let told = ask(&world, DAEMON, &arguments, false, limit, &sink).await;
        assert_eq!(text(&told), "");
        assert_eq!(names(&sink), expected);
        assert!(sink.taken().iter().all(|listed| listed.resource.is_null()));
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
        let sink = Collected::new();
        let told = ask(&world, type_name, arguments, true, None, &sink).await;
        assert_eq!(text(&told), "");
        let found = sink.taken();
        assert_eq!(found.len(), count);
        for listed in found {
            let id = listed.identity.get("arn").as_str().unwrap().to_owned();
            let imported = world.driver.import(type_name, &id).await;
            assert_eq!(listed.resource, imported.stored.state, "{id}");
        }
    };
    check(DAEMON, &[cluster()], 3).await;
    check(DEFINITION, &[], 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_has_enough_ends_the_list() {
    let world = with_daemons().await;
    let sink = Collected::up_to(1);
    let told = listed(&world, DAEMON, &[cluster()], &sink).await;
    assert_eq!(text(&told), "");
    assert_eq!(names(&sink), ["prod/log-a"]);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_cannot_be_read_is_told_where_it_is_listed() {
    let world = with_daemons().await;
    world.post_fault(&serde_json::json!({
        "operation": "DescribeDaemon", "resource": arn("daemon/prod/log-b"), "must_fire": true,
        "effect": {"error": {"type": "AccessDeniedException", "message": "not for you", "status": 400}},
    }));
    let sink = Collected::new();
    let told = ask(&world, DAEMON, &[cluster()], true, None, &sink).await;
    assert_eq!(text(&told), "");
    let found = sink.taken();
    let unread: Vec<String> = found.iter().map(|listed| normal(&text(&listed.diagnostics))).collect();
    assert_eq!((unread[0].as_str(), unread[2].as_str()), ("", ""));
    insta::assert_snapshot!(unread[1].split(" Request id").next().unwrap(), @"error: Unable to read daemon log-b: DescribeDaemon for arn:aws:ecs:eu-central-1:123456789012:daemon/prod/log-b was denied by AWS: AccessDeniedException: not for you.");
    world.expect_fired();
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_is_not_there_is_told() {
    let world = World::new(0).await;
    let sink = Collected::new();
    let told = listed(&world, DAEMON, &[("cluster_arn", arn("cluster/none").into())], &sink).await;
    insta::assert_snapshot!(text(&told), @"error: Cluster not found: ECS has no cluster arn:aws:ecs:eu-central-1:123456789012:cluster/none.");
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
        let sink = Collected::new();
        let told = listed(&world, DEFINITION, arguments, &sink).await;
        assert_eq!(text(&told), "");
        assert_eq!(names(&sink), expected);
    };
    check(&[], &["agent:2", "other:1"]).await;
    check(&[("all_revisions", true.into())], &["agent:1", "agent:2", "other:1"]).await;
    check(&[("family", "other".into())], &["other:1"]).await;
    check(&[("family_prefix", "ag".into())], &["agent:2"]).await;
}
