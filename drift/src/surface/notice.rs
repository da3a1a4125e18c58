//! Surfaces of notices: messages of a chat, and what a notice holds beside text: a link, and a name that needs no escape.

use super::{Finished, Markdown, Sheet, Show, Surface, steering};

/// A message of Slack, or of a chat that reads its form, where `<…>` is a link or a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chat;

/// A name of letters, digits and `._/-`, which mean nothing on any surface, not even within a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word(String);

/// An address of the web that ends no link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link(String);

/// Code, where a chat finds neither mention nor emoji. A backtick would end it, and there is no escape for one.
impl Surface for Chat {
    fn escape(text: &str, to: &mut String) {
        let text = steering::harmless(text).replace('`', "'");
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let text = if text.trim().is_empty() { " " } else { &text };
        if to.ends_with('`') {
            to.push(' ');
        }
        to.push_str(&["`", text, "`"].concat());
    }
}

impl Word {
    /// Longest name.
    pub(crate) const LONGEST: usize = 64;

    /// The name, if it is one.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
        let is_word = !text.is_empty() && text.len() <= Self::LONGEST && text.bytes().all(is_plain);
        // Two hyphens end a comment in some readers.
        (is_word && !text.contains("--")).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S> Show<S> for Word {
    fn show(&self, sheet: &mut Sheet<S>) {
        sheet.text.push_str(&self.0);
    }
}

impl Link {
    /// The address, if it is one.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&+,;=%[]".contains(&byte);
        let has_host = rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[');
        (has_host && rest.bytes().all(is_plain)).then(|| Self(text.to_owned()))
    }
}

impl Show<Markdown> for Link {
    fn show(&self, sheet: &mut Sheet<Markdown>) {
        sheet.text.push_str(&["<", &self.0, ">"].concat());
    }
}

impl Show<Chat> for Link {
    fn show(&self, sheet: &mut Sheet<Chat>) {
        sheet.text.push_str(&["<", &self.0.replace('&', "&amp;"), ">"].concat());
    }
}

impl Sheet<Chat> {
    /// The whole message.
    pub(crate) fn finish(self) -> Finished {
        Finished(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::{Foreign, sheet};

    #[test]
    fn a_chat_takes_no_mention_and_no_link() {
        let check = |text: &str, expected: &str| {
            let sheet: Sheet<Chat> = sheet!(Foreign(text));
            assert_eq!(sheet.finish().as_str(), expected, "{text:?}");
        };
        check("prod/agent", "`prod/agent`");
        check(
            "<!channel> & <http://e|x>",
            "`&lt;!channel&gt; &amp; &lt;http://e|x&gt;`",
        );
        check("a`b`\n@here", "`a'b'\\u{a}@here`");
        check("", "` `");
    }

    #[test]
    fn names_and_links_mean_nothing_else() {
        for valid in ["default", "prod/eu-1", "a.b_c"] {
            assert!(Word::new(valid).is_some(), "{valid}");
        }
        let long = "a".repeat(Word::LONGEST + 1);
        for invalid in ["", "a b", "a-->", "a--b", "<!", "\u{e4}", &long] {
            assert!(Word::new(invalid).is_none(), "{invalid}");
        }
        for valid in ["https://ci.example.com/runs/1?a=b&c=d#e", "http://[::1]:8080/"] {
            assert!(Link::new(valid).is_some(), "{valid}");
        }
        for invalid in [
            "",
            "javascript:x",
            "https://",
            "https://e/>x",
            "https://e/ x",
            "https://e/`",
            "https://e/|x",
            "https:///x",
        ] {
            assert!(Link::new(invalid).is_none(), "{invalid}");
        }
    }
}
