//! Carrying a plan out: the file that it comes from, the question, and the run with its signals.

use std::{
    fs,
    io::{self, BufRead, IsTerminal},
    path::Path,
    thread,
    time::Instant,
};

use daemons::poll::Poll;
use jiff::Timestamp;

use super::{
    Failure,
    connect::{Connector, runtime},
    reconcile_arguments::ReconcileArguments,
    signals::Signals,
    streams,
};
use crate::{
    execute::{self, Audit, Execution},
    interrupt::BySignal,
    render::{self, PlanFormat, count},
    repair::{Plan, Planned, Results},
    surface::{Foreign, Sentences, Sheet, Terminal, sheet},
};

/// The plan of a file.
pub(super) fn read(path: &Path, arguments: &ReconcileArguments) -> Result<Plan, Failure> {
    let name = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::new("Plan cannot be read", format!("{name}: {error}. Check the path.")))?;
    let plan =
        Plan::parse(&text).map_err(|reason| Failure::new("Invalid repair plan", format!("{name}: {reason}.")))?;
    if let Some(region) = &arguments.look.credentials.region {
        let is_other = |planned: &&Planned| planned.subject.arn.split(':').nth(3) != Some(region.as_str());
        if let Some(other) = plan.repairs.iter().find(is_other) {
            let detail = format!(
                "{name} repairs {}, and `--region` says {region}. Leave `--region` out, or give the plan of that region.",
                other.subject.arn
            );
            return Err(Failure::new("Plan of another region", detail));
        }
    }
    Ok(plan)
}

/// An apply that nobody can be asked about is refused before anything is called.
pub(super) fn expect_terminal() -> Result<(), Failure> {
    if io::stdin().is_terminal() && streams::is_read_by_a_person() {
        return Ok(());
    }
    Err(Failure::new(
        "No terminal to ask on",
        "`--apply` asks before it sends anything. In a job give `--yes`, or save the plan with `--plan-out`, have it reviewed, and \
         give it with `--plan`.",
    ))
}

/// Shows the plan where the question is asked.
pub(super) fn show(plan: &Plan) {
    let options = render::Options {
        log: streams::log(),
        ..render::Options::default()
    };
    let text = render::plan(PlanFormat::Text, plan, &options).finish();
    streams::say(Sheet::of_library(text.as_str()));
}

/// Asks whether the plan is to be carried out. A signal is no `yes`.
pub(super) fn ask(plan: &Plan, signals: &Signals) -> Result<bool, Failure> {
    let daemons: Sheet<Terminal> = count(plan.repairs.len() as u64, "daemon");
    streams::say(sheet!("Repair ", daemons, "? Only `yes` is taken for an answer."));
    let (answer, answered) = tokio::sync::oneshot::channel();
    // A reader that waits for a line cannot be ended; it ends with the process.
    thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        let _gone = answer.send(read.is_ok() && line.trim() == "yes");
    });
    let mut interrupted = signals.interrupted();
    let is_yes = runtime()?.block_on(async {
        tokio::select! {
            biased;
            _ = interrupted.wait_for(|interrupted| *interrupted) => false,
            answer = answered => answer.unwrap_or(false),
        }
    });
    Ok(is_yes)
}

/// Carries the plan out.
pub(super) fn execute(plan: &Plan, arguments: &ReconcileArguments, signals: &Signals) -> Result<Results, Failure> {
    let audit = match &arguments.audit {
        Some(path) => Audit::open(path).map_err(|error| {
            let detail = format!("{}: {error} Nothing was sent.", path.display());
            Failure::new("Audit cannot be used", detail)
        })?,
        None => Audit::none(),
    };
    let audit = audit.of_plan(&plan.digest);
    let is_quiet = arguments.judging.quiet;
    let tell = move |planned: &Planned, line: &str| {
        if !is_quiet {
            let name = format!("{}/{}", planned.subject.cluster, planned.subject.name);
            streams::say(sheet!(Foreign(&name), ": ", Sentences(line)));
        }
    };
    let began = (Instant::now(), arguments.judging.now.unwrap_or_else(Timestamp::now));
    let now = move || began.1.checked_add(began.0.elapsed()).unwrap_or(began.1);
    let execution = Execution {
        plan,
        limits: arguments.limits(plan.max_instances),
        windows: arguments.windows(),
        now: &now,
        interrupt: BySignal(signals.interrupted()),
        audit: &audit,
        poll: Poll {
            interval: arguments.poll,
        },
        timeout: arguments.rollout_timeout,
        tell: &tell,
    };
    let connector = Connector::new(&arguments.look.credentials);
    let results = runtime()?.block_on(execute::execute(&connector, &execution));
    results.map_err(Failure::from)
}
