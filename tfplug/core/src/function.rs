//! Functions that a provider gives to configurations, `provider::NAME::FUNCTION(…)`.

use std::fmt;

use crate::{types::Type, value::Value};

/// A function. It is pure: the same arguments give the same result, on any machine and at any time, and the provider need
/// not be configured. Clients compare the results of plan and apply.
pub trait Function: Send + Sync {
    /// Name, an identifier without the provider's prefix.
    fn name(&self) -> &'static str;

    /// Parameters and result.
    fn signature(&self) -> &Signature;

    /// Computes the result. There is an argument for each parameter, of its type, then those of the variadic one; an
    /// argument is null or unknown only where its parameter allows it.
    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError>;
}

/// The parameters and the result of a function.
#[derive(Clone, Debug)]
pub struct Signature {
    /// One sentence.
    pub summary: String,
    /// Description in Markdown.
    pub description: String,
    /// Parameters by position.
    pub parameters: Vec<Parameter>,
    /// Parameter of all further arguments.
    pub variadic: Option<Parameter>,
    /// Type of the result.
    pub result: Type,
    /// Message to those who still use it.
    pub deprecation: Option<String>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Name, an identifier, for documentation and messages.
    pub name: String,
    /// Type. With [`Type::Dynamic`] the argument carries its own. `OpenTofu` 1.12 calls no function with a literal `null`
    /// for such a parameter, and takes the result for unknown.
    pub ty: Type,
    /// Description in Markdown.
    pub description: String,
    /// True if the argument may be null; otherwise the client refuses it.
    pub allows_null: bool,
    /// True if the function is called with an argument that is not known yet; otherwise the result is not known either.
    pub allows_unknown: bool,
}

impl Parameter {
    /// A parameter whose argument is neither null nor unknown.
    pub fn new(name: &str, ty: Type, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            ty,
            description: description.to_owned(),
            allows_null: false,
            allows_unknown: false,
        }
    }
}

/// The reason why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// The reason, in sentences.
    pub text: String,
    /// Position of the argument that it is about, from 0. Where there is none, `OpenTofu` 1.12 names the first one; so the
    /// text must be understood without it.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// An error about no argument in particular.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: None,
        }
    }

    /// An error about the argument at a position, from 0.
    #[must_use]
    pub fn at(mut self, argument: usize) -> Self {
        self.argument = Some(argument);
        self
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for FunctionError {}
