//! Surfaces of programs, whose forms have escapes of their own.

use serde_json::{Value, json};

use super::{Finished, Sheet, Surface, steering};

/// The text of a SARIF message, where `[text](target)` is a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sarif;

/// XML 1.0, in an element or an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Xml;

/// Metrics of Prometheus; text of others may be the value of a label, in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Metrics;

/// A field of a JSON document that is shown as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plain;

impl Surface for Sarif {
    fn escape(text: &str, to: &mut String) {
        for character in steering::visible(text).chars() {
            if matches!(character, '\\' | '[' | ']') {
                to.push('\\');
            }
            to.push(character);
        }
    }
}

/// XML has no way to write most control characters, so they are shown escaped. Signs with which commands of a log begin
/// are written as references, since a document may be printed there.
impl Surface for Xml {
    fn escape(text: &str, to: &mut String) {
        let text = steering::visible(text);
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let text = text.replace('"', "&quot;");
        let text = text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
        let text = steering::unhashed(&text, "&#35;");
        let rest = text.trim_start();
        match rest.strip_prefix("::") {
            Some(after) => {
                let before = text.strip_suffix(rest).unwrap_or_default();
                to.push_str(&[before, "&#58;:", after].concat());
            }
            None => to.push_str(&text),
        }
    }
}

impl Surface for Metrics {
    fn escape(text: &str, to: &mut String) {
        let text = steering::harmless(text);
        to.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
    }
}

impl Surface for Plain {
    fn escape(text: &str, to: &mut String) {
        to.push_str(&steering::visible(text));
    }
}

impl Sheet<Xml> {
    /// The whole document.
    pub(crate) fn finish(self) -> Finished {
        Finished(self.text)
    }
}

impl Sheet<Metrics> {
    /// The whole document.
    pub(crate) fn finish(self) -> Finished {
        Finished(self.text)
    }
}

/// A message as SARIF has it.
impl From<Sheet<Sarif>> for Value {
    fn from(sheet: Sheet<Sarif>) -> Self {
        json!({ "text": sheet.text })
    }
}

/// A field.
impl From<Sheet<Plain>> for Value {
    fn from(sheet: Sheet<Plain>) -> Self {
        Self::from(sheet.text)
    }
}
