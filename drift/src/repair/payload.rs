//! The members of a request, as a plan holds them. Trees of JSON take several times the memory of their text, and a plan has
//! two for each daemon.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

/// An object of JSON. Two of them are equal if their members are, whatever their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload(Box<str>);

impl Payload {
    /// The members as a tree.
    pub fn tree(&self) -> Json {
        // The text was written from a tree.
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<Json> for Payload {
    fn from(tree: Json) -> Self {
        // Keys are sorted by the type of the tree.
        Self(tree.to_string().into())
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.tree().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Json::deserialize(deserializer).map(Self::from)
    }
}

impl JsonSchema for Payload {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Json::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Json::json_schema(generator)
    }
}
