//! The calls of `CloudWatch` that clients make for the alarms of rollouts, in each of its protocols.

use bytes::Bytes;
use serde_json::Value;

use super::Core;
use super::actions::{off_model, unknown_operation};
use crate::api::{ApiError, Call, ErrorKind, View};
use crate::model::{check_input, check_output, parse_body, with_extra_members};
use crate::polling::Question;
use crate::wire::{self, Incoming, Principal};
use crate::world::World;

impl Core {
    /// Executes a call; answers its body in the caller's protocol, and as JSON for the journal. `extra_members`: with
    /// members that nobody knows; `delivered`: the client gets the whole answer.
    pub(super) fn execute_cloudwatch(
        &mut self,
        incoming: &Incoming,
        principal: &Principal,
        (extra_members, delivered): (bool, bool),
        request_id: &str,
    ) -> Result<(Bytes, Value), ApiError> {
        let (model, operation) = (self.cloudwatch, &incoming.operation);
        let shapes = model.operation(operation).ok_or_else(|| absent(operation))?;
        let body = parse_body(&incoming.body).map_err(|_| unreadable())?;
        let body = check_input(model, &shapes.input, body).map_err(refused)?;
        // A name of its own: ECS has operations of the same names.
        let question = Question::new(&principal.scope, &format!("cloudwatch {operation}"), &body);
        if self.polls.is_poll(question) {
            self.poll();
        }
        let call = Call {
            operation: operation.clone(),
            scope: principal.scope.clone(),
            caller: principal.access_key.clone(),
            body,
            view: View::Fresh,
        };
        let result = self.world.call_cloudwatch(&call);
        let result = result.unwrap_or_else(|| Err(absent(operation)));
        if delivered {
            self.polls.answered(question, World::is_read(operation));
        }
        self.finish_instant();
        let mut shown = result?;
        check_output(model, &shapes.output, &mut shown).map_err(|problem| off_model(&problem))?;
        if extra_members {
            with_extra_members(model, &shapes.output, &mut shown);
        }
        Ok((wire::cloudwatch_body(model, incoming, &shown, request_id), shown))
    }
}

/// One that `CloudWatch` does not have, or has and the emulator has not.
fn absent(operation: &str) -> ApiError {
    let mut error = unknown_operation(operation);
    error
        .message
        .push_str(" Of CloudWatch, the emulator has the operations on metric alarms and their tags only.");
    error
}

/// The same text in each protocol, because a replay does not know which one it was.
fn unreadable() -> ApiError {
    let text = "The body is not of the form that its content type names.";
    ApiError::new(ErrorKind::SerializationException, text)
}

/// What breaks a constraint has another type in `CloudWatch` than in ECS. Assumed: that the text is like those of ECS.
fn refused(error: ApiError) -> ApiError {
    if error.kind == ErrorKind::InvalidParameterException {
        return ApiError::new(ErrorKind::ValidationError, error.message);
    }
    error
}
