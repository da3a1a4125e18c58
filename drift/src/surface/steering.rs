//! Characters that steer whoever shows them, and how they are shown instead.

/// True if a character does something instead of being seen: controls (C0, DEL, C1), those which change the direction
/// of text, separators of lines and paragraphs, and the mark of byte order.
pub(super) fn steers(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    ) || character.is_control()
}

/// Text of others with every character that steers as `\u{1b}`; line breaks are among them.
pub(crate) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            visible.extend(character.escape_unicode());
        } else {
            visible.push(character);
        }
    }
    visible
}

/// The same without `##`, with which the commands of several hosts of jobs begin anywhere in a line: `##[group]` of
/// GitHub and Azure, `##vso[…]`, `##teamcity[…]`.
pub(super) fn harmless(text: &str) -> String {
    unhashed(&visible(text), "\\u{23}")
}

/// Text in which of two `#` in a row the second one is written in another way.
pub(super) fn unhashed(text: &str, hash: &str) -> String {
    if !text.contains("##") {
        return text.to_owned();
    }
    let mut written = String::with_capacity(text.len());
    let mut is_after_hash = false;
    for character in text.chars() {
        let is_second = is_after_hash && character == '#';
        if is_second {
            written.push_str(hash);
        } else {
            written.push(character);
        }
        is_after_hash = character == '#' && !is_second;
    }
    written
}

/// A line without `::` at its beginning, with which commands of GitHub begin. White space and our colours before it are
/// looked over, because GitHub looks over white space, too.
pub(super) fn uncommanded(line: &str) -> String {
    let mut rest = line.trim_start();
    while let Some(after) = rest.strip_prefix("\u{1b}[") {
        let colour = after.trim_start_matches(|character: char| !character.is_ascii_alphabetic());
        rest = colour.get(1..).unwrap_or_default().trim_start();
    }
    match rest.strip_prefix("::") {
        Some(after) => {
            let before = line.strip_suffix(rest).unwrap_or_default();
            format!("{before}\\u{{3a}}:{after}")
        }
        None => line.to_owned(),
    }
}
