//! What a new author stumbled over: defaults in rules and in actions, and computed values that code forgets to set.

use std::sync::Arc;

use tfplug::{
    Action, Context, DataSource, EphemeralResource, Failure, Lease, Model, Partial, Progress, Provider, Resource, Tf,
};
use tfplug_testing::{Driver, Stored, Value, lint};

/// A pantry.
#[derive(Model)]
struct Pantry {}

impl Provider for Pantry {
    const NAME: &'static str = "pantry";
    const VERSION: &'static str = "0.1.0";
    type Client = ();

    async fn configure(self) -> Result<(), Failure> {
        Ok(())
    }
}

/// A layer.
#[derive(Model)]
struct Layer {
    /// Grams.
    #[tf(default = 10)]
    grams: u16,
}

/// A jar.
#[derive(Model)]
struct Jar {
    /// Name.
    #[tf(required, identity, replace)]
    name: String,
    /// Most grams.
    #[tf(default = 25)]
    most: u16,
    /// Layers.
    #[tf(block, max = 3)]
    layer: Vec<Layer>,
}

impl Resource for Jar {
    const TYPE_NAME: &'static str = "pantry_jar";
    type Client = ();

    fn validate(config: Partial<'_, Self>) -> Result<(), Failure> {
        let jar = config.whole()?;
        let grams: u32 = jar.layer.iter().map(|layer| u32::from(layer.grams)).sum();
        if grams > jar.most.into() {
            return Err(Failure::new("Too much", format!("{grams} g of {} g.", jar.most)).at(Self::LAYER));
        }
        Ok(())
    }

    async fn read(state: Partial<'_, Self>, _: &Context<()>) -> Result<Option<Self>, Failure> {
        state.whole().map(Some)
    }

    async fn create(&mut self, _: &Context<()>) -> Result<(), Failure> {
        Ok(())
    }

    async fn update(&mut self, _: &Self, _: &Context<()>) -> Result<(), Failure> {
        Ok(())
    }

    async fn delete(self, _: &Context<()>) -> Result<(), Failure> {
        Ok(())
    }
}

/// What is in a jar.
#[derive(Model)]
struct Content {
    /// Whether it is told.
    #[tf(default = false)]
    told: bool,
    /// Text.
    #[tf(computed)]
    text: Tf<String>,
}

impl DataSource for Content {
    const TYPE_NAME: &'static str = "pantry_content";
    type Client = ();

    async fn read(&mut self, _: &Context<()>) -> Result<(), Failure> {
        if self.told {
            self.text = Tf::Null;
        }
        Ok(())
    }
}

impl EphemeralResource for Content {
    const TYPE_NAME: &'static str = "pantry_content";
    type Client = ();

    async fn open(&mut self, context: &Context<()>) -> Result<Lease, Failure> {
        self.read(context).await?;
        Ok(Lease::none())
    }

    async fn close(_: Lease, context: &Context<()>) -> Result<(), Failure> {
        context.warn("Closed", "It was open.");
        Ok(())
    }
}

/// Shakes a jar.
#[derive(Model)]
struct Shake {
    /// How often.
    #[tf(default = 2)]
    times: u8,
}

impl Action for Shake {
    const TYPE_NAME: &'static str = "pantry_shake";
    type Client = ();

    async fn invoke(self, progress: &Progress<'_>, _: &Context<()>) -> Result<(), Failure> {
        progress.tell(format!("{} times", self.times)).await;
        Ok(())
    }
}

fn provider() -> Arc<dyn tfplug_testing::Provider> {
    tfplug::provider::<Pantry>()
        .resource::<Jar>()
        .data_source::<Content>()
        .ephemeral_resource::<Content>()
        .action::<Shake>()
        .build()
}

async fn driver() -> Driver {
    let driver = Driver::new(provider());
    assert!(driver.configure(Value::object::<&str>([])).await.is_empty());
    driver
}

fn told(diagnostics: &tfplug::core::Diagnostics) -> Vec<String> {
    diagnostics.iter().map(ToString::to_string).collect()
}

#[test]
fn defaults_have_no_fault_anywhere() {
    lint(&provider());
}

#[tokio::test]
async fn a_rule_over_the_whole_sees_defaults() {
    let driver = driver().await;
    let check = async |layers: Vec<Option<i64>>, expected: &[&str]| {
        let layers = layers.into_iter().map(|grams| Value::object([("grams", grams.into())]));
        let config = Value::object([("name", "a".into()), ("layer", Value::list(layers))]);
        let planned = driver.plan("pantry_jar", &Stored::nothing(), config).await;
        assert_eq!(told(&planned.diagnostics), expected);
    };
    check(vec![], &[]).await;
    check(vec![None, Some(15)], &[]).await;
    check(vec![None, Some(16)], &["error: Too much (at layer): 26 g of 25 g."]).await;
}

#[tokio::test]
async fn what_was_not_set_is_told_and_null_is_set_on_purpose() {
    let driver = driver().await;
    let config = |told: Value| Value::object([("told", told)]);
    let missing = |what: &str| {
        format!(
            "error: Value missing (at text): `text` was not set when the {what} `pantry_content` was read. This is a bug in \
             the provider; please report it."
        )
    };
    let (_, read) = driver.read_data("pantry_content", config(Value::Null)).await;
    assert_eq!(told(&read), [missing("data source")]);
    let (value, read) = driver.read_data("pantry_content", config(true.into())).await;
    assert_eq!(told(&read), [""; 0]);
    assert!(value.get("text").is_null());
    let opened = driver.open("pantry_content", config(Value::Null)).await;
    let closed = "warning: Closed: It was open.".to_owned();
    assert_eq!(told(&opened.diagnostics), [closed, missing("ephemeral resource")]);
    let opened = driver.open("pantry_content", config(true.into())).await;
    assert_eq!(told(&opened.diagnostics), [""; 0]);
}

#[tokio::test]
async fn an_action_has_its_defaults() {
    let driver = driver().await;
    for (config, line) in [
        (Value::Null, "2 times"),
        (Value::object([("times", 3.into())]), "3 times"),
    ] {
        assert_eq!(told(&driver.plan_action("pantry_shake", config.clone()).await), [""; 0]);
        assert_eq!(driver.invoke("pantry_shake", config).await.progress, [line]);
    }
}
