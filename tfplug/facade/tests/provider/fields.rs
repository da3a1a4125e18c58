//! Every kind of field, and what becomes of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tfplug::{
    Context, Failure, Model, Partial, Plan, Provider, Resource, Tf,
    validators::{Between, Each, Length, OneOf, Size},
};
use tfplug_testing::{Action, Driver, Stored, Value, lint, random_lifecycles};

/// No settings.
#[derive(Model)]
struct Toy {}

impl Provider for Toy {
    const NAME: &'static str = "toy";
    const VERSION: &'static str = "0.1.0";
    type Client = ();

    async fn configure(self) -> Result<(), Failure> {
        Ok(())
    }
}

/// A port of a server.
#[derive(Clone, Debug, Model, PartialEq)]
struct Port {
    /// Number.
    #[tf(required, check = Between { min: 1, max: 65535 })]
    number: u16,
    /// Protocol.
    #[tf(default = "tcp", check = OneOf(&["tcp", "udp"]))]
    protocol: String,
}

/// A label.
#[derive(Clone, Debug, Model, PartialEq, Eq, PartialOrd, Ord)]
struct Label {
    /// Key.
    #[tf(required)]
    key: String,
}

/// Where it runs.
#[derive(Clone, Debug, Model, PartialEq)]
struct Place {
    /// Zone.
    #[tf(required)]
    zone: String,
}

/// A server.
#[derive(Clone, Debug, Model, PartialEq)]
struct Server {
    /// Region, first part of the identity.
    #[tf(required, identity, replace, check = Length { min: 1, max: 20 })]
    region: String,
    /// Number, second part of the identity.
    #[tf(required, identity, replace)]
    number: i64,
    /// Share of a core.
    #[tf(optional)]
    share: Option<f64>,
    /// Starts at once.
    #[tf(default = true)]
    started: bool,
    /// Arguments.
    #[tf(optional, check = Size { min: 1, max: 3 }, check = Each(Length { min: 1, max: 9 }))]
    arguments: Option<Vec<String>>,
    /// Zones.
    #[tf(optional)]
    zones: Tf<BTreeSet<String>>,
    /// Tags.
    #[tf(default = BTreeMap::new())]
    tags: BTreeMap<String, String>,
    /// Password.
    #[tf(optional, sensitive, deprecated = "Use keys.")]
    password: Option<String>,
    /// Kind, which the service may choose.
    #[tf(optional, computed, name = "type")]
    kind: Tf<String>,
    /// Id.
    #[tf(computed, stable)]
    id: Tf<String>,
    /// Number of changes.
    #[tf(computed)]
    revision: Tf<u32>,
    /// Ports.
    #[tf(block, max = 4)]
    port: Vec<Port>,
    /// Labels.
    #[tf(block)]
    label: BTreeSet<Label>,
    /// Where it runs.
    #[tf(block, single)]
    place: Option<Place>,
}

impl Resource for Server {
    const TYPE_NAME: &'static str = "toy_server";
    const VERSION: i64 = 2;
    type Client = ();

    fn validate(config: Partial<'_, Self>) -> Result<(), Failure> {
        match (config.get(Self::STARTED)?, config.get(Self::SHARE)?) {
            (Tf::Known(true), Tf::Known(0.0)) => Err(Failure::new(
                "Nothing to start with",
                "A server that starts needs a share of a core.",
            )
            .at(Self::SHARE)),
            _ => Ok(()),
        }
    }

    fn plan(plan: &mut Plan<'_, Self>) -> Result<(), Failure> {
        let (Some(prior), Some(planned)) = (plan.prior(), plan.planned()) else {
            if plan.is_destroy() {
                plan.warn("Server stops", "Its work is lost.");
            }
            return Ok(());
        };
        if prior.get(Self::STARTED)? != planned.get(Self::STARTED)? {
            let kind = prior.get(Self::KIND)?;
            plan.warn_at(
                Self::STARTED,
                "Server restarts",
                format!("The {} restarts.", kind.known().unwrap_or_default()),
            );
        }
        Ok(())
    }

    fn upgrade(version: i64, state: Value) -> Result<Value, Failure> {
        if version != 0 {
            return Err(Failure::new(
                "Version unknown",
                format!("Version {version} was never released."),
            ));
        }
        // Version 0 had the kind under another name, and no `started`.
        let kind = state.get("size").clone();
        Ok(Value::object([
            ("region", state.get("region").clone()),
            ("number", state.get("number").clone()),
            ("type", kind),
            ("started", true.into()),
            ("zones", state.get("zones").clone()),
        ]))
    }

    async fn read(state: Partial<'_, Self>, context: &Context<()>) -> Result<Option<Self>, Failure> {
        if state.require(Self::NUMBER)? == 404 {
            return Ok(None);
        }
        if let Ok(server) = state.whole() {
            return Ok(Some(server));
        }
        context.warn("Imported", "What the service does not tell is not there.");
        Ok(Some(Self {
            region: state.require(Self::REGION)?,
            number: state.require(Self::NUMBER)?,
            share: None,
            started: true,
            arguments: None,
            zones: Tf::Null,
            tags: BTreeMap::new(),
            password: None,
            kind: Tf::Known("small".to_owned()),
            id: Tf::Known("id".to_owned()),
            revision: Tf::Known(1),
            port: Vec::new(),
            label: BTreeSet::new(),
            place: None,
        }))
    }

    async fn create(&mut self, _: &Context<()>) -> Result<(), Failure> {
        match self.number {
            13 => {
                return Err(Failure::new("Unlucky", "Nothing was made.")
                    .at(Self::NUMBER)
                    .nothing_done());
            }
            14 => return Err(Failure::new("Half done", "It exists, but.")),
            _ => {}
        }
        self.id = Tf::Known(format!("{}-{}", self.region, self.number));
        self.revision = Tf::Known(1);
        if self.kind.is_unknown() {
            self.kind = Tf::Known("small".to_owned());
        }
        Ok(())
    }

    async fn update(&mut self, prior: &Self, _: &Context<()>) -> Result<(), Failure> {
        self.revision = prior.revision.map(|revision| revision + 1);
        if self.kind.is_unknown() {
            self.kind = prior.kind.clone();
        }
        match self.password.as_deref() {
            Some("refused") => Err(Failure::new("Refused", "Nothing was changed.")),
            Some("half") => Err(Failure::new("Half done", "The tags are set.").partly_done()),
            _ => Ok(()),
        }
    }

    async fn delete(self, _: &Context<()>) -> Result<(), Failure> {
        if self.number == 99 {
            return Err(Failure::new("Busy", "It cannot be deleted."));
        }
        Ok(())
    }
}

const SERVER: &str = "toy_server";

async fn driver() -> Driver {
    let driver = Driver::new(provider());
    driver.configure(Value::object::<&str>([])).await;
    driver
}

fn provider() -> Arc<dyn tfplug_testing::Provider> {
    tfplug::provider::<Toy>().resource::<Server>().build()
}

fn config(number: i64, more: &[(&str, Value)]) -> Value {
    let mut config = Value::object([("region", "eu".into()), ("number", number.into())]);
    for (name, value) in more {
        config.insert(*name, value.clone());
    }
    config
}

fn told(diagnostics: &tfplug::core::Diagnostics) -> String {
    diagnostics
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_model_is_a_schema() {
    let block = Server::block();
    let attributes = block.attributes.iter().map(|attribute| {
        format!(
            "{} {:?} {:?}: {}",
            attribute.name,
            attribute.mode,
            attribute.implied_type(),
            attribute.description
        )
    });
    let blocks = block.blocks.iter().map(|block| {
        let (min, max) = (block.min_items, block.max_items);
        format!(
            "{} {:?} {min}..{max}: {}",
            block.name, block.nesting, block.block.description
        )
    });
    let told: Vec<String> = attributes.chain(blocks).collect();
    insta::assert_snapshot!(format!(
        "{}\n{}\n{:?}",
        block.description,
        told.join("\n"),
        Server::IDENTITY
    ));
    lint(&provider());
}

#[tokio::test]
async fn every_field_goes_there_and_back() {
    let driver = driver().await;
    let port = Value::object([("number", 80.into())]);
    let more = [
        ("share", Value::from(tfplug::Number::from_f64(0.5))),
        ("arguments", Value::list(["a".into(), "b".into()])),
        ("zones", Value::set_of(["z".into(), "y".into()])),
        ("tags", Value::object([("team", "a".into())])),
        ("type", "large".into()),
        ("port", Value::list([port])),
        ("label", Value::set_of([Value::object([("key", "k".into())])])),
        ("place", Value::list([Value::object([("zone", "z".into())])])),
    ];
    let created = driver
        .plan_and_apply(SERVER, &Stored::nothing(), config(1, &more))
        .await;
    assert_eq!(told(&created.diagnostics), "");
    let server = tfplug::core::typed::FromValue::from_value(&created.stored.state);
    let server: Server = server.unwrap();
    assert_eq!(
        server.port,
        [Port {
            number: 80,
            protocol: "tcp".to_owned()
        }]
    );
    assert_eq!(server.place, Some(Place { zone: "z".to_owned() }));
    assert_eq!(
        (server.kind, server.revision),
        (Tf::Known("large".to_owned()), Tf::Known(1))
    );
    let expected = Value::object([("region", "eu".into()), ("number", 1.into())]);
    assert_eq!(created.stored.identity, expected);
    let again = driver.plan(SERVER, &created.stored, config(1, &more)).await;
    assert_eq!(again.action, Action::NoOp);
}

#[tokio::test]
async fn what_does_not_fit_is_told_at_its_place() {
    let driver = driver().await;
    let told_of = async |more: &[(&str, Value)]| told(&driver.validate(SERVER, &config(1, more)).await);
    let port = |number: i64| Value::list([Value::object([("number", number.into())])]);
    insta::assert_snapshot!(told_of(&[("port", port(70_000))]).await);
    insta::assert_snapshot!(
        told_of(&[
            ("arguments", Value::list(["".into()])),
            ("share", 0.into()),
            ("started", true.into())
        ])
        .await
    );
    insta::assert_snapshot!(told_of(&[("share", 0.into()), ("started", true.into())]).await);
    assert_eq!(
        told_of(&[("share", Value::Unknown), ("started", true.into())]).await,
        ""
    );
    let number = Value::from("1.5".parse::<tfplug::Number>().unwrap());
    let mut wrong = config(1, &[]);
    wrong.insert("number", number);
    insta::assert_snapshot!(told(&driver.validate(SERVER, &wrong).await));
}

#[tokio::test]
async fn a_failure_says_what_is_stored() {
    let driver = driver().await;
    let nothing = driver.plan_and_apply(SERVER, &Stored::nothing(), config(13, &[])).await;
    assert_eq!(
        told(&nothing.diagnostics),
        "error: Unlucky (at number): Nothing was made."
    );
    assert_eq!(nothing.stored, Stored::nothing());
    let half = driver.plan_and_apply(SERVER, &Stored::nothing(), config(14, &[])).await;
    assert_eq!((half.stored.tainted, half.stored.state.get("id")), (true, &Value::Null));

    let created = driver
        .plan_and_apply(SERVER, &Stored::nothing(), config(1, &[]))
        .await
        .stored;
    for (password, is_kept) in [("refused", false), ("half", true)] {
        let more = [("password", Value::from(password))];
        let failed = driver.plan_and_apply(SERVER, &created, config(1, &more)).await;
        assert!(failed.diagnostics.has_error());
        assert_eq!(
            failed.stored.state.get("password").as_str().is_some(),
            is_kept,
            "{password}"
        );
    }
    let busy = driver
        .plan_and_apply(SERVER, &Stored::nothing(), config(99, &[]))
        .await
        .stored;
    let kept = driver.destroy(SERVER, &busy).await;
    assert_eq!(
        told(&kept.diagnostics),
        "error: Busy: It cannot be deleted.\nwarning: Server stops: Its work is lost."
    );
    assert_eq!(kept.stored.state, busy.state);
}

#[tokio::test]
async fn a_plan_warns_and_an_import_reads() {
    let driver = driver().await;
    let imported = driver.import(SERVER, "eu/7").await;
    assert_eq!(
        told(&imported.diagnostics),
        "warning: Imported: What the service does not tell is not there."
    );
    let stopped = config(7, &[("started", false.into())]);
    let planned = driver.plan(SERVER, &imported.stored, stopped).await;
    assert_eq!(
        told(&planned.diagnostics),
        "warning: Server restarts (at started): The small restarts."
    );
    assert_eq!(planned.state.get("id").as_str(), Some("id"), "it is stable");
    assert_eq!(planned.state.get("revision"), &Value::Unknown);
    for id in ["eu", "eu/x", "eu/7/8", "/7"] {
        let wrong = driver.import(SERVER, id).await;
        assert!(
            told(&wrong.diagnostics).ends_with("toy_server; one has the form REGION/NUMBER."),
            "{id}"
        );
    }
}

#[tokio::test]
async fn a_state_of_an_older_version_is_brought_to_the_new_form() {
    let driver = driver().await;
    let old = r#"{"region": "eu", "number": 12345678901234567890, "size": "large", "zones": ["a"], "gone": 1}"#;
    let upgraded = driver.upgrade(SERVER, 0, old).await.unwrap();
    assert_eq!(upgraded.get("type").as_str(), Some("large"));
    assert_eq!(
        upgraded.get("number").as_number().unwrap().to_string(),
        "12345678901234567890"
    );
    assert_eq!(upgraded.get("zones"), &Value::set_of(["a".into()]));
    let other = driver.upgrade(SERVER, 1, old).await.unwrap_err();
    assert_eq!(told(&other), "error: Version unknown: Version 1 was never released.");
}

#[tokio::test]
async fn random_servers_keep_the_rules_of_clients() {
    let played = random_lifecycles(&provider(), Value::object::<&str>([]), SERVER, 0..80).await;
    assert!(played.applied > 80, "{played}");
}
