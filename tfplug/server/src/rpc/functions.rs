//! `GetFunctions` and `CallFunction`.
//!
//! A function is called with what its signature promises, and answers what its signature promises: both are checked
//! here, so that a mistake is an error that names the argument and no value that the client refuses.

use tfplug_core::{
    Diagnostics, Value,
    function::{FunctionError, Parameter, Signature},
};

use crate::{
    convert,
    proto::tfplugin6::{self as proto, call_function, get_functions},
    rpc::{Answer, Rpc, Subject},
    service::Service,
};

impl Rpc for get_functions::Request {
    const NAME: &'static str = "GetFunctions";
    type Response = get_functions::Response;

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let functions = service.provider().functions().iter();
        Ok(get_functions::Response {
            functions: functions
                .map(|function| (function.name().to_owned(), convert::function(function.signature())))
                .collect(),
            diagnostics: Vec::new(),
        })
    }
}

impl Rpc for call_function::Request {
    const NAME: &'static str = "CallFunction";
    /// A function is pure: there is nothing to look at.
    const AFTER_PANIC: &'static str = "";
    type Response = call_function::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Function(&self.name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let function = service.function(&self.name)?;
        let call = Call {
            name: &self.name,
            signature: function.signature(),
        };
        let result = call.arguments(&self.arguments).and_then(|arguments| {
            let known = arguments.iter().all(Value::is_wholly_known);
            call.result(&function.call(arguments)?, known)
        });
        Ok(match result {
            Ok(value) => call_function::Response {
                result: Some(value),
                error: None,
            },
            Err(error) => {
                tracing::debug!(argument = error.argument, "The function answers an error");
                call_function::Response {
                    result: None,
                    error: Some(convert::function_error(&error)),
                }
            }
        })
    }
}

/// A call of a function that the provider has.
struct Call<'a> {
    name: &'a str,
    signature: &'a Signature,
}

impl Call<'_> {
    /// The arguments, each of the type of its parameter.
    fn arguments(&self, sent: &[proto::DynamicValue]) -> Result<Vec<Value>, FunctionError> {
        self.count(sent.len())?;
        let Signature {
            parameters, variadic, ..
        } = self.signature;
        let arguments = sent.iter().enumerate().filter_map(|(position, sent)| {
            let parameter = parameters.get(position).or(variadic.as_ref())?;
            Some(argument(sent, parameter).map_err(|error| error.at(position)))
        });
        arguments.collect()
    }

    fn count(&self, sent: usize) -> Result<(), FunctionError> {
        let fewest = self.signature.parameters.len();
        let variadic = self.signature.variadic.as_ref();
        if sent < fewest {
            let missing: Vec<String> = self.signature.parameters[sent..].iter().map(quoted).collect();
            let text = format!(
                "The function `{}` was called with {}; it takes {}. Give it {}, too.",
                self.name,
                arguments(sent),
                self.takes(),
                missing.join(", ")
            );
            return Err(FunctionError::new(text));
        }
        if sent > fewest && variadic.is_none() {
            let text = format!(
                "The function `{}` was called with {}; it takes {}. Remove the arguments from this one on.",
                self.name,
                arguments(sent),
                self.takes()
            );
            return Err(FunctionError::new(text).at(fewest));
        }
        Ok(())
    }

    fn takes(&self) -> String {
        let fewest = self.signature.parameters.len();
        match &self.signature.variadic {
            None => fewest.to_string(),
            Some(_) => format!("{fewest} or more"),
        }
    }

    /// The result for the wire. What does not keep the signature's promise is a fault of the provider.
    fn result(&self, value: &Value, arguments_known: bool) -> Result<proto::DynamicValue, FunctionError> {
        if arguments_known && !value.is_wholly_known() {
            return Err(self.bug("gave a value that is not known, although all arguments are"));
        }
        convert::encode_as(value, &self.signature.result)
            .map_err(|reason| self.bug(&format!("gave a value of another type than it declares: {reason}")))
    }

    fn bug(&self, fault: &str) -> FunctionError {
        FunctionError::new(format!(
            "The function `{}` {fault}. This is a bug in the provider; please report it.",
            self.name
        ))
    }
}

fn arguments(count: usize) -> String {
    match count {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        _ => format!("{count} arguments"),
    }
}

fn quoted(parameter: &Parameter) -> String {
    format!("`{}`", parameter.name)
}

fn argument(sent: &proto::DynamicValue, parameter: &Parameter) -> Result<Value, FunctionError> {
    let name = &parameter.name;
    let value = convert::decode_as(Some(sent), &parameter.ty).map_err(|reason| {
        let text = format!(
            "The argument `{name}` is not what the function takes: {reason}. Give it a value of the type {}.",
            parameter.ty
        );
        FunctionError::new(text)
    })?;
    if is_null(&value) && !parameter.allows_null {
        let text = format!("The argument `{name}` is null. Give it a value, for example with `coalesce`.");
        return Err(FunctionError::new(text));
    }
    if !value.is_wholly_known() && !parameter.allows_unknown {
        let text = format!(
            "The argument `{name}` is not known yet, and the function needs it. The client should have waited until it is \
             known; this is a bug in the client."
        );
        return Err(FunctionError::new(text));
    }
    Ok(value)
}

/// True if a value is null, also one that carries its own type.
fn is_null(value: &Value) -> bool {
    match value {
        Value::Dynamic(typed) => is_null(&typed.1),
        value => value.is_null(),
    }
}

/// A function has one error text instead of diagnostics.
impl Answer for call_function::Response {
    fn add(&mut self, diagnostics: &Diagnostics) {
        let texts: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.detail.clone()).collect();
        self.error = Some(convert::function_error(&FunctionError::new(texts.join("\n"))));
    }

    fn diagnostics(&self) -> &[proto::Diagnostic] {
        &[]
    }
}
