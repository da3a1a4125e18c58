//! `cargo xtask watch`: the quick loop while a change is made. After each save it says what the compiler and the tests
//! nearest to the changed files say, and names what it leaves to `cargo xtask test`.
//!
//! | file | question |
//! |---|---|
//! | `files` | What has changed? |
//! | `nearest` | What belongs to it? |
//! | `programs` | Which test programs are those, once built? |

mod files;
mod nearest;
mod programs;

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use self::nearest::Nearest;
use crate::check;
use crate::process::{Outcome, capture, run as run_process, say};
use crate::workspace::Workspace;

/// Time between two looks at the files.
const LOOK: Duration = Duration::from_millis(500);

/// Options of `cargo xtask watch`.
#[derive(Args)]
pub(crate) struct Options {
    /// Test targets that run after each change as well, for example `lifecycle` or `estate`.
    also: Vec<String>,
    /// All tests of a changed crate instead of those of the changed modules.
    #[arg(long)]
    all: bool,
    /// Look once at what differs from the last commit, and end.
    #[arg(long)]
    once: bool,
}

/// Watches until the user ends it.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let mut seen = files::stamps(&workspace.root)?;
    let changed = files::uncommitted(&workspace.root)?;
    if options.once {
        return react(workspace, options, &changed);
    }
    if !changed.is_empty() {
        report(react(workspace, options, &changed));
    }
    loop {
        say("\nwaiting for a change; Ctrl-C ends");
        let changed = wait(&workspace.root, &mut seen)?;
        report(react(workspace, options, &changed));
    }
}

fn report(reaction: Outcome) {
    match reaction {
        Ok(()) => say("\nall of it passed"),
        Err(failure) => say(&format!("\nFAILED: {failure}")),
    }
}

/// Waits until files have changed and, since editors save several at once, until no more do.
fn wait(root: &Path, seen: &mut files::Stamps) -> Outcome<BTreeSet<String>> {
    let mut changed = BTreeSet::new();
    loop {
        thread::sleep(LOOK);
        let now = files::stamps(root)?;
        let more = files::differences(seen, &now);
        *seen = now;
        if more.is_empty() && !changed.is_empty() {
            return Ok(changed);
        }
        changed.extend(more);
    }
}

/// Cheapest first, and nothing after a failure: the first message is the one to act on.
fn react(workspace: &Workspace, options: &Options, changed: &BTreeSet<String>) -> Outcome {
    let start = Instant::now();
    let targets = nearest::targets(&workspace.metadata);
    let nearest = nearest::of(changed, &targets);
    say("");
    for file in changed {
        say(&format!("changed: {file}"));
    }
    for file in &nearest.unknown {
        say(&format!(
            "{file}: no quick test belongs to it; `cargo xtask check` and `cargo xtask test` look at it"
        ));
    }
    for (suite, command) in &nearest.elsewhere {
        say(&format!(
            "the target {suite} needs more than a build; `{command}` runs it"
        ));
    }
    if nearest.is_text {
        check::documents(&workspace.root)?;
    }
    if nearest.is_code || !options.also.is_empty() {
        code(workspace, options, &nearest)?;
    }
    say(&format!("{:.1} s", start.elapsed().as_secs_f64()));
    Ok(())
}

fn code(workspace: &Workspace, options: &Options, nearest: &Nearest) -> Outcome {
    let unformatted = capture(workspace.cargo().args(["fmt", "--all", "--", "--check", "-l"]));
    let mut cargo = workspace.cargo();
    // The same selection for all builds: with another one cargo would build dependencies with other features.
    run_process(cargo.args(["check", "--quiet", "--workspace", "--all-targets", "--locked"]))?;
    programs::run(workspace, nearest, &options.also, options.all)?;
    unformatted.map_err(|_| "not formatted yet: `cargo fmt --all`")?;
    Ok(())
}
