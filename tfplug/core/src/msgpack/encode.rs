//! Writing by type.

use std::collections::BTreeMap;

use rmp::encode::{self, ByteBuf};

use crate::{
    codec::{EncodeError, Located, attribute, index, key, normalized},
    number::Number,
    types::Type,
    value::Value,
};

/// Writes a value as a type. Members of an object that the value lacks are written as null.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = Encoder { bytes: ByteBuf::new() };
    encoder.value(value, ty)?;
    Ok(encoder.bytes.into_vec())
}

struct Encoder {
    bytes: ByteBuf,
}

/// A length or write that msgpack cannot hold; the buffer itself never fails.
fn refused(error: impl std::fmt::Display) -> Located {
    Located::new(error.to_string())
}

fn length(length: usize) -> Result<u32, Located> {
    u32::try_from(length).map_err(refused)
}

impl Encoder {
    fn value(&mut self, value: &Value, ty: &Type) -> Result<(), Located> {
        match (value, ty) {
            (Value::Null, _) => encode::write_nil(&mut self.bytes).map_err(refused),
            (Value::Unknown, _) => self.unknown(),
            (Value::Bool(value), Type::Bool) => encode::write_bool(&mut self.bytes, *value).map_err(refused),
            (Value::Number(number), Type::Number) => self.number(number),
            (Value::String(text), Type::String) => self.text(text),
            (Value::List(elements), Type::List(of)) => self.list(elements, elements.iter().map(|_| &**of)),
            (Value::List(elements), Type::Tuple(types)) if elements.len() == types.len() => {
                self.list(elements, types.iter())
            }
            (Value::Set(elements), Type::Set(of)) => {
                self.array(elements.len())?;
                elements
                    .iter()
                    .try_for_each(|element| self.value(element, of).map_err(Located::under_set))
            }
            (Value::Map(members), Type::Map(of)) => self.map(members, of),
            (Value::Map(members), Type::Object(types)) => self.object(members, types),
            (Value::Dynamic(typed), Type::Dynamic) => {
                self.array(2)?;
                encode::write_bin(&mut self.bytes, &typed.0.to_json_bytes()).map_err(refused)?;
                self.value(&typed.1, &typed.0)
            }
            (value, ty) => Err(Located::new(format!("expected {ty}, got {}", value.kind()))),
        }
    }

    fn unknown(&mut self) -> Result<(), Located> {
        encode::write_ext_meta(&mut self.bytes, 1, 0).map_err(refused)?;
        self.bytes.as_mut_vec().push(0);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Located> {
        encode::write_str(&mut self.bytes, &normalized(text)).map_err(refused)
    }

    /// Decimal text, always. A client parses text to the same 512 bits whether it comes from here or
    /// from its state file, but a msgpack integer to fewer; Terraform 1.11 compares these
    /// representations, and `plan -refresh-only -detailed-exitcode` would report a change for ever.
    fn number(&mut self, number: &Number) -> Result<(), Located> {
        encode::write_str(&mut self.bytes, &number.to_string()).map_err(refused)
    }

    fn array(&mut self, elements: usize) -> Result<(), Located> {
        encode::write_array_len(&mut self.bytes, length(elements)?)
            .map(|_| ())
            .map_err(refused)
    }

    fn list<'t>(&mut self, elements: &[Value], types: impl Iterator<Item = &'t Type>) -> Result<(), Located> {
        self.array(elements.len())?;
        elements
            .iter()
            .zip(types)
            .enumerate()
            .try_for_each(|(place, (element, ty))| self.value(element, ty).map_err(|error| error.under(index(place))))
    }

    fn map(&mut self, members: &BTreeMap<String, Value>, of: &Type) -> Result<(), Located> {
        encode::write_map_len(&mut self.bytes, length(members.len())?).map_err(refused)?;
        members.iter().try_for_each(|(name, member)| {
            self.text(name)?;
            self.value(member, of).map_err(|error| error.under(key(name)))
        })
    }

    fn object(&mut self, members: &BTreeMap<String, Value>, types: &BTreeMap<String, Type>) -> Result<(), Located> {
        if let Some(name) = members.keys().find(|name| !types.contains_key(name.as_str())) {
            return Err(Located::new(format!("there is no attribute `{name}`")));
        }
        encode::write_map_len(&mut self.bytes, length(types.len())?).map_err(refused)?;
        types.iter().try_for_each(|(name, ty)| {
            self.text(name)?;
            let member = members.get(name).unwrap_or(&Value::Null);
            self.value(member, ty).map_err(|error| error.under(attribute(name)))
        })
    }
}
