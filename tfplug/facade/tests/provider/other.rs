//! Data sources and functions.

use std::sync::Arc;

use tfplug::{Context, DataSource, Failure, Function, FunctionError, Model, Provider, Tf};
use tfplug_testing::{Driver, Value, lint};

/// A library.
#[derive(Model)]
struct Library {
    /// Greeting.
    #[tf(optional)]
    greeting: Tf<String>,
}

impl Provider for Library {
    const NAME: &'static str = "library";
    const VERSION: &'static str = "0.1.0";
    type Client = String;

    async fn configure(self) -> Result<String, Failure> {
        match self.greeting {
            Tf::Known(greeting) if greeting.is_empty() => {
                Err(Failure::new("No greeting", "An empty greeting greets nobody.").at(Self::GREETING))
            }
            Tf::Known(greeting) => Ok(greeting),
            Tf::Unknown => Ok("(to come)".to_owned()),
            Tf::Null => Ok("Hello".to_owned()),
        }
    }
}

/// A greeting.
#[derive(Model)]
struct Greeting {
    /// Name.
    #[tf(required)]
    name: String,
    /// The greeting.
    #[tf(computed)]
    text: Tf<String>,
}

impl DataSource for Greeting {
    const TYPE_NAME: &'static str = "library_greeting";
    type Client = String;

    async fn read(&mut self, greeting: &Context<String>) -> Result<(), Failure> {
        if self.name == "nobody" {
            return Err(Failure::new("Nobody there", "There is no `nobody`.").at(Self::NAME));
        }
        if self.name == "Bob" {
            greeting.warn_at(Self::NAME, "Bob again", "He was greeted before.");
        }
        self.text = Tf::Known(format!("{}, {}!", greeting.as_str(), self.name));
        Ok(())
    }
}

fn provider() -> Arc<dyn tfplug_testing::Provider> {
    let repeat = Function::new("repeat", "A text, some times.")
        .description("The text, as many times as is said, with a separator.")
        .parameter("text", "What to repeat.")
        .parameter("times", "How often.")
        .parameter("separator", "What stands between them; null for nothing.")
        .calls(|text: String, times: u8, separator: Option<String>| {
            if times == 0 {
                return Err(FunctionError::new("Zero times is nothing.").at(1));
            }
            Ok(vec![text; usize::from(times)].join(&separator.unwrap_or_default()))
        });
    let answer = Function::new("answer", "The answer.").calls(|| Ok(42));
    tfplug::provider::<Library>()
        .data_source::<Greeting>()
        .function(repeat)
        .function(answer)
        .build()
}

async fn greeted(settings: Value, name: &str) -> (Option<String>, Vec<String>) {
    let driver = Driver::new(provider());
    let mut told = driver.configure(settings).await;
    let (read, diagnostics) = driver
        .read_data("library_greeting", Value::object([("name", name.into())]))
        .await;
    told.extend(diagnostics);
    let text = read.get("text").as_str().map(str::to_owned);
    (text, told.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn a_data_source_reads_with_the_client() {
    lint(&provider());
    let check = async |greeting: Value, name: &str, text: Option<&str>, told: &[&str]| {
        let found = greeted(Value::object([("greeting", greeting)]), name).await;
        assert_eq!(
            (
                found.0.as_deref(),
                found.1.iter().map(String::as_str).collect::<Vec<_>>()
            ),
            (text, told.to_vec())
        );
    };
    check(Value::Null, "Ann", Some("Hello, Ann!"), &[]).await;
    check(
        "Hi".into(),
        "Bob",
        Some("Hi, Bob!"),
        &["warning: Bob again (at name): He was greeted before."],
    )
    .await;
    check(Value::Unknown, "Ann", Some("(to come), Ann!"), &[]).await;
    check(
        Value::Null,
        "nobody",
        None,
        &["error: Nobody there (at name): There is no `nobody`."],
    )
    .await;
    let refused = Driver::new(provider())
        .configure(Value::object([("greeting", "".into())]))
        .await;
    assert_eq!(
        refused.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["error: No greeting (at greeting): An empty greeting greets nobody."]
    );
}

#[tokio::test]
async fn a_function_takes_what_its_closure_takes() {
    let driver = Driver::new(provider());
    let call = async |arguments: &[Value]| driver.call("repeat", arguments).await;
    assert_eq!(call(&["a".into(), 3.into(), "-".into()]).await.unwrap(), "a-a-a".into());
    assert_eq!(call(&["a".into(), 2.into(), Value::Null]).await.unwrap(), "aa".into());
    let zero = call(&["a".into(), 0.into(), Value::Null]).await.unwrap_err();
    assert_eq!((zero.text.as_str(), zero.argument), ("Zero times is nothing.", Some(1)));
    let large = call(&["a".into(), 300.into(), Value::Null]).await.unwrap_err();
    assert_eq!(large.argument, Some(1));
    assert_eq!(driver.call("answer", &[]).await.unwrap(), 42.into());
}
