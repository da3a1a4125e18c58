//! The settings in a baseline: their form and its JSON Schema, both made from the declaration of the settings.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::LazyLock,
};

use daemons::settings::Kind;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::{Value as Json, json};

use crate::setting::{Datum, Setting};

/// Settings in a baseline, named as in Terraform. One that is left out is not compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BaselineSettings(pub BTreeMap<Setting, Datum>);

/// Names of a member and of the blocks around it.
type Path = &'static [&'static str];

/// The names in each block, the root among them, in the order of the declaration.
static BLOCKS: LazyLock<BTreeMap<Path, Vec<&'static str>>> = LazyLock::new(|| {
    let mut blocks: BTreeMap<Path, Vec<&'static str>> = BTreeMap::new();
    for path in Setting::ALL.map(Setting::path) {
        for (depth, name) in path.iter().enumerate() {
            let names = blocks.entry(path.split_at(depth).0).or_default();
            if !names.contains(name) {
                names.push(name);
            }
        }
    }
    blocks
});

/// The setting or block under a name of a block.
enum Member {
    Setting(Setting),
    Block(Path),
}

fn members(block: Path) -> impl Iterator<Item = (&'static str, Member)> {
    let names = BLOCKS.get(block).into_iter().flatten();
    names.filter_map(move |name| {
        let is_here = |path: &Path| path.strip_prefix(block).is_some_and(|rest| rest.first() == Some(name));
        let setting = Setting::ALL.into_iter().find(|setting| is_here(&setting.path()))?;
        let (here, below) = setting.path().split_at(block.len() + 1);
        let is_leaf = below.is_empty();
        let member = if is_leaf {
            Member::Setting(setting)
        } else {
            Member::Block(here)
        };
        Some((*name, member))
    })
}

impl Serialize for BaselineSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written(&self.0, &[]).serialize(serializer)
    }
}

/// A block as it is written.
struct Written<'a>(&'a BTreeMap<Setting, Datum>, Path);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(settings, block) = self;
        let mut map = serializer.serialize_map(None)?;
        for (name, member) in members(block) {
            match member {
                Member::Setting(setting) => {
                    if let Some(datum) = settings.get(&setting) {
                        map.serialize_entry(name, &Value(setting.kind(), datum))?;
                    }
                }
                Member::Block(block) if settings.keys().any(|setting| setting.path().starts_with(block)) => {
                    map.serialize_entry(name, &Written(settings, block))?;
                }
                Member::Block(_) => {}
            }
        }
        map.end()
    }
}

/// A value as it is written. A number that may have a fraction has one; formats other than JSON tell the two apart.
struct Value<'a>(Kind, &'a Datum);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self(_, Datum::Text(text)) => text.serialize(serializer),
            Self(_, Datum::Flag(flag)) => flag.serialize(serializer),
            Self(_, Datum::Names(names)) => names.serialize(serializer),
            Self(Kind::Whole, datum) => datum.to_json().as_i64().serialize(serializer),
            Self(_, Datum::Number(number)) => number.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for BaselineSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut settings = BTreeMap::new();
        deserializer.deserialize_map(Reading(&mut settings, &[]))?;
        Ok(Self(settings))
    }
}

/// A block while it is read.
struct Reading<'a>(&'a mut BTreeMap<Setting, Datum>, Path);

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(settings, block) = self;
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            let Some((name, member)) = members(block).find(|(name, _)| *name == key) else {
                let known = BLOCKS.get(block).map_or(&[][..], Vec::as_slice);
                return Err(Error::unknown_field(&key, known));
            };
            if !seen.insert(name) {
                return Err(Error::duplicate_field(name));
            }
            match member {
                Member::Setting(setting) => {
                    settings.extend(
                        map.next_value_seed(OfKind(setting.kind()))?
                            .map(|datum| (setting, datum)),
                    );
                }
                Member::Block(block) => map.next_value_seed(Reading(settings, block))?,
            }
        }
        Ok(())
    }
}

/// A value of a kind while it is read; none for null.
struct OfKind(Kind);

impl<'de> DeserializeSeed<'de> for OfKind {
    type Value = Option<Datum>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Datum>, D::Error> {
        Ok(match self.0 {
            Kind::Text | Kind::Choice(_) => Option::deserialize(deserializer)?.map(Datum::Text),
            Kind::Flag => Option::deserialize(deserializer)?.map(Datum::Flag),
            Kind::Number => Option::deserialize(deserializer)?.map(Datum::Number),
            Kind::Whole => Option::<u32>::deserialize(deserializer)?.map(|whole| Datum::Number(whole.into())),
            Kind::Set | Kind::List => Option::deserialize(deserializer)?.map(Datum::Names),
        })
    }
}

impl JsonSchema for BaselineSettings {
    fn schema_name() -> Cow<'static, str> {
        "BaselineSettings".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schema_of(&[], "Settings in a baseline, named as in Terraform.", generator)
    }
}

fn schema_of(block: Path, description: &str, generator: &mut SchemaGenerator) -> Schema {
    let properties: serde_json::Map<String, Json> = members(block)
        .map(|(name, member)| {
            let property = match member {
                Member::Setting(setting) => schema_of_kind(setting),
                Member::Block(block) => reference(name, block, generator),
            };
            (name.to_owned(), property)
        })
        .collect();
    json_schema!({"description": description, "type": "object", "properties": properties, "additionalProperties": false})
}

/// A block by its definition, which has a name of its own.
fn reference(name: &str, block: Path, generator: &mut SchemaGenerator) -> Json {
    let (definition, description, property) = match name {
        "deployment_configuration" => (
            "BaselineDeployment".to_owned(),
            "The deployment configuration in a baseline.",
            "How changes reach the instances.",
        ),
        "alarms" => ("BaselineAlarms".to_owned(), "Alarms in a baseline.", "The alarms."),
        other => (
            format!("Baseline_{other}"),
            "A block of settings in a baseline.",
            "Settings.",
        ),
    };
    let schema = schema_of(block, description, generator);
    let link = format!("#/$defs/{definition}");
    generator.definitions_mut().insert(definition, schema.into());
    json!({"anyOf": [{"$ref": link}, {"type": "null"}], "description": property})
}

fn schema_of_kind(setting: Setting) -> Json {
    let mut schema = match setting.kind() {
        Kind::Text | Kind::Choice(_) => json!({"type": ["string", "null"]}),
        Kind::Flag => json!({"type": ["boolean", "null"]}),
        Kind::Number => json!({"type": ["number", "null"], "format": "double"}),
        Kind::Whole => json!({"type": ["integer", "null"], "format": "uint32", "minimum": 0}),
        Kind::Set | Kind::List => {
            json!({"type": ["array", "null"], "items": {"type": "string"}, "uniqueItems": true})
        }
    };
    schema["description"] = setting.doc().into();
    schema
}
