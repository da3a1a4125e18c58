//! A look at the estate: the engine with the inputs, the credentials and the signals of a process.

use std::{
    env,
    path::{Path, PathBuf},
};

use tokio::time::Instant;

use super::{
    Failure,
    connect::{Connector, runtime},
    finish::Finish,
    progress,
    shared::{LookArguments, ToolName},
    signals::Signals,
};
use crate::{
    engine::{self, Inputs, Loaded},
    explain,
    observe::End,
    report::{Report, Shard},
    scan::{Beside, CloudTrail, NoTrail, Options, Trail},
    source::{
        IgnoreTags, InputSpec, ReadOptions, TagScope,
        configuration::{Configuration, Given},
    },
};

/// Variables of CI hosts with the folder of the checked out repository, from which they read the places of annotations.
const REPOSITORIES: [&str; 2] = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];

/// The extent of a scan, which the command decides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// True if daemons are looked for that no input names.
    pub(super) unmanaged: bool,
    /// True if proposals of repairs are wanted.
    pub(super) repairs: bool,
    /// The part of the estate to scan.
    pub(super) shard: Option<Shard>,
}

/// Scans. After a signal, and when the time is over, what was finished until then is in the report.
pub(super) fn look(
    arguments: &LookArguments,
    extent: Extent,
    finish: &Finish,
    signals: &Signals,
) -> Result<(Report, Beside), Failure> {
    let specs = arguments.inputs.iter().map(InputSpec::at);
    let specs = specs.chain(finish.inputs().iter().cloned()).collect();
    Look::new(arguments, specs, finish, signals)?.scan(extent, None)
}

/// A look at the daemons of certain inputs.
pub(super) struct Look<'a> {
    arguments: &'a LookArguments,
    finish: &'a Finish,
    signals: &'a Signals,
    specs: Vec<InputSpec>,
    configuration: Option<Configuration>,
}

impl<'a> Look<'a> {
    /// Reads the configuration, and refuses outputs that would overwrite an input.
    pub(super) fn new(
        arguments: &'a LookArguments,
        specs: Vec<InputSpec>,
        finish: &'a Finish,
        signals: &'a Signals,
    ) -> Result<Self, Failure> {
        let paths: Vec<PathBuf> = specs.iter().flat_map(InputSpec::files).collect();
        finish.spare(paths.iter().map(PathBuf::as_path))?;
        let folder = arguments.config.as_deref();
        let configuration = folder.map(|folder| configuration(folder, arguments)).transpose()?;
        Ok(Self {
            arguments,
            finish,
            signals,
            specs,
            configuration,
        })
    }

    /// Reads the inputs; none if a signal comes before.
    pub(super) fn load(&self) -> Result<Option<Loaded>, Failure> {
        let runtime = runtime()?;
        let end = End::new(Some(self.signals.interrupted()), None);
        let loaded = runtime.block_on(engine::load_until(self.inputs(), &end));
        // An input that is still waited for must not be waited for here.
        runtime.shutdown_background();
        Ok(loaded.ok())
    }

    /// Scans the daemons of the inputs, which are read unless they were before.
    pub(super) fn scan(&self, extent: Extent, loaded: Option<Loaded>) -> Result<(Report, Beside), Failure> {
        let runtime = runtime()?;
        let (mut report, beside) = runtime.block_on(self.run(extent, loaded));
        runtime.shutdown_background();
        if let Some(configuration) = &self.configuration {
            configuration.locate(&mut report.findings);
            report.warnings.extend_from_slice(&configuration.warnings);
        }
        report.signal = report.interrupted.then(|| self.signals.first());
        Ok((report, beside))
    }

    async fn run(&self, extent: Extent, loaded: Option<Loaded>) -> (Report, Beside) {
        let arguments = self.arguments;
        // Of the whole run: a second reading of inputs has no time of its own.
        let deadline = Instant::now().checked_add(arguments.timeout);
        let end = End::new(Some(self.signals.interrupted()), deadline);
        let options = options(arguments, extent, self.finish, end);
        if !self.finish.is_quiet() {
            tokio::spawn(progress::tell(options.counters.clone()));
        }
        let connector = Connector::new(&arguments.credentials);
        let inputs = self.inputs();
        if arguments.who {
            let trail = CloudTrail::new(&connector, options.counters.clone());
            run(&connector, &trail, loaded, inputs, &options).await
        } else {
            run(&connector, &NoTrail, loaded, inputs, &options).await
        }
    }

    fn inputs(&self) -> Inputs<'_> {
        let reading = ReadOptions {
            allow_empty: self.arguments.allow_empty,
            show_sensitive: self.arguments.show_sensitive,
            tool: self.arguments.tool.map(ToolName::tool),
        };
        Inputs {
            specs: &self.specs,
            folder: Path::new(""),
            reading,
            accounts: self.finish.accounts(),
            profile: self.arguments.credentials.profile.as_deref(),
            configuration: self.configuration.as_ref(),
        }
    }
}

async fn run<T: Trail>(
    connector: &Connector<'_>,
    trail: &T,
    loaded: Option<Loaded>,
    inputs: Inputs<'_>,
    options: &Options,
) -> (Report, Beside) {
    match loaded {
        Some(loaded) => engine::run_loaded(connector, trail, loaded, inputs, options).await,
        None => engine::run(connector, trail, inputs, options).await,
    }
}

/// A variable of the environment that is not empty.
fn of_environment(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The working folder, as a CI host that has checked a repository out sees it from there.
fn folder_in_repository() -> Option<PathBuf> {
    let here = env::current_dir().ok()?.canonicalize().ok()?;
    let roots = REPOSITORIES.iter().filter_map(|name| of_environment(name));
    let mut roots = roots.filter_map(|root| Path::new(&root).canonicalize().ok());
    roots.find_map(|root| here.strip_prefix(root).ok().map(Path::to_path_buf))
}

fn configuration(folder: &Path, arguments: &LookArguments) -> Result<Configuration, Failure> {
    let variables = env::vars_os().filter_map(|(name, value)| {
        let name = name.to_str()?.strip_prefix("TF_VAR_")?.to_owned();
        Some((name, value.into_string().ok()?))
    });
    let given = Given {
        root: arguments.config_root.clone(),
        var_files: arguments.var_file.clone(),
        environment: variables.collect(),
        workspace: of_environment("TF_WORKSPACE"),
        data_folder: of_environment("TF_DATA_DIR").map(PathBuf::from),
        is_terraform: arguments.tool == Some(ToolName::Terraform),
        seen_from: folder_in_repository().unwrap_or_default(),
    };
    Configuration::read(folder, &given).map_err(|error| {
        let detail = format!(
            "{}: {error}. Give the folder of the root module, and files of variables that Terraform can read.",
            folder.display()
        );
        Failure::new("Configuration cannot be read", detail)
    })
}

fn options(arguments: &LookArguments, extent: Extent, finish: &Finish, end: End) -> Options {
    Options {
        explain: explain::Options {
            tags: arguments.tags || finish.compares_tags(),
            assume_defaults: arguments.assume_defaults,
            ignored: finish.ignored(),
            tag_scope: tag_scope(arguments, finish.ignored_tags()),
        },
        unmanaged: extent.unmanaged,
        repairs: extent.repairs,
        shard: extent.shard,
        concurrency: usize::from(arguments.concurrency),
        end,
        ..Options::default()
    }
}

/// Tags of others, of the command line and of the file of rules.
fn tag_scope(arguments: &LookArguments, of_rules: Option<&IgnoreTags>) -> TagScope {
    let given = IgnoreTags {
        keys: arguments.ignore_tag.iter().cloned().collect(),
        key_prefixes: arguments.ignore_tag_prefix.iter().cloned().collect(),
    };
    let mut scope = of_rules.cloned().map(TagScope::all_but).unwrap_or_default();
    if given != IgnoreTags::default() {
        scope.add(TagScope::all_but(given));
    }
    scope
}
