//! `doctor`: the checks for every account and region that the inputs name, as text or JSON.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use daemons::arn::DaemonArn;
use jiff::Timestamp;

use super::{
    Failure,
    arguments::{DoctorArguments, DoctorFormat},
    connect::{Connector, runtime},
    finish::Finish,
    streams,
};
use crate::{
    doctor::{Examination, Needs, Outcome, Subject, nobody},
    engine::{self, Inputs},
    observe::{EcsReader, Slots},
    render::plural,
    scan::{Access, Connect, DEFAULT_CONCURRENCY},
    source::{AccountSpec, InputSpec, ReadOptions},
    surface::{self, Foreign, Sheet, Spaces, Terminal, put, sheet},
};

/// One daemon of each account and region to ask about, by the credentials for it.
type Places = BTreeMap<Access, Vec<DaemonArn>>;

pub(super) fn run(arguments: &DoctorArguments) -> Result<u8, Failure> {
    let finish = Finish::new(&arguments.finish())?;
    let mut specs: Vec<InputSpec> = arguments.inputs.iter().map(InputSpec::at).collect();
    specs.extend_from_slice(finish.inputs());
    let mut examination = Examination::default();
    let places = places(
        &specs,
        finish.accounts(),
        arguments.credentials.profile.as_deref(),
        &mut examination,
    );
    runtime()?.block_on(examine(arguments, places, &mut examination));
    if arguments.json || arguments.output == DoctorFormat::Json {
        streams::write(&surface::json(&examination.told()))?;
    } else {
        streams::print(as_text(&examination))?;
    }
    Ok(examination.code())
}

/// Daemons that the inputs name; an input that cannot be read is a failed check.
fn places(
    specs: &[InputSpec],
    accounts: &[AccountSpec],
    profile: Option<&str>,
    examination: &mut Examination,
) -> Places {
    let mut places = Places::new();
    if specs.is_empty() {
        places.insert(Access::default(), Vec::new());
        return places;
    }
    let loaded = engine::load(Inputs {
        specs,
        folder: Path::new(""),
        reading: ReadOptions {
            allow_empty: true,
            ..ReadOptions::default()
        },
        accounts,
        profile,
        configuration: None,
    });
    for document in &loaded.documents {
        let daemons = document.wanted.len() as u64;
        let detail = format!("{daemons} daemon{}", plural(daemons));
        examination.add(&format!("input {}", document.input.name), None, Outcome::Ok, detail);
        for error in &document.unusable {
            let detail = format!("{}. {}", error.summary, error.detail);
            examination.add(&format!("input {}", document.input.name), None, Outcome::Failed, detail);
        }
    }
    for problem in &loaded.problems {
        let name = format!("input {}", problem.input.clone().unwrap_or_default());
        examination.add(
            &name,
            None,
            Outcome::Failed,
            format!("{}. {}", problem.summary, problem.detail),
        );
    }
    for wanted in loaded.documents.iter().flat_map(|document| &document.wanted) {
        let daemons = places.entry(wanted.access.clone()).or_default();
        let is_there = |daemon: &DaemonArn| {
            let (one, other) = (&daemon.arn, &wanted.arn.arn);
            (&one.account, &one.region) == (&other.account, &other.region)
        };
        if !daemons.iter().any(is_there) {
            daemons.push(wanted.arn.clone());
        }
    }
    places
}

async fn examine(arguments: &DoctorArguments, places: Places, examination: &mut Examination) {
    let connector = Connector::new(&arguments.credentials);
    let needs = Needs {
        tags: arguments.tags,
        who: arguments.who,
    };
    for (access, daemons) in places {
        let aws = match connector.connect(&access).await {
            Ok(aws) => aws,
            Err(problem) => {
                let detail = format!("{}. {}", problem.summary, problem.detail);
                examination.add("credentials", None, Outcome::Failed, detail);
                continue;
            }
        };
        if let Some(role) = &access.role_arn {
            examination.add("role", None, Outcome::Ok, role.as_str());
        }
        let Some(account) = examination.connection(&aws, Timestamp::now()).await else {
            continue;
        };
        let named = daemons.into_iter().map(|daemon| Subject { daemon, is_named: true });
        let mut subjects: Vec<Subject> = named.collect();
        if subjects.is_empty() {
            subjects.extend(nobody(&aws, &account));
        }
        for subject in subjects {
            let daemon = &subject.daemon;
            if daemon.arn.account != account {
                let detail = format!(
                    "{daemon} is of account {}, the credentials are not.",
                    daemon.arn.account
                );
                examination.add("account", None, Outcome::Failed, detail);
                continue;
            }
            let slots = Slots::new(DEFAULT_CONCURRENCY);
            let reader = EcsReader::new(&aws, &daemon.arn.region, slots, Arc::default());
            examination.region(&reader, &subject, needs).await;
            examination.trail(&aws, daemon, needs).await;
        }
    }
}

fn as_text(examination: &Examination) -> Sheet<Terminal> {
    let checks = &examination.checks;
    let places: BTreeSet<&String> = checks.iter().filter_map(|check| check.place.as_ref()).collect();
    let names: Vec<Sheet<Terminal>> = checks
        .iter()
        .map(|check| match &check.place {
            Some(place) if places.len() > 1 => sheet!(Foreign(place), " ", Foreign(&check.name)),
            _ => sheet!(Foreign(&check.name)),
        })
        .collect();
    let width = names.iter().map(Sheet::characters).max().unwrap_or_default();
    let mut text = Sheet::new();
    for (check, name) in checks.iter().zip(&names) {
        put!(text, *name, Spaces(width - name.characters()), "  ");
        put!(text, outcome(check.outcome));
        if !check.detail.is_empty() {
            let fill = OUTCOMES - outcome(check.outcome).len();
            // Below the first line, so that none stands where names do.
            let detail = Sheet::lines(&check.detail, width + OUTCOMES + 4);
            put!(text, Spaces(fill), "  ", detail);
        }
        put!(text, "\n");
    }
    if let Some(statement) = examination.statement() {
        put!(text, "\nStatement to add to the policy of the credentials");
        if examination.may_be_allowed() {
            put!(text, ", unless they have the actions for the daemons that are scanned");
        }
        let statement = surface::json(&statement);
        put!(text, ":\n", Sheet::of_library(statement.as_str()));
    }
    text
}

/// Columns of the longest of them.
const OUTCOMES: usize = 7;

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "ok",
        Outcome::Missing => "missing",
        Outcome::Failed => "FAILED",
        Outcome::Unknown => "unknown",
    }
}
