//! `scan`: the engine with the inputs, the credentials and the signals of a process.

use std::{
    env,
    path::{Path, PathBuf},
};

use tokio::time::Instant;

use super::{
    Failure,
    arguments::{ScanArguments, ToolName},
    connect::{Connector, runtime},
    finish::Finish,
    progress,
    signals::Signals,
};
use crate::{
    engine::{self, Inputs},
    explain,
    observe::End,
    scan::{CloudTrail, NoTrail, Options},
    source::{
        IgnoreTags, InputSpec, ReadOptions, TagScope,
        configuration::{Configuration, Given},
    },
};

/// Scans and answers the exit code. After a signal, and when the time is over, what was finished until then is
/// reported all the same.
pub(super) fn run(arguments: &ScanArguments) -> Result<u8, Failure> {
    let finish = Finish::new(&arguments.finish)?;
    let mut specs: Vec<InputSpec> = arguments.inputs.iter().map(InputSpec::at).collect();
    specs.extend_from_slice(finish.inputs());
    let paths: Vec<PathBuf> = specs.iter().flat_map(InputSpec::files).collect();
    finish.spare(paths.iter().map(PathBuf::as_path))?;
    let configuration = arguments
        .config
        .as_deref()
        .map(|folder| configuration(folder, arguments));
    let configuration = configuration.transpose()?;
    let signals = Signals::listen()?;
    let runtime = runtime()?;
    let (mut report, beside) = runtime.block_on(async {
        // Of the whole run: a second reading of inputs has no time of its own.
        let deadline = Instant::now().checked_add(arguments.timeout);
        let options = options(arguments, &finish, End::new(Some(signals.interrupted()), deadline));
        if !arguments.finish.quiet {
            tokio::spawn(progress::tell(options.counters.clone()));
        }
        let connector = Connector::new(&arguments.credentials);
        let folder = Path::new("");
        let reading = ReadOptions {
            allow_empty: arguments.allow_empty,
            show_sensitive: arguments.show_sensitive,
            tool: arguments.tool.map(ToolName::tool),
        };
        let inputs = Inputs {
            specs: &specs,
            folder,
            reading,
            accounts: finish.accounts(),
            profile: arguments.credentials.profile.as_deref(),
            configuration: configuration.as_ref(),
        };
        if arguments.who {
            let trail = CloudTrail::new(&connector, options.counters.clone());
            engine::run(&connector, &trail, inputs, &options).await
        } else {
            engine::run(&connector, &NoTrail, inputs, &options).await
        }
    });
    // An input that is still waited for must not be waited for here.
    runtime.shutdown_background();
    if let Some(configuration) = configuration {
        configuration.locate(&mut report.findings);
        report.warnings.extend(configuration.warnings);
    }
    report.signal = report.interrupted.then(|| signals.first());
    Ok(finish.run(report, beside.latest))
}

fn configuration(folder: &Path, arguments: &ScanArguments) -> Result<Configuration, Failure> {
    let variables = env::vars_os().filter_map(|(name, value)| {
        let name = name.to_str()?.strip_prefix("TF_VAR_")?.to_owned();
        Some((name, value.into_string().ok()?))
    });
    let given = Given {
        root: arguments.config_root.clone(),
        var_files: arguments.var_file.clone(),
        environment: variables.collect(),
        is_terraform: arguments.tool == Some(ToolName::Terraform),
    };
    Configuration::read(folder, &given).map_err(|error| {
        let detail = format!(
            "{}: {error}. Give the folder of the root module, and files of variables that Terraform can read.",
            folder.display()
        );
        Failure::new("Configuration cannot be read", detail)
    })
}

fn options(arguments: &ScanArguments, finish: &Finish, end: End) -> Options {
    Options {
        explain: explain::Options {
            tags: arguments.tags || finish.compares_tags(),
            assume_defaults: arguments.assume_defaults,
            ignored: finish.ignored(),
            tag_scope: tag_scope(arguments, finish.ignored_tags()),
        },
        unmanaged: arguments.unmanaged || finish.looks_for_unmanaged(),
        concurrency: usize::from(arguments.concurrency),
        end,
        ..Options::default()
    }
}

/// Tags of others, of the command line and of the file of rules.
fn tag_scope(arguments: &ScanArguments, of_rules: Option<&IgnoreTags>) -> TagScope {
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
