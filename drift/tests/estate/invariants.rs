//! What holds for every report that a case makes.

use ecs_drift::{
    render::{self, Format},
    report::{ExitPolicy, FailOn, Report, code},
};

/// The invariant of every report: no form for people gives a command twice, since two of the same are two rollouts.
pub(crate) fn expect_commands_once(report: &Report) {
    let options = render::Options {
        verbose: true,
        ..render::Options::default()
    };
    for format in Format::ALL {
        let text = render::render(format, report, &options).to_string();
        let begin = ["aws ecs ", "terraform apply ", "tofu apply "];
        let commands = text.lines().map(str::trim);
        let mut commands: Vec<&str> = commands
            .filter(|line| begin.iter().any(|begin| line.starts_with(begin)))
            .collect();
        let all = commands.len();
        commands.sort_unstable();
        commands.dedup();
        assert_eq!(commands.len(), all, "{format}\n{text}");
    }
}

/// The invariant of every report: whatever counts, its title says what the exit code says.
pub(crate) fn expect_true_titles(report: &Report) {
    for fail_on in [FailOn::Any, FailOn::Note, FailOn::Warning, FailOn::Error, FailOn::Never] {
        for strict in [false, true] {
            let policy = ExitPolicy {
                fail_on,
                strict,
                exit_zero: false,
            };
            let options = render::Options {
                policy,
                ..render::Options::default()
            };
            let title = |format, begin: &str| {
                let text = render::render(format, report, &options).to_string();
                let line = text.lines().find_map(|line| line.strip_prefix(begin));
                let title = line.and_then(|line| line.split(" · ").next());
                title.unwrap_or_default().to_owned()
            };
            let title_of_text = title(Format::Text, "");
            assert_eq!(title(Format::Markdown, "## ECS daemons: "), title_of_text);
            let expected: &[&str] = match code(report, policy) {
                0 => &["in sync", "drift below --fail-on", "findings below --fail-on"],
                1 => &["failed"],
                2 => &["drift", "needs attention"],
                4 => &["incomplete"],
                _ => &["interrupted"],
            };
            assert!(
                expected.contains(&title_of_text.as_str()),
                "{title_of_text:?} with {policy:?}:\n{}",
                render::render(Format::Text, report, &options)
            );
        }
    }
}
