//! Messages of a plan before anything is sent: tags that come to nothing or are too many, and
//! settings that cannot do what they seem to.

use std::fmt::Write;

use daemons::tags::IgnoredTags;
use terraform_provider_ecs::tags::TagRules;
use tfplug_core::Value;
use tfplug_server::driver::{Action, Planned, Stored};

use crate::support::{DAEMON, DEFINITION, World, definition, deployment, errors, expect_no_error, text};

fn tagged<const N: usize>(tags: [(&str, Value); N]) -> Value {
    Value::object([("tags", Value::object(tags))])
}

fn numbered(prefix: &str, count: usize) -> impl Iterator<Item = (String, String)> {
    (0..count).map(move |number| (format!("{prefix}{number}"), "x".to_owned()))
}

async fn plan_new(world: &World, extra: Value) -> Planned {
    let config = world.daemon(extra);
    world.driver.plan(DAEMON, &Stored::nothing(), config).await
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_is_configured_and_ignored_is_told_and_comes_to_nothing() {
    let world = World::new(1).await;
    let driver = world.driver_with(TagRules {
        ignored: IgnoredTags {
            keys: vec!["owner".to_owned()],
            ..IgnoredTags::default()
        },
        ..TagRules::default()
    });
    let with = |owner: &str| world.daemon(tagged([("owner", owner.into()), ("team", "a".into())]));
    let planned = driver.plan(DAEMON, &Stored::nothing(), with("x")).await;
    insta::assert_snapshot!(text(&planned.diagnostics));
    assert_eq!(
        planned.state.get("tags_all"),
        &Value::object([("team", Value::from("a"))])
    );
    let outcome = driver.apply(planned).await;
    expect_no_error(&outcome.diagnostics);
    assert_eq!(world.ours("CreateDaemon")[0]["tags"].as_array().map(Vec::len), Some(1));
    // Another value of it is told again, and sends nothing.
    let planned = driver.plan(DAEMON, &outcome.stored, with("y")).await;
    assert!(text(&planned.diagnostics).contains("Tag is configured and ignored"));
    assert_eq!(planned.state.get("tags_all"), outcome.stored.state.get("tags_all"));
    expect_no_error(&driver.apply(planned).await.diagnostics);
    assert_eq!((world.count("TagResource"), world.count("UpdateDaemon")), (0, 0));
    let mut config = definition("agent:1");
    config.insert("tags", Value::object([("owner", Value::from("x"))]));
    let planned = driver.plan(DEFINITION, &world.definition, config).await;
    assert!(text(&planned.diagnostics).contains("Tag is configured and ignored"));
}

#[tokio::test(start_paused = true)]
async fn tags_and_default_tags_over_fifty_are_refused_at_plan() {
    let world = World::new(1).await;
    let driver = world.driver_with(TagRules {
        default_tags: numbered("default", 25).collect(),
        ..TagRules::default()
    });
    let tags = |count| Value::object(numbered("own", count).map(|(key, value)| (key, Value::from(value))));
    for (count, is_refused) in [(25, false), (26, true)] {
        let daemon = world.daemon(Value::object([("tags", tags(count))]));
        let mut other = definition("agent:1");
        other.insert("tags", tags(count));
        for (resource, config) in [(DAEMON, daemon), (DEFINITION, other)] {
            let planned = driver.plan(resource, &Stored::nothing(), config).await;
            assert_eq!(planned.diagnostics.has_error(), is_refused, "{count} of {resource}");
            if is_refused {
                insta::assert_snapshot!(format!("{resource} with too many tags"), errors(&planned.diagnostics));
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_percentage_below_one_is_pointed_out() {
    let world = World::new(1).await;
    for (percent, is_told) in [("0.5", true), ("0", true), ("1", false), ("100", false)] {
        let percent: tfplug_core::Number = percent.parse().unwrap();
        let planned = plan_new(&world, deployment([("drain_percent", percent.into())])).await;
        expect_no_error(&planned.diagnostics);
        let told = text(&planned.diagnostics);
        assert_eq!(told.contains("Drain percentage below 1"), is_told, "{told}");
        if is_told {
            insta::assert_snapshot!("drain percentage below one", told);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn alarms_that_are_configured_but_not_watched_are_pointed_out() {
    let world = World::new(1).await;
    let summaries = ["Alarms are configured but not watched", "No alarms to watch"];
    for (names, enable, expected) in [
        (1, false, [true, false]),
        (1, true, [false, false]),
        (0, false, [false, false]),
        (0, true, [false, true]),
    ] {
        let names = Value::list(["latency".into()].into_iter().take(names));
        let alarms = Value::object([("alarm_names", names), ("enable", enable.into())]);
        let planned = plan_new(&world, deployment([("alarms", Value::list([alarms]))])).await;
        let told = text(&planned.diagnostics);
        assert_eq!(summaries.map(|summary| told.contains(summary)), expected, "{told}");
    }
}

/// A key that vanishes after the plan is a bug of the provider to a client.
#[tokio::test(start_paused = true)]
async fn a_tag_that_turns_out_to_be_null_is_left_out() {
    let tags = |late: Value| Value::object([("tags", Value::object([("late", late), ("team", "a".into())]))]);
    for is_there in [false, true] {
        let world = World::new(1).await;
        let mut stored = Stored::nothing();
        if is_there {
            stored = world.settled(&stored, world.daemon(Value::Null)).await;
        }
        let late = world.daemon(tags(Value::Unknown));
        let planned = world.driver.plan(DAEMON, &stored, late).await;
        assert!(planned.state.get("tags_all").is_unknown());
        let config = world.daemon(tags(Value::Null));
        let outcome = world.driver.apply_with(planned, config.clone()).await;
        expect_no_error(&outcome.diagnostics);
        let all = Value::object([("team", Value::from("a"))]);
        assert_eq!(outcome.stored.state.get("tags_all"), &all);
        let refreshed = world.refresh(&outcome.stored).await.stored;
        let planned = world.driver.plan(DAEMON, &refreshed, config).await;
        assert_eq!(planned.action, Action::NoOp);
    }
}

/// A name is never empty, and an alarm that is named twice is watched once.
#[tokio::test(start_paused = true)]
async fn empty_and_repeated_names_are_refused_with_their_position() {
    let world = World::new(1).await;
    let names = |names: &[&str]| Value::list(names.iter().map(|name| Value::from(*name)));
    let alarms = |given: &[&str]| {
        let alarms = Value::object([("alarm_names", names(given)), ("enable", true.into())]);
        world.daemon(deployment([("alarms", Value::list([alarms]))]))
    };
    let told = world.driver.validate(DAEMON, &alarms(&["a", "a", "b", ""])).await;
    insta::assert_snapshot!("refused names of alarms", text(&told));
    expect_no_error(&world.driver.validate(DAEMON, &alarms(&["a", "b"])).await);

    let parameters = |capabilities: [&str; 2], option: &str| {
        let capabilities = capabilities.map(|name| names(&[name]));
        let [add, drop] = capabilities;
        let tmpfs = [
            ("container_path", "/run".into()),
            ("size", 8.into()),
            ("mount_options", names(&[option])),
        ];
        let members = [
            (
                "capabilities",
                Value::list([Value::object([("add", add), ("drop", drop)])]),
            ),
            ("tmpfs", Value::list([Value::object(tmpfs)])),
        ];
        let mut config = definition("agent:1");
        let mut container = config.get("container_definition").elements().next().cloned().unwrap();
        container.insert("linux_parameters", Value::list([Value::object(members)]));
        config.insert("container_definition", Value::list([container]));
        config
    };
    let told = world.driver.validate(DEFINITION, &parameters(["", ""], "")).await;
    insta::assert_snapshot!("refused names of a container", text(&told));
    let given = parameters(["SYS_PTRACE", "CHOWN"], "noexec");
    expect_no_error(&world.driver.validate(DEFINITION, &given).await);
}

/// A timeout limits a wait. Without one it is no problem, however short it is.
#[tokio::test(start_paused = true)]
async fn a_short_timeout_is_not_pointed_out_where_nothing_is_waited_for() {
    let world = World::new(1).await;
    for (waits, is_told) in [(true, true), (false, false)] {
        let mut extra = deployment([("bake_time_in_minutes", Value::from(30_i64))]);
        extra.insert("wait_for_deployment", waits.into());
        extra.insert(
            "timeouts",
            Value::object([("create", "10m"), ("update", "10m")].map(|(which, time)| (which, time.into()))),
        );
        let planned = plan_new(&world, extra).await;
        let told = text(&planned.diagnostics);
        assert_eq!(
            told.contains("Timeout is shorter than the bake time"),
            is_told,
            "{told}"
        );
    }
}

/// An apply that changes tags alone looks first: ECS takes tags of what is being deleted, and then forgets both.
#[tokio::test(start_paused = true)]
async fn a_definition_that_is_gone_is_told_when_only_its_tags_change() {
    let mut told = Vec::new();
    for forgotten_after in [0, 3600] {
        let knobs = serde_json::json!({ "definition_deleted_after": forgotten_after });
        let world = World::with_knobs(0, serde_json::from_value(knobs).unwrap()).await;
        let mut config = definition("agent:1");
        config.insert("tags", Value::object([("team", Value::from("a"))]));
        let planned = world.driver.plan(DEFINITION, &world.definition, config.clone()).await;
        assert_eq!(planned.action, Action::Update);
        let deletion = world.other.delete_daemon_task_definition();
        deletion
            .daemon_task_definition(world.definition_arn())
            .send()
            .await
            .unwrap();
        let outcome = world.driver.apply(planned).await;
        told.push(errors(&outcome.diagnostics));
        assert_eq!(world.count("TagResource"), 0);
        // The next plan registers the content, with the tags.
        let refreshed = world.driver.refresh(DEFINITION, &outcome.stored).await;
        let status = if forgotten_after == 0 {
            "DELETED"
        } else {
            "DELETE_IN_PROGRESS"
        };
        assert_eq!(refreshed.stored.state.get("status").as_str(), Some(status));
        let next = world.driver.plan_and_apply(DEFINITION, &refreshed.stored, config).await;
        expect_no_error(&next.diagnostics);
        assert_eq!(next.stored.state.get("revision").as_i64(), Some(2));
    }
    insta::assert_snapshot!(told[0]);
    assert_eq!(told[0], told[1]);
}

/// A plan counts the instances that it drains, as the reading before it saw them.
#[tokio::test(start_paused = true)]
async fn a_plan_says_how_many_instances_it_drains() {
    let mut told = String::new();
    let percent = |percent: i64| deployment([("drain_percent", Value::from(percent))]);
    let baking = deployment([
        ("drain_percent", Value::from(100_i64)),
        ("bake_time_in_minutes", Value::from(90_i64)),
    ]);
    for (what, instances, change) in [
        ("an update", 12, percent(30)),
        ("all at once, and a bake time", 12, baking),
        ("one instance", 1, percent(50)),
        ("a replacement", 12, Value::object([("name", Value::from("other"))])),
        ("tags alone", 12, tagged([("team", "a".into())])),
        ("an empty fleet", 0, percent(30)),
    ] {
        let world = World::new(instances).await;
        let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
        let config = world.daemon(change);
        let unread = world.restarted().plan(DAEMON, &stored, config.clone()).await;
        assert_eq!(text(&unread.diagnostics), "", "{what}, and nothing was read");
        let read = world.refresh(&stored).await.stored;
        let planned = world.driver.plan(DAEMON, &read, config).await;
        writeln!(told, "# {what}\n{}", text(&planned.diagnostics)).unwrap();
    }
    insta::assert_snapshot!(told);
}
