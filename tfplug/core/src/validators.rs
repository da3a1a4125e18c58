//! Stock rules for configured values. Each is a pure function of one known value; the pipeline calls
//! them for values that are known and not null, and adds the path.
//!
//! A collection handed in may still have unknown elements. They never fail: a rule says no only when
//! no later value could make it say yes.

use std::collections::BTreeSet;

use crate::{number::Number, value::Value};

/// A rule for one configured value.
pub trait Validator: Send + Sync {
    /// The valid values, for documentation: "between 1 and 255 characters".
    fn describe(&self) -> String;

    /// Accepts `value`, or says what is wrong with it and what would be right, as full sentences.
    fn check(&self, value: &Value) -> Result<(), String>;

    /// Everything that is wrong with `value`, each with its place. A rule about elements of a list tells every one
    /// that breaks it; any other rule says one thing about the whole.
    fn faults(&self, value: &Value) -> Vec<Fault> {
        let whole = |message| Fault { element: None, message };
        self.check(value).err().map(whole).into_iter().collect()
    }
}

/// An objection of a rule to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Position of the element at fault, if the value is a list and the rule is about its elements.
    pub element: Option<usize>,
    /// The fault and what would be right, as full sentences.
    pub message: String,
}

/// A string out of a fixed list.
#[derive(Clone, Copy, Debug)]
pub struct OneOf(pub &'static [&'static str]);

impl Validator for OneOf {
    fn describe(&self) -> String {
        let quoted: Vec<String> = self.0.iter().map(|allowed| format!("`{allowed}`")).collect();
        match quoted.as_slice() {
            [only] => only.clone(),
            [all @ .., last] => format!("one of {} or {last}", all.join(", ")),
            [] => "nothing".to_owned(),
        }
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        match value.as_str() {
            Some(text) if !self.0.contains(&text) => Err(format!(
                "The value is `{}`; it must be {}.",
                shown(text),
                self.describe()
            )),
            _ => Ok(()),
        }
    }
}

/// A string of `min` to `max` characters, both inclusive.
#[derive(Clone, Copy, Debug)]
pub struct Length {
    /// Fewest characters.
    pub min: usize,
    /// Most characters; `usize::MAX` means any number.
    pub max: usize,
}

impl Validator for Length {
    fn describe(&self) -> String {
        counted(self.min, self.max, "character")
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        let Some(text) = value.as_str() else { return Ok(()) };
        let length = text.chars().count();
        if (self.min..=self.max).contains(&length) {
            return Ok(());
        }
        Err(format!(
            "The value `{}` has {}; it must have {}.",
            shown(text),
            plural(length, "character"),
            self.describe()
        ))
    }
}

/// A whole number from `min` to `max`, both inclusive.
#[derive(Clone, Copy, Debug)]
pub struct Between {
    /// Smallest number.
    pub min: i64,
    /// Largest number.
    pub max: i64,
}

impl Validator for Between {
    fn describe(&self) -> String {
        format!("a whole number between {} and {}", self.min, self.max)
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        let Some(number) = value.as_number() else { return Ok(()) };
        match number.to_i64() {
            Some(whole) if (self.min..=self.max).contains(&whole) => Ok(()),
            _ => Err(format!("The value is {number}; it must be {}.", self.describe())),
        }
    }
}

/// A number from `min` to `max`, both inclusive, fractions allowed.
#[derive(Clone, Debug)]
pub struct BetweenNumbers {
    /// Smallest number.
    pub min: Number,
    /// Largest number.
    pub max: Number,
}

impl Validator for BetweenNumbers {
    fn describe(&self) -> String {
        format!("a number between {} and {}", self.min, self.max)
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        match value.as_number() {
            Some(number) if *number < self.min || *number > self.max => {
                Err(format!("The value is {number}; it must be {}.", self.describe()))
            }
            _ => Ok(()),
        }
    }
}

/// A string of a form that a function knows.
#[derive(Clone, Copy, Debug)]
pub struct Matches {
    /// True if a string has the form.
    pub test: fn(&str) -> bool,
    /// The form in words, to be read after "must be": "a name of lower-case letters".
    pub expected: &'static str,
}

impl Validator for Matches {
    fn describe(&self) -> String {
        self.expected.to_owned()
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        match value.as_str() {
            Some(text) if !(self.test)(text) => {
                Err(format!("The value is `{}`; it must be {}.", shown(text), self.expected))
            }
            _ => Ok(()),
        }
    }
}

/// Every element of a list or set, or every value of a map, valid by an inner rule.
#[derive(Clone, Copy, Debug)]
pub struct Each<V>(pub V);

impl<V: Validator> Validator for Each<V> {
    fn describe(&self) -> String {
        format!("each element {}", self.0.describe())
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        first(self.faults(value))
    }

    fn faults(&self, value: &Value) -> Vec<Fault> {
        let check = |element: &Value| element.is_present().then(|| self.0.check(element).err()).flatten();
        let fault = |element: Option<usize>, message| Fault { element, message };
        match value {
            Value::List(elements) => {
                let checked = elements.iter().map(check).enumerate();
                let faults = checked.filter_map(|(position, message)| Some((position, message?)));
                faults
                    .map(|(position, message)| fault(Some(position), format!("Element {position}: {message}")))
                    .collect()
            }
            Value::Map(members) => {
                let faults = members.iter().filter_map(|(key, element)| Some((key, check(element)?)));
                faults
                    .map(|(key, message)| fault(None, format!("Element `{}`: {message}", shown(key))))
                    .collect()
            }
            // Elements of sets have no position; the message of the inner rule names the value.
            other => other
                .elements()
                .filter_map(check)
                .map(|message| fault(None, message))
                .collect(),
        }
    }
}

/// A list, set or map of `min` to `max` elements, both inclusive.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Fewest elements.
    pub min: usize,
    /// Most elements; `usize::MAX` means any number.
    pub max: usize,
}

impl Validator for Size {
    fn describe(&self) -> String {
        counted(self.min, self.max, "element")
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        let (fewest, most) = match value {
            Value::List(elements) => (elements.len(), elements.len()),
            Value::Map(members) => (members.len(), members.len()),
            // Unknown elements of a set may turn out equal to others.
            Value::Set(elements) => {
                let known = elements.iter().filter(|element| element.is_wholly_known()).count();
                (known.max(usize::from(!elements.is_empty())), elements.len())
            }
            _ => return Ok(()),
        };
        if most >= self.min && fewest <= self.max {
            return Ok(());
        }
        Err(format!(
            "There are {}; there must be {}.",
            plural(most, "element"),
            self.describe()
        ))
    }
}

/// A list without equal strings.
#[derive(Clone, Copy, Debug)]
pub struct UniqueStrings;

impl Validator for UniqueStrings {
    fn describe(&self) -> String {
        "without repeated elements".to_owned()
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        first(self.faults(value))
    }

    fn faults(&self, value: &Value) -> Vec<Fault> {
        let mut seen = BTreeSet::new();
        let elements = value.elements().enumerate();
        let texts = elements.filter_map(|(position, element)| Some((position, element.as_str()?)));
        let repeated = texts.filter(|(_, text)| !seen.insert(*text));
        repeated
            .map(|(position, text)| Fault {
                element: Some(position),
                message: format!(
                    "The element `{}` is given more than once; each may be given once.",
                    shown(text)
                ),
            })
            .collect()
    }
}

/// A rule as a function; its error is one or more full sentences.
pub type Check = dyn Fn(&Value) -> Result<(), String> + Send + Sync;

/// A rule given as a function. It sees wholly known values only.
pub struct Custom {
    /// The valid values in words, to be read after "must be".
    pub expected: String,
    /// The rule.
    pub check: Box<Check>,
}

impl Validator for Custom {
    fn describe(&self) -> String {
        self.expected.clone()
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        if value.is_wholly_known() {
            (self.check)(value)
        } else {
            Ok(())
        }
    }
}

fn first(faults: Vec<Fault>) -> Result<(), String> {
    faults.into_iter().next().map_or(Ok(()), |fault| Err(fault.message))
}

/// Text as it stands in a message: its beginning, on one line.
fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

fn counted(min: usize, max: usize, noun: &str) -> String {
    match (min, max) {
        (0, max) => format!("at most {}", plural(max, noun)),
        (min, usize::MAX) => format!("at least {}", plural(min, noun)),
        (min, max) if min == max => format!("exactly {}", plural(min, noun)),
        (min, max) => format!("between {min} and {}", plural(max, noun)),
    }
}

#[cfg(test)]
mod tests;
