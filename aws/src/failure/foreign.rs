//! Text that somebody else wrote: messages and codes of a service. It is data wherever it goes.

/// Characters of one text that are kept; what follows is cut, and said to be.
const MOST: usize = 2_000;

/// A foreign text on one line, without characters that steer a terminal, and of bounded length.
pub(crate) fn line(text: &str) -> String {
    let mut shown = String::new();
    for (count, character) in text.trim().chars().enumerate() {
        if count == MOST {
            shown.push_str(" (cut)");
            break;
        }
        match character {
            '\n' | '\t' => shown.push(' '),
            '\r' if text.contains("\r\n") => {}
            character if steers(character) => shown.extend(character.escape_unicode()),
            character => shown.push(character),
        }
    }
    shown
}

/// True if a character moves the cursor, changes the direction of text, or begins a line.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_text_is_one_line_that_steers_nothing() {
        let check = |text: &str, expected: &str| assert_eq!(line(text), expected);
        check("plain", "plain");
        check("a\n::error::b\r\nc", "a ::error::b c");
        check("a\rb", r"a\u{d}b");
        check("\u{1b}]0;x\u{7}\u{9b}31m\u{0}", r"\u{1b}]0;x\u{7}\u{9b}31m\u{0}");
        check("a\u{202e}b\u{2028}c", r"a\u{202e}b\u{2028}c");
        assert_eq!(line(&"x".repeat(3_000)).len(), MOST + " (cut)".len());
    }
}
