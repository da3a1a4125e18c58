//! One file per RPC, and what happens around each: tracing, panics, diagnostics.
//!
//! - An RPC is `decode → core or provider → encode`; a failure is a list of diagnostics.
//! - A gRPC status reads like a crash to the user, so every answer has status OK. The exception are
//!   state stores, which clients expect to be unimplemented.
//! - A panic becomes a diagnostic. What the client would lose by it (state, private bytes, identity)
//!   is put back from the request: see [`Rpc::fallback`].

mod actions;
mod apply;
mod data_source;
mod ephemeral;
mod functions;
mod generate_config;
mod import;
mod inner_config;
mod list;
mod metadata;
mod methods;
mod move_state;
mod plan;
mod provider_config;
mod read;
mod schema;
mod stop;
mod stream;
mod upgrade_identity;
mod upgrade_state;
mod validate_resource;

use std::{any::Any, future::Future, panic::AssertUnwindSafe, time::Instant};

use futures_util::FutureExt;
use tfplug_core::{Diagnostic, Diagnostics};
use tracing::{Instrument, Span, field::Empty};

use crate::{convert, log, proto::tfplugin6 as proto, service::Service};

/// The advice after a panic in a call that may have changed something.
const LOOK_BEFORE: &str = " Nothing that was stored is lost, but look at the remote object before you try again.";

/// The title of the error that a panic of the provider becomes.
pub(crate) const PANICKED: &str = "The provider failed unexpectedly";

/// A request of the protocol, with what it takes to answer it.
pub(crate) trait Rpc: Send + Sized {
    /// Name of the method.
    const NAME: &'static str;

    /// The advice at the end of the message about a panic.
    const AFTER_PANIC: &'static str = LOOK_BEFORE;

    /// The answer.
    type Response: Answer;

    /// The subject of the request, for the log.
    fn subject(&self) -> Subject<'_> {
        Subject::Provider
    }

    /// The answer that loses nothing, to which the diagnostics of a failure are added.
    fn fallback(&self) -> Self::Response {
        Self::Response::default()
    }

    /// Does the work.
    fn answer(self, service: &Service) -> impl Future<Output = Result<Self::Response, Diagnostics>> + Send;
}

/// The subject of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject<'a> {
    /// The provider as a whole.
    Provider,
    /// A managed resource type.
    Resource(&'a str),
    /// A data source type.
    DataSource(&'a str),
    /// An ephemeral resource type.
    Ephemeral(&'a str),
    /// A list resource type.
    List(&'a str),
    /// An action type.
    Action(&'a str),
    /// A function.
    Function(&'a str),
}

/// An answer that can carry diagnostics.
pub(crate) trait Answer: Default + Send {
    /// Adds diagnostics.
    fn add(&mut self, diagnostics: &Diagnostics);

    /// The diagnostics in it.
    fn diagnostics(&self) -> &[proto::Diagnostic];
}

impl Service {
    /// Answers a request. Never panics.
    pub(crate) async fn handle<R: Rpc>(&self, request: R) -> R::Response {
        let span = span(R::NAME, request.subject());
        self.handle_in_span(request).instrument(span).await
    }

    async fn handle_in_span<R: Rpc>(&self, request: R) -> R::Response {
        let started = Instant::now();
        tracing::trace!(target: log::PROTO, "Received request");
        let mut response = request.fallback();
        match AssertUnwindSafe(request.answer(self)).catch_unwind().await {
            Ok(Ok(answer)) => response = answer,
            Ok(Err(diagnostics)) => response.add(&diagnostics),
            Err(panic) => response.add(&panicked(R::NAME, R::AFTER_PANIC, &*panic)),
        }
        log_answer(response.diagnostics(), started);
        response
    }
}

fn span(rpc: &'static str, subject: Subject<'_>) -> Span {
    let span = tracing::error_span!(
        target: log::PROTO,
        "rpc",
        tf_rpc = rpc,
        tf_req_id = request_id(),
        tf_resource_type = Empty,
        tf_data_source_type = Empty,
        tf_ephemeral_resource_type = Empty,
        tf_list_resource_type = Empty,
        tf_action_type = Empty,
        tf_function_name = Empty,
    );
    match subject {
        Subject::Provider => &span,
        Subject::Resource(name) => span.record("tf_resource_type", name),
        Subject::DataSource(name) => span.record("tf_data_source_type", name),
        Subject::Ephemeral(name) => span.record("tf_ephemeral_resource_type", name),
        Subject::List(name) => span.record("tf_list_resource_type", name),
        Subject::Action(name) => span.record("tf_action_type", name),
        Subject::Function(name) => span.record("tf_function_name", name),
    };
    span
}

/// A random UUID: enough to tell the requests of a log apart.
fn request_id() -> String {
    // Version 4 and its variant have their bits in the third and fourth group.
    let bits = fastrand::u128(..) & !(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let group = |shift: u32, digits: u32| {
        format!(
            "{:0width$x}",
            bits >> shift & ((1 << (4 * digits)) - 1),
            width = digits as usize
        )
    };
    [group(96, 8), group(80, 4), group(64, 4), group(48, 4), group(0, 12)].join("-")
}

fn log_answer(diagnostics: &[proto::Diagnostic], started: Instant) {
    for diagnostic in diagnostics {
        log_diagnostic(diagnostic);
    }
    let errors = diagnostics.iter().filter(|diagnostic| is_error(diagnostic)).count();
    log_served(errors, diagnostics.len() - errors, started);
}

fn is_error(diagnostic: &proto::Diagnostic) -> bool {
    diagnostic.severity() == proto::diagnostic::Severity::Error
}

fn log_served(errors: usize, warnings: usize, started: Instant) {
    tracing::trace!(
        target: log::PROTO,
        tf_req_duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        diagnostic_error_count = errors,
        diagnostic_warning_count = warnings,
        "Served request"
    );
}

fn log_diagnostic(diagnostic: &proto::Diagnostic) {
    let (summary, detail) = (diagnostic.summary.as_str(), diagnostic.detail.as_str());
    let attribute = diagnostic.attribute.as_ref().map(convert::path_text);
    if is_error(diagnostic) {
        tracing::error!(
            target: log::PROTO,
            diagnostic_severity = "ERROR",
            diagnostic_summary = summary,
            diagnostic_detail = detail,
            diagnostic_attribute = attribute,
            "Response contains error diagnostic"
        );
    } else {
        tracing::warn!(
            target: log::PROTO,
            diagnostic_severity = "WARNING",
            diagnostic_summary = summary,
            diagnostic_detail = detail,
            diagnostic_attribute = attribute,
            "Response contains warning diagnostic"
        );
    }
}

fn panicked(rpc: &str, advice: &str, payload: &(dyn Any + Send)) -> Diagnostics {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    // Failed comparisons have a line for each side.
    let message = text
        .unwrap_or("no message")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    Diagnostic::error(
        PANICKED,
        format!(
            "{rpc} stopped with an internal error: {message}. This is a bug in the provider; please report it together \
             with the stack trace.{advice}"
        ),
    )
    .into()
}

macro_rules! answers {
    ($($module:ident),* $(,)?) => {
        $(impl Answer for proto::$module::Response {
            fn add(&mut self, diagnostics: &Diagnostics) {
                self.diagnostics.extend(convert::diagnostics(diagnostics));
            }

            fn diagnostics(&self) -> &[proto::Diagnostic] {
                &self.diagnostics
            }
        })*
    };
}

answers!(
    apply_resource_change,
    close_ephemeral_resource,
    configure_provider,
    generate_resource_config,
    get_functions,
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    import_resource_state,
    move_resource_state,
    open_ephemeral_resource,
    plan_action,
    plan_resource_change,
    read_data_source,
    read_resource,
    renew_ephemeral_resource,
    upgrade_resource_identity,
    upgrade_resource_state,
    validate_action_config,
    validate_data_resource_config,
    validate_ephemeral_resource_config,
    validate_list_resource_config,
    validate_provider_config,
    validate_resource_config,
);

#[cfg(test)]
mod tests;
