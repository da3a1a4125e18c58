//! Reading the members of a request. Shapes have been checked before, so that a member of a wrong
//! kind is simply not there.

use serde_json::{Map, Value};

/// The members of a request, or of a structure in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Request<'a> {
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_str()
    }

    /// A required text; shape checks have seen to it that it is there.
    pub(crate) fn required(self, name: &str) -> &'a str {
        self.text(name).unwrap_or_default()
    }

    pub(crate) fn flag(self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    pub(crate) fn integer(self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    pub(crate) fn number(self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }

    pub(crate) fn structure(self, name: &str) -> Option<Request<'a>> {
        self.0.get(name)?.as_object().map(Request)
    }

    /// The texts of a list; an absent list has none.
    pub(crate) fn texts(self, name: &str) -> Vec<String> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }

    /// The structures of a list; an absent list has none.
    pub(crate) fn structures(self, name: &str) -> Vec<Request<'a>> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .map(Request)
            .collect()
    }

    /// True if a list of texts, like `include`, has the text.
    pub(crate) fn lists(self, name: &str, text: &str) -> bool {
        self.texts(name).iter().any(|each| each == text)
    }
}

/// True if a text has the form of a name: 1 to 255 letters, digits, hyphens and underscores.
pub(in crate::operations) fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=255).contains(&text.len()) && text.chars().all(allowed)
}
