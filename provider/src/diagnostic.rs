//! Failed calls and problems of the connection as Terraform's diagnostics, in the terms of the provider block.

use aws::{Advice, Argument, Aws, Failure, Problem, Problems, Step};
use tfplug_core::{Diagnostic, Diagnostics, Path};

/// Advice of the connection in the terms of the provider block.
pub(crate) const ADVICE: Advice = Advice {
    program: "terraform-provider-ecs",
    arguments: "of the provider block",
    region: "`region` in the provider block",
    names_the_profile: "the provider block names the profile",
    credentials: "Set `profile`, or `access_key` and `secret_key`, in the provider block; or AWS_PROFILE, or \
                  AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment; or run where a role provides \
                  credentials.",
    throttled: "Run Terraform with a lower `-parallelism`, or raise `max_retries` of the provider.",
    unreachable: "Check `region` and `endpoints` of the provider, and the network of this machine.",
    ca_bundle: "`custom_ca_bundle` of the provider, or in AWS_CA_BUNDLE",
    attempts: "set `max_retries` in the provider block instead",
};

/// A failed call as an error for the user.
pub(crate) trait ToDiagnostic {
    /// The error. `what_was_tried` continues "Unable to", for example `create daemon "x"`; `resource` is an ARN or a name.
    fn diagnostic(&self, what_was_tried: &str, resource: &str) -> Diagnostic;
}

impl ToDiagnostic for Failure {
    fn diagnostic(&self, what_was_tried: &str, resource: &str) -> Diagnostic {
        of_problem(&self.problem(&ADVICE, what_was_tried, resource))
    }
}

/// The reasons why there is no connection, each at its argument of the provider block.
pub(crate) fn of_problems(problems: &Problems) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(problems.iter().map(of_problem));
    diagnostics
}

/// Refuses a region that no partition has.
pub(crate) fn check_region(region: &str) -> Result<(), String> {
    Aws::check_region(region).map_err(|problem| {
        format!(
            "{problem} If the region is newer than this provider, set `skip_region_validation = true` in the provider block."
        )
    })
}

fn of_problem(problem: &Problem) -> Diagnostic {
    let diagnostic = Diagnostic::error(&problem.summary, &problem.detail);
    match &problem.argument {
        Some(argument) => diagnostic.at(path(argument)),
        None => diagnostic,
    }
}

fn path(argument: &Argument) -> Path {
    argument.steps().iter().fold(Path::root(), |path, step| match step {
        Step::Name(name) => path.child(name),
        Step::Index(index) => path.index(*index),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_keeps_its_place() {
        let argument = Argument::named("assume_role").index(1).child("role_arn");
        let problems = Problems::from(Problem::new("Invalid role", "It is no ARN.").at(argument));
        let diagnostics = of_problems(&problems);
        let told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            ["error: Invalid role (at assume_role[1].role_arn): It is no ARN."]
        );
    }
}
