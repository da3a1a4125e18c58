//! Values as short literals, so that a test case is one line of data.
//!
//! ```text
//! null   ?   true   7.5   "text"   [1, 2]   <"a", "b">   { name = "a", "other key" = null }
//! ```
//!
//! `?` is unknown, angle brackets hold sets, braces hold objects and maps. Commas and line breaks
//! separate.

use std::{iter::Peekable, str::Chars};

use crate::value::Value;

/// Reads a literal.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader {
        rest: text.chars().peekable(),
    };
    let value = reader.value()?;
    match reader.next_token_start() {
        None => Ok(value),
        Some(other) => Err(format!("`{other}` follows the value")),
    }
}

/// Writes a value as a literal on one line.
pub fn show(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Unknown => "?".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::List(elements) => format!("[{}]", joined(elements.iter().map(show))),
        Value::Set(elements) => format!("<{}>", joined(elements.iter().map(show))),
        Value::Map(members) if members.is_empty() => "{}".to_owned(),
        Value::Map(members) => {
            format!(
                "{{ {} }}",
                joined(
                    members
                        .iter()
                        .map(|(name, value)| format!("{} = {}", key(name), show(value)))
                )
            )
        }
        Value::Dynamic(typed) => format!("any({})", show(&typed.1)),
    }
}

/// Writes a value as a literal without the members of objects that say nothing: null, and empty
/// collections.
pub fn show_present(value: &Value) -> String {
    show(&without_absent(value))
}

fn without_absent(value: &Value) -> Value {
    match value {
        Value::Map(members) => Value::Map(
            members
                .iter()
                .map(|(name, value)| (name.clone(), without_absent(value)))
                .filter(|(_, value)| value.as_str().is_some() || !value.is_null_or_empty())
                .collect(),
        ),
        Value::List(elements) => Value::List(elements.iter().map(without_absent).collect()),
        Value::Set(elements) => Value::Set(elements.iter().map(without_absent).collect()),
        other => other.clone(),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn key(name: &str) -> String {
    if !name.is_empty() && name.chars().all(is_word) {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Reader<'_> {
    fn next_token_start(&mut self) -> Option<char> {
        while self
            .rest
            .next_if(|letter| letter.is_whitespace() || *letter == ',')
            .is_some()
        {}
        self.rest.peek().copied()
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.next_token_start() {
            Some('?') => {
                self.rest.next();
                Ok(Value::Unknown)
            }
            Some('"') => self.string().map(Value::String),
            Some('[') => Ok(Value::List(self.elements(']')?)),
            Some('<') => Ok(Value::Set(self.elements('>')?.into_iter().collect())),
            Some('{') => self.members(),
            Some(_) => self.word(),
            None => Err("a value is missing".to_owned()),
        }
    }

    fn word(&mut self) -> Result<Value, String> {
        let mut word = String::new();
        while let Some(letter) = self.rest.next_if(|letter| is_word(*letter) || "+-.".contains(*letter)) {
            word.push(letter);
        }
        match word.as_str() {
            "null" => Ok(Value::Null),
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            number => number.parse().map(Value::Number).map_err(|error| error.to_string()),
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.rest.next();
        let mut text = String::new();
        loop {
            match self.rest.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.extend(self.rest.next().map(|letter| if letter == 'n' { '\n' } else { letter })),
                Some(letter) => text.push(letter),
                None => return Err("a string has no end".to_owned()),
            }
        }
    }

    fn elements(&mut self, end: char) -> Result<Vec<Value>, String> {
        self.rest.next();
        let mut elements = Vec::new();
        while self.next_token_start() != Some(end) {
            elements.push(self.value()?);
        }
        self.rest.next();
        Ok(elements)
    }

    fn members(&mut self) -> Result<Value, String> {
        self.rest.next();
        let mut object = Value::object::<String>([]);
        while self.next_token_start() != Some('}') {
            let name = self.name()?;
            if self.next_token_start() != Some('=') {
                return Err(format!("`=` is missing after `{name}`"));
            }
            self.rest.next();
            let value = self.value()?;
            object.insert(name, value);
        }
        self.rest.next();
        Ok(object)
    }

    fn name(&mut self) -> Result<String, String> {
        if self.rest.peek() == Some(&'"') {
            return self.string();
        }
        let mut name = String::new();
        while let Some(letter) = self.rest.next_if(|letter| is_word(*letter)) {
            name.push(letter);
        }
        if name.is_empty() {
            Err("a name is missing".to_owned())
        } else {
            Ok(name)
        }
    }
}
