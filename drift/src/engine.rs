//! From inputs to a finished report: load, merge, scan, and look again where an apply went on meanwhile.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Instant,
};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    explain,
    observe::{End, Ending},
    report::{Input, InputKind, Problem, Report},
    scan::{self, Access, Beside, Connect, Options, Trail},
    source::{
        self, AccountSpec, Commands, Document, InputSpec, ReadOptions, Resources, Wanted,
        configuration::{Configuration, Seen},
    },
};

/// Inputs of a scan, with all that decides how they are read.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The inputs.
    pub specs: &'a [InputSpec],
    /// Folder from which they are seen.
    pub folder: &'a Path,
    /// Options for reading them.
    pub reading: ReadOptions,
    /// Profile with which the AWS CLI reads inputs in S3; that of the environment unless given.
    pub profile: Option<&'a str>,
    /// Roles for the daemons of accounts.
    pub accounts: &'a [AccountSpec],
    /// Configuration beside them.
    pub configuration: Option<&'a Configuration>,
}

/// Inputs that were read.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The documents that they hold, in the order of the inputs; those with a problem are missing.
    pub documents: Vec<Document>,
    /// The problems of the others.
    pub problems: Vec<Problem>,
    /// The inputs one by one, where one was a pattern.
    specs: Vec<InputSpec>,
    /// Lineage and serial of a raw state, a digest of everything else: what tells one reading of an input from another.
    readings: BTreeMap<String, String>,
    /// Resources in them to which the configuration refers, by the name of the input.
    states: BTreeMap<String, Resources>,
}

/// Reads all inputs. One that cannot be read hides none of the others.
pub fn load(inputs: Inputs<'_>) -> Loaded {
    let commands = Commands::with_profile(inputs.profile);
    load_beside(inputs, &references(inputs), &commands)
}

fn references(inputs: Inputs<'_>) -> BTreeSet<String> {
    inputs.configuration.map(Configuration::references).unwrap_or_default()
}

/// The same, by commands that somebody else can end.
fn load_beside(inputs: Inputs<'_>, references: &BTreeSet<String>, commands: &Commands) -> Loaded {
    let Inputs {
        specs,
        folder,
        reading: options,
        accounts,
        ..
    } = inputs;
    let mut loaded = Loaded::default();
    if specs.is_empty() {
        loaded.problems.push(Problem {
            input: None,
            summary: "No input".to_owned(),
            detail: "Nothing says which daemons are wanted. Give a state, a plan or a baseline, or an `[[input]]` in \
                     `.ecs-drift.toml`."
                .to_owned(),
        });
    }
    loaded.specs = specs.iter().flat_map(|spec| spec.expand(folder, commands)).collect();
    for spec in &loaded.specs {
        let name = spec.name();
        let document = spec.load_beside(folder, commands).and_then(|bytes| {
            let document = source::read(&name, &bytes, options)?;
            let has_state = !references.is_empty() && document.input.kind != InputKind::Baseline;
            let state = has_state.then(|| source::resources(&bytes, references)).transpose()?;
            Ok((reading(&document, &bytes), document, state))
        });
        match document {
            Ok((reading, mut document, state)) => {
                own(&mut document, spec, accounts);
                loaded.documents.push(document);
                loaded.states.extend(state.map(|state| (name.clone(), state)));
                loaded.readings.insert(name, reading);
            }
            Err(error) => loaded.problems.push(error.problem(&name)),
        }
    }
    loaded
}

fn reading(document: &Document, bytes: &[u8]) -> String {
    match document.input.kind {
        InputKind::RawState if document.lineage.is_some() => {
            format!("{:?} {:?}", document.lineage, document.input.serial)
        }
        _ => format!("{:x}", Sha256::digest(bytes)),
    }
}

/// Gives a document what its `[[input]]` says of owner and credentials, and what accounts say of the latter.
fn own(document: &mut Document, spec: &InputSpec, accounts: &[AccountSpec]) {
    document.input.owner.clone_from(&spec.owner);
    for wanted in &mut document.wanted {
        wanted.is_from_command = spec.command.is_some();
        wanted.access = source::access(spec, &wanted.arn.arn.account, accounts);
        if wanted.owner.is_none() {
            wanted.owner.clone_from(&spec.owner);
        }
    }
}

/// Scans what the inputs want. If something differs and an input that can be read again has changed meanwhile, an
/// apply was going on, and everything is judged once more by the newer input.
pub async fn run<C: Connect, T: Trail>(
    connector: &C,
    trail: &T,
    inputs: Inputs<'_>,
    options: &Options,
) -> (Report, Beside) {
    match load_until(inputs, &options.end).await {
        Ok(loaded) => run_loaded(connector, trail, loaded, inputs, options).await,
        Err(ending) => (unloaded(ending), Beside::default()),
    }
}

/// The same for inputs that were read before.
pub async fn run_loaded<C: Connect, T: Trail>(
    connector: &C,
    trail: &T,
    first: Loaded,
    inputs: Inputs<'_>,
    options: &Options,
) -> (Report, Beside) {
    let specs = first.specs.clone();
    let kept = specs.iter().any(InputSpec::may_change).then(|| first.lasting(&specs));
    let (report, beside) = scan_loaded(connector, trail, first, inputs, options).await;
    let is_over = || options.end.has_come().is_some();
    let Some(kept) = kept.filter(|_| !report.findings.is_empty() && !is_over()) else {
        return (report, beside);
    };
    // An input that failed is told; its command is not run once more.
    let changing: Vec<InputSpec> = specs.iter().filter(|spec| kept.may_change(spec)).cloned().collect();
    if changing.is_empty() {
        return (report, beside);
    }
    let changing = Inputs {
        specs: &changing,
        ..inputs
    };
    let Ok(changed) = load_until(changing, &options.end).await else {
        return (report, beside);
    };
    let again = again(&specs, &changed, &kept);
    if again.readings == kept.readings {
        return (report, beside);
    }
    let (mut report, beside) = scan_loaded(connector, trail, again, inputs, options).await;
    report.statistics.read_again += report.statistics.daemons_scanned;
    (report, beside)
}

impl Loaded {
    /// True if an input was read and may be another when it is read again.
    fn may_change(&self, spec: &InputSpec) -> bool {
        spec.may_change() && self.readings.contains_key(&spec.name())
    }

    /// The part that a second scan needs of the first. Inputs that are read again then are not kept: of a big estate
    /// one copy is enough memory.
    fn lasting(&self, specs: &[InputSpec]) -> Self {
        let changing: BTreeSet<String> = specs
            .iter()
            .filter(|spec| spec.may_change())
            .map(InputSpec::name)
            .collect();
        let documents = self.documents.iter();
        Self {
            documents: documents
                .filter(|document| !changing.contains(&document.input.name))
                .cloned()
                .collect(),
            problems: self.problems.clone(),
            specs: self.specs.clone(),
            readings: self.readings.clone(),
            states: self.states.clone(),
        }
    }
}

/// The present output of the commands with the rest of before, standard input above all, which is used up.
fn again(specs: &[InputSpec], changed: &Loaded, first: &Loaded) -> Loaded {
    let mut loaded = Loaded::default();
    for spec in specs {
        let name = spec.name();
        let from = if first.may_change(spec) { changed } else { first };
        let documents = from.documents.iter().filter(|document| document.input.name == name);
        loaded.documents.extend(documents.cloned());
        let problems = from.problems.iter();
        let problems = problems.filter(|problem| problem.input.as_deref() == Some(&name));
        loaded.problems.extend(problems.cloned());
        let state = from.states.get(&name);
        loaded.states.extend(state.map(|state| (name.clone(), state.clone())));
        let reading = from.readings.get(&name);
        loaded.readings.extend(reading.map(|reading| (name, reading.clone())));
    }
    loaded
}

/// Loads beside everything else, so that a command that never ends, or an input that is never written, does not keep
/// the end of the scan waiting.
pub async fn load_until(inputs: Inputs<'_>, end: &End) -> Result<Loaded, Ending> {
    let (specs, folder, accounts) = (
        inputs.specs.to_vec(),
        inputs.folder.to_path_buf(),
        inputs.accounts.to_vec(),
    );
    let (reading, references) = (inputs.reading, references(inputs));
    let commands = Commands::with_profile(inputs.profile);
    let running = commands.clone();
    let load = tokio::task::spawn_blocking(move || {
        let inputs = Inputs {
            specs: &specs,
            folder: &folder,
            reading,
            accounts: &accounts,
            profile: None,
            configuration: None,
        };
        load_beside(inputs, &references, &running)
    });
    tokio::select! {
        biased;
        loaded = load => match loaded {
            Ok(loaded) => Ok(loaded),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        },
        ending = end.come() => {
            commands.end();
            Err(ending)
        }
    }
}

/// The report of a scan that ended before it knew what is wanted.
fn unloaded(ending: Ending) -> Report {
    let mut report = Report::new(Timestamp::now());
    report.interrupted = ending == Ending::Interrupted;
    let detail = match ending {
        Ending::TimedOut => {
            "The time of `--timeout` was over before all inputs were read. Look at what their commands wait for."
        }
        Ending::Interrupted => "The scan was interrupted before all inputs were read.",
    };
    report.errors.push(Problem {
        input: None,
        summary: "Inputs not read".to_owned(),
        detail: detail.to_owned(),
    });
    report.seal();
    report
}

async fn scan_loaded<C: Connect, T: Trail>(
    connector: &C,
    trail: &T,
    loaded: Loaded,
    inputs: Inputs<'_>,
    options: &Options,
) -> (Report, Beside) {
    let began = Instant::now();
    let mut report = Report::new(Timestamp::now());
    let Loaded {
        documents,
        problems,
        states,
        ..
    } = loaded;
    let unusable = documents.iter().flat_map(|document| &document.unusable);
    report.findings.extend(unusable.filter_map(|error| {
        let resource = error.resource.as_deref()?;
        Some(explain::absent::unusable(
            resource,
            &format!("{}. {}", error.summary, error.detail),
        ))
    }));
    let unusable = documents.iter().flat_map(|document| &document.unusable);
    let unusable: Vec<String> = unusable
        .filter_map(|error| Some(error.resource.as_ref()?.address.clone()))
        .collect();
    let plans = documents.iter().filter(|document| document.plans_all);
    let plans: BTreeSet<String> = plans.map(|document| document.input.name.clone()).collect();
    let all = documents.iter().flat_map(|document| &document.wanted);
    let mut named: BTreeSet<String> = all.map(|wanted| wanted.arn.to_string()).collect();
    let (read, wanted): (Vec<Input>, Vec<Vec<Wanted>>) = documents
        .into_iter()
        .map(|document| (document.input, document.wanted))
        .unzip();
    let (mut wanted, disagreements) = source::merge(wanted);
    report.inputs = read;
    report.errors = problems;
    report.errors.extend(disagreements);
    if let Some(configuration) = inputs.configuration {
        let problems = configuration.complete(&mut wanted, options.explain.tags, &states);
        report.warnings.extend(problems);
        let unread = (configuration.unread > 0).then(|| explain::absent::configuration_unread(configuration.unread));
        report.findings.extend(unread);
        let of_first = |account: &str| {
            let spec = inputs.specs.first();
            spec.map(|spec| source::access(spec, account, inputs.accounts))
        };
        let access = |account: &str| of_first(account).unwrap_or_default();
        let seen = Read {
            unusable: &unusable,
            states: &states,
            plans: &plans,
        };
        add_sought(configuration, access, seen, &mut wanted, &mut named, &mut report);
    }
    let addresses = wanted.iter().map(|wanted| wanted.source.address.as_str());
    let addresses = addresses.chain(unusable.iter().map(String::as_str));
    let mut taken: BTreeSet<String> = addresses.map(source::configuration::without_keys).collect();
    taken.extend(inputs.configuration.map(Configuration::daemons).unwrap_or_default());
    if let Some(shard) = options.shard {
        wanted.retain(|wanted| shard.has(&wanted.arn.cluster_arn().to_string()));
        report.shard = Some(shard);
    }
    let beside = scan::scan(connector, trail, &wanted, &named, options, &mut report).await;
    explain::import_freely(&mut report.findings, &mut taken);
    report.finished_at = Timestamp::now();
    report.statistics.seconds = began.elapsed().as_secs_f64();
    (report, beside)
}

/// Contents of the inputs beside the daemons that they want.
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    /// Addresses of daemons that an input does not describe well enough.
    pub unusable: &'a [String],
    /// Resources to which the configuration refers, by the name of the input.
    pub states: &'a BTreeMap<String, Resources>,
    /// Names of inputs that are plans of everything.
    pub plans: &'a BTreeSet<String>,
}

/// Adds daemons that the configuration has and no input. Where an input was not read, they may be in that. `access` gives
/// the credentials for an account of which no input has a daemon.
pub fn add_sought(
    configuration: &Configuration,
    access: impl Fn(&str) -> Access,
    read: Read<'_>,
    wanted: &mut Vec<Wanted>,
    named: &mut BTreeSet<String>,
    report: &mut Report,
) {
    if !report.errors.is_empty() {
        return;
    }
    let seen = Seen {
        inputs: &report.inputs,
        wanted,
        named,
        unusable: read.unusable,
        states: read.states,
        plans: read.plans,
    };
    let mut sought = configuration.seek(seen);
    let unknown = sought.unknown.iter();
    let unknown = unknown.map(|(source, why)| explain::absent::not_sought(source, why));
    report.findings.extend(unknown);
    report
        .findings
        .extend(sought.unlisted.iter().map(explain::absent::not_listed));
    for daemon in &mut sought.daemons {
        let account = &daemon.arn.arn.account;
        let mut others = wanted.iter();
        let neighbour = others.find(|other| other.arn.arn.account == *account);
        daemon.access = neighbour.map_or_else(|| access(account), |other| other.access.clone());
        named.insert(daemon.arn.to_string());
    }
    wanted.append(&mut sought.daemons);
}
