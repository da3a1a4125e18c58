//! The environment variables of the process, or those of a test.
//!
//! A variable that is set to nothing counts as not set, as with the provider's arguments: scripts
//! cannot always unset one.

use std::path::PathBuf;

use crate::problem::Problem;
use aws_types::os_shim_internal::Env;

/// The variables of the process, or those of a test.
#[derive(Clone, Debug)]
pub(super) struct Environment(Env);

impl Environment {
    /// The variables of this process.
    pub(super) fn of_process() -> Self {
        Self(Env::real())
    }

    /// These variables and no others.
    #[cfg(test)]
    pub(super) fn of(variables: &[(&str, &str)]) -> Self {
        Self(Env::from_slice(variables))
    }

    /// For functions of the SDK.
    pub(super) fn shim(&self) -> &Env {
        &self.0
    }

    /// A variable, unless it is empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).ok().filter(|value| !value.is_empty())
    }

    /// The first variable that is set, with its name.
    pub(super) fn first<'a>(&self, names: &[&'a str]) -> Option<(&'a str, String)> {
        names.iter().find_map(|name| Some((*name, self.text(name)?)))
    }

    /// A variable that says yes or no. Anything else would be taken for "no" in silence.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.trim().to_ascii_lowercase().as_str() {
            "true" => Ok(Some(true)),
            "false" => Ok(Some(false)),
            _ => Err(Problem::new(
                format!("Invalid {name}"),
                format!("The environment variable {name} is `{text}`, but must be `true` or `false`."),
            )),
        }
    }

    /// A path in which `~` at the beginning stands for the home directory.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        let home = self.text("HOME").or_else(|| self.text("USERPROFILE"));
        match (text.strip_prefix('~'), home) {
            (Some(""), Some(home)) => PathBuf::from(home),
            (Some(rest), Some(home)) if rest.starts_with(['/', '\\']) => PathBuf::from(home).join(&rest[1..]),
            _ => PathBuf::from(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_variables_are_not_set() {
        let environment = Environment::of(&[("A", ""), ("B", "b")]);
        assert_eq!(environment.text("A"), None);
        assert_eq!(environment.first(&["A", "B", "C"]), Some(("B", "b".to_owned())));
        assert_eq!(environment.first(&["A", "C"]), None);
    }

    #[test]
    fn flags_are_true_or_false_and_nothing_else() {
        let flag = |value| {
            let flag = Environment::of(&[("AWS_USE_FIPS_ENDPOINT", value)]).flag("AWS_USE_FIPS_ENDPOINT");
            flag.map_err(|problem| problem.to_string())
        };
        assert_eq!(flag(""), Ok(None));
        assert_eq!((flag("TRUE"), flag(" false ")), (Ok(Some(true)), Ok(Some(false))));
        insta::assert_snapshot!(flag("yes").unwrap_err(), @"Invalid AWS_USE_FIPS_ENDPOINT: The environment variable AWS_USE_FIPS_ENDPOINT is `yes`, but must be `true` or `false`.");
    }

    #[test]
    fn a_tilde_is_the_home_directory() {
        let check = |text: &str, expected: &str| {
            let environment = Environment::of(&[("HOME", "/users/ann")]);
            assert_eq!(environment.path(text), PathBuf::from(expected), "{text}");
        };
        check("~/.aws/config", "/users/ann/.aws/config");
        check("~", "/users/ann");
        check("~bob/x", "~bob/x");
        check("/etc/~/x", "/etc/~/x");
        assert_eq!(Environment::of(&[]).path("~/x"), PathBuf::from("~/x"));
    }
}
