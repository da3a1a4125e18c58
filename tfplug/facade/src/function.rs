//! Functions of configurations, from closures.

use tfplug_core::{
    Type, Value,
    function::{self as core, FunctionError, Parameter, Signature},
    typed::{FromValue, Mismatch},
};

use crate::model::Typed;

/// A function of configurations, `provider::NAME::FUNCTION(…)`. It is pure: the same arguments give the same result.
///
/// ```
/// use tfplug::Function;
///
/// let shout = Function::new("shout", "Text in capitals.")
///     .parameter("text", "What to shout.")
///     .calls(|text: String| Ok(text.to_uppercase()));
/// # let _ = shout;
/// ```
pub struct Function {
    name: &'static str,
    signature: Signature,
    call: Box<Call>,
}

type Call = dyn Fn(&[Value]) -> Result<Value, FunctionError> + Send + Sync;

/// A function that does not say yet what it computes.
#[must_use = "it computes nothing without `calls`"]
pub struct Unfinished {
    name: &'static str,
    summary: String,
    description: String,
    parameters: Vec<(&'static str, &'static str)>,
}

impl Function {
    /// A function of a name, without the provider's, and one sentence about it.
    #[expect(clippy::new_ret_no_self, reason = "what it computes comes last")]
    pub fn new(name: &'static str, summary: &str) -> Unfinished {
        Unfinished {
            name,
            summary: summary.to_owned(),
            description: summary.to_owned(),
            parameters: Vec::new(),
        }
    }
}

impl Unfinished {
    /// More about it, in Markdown. Without it, the sentence is all.
    pub fn description(mut self, text: &str) -> Self {
        text.clone_into(&mut self.description);
        self
    }

    /// The next parameter: its name and description. Its type is that of the closure's argument.
    pub fn parameter(mut self, name: &'static str, description: &'static str) -> Self {
        self.parameters.push((name, description));
        self
    }

    /// What it computes, from one argument for each parameter. An `Option` takes null, which the client refuses otherwise;
    /// an argument that is not known yet makes the result not known.
    ///
    /// # Panics
    /// If the closure takes more or fewer arguments than there are parameters.
    pub fn calls<A>(self, computes: impl Computes<A>) -> Function {
        let types = computes.parameters();
        assert_eq!(
            types.len(),
            self.parameters.len(),
            "function `{}`: the closure takes as many arguments as there are parameters",
            self.name
        );
        let parameters = self.parameters.into_iter().zip(types);
        let parameters = parameters.map(|((name, description), (ty, allows_null))| {
            let mut parameter = Parameter::new(name, ty, description);
            parameter.allows_null = allows_null;
            parameter
        });
        Function {
            name: self.name,
            signature: Signature {
                summary: self.summary,
                description: self.description,
                parameters: parameters.collect(),
                variadic: None,
                result: computes.result(),
                deprecation: None,
            },
            call: Box::new(move |arguments| computes.compute(arguments)),
        }
    }
}

impl core::Function for Function {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        (self.call)(&arguments)
    }
}

/// A closure that a [`Function`] can call: of up to four arguments of types that attributes can have, with a result of such a
/// type or a [`FunctionError`].
pub trait Computes<A>: Send + Sync + 'static {
    /// The types of the arguments, and whether each may be null.
    fn parameters(&self) -> Vec<(Type, bool)>;

    /// The type of the result.
    fn result(&self) -> Type;

    /// Computes the result.
    fn compute(&self, arguments: &[Value]) -> Result<Value, FunctionError>;
}

/// An argument, or an error that points to it.
fn argument<T: FromValue>(arguments: &[Value], position: usize) -> Result<T, FunctionError> {
    let wrong = |mismatch: Mismatch| FunctionError::new(format!("{mismatch}.")).at(position);
    T::from_value(arguments.get(position).unwrap_or(&Value::Null)).map_err(wrong)
}

/// True if a type takes null.
fn takes_null<T: FromValue>() -> bool {
    T::from_value(&Value::Null).is_ok()
}

macro_rules! closures {
    ($($argument:ident $position:literal),*) => {
        impl<F, R, $($argument),*> Computes<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Result<R, FunctionError> + Send + Sync + 'static,
            R: Typed,
            $($argument: Typed,)*
        {
            fn parameters(&self) -> Vec<(Type, bool)> {
                vec![$(($argument::ty(), takes_null::<$argument>())),*]
            }

            fn result(&self) -> Type {
                R::ty()
            }

            fn compute(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
                let _ = arguments;
                self($(argument::<$argument>(arguments, $position)?),*).map(|result| result.to_value())
            }
        }
    };
}

closures!();
closures!(A 0);
closures!(A 0, B 1);
closures!(A 0, B 1, C 2);
closures!(A 0, B 1, C 2, D 3);
