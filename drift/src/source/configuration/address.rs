//! Addresses of resource instances, taken apart: a key may hold dots and brackets in quotes.

use std::fmt;

use daemons::name;
use serde_json::Value;

/// The resource of hashicorp/awscc, which names the daemon in another argument.
pub(super) const AWSCC: &str = "awscc_ecs_daemon";
/// The word before the name of a module.
pub(super) const MODULE: &str = "module";

/// A name with the key of an instance, for example `agent["a"]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) key: Option<Value>,
}

impl Step {
    /// A name without a key.
    pub(super) fn of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            key: None,
        }
    }
}

/// The address of a resource instance.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Address {
    /// Calls of modules, outermost first.
    pub(super) modules: Vec<Step>,
    pub(super) resource_type: String,
    pub(super) resource: Step,
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        match &self.key {
            Some(key) => write!(formatter, "[{key}]"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for module in &self.modules {
            write!(formatter, "{MODULE}.{module}.")?;
        }
        write!(formatter, "{}.{}", self.resource_type, self.resource)
    }
}

impl Address {
    /// Takes an address apart; none if the text is no address of a resource.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let steps = segments(text).into_iter().map(|segment| step(&segment));
        Self::of_steps(steps.collect::<Option<_>>()?)
    }

    /// All of it one by one, the words before modules included.
    pub(super) fn steps(&self) -> Vec<Step> {
        let modules = self
            .modules
            .iter()
            .flat_map(|module| [Step::of(MODULE), module.clone()]);
        let resource = [Step::of(&self.resource_type), self.resource.clone()];
        modules.chain(resource).collect()
    }

    /// From all of it; none if it is no address of a resource.
    pub(super) fn of_steps(steps: Vec<Step>) -> Option<Self> {
        let mut steps = steps.into_iter();
        let mut modules = Vec::new();
        let resource_type = loop {
            let first = steps.next()?;
            if first.name != MODULE {
                break first.name;
            }
            modules.push(steps.next()?);
        };
        let resource = steps.next()?;
        steps.next().is_none().then_some(Self {
            modules,
            resource_type,
            resource,
        })
    }

    /// The argument that names the daemon.
    pub(super) fn name_argument(&self) -> &'static str {
        if self.resource_type == AWSCC {
            "daemon_name"
        } else {
            name::NAME
        }
    }

    /// The address without keys.
    pub(super) fn plain(&self) -> String {
        format!(
            "{}{}.{}",
            Self::prefix(&self.modules),
            self.resource_type,
            self.resource.name
        )
    }

    /// The part before the names of a module's resources, without keys.
    pub(super) fn prefix(modules: &[Step]) -> String {
        let steps = modules.iter();
        steps.map(|step| ["module.", &step.name, "."].concat()).collect()
    }
}

/// The place of a resource or data source: a part of its address for each question.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// The instance of a module, with a dot behind it; empty for the root module.
    pub(super) module: String,
    /// `TYPE.NAME`, with `data.` before it if it is a data source.
    pub(super) block: String,
    pub(super) key: Option<Value>,
}

impl Place {
    /// Takes an address apart; none if the text is no address of a resource or data source.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut segments = segments(text).into_iter().peekable();
        let mut module = String::new();
        while segments.next_if(|segment| segment == MODULE).is_some() {
            module = format!("{module}{MODULE}.{}.", step(&segments.next()?)?);
        }
        let data = segments.next_if(|segment| segment == "data").map(|data| data + ".");
        let (resource_type, resource) = (segments.next()?, step(&segments.next()?)?);
        segments.next().is_none().then(|| Self {
            module,
            block: format!("{}{resource_type}.{}", data.unwrap_or_default(), resource.name),
            key: resource.key,
        })
    }
}

/// The instance of a module as [`Place`] names it.
pub(super) fn module_of(modules: &[Step]) -> String {
    let steps = modules.iter().map(|module| format!("{MODULE}.{module}."));
    steps.collect::<Vec<_>>().concat()
}

fn step(segment: &str) -> Option<Step> {
    let Some((name, key)) = segment.split_once('[') else {
        return Some(Step {
            name: segment.to_owned(),
            key: None,
        });
    };
    let key = serde_json::from_str(key.strip_suffix(']')?).ok()?;
    Some(Step {
        name: name.to_owned(),
        key: Some(key),
    })
}

/// The parts between dots that are in no key.
fn segments(address: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    scan(address, |character, is_in_key| match segments.last_mut() {
        Some(_) if character == '.' && !is_in_key => segments.push(String::new()),
        Some(last) => last.push(character),
        None => {}
    });
    segments
}

/// An address without the keys of instances.
pub fn without_keys(address: &str) -> String {
    let mut plain = String::new();
    scan(address, |character, is_in_key| {
        if !is_in_key {
            plain.push(character);
        }
    });
    plain
}

/// Each character, and whether it is of a key or of its brackets.
fn scan(address: &str, mut each: impl FnMut(char, bool)) {
    let (mut in_key, mut in_quotes, mut is_escaped) = (false, false, false);
    for character in address.chars() {
        let was_in_key = in_key;
        match character {
            '"' if in_key && !is_escaped => in_quotes = !in_quotes,
            '[' if !in_quotes => in_key = true,
            ']' if in_key && !in_quotes => in_key = false,
            _ => {}
        }
        is_escaped = character == '\\' && !is_escaped;
        each(character, was_in_key || in_key);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_hold_anything() {
        let address = Address::parse(r#"module.a["x.y"].module.b[2].ecs_daemon.agent["]\".z"]"#).unwrap();
        let step = |name: &str, key: Value| Step {
            name: name.to_owned(),
            key: Some(key),
        };
        assert_eq!(address.modules, [step("a", json!("x.y")), step("b", json!(2))]);
        assert_eq!(address.resource_type, "ecs_daemon");
        assert_eq!(address.resource, step("agent", json!("]\".z")));
        assert_eq!(Address::prefix(&address.modules), "module.a.module.b.");
        assert_eq!(
            without_keys("module.a[\"x.y\"].ecs_daemon.b[0]"),
            "module.a.ecs_daemon.b"
        );
        for other in ["", "ecs_daemon", "module.a", "a.b.c", "a.b[", "a.b[x]"] {
            assert_eq!(Address::parse(other), None, "{other}");
        }
    }
}
