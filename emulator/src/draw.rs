//! Seeded draws of the emulator's shell: request ids and the probability of faults.
//!
//! There is no shared random stream: a draw depends on the seed, its purpose and a number only, so that one more
//! request or rule changes no other draw.

use sha2::{Digest, Sha256};

/// 16 bytes that depend on nothing but the arguments.
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
    use super::{fraction, uuid};

    #[test]
    fn draws_repeat_and_differ() {
        assert_eq!(uuid(1, "request", 1), uuid(1, "request", 1));
        assert_ne!(uuid(1, "request", 1), uuid(1, "request", 2));
        assert_ne!(uuid(1, "request", 1), uuid(2, "request", 1));
        assert_eq!(uuid(0, "request", 7).len(), 36);
        let mean = (0..1000).map(|n| fraction(42, "fault", n)).sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }
}
