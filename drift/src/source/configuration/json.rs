//! JSON as the parser of the native syntax takes it. Its expressions are nearly JSON: a line break ends one, some escapes are
//! others, and in JSON the text of a string is unescaped before its templates are read, so that a quote in one is `\"`.

use std::{fmt::Write, sync::Arc};

use hcl_edit::expr::Expression;
use serde::de::IgnoredAny;

use super::syntax::{self, Content, Item};
use crate::source::position;

/// The contents of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Blocks and arguments, whose strings are templates.
    Configuration,
    /// Values of variables, whose strings are what they are.
    Variables,
}

impl Form {
    fn items(self, document: &Expression) -> Vec<Item> {
        match self {
            Self::Configuration => syntax::json(document),
            Self::Variables => syntax::json_arguments(document),
        }
    }
}

/// The items of a document. The error has the place alone, since the parser quotes the line.
pub(super) fn parse(text: &str, form: Form) -> Result<Vec<Item>, String> {
    serde_json::from_str::<IgnoredAny>(text)
        .map_err(|error| format!("syntax error at {}", position::json_place(&error)))?;
    let native = Native::of(text, form).ok_or("a text in it is not Unicode")?;
    let document = hcl_edit::parser::parse_expr(&native.text).map_err(|error| {
        let at = native.at(error.location().offset());
        format!("syntax error at {}", position::place(text, at))
    })?;
    let mut items = form.items(&document);
    native.place(&mut items);
    Ok(items)
}

/// The same document as an expression of the native syntax.
#[derive(Default)]
struct Native {
    text: String,
    /// Offsets in it and in the document from which on they go together.
    together: Vec<(usize, usize)>,
}

impl Native {
    fn of(document: &str, form: Form) -> Option<Self> {
        let mut native = Self::default();
        let begin = document.len() - document.trim_start().len();
        native.together.push((0, begin));
        let document = document.trim_end();
        let mut at = begin;
        while let Some(rest) = document.get(at..).filter(|rest| !rest.is_empty()) {
            let length = if rest.starts_with('"') {
                let string = string(rest)?;
                let length = string.len();
                native.text.push('"');
                quote(&serde_json::from_str::<String>(string).ok()?, form, &mut native.text);
                native.text.push('"');
                native.together.push((native.text.len(), at + length));
                length
            } else {
                let length = rest.find('"').unwrap_or(rest.len());
                // A line break would end the expression.
                let between = rest.get(..length)?.replace(char::is_whitespace, " ");
                native.text.push_str(&between);
                length
            };
            at += length;
        }
        Some(native)
    }

    /// The offset in the document.
    fn at(&self, offset: usize) -> usize {
        let later = self.together.partition_point(|(native, _)| *native <= offset);
        let last = later.checked_sub(1).and_then(|last| self.together.get(last));
        last.map_or(offset, |(native, document)| document + (offset - native))
    }

    /// Gives items their places in the document.
    fn place(&self, items: &mut [Item]) {
        for item in items {
            item.at = item.at.map(|at| self.at(at));
            if let Content::Block(inner) = &mut item.content {
                let inner: &mut Vec<Item> = Arc::make_mut(inner);
                self.place(inner);
            }
        }
    }
}

/// The string with which a text begins, in its quotes.
fn string(text: &str) -> Option<&str> {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, character)| {
        let is_end = *character == '"' && !is_escaped;
        is_escaped = *character == '\\' && !is_escaped;
        is_end
    });
    text.get(..=end?.0)
}

/// Writes a text as the native syntax has it between quotes: what stands in its templates is not escaped there.
fn quote(text: &str, form: Form, quoted: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_sign = form == Form::Variables && (rest.starts_with("${") || rest.starts_with("%{"));
        let length = match template(rest).filter(|_| form == Form::Configuration) {
            Some(length) => {
                let template = rest.get(..length).unwrap_or_default();
                quoted.push_str(&template.replace(['\n', '\r'], " "));
                length
            }
            None if form == Form::Configuration && is_escaped(rest) => {
                quoted.push_str(rest.get(..3).unwrap_or_default());
                3
            }
            None => {
                match first {
                    '"' | '\\' => quoted.extend(['\\', first]),
                    sign if sign.is_control() || is_sign => put_escape(sign, quoted),
                    other => quoted.push(other),
                }
                first.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn put_escape(character: char, quoted: &mut String) {
    let _infallible = write!(quoted, "\\u{:04x}", u32::from(character));
}

/// True if a text begins with the sign of a template that is none.
fn is_escaped(text: &str) -> bool {
    text.starts_with("$${") || text.starts_with("%%{")
}

/// The length of the template with which a text begins: `${…}` or `%{…}` with all that is in it.
fn template(text: &str) -> Option<usize> {
    if !text.starts_with("${") && !text.starts_with("%{") {
        return None;
    }
    let (mut at, mut depth) = (2, 1_usize);
    while depth > 0 {
        let rest = text.get(at..)?;
        match rest.chars().next()? {
            '"' => {
                at += within_quotes(rest)?;
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        at += rest.chars().next()?.len_utf8();
    }
    Some(at)
}

/// The length of a string of the native syntax, which may have templates.
fn within_quotes(text: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        let rest = text.get(at..)?;
        at += match rest.chars().next()? {
            '"' => return Some(at + 1),
            '\\' => 1 + rest.chars().nth(1)?.len_utf8(),
            _ if is_escaped(rest) => 3,
            first => template(rest).unwrap_or(first.len_utf8()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(document: &str) -> String {
        Native::of(document, Form::Configuration).unwrap().text
    }

    #[test]
    fn templates_are_read_after_strings_are() {
        let check = |document: &str, expected: &str| {
            let text = native(document);
            assert_eq!(text, expected, "{document}");
            assert!(hcl_edit::parser::parse_expr(&text).is_ok(), "{text}");
        };
        check(r#""${m[\"a\"]}""#, r#""${m["a"]}""#);
        check(
            r#""x\"y\\z${\"\\\"}${f({a = \"q\"})}\"}\"""#,
            r#""x\"y\\z${"\"}${f({a = "q"})}"}\"""#,
        );
        check(r#""$${m[\"a\"]}""#, r#""$${m[\"a\"]}""#);
        check(r#""\/\b\ud83d\ude00\u00e9\t\n""#, "\"/\\u0008😀é\\u0009\\u000a\"");
        check("\n{\"a\"\n:\r\n1\n,\n\"b\":[\n]}\n", "{\"a\" :  1 , \"b\":[ ]}");
        check(
            r#""%{ if x == \"a\" }\"%{ endif }""#,
            r#""%{ if x == "a" }\"%{ endif }""#,
        );
        check(r#""$$ 100 %% \u0001""#, "\"$$ 100 %% \\u0001\"");
    }

    #[test]
    fn values_of_variables_are_no_templates() {
        let items = parse(r#"{"a": "${x}$${y}%{z}\"$"}"#, Form::Variables).unwrap();
        let Some(Content::Value(Expression::String(text))) = items.first().map(|item| &item.content) else {
            panic!("{items:?}");
        };
        assert_eq!(text.as_str(), r#"${x}$${y}%{z}"$"#);
    }

    #[test]
    fn what_is_no_document_has_a_place() {
        let check = |text: &str, expected: &str| {
            assert_eq!(parse(text, Form::Configuration).unwrap_err(), expected, "{text}");
        };
        check("{\n  \"a\": }", "syntax error at line 2, column 8");
        check("{\"a\\/\":\n \"${\"}", "syntax error at line 2, column 3");
        check("{} {}", "syntax error at line 1, column 4");
    }
}
