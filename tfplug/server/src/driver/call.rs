//! Calls of functions.

use tfplug_core::{
    Type, Value,
    function::{FunctionError, Signature},
};

use super::{
    Driver,
    rules::demand,
    wire::{self, broken},
};
use crate::proto::tfplugin6::{self as proto, call_function};

impl Driver {
    /// Calls a function. An argument that is not known, and may not be, makes the client answer that the result is not
    /// known either, without a call.
    pub async fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        let function = self
            .service
            .function(name)
            .unwrap_or_else(|error| broken("function", &error));
        let signature = function.signature();
        if arguments
            .iter()
            .enumerate()
            .any(|(position, value)| waits(signature, position, value))
        {
            return Ok(Value::Unknown);
        }
        let answer = self.answer(name, signature, arguments, &wire::dynamic).await;
        // Terraform compares the results of validation, plan and apply; OpenTofu has another null.
        let again = self.answer(name, signature, arguments, &dynamic_of_opentofu).await;
        demand(
            "the same result for the same arguments",
            answer == again,
            &(&answer, again),
        );
        match (answer.result, answer.error) {
            (Some(result), None) => {
                let value = wire::value(Some(&result), &signature.result);
                let known = value.is_wholly_known() || !arguments.iter().all(Value::is_wholly_known);
                demand("result (Error in function call): not known", known, &value);
                Ok(value)
            }
            (None, Some(error)) => Err(client_error(&error)),
            other => broken("answer of a function", &other),
        }
    }

    async fn answer(
        &self,
        name: &str,
        signature: &Signature,
        arguments: &[Value],
        encode: &dyn Fn(&Value, &Type) -> proto::DynamicValue,
    ) -> call_function::Response {
        let arguments = arguments.iter().enumerate().map(|(position, value)| {
            // What is too much has no type.
            parameter(signature, position)
                .map_or_else(proto::DynamicValue::default, |parameter| encode(value, &parameter.ty))
        });
        let request = call_function::Request {
            name: name.to_owned(),
            arguments: arguments.collect(),
        };
        self.service.handle(request).await
    }
}

fn parameter(signature: &Signature, position: usize) -> Option<&tfplug_core::function::Parameter> {
    signature.parameters.get(position).or(signature.variadic.as_ref())
}

fn waits(signature: &Signature, position: usize, value: &Value) -> bool {
    !value.is_wholly_known() && parameter(signature, position).is_some_and(|parameter| !parameter.allows_unknown)
}

fn dynamic_of_opentofu(value: &Value, ty: &Type) -> proto::DynamicValue {
    if value.is_null() {
        proto::DynamicValue::default()
    } else {
        wire::dynamic(value, ty)
    }
}

/// The error as clients print it, which put a full stop after it.
fn client_error(error: &proto::FunctionError) -> FunctionError {
    demand("text of a function error", !error.text.is_empty(), error);
    FunctionError {
        text: format!("{}.", error.text),
        argument: error
            .function_argument
            .map(|position| usize::try_from(position).unwrap_or_else(|_| broken("position of an argument", &position))),
    }
}
