//! Bodies of the query protocol: `application/x-www-form-urlencoded`.

/// The fields of a body in order, decoded. What is not UTF-8 is shown with replacement characters.
pub(super) fn fields(body: &[u8]) -> Vec<(String, String)> {
    body.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &pair[pair.len()..]),
            };
            (decode(key), decode(value))
        })
        .collect()
}

/// The body of some fields.
pub(super) fn body(fields: &[(String, String)]) -> String {
    let pairs = fields
        .iter()
        .map(|(key, value)| format!("{}={}", encode(key), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// `%41` is `A`, `+` is a blank; a percent sign without two digits stands for itself.
fn decode(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        let digit = |at: usize| tail.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                rest = &tail[2..];
            }
            (b'+', ..) => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0').to_ascii_uppercase();
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{body, fields};

    #[test]
    fn fields_of_a_body() {
        let check = |text: &[u8]| format!("{:?}", fields(text));
        insta::assert_snapshot!(check(b"Action=A&x=a%3Db+c&empty=&alone&&odd=%4"), @r#"[("Action", "A"), ("x", "a=b c"), ("empty", ""), ("alone", ""), ("odd", "%4")]"#);
        assert_eq!(
            fields(b"x=%ff"),
            [("x".to_owned(), char::REPLACEMENT_CHARACTER.to_string())]
        );
        let round = fields(body(&fields(b"a%26=%25%20%C3%A4")).as_bytes());
        assert_eq!(round, [("a&".to_owned(), "% \u{e4}".to_owned())]);
    }
}
