//! cty types as they stand in schemas and dynamic values.

use std::{collections::BTreeMap, fmt};

use serde_json::{Value as Json, json};

/// A cty type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// Any type; the value carries its own.
    Dynamic,
    /// `list(T)`
    List(Box<Type>),
    /// `set(T)`
    Set(Box<Type>),
    /// `map(T)`
    Map(Box<Type>),
    /// `object({…})`
    Object(BTreeMap<String, Type>),
    /// `tuple([…])`
    Tuple(Vec<Type>),
}

/// The reason for which JSON does not describe a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a type")]
pub struct TypeError(String);

impl Type {
    /// `list(of)`
    pub fn list(of: Type) -> Self {
        Self::List(Box::new(of))
    }

    /// `set(of)`
    pub fn set(of: Type) -> Self {
        Self::Set(Box::new(of))
    }

    /// `map(of)`
    pub fn map(of: Type) -> Self {
        Self::Map(Box::new(of))
    }

    /// `object(attributes)`
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Type)>) -> Self {
        Self::Object(attributes.into_iter().map(|(name, ty)| (name.into(), ty)).collect())
    }

    /// True if a dynamic type stands anywhere in this one.
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::Bool | Self::Number | Self::String => false,
            Self::List(of) | Self::Set(of) | Self::Map(of) => of.has_dynamic(),
            Self::Object(attributes) => attributes.values().any(Self::has_dynamic),
            Self::Tuple(types) => types.iter().any(Self::has_dynamic),
        }
    }

    /// [`Type::to_json_bytes`] as a tree.
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::Bool => json!("bool"),
            Self::Number => json!("number"),
            Self::String => json!("string"),
            Self::Dynamic => json!("dynamic"),
            Self::List(of) => json!(["list", of.to_json()]),
            Self::Set(of) => json!(["set", of.to_json()]),
            Self::Map(of) => json!(["map", of.to_json()]),
            Self::Object(attributes) => {
                let attributes = attributes
                    .iter()
                    .map(|(name, ty)| (name.clone(), ty.to_json()))
                    .collect();
                Json::Array(vec![json!("object"), Json::Object(attributes)])
            }
            Self::Tuple(types) => json!(["tuple", types.iter().map(Self::to_json).collect::<Vec<_>>()]),
        }
    }

    /// The form that stands in schemas, as JSON: `"string"`, `["list","string"]` and so on.
    pub fn to_json_bytes(&self) -> Vec<u8> {
        self.to_json().to_string().into_bytes()
    }

    /// Reads the form of [`Type::to_json`]. A third item of an object, which lists optional
    /// attributes, is accepted and ignored.
    pub(crate) fn from_json(json: &Json) -> Result<Self, TypeError> {
        let error = || TypeError(json.to_string().chars().take(80).collect());
        if let Some(name) = json.as_str() {
            return Self::primitive(name).ok_or_else(error);
        }
        match json.as_array().map(Vec::as_slice) {
            Some([Json::String(kind), of]) if kind == "list" => Self::from_json(of).map(Self::list),
            Some([Json::String(kind), of]) if kind == "set" => Self::from_json(of).map(Self::set),
            Some([Json::String(kind), of]) if kind == "map" => Self::from_json(of).map(Self::map),
            Some([Json::String(kind), Json::Array(types)]) if kind == "tuple" => Ok(Self::Tuple(
                types.iter().map(Self::from_json).collect::<Result<_, _>>()?,
            )),
            Some(
                [Json::String(kind), Json::Object(attributes)] | [Json::String(kind), Json::Object(attributes), _],
            ) if kind == "object" => {
                let attributes = attributes
                    .iter()
                    .map(|(name, ty)| Ok((name.clone(), Self::from_json(ty)?)));
                Ok(Self::Object(attributes.collect::<Result<_, _>>()?))
            }
            _ => Err(error()),
        }
    }

    fn primitive(name: &str) -> Option<Self> {
        match name {
            "bool" => Some(Self::Bool),
            "number" => Some(Self::Number),
            "string" => Some(Self::String),
            "dynamic" => Some(Self::Dynamic),
            _ => None,
        }
    }
}

impl fmt::Display for Type {
    /// The form users write in HCL: `list(string)`. Objects are not spelt out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::Dynamic => f.write_str("any"),
            Self::List(of) => write!(f, "list({of})"),
            Self::Set(of) => write!(f, "set({of})"),
            Self::Map(of) => write!(f, "map({of})"),
            Self::Object(_) => f.write_str("object"),
            Self::Tuple(_) => f.write_str("tuple"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let json: Json = serde_json::from_str(text).unwrap();
        let got = match Type::from_json(&json) {
            Ok(ty) => String::from_utf8(ty.to_json_bytes()).unwrap(),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn json_form() {
        for primitive in [r#""string""#, r#""number""#, r#""bool""#, r#""dynamic""#] {
            check(primitive, primitive);
        }
        check(r#"["list","string"]"#, r#"["list","string"]"#);
        check(r#"["set",["map","bool"]]"#, r#"["set",["map","bool"]]"#);
        check(r#"["tuple",["string","number"]]"#, r#"["tuple",["string","number"]]"#);
        check(r#"["tuple",[]]"#, r#"["tuple",[]]"#);
        check(
            r#"["object",{"b":"string","a":["list","number"]}]"#,
            r#"["object",{"a":["list","number"],"b":"string"}]"#,
        );
        check(r#"["object",{"a":"string"},["a"]]"#, r#"["object",{"a":"string"}]"#);
        check(r#""text""#, r#"error: `"text"` is not a type"#);
        check(r#"["list"]"#, r#"error: `["list"]` is not a type"#);
        check(r#"["list",["set","what"]]"#, r#"error: `"what"` is not a type"#);
        check(
            r#"["capsule","string"]"#,
            r#"error: `["capsule","string"]` is not a type"#,
        );
        check("7", "error: `7` is not a type");
    }

    #[test]
    fn display() {
        assert_eq!(Type::list(Type::set(Type::String)).to_string(), "list(set(string))");
    }
}
