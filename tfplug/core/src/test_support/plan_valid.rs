//! The client's demands on a plan: "Provider produced invalid plan".

use crate::{
    path::Path,
    schema::{Attribute, AttributeType, Block, NestedBlock, Nesting, Schema},
    test_support::assert_conforms,
    value::Value,
};

/// The faults of a planned state; empty if there are none.
///
/// A configured value may be planned only as itself or as the prior value, a value may be added only
/// to computed attributes, and blocks must be those of the configuration.
pub fn assert_plan_valid(schema: &Schema, prior: &Value, config: &Value, planned: &Value) -> Vec<String> {
    let mut check = Check {
        errors: assert_conforms(&schema.implied_type(), planned),
    };
    if planned.is_null() != config.is_null() {
        check.error(
            &Path::root(),
            "planned is null where the configuration is not, or the other way round",
        );
    } else if !config.is_null() {
        check.block(&schema.block, prior, config, planned, &Path::root());
    }
    check.errors
}

struct Check {
    errors: Vec<String>,
}

impl Check {
    fn error(&mut self, path: &Path, message: &str) {
        self.errors.push(format!("{path}: {message}"));
    }

    fn block(&mut self, block: &Block, prior: &Value, config: &Value, planned: &Value, path: &Path) {
        self.attributes(&block.attributes, prior, config, planned, path);
        for nested in &block.blocks {
            let name = nested.name.as_str();
            self.nested(
                nested,
                prior.get(name),
                config.get(name),
                planned.get(name),
                &path.child(name),
            );
        }
    }

    fn attributes(&mut self, attributes: &[Attribute], prior: &Value, config: &Value, planned: &Value, path: &Path) {
        for attribute in attributes {
            let name = attribute.name.as_str();
            self.attribute(
                attribute,
                prior.get(name),
                config.get(name),
                planned.get(name),
                &path.child(name),
            );
        }
    }

    fn attribute(&mut self, attribute: &Attribute, prior: &Value, config: &Value, planned: &Value, path: &Path) {
        if attribute.write_only {
            if !planned.is_null() {
                self.error(path, "a write-only attribute is planned");
            }
            return;
        }
        let same = planned == config || (planned == prior && !prior.is_null() && !config.is_null());
        let free = attribute.mode.is_computed() && (config.is_null() || !attribute.mode.is_configurable());
        if same || free {
            return;
        }
        match &attribute.ty {
            _ if config.is_null() => self.error(path, "a value is planned for an attribute that is not computed"),
            AttributeType::Nested { nesting, attributes } => {
                self.nested_attributes(*nesting, attributes, prior, config, planned, path);
            }
            AttributeType::Plain(_) => {
                self.error(path, "the planned value is neither the configured nor the prior one");
            }
        }
    }

    fn nested_attributes(
        &mut self,
        nesting: Nesting,
        attributes: &[Attribute],
        prior: &Value,
        config: &Value,
        planned: &Value,
        path: &Path,
    ) {
        if !planned.is_present() || !config.is_present() {
            self.error(
                path,
                "a configured value is planned as null or unknown, or an unknown one as known",
            );
            return;
        }
        for (path, prior, config, planned) in self.paired(nesting, prior, config, planned, path) {
            if planned != config {
                self.attributes(attributes, prior, config, planned, &path);
            }
        }
    }

    fn nested(&mut self, nested: &NestedBlock, prior: &Value, config: &Value, planned: &Value, path: &Path) {
        if config.is_unknown() {
            if !planned.is_unknown() {
                self.error(path, "blocks of unknown number must stay unknown");
            }
            return;
        }
        let single = nested.nesting == Nesting::Single;
        if planned.is_unknown() || (planned.is_null() && !single) || (single && planned.is_null() != config.is_null()) {
            self.error(
                path,
                "planned blocks are null or unknown, or not those of the configuration",
            );
            return;
        }
        if nested.nesting == Nesting::Set || config.is_null() {
            return;
        }
        for (path, prior, config, planned) in self.paired(nested.nesting, prior, config, planned, path) {
            if planned.is_present() {
                self.block(&nested.block, prior, config, planned, &path);
            } else {
                self.error(&path, "a planned block is null or unknown");
            }
        }
    }

    /// Elements of configuration, plan and prior state that belong together; none where they cannot be
    /// told apart. Another number of elements, or other keys, are an error.
    fn paired<'a>(
        &mut self,
        nesting: Nesting,
        prior: &'a Value,
        config: &'a Value,
        planned: &'a Value,
        path: &Path,
    ) -> Vec<(Path, &'a Value, &'a Value, &'a Value)> {
        match (nesting, config, planned) {
            (Nesting::Single | Nesting::Group, _, _) => vec![(path.clone(), prior, config, planned)],
            (Nesting::Map, Value::Map(configs), Value::Map(plans)) => {
                if !configs.keys().eq(plans.keys()) {
                    self.error(path, "planned keys are not those of the configuration");
                }
                let both = configs
                    .iter()
                    .filter_map(|(key, config)| Some((key, config, plans.get(key)?)));
                both.map(|(key, config, planned)| (path.key(key), prior.get(key), config, planned))
                    .collect()
            }
            _ if config.elements().count() != planned.elements().count() => {
                self.error(path, "there are more or fewer planned elements than configured ones");
                Vec::new()
            }
            (Nesting::List, _, _) => {
                let prior: Vec<&Value> = prior.elements().collect();
                let both = config.elements().zip(planned.elements()).enumerate();
                both.map(|(index, (config, planned))| {
                    (
                        path.index(index),
                        prior.get(index).copied().unwrap_or(&Value::Null),
                        config,
                        planned,
                    )
                })
                .collect()
            }
            _ => Vec::new(),
        }
    }
}
