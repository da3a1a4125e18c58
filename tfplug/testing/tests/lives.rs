//! What a test says of a provider that is wrong.

use std::sync::Arc;

use tfplug::{Context, Failure, Model, Partial, Provider, Resource, Tf};
use tfplug_testing::{Driver, Played, Stored, Value, random_lifecycles};

/// A shop.
#[derive(Model)]
struct Shop {
    /// What its orders do wrong.
    #[tf(default = "nothing")]
    fault: String,
}

impl Provider for Shop {
    const NAME: &'static str = "shop";
    const VERSION: &'static str = "0.1.0";
    type Client = String;

    async fn configure(self) -> Result<String, Failure> {
        if self.fault == "closed" {
            return Err(Failure::new("No such shop", "It was closed.").at(Self::FAULT));
        }
        Ok(self.fault)
    }
}

/// An order.
#[derive(Model)]
struct Order {
    /// Article.
    #[tf(required)]
    article: String,
    /// Price.
    #[tf(computed)]
    price: Tf<i64>,
}

impl Resource for Order {
    const TYPE_NAME: &'static str = "shop_order";
    type Client = String;

    async fn read(state: Partial<'_, Self>, fault: &Context<String>) -> Result<Option<Self>, Failure> {
        let mut order = state.whole()?;
        if fault.as_str() == "drifts" {
            order.article.push('!');
        }
        Ok(Some(order))
    }

    #[expect(clippy::panic, reason = "one of the faults that a test tells")]
    async fn create(&mut self, fault: &Context<String>) -> Result<(), Failure> {
        self.price = Tf::Known(1);
        match fault.as_str() {
            "panics" => panic!("no price for {} characters", self.article.len()),
            "fails" => return Err(Failure::new("Sold out", "Nothing is left.").at(Self::ARTICLE)),
            "lies" => self.article.push('?'),
            _ => {}
        }
        Ok(())
    }

    async fn update(&mut self, _: &Self, fault: &Context<String>) -> Result<(), Failure> {
        self.create(fault).await
    }

    async fn delete(self, _: &Context<String>) -> Result<(), Failure> {
        Ok(())
    }
}

fn provider() -> Arc<dyn tfplug_testing::Provider> {
    tfplug::provider::<Shop>().resource::<Order>().build()
}

fn settings(fault: &str) -> Value {
    Value::object([("fault", fault.into())])
}

/// The lives of some orders of a shop, or what the test ends with.
async fn lives(fault: &str) -> Result<Played, String> {
    let settings = settings(fault);
    let played = tokio::spawn(async move { random_lifecycles(&provider(), settings, "shop_order", 3..9).await });
    played.await.map_err(|ended| {
        let payload = ended.into_panic();
        payload.downcast_ref::<String>().cloned().unwrap_or_default()
    })
}

#[tokio::test]
async fn a_failure_of_a_life_says_what_was_played() {
    let mut told = Vec::new();
    for fault in ["panics", "lies", "drifts", "closed"] {
        told.push(format!("{fault}:\n{}", lives(fault).await.unwrap_err()));
    }
    insta::assert_snapshot!(told.join("\n\n"));
}

#[tokio::test]
async fn what_was_not_applied_is_counted_and_the_first_is_shown() {
    assert_eq!(
        lives("nothing").await.unwrap().to_string(),
        "24 applied, 0 refused, 0 failed"
    );
    insta::assert_snapshot!(lives("fails").await.unwrap());
}

#[tokio::test]
async fn nothing_is_asked_of_a_provider_that_refused_its_configuration() {
    let driver = Driver::new(provider());
    let config = Value::object([("article", "a".into())]);
    assert!(driver.configure(settings("closed")).await.has_error());
    assert!(
        driver.validate("shop_order", &config).await.is_empty(),
        "it needs no client"
    );
    let (asked, order) = (driver.clone(), config.clone());
    let planned = tokio::spawn(async move { asked.plan("shop_order", &Stored::nothing(), order).await });
    let payload = planned.await.unwrap_err().into_panic();
    insta::assert_snapshot!(payload.downcast_ref::<String>().unwrap());
    // The next configuration counts.
    assert!(driver.configure(settings("nothing")).await.is_empty());
    let planned = driver.plan("shop_order", &Stored::nothing(), config).await;
    assert!(planned.diagnostics.is_empty());
}
