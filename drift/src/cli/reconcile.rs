//! `reconcile`: a scan, and then the plan that repairs what it found.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{
    Failure,
    failure::ERROR,
    files,
    finish::{Finish, tell_errors},
    look::{Extent, look},
    reconcile_arguments::{PlanOutput, ReconcileArguments},
    signals::Signals,
    streams,
};
use crate::{
    render::{self, PlanFormat},
    repair::{self, Plan},
    report::code,
    source::InputSpec,
    surface::{self, sheet},
};

/// Plans, and answers the exit code of the scan.
pub(super) fn run(arguments: &ReconcileArguments) -> Result<u8, Failure> {
    let finish = Finish::new(&arguments.finish())?;
    let outputs = outputs(arguments)?;
    let written = outputs.iter().filter_map(|output| output.path.as_ref());
    let written: Vec<&Path> = written.chain(&arguments.plan_out).map(PathBuf::as_path).collect();
    check(&written, arguments, &finish)?;
    let signals = Signals::listen()?;
    let extent = Extent {
        unmanaged: false,
        repairs: true,
    };
    let (mut report, beside) = look(&arguments.look, extent, &finish, &signals)?;
    finish.judge(&mut report, beside.latest);
    tell_errors(&report);
    let plan = repair::plan(&report, &beside.proposals, &arguments.selection(), Timestamp::now());
    if report.interrupted {
        // A plan of a part would look like one of the whole.
        return Ok(code(&report, finish.policy()));
    }
    if let Some(path) = &arguments.plan_out {
        files::replace(path, surface::json(&plan).as_str()).map_err(unwritable(path))?;
    }
    let failures: Vec<Failure> = outputs
        .iter()
        .filter_map(|output| write(output, &plan, arguments, &finish).err())
        .collect();
    for failure in &failures {
        streams::say(sheet!("ecs-drift: ", failure.sheet()));
    }
    if failures.is_empty() {
        Ok(code(&report, finish.policy()))
    } else {
        Ok(ERROR)
    }
}

fn outputs(arguments: &ReconcileArguments) -> Result<Vec<PlanOutput>, Failure> {
    let mut outputs = arguments.output.clone();
    if outputs.is_empty() && !arguments.judging.quiet {
        outputs.push(PlanOutput {
            format: PlanFormat::Text,
            path: None,
        });
    }
    let on_standard_output = outputs.iter().filter(|output| output.path.is_none()).count();
    if on_standard_output > 1 {
        return Err(Failure::new(
            "Two outputs to one place",
            "Several forms of the plan go to standard output. Give all but one of them a path.",
        ));
    }
    Ok(outputs)
}

/// Refuses files that would overwrite each other or what is read, and those that cannot be written: all of that is known
/// before anything is called.
fn check(written: &[&Path], arguments: &ReconcileArguments, finish: &Finish) -> Result<(), Failure> {
    let inputs = arguments.look.inputs.iter().map(InputSpec::at);
    let inputs: Vec<InputSpec> = inputs.chain(finish.inputs().iter().cloned()).collect();
    let read: Vec<PathBuf> = inputs.iter().flat_map(InputSpec::files).collect();
    for (place, path) in written.iter().enumerate() {
        let earlier = written.iter().take(place).copied();
        let mut others = read.iter().map(PathBuf::as_path).chain(earlier);
        if let Some(other) = others.find(|other| files::is_same(other, path)) {
            let detail = format!(
                "`{}` would overwrite `{}`, which this run needs. Give it another path.",
                path.display(),
                other.display()
            );
            return Err(Failure::new("Output overwrites another file", detail));
        }
        files::check(path).map_err(unwritable(path))?;
    }
    Ok(())
}

fn write(output: &PlanOutput, plan: &Plan, arguments: &ReconcileArguments, finish: &Finish) -> Result<(), Failure> {
    let is_stdout = output.path.is_none();
    let options = render::Options {
        color: finish.is_coloured(is_stdout),
        width: if is_stdout { streams::width() } else { None },
        verbose: arguments.judging.verbose,
        log: streams::log(),
        policy: finish.policy(),
    };
    let text = render::plan(output.format, plan, &options);
    match &output.path {
        None => streams::write(&text),
        Some(path) => files::write(path, text.as_str()).map_err(unwritable(path)),
    }
}

fn unwritable(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    move |error| {
        let detail = format!(
            "{}: {error}. Check that the folder is there and can be written.",
            path.display()
        );
        Failure::new("Plan cannot be written", detail)
    }
}
