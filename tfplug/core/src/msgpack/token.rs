//! msgpack bytes as tokens. Nothing is allocated here: lengths that a message announces are only
//! believed as far as bytes follow.

use rmp::Marker;

use crate::codec::Located;

/// Extension type of an unknown value with refinements. One without has an extension of at most one byte.
pub(super) const REFINED_UNKNOWN: i8 = 12;

/// One step of reading: a scalar, or the head of an array or map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Nil,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    String(&'a [u8]),
    Binary(&'a [u8]),
    Array(usize),
    Map(usize),
    Extension(i8, &'a [u8]),
}

impl Token<'_> {
    /// The kind of token, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Nil => "null",
            Self::Bool(_) => "a boolean",
            Self::Signed(_) | Self::Unsigned(_) | Self::Float(_) => "a number",
            Self::String(_) => "a string",
            Self::Binary(_) => "bytes",
            Self::Array(_) => "an array",
            Self::Map(_) => "a map",
            Self::Extension(..) => "an extension that is not known",
        }
    }
}

/// The bytes not read yet.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn token(&mut self) -> Result<Token<'a>, Located> {
        let marker = Marker::from_u8(self.array::<1>()?[0]);
        let token = match marker {
            Marker::Null => Token::Nil,
            Marker::False => Token::Bool(false),
            Marker::True => Token::Bool(true),
            Marker::FixPos(value) => Token::Unsigned(value.into()),
            Marker::FixNeg(value) => Token::Signed(value.into()),
            Marker::F32 => Token::Float(f32::from_be_bytes(self.array()?).into()),
            Marker::F64 => Token::Float(f64::from_be_bytes(self.array()?)),
            Marker::I8 => Token::Signed(i8::from_be_bytes(self.array()?).into()),
            Marker::I16 => Token::Signed(i16::from_be_bytes(self.array()?).into()),
            Marker::I32 => Token::Signed(i32::from_be_bytes(self.array()?).into()),
            Marker::I64 => Token::Signed(i64::from_be_bytes(self.array()?)),
            Marker::U8 => Token::Unsigned(self.unsigned::<1>()?),
            Marker::U16 => Token::Unsigned(self.unsigned::<2>()?),
            Marker::U32 => Token::Unsigned(self.unsigned::<4>()?),
            Marker::U64 => Token::Unsigned(self.unsigned::<8>()?),
            Marker::Reserved => return Err(Located::new("malformed msgpack: the byte 0xc1 means nothing")),
            _ => return self.sized(marker),
        };
        Ok(token)
    }

    /// Tokens that say how long they are.
    fn sized(&mut self, marker: Marker) -> Result<Token<'a>, Located> {
        let length = self.length(marker)?;
        match marker {
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => self.take(length).map(Token::String),
            Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => self.take(length).map(Token::Binary),
            Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => self.at_least(length).map(Token::Array),
            Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => {
                self.at_least(length.saturating_mul(2))?;
                Ok(Token::Map(length))
            }
            _ => {
                let kind = i8::from_be_bytes(self.array()?);
                self.take(length).map(|payload| Token::Extension(kind, payload))
            }
        }
    }

    fn length(&mut self, marker: Marker) -> Result<usize, Located> {
        let length = match marker {
            Marker::FixStr(length) | Marker::FixArray(length) | Marker::FixMap(length) => length.into(),
            Marker::Str8 | Marker::Bin8 | Marker::Ext8 => self.unsigned::<1>()?,
            Marker::Str16 | Marker::Bin16 | Marker::Ext16 | Marker::Array16 | Marker::Map16 => self.unsigned::<2>()?,
            Marker::FixExt1 => 1,
            Marker::FixExt2 => 2,
            Marker::FixExt4 => 4,
            Marker::FixExt8 => 8,
            Marker::FixExt16 => 16,
            _ => self.unsigned::<4>()?,
        };
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// Refuses a number of elements that cannot follow, each being a byte at least.
    fn at_least(&self, elements: usize) -> Result<usize, Located> {
        if elements > self.rest.len() {
            Err(ends_early())
        } else {
            Ok(elements)
        }
    }

    fn unsigned<const N: usize>(&mut self) -> Result<u64, Located> {
        let bytes = self.array::<N>()?;
        Ok(bytes.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte)))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Located> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(*head)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Located> {
        let (head, rest) = self.rest.split_at_checked(length).ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(head)
    }
}

fn ends_early() -> Located {
    Located::new("malformed msgpack: the message ends inside a value")
}
