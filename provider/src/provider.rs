//! The provider: takes its configuration and lists what it offers.

use std::sync::Arc;

use aws::Aws;
use tfplug_core::{
    Action, BoxFuture, Cancel, DataSource, Diagnostic, Diagnostics, Function, ListResource, Path, Provider, Resource,
    Schema, Value, provider::ConfigureRequest,
};

use crate::{
    actions, block,
    configuration::{self, Configuration, POLL_VARIABLE, Unknown},
    daemon::DaemonResource,
    data, diagnostic, functions, lists,
    session::{self, Session, SharedSession},
    task_definition::TaskDefinitionResource,
    version::VERSION,
};

/// The provider. One value serves one process, however often it is configured.
pub struct EcsProvider {
    schema: Schema,
    session: SharedSession,
    resources: Vec<Arc<dyn Resource>>,
    data_sources: Vec<Arc<dyn DataSource>>,
    functions: Vec<Arc<dyn Function>>,
    actions: Vec<Arc<dyn Action>>,
    lists: Vec<Arc<dyn ListResource>>,
}

impl EcsProvider {
    /// A provider that is not configured yet.
    pub fn new() -> Self {
        let session = SharedSession::default();
        let resources: Vec<Arc<dyn Resource>> = vec![
            Arc::new(DaemonResource::new(session.clone())),
            Arc::new(TaskDefinitionResource::new(session.clone())),
        ];
        Self {
            schema: block::schema(),
            data_sources: data::all(&session),
            functions: functions::all(),
            actions: actions::all(&session),
            lists: lists::all(&session),
            session,
            resources,
        }
    }

    /// A provider on a connection that is there already, for embedders and tests.
    pub fn connected(session: Session) -> Self {
        let provider = Self::new();
        provider.session.set(session);
        provider
    }

    async fn connect(&self, config: &Value) -> Result<Diagnostics, Diagnostics> {
        let problems = configuration::validate_late(config);
        if problems.has_error() {
            return Err(problems);
        }
        let unknown = Unknown::of(config);
        if !unknown.connection.is_empty() {
            let warning = not_known_yet(&unknown.connection);
            self.session.await_values(unknown.connection);
            return Ok(warning.into());
        }
        let variable = std::env::var(POLL_VARIABLE).ok();
        let Configuration { settings, tags, poll } = Configuration::read(config, variable.as_deref())?;
        let any_region = configuration::takes_any_region(config);
        let aws = Aws::connect(settings)
            .await
            .map_err(|problems| diagnostic::of_problems(&problems))?;
        if !any_region && let Err(problem) = diagnostic::check_region(aws.region()) {
            return Err(Diagnostic::error("Unknown region", problem)
                .at(Path::attribute(block::name::REGION))
                .into());
        }
        let mut told = Diagnostics::new();
        told.extend(guards_not_known(&unknown.guards));
        self.session.set(
            Session::new(aws, tags, poll)
                .guarded_by(unknown.guards)
                .with_any_region(any_region),
        );
        Ok(told)
    }
}

impl Default for EcsProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl Provider for EcsProvider {
    fn name(&self) -> &'static str {
        "ecs"
    }

    fn version(&self) -> &'static str {
        VERSION
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        configuration::validate(config)
    }

    fn configure<'a>(&'a self, request: ConfigureRequest, cancel: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            // A provider block that cannot be used must not leave the previous one in force.
            self.session.clear();
            tokio::select! {
                biased;
                () = cancel.cancelled() => {
                    Diagnostic::error("Interrupted", "The provider was interrupted while it connected to AWS.").into()
                }
                outcome = self.connect(&request.config) => outcome.unwrap_or_else(|problems| problems),
            }
        })
    }

    fn resources(&self) -> &[Arc<dyn Resource>] {
        &self.resources
    }

    fn data_sources(&self) -> &[Arc<dyn DataSource>] {
        &self.data_sources
    }

    fn list_resources(&self) -> &[Arc<dyn ListResource>] {
        &self.lists
    }

    fn actions(&self) -> &[Arc<dyn Action>] {
        &self.actions
    }

    fn functions(&self) -> &[Arc<dyn Function>] {
        &self.functions
    }
}

/// Terraform configures providers while planning too, when what they depend on may not exist yet.
fn not_known_yet(paths: &[Path]) -> Diagnostic {
    let warning = Diagnostic::warning(
        "Provider configuration not known yet",
        format!(
            "The ecs provider cannot connect to AWS while {} depends on values that are known only after apply. New \
             resources can be planned; reading existing ones fails until then.",
            session::names(paths)
        ),
    );
    match paths.first() {
        Some(path) => warning.at(path.clone()),
        None => warning,
    }
}

fn guards_not_known(paths: &[Path]) -> Option<Diagnostic> {
    let first = paths.first()?;
    let text = format!(
        "{} of the ecs provider depends on values that are known only after apply. Until they are, everything can be \
         planned and nothing is changed.",
        session::names(paths)
    );
    Some(Diagnostic::warning("Allowed accounts not known yet", text).at(first.clone()))
}

#[cfg(test)]
mod tests;
