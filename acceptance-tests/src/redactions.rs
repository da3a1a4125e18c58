//! Text that differs between two runs of the same thing, and its replacement in snapshots. This is
//! the only table of redactions: whatever is not in it must come out the same every time.

use std::path::Path;
use std::sync::OnceLock;

use regex::{Captures, Regex};

use crate::failure::Outcome;

/// A pattern, what takes its place, and why it varies. `{n}` numbers different texts by their first
/// appearance, so that a snapshot still tells two deployments apart; `{sorted}` is the second group
/// with its lines in order.
struct Rule {
    pattern: &'static str,
    replacement: &'static str,
    #[expect(dead_code, reason = "for the reader of the table")]
    why: &'static str,
}

const RULES: [Rule; 14] = [
    Rule {
        pattern: r"(daemon-deployment/[^/\s]+/[^/\s]+/)([0-9A-Za-z-]+)",
        replacement: "${1}[deployment {n}]",
        why: "ids of deployments come from the emulator's seed and the order of calls",
    },
    Rule {
        pattern: r"(daemon-revision/[^/\s]+/[^/\s]+/)([0-9A-Za-z-]+)",
        replacement: "${1}[revision {n}]",
        why: "as ids of deployments",
    },
    Rule {
        pattern: r"(container-instance/[^/\s]+/)([0-9a-f]{32})",
        replacement: "${1}[instance {n}]",
        why: "as ids of deployments",
    },
    Rule {
        pattern: r"(task/[^/\s]+/)([0-9a-f]{32})",
        replacement: "${1}[task {n}]",
        why: "as ids of deployments",
    },
    Rule {
        pattern: r"(\b)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
        replacement: "${1}[request {n}]",
        why: "request ids are different in each request",
    },
    Rule {
        pattern: r"()(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)",
        replacement: "[time]",
        why: "virtual time depends on how often the waiter polled",
    },
    Rule {
        pattern: r"()(http://127\.0\.0\.1:\d+)",
        replacement: "[emulator]",
        why: "each emulator listens on a free port",
    },
    Rule {
        pattern: r"(complete after )((?:\d+h)?(?:\d+m)?\d+s)",
        replacement: "${1}[elapsed]",
        why: "time of the machine",
    },
    Rule {
        pattern: r"(?m)()(^[^\n]*: Still [^\n]*elapsed\]\n)",
        replacement: "",
        why: "printed every ten seconds, so only by slow machines",
    },
    Rule {
        pattern: r"(?m)()(^Still [^\n]*\n)",
        replacement: "",
        why: "as above, from the CLI itself",
    },
    Rule {
        pattern: r"()(\nInterrupt received\.\n[^\n]*\n[^\n]*\n\n)",
        replacement: "",
        why: "two threads of the CLI answer an interrupt, each with its own lines, in either order",
    },
    Rule {
        pattern: r"(?m)()(^Stopping operation\.\.\.\n)",
        replacement: "",
        why: "the other thread",
    },
    Rule {
        pattern: r"(?m)()((?:^\S+: Refreshing state\.\.\.[^\n]*\n){2,})",
        replacement: "{sorted}",
        why: "resources that do not depend on one another are refreshed at the same time",
    },
    Rule {
        pattern: r"(?m)()([ \t]+$)",
        replacement: "",
        why: "editors remove blanks at the ends of lines",
    },
];

/// Text with everything replaced that varies. `folder` is the directory of the case.
pub(crate) fn normalise(text: &str, folder: &Path) -> Outcome<String> {
    let mut text = text.replace(&folder.display().to_string(), "[folder]");
    for (regex, rule) in rules()?.iter().zip(&RULES) {
        let mut seen: Vec<String> = Vec::new();
        let replaced = regex.replace_all(&text, |captures: &Captures<'_>| {
            let number = number_of(&mut seen, &captures[2]);
            let template = rule.replacement.replace("{n}", &number.to_string());
            let template = template.replace("{sorted}", &sorted(&captures[2]));
            let mut expanded = String::new();
            captures.expand(&template, &mut expanded);
            expanded
        });
        text = replaced.into_owned();
    }
    Ok(text)
}

/// As a template: a `$` of the text stays one.
fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.sort_unstable();
    lines.concat().replace('$', "$$")
}

fn number_of(seen: &mut Vec<String>, text: &str) -> usize {
    let position = seen.iter().position(|known| known == text);
    position.unwrap_or_else(|| {
        seen.push(text.to_owned());
        seen.len() - 1
    }) + 1
}

fn rules() -> Outcome<&'static Vec<Regex>> {
    static COMPILED: OnceLock<Result<Vec<Regex>, regex::Error>> = OnceLock::new();
    let compiled = COMPILED.get_or_init(|| RULES.iter().map(|rule| Regex::new(rule.pattern)).collect());
    Ok(compiled.as_ref().map_err(Clone::clone)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(normalise(text, Path::new("/tmp/case")).unwrap(), expected);
    }

    #[test]
    fn ids_are_numbered_by_appearance() {
        let arn = |id: &str| format!("arn:aws:ecs:us-east-1:1:daemon-deployment/acc/agent/{id}");
        check(
            &format!("{} {} {}", arn("aB3"), arn("zz9"), arn("aB3")),
            "arn:aws:ecs:us-east-1:1:daemon-deployment/acc/agent/[deployment 1] \
             arn:aws:ecs:us-east-1:1:daemon-deployment/acc/agent/[deployment 2] \
             arn:aws:ecs:us-east-1:1:daemon-deployment/acc/agent/[deployment 1]",
        );
    }

    #[test]
    fn times_and_places_are_replaced() {
        check(
            "Creation complete after 1m2s at 2026-01-01T00:05:00.5Z in /tmp/case/x",
            "Creation complete after [elapsed] at [time] in [folder]/x",
        );
        check("http://127.0.0.1:40123/ x", "[emulator]/ x");
    }

    #[test]
    fn slow_machines_print_the_same() {
        check(
            "a: Creating...\na: Still creating... [00m10s elapsed]\ndone  \n",
            "a: Creating...\ndone\n",
        );
    }

    #[test]
    fn an_interrupt_reads_the_same_in_either_order() {
        let received = "\nInterrupt received.\nPlease wait\nGracefully shutting down...\n\n";
        let stopping = "Stopping operation...\n";
        check(&format!("a\n{received}{stopping}b\n"), "a\nb\n");
        check(&format!("a\n{stopping}{received}b\n"), "a\nb\n");
    }

    #[test]
    fn what_is_refreshed_together_reads_the_same_in_either_order() {
        let [one, other] = ["a.x: Refreshing state... [name=$0]\n", "b.y: Refreshing state...\n"];
        check(&format!("{one}{other}done\n"), &format!("{one}{other}done\n"));
        check(&format!("{other}{one}done\n"), &format!("{one}{other}done\n"));
    }

    #[test]
    fn names_stay() {
        check("daemon-task-definition/agent:2", "daemon-task-definition/agent:2");
    }
}
