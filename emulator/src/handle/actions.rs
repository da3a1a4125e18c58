//! Acts on the world from outside the client under test: calls of other principals, alarms, failing images.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Core;
use crate::api::{ApiError, Call, ErrorKind, Scope, View};
use crate::faults::{Action, DueAction, SeenTurn};
use crate::journal::{Origin, Record, RequestRecord};
use crate::model::{check_input, check_output};
use crate::records::events::Kind;
use crate::stderr::tell;
use crate::world::{World, WorldEvent};

/// Access key id and user agent under which scheduled calls stand in the journal.
const OTHER_PRINCIPAL: &str = "other-principal";

impl Core {
    /// Performs every action whose moment has come, and those that follow from them.
    pub(crate) fn act(&mut self) {
        loop {
            let mut due = self.faults.due(self.world.now_ms());
            due.extend(self.take_news());
            if due.is_empty() {
                return;
            }
            for due in due {
                self.perform(due);
            }
        }
    }

    /// Tells journal and observers what has happened while no action waits for an event.
    pub(crate) fn publish(&mut self) {
        self.take_news();
    }

    /// Notes what has happened and finds the actions that waited for it.
    fn take_news(&mut self) -> Vec<DueAction> {
        let mut due = Vec::new();
        let mut events = std::mem::take(&mut self.news);
        self.world.move_events(&mut events);
        if !events.is_empty() {
            self.observers.ring_bell();
        }
        for event in events.drain(..) {
            due.extend(self.on_event(event));
        }
        self.news = events;
        due
    }

    /// Notes an event and finds the actions that waited for it.
    fn on_event(&mut self, event: Arc<WorldEvent>) -> Vec<DueAction> {
        let due = SeenTurn::of(&event)
            .map(|seen| self.faults.on_turn(&seen))
            .unwrap_or_default();
        if self.setup.log && event.kind == Kind::Unsettled {
            tell(format_args!("the world does not settle: {}", event.detail()));
        }
        self.journal.push(event.time_ms, Record::Event(event.clone()));
        self.observers.push(event);
        due
    }

    fn perform(&mut self, due: DueAction) {
        let result = match due.action {
            Action::Call { scope, operation, body } => self.call_as_other(&due.id, &scope, &operation, body),
            Action::Alarm { scope, name, state } => self.world.set_alarm(&scope, &name, &state),
            Action::World { fault, .. } => {
                let world_id = self.world.add_fault(fault);
                self.faults.note_world_id(&due.id, world_id);
                Ok(())
            }
        };
        if let Err(error) = result {
            self.faults.note_error(&due.id, error.to_string());
        }
    }

    /// A scheduled call: the same checks as any other, and an entry in the journal.
    fn call_as_other(
        &mut self,
        fault: &str,
        scope: &Scope,
        operation: &str,
        body: Map<String, Value>,
    ) -> Result<(), ApiError> {
        self.calls += 1;
        let request = Value::Object(body.clone()).to_string();
        let result = self.call_directly(OTHER_PRINCIPAL, scope, operation, body);
        let answer = match &result {
            Ok(value) => (value.to_string(), 200),
            Err(error) => {
                let body = crate::wire::Failure::from(error.clone()).body();
                (body.to_string(), error.kind.status())
            }
        };
        let record = RequestRecord {
            operation: operation.to_owned(),
            caller: OTHER_PRINCIPAL.to_owned(),
            user_agent: OTHER_PRINCIPAL.to_owned(),
            scope: scope.clone(),
            request: request.into(),
            answer: Some((answer.0.into(), answer.1)),
            fault: Some(fault.to_owned()),
            delivered: true,
            origin: Origin::Action,
            number: self.calls,
        };
        self.journal
            .push(self.world.now_ms(), Record::Request(Box::new(record)));
        result.map(|_| ())
    }

    /// A call that is not a client's request: no faults, no polls, never stale, but all checks.
    pub(crate) fn call_directly(
        &mut self,
        caller: &str,
        scope: &Scope,
        operation: &str,
        body: Map<String, Value>,
    ) -> Result<Value, ApiError> {
        let model = self.model;
        let shapes = model.operation(operation).ok_or_else(|| unknown_operation(operation))?;
        let call = Call {
            operation: operation.to_owned(),
            scope: scope.clone(),
            caller: caller.to_owned(),
            body: check_input(model, &shapes.input, body)?,
            view: View::Fresh,
        };
        let mut answer = self.world.call(&call).unwrap_or_else(|| Err(not_emulated(operation)))?;
        if !World::is_read(operation) {
            self.consistency.wrote(scope);
        }
        check_output(model, &shapes.output, &mut answer).map_err(|problem| off_model(&problem))?;
        Ok(answer)
    }
}

pub(super) fn unknown_operation(operation: &str) -> ApiError {
    ApiError::new(
        ErrorKind::UnknownOperationException,
        format!("The operation '{operation}' is unknown."),
    )
}

pub(super) fn not_emulated(operation: &str) -> ApiError {
    ApiError::new(
        ErrorKind::UnsupportedFeatureException,
        format!("The operation {operation} is not emulated."),
    )
}

/// An answer that ECS could not give is our own bug, and is reported as one instead of being sent.
pub(super) fn off_model(problem: &str) -> ApiError {
    ApiError::new(
        ErrorKind::ServerException,
        format!("The emulator has a bug, its answer breaks the service model: {problem}"),
    )
}
