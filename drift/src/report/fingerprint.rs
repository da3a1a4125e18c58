//! Names of findings that stay the same from one scan to the next.
//!
//! Cause, values and times are left out on purpose: an alert must not open again because its cause has
//! become clearer.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::Cause;

/// Bytes of the hash that are kept: no two findings of a lifetime meet in 16.
const KEPT: usize = 16;

/// The name of a finding: of a setting if there is one, else of the condition.
pub fn fingerprint(arn: &str, setting: Option<&str>, cause: Cause) -> String {
    let (kind, what) = match setting {
        Some(setting) => ("setting", setting),
        None => ("condition", cause.id()),
    };
    let mut hash = Sha256::new();
    // Each part with its length, so that no two triples have the same text.
    for part in [arn, kind, what] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(KEPT).fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_of_a_setting_does_not_matter_but_that_of_a_condition_does() {
        let of = |setting, cause| {
            fingerprint(
                "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent",
                setting,
                cause,
            )
        };
        assert_eq!(
            of(Some("critical"), Cause::DefaultRevert),
            of(Some("critical"), Cause::ChangedOutside)
        );
        assert_ne!(of(None, Cause::Coverage), of(None, Cause::RolledBack));
        assert_ne!(of(Some("coverage"), Cause::Tags), of(None, Cause::Coverage));
        // The form is part of the contract: alerts of earlier versions must stay closed.
        insta::assert_snapshot!(of(Some("critical"), Cause::DefaultRevert), @"61b2a427a071f40012e2dcb07a3d2b83");
    }
}
