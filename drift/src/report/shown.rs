//! Values as a report shows them: what is sensitive is left out, and that it was is said.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The text for a sensitive value, as Terraform writes it.
pub const MASK: &str = "(sensitive value)";

/// A value as it may be shown.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Shown {
    /// Where the value comes from.
    pub origin: Origin,
    /// The value; none if there is none or if it must not be shown.
    pub value: Option<Value>,
    /// Whether the value is left out because the source marks it as sensitive.
    pub redacted: bool,
}

/// A report that was stored may have been written by anything. A value that is said to be left out is left out.
impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Stored {
            origin: Origin,
            value: Option<Value>,
            redacted: bool,
        }
        let Stored {
            origin,
            value,
            redacted,
        } = Stored::deserialize(deserializer)?;
        let shown = Self::new(origin, value);
        Ok(if redacted { shown.redacted() } else { shown })
    }
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Written in the source, or answered by ECS.
    Recorded,
    /// The source is silent, so the default of the API is meant.
    ImplicitDefault,
    /// The source cannot hold the setting.
    NotRecorded,
    /// Not known until the plan is applied.
    UnknownUntilApply,
    /// ECS no longer tells.
    NotReadable,
}

impl Shown {
    /// A value that is written down.
    pub fn recorded(value: impl Into<Value>) -> Self {
        Self::new(Origin::Recorded, Some(value.into()))
    }

    /// A value of any origin.
    pub fn new(origin: Origin, value: Option<Value>) -> Self {
        Self {
            origin,
            value,
            redacted: false,
        }
    }

    /// True if the value, or a part of it, is not shown.
    pub fn hides(&self) -> bool {
        let parts = self.value.as_ref().and_then(Value::as_object);
        self.redacted || parts.into_iter().flatten().any(|(_, part)| part == MASK)
    }

    /// The same without the value.
    #[must_use]
    pub fn redacted(self) -> Self {
        Self {
            value: None,
            redacted: true,
            ..self
        }
    }
}
