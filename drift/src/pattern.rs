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

/// One segment; linear in practice: the last `*` is the only one that is ever taken back.
pub(crate) fn matches_segment(pattern: &str, segment: &str) -> bool {
    let (pattern, segment): (Vec<char>, Vec<char>) = (pattern.chars().collect(), segment.chars().collect());
    let (mut at, mut position) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while position < segment.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, position));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || segment.get(position) == Some(wanted) => {
                at += 1;
                position += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                (at, position) = (star_at + 1, taken + 1);
            }
        }
    }
    pattern.iter().skip(at).all(|character| *character == '*')
}
