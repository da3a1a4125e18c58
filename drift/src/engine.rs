//! From inputs to a finished report: load, merge, scan, and look again where an apply went on meanwhile.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Instant,
};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    report::{Input, InputKind, Problem, Report},
    scan::{self, Access, Connect, Options, Trail},
    source::{self, Document, InputSpec, ReadOptions, Wanted},
};

/// Inputs that were read.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// What they hold, in the order of the inputs; those with a problem are missing.
    pub documents: Vec<Document>,
    /// What is wrong with the others.
    pub problems: Vec<Problem>,
    /// Lineage and serial of a raw state, a digest of everything else: what tells one reading of an input from another.
    readings: BTreeMap<String, String>,
}

/// Reads all inputs. One that cannot be read hides none of the others.
pub fn load(specs: &[InputSpec], folder: &Path, options: ReadOptions) -> Loaded {
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
    for spec in specs {
        let name = spec.name();
        let document = spec.load(folder).and_then(|bytes| {
            let document = source::read(&name, &bytes, options)?;
            Ok((reading(&document, &bytes), document))
        });
        match document {
            Ok((reading, mut document)) => {
                own(&mut document, spec);
                loaded.documents.push(document);
                loaded.readings.insert(name, reading);
            }
            Err(error) => loaded.problems.push(error.problem(&name)),
        }
    }
    loaded
}

fn reading(document: &Document, bytes: &[u8]) -> String {
    match document.input.kind {
        InputKind::RawState => format!("{:?} {:?}", document.lineage, document.input.serial),
        _ => format!("{:x}", Sha256::digest(bytes)),
    }
}

/// Gives a document what its `[[input]]` says of owner and credentials.
fn own(document: &mut Document, spec: &InputSpec) {
    document.input.owner.clone_from(&spec.owner);
    for wanted in &mut document.wanted {
        wanted.is_from_command = spec.command.is_some();
        wanted.access = Access {
            role_arn: spec.role_arn.clone(),
            external_id: spec.external_id.clone(),
            region: spec.region.clone(),
        };
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
    specs: &[InputSpec],
    folder: &Path,
    reading: ReadOptions,
    options: &Options,
) -> (Report, Option<Timestamp>) {
    let first = load(specs, folder, reading);
    let kept = specs.iter().any(may_change).then(|| first.lasting(specs));
    let (report, latest) = scan_loaded(connector, trail, first, options).await;
    let Some(kept) = kept.filter(|_| !report.findings.is_empty() && !report.interrupted) else {
        return (report, latest);
    };
    let again = load_again(specs, folder, reading, &kept);
    if again.readings == kept.readings {
        return (report, latest);
    }
    let (mut report, latest) = scan_loaded(connector, trail, again, options).await;
    report.statistics.read_again += report.statistics.daemons_scanned;
    (report, latest)
}

/// Only a command can bring another state; a file was written before the scan.
fn may_change(spec: &InputSpec) -> bool {
    spec.command.is_some()
}

impl Loaded {
    /// What a second scan needs of the first. Inputs that are read again then are not kept: of a big estate one copy is
    /// enough memory.
    fn lasting(&self, specs: &[InputSpec]) -> Self {
        let changing: BTreeSet<String> = specs
            .iter()
            .filter(|spec| may_change(spec))
            .map(InputSpec::name)
            .collect();
        let documents = self.documents.iter();
        Self {
            documents: documents
                .filter(|document| !changing.contains(&document.input.name))
                .cloned()
                .collect(),
            problems: self.problems.clone(),
            readings: self.readings.clone(),
        }
    }
}

/// Reads the commands again and keeps the rest, standard input above all, which is used up.
fn load_again(specs: &[InputSpec], folder: &Path, options: ReadOptions, first: &Loaded) -> Loaded {
    let mut loaded = Loaded::default();
    for spec in specs {
        let name = spec.name();
        if may_change(spec) {
            let again = load(std::slice::from_ref(spec), folder, options);
            loaded.documents.extend(again.documents);
            loaded.problems.extend(again.problems);
            loaded.readings.extend(again.readings);
        } else {
            let documents = first.documents.iter().filter(|document| document.input.name == name);
            loaded.documents.extend(documents.cloned());
            let problems = first
                .problems
                .iter()
                .filter(|problem| problem.input.as_deref() == Some(&name));
            loaded.problems.extend(problems.cloned());
            let reading = first.readings.get(&name);
            loaded.readings.extend(reading.map(|reading| (name, reading.clone())));
        }
    }
    loaded
}

async fn scan_loaded<C: Connect, T: Trail>(
    connector: &C,
    trail: &T,
    loaded: Loaded,
    options: &Options,
) -> (Report, Option<Timestamp>) {
    let began = Instant::now();
    let mut report = Report::new(Timestamp::now());
    let Loaded {
        documents, problems, ..
    } = loaded;
    let all = documents.iter().flat_map(|document| &document.wanted);
    let named: BTreeSet<String> = all.map(|wanted| wanted.arn.to_string()).collect();
    let (inputs, wanted): (Vec<Input>, Vec<Vec<Wanted>>) = documents
        .into_iter()
        .map(|document| (document.input, document.wanted))
        .unzip();
    let (wanted, disagreements) = source::merge(wanted);
    report.inputs = inputs;
    report.errors = problems;
    report.errors.extend(disagreements);
    let latest = scan::scan(connector, trail, &wanted, &named, options, &mut report).await;
    report.finished_at = Timestamp::now();
    report.statistics.seconds = began.elapsed().as_secs_f64();
    (report, latest)
}
