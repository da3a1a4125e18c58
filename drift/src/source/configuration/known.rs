//! Values that are known, and reasons why others are not.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

/// A value that is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Known {
    pub(super) value: Value,
    /// True if the configuration says that it must not be shown.
    pub(super) is_sensitive: bool,
    /// Its origin if it does not stand where it is used, for example `the default of var.drain`.
    pub(super) origin: Option<Arc<str>>,
    /// The place in the file of Terragrunt that gives it, if one does.
    pub(super) input: Option<Arc<crate::report::Location>>,
}

/// The reason why a value is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unknown(pub(super) &'static str);

impl Unknown {
    /// It depends on something that is not known yet, but may be.
    pub(super) const NOT_YET: Self = Self("it refers to itself");
    pub(super) const FUNCTION: Self = Self("it calls a function");
    pub(super) const RESOURCE: Self = Self("it refers to a resource");
    pub(super) const DATA: Self = Self("it refers to a data source");
    pub(super) const OUTPUT: Self = Self("it refers to the output of a module");
    pub(super) const NO_VALUE: Self = Self("it refers to a variable without a value");
    pub(super) const SENSITIVE: Self = Self("it refers to a sensitive variable without a value");
    pub(super) const COMPUTED: Self = Self("it is computed");
    pub(super) const FOR_EACH: Self = Self("it depends on `for_each`, which is not evaluated");
    pub(super) const DYNAMIC: Self = Self("it stands in a `dynamic` block whose `for_each` is not evaluated");
    pub(super) const SEVERAL: Self = Self("its block stands there several times");
    pub(super) const WRONG: Self = Self("it has a value that the setting cannot have");
    pub(super) const MISSING: Self = Self("it refers to what is not there");
    pub(super) const TOO_MANY_DIGITS: Self = Self("it has more digits than are compared");
    pub(super) const CONVERTED: Self = Self("its elements are of several types, of which Terraform makes one");
    pub(super) const UNFIT: Self = Self("its value does not fit the type of its variable");
    pub(super) const TYPE: Self = Self("the type of its variable is not understood");
    pub(super) const TWO_TYPES: Self = Self("it compares values of two types; give the variable a `type`");
    pub(super) const TOO_BIG: Self = Self("it is too big");
    pub(super) const NO_ARN: Self = Self("it is no ARN with a revision");
}

pub(super) type Evaluated = Result<Known, Unknown>;

/// Values by name.
pub(super) type Values = BTreeMap<String, Evaluated>;

impl Known {
    pub(super) fn new(value: Value) -> Self {
        Self {
            value,
            is_sensitive: false,
            origin: None,
            input: None,
        }
    }

    pub(super) fn sensitive_if(self, is_sensitive: bool) -> Self {
        Self {
            is_sensitive: self.is_sensitive || is_sensitive,
            ..self
        }
    }
}

/// A switch, also as the text that Terraform takes for one.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
