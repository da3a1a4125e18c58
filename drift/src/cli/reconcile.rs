//! `reconcile`: a scan, then the plan that repairs what it found, and with `--apply` the repair.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{
    Failure, apply,
    failure::{ERROR, told},
    files,
    finish::{Finish, tell_errors},
    look::{Extent, look},
    reconcile_arguments::{PlanOutput, ReconcileArguments},
    signals::Signals,
    streams,
};
use crate::{
    render::{self, PlanFormat},
    repair::{self, Plan, Results},
    report::code,
    source::InputSpec,
    surface::{self, Stream, sheet},
};

/// Plans, and answers the exit code of the scan; with `--apply` carries the plan out, and answers what came of it.
pub(super) fn run(arguments: &ReconcileArguments) -> Result<u8, Failure> {
    let finish = Finish::new(&arguments.finish())?;
    let outputs = outputs(arguments)?;
    let written = outputs.iter().filter_map(|output| output.path.as_ref());
    let written = written.chain(&arguments.plan_out).chain(&arguments.audit);
    let written: Vec<&Path> = written.map(PathBuf::as_path).collect();
    check(&written, arguments, &finish)?;
    let request = Request {
        arguments,
        finish: &finish,
        outputs: &outputs,
        signals: Signals::listen()?,
    };
    if let Some(path) = &arguments.plan {
        return request.apply(&apply::read(path, arguments)?);
    }
    if arguments.apply && !arguments.yes {
        apply::expect_terminal()?;
    }
    request.plan()
}

/// What a run is asked for.
struct Request<'a> {
    arguments: &'a ReconcileArguments,
    finish: &'a Finish,
    outputs: &'a [PlanOutput],
    signals: Signals,
}

impl Request<'_> {
    fn plan(&self) -> Result<u8, Failure> {
        let Self {
            arguments,
            finish,
            outputs,
            signals,
        } = self;
        let extent = Extent {
            unmanaged: false,
            repairs: true,
            shard: None,
        };
        let (mut report, beside) = look(&arguments.look, extent, finish, signals)?;
        finish.judge(&mut report, beside.latest);
        tell_errors(&report);
        let selection = arguments.selection();
        for (argument, pattern) in selection.unmatched(&report.daemons) {
            let detail =
                format!("`{argument} {pattern}` covers no daemon of the inputs, so that nothing is planned for it.");
            streams::say(sheet!("warning: ", told("Pattern matches nothing", &detail)));
        }
        let plan = repair::plan(&report, beside.proposals, &selection, Timestamp::now());
        let planned = code(&report, finish.policy());
        if report.interrupted {
            // A plan of a part would look like one of the whole.
            return Ok(planned);
        }
        let is_faultless = report.errors.is_empty();
        // All that was to be learnt of it is in the plan.
        drop(report);
        if let Some(path) = &arguments.plan_out {
            files::replace(path, &surface::json_stream(&plan)).map_err(unwritable(path))?;
        }
        if !arguments.apply || plan.repairs.is_empty() {
            let results = Results::of(&plan, Timestamp::now());
            let form = |format: PlanFormat, options: &render::Options| {
                if arguments.apply {
                    render::results(format, &results, options)
                } else {
                    render::plan(format, &plan, options)
                }
            };
            let written = write(outputs, form, arguments, finish);
            // What was not asked for is the matter of a scan.
            let code = if arguments.apply && is_faultless {
                results.code(finish.policy())
            } else {
                planned
            };
            return Ok(if written { code } else { ERROR });
        }
        if !arguments.judging.quiet {
            apply::show(&plan);
        }
        if !arguments.yes && !apply::ask(&plan, signals)? {
            let is_interrupted = *signals.interrupted().borrow();
            let why = if is_interrupted {
                "The run was interrupted."
            } else {
                "The answer was not `yes`."
            };
            let failure = Failure::new("Not applied", format!("{why} Nothing was sent."));
            if !is_interrupted {
                return Err(failure);
            }
            streams::say(sheet!("ecs-drift: ", failure.sheet()));
            return Ok(signals.first().code());
        }
        // What is wrong with the run as a whole stays wrong, whatever is repaired.
        let applied = self.apply(&plan)?;
        let is_ended = matches!(applied, 130 | 143);
        Ok(if is_faultless || is_ended { applied } else { ERROR })
    }

    fn apply(&self, plan: &Plan) -> Result<u8, Failure> {
        let Self {
            arguments,
            finish,
            outputs,
            signals,
        } = self;
        let results = apply::execute(plan, arguments, signals)?;
        let written = write(
            outputs,
            |format, options| render::results(format, &results, options),
            arguments,
            finish,
        );
        if results.interrupted {
            return Ok(signals.first().code());
        }
        Ok(if written { results.code(finish.policy()) } else { ERROR })
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
    let read = inputs.iter().flat_map(InputSpec::files).chain(arguments.plan.clone());
    let read: Vec<PathBuf> = read.collect();
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

/// Writes every form, and says what could not be written; answers whether all of it was.
fn write<'a>(
    outputs: &[PlanOutput],
    form: impl Fn(PlanFormat, &render::Options) -> Stream<'a>,
    arguments: &ReconcileArguments,
    finish: &Finish,
) -> bool {
    let mut are_written = true;
    for output in outputs {
        let is_stdout = output.path.is_none();
        let options = render::Options {
            color: finish.is_coloured(is_stdout),
            width: if is_stdout { streams::width() } else { None },
            verbose: arguments.judging.verbose,
            log: streams::log(),
            policy: finish.policy(),
        };
        let text = form(output.format, &options);
        let written = match &output.path {
            None => streams::send(&text),
            Some(path) => files::write(path, &text).map_err(unwritable(path)),
        };
        if let Err(failure) = written {
            are_written = false;
            streams::say(sheet!("ecs-drift: ", failure.sheet()));
        }
    }
    are_written
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
