//! Rules and defaults where values are not there or not known yet.

use std::sync::Arc;

use tfplug::{Context, DataSource, Failure, Model, Partial, Plan, Provider, Resource, Tf};
use tfplug_testing::{Driver, Stored, Value, lint, random_lifecycles};

/// A retry.
#[derive(Clone, Debug, Model)]
struct Retry {
    /// Attempts.
    #[tf(default = 3)]
    attempts: u8,
}

/// A park.
#[derive(Model)]
struct Park {
    /// Region.
    #[tf(default = "eu")]
    region: String,
    /// Retries.
    #[tf(block, single)]
    retry: Option<Retry>,
}

impl Provider for Park {
    const NAME: &'static str = "park";
    const VERSION: &'static str = "0.1.0";
    type Client = String;

    async fn configure(self) -> Result<String, Failure> {
        let attempts = self.retry.map_or(1, |retry| retry.attempts);
        Ok(format!("{} {attempts}", self.region))
    }
}

/// Trees.
#[derive(Model)]
struct Trees {
    /// Kind.
    #[tf(default = "oak")]
    kind: String,
    /// What was asked for.
    #[tf(computed)]
    asked: Tf<String>,
    /// Retries.
    #[tf(block)]
    retry: Vec<Retry>,
}

impl DataSource for Trees {
    const TYPE_NAME: &'static str = "park_trees";
    type Client = String;

    async fn read(&mut self, park: &Context<String>) -> Result<(), Failure> {
        let attempts: Vec<u8> = self.retry.iter().map(|retry| retry.attempts).collect();
        self.asked = Tf::Known(format!("{} {} {attempts:?}", park.as_str(), self.kind));
        Ok(())
    }
}

/// A bench with rules over the whole of it.
#[derive(Model)]
struct Bench {
    /// Seats.
    #[tf(required)]
    seats: i64,
    /// Legs.
    #[tf(required)]
    legs: i64,
    /// Names of sponsors.
    #[tf(optional)]
    sponsors: Option<Vec<String>>,
}

impl Resource for Bench {
    const TYPE_NAME: &'static str = "park_bench";
    type Client = String;

    fn validate(config: Partial<'_, Self>) -> Result<(), Failure> {
        let bench = config.whole()?;
        if bench.seats > bench.legs {
            return Err(Failure::new("Too few legs", "Each seat needs a leg.").at(Self::LEGS));
        }
        Ok(())
    }

    fn plan(plan: &mut Plan<'_, Self>) -> Result<(), Failure> {
        let Some(planned) = plan.planned() else { return Ok(()) };
        let seats = planned.require(Self::SEATS)?;
        if seats == 13 {
            return Err(Failure::new("Unlucky", "No bench has 13 seats.").at(Self::SEATS));
        }
        Ok(())
    }

    async fn read(state: Partial<'_, Self>, _: &Context<String>) -> Result<Option<Self>, Failure> {
        state.whole().map(Some)
    }

    async fn create(&mut self, _: &Context<String>) -> Result<(), Failure> {
        Ok(())
    }

    async fn update(&mut self, _: &Self, _: &Context<String>) -> Result<(), Failure> {
        Ok(())
    }

    async fn delete(self, _: &Context<String>) -> Result<(), Failure> {
        Ok(())
    }
}

fn provider() -> Arc<dyn tfplug_testing::Provider> {
    tfplug::provider::<Park>()
        .resource::<Bench>()
        .data_source::<Trees>()
        .build()
}

#[tokio::test]
async fn what_a_provider_block_or_data_source_leaves_out_has_its_default() {
    lint(&provider());
    let check = async |settings: Value, trees: Value, asked: &str, kind: &str| {
        let driver = Driver::new(provider());
        assert!(driver.configure(settings).await.is_empty());
        let (read, told) = driver.read_data("park_trees", trees).await;
        assert!(told.is_empty(), "{told:?}");
        assert_eq!(
            (read.get("asked").as_str(), read.get("kind").as_str()),
            (Some(asked), Some(kind))
        );
    };
    let nothing = || Value::object::<&str>([]);
    let retries = |attempts: &[Option<i64>]| {
        let retry = |attempts: &Option<i64>| Value::object([("attempts", Value::from(*attempts))]);
        ("retry", Value::list(attempts.iter().map(retry)))
    };
    check(nothing(), nothing(), "eu 1 oak []", "oak").await;
    check(
        Value::object([("region", "us".into()), retries(&[None])]),
        Value::object([("kind", "elm".into()), retries(&[None, Some(7)])]),
        "us 3 elm [3, 7]",
        "elm",
    )
    .await;
}

#[tokio::test]
async fn a_rule_that_needs_a_value_waits_until_it_is_known() {
    let driver = Driver::new(provider());
    assert!(driver.configure(Value::object::<&str>([])).await.is_empty());
    let told = async |seats: Value, legs: Value| {
        let sponsors = Value::list([Value::Unknown]);
        for sponsors in [Value::Null, sponsors] {
            let config = Value::object([("seats", seats.clone()), ("legs", legs.clone()), ("sponsors", sponsors)]);
            let planned = driver.plan("park_bench", &Stored::nothing(), config.clone()).await;
            let told = planned
                .diagnostics
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n");
            if config.is_wholly_known() {
                return told;
            }
            assert_eq!(told, "", "{seats:?} {legs:?}");
        }
        String::new()
    };
    let few = "error: Too few legs (at legs): Each seat needs a leg.";
    assert_eq!(told(3.into(), 2.into()).await, few);
    assert_eq!(told(3.into(), Value::Unknown).await, "");
    assert_eq!(told(Value::Unknown, Value::Unknown).await, "");
    assert_eq!(
        told(13.into(), 13.into()).await,
        "error: Unlucky (at seats): No bench has 13 seats."
    );
    let played = random_lifecycles(&provider(), Value::object::<&str>([]), "park_bench", 0..60).await;
    assert!(played.applied > 30 && played.failed == 0, "{played}");
}
