//! `scan`: the engine with the inputs, the credentials and the signals of a process.

use std::path::Path;

use daemons::aws::{Aws, Settings};
use tokio::sync::watch;

use super::{
    Failure,
    arguments::{CredentialArguments, ScanArguments},
    finish::Finish,
};
use crate::{
    engine, explain,
    report::{Problem, Tool},
    scan::{Access, Connect, NoTrail, Options},
    source::InputSpec,
};

/// Scans and answers the exit code. After an interrupt what was found until then is reported all the same.
pub(super) fn run(arguments: &ScanArguments) -> Result<u8, Failure> {
    let finish = Finish::new(&arguments.finish)?;
    let mut specs: Vec<InputSpec> = arguments.inputs.iter().map(InputSpec::at).collect();
    specs.extend_from_slice(finish.inputs());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new("Scan cannot begin", error.to_string()))?;
    let (report, service_time) = runtime.block_on(async {
        let (interrupt, interrupted) = watch::channel(false);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                let _ended = interrupt.send(true);
            }
            // Dropped, the channel would say that no interrupt can come any more.
            std::future::pending::<()>().await;
        });
        let options = options(arguments, &finish, interrupted);
        let connector = Connector(&arguments.credentials);
        engine::run(
            &connector,
            &NoTrail,
            &specs,
            Path::new(""),
            arguments.allow_empty,
            &options,
        )
        .await
    });
    finish.run(report, service_time)
}

fn options(arguments: &ScanArguments, finish: &Finish, interrupted: watch::Receiver<bool>) -> Options {
    Options {
        explain: explain::Options {
            tags: arguments.tags || finish.compares_tags(),
            assume_defaults: arguments.assume_defaults,
            ..explain::Options::default()
        },
        unmanaged: arguments.unmanaged || finish.looks_for_unmanaged(),
        concurrency: usize::from(arguments.concurrency),
        interrupt: Some(interrupted),
        ..Options::default()
    }
}

/// Connects by flags, environment and shared configuration files.
struct Connector<'a>(&'a CredentialArguments);

impl Connect for Connector<'_> {
    async fn connect(&self, access: &Access) -> Result<Aws, Problem> {
        let problem = |summary: &str, detail: String| Problem {
            input: None,
            summary: summary.to_owned(),
            detail,
        };
        if let Some(role) = &access.role_arn {
            let detail =
                format!("The role {role} cannot be assumed by this version. Run it with the role's credentials.");
            return Err(problem("Role not assumed", detail));
        }
        let CredentialArguments {
            region,
            profile,
            endpoint_url,
        } = self.0;
        let tool = Tool::this();
        let settings = Settings {
            region: region.clone(),
            profile: profile.clone(),
            ecs_endpoint: endpoint_url.clone(),
            sts_endpoint: endpoint_url.clone(),
            user_agent_product: (tool.name, tool.version),
            ..Settings::default()
        };
        Aws::connect(settings).await.map_err(|diagnostics| {
            let first = diagnostics.iter().next();
            first.map_or_else(
                || problem("No connection to AWS", String::new()),
                |diagnostic| problem(&diagnostic.summary, diagnostic.detail.clone()),
            )
        })
    }
}
