//! Patterns over addresses, ARNs and settings. `*` stands for any text within a segment and `?` for one
//! character; `**` as a segment stands for any number of segments. So a pattern never reaches further than it looks.

use daemons::glob::covers;

use crate::{
    pattern::matches,
    report::{Cause, Daemon, Finding},
};

/// The selection of a rule; everything that is given must match.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selector<'a> {
    pub(super) address: Option<&'a str>,
    pub(super) arn: Option<&'a str>,
    pub(super) setting: Option<&'a str>,
    pub(super) cause: Option<Cause>,
}

impl Selector<'_> {
    /// True if nothing is given, so that everything would match.
    pub(super) fn is_empty(&self) -> bool {
        self.address.is_none() && self.arn.is_none() && self.setting.is_none() && self.cause.is_none()
    }

    /// True if a finding is selected. An address does not select what several daemons share, and a setting selects
    /// nothing that is about a daemon as a whole.
    pub(super) fn selects(&self, finding: &Finding) -> bool {
        let own_address = || {
            let source = finding.source.as_ref().filter(|_| finding.daemons.len() < 2);
            source.map(|source| source.address.as_str())
        };
        self.address
            .is_none_or(|pattern| own_address().is_some_and(|address| matches_address(pattern, address)))
            && self.arn.is_none_or(|pattern| matches_arn(pattern, &finding.arn))
            && self.setting.is_none_or(|pattern| {
                let setting = finding.setting.as_deref();
                setting.is_some_and(|setting| matches_setting(pattern, setting))
            })
            && self.cause.is_none_or(|cause| cause == finding.cause)
    }

    /// True if a daemon is selected, by address and ARN.
    pub(super) fn selects_daemon(&self, daemon: &Daemon) -> bool {
        self.address
            .is_none_or(|pattern| matches_address(pattern, &daemon.source.address))
            && self.arn.is_none_or(|pattern| matches_arn(pattern, &daemon.arn))
    }
}

/// True if a name matches a pattern; `*` and `?` as in every segment.
pub fn matches_name(pattern: &str, name: &str) -> bool {
    covers(pattern, name)
}

fn matches_address(pattern: &str, address: &str) -> bool {
    matches(
        &address_segments(pattern),
        &address_segments(address),
        |pattern, segment| {
            // Terraform, too, takes an address without a key for all instances.
            let segment = if pattern.contains('[') {
                segment
            } else {
                without_key(segment)
            };
            covers(pattern, segment)
        },
    )
}

fn matches_arn(pattern: &str, arn: &str) -> bool {
    let segments = |text: &'_ str| text.split([':', '/']).map(str::to_owned).collect::<Vec<_>>();
    matches(&segments(pattern), &segments(arn), covers)
}

fn matches_setting(pattern: &str, setting: &str) -> bool {
    let segments = |text: &'_ str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
    matches(&segments(pattern), &segments(setting), covers)
}

/// Segments of an address; a dot in a key separates nothing.
fn address_segments(address: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let (mut in_key, mut in_quotes, mut is_escaped) = (false, false, false);
    for character in address.chars() {
        if character == '.' && !in_key {
            segments.push(String::new());
            continue;
        }
        match character {
            '"' if in_key && !is_escaped => in_quotes = !in_quotes,
            '[' if !in_quotes => in_key = true,
            ']' if !in_quotes => in_key = false,
            _ => {}
        }
        is_escaped = character == '\\' && !is_escaped;
        if let Some(last) = segments.last_mut() {
            last.push(character);
        }
    }
    segments
}

fn without_key(segment: &str) -> &str {
    segment.split_once('[').map_or(segment, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_in_its_segment() {
        let check = |pattern: &str, text: &str, expected: bool| {
            assert_eq!(matches_setting(pattern, text), expected, "{pattern} on {text}");
        };
        check(
            "deployment_configuration.*",
            "deployment_configuration.drain_percent",
            true,
        );
        check(
            "deployment_configuration.*",
            "deployment_configuration.alarms.enable",
            false,
        );
        check(
            "deployment_configuration.**",
            "deployment_configuration.alarms.enable",
            true,
        );
        check("**", "critical", true);
        check("**.enable", "deployment_configuration.alarms.enable", true);
        check("*", "deployment_configuration.drain_percent", false);
        check("enable_*_tags", "enable_ecs_managed_tags", true);
        check("enable_*_tag", "enable_ecs_managed_tags", false);
        check("critica?", "critical", true);
        check("critical?", "critical", false);
        check("*a*a*a*a*b", &"a".repeat(500), false);
    }

    #[test]
    fn addresses_know_keys() {
        let check = |pattern: &str, text: &str, expected: bool| {
            assert_eq!(matches_address(pattern, text), expected, "{pattern} on {text}");
        };
        check(
            "module.a.ecs_daemon.agent",
            "module.a[\"x.y\"].ecs_daemon.agent[0]",
            true,
        );
        check(
            "module.a[\"x.y\"].ecs_daemon.agent",
            "module.a[\"x.y\"].ecs_daemon.agent[0]",
            true,
        );
        check(
            "module.a[\"x\"].ecs_daemon.agent",
            "module.a[\"x.y\"].ecs_daemon.agent",
            false,
        );
        check("module.*.ecs_daemon.agent[*]", "module.a.ecs_daemon.agent[0]", true);
        check("ecs_daemon.*", "module.a.ecs_daemon.agent", false);
        check("**.ecs_daemon.*", "module.a.module.b.ecs_daemon.agent", true);
        check("**.ecs_daemon.*", "ecs_daemon.agent", true);
        check("ecs_daemon.a[\"\\\"].b\"]", "ecs_daemon.a[\"\\\"].b\"]", true);
    }

    #[test]
    fn arns_have_two_separators() {
        let arn = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent";
        let check = |pattern: &str, expected: bool| assert_eq!(matches_arn(pattern, arn), expected, "{pattern}");
        check("arn:aws:ecs:*:*:daemon/prod/*", true);
        check("arn:aws:ecs:*:*:daemon/*", false);
        check("arn:**:daemon/**", true);
        check("**/agent", true);
    }
}
