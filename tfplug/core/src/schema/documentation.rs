//! Text that people read about an attribute, in editors and in the registry: its description, completed
//! from the very facts that validation and planning work with, so that the two cannot part.

use super::Attribute;
use crate::value::Value;

impl Attribute {
    /// Description, valid values, default and effect of a change, in Markdown.
    pub fn documentation(&self) -> String {
        let mut sentences = vec![self.description.clone()];
        sentences.extend(self.valid_values());
        sentences.extend(self.default.as_ref().and_then(default_sentence));
        if self.requires_replace {
            sentences.push("A change replaces the resource.".to_owned());
        } else {
            sentences.extend(self.effect.clone());
        }
        sentences.retain(|sentence| !sentence.is_empty());
        sentences.join(" ")
    }

    fn valid_values(&self) -> Option<String> {
        let rules: Vec<String> = self.validators.iter().map(|rule| rule.describe()).collect();
        (!rules.is_empty()).then(|| format!("Valid values: {}.", rules.join("; ")))
    }
}

/// Only what fits on a line; an empty collection goes without saying.
fn default_sentence(value: &Value) -> Option<String> {
    let shown = match value {
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(value) => value.clone(),
        _ => return None,
    };
    Some(format!("Defaults to `{shown}`."))
}

#[cfg(test)]
mod tests {
    use crate::{
        number::Number,
        schema::{Attribute, Mode},
        types::Type,
        validators::{Between, Length, OneOf},
        value::Value,
    };

    fn attribute(ty: Type) -> Attribute {
        Attribute::new("a", ty, Mode::Optional, "What it is.")
    }

    fn check(attribute: &Attribute, expected: &str) {
        assert_eq!(attribute.documentation(), expected);
    }

    #[test]
    fn facts_follow_the_description() {
        check(&attribute(Type::String), "What it is.");
        check(
            &attribute(Type::Number)
                .validate(Between { min: 0, max: 9 })
                .default_value(Value::Number(Number::from(3_i64)))
                .effect("A change waters the plants."),
            "What it is. Valid values: a whole number between 0 and 9. Defaults to `3`. A change waters the plants.",
        );
        check(
            &attribute(Type::String)
                .validate(Length { min: 1, max: 4 })
                .validate(OneOf(&["DAEMON", "NONE"]))
                .default_value("NONE"),
            "What it is. Valid values: between 1 and 4 characters; one of `DAEMON` or `NONE`. Defaults to `NONE`.",
        );
        check(
            &attribute(Type::Bool).default_value(false).requires_replace(),
            "What it is. Defaults to `false`. A change replaces the resource.",
        );
    }

    #[test]
    fn replacement_is_the_last_word() {
        let attribute = attribute(Type::String).effect("A change is small.").requires_replace();
        check(&attribute, "What it is. A change replaces the resource.");
    }

    #[test]
    fn an_empty_description_leaves_no_blank() {
        let attribute = Attribute::new("a", Type::Bool, Mode::Optional, "").default_value(true);
        check(&attribute, "Defaults to `true`.");
    }
}
