//! Text in XML documents, which answers of the query protocol are.

/// A text as the content of an element.
pub(super) fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
