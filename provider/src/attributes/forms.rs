//! Forms of texts that several attributes have.

/// True if a text is a name as ECS takes them for daemons, families, containers and volumes.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// True if a text is a whole number above zero.
pub(crate) fn is_whole_number(text: &str) -> bool {
    text.parse::<i32>()
        .is_ok_and(|number| number > 0 && !text.starts_with(['+', '0']))
}
