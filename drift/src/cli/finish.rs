//! From a report to its outputs and the exit code: rules first, then every output, then the code.

use std::{fs, io, path::Path};

use jiff::Timestamp;

use super::{
    failure::{ERROR, Failure, told},
    files,
    shared::{Color, FinishArguments, Level, Output},
    stored, streams,
};
use crate::{
    explain::Ignored,
    render::{self, Format, Options},
    report::{ExitPolicy, FailOn, Problem, Report, code},
    rules::{self, Context, FILE_NAME, Rules},
    source::{AccountSpec, IgnoreTags, InputSpec},
    surface::sheet,
};

/// Another name of standard output, by which it is found out that it leads to the file of another output.
const STDOUT: &str = "/dev/stdout";

/// The work to do with a report. Everything that can be wrong with arguments and files is known before a scan
/// begins.
pub(super) struct Finish {
    arguments: FinishArguments,
    rules: Rules,
    known: Option<Report>,
    outputs: Vec<Output>,
}

impl Finish {
    /// Reads rules and the earlier report, and checks the outputs.
    pub(super) fn new(arguments: &FinishArguments) -> Result<Self, Failure> {
        let known = arguments.only_new.as_deref().map(earlier).transpose()?.flatten();
        let mut rules = load_rules(arguments.judging.rules.as_deref())?;
        let folder = arguments.judging.rules.as_deref().and_then(Path::parent);
        for input in &mut rules.input {
            input.folder = folder.map(Path::to_path_buf);
        }
        let finish = Self {
            rules,
            known,
            outputs: outputs(arguments)?,
            arguments: arguments.clone(),
        };
        let rules = arguments.judging.rules.as_deref().unwrap_or(Path::new(FILE_NAME));
        finish.spare([rules].into_iter().chain(arguments.only_new.as_deref()))?;
        Ok(finish)
    }

    /// Refuses outputs that would overwrite what the run reads.
    pub(super) fn spare<'a>(&self, read: impl IntoIterator<Item = &'a Path>) -> Result<(), Failure> {
        for path in read {
            let mut written = self.outputs.iter().filter_map(|output| output.path.as_deref());
            if let Some(output) = written.find(|output| files::is_same(output, path)) {
                let detail = format!(
                    "The output `{}` would overwrite `{}`, which this run reads. Give the output another path.",
                    output.display(),
                    path.display()
                );
                return Err(Failure::new("Output overwrites an input", detail));
            }
        }
        Ok(())
    }

    /// Findings that rules ignore.
    pub(super) fn ignored(&self) -> Ignored {
        let (rules, now) = (self.rules.clone(), self.now());
        Ignored::new(move |finding| rules.ignores(finding, now))
    }

    fn now(&self) -> Timestamp {
        self.arguments.judging.now.unwrap_or_else(Timestamp::now)
    }

    /// Inputs that the file of rules names.
    pub(super) fn inputs(&self) -> &[InputSpec] {
        &self.rules.input
    }

    /// Roles that the file of rules names for accounts.
    pub(super) fn accounts(&self) -> &[AccountSpec] {
        self.rules.accounts()
    }

    /// True if the file of rules wants tags compared.
    pub(super) fn compares_tags(&self) -> bool {
        self.rules.tags == Some(true)
    }

    /// Tags of others that the file of rules names.
    pub(super) fn ignored_tags(&self) -> Option<&IgnoreTags> {
        self.rules.ignore_tags.as_ref()
    }

    /// True if the file of rules wants unmanaged daemons looked for.
    pub(super) fn looks_for_unmanaged(&self) -> bool {
        self.rules.unmanaged
    }

    /// Applies the rules, writes the outputs and answers the exit code. An output that cannot be written is said and
    /// makes the code that of an error; the others are written all the same. `service_time` is the latest time that the
    /// service named.
    pub(super) fn run(&self, mut report: Report, service_time: Option<Timestamp>) -> u8 {
        self.judge(&mut report, service_time);
        self.deliver(&report)
    }

    /// The same for a report to which the rules were applied before.
    pub(super) fn deliver(&self, report: &Report) -> u8 {
        let written = self.outputs.iter().map(|output| self.write(output, report));
        // Each is tried before anything is said of the first.
        let failures: Vec<Failure> = written.filter_map(Result::err).collect();
        if self.outputs.iter().all(|output| output.path.is_some()) {
            tell_errors(report);
        }
        for failure in &failures {
            streams::say(sheet!("ecs-drift: ", failure.sheet()));
        }
        if failures.is_empty() {
            code(report, self.policy())
        } else {
            ERROR
        }
    }

    /// Applies the rules.
    pub(super) fn judge(&self, report: &mut Report, service_time: Option<Timestamp>) {
        let context = Context {
            now: self.now(),
            is_now_given: self.arguments.judging.now.is_some(),
            min_age: self.arguments.judging.min_age.or(self.rules.min_age),
            known: self.known.as_ref(),
            service_time,
        };
        report.warnings.extend(self.first_night());
        rules::apply(&self.rules, &context, report);
    }

    /// True if nothing is to be said but what was asked for.
    pub(super) fn is_quiet(&self) -> bool {
        self.arguments.judging.quiet
    }

    /// The policy of the exit code.
    pub(super) fn policy(&self) -> ExitPolicy {
        ExitPolicy {
            fail_on: self.fail_on(),
            strict: self.arguments.judging.strict || self.rules.strict,
            exit_zero: self.arguments.judging.exit_zero,
        }
    }

    fn fail_on(&self) -> FailOn {
        let flag = self.arguments.judging.fail_on.map(Level::fail_on);
        flag.or(self.rules.fail_on).unwrap_or_default()
    }

    fn write(&self, output: &Output, report: &Report) -> Result<(), Failure> {
        let is_stdout = output.path.is_none();
        let options = Options {
            color: self.is_coloured(is_stdout),
            width: if is_stdout { streams::width() } else { None },
            verbose: self.arguments.judging.verbose,
            log: streams::log(),
            policy: self.policy(),
        };
        let text = render::stream(output.format, report, &options);
        match &output.path {
            None => streams::send(&text),
            Some(path) => files::write(path, &text).map_err(unwritable(path)),
        }
    }

    /// Said where there is no earlier report: on a first night, but also where its path is wrong or it was not fetched.
    fn first_night(&self) -> Option<Problem> {
        let path = self.arguments.only_new.as_deref().filter(|_| self.known.is_none())?;
        Some(Problem {
            input: None,
            summary: "No earlier report".to_owned(),
            detail: format!(
                "{} of `--only-new` is not there or empty, so that everything counts as new. If this is not the first night, \
                 check the path, and that the job fetches the report.",
                path.display()
            ),
        })
    }

    /// True if text is coloured.
    pub(super) fn is_coloured(&self, is_stdout: bool) -> bool {
        match self.arguments.judging.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_stdout && streams::has_colours(),
        }
    }
}

/// The earlier report; none if it is not there, or is the empty file that a failed download leaves.
fn earlier(path: &Path) -> Result<Option<Report>, Failure> {
    let is_missing = || match fs::metadata(path) {
        Ok(found) => found.is_file() && found.len() == 0,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    };
    if path != Path::new("-") && is_missing() {
        Ok(None)
    } else {
        stored::read(path).map(Some)
    }
}

/// With no report on standard output nobody would see why a run failed, unless it is said elsewhere.
pub(super) fn tell_errors(report: &Report) {
    for error in &report.errors {
        streams::say(sheet!("error: ", told(&error.summary, &error.detail)));
    }
}

/// The file of rules. One that is named must be there; the default one may be missing.
fn load_rules(path: Option<&Path>) -> Result<Rules, Failure> {
    let (path, is_named) = match path {
        Some(path) => (path, true),
        None => (Path::new(FILE_NAME), false),
    };
    match fs::read_to_string(path) {
        Ok(text) => Rules::parse(&path.display().to_string(), &text).map_err(|error| error.problem().into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !is_named => Ok(Rules::default()),
        Err(error) => Err(Failure::new(
            "Rules cannot be read",
            format!("{}: {error}. Check the path and its permissions.", path.display()),
        )),
    }
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| {
        let detail = format!(
            "{}: {error}. Check that the folder is there and can be written.",
            path.display()
        );
        Failure::new("Report cannot be written", detail)
    }
}

/// The outputs; text on standard output unless something else was asked for.
fn outputs(arguments: &FinishArguments) -> Result<Vec<Output>, Failure> {
    let mut outputs = arguments.output.clone();
    if outputs.is_empty() && !arguments.judging.quiet {
        outputs.push(Output {
            format: Format::Text,
            path: None,
        });
    }
    expect_one(&outputs)?;
    for (position, output) in outputs.iter().enumerate() {
        let earlier = outputs.iter().take(position);
        let place = |output: &Output| output.path.clone().unwrap_or_else(|| STDOUT.into());
        let is_same = |other: &&Output| files::is_same(&place(other), &place(output));
        if let Some(other) = earlier.into_iter().find(is_same) {
            let place = output.path.as_ref();
            let place = place.map_or("standard output".to_owned(), |path| format!("`{}`", path.display()));
            return Err(Failure::new(
                "Two outputs to one place",
                format!(
                    "Both `{}` and `{}` go to {place}. Give one of them another path.",
                    other.format, output.format
                ),
            ));
        }
    }
    Ok(outputs)
}

/// Refuses outputs of which none can be written: a scan would be for nothing. One of several costs that one only.
fn expect_one(outputs: &[Output]) -> Result<(), Failure> {
    let checked = outputs.iter().map(|output| {
        let path = output.path.as_deref();
        path.map_or(Ok(()), |path| files::check(path).map_err(unwritable(path)))
    });
    let (good, bad): (Vec<_>, Vec<_>) = checked.partition(Result::is_ok);
    match bad.into_iter().next() {
        Some(failure) if good.is_empty() => failure,
        _ => Ok(()),
    }
}
