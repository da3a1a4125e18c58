//! Texts of others in what the command says.

/// A text that is cut and cannot move the cursor of a terminal.
pub(crate) fn printable(text: &str, longest: usize) -> String {
    let mut safe = String::new();
    for character in text.chars().take(longest) {
        if character.is_control() {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    if text.chars().nth(longest).is_some() {
        safe.push('…');
    }
    safe
}
