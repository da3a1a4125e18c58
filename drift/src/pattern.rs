//! Patterns over names with segments, for rules and for files. `*` stands for any text within a segment and `?` for one
//! character; `**` as a segment stands for any number of segments.

/// True if segments match a pattern of them.
pub(crate) fn matches(pattern: &[String], segments: &[String], is_match: impl Fn(&str, &str) -> bool + Copy) -> bool {
    match (pattern.split_first(), segments.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "**" => {
            (0..=segments.len()).any(|skipped| matches(rest, segments.get(skipped..).unwrap_or_default(), is_match))
        }
        (Some((first, rest)), Some((segment, segments))) => {
            is_match(first, segment) && matches(rest, segments, is_match)
        }
        _ => false,
    }
}
