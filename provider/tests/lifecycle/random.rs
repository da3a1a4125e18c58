//! Random configurations of both resources: every plan and every answer keeps the client's rules, what
//! was applied reads back the same, and planning it again does nothing.

use fastrand::Rng;
use tfplug_core::{
    Attribute, AttributeType, Mode, Path, Resource, Step, Type, Value,
    test_support::{Generator, Unknowns, lint_provider},
};
use tfplug_server::driver::{Action, Stored};

use crate::support::{DAEMON, DEFINITION, World, arn, expect_no_error, text};

/// Seeds of one run. More of them: `ECS_SEEDS=1000 cargo test -p terraform-provider-ecs random`.
fn seeds() -> std::ops::Range<u64> {
    let wanted = std::env::var("ECS_SEEDS").ok().and_then(|text| text.parse().ok());
    0..wanted.unwrap_or(20)
}

fn resources() -> [Box<dyn Resource>; 2] {
    let session = terraform_provider_ecs::session::SharedSession::default();
    [
        Box::new(terraform_provider_ecs::daemon::DaemonResource::new(session.clone())),
        Box::new(terraform_provider_ecs::task_definition::TaskDefinitionResource::new(
            session,
        )),
    ]
}

#[test]
fn everything_is_as_every_client_loads_it() {
    let provider = terraform_provider_ecs::EcsProvider::new();
    assert_eq!(lint_provider(&provider), Vec::<String>::new());
}

/// Name of the block that an attribute stands in.
fn parent_name(path: &Path) -> &str {
    let mut names = path.steps().iter().rev().filter_map(|step| match step {
        Step::Attribute(name) => Some(name.as_str()),
        _ => None,
    });
    names.nth(1).unwrap_or("")
}

/// Values that the rules between attributes accept.
fn definition_hint(path: &Path, attribute: &Attribute, rng: &mut Rng) -> Option<Value> {
    let container = path.steps().iter().find_map(|step| {
        if let Step::Index(index) = step {
            Some(*index)
        } else {
            None
        }
    });
    let is_root = path.steps().len() == 1;
    let parent = parent_name(path);
    let role = || Value::from("arn:aws:iam::123456789012:role/agent");
    Some(match (attribute.name.as_str(), is_root) {
        ("family", true) => "agent".into(),
        ("cpu", true) => "4096".into(),
        ("memory", true) => "8192".into(),
        ("region", true) => Value::Null,
        ("task_role_arn" | "execution_role_arn", _) => {
            if rng.bool() {
                role()
            } else {
                Value::Null
            }
        }
        ("tags", true) => tags(rng),
        ("name", false) if path.steps().len() == 3 => format!("c{}", container.unwrap_or(0)).into(),
        ("image", _) => format!("image:{}", rng.u8(..)).into(),
        ("cpu" | "memory", false) => Value::from(i64::from(rng.u16(256..512))),
        ("memory_reservation", _) => Value::from(i64::from(rng.u16(4..256))),
        ("essential", _) => Value::from(true),
        ("name", false) if parent == "ulimit" => ["nofile", "nproc", "core"][rng.usize(0..3)].into(),
        ("type", false) if parent == "environment_file" => "s3".into(),
        ("type", false) if parent == "firelens_configuration" => ["fluentbit", "fluentd"][rng.usize(0..2)].into(),
        ("log_driver", _) => ["awslogs", "json-file", "splunk"][rng.usize(0..3)].into(),
        // Zero and empty text are values like any other.
        _ if may_be_zero(attribute) && rng.bool() => Value::from(0_i64),
        _ if is_free_text(attribute) && rng.u8(..3) == 0 => "".into(),
        _ => return None,
    })
}

/// True for a number that may be left out and may be zero.
fn may_be_zero(attribute: &Attribute) -> bool {
    matches!(attribute.ty, AttributeType::Plain(Type::Number))
        && attribute.mode != Mode::Required
        && attribute
            .validators
            .iter()
            .all(|rule| rule.check(&Value::from(0_i64)).is_ok())
}

/// True for an argument that may be any text, or none.
fn is_free_text(attribute: &Attribute) -> bool {
    matches!(attribute.ty, AttributeType::Plain(Type::String))
        && attribute.mode == Mode::Optional
        && attribute.validators.is_empty()
}

fn tags(rng: &mut Rng) -> Value {
    match rng.u8(0..4) {
        0 => Value::Null,
        1 => Value::object::<String>([]),
        2 => Value::object([("team", Value::Null), ("a", "1".into())]),
        _ => Value::object([("team", Value::from(format!("t{}", rng.u8(0..3)))), ("a", "1".into())]),
    }
}

/// References between blocks that drawing does not get right are taken out; what is left must be valid.
fn without_references(mut config: Value) -> Value {
    let containers = config
        .get("container_definition")
        .elements()
        .take(10)
        .enumerate()
        .map(|(index, container)| {
            let mut container = container.clone();
            container.insert("name", format!("c{index}").into());
            container.insert("depends_on", Value::List(Vec::new()));
            container.insert("mount_point", Value::List(Vec::new()));
            // Drawn names repeat.
            let variables = container.get("environment").elements().take(1).cloned();
            let variables = Value::set_of(variables.collect::<Vec<_>>());
            container.insert("environment", variables);
            container
        });
    let mut containers: Vec<Value> = containers.collect();
    if containers.is_empty() {
        containers.extend(
            crate::support::definition("image:1")
                .get("container_definition")
                .elements()
                .cloned(),
        );
    }
    config.insert("container_definition", Value::List(containers));
    config.insert("volume", Value::set_of([]));
    config
}

pub(crate) fn daemon_hint(_path: &Path, attribute: &Attribute, rng: &mut Rng) -> Option<Value> {
    Some(match attribute.name.as_str() {
        "name" => "agent".into(),
        "cluster_arn" => arn("cluster/prod").into(),
        "region" => Value::Null,
        "daemon_task_definition_arn" => arn("daemon-task-definition/agent:1").into(),
        "capacity_provider_arns" => {
            let both = rng.bool();
            Value::set_of(
                ["fleet", "empty"]
                    .into_iter()
                    .take(1 + usize::from(both))
                    .map(|name| arn(&format!("capacity-provider/{name}")).into()),
            )
        }
        "alarm_names" => Value::list((0..rng.usize(0..3)).map(|index| format!("alarm-{index}").into())),
        "tags" => tags(rng),
        "create" | "update" | "delete" => "9h".into(),
        _ if may_be_zero(attribute) && rng.u8(..4) == 0 => Value::from(0_i64),
        _ => return None,
    })
}

async fn check_cycle(world: &World, type_name: &str, prior: &Stored, config: Value, seed: u64) -> Stored {
    let outcome = world.driver.plan_and_apply(type_name, prior, config.clone()).await;
    assert!(
        !outcome.diagnostics.has_error(),
        "seed {seed}: {}",
        text(&outcome.diagnostics)
    );
    let refreshed = world.driver.refresh(type_name, &outcome.stored).await;
    expect_no_error(&refreshed.diagnostics);
    assert_eq!(
        refreshed.stored, outcome.stored,
        "seed {seed}: a refresh changes something"
    );
    let again = world.driver.plan(type_name, &refreshed.stored, config).await;
    assert_eq!(again.action, Action::NoOp, "seed {seed}: {:?}", again.state);
    outcome.stored
}

#[tokio::test(start_paused = true)]
async fn random_task_definitions_keep_the_rules() {
    let [_, resource] = resources();
    let schema = resource.schema();
    let generator = Generator::new(Unknowns::Never).with_hint(definition_hint);
    for seed in seeds() {
        let world = World::new(0).await;
        let mut rng = Rng::with_seed(seed);
        let mut config = without_references(generator.config(schema, &mut rng));
        let mut stored = Stored::nothing();
        for _ in 0..3 {
            stored = check_cycle(&world, DEFINITION, &stored, config.clone(), seed).await;
            config = without_references(generator.edit(schema, &config, &mut rng));
        }
        let destroyed = world.driver.destroy(DEFINITION, &stored).await;
        expect_no_error(&destroyed.diagnostics);
    }
}

#[tokio::test(start_paused = true)]
async fn random_daemons_keep_the_rules() {
    let [resource, _] = resources();
    let schema = resource.schema();
    let generator = Generator::new(Unknowns::Never).with_hint(daemon_hint);
    for seed in seeds() {
        let world = World::new(3).await;
        let mut rng = Rng::with_seed(seed);
        let mut config = generator.config(schema, &mut rng);
        let mut stored = Stored::nothing();
        for _ in 0..3 {
            for (name, fixed) in [
                ("wait_for_deployment", true.into()),
                ("cluster_arn", arn("cluster/prod").into()),
                ("name", "agent".into()),
            ] {
                config.insert(name, fixed);
            }
            stored = check_cycle(&world, DAEMON, &stored, config.clone(), seed).await;
            config = generator.edit(schema, &config, &mut rng);
        }
    }
}

/// While planning, anything may be unknown. The driver checks each plan.
#[tokio::test(start_paused = true)]
async fn random_unknown_values_never_fail_a_plan() {
    let world = World::new(0).await;
    let [daemon, definition] = resources();
    for seed in seeds() {
        let mut rng = Rng::with_seed(seed);
        let unknown = Generator::new(Unknowns::Allowed).with_hint(|path, attribute, rng| {
            if rng.u8(0..4) == 0 {
                None
            } else {
                daemon_hint(path, attribute, rng)
            }
        });
        let mut config = unknown.config(daemon.schema(), &mut rng);
        for name in [
            "name",
            "cluster_arn",
            "daemon_task_definition_arn",
            "capacity_provider_arns",
            "region",
            "tags",
        ] {
            let known = daemon
                .schema()
                .block
                .attribute(name)
                .and_then(|attribute| daemon_hint(&Path::attribute(name), attribute, &mut rng));
            if rng.bool() {
                config.insert(name, known.unwrap_or_default());
            } else {
                config.insert(name, Value::Unknown);
            }
        }
        let planned = world.driver.plan(DAEMON, &Stored::nothing(), config).await;
        assert!(
            !planned.diagnostics.has_error(),
            "seed {seed}: {}",
            text(&planned.diagnostics)
        );
        let unknown = Generator::new(Unknowns::Allowed).with_hint(definition_hint);
        let config = without_references(unknown.config(definition.schema(), &mut rng));
        for prior in [Stored::nothing(), world.definition.clone()] {
            let planned = world.driver.plan(DEFINITION, &prior, config.clone()).await;
            assert!(
                !planned.diagnostics.has_error(),
                "seed {seed}: {}",
                text(&planned.diagnostics)
            );
        }
    }
}
