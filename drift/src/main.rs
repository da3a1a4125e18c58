//! The command `ecs-drift`: a scan of the inputs given as paths, its report as JSON on standard output.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use daemons::aws::{Aws, Settings};
use ecs_drift::{
    engine,
    report::{self, ExitPolicy, Problem},
    scan::{Access, Connect, NoTrail, Options},
    source::InputSpec,
};

/// Connects by the environment and the shared configuration files.
struct FromEnvironment;

impl Connect for FromEnvironment {
    async fn connect(&self, access: &Access) -> Result<Aws, Problem> {
        let problem = |summary: String, detail: String| Problem {
            input: None,
            summary,
            detail,
        };
        if let Some(role) = &access.role_arn {
            let detail =
                format!("The role {role} cannot be assumed by this version. Run it with the role's credentials.");
            return Err(problem("Role not assumed".to_owned(), detail));
        }
        let settings = Settings {
            user_agent_product: ("ecs-drift".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ..Settings::default()
        };
        Aws::connect(settings).await.map_err(|diagnostics| {
            let first = diagnostics.iter().next();
            let first = first.map(|diagnostic| (diagnostic.summary.clone(), diagnostic.detail.clone()));
            let (summary, detail) = first.unwrap_or_else(|| ("No connection to AWS".to_owned(), String::new()));
            problem(summary, detail)
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let specs: Vec<InputSpec> = std::env::args_os()
        .skip(1)
        .map(|path| InputSpec::at(PathBuf::from(path)))
        .collect();
    let options = Options::default();
    let (report, _) = engine::run(&FromEnvironment, &NoTrail, &specs, Path::new(""), false, &options).await;
    match print(&report) {
        Ok(()) => ExitCode::from(report::code(&report, ExitPolicy::default())),
        Err(_) => ExitCode::from(1),
    }
}

fn print(report: &report::Report) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, report)?;
    writeln!(out)
}
