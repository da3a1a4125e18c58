//! The view of the audience: scenes, the CLI's lines on one side of a bar, the fleet's on the other.
//! Colours only where a terminal shows them and nobody has asked for none.

use std::env;
use std::io::{IsTerminal, stdout};
use std::time::Instant;

/// The terminal.
pub(crate) struct Screen {
    coloured: bool,
    started: Instant,
    command: &'static str,
}

/// Colours, as the codes that select them.
const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const CYAN: &str = "36";

impl Screen {
    /// The screen for a CLI of this name.
    pub(crate) fn new(command: &'static str) -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            coloured: stdout().is_terminal() && !refused,
            started: Instant::now(),
            command,
        }
    }

    /// The headline of a scene.
    pub(crate) fn scene(&self, text: &str) {
        let seconds = self.started.elapsed().as_secs();
        print(&format!(
            "\n{}  {}",
            self.paint(BOLD, &format!("── {text}")),
            self.paint(DIM, &format!("({seconds} s)"))
        ));
    }

    /// A sentence for the audience.
    pub(crate) fn tell(&self, text: &str) {
        print(&format!("   {}", self.paint(BOLD, text)));
    }

    /// The name of the CLI.
    pub(crate) fn command(&self) -> &'static str {
        self.command
    }

    /// A line of the CLI.
    pub(crate) fn cli(&self, line: &str) {
        let colour = match line.trim_start().chars().next() {
            Some('+') => GREEN,
            Some('-') => RED,
            Some('~') => YELLOW,
            _ => "",
        };
        print(&format!(
            "{} {}",
            self.paint(DIM, &format!("{:>9} │", self.command)),
            self.paint(colour, line)
        ));
    }

    /// A line of the fleet.
    pub(crate) fn fleet(&self, line: &str) {
        print(&format!(
            "{} {}",
            self.paint(DIM, "    fleet │"),
            self.paint(CYAN, line)
        ));
    }

    /// A line of a scheduled job.
    pub(crate) fn drift(&self, line: &str) {
        print(&format!("{} {line}", self.paint(DIM, "ecs-drift │")));
    }

    /// A command as the other person types it.
    pub(crate) fn somebody(&self, line: &str) {
        print(&format!("{} {line}", self.paint(DIM, " somebody │")));
    }

    /// Prints the reason for which the demo did not come to its end.
    #[expect(clippy::print_stderr, reason = "it is the program's error output")]
    pub(crate) fn problem(&self, text: &str) {
        eprintln!("{}", self.paint(RED, text));
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.coloured && !colour.is_empty() {
            return format!("\x1b[{colour}m{text}\x1b[0m");
        }
        text.to_owned()
    }
}

#[expect(clippy::print_stdout, reason = "a demo is its output")]
fn print(line: &str) {
    println!("{line}");
}
