//! `GenerateResourceConfig`: the configuration to write for an imported object.
//!
//! The result is what a person would write: nothing that the provider sets, nothing that is there by
//! default, nothing empty. Applied as it stands it changes nothing.

use std::collections::BTreeMap;

use tfplug_core::{Attribute, AttributeType, Block, Diagnostic, Diagnostics, Mode, NestedBlock, Nesting, Value};

use crate::{
    convert,
    proto::tfplugin6::generate_resource_config,
    rpc::{Rpc, Subject},
    service::Service,
};

impl Rpc for generate_resource_config::Request {
    const NAME: &'static str = "GenerateResourceConfig";
    type Response = generate_resource_config::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Resource(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let managed = service.managed(&self.type_name)?;
        let what = format!("state of `{}`", self.type_name);
        let state = convert::decode(self.state.as_ref(), &managed.state, &what)?;
        if !state.is_present() {
            let detail = format!("The client sent no state of `{}`.", self.type_name);
            return Err(Diagnostic::error("No configuration to generate", detail).into());
        }
        let config = block(&managed.resource.schema().block, &state);
        Ok(generate_resource_config::Response {
            config: Some(convert::encode(&config, &managed.state, &format!("generated {what}"))?),
            diagnostics: Vec::new(),
        })
    }
}

fn block(block: &Block, state: &Value) -> Value {
    let mut config = members(&block.attributes, state);
    for nested in &block.blocks {
        config.insert(nested.name.clone(), nested_block(nested, state.get(&nested.name)));
    }
    Value::Map(config)
}

fn nested_block(nested: &NestedBlock, state: &Value) -> Value {
    repeat(nested.nesting, state, &|element| block(&nested.block, element))
}

fn members(attributes: &[Attribute], state: &Value) -> BTreeMap<String, Value> {
    let member = |attribute: &Attribute| (attribute.name.clone(), value(attribute, state.get(&attribute.name)));
    attributes.iter().map(member).collect()
}

fn value(attribute: &Attribute, state: &Value) -> Value {
    let set_by_provider = !attribute.mode.is_configurable() || attribute.write_only;
    let optional = attribute.mode != Mode::Required;
    let dispensable = attribute.deprecation.is_some()
        || attribute.default.as_ref() == Some(state)
        || (attribute.default.is_none() && state.is_null_or_empty());
    if set_by_provider || (optional && dispensable) {
        return Value::Null;
    }
    match &attribute.ty {
        AttributeType::Plain(_) => state.clone(),
        AttributeType::Nested { nesting, attributes } => {
            repeat(*nesting, state, &|element| Value::Map(members(attributes, element)))
        }
    }
}

/// Applies `one` to the object or to each of the objects.
fn repeat(nesting: Nesting, state: &Value, one: &dyn Fn(&Value) -> Value) -> Value {
    match (nesting, state) {
        (_, Value::List(elements)) => Value::List(elements.iter().map(one).collect()),
        (_, Value::Set(elements)) => Value::Set(elements.iter().map(one).collect()),
        (Nesting::Map, Value::Map(members)) => {
            Value::Map(members.iter().map(|(key, member)| (key.clone(), one(member))).collect())
        }
        (Nesting::Single | Nesting::Group, Value::Map(_)) => one(state),
        (_, other) => other.clone(),
    }
}
