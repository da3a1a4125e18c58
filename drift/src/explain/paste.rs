//! Texts that somebody pastes: one function for each language, so that no name of a daemon, tag or file can become a
//! command, a flag or an expression.
//!
//! Words of a shell are always quoted. A name that stands where a flag could stand is preceded by `--`, or belongs to its
//! flag with `=`; lists of names go as JSON, which `aws` does not take for flags or files.

use std::fmt::Write;

/// Name of a resource whose own name Terraform could not take.
const NAMELESS: &str = "daemon";

/// One word of a POSIX shell.
pub(super) fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A string of HCL that means the text itself: templates begin with `${` or `%{`, and are escaped by doubling the sign.
pub(super) fn hcl_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if characters.peek() == Some(&'{') => {
                quoted.push(character);
                quoted.push(character);
            }
            other if other.is_control() => {
                let _infallible = write!(quoted, "\\u{:04X}", u32::from(other));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A name that Terraform takes for an identifier: letters, digits, `_` and `-`, not beginning with a digit or a hyphen.
pub(super) fn hcl_identifier(name: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    let parts = name
        .chars()
        .map(|character| if is_part(character) { character } else { '_' });
    let parts: String = parts.collect();
    if parts.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        return parts;
    }
    if parts.is_empty() {
        return NAMELESS.to_owned();
    }
    format!("{NAMELESS}_{parts}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_sees_one_word() {
        let check = |text: &str, expected: &str| assert_eq!(shell_word(text), expected);
        check("", "''");
        check("a b", "'a b'");
        check("$(touch x)`y`", "'$(touch x)`y`'");
        check("it's", r"'it'\''s'");
        check("a\nb", "'a\nb'");
        let program = format!("printf %s {}", shell_word("it's $HOME; \"x\"\\"));
        let said = std::process::Command::new("sh")
            .args(["-c", &program])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(said.stdout).unwrap(), "it's $HOME; \"x\"\\");
    }

    #[test]
    fn hcl_sees_the_text_and_no_template() {
        for text in [
            "plain",
            "${file(\"/etc/passwd\")}",
            "%{ if true }x%{ endif }",
            "$${a}",
            "$",
            "100 %",
            "a\"b\\c\nd\r\te\u{7}\u{85}",
            "ü",
        ] {
            let body = hcl_edit::parser::parse_body(&format!("id = {}\n", hcl_string(text))).unwrap();
            let value = &body.get_attribute("id").unwrap().value;
            let hcl_edit::expr::Expression::String(parsed) = value else {
                panic!("{text} is a template: {value:?}")
            };
            // The parser leaves the escapes of template signs as they are.
            let unescaped = parsed.as_str().replace("$${", "${").replace("%%{", "%{");
            assert_eq!(unescaped, text.replace("$${", "${"), "{}", hcl_string(text));
        }
        assert_eq!(hcl_string("${a}%{b}"), "\"$${a}%%{b}\"");
        assert_eq!(hcl_string("$${a}"), "\"$$${a}\"");
        assert_eq!(hcl_string("\u{1b}"), "\"\\u001B\"");
    }

    #[test]
    fn names_become_identifiers() {
        let check = |name: &str, expected: &str| assert_eq!(hcl_identifier(name), expected);
        check("agent-1_a", "agent-1_a");
        check("9-stray", "daemon_9-stray");
        check("-x", "daemon_-x");
        check("", "daemon");
        check("a\nb = 1 }", "a_b___1__");
        check("ü", "_");
    }
}
