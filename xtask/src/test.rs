//! `cargo xtask test`: everything that proves the project works, on a machine that has only Rust
//! and Python 3. It closes with a line `N passed, N failed` over all that ran.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;

use crate::browser;
use crate::conformance;
use crate::libtest::{Tally, counted};
use crate::process::{Outcome, say};
use crate::stages::Stages;
use crate::terraform::matrix::{self, Extent};
use crate::terraform::{self, Cli, Wanted, tofu};
use crate::tools::{self, Tools};
use crate::workspace::Workspace;
use crate::{binaries, go, kit, package, sdks};

/// Cases that need the files of a release.
const OF_PACKAGES: &[&str] = &["archives::", "package::", "registry::"];

/// Cases that need the test harness of `HashiCorp`.
const OF_HARNESS: &[&str] = &["harness::"];

/// Cases that need the provider `hashicorp/aws`, in a mirror that this variable names.
const OF_AWS: &[&str] = &["platform::"];
const AWS_MIRROR: &str = "ECS_ACC_AWS_MIRROR";

/// Options of `cargo xtask test`.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    parts: Parts,
    /// CLIs of the acceptance suite: versions, `tofu`, paths of binaries, or `path` for those on PATH. The
    /// first one and `OpenTofu` run the whole suite, the others its core.
    #[arg(long, value_delimiter = ',')]
    terraform: Vec<Wanted>,
    /// Run the suites on release binaries instead of those of the tests' own build, which CI does.
    #[arg(long)]
    release: bool,
    /// Only tests whose name contains this text.
    filter: Option<String>,
}

/// Parts of the tests; all of them unless some are named.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct Parts {
    /// Only the unit and in-process tests.
    #[arg(long)]
    unit: bool,
    /// Only the conformance suite: foreign clients against the emulator.
    #[arg(long)]
    conformance: bool,
    /// Only the foreign readers of drift reports, and of the workflows.
    #[arg(long)]
    reports: bool,
    /// Only the emulator's page in Chromium.
    #[arg(long)]
    page: bool,
    /// Only the emulator's kit for Python.
    #[arg(long)]
    kit: bool,
    /// Only the acceptance suite.
    #[arg(long)]
    acceptance: bool,
}

impl Parts {
    fn or_all(&self) -> Self {
        let all = !(self.unit || self.conformance || self.reports || self.page || self.kit || self.acceptance);
        Self {
            unit: all || self.unit,
            conformance: all || self.conformance,
            reports: all || self.reports,
            page: all || self.page,
            kit: all || self.kit,
            acceptance: all || self.acceptance,
        }
    }
}

/// Runs the tests.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> ExitCode {
    let mut stages = Stages::default();
    let finished = run_stages(workspace, options, &mut stages);
    stages.report();
    let total = stages.total();
    if total.ignored > 0 {
        say(&format!("{} tests are marked as ignored", total.ignored));
    }
    if let Err(failure) = &finished {
        say(&format!("not everything ran: {failure}"));
    }
    let failed = total.failed + u64::from(finished.is_err());
    say(&format!("\n{} passed, {failed} failed", total.passed));
    if failed > 0 {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run_stages(workspace: &Workspace, options: &Options, stages: &mut Stages) -> Outcome {
    let parts = options.parts.or_all();
    if parts.unit {
        stages.tests("unit and in-process tests", || unit(workspace, options))?;
    }
    if !(parts.conformance || parts.reports || parts.page || parts.kit || parts.acceptance) {
        return Ok(());
    }
    let binaries = stages.stage("binaries", || {
        if options.release {
            return binaries::release(workspace);
        }
        binaries::tested(workspace)
    })?;
    if parts.conformance {
        run_clients(workspace, options, stages, &binaries)?;
    }
    if parts.reports {
        run_readers(workspace, options, stages, &binaries)?;
    }
    if parts.page {
        run_page(workspace, options, stages, &binaries)?;
    }
    if parts.kit {
        run_kit(workspace, options, stages, &binaries)?;
    }
    if parts.acceptance {
        run_acceptance(workspace, options, stages, binaries)?;
    }
    Ok(())
}

fn run_clients(workspace: &Workspace, options: &Options, stages: &mut Stages, binaries: &Path) -> Outcome {
    for client in conformance::CLIENTS {
        let install = || conformance::install_client(workspace, client);
        let python = stages.stage(&format!("{client} client"), install)?;
        stages.tests(&format!("conformance, {client} client"), || {
            conformance::test_client(workspace, binaries, &python, options.filter.as_deref())
        })?;
    }
    run_sdks(workspace, options, stages, binaries)?;
    let python = stages.stage("fuzzer of control calls", || conformance::install_fuzzer(workspace))?;
    stages.tests("control calls, foreign fuzzer", || {
        conformance::test_fuzzer(workspace, binaries, &python, options.filter.as_deref())
    })
}

fn run_sdks(workspace: &Workspace, options: &Options, stages: &mut Stages, binaries: &Path) -> Outcome {
    let filter = options.filter.as_deref();
    if sdks::has_node() {
        let folder = stages.stage("AWS SDK for JavaScript", || sdks::install_javascript(workspace))?;
        stages.tests("conformance, AWS SDK for JavaScript", || {
            sdks::test_javascript(binaries, &folder, filter)
        })?;
    } else {
        stages.leave_out("the AWS SDK for JavaScript, since there is no Node.js of version 20 or later with npm");
    }
    if go::is_here() {
        let cases = stages.stage("AWS SDK for Go", || sdks::build_go(workspace))?;
        stages.tests("conformance, AWS SDK for Go", || {
            sdks::test_go(binaries, &cases, filter)
        })?;
    } else {
        stages.leave_out("the AWS SDK for Go, since there is no Go to build its cases");
    }
    Ok(())
}

fn run_readers(workspace: &Workspace, options: &Options, stages: &mut Stages, binaries: &Path) -> Outcome {
    let readers = stages.stage("readers of reports", || tools::obtain_readers(workspace))?;
    let python = stages.stage("readers in Python", || conformance::install_readers(workspace))?;
    stages.tests("reports, foreign readers", || {
        conformance::test_readers(workspace, binaries, &python, &readers, options.filter.as_deref())
    })
}

fn run_page(workspace: &Workspace, options: &Options, stages: &mut Stages, binaries: &Path) -> Outcome {
    let Some(browser) = stages.stage("Chromium", || Ok(browser::obtain()))? else {
        stages.leave_out("the emulator's page, since there is no Chromium on PATH");
        return Ok(());
    };
    let python = stages.stage("driver of Chromium", || browser::install(workspace))?;
    stages.tests("page in Chromium", || {
        browser::test(workspace, binaries, &python, &browser, options.filter.as_deref())
    })
}

fn run_kit(workspace: &Workspace, options: &Options, stages: &mut Stages, binaries: &Path) -> Outcome {
    let wheel = stages.stage("kit for Python", || {
        let python = kit::install(workspace)?;
        Ok((kit::wheel(workspace, &python, binaries)?, python))
    });
    let (wheel, python) = wheel?;
    stages.tests("kit for Python, in pytest", || {
        kit::test(workspace, &python, &wheel, options.filter.as_deref())
    })
}

fn run_acceptance(workspace: &Workspace, options: &Options, stages: &mut Stages, binaries: PathBuf) -> Outcome {
    let clis = wanted(options, stages);
    let clis = stages.stage("Terraform and OpenTofu", || terraform::resolve(workspace, &clis))?;
    let tools = stages.stage("tools of the suite", || tools::obtain(workspace))?;
    let packages = packages(workspace, options, stages)?;
    // All versions are compiled for at once, so that the time of a suite is the time of its cases.
    stages.stage("acceptance build", || {
        crate::process::run(suite(workspace).arg("--no-run"))
    })?;
    if std::env::var_os(AWS_MIRROR).is_none() {
        stages.leave_out(&format!(
            "the stack with hashicorp/aws, since {AWS_MIRROR} names no mirror that has it"
        ));
    }
    let surroundings = Surroundings {
        binaries,
        packages,
        tools,
    };
    for (position, cli) in clis.iter().enumerate() {
        let (extent, filters) = match matrix::extent(&cli.version) {
            Extent::Cases(name, filters) if position > 0 => (name, filters),
            _ => ("whole", &[][..]),
        };
        let are_wanted = |cases: &&&str| filters.is_empty() || filters.iter().any(|filter| cases.starts_with(filter));
        let beyond: Vec<&str> = matrix::beyond(&cli.version)
            .iter()
            .filter(are_wanted)
            .copied()
            .collect();
        if !beyond.is_empty() {
            stages.leave_out(&format!(
                "{} on {cli}, which has no lists and actions",
                beyond.join(", ")
            ));
        }
        stages.tests(&format!("acceptance, {cli}, {extent}"), || {
            acceptance(workspace, options, &surroundings, cli, filters)
        })?;
    }
    Ok(())
}

/// `cargo test --workspace` leaves the acceptance suite out (`test = false` in its manifest). Both
/// runs select the whole workspace, so that cargo unifies the same features and builds once.
fn unit(workspace: &Workspace, options: &Options) -> Outcome<Tally> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    counted(cargo.arg("--").args(&options.filter))
}

/// The programs and packages that the suite finds in its environment.
struct Surroundings {
    binaries: PathBuf,
    packages: Option<PathBuf>,
    tools: Tools,
}

impl Surroundings {
    /// Names what there may be to the suite, and answers the cases that need what there is not.
    fn name_to(&self, cargo: &mut Command) -> Vec<&'static str> {
        let optional = [
            ("ECS_ACC_PACKAGES", &self.packages, OF_PACKAGES),
            ("ECS_ACC_HARNESS", &self.tools.harness, OF_HARNESS),
        ];
        let mut skipped = Vec::new();
        if std::env::var_os(AWS_MIRROR).is_none() {
            skipped.extend(OF_AWS);
        }
        for (variable, path, cases) in optional {
            match path {
                Some(path) => drop(cargo.env(variable, path)),
                None => skipped.extend(cases),
            }
        }
        skipped
    }
}

/// What goreleaser packs. It builds releases only, so other runs take what is there.
fn packages(workspace: &Workspace, options: &Options, stages: &mut Stages) -> Outcome<Option<PathBuf>> {
    if !go::is_here() {
        stages.leave_out("packages, the registry and HashiCorp's test harness, since there is no Go to build them");
        return Ok(None);
    }
    if !options.release {
        stages.leave_out("packages and the registry, which are of release binaries: `--release` makes them");
        return Ok(None);
    }
    stages.stage("package", || package::pack(workspace)).map(Some)
}

fn acceptance(
    workspace: &Workspace,
    options: &Options,
    surroundings: &Surroundings,
    cli: &Cli,
    filters: &[&str],
) -> Outcome<Tally> {
    let mut cargo = suite(workspace);
    cargo
        .env("TF_ACC_TERRAFORM_PATH", &cli.path)
        .env("ECS_ACC_BINARIES", &surroundings.binaries)
        .env("ECS_ACC_XTASK", std::env::current_exe()?)
        .env("ECS_ACC_MOTO", &surroundings.tools.moto)
        .env("ECS_ACC_TINYPROXY", &surroundings.tools.tinyproxy);
    let skipped = surroundings.name_to(&mut cargo);
    // Cases wait for CLIs, and those for each other: with one for each core a quarter of the time nobody computes.
    let cores = std::thread::available_parallelism()?.get();
    cargo.env("RUST_TEST_THREADS", (cores + cores.div_ceil(2)).to_string());
    cargo.arg("--");
    for cases in skipped.iter().chain(matrix::beyond(&cli.version)) {
        cargo.args(["--skip", cases]);
    }
    // A filter is the user's own choice, on every CLI.
    match &options.filter {
        Some(filter) => cargo.arg(filter),
        None => cargo.args(filters),
    };
    counted(&mut cargo)
}

fn suite(workspace: &Workspace) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--workspace", "--locked", "--test", "suite"]);
    cargo
}

/// The CLIs: the flag, then the environment names of the ecosystem, then the default matrix.
fn wanted(options: &Options, stages: &mut Stages) -> Vec<Wanted> {
    if !options.terraform.is_empty() {
        return options.terraform.clone();
    }
    if let Some(path) = std::env::var_os("TF_ACC_TERRAFORM_PATH") {
        return vec![Wanted::File(path.into())];
    }
    if let Ok(version) = std::env::var("TF_ACC_TERRAFORM_VERSION") {
        return vec![Wanted::Version(version)];
    }
    let versions = matrix::TERRAFORM
        .iter()
        .map(|(version, _)| Wanted::Version((*version).to_owned()));
    let mut all: Vec<Wanted> = versions.collect();
    all.push(Wanted::OnPath);
    if tofu::can_be_had() {
        all.push(Wanted::OpenTofu);
    } else {
        stages.leave_out("OpenTofu, since there is no `tofu` on PATH and no Go to build it");
    }
    all
}
