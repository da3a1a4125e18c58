//! Shell-like patterns over names and ARNs: `*` is any text, `?` any one character.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A pattern that covers the whole text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glob(String);

impl Glob {
    /// A pattern; every text is one.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// True if the pattern covers the text.
    pub fn matches(&self, text: &str) -> bool {
        covers(&self.0, text)
    }
}

/// True if a pattern covers a text. Linear in practice: a mismatch resumes at the latest star only.
pub(crate) fn covers(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // Where the latest star was: the pattern after it, and the text that it has not swallowed.
    let mut star = None;
    loop {
        let before = text.clone();
        let Some(read) = text.next() else {
            return pattern.all(|rest| rest == '*');
        };
        match pattern.next() {
            Some('*') => {
                text = before;
                star = Some((pattern.clone(), text.clone()));
            }
            Some(expected) if expected == '?' || expected == read => {}
            _ => {
                // The star swallows one more character, or there is none to do so.
                let Some((after_star, left)) = &mut star else {
                    return false;
                };
                left.next();
                (pattern, text) = (after_star.clone(), left.clone());
            }
        }
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn patterns() {
        let check = |pattern: &str, text: &str| Glob::new(pattern).matches(text);
        for (pattern, text) in [
            ("*", ""),
            ("*", "CreateDaemon"),
            ("Create*", "CreateDaemon"),
            ("*Daemon", "CreateDaemon"),
            ("*a*e*", "CreateDaemon"),
            ("Describe?aemon", "DescribeDaemon"),
            ("a**b", "ab"),
            ("*ab*ab", "abxabab"),
            ("agent:*", "agent:2"),
            ("*agent:?", "registry/agent:2"),
            ("a*b*c", "a-b-b-c"),
            ("größe-?", "größe-ß"),
        ] {
            assert!(check(pattern, text), "{pattern} covers {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("Create", "CreateDaemon"),
            ("?", ""),
            ("*b", "abc"),
            ("a?c", "ac"),
            ("A*", "a"),
            ("*agent:?", "registry/agent:22"),
            ("a*b*c", "a-b-b-d"),
            ("agent", "agents"),
        ] {
            assert!(!check(pattern, text), "{pattern} does not cover {text}");
        }
    }
}
