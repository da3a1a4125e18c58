//! Commands of GitHub Actions, `::error file=…,title=…::…`. Values are percent-encoded, in properties more than in data,
//! and what is encoded once must not be encoded again: so the three are three surfaces.

use super::{Finished, Sheet, Show, Surface, steering};

/// Lines of a log, each a command. They take no text of others but as [`Data`] and [`Property`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Commands;

/// The text after the second `::`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Data;

/// The value of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Property;

impl Surface for Data {
    const BREAK: &'static str = "%0A";

    fn escape(text: &str, to: &mut String) {
        to.push_str(&steering::harmless(text).replace('%', "%25"));
    }
}

impl Surface for Property {
    const BREAK: &'static str = "%0A";

    fn escape(text: &str, to: &mut String) {
        let text = steering::harmless(text).replace('%', "%25");
        to.push_str(&text.replace(':', "%3A").replace(',', "%2C"));
    }
}

impl Show<Commands> for Sheet<Data> {
    fn show(&self, sheet: &mut Sheet<Commands>) {
        sheet.text.push_str(&self.text);
    }
}

impl Show<Commands> for Sheet<Property> {
    fn show(&self, sheet: &mut Sheet<Commands>) {
        sheet.text.push_str(&self.text);
    }
}

impl Sheet<Commands> {
    /// All lines.
    pub(crate) fn finish(self) -> Finished {
        Finished(self.text)
    }
}
