//! A JSON document in pieces. The tree of the state of a big estate takes several times the memory of everything
//! else that a scan holds. So a document is checked once as a whole and stays text; only what is looked at becomes
//! a tree, one resource at a time.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{SourceError, position};

/// Members of an object by name, each still text. Their order in the document does not matter.
#[derive(Default)]
pub(super) struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Members<'a> {
    /// The members of an object; nothing else has any.
    pub(super) fn of(piece: &'a RawValue) -> Result<Self, SourceError> {
        if is_object(piece) {
            parse(piece).map(Self)
        } else {
            Ok(Self::default())
        }
    }

    /// True if there is a member, be it null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A member as it stands in the document.
    pub(super) fn piece(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name).copied()
    }

    /// A member as a tree; null if it is missing.
    pub(super) fn value(&self, name: &str) -> Result<Value, SourceError> {
        self.piece(name).map_or(Ok(Value::Null), parse)
    }

    /// A string; empty if it is missing or something else.
    pub(super) fn text(&self, name: &str) -> Result<String, SourceError> {
        let piece = self.piece(name).filter(|piece| piece.get().starts_with('"'));
        piece.map_or(Ok(String::new()), parse)
    }

    /// A whole number, if it is one.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.piece(name)?.get().parse().ok()
    }

    /// Members of an object in it.
    pub(super) fn members(&self, name: &str) -> Result<Self, SourceError> {
        self.piece(name).map_or(Ok(Self::default()), Self::of)
    }

    /// Elements of a list in it; nothing else has any.
    pub(super) fn elements(&self, name: &str) -> Result<Vec<&'a RawValue>, SourceError> {
        let piece = self.piece(name).filter(|piece| piece.get().starts_with('['));
        piece.map_or(Ok(Vec::new()), parse)
    }
}

/// True if a value is an object.
pub(super) fn is_object(piece: &RawValue) -> bool {
    piece.get().starts_with('{')
}

/// The check of the whole document is for its structure, so that a piece may still hold text that nobody can read,
/// such as half of a surrogate pair.
pub(super) fn parse<'a, T: Deserialize<'a>>(piece: &'a RawValue) -> Result<T, SourceError> {
    serde_json::from_str(piece.get()).map_err(|error| {
        SourceError::new(
            "Invalid JSON",
            format!(
                "A part of the input is not JSON at {}, counted from the beginning of that part. Get the input again from \
                 the program that wrote it.",
                position::json_place(&error)
            ),
        )
    })
}
