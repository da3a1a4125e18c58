//! Functions as the client reads them, and the reason why one has no result.

use tfplug_core::function::{FunctionError, Parameter, Signature};

use super::diagnostic::plain;
use crate::proto::tfplugin6 as proto;

/// The parameters and the result of a function.
pub(crate) fn function(signature: &Signature) -> proto::Function {
    proto::Function {
        parameters: signature.parameters.iter().map(parameter).collect(),
        variadic_parameter: signature.variadic.as_ref().map(parameter),
        r#return: Some(proto::function::Return {
            r#type: signature.result.to_json_bytes(),
        }),
        summary: signature.summary.clone(),
        description: signature.description.clone(),
        description_kind: proto::StringKind::Markdown.into(),
        deprecation_message: signature.deprecation.clone().unwrap_or_default(),
    }
}

fn parameter(parameter: &Parameter) -> proto::function::Parameter {
    proto::function::Parameter {
        name: parameter.name.clone(),
        r#type: parameter.ty.to_json_bytes(),
        allow_null_value: parameter.allows_null,
        allow_unknown_values: parameter.allows_unknown,
        description: parameter.description.clone(),
        description_kind: proto::StringKind::Markdown.into(),
    }
}

/// The reason why a function has no result.
pub(crate) fn function_error(error: &FunctionError) -> proto::FunctionError {
    // The client shows nothing useful for a reason without a text.
    let text = if error.text.is_empty() {
        "The function failed without a reason. This is a bug in the provider; please report it."
    } else {
        &error.text
    };
    // Both clients put a full stop after it.
    let text = match text.strip_suffix('.') {
        Some(sentence) if !sentence.ends_with('.') => sentence,
        _ => text,
    };
    proto::FunctionError {
        text: plain(text),
        function_argument: error.argument.and_then(|position| i64::try_from(position).ok()),
    }
}
