//! Shell-like patterns over names and ARNs: `*` is any text, `?` any one character.

use std::fmt;

/// A pattern that covers the whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(String);

impl Glob {
    /// A pattern; every text is one.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// Whether the pattern covers the text. Linear in practice: a mismatch resumes at the latest star only.
    pub fn matches(&self, text: &str) -> bool {
        let pattern: Vec<char> = self.0.chars().collect();
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut read) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while read < text.len() {
            match pattern.get(at) {
                Some('*') => {
                    star = Some((at, read));
                    at += 1;
                }
                Some(&expected) if expected == '?' || expected == text[read] => {
                    at += 1;
                    read += 1;
                }
                _ => {
                    // The latest star swallows one more character, or there is none to do so.
                    let Some((star_at, swallowed)) = star else { return false };
                    star = Some((star_at, swallowed + 1));
                    at = star_at + 1;
                    read = swallowed + 1;
                }
            }
        }
        pattern[at..].iter().all(|rest| *rest == '*')
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
        ] {
            assert!(!check(pattern, text), "{pattern} does not cover {text}");
        }
    }
}
