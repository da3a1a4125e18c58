//! Seeded draws. Each is a function of seed, entity, purpose and number, never of a shared
//! stream: one more draw somewhere does not change any other.

use sha2::{Digest, Sha256};

/// A duration that is drawn for each entity, in milliseconds, both ends included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// Purpose of the duration; part of the draw.
    pub(crate) purpose: &'static str,
    /// Shortest duration in milliseconds.
    pub(crate) from: i64,
    /// Longest duration in milliseconds.
    pub(crate) to: i64,
}

/// The bytes behind every draw.
pub(crate) fn hash(seed: u64, entity: &str, purpose: &str, n: u64) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_be_bytes());
    for part in [entity, purpose] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(n.to_be_bytes());
    hasher.finalize().into()
}

/// A number drawn for the entity.
pub(crate) fn number(seed: u64, entity: &str, purpose: &str, n: u64) -> u64 {
    hash(seed, entity, purpose, n)
        .iter()
        .take(8)
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// A duration of the span drawn for the entity, in milliseconds.
pub(crate) fn duration(seed: u64, entity: &str, span: Span, n: u64) -> i64 {
    let choices = u64::try_from(span.to - span.from).unwrap_or(0) + 1;
    let offset = number(seed, entity, span.purpose, n) % choices;
    span.from + i64::try_from(offset).unwrap_or(0)
}

/// An id of hexadecimal digits, at most 64.
pub(crate) fn hex_id(seed: u64, entity: &str, n: u64, digits: usize) -> String {
    let mut id = hex(&hash(seed, entity, "id", n));
    id.truncate(digits);
    id
}

/// An id of letters and digits.
pub(crate) fn alphanumeric_id(seed: u64, entity: &str, n: u64, length: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let bytes = hash(seed, entity, "id", n);
    bytes
        .iter()
        .take(length)
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}

/// An id of 19 digits without a leading zero.
pub(crate) fn decimal_id(seed: u64, entity: &str, n: u64) -> String {
    const SMALLEST: u64 = 1_000_000_000_000_000_000;
    (SMALLEST + number(seed, entity, "id", n) % (8 * SMALLEST)).to_string()
}

/// Digest of an image: the one that it names, or the SHA-256 of its name and of how often its tag has moved.
pub(crate) fn image_digest(image: &str, moves: u64) -> String {
    let of_text = |text: &str| format!("sha256:{}", hex(&Sha256::digest(text.as_bytes())));
    match image.split_once('@') {
        Some((_, digest)) => digest.to_owned(),
        None if moves == 0 => of_text(image),
        None => of_text(&format!("{image} moved {moves}")),
    }
}

/// Lower-case hexadecimal digits of the bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

// Draws of the shell around the world: ids of requests and of access keys, and the probability of faults. Their hash is
// another one, which recorded journals hold.

/// 16 bytes for a draw of the shell, which has no entity.
fn digest(seed: u64, purpose: &str, n: u64) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(purpose.as_bytes());
    hash.update([0]);
    hash.update(n.to_be_bytes());
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finalize()[..16]);
    short
}

/// A fraction in `0.0..1.0` with 32 bits of resolution.
pub(crate) fn fraction(seed: u64, purpose: &str, n: u64) -> f64 {
    let drawn = digest(seed, purpose, n)
        .iter()
        .take(4)
        .fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte));
    f64::from(drawn) / 4_294_967_296.0
}

/// An id in the form of a version 4 UUID.
pub(crate) fn uuid(seed: u64, purpose: &str, n: u64) -> String {
    let mut bytes = digest(seed, purpose, n);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// So many capital letters and digits from the alphabet of access key ids.
pub(crate) fn letters(seed: u64, purpose: &str, n: u64, count: usize) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let blocks = (0_u64..).flat_map(|block| digest(seed, &format!("{purpose} {block}"), n));
    let letters = blocks.take(count);
    letters
        .map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_every_input_and_stay_in_the_span() {
        let span = Span {
            purpose: "boot",
            from: 62_000,
            to: 68_000,
        };
        let draws: std::collections::BTreeSet<i64> = (0..50).map(|n| duration(7, "instance", span, n)).collect();
        assert!(draws.len() > 40, "{draws:?}");
        assert!(draws.iter().all(|ms| (62_000..=68_000).contains(ms)), "{draws:?}");
        assert_eq!(duration(7, "instance", span, 3), duration(7, "instance", span, 3));
        assert_ne!(
            hash(7, "ab", "c", 0),
            hash(7, "a", "bc", 0),
            "parts do not run together"
        );
        assert_ne!(hash(7, "ab", "c", 0), hash(8, "ab", "c", 0));
    }

    #[test]
    fn ids_have_their_forms() {
        assert_eq!(hex_id(1, "task", 1, 32).len(), 32);
        assert_eq!(alphanumeric_id(1, "deployment", 1, 21).len(), 21);
        assert_eq!(decimal_id(1, "revision", 1).len(), 19);
        assert_eq!(image_digest("agent@sha256:12", 1), "sha256:12");
        assert_eq!(image_digest("agent:1", 0).len(), "sha256:".len() + 64);
    }

    #[test]
    fn draws_of_the_shell_repeat_and_differ() {
        assert_eq!(uuid(1, "request", 1), uuid(1, "request", 1));
        assert_ne!(uuid(1, "request", 1), uuid(1, "request", 2));
        assert_ne!(uuid(1, "request", 1), uuid(2, "request", 1));
        assert_eq!(uuid(0, "request", 7).len(), 36);
        let mean = (0..1000).map(|n| fraction(42, "fault", n)).sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }
}
