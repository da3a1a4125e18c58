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
    engine::{self, Inputs},
    explain,
    observe::End,
    report::Report,
    scan::{Beside, CloudTrail, NoTrail, Options},
    source::{
        IgnoreTags, InputSpec, ReadOptions, TagScope,
        configuration::{Configuration, Given},
    },
};

/// The extent of a scan, which the command decides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// True if daemons are looked for that no input names.
    pub(super) unmanaged: bool,
    /// True if proposals of repairs are wanted.
    pub(super) repairs: bool,
}

/// Scans. After a signal, and when the time is over, what was finished until then is in the report.
pub(super) fn look(
    arguments: &LookArguments,
    extent: Extent,
    finish: &Finish,
    signals: &Signals,
) -> Result<(Report, Beside), Failure> {
    let mut specs: Vec<InputSpec> = arguments.inputs.iter().map(InputSpec::at).collect();
    specs.extend_from_slice(finish.inputs());
    let paths: Vec<PathBuf> = specs.iter().flat_map(InputSpec::files).collect();
    finish.spare(paths.iter().map(PathBuf::as_path))?;
    let configuration = arguments
        .config
        .as_deref()
        .map(|folder| configuration(folder, arguments));
    let configuration = configuration.transpose()?;
    let runtime = runtime()?;
    let (mut report, beside) = runtime.block_on(async {
        // Of the whole run: a second reading of inputs has no time of its own.
        let deadline = Instant::now().checked_add(arguments.timeout);
        let options = options(
            arguments,
            extent,
            finish,
            End::new(Some(signals.interrupted()), deadline),
        );
        if !finish.is_quiet() {
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
    Ok((report, beside))
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
