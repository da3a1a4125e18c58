//! Reading by type.

use std::collections::BTreeMap;

use crate::{
    codec::{DecodeError, Located, attribute, index, key, normalized},
    msgpack::token::{REFINED_UNKNOWN, Reader, Token},
    number::{Number, NumberError},
    types::Type,
    value::Value,
};

/// Deepest nesting accepted. Only dynamic values can be deeper than their type.
const MAX_DEPTH: usize = 128;
/// Most values in one message. A null of one byte becomes some thirty in memory, so that this bounds
/// what a long message can ask for; the largest state that makes sense stays far below.
const MAX_VALUES: usize = 2_000_000;

/// Reads a value of a type. No bytes at all mean null.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, DecodeError> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let mut decoder = Decoder {
        reader: Reader::new(bytes),
        values: 0,
        depth: 0,
    };
    let value = decoder.value(ty)?;
    match decoder.reader.remaining() {
        0 => Ok(value),
        more => Err(Located::new(format!("{more} bytes follow the value")).into()),
    }
}

struct Decoder<'a> {
    reader: Reader<'a>,
    values: usize,
    depth: usize,
}

impl Decoder<'_> {
    fn value(&mut self, ty: &Type) -> Result<Value, Located> {
        self.values += 1;
        if self.values > MAX_VALUES || self.depth > MAX_DEPTH {
            return Err(Located::new("the value is too large or too deep"));
        }
        self.depth += 1;
        let value = self.known_or_not(ty);
        self.depth -= 1;
        value
    }

    fn known_or_not(&mut self, ty: &Type) -> Result<Value, Located> {
        match self.reader.token()? {
            Token::Nil => Ok(Value::Null),
            Token::Extension(kind, payload) if payload.len() <= 1 || kind == REFINED_UNKNOWN => Ok(Value::Unknown),
            token => self.known(token, ty),
        }
    }

    fn known(&mut self, token: Token<'_>, ty: &Type) -> Result<Value, Located> {
        match (ty, token) {
            (Type::Bool, Token::Bool(value)) => Ok(Value::Bool(value)),
            (Type::String, Token::String(bytes)) => text(bytes).map(Value::String),
            (Type::Number, token) => number(token).map(Value::Number),
            (Type::List(of), Token::Array(length)) => self.list((0..length).map(|_| &**of)),
            (Type::Set(of), Token::Array(length)) => self.set(length, of),
            (Type::Tuple(types), Token::Array(length)) if length == types.len() => self.list(types.iter()),
            (Type::Map(of), Token::Map(length)) => self.map(length, of),
            (Type::Object(types), Token::Map(length)) => self.object(length, types),
            (Type::Dynamic, Token::Array(2)) => self.dynamic(),
            (ty, token) => Err(unexpected(&ty.to_string(), token)),
        }
    }

    fn list<'t>(&mut self, types: impl Iterator<Item = &'t Type>) -> Result<Value, Located> {
        let elements = types
            .enumerate()
            .map(|(place, ty)| self.value(ty).map_err(|error| error.under(index(place))));
        Ok(Value::List(elements.collect::<Result<_, _>>()?))
    }

    fn set(&mut self, length: usize, of: &Type) -> Result<Value, Located> {
        let elements = (0..length).map(|_| self.value(of).map_err(Located::under_set));
        Ok(Value::Set(elements.collect::<Result<_, _>>()?))
    }

    fn map(&mut self, length: usize, of: &Type) -> Result<Value, Located> {
        let mut members = BTreeMap::new();
        for _ in 0..length {
            let name = self.name()?;
            let value = self.value(of).map_err(|error| error.under(key(&name)))?;
            members.insert(name, value);
        }
        Ok(Value::Map(members))
    }

    /// An object has exactly the attributes of its type, each once.
    fn object(&mut self, length: usize, types: &BTreeMap<String, Type>) -> Result<Value, Located> {
        let mut members = BTreeMap::new();
        for _ in 0..length {
            let name = self.name()?;
            let ty = types
                .get(&name)
                .ok_or_else(|| Located::new(format!("there is no attribute `{name}`")))?;
            let value = self.value(ty).map_err(|error| error.under(attribute(&name)))?;
            if members.insert(name.clone(), value).is_some() {
                return Err(Located::new(format!("the attribute `{name}` is given twice")));
            }
        }
        match types.keys().find(|name| !members.contains_key(name.as_str())) {
            Some(missing) => Err(Located::new(format!("the attribute `{missing}` is missing"))),
            None => Ok(Value::Map(members)),
        }
    }

    fn name(&mut self) -> Result<String, Located> {
        match self.reader.token()? {
            Token::String(bytes) => text(bytes),
            other => Err(unexpected("the name of a member", other)),
        }
    }

    fn dynamic(&mut self) -> Result<Value, Located> {
        let ty = match self.reader.token()? {
            Token::Binary(bytes) | Token::String(bytes) => bytes,
            other => return Err(unexpected("the type of a dynamic value", other)),
        };
        let ty = serde_json::from_slice(ty).map_err(|error| Located::new(format!("malformed type: {error}")))?;
        let ty = Type::from_json(&ty).map_err(|error| Located::new(error.to_string()))?;
        match self.value(&ty)? {
            // A dynamic value inside a dynamic value says nothing more.
            nested if ty == Type::Dynamic => Ok(nested),
            value => Ok(Value::Dynamic(Box::new((ty, value)))),
        }
    }
}

fn unexpected(expected: &str, token: Token<'_>) -> Located {
    match token {
        Token::Array(length) => Located::new(format!("expected {expected}, got an array of {length}")),
        other => Located::new(format!("expected {expected}, got {}", other.kind())),
    }
}

fn text(bytes: &[u8]) -> Result<String, Located> {
    let text = str::from_utf8(bytes).map_err(|_| Located::new("a string is not valid UTF-8"))?;
    Ok(normalized(text))
}

fn number(token: Token<'_>) -> Result<Number, Located> {
    match token {
        Token::Signed(whole) => Ok(whole.into()),
        Token::Unsigned(whole) => Ok(whole.into()),
        Token::Float(float) => Number::from_f64(float).ok_or_else(|| {
            Located::unusable_number(if float.is_nan() {
                "it is not a number"
            } else {
                "the number is infinite"
            })
        }),
        Token::String(bytes) => text(bytes)?
            .parse()
            .map_err(|error: NumberError| Located::new(error.to_string())),
        other => Err(unexpected("number", other)),
    }
}
