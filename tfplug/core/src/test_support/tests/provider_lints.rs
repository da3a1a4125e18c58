//! Providers that a client refuses for what they offer.

use std::sync::Arc;

use crate::{
    Action, Attribute, BoxFuture, Cancel, Diagnostics, Function, ListResource, Mode, Provider, Resource, Schema, Sink,
    Type, Value,
    function::{FunctionError, Parameter, Signature},
    list::{ListRequest, Listed},
    provider::ConfigureRequest,
    schema::Block,
    test_support::{SchemaKind, lint_provider, lint_schema, sample::Sample},
};

/// A thing of a name with an empty schema, or a signature.
struct Named {
    name: &'static str,
    schema: Schema,
    signature: Signature,
}

fn schema(attributes: Vec<Attribute>) -> Schema {
    let block = Block {
        attributes,
        ..Block::default()
    };
    Schema { version: 0, block }
}

fn named(name: &'static str) -> Named {
    let signature = Signature {
        summary: String::new(),
        description: String::new(),
        parameters: Vec::new(),
        variadic: None,
        result: Type::String,
        deprecation: None,
    };
    Named {
        name,
        schema: schema(Vec::new()),
        signature,
    }
}

fn function(name: &'static str, parameters: &[&str]) -> Arc<dyn Function> {
    let parameter = |name: &&str| Parameter::new(name, Type::String, "");
    let mut named = named(name);
    named.signature.parameters = parameters.iter().map(parameter).collect();
    named.signature.variadic = named.signature.parameters.pop();
    Arc::new(named)
}

impl Function for Named {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn call(&self, _: Vec<Value>) -> Result<Value, FunctionError> {
        Ok(Value::Null)
    }
}

impl ListResource for Named {
    fn type_name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn list<'a>(&'a self, _: ListRequest, _: &'a dyn Sink<Listed>, _: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async { Diagnostics::new() })
    }
}

impl Action for Named {
    fn type_name(&self) -> &'static str {
        self.name
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn invoke<'a>(&'a self, _: Value, _: &'a dyn Sink<String>, _: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async { Diagnostics::new() })
    }
}

struct Offer {
    schema: Schema,
    resources: Vec<Arc<dyn Resource>>,
    lists: Vec<Arc<dyn ListResource>>,
    actions: Vec<Arc<dyn Action>>,
    functions: Vec<Arc<dyn Function>>,
}

impl Provider for Offer {
    fn name(&self) -> &'static str {
        "test"
    }

    fn version(&self) -> &'static str {
        "0.0.0"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn configure<'a>(&'a self, _: ConfigureRequest, _: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async { Diagnostics::new() })
    }

    fn resources(&self) -> &[Arc<dyn Resource>] {
        &self.resources
    }

    fn list_resources(&self) -> &[Arc<dyn ListResource>] {
        &self.lists
    }

    fn actions(&self) -> &[Arc<dyn Action>] {
        &self.actions
    }

    fn functions(&self) -> &[Arc<dyn Function>] {
        &self.functions
    }
}

/// The faults of a provider that offers one more thing, without those of the sample's blocks.
fn check(offer: impl FnOnce(&mut Offer)) -> String {
    let mut provider = Offer {
        schema: schema(Vec::new()),
        resources: vec![Arc::new(Sample::new())],
        lists: Vec::new(),
        actions: Vec::new(),
        functions: Vec::new(),
    };
    let known = lint_provider(&provider);
    offer(&mut provider);
    let faults = lint_provider(&provider)
        .into_iter()
        .filter(|fault| !known.contains(fault));
    faults.collect::<Vec<_>>().join("\n")
}

#[test]
fn lists_that_clients_refuse() {
    let listed = |name| check(|offer| offer.lists.push(Arc::new(named(name))));
    assert_eq!(listed("test_sample"), "");
    assert_eq!(
        listed("test_other"),
        "list resource `test_other`: there is no managed resource of this name"
    );
    let twice = check(|offer| {
        offer.lists.push(Arc::new(named("test_sample")));
        offer.lists.push(Arc::new(named("test_sample")));
    });
    assert_eq!(twice, "list resource `test_sample`: the name is used twice");
}

#[test]
fn actions_that_clients_refuse() {
    let acting = |name| check(|offer| offer.actions.push(Arc::new(named(name))));
    assert_eq!(acting("test"), "");
    assert_eq!(acting("test_jump"), "");
    for name in ["jump", "testjump", "test_Jump", "test-jump"] {
        assert_eq!(
            acting(name),
            format!(
                "action `{name}`: a type name is `test` or begins with `test_`, and has lower-case letters, digits and \
                 underscores"
            )
        );
    }
}

#[test]
fn functions_that_clients_refuse() {
    let calling = |name, parameters: &[&str]| check(|offer| offer.functions.push(function(name, parameters)));
    assert_eq!(calling("parse_name", &["arn", "rest"]), "");
    assert_eq!(
        calling("parse name", &[]),
        "function `parse name`: the name is not an identifier"
    );
    assert_eq!(calling("7up", &[]), "function `7up`: the name is not an identifier");
    assert_eq!(
        calling("parse", &["a b", "rest"]),
        "function `parse`: parameter `a b`: the name is not an identifier"
    );
    // The variadic one counts, too.
    assert_eq!(
        calling("parse", &["text", "text"]),
        "function `parse`: parameter `text`: the name is used twice"
    );
    let twice = check(|offer| offer.functions.extend([function("parse", &[]), function("parse", &[])]));
    assert_eq!(twice, "function `parse`: the name is used twice");
}

#[test]
fn configurations_without_an_answer_compute_nothing() {
    let linted = |attribute: Attribute, kind| lint_schema(&schema(vec![attribute]), kind).join("\n");
    let optional = |name| Attribute::new(name, Type::String, Mode::Optional, "");
    let computed = || Attribute::new("size", Type::String, Mode::Computed, "");
    assert_eq!(linted(computed(), SchemaKind::DataSource), "");
    for kind in [SchemaKind::ListResource, SchemaKind::Action] {
        let fault = "size: computed, where nothing is answered that could hold the value";
        assert_eq!(linted(computed(), kind), fault);
        assert_eq!(linted(optional("size").default_value("a"), kind), "");
        assert_eq!(linted(optional("size"), kind), "");
    }
    assert_eq!(linted(optional("count"), SchemaKind::ListResource), "");
    assert_eq!(
        linted(optional("count"), SchemaKind::Action),
        "count: the name is reserved at the root"
    );
}
