//! The lines that are worth writing, from the variables that users of Terraform know.
//!
//! The client filters again, so this only saves work: without any variable it shows nothing below
//! WARN, and neither does this. A value that is not a level counts as TRACE, as it does there.

use tracing::level_filters::LevelFilter;

/// Lowest level written, by origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Levels {
    /// The provider's own crates.
    pub(super) provider: LevelFilter,
    /// The RPCs.
    pub(super) proto: LevelFilter,
    /// The rules between the RPCs and the provider.
    pub(super) framework: LevelFilter,
    /// All other crates.
    pub(super) foreign: LevelFilter,
}

impl Levels {
    /// Reads the variables; the most specific one that is set counts.
    pub(super) fn read(provider: &str, variable: impl Fn(&str) -> Option<String>) -> Self {
        let level = |names: &[&str]| {
            let value = names
                .iter()
                .find_map(|name| variable(name).filter(|value| !value.is_empty()));
            value.map_or(LevelFilter::WARN, |value| parse(&value))
        };
        let own = format!("TF_LOG_PROVIDER_{}", provider.to_uppercase().replace('-', "_"));
        let provider = level(&[&own, "TF_LOG_PROVIDER", "TF_LOG"]);
        Self {
            provider,
            proto: level(&["TF_LOG_SDK_PROTO", "TF_LOG_SDK", "TF_LOG_PROVIDER", "TF_LOG"]),
            framework: level(&["TF_LOG_SDK_FRAMEWORK", "TF_LOG_SDK", "TF_LOG_PROVIDER", "TF_LOG"]),
            foreign: provider.min(LevelFilter::WARN),
        }
    }
}

fn parse(value: &str) -> LevelFilter {
    match value.to_ascii_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(variables: &[(&str, &str)]) -> String {
        let levels = Levels::read("my-cloud", |name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        });
        let Levels {
            provider,
            proto,
            framework,
            foreign,
        } = levels;
        format!("provider {provider}, proto {proto}, framework {framework}, foreign {foreign}")
    }

    #[test]
    fn the_most_specific_variable_counts() {
        let cases = [
            check(&[]),
            check(&[("TF_LOG", "")]),
            check(&[("TF_LOG", "debug")]),
            check(&[("TF_LOG", "JSON")]),
            check(&[("TF_LOG", "loud")]),
            check(&[("TF_LOG", "DEBUG"), ("TF_LOG_PROVIDER", "ERROR")]),
            check(&[("TF_LOG_PROVIDER", "INFO"), ("TF_LOG_PROVIDER_MY_CLOUD", "TRACE")]),
            check(&[("TF_LOG", "TRACE"), ("TF_LOG_SDK", "OFF"), ("TF_LOG_SDK_PROTO", "WARN")]),
        ];
        insta::assert_snapshot!(cases.join("\n"), @r"
        provider warn, proto warn, framework warn, foreign warn
        provider warn, proto warn, framework warn, foreign warn
        provider debug, proto debug, framework debug, foreign warn
        provider trace, proto trace, framework trace, foreign warn
        provider trace, proto trace, framework trace, foreign warn
        provider error, proto error, framework error, foreign error
        provider trace, proto info, framework info, foreign warn
        provider trace, proto warn, framework off, foreign warn
        ");
    }
}
