//! Exact decimal numbers, because cty numbers are wider than any machine type and a provider that
//! rounds them reports differences that nobody made.

use std::{cmp::Ordering, fmt, str::FromStr};

use bigdecimal::{BigDecimal, ToPrimitive};

/// Longest decimal text accepted. Terraform writes 1e300 with 301 digits; 512 bits of mantissa and
/// the exponents that configurations use stay far below this.
const MAX_DIGITS: usize = 4_096;
/// Largest power of ten accepted either way, so that a short text cannot ask for gigabytes.
const MAX_EXPONENT: i64 = 4_096;

/// A decimal number of any size, kept exactly.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(BigDecimal);

/// A text that is not a number, and the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text is not a decimal number.
    #[error("`{0}` is not a decimal number")]
    Malformed(String),
    /// The number has more digits or a larger exponent than any configuration needs.
    #[error("the number has more than {MAX_DIGITS} digits")]
    TooLong,
}

impl Number {
    /// The value as `i64`, if it is whole and fits.
    pub fn to_i64(&self) -> Option<i64> {
        if self.0.is_integer() { self.0.to_i64() } else { None }
    }

    /// The value as `i128`, if it is whole and fits.
    pub fn to_i128(&self) -> Option<i128> {
        if self.0.is_integer() { self.0.to_i128() } else { None }
    }

    /// The nearest `f64`; infinite when out of range.
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().unwrap_or(f64::NAN)
    }

    /// True if the number has no fraction.
    pub fn is_integer(&self) -> bool {
        self.0.is_integer()
    }

    /// The number that clients take `value` for: a whole number digit by digit, any other by its
    /// shortest decimal text, so that the double 0.1 is the number 0.1. `None` for NaN and infinities.
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_finite() && value.fract() == 0.0 {
            return BigDecimal::try_from(value).ok().map(|whole| Self(whole.normalized()));
        }
        if value.is_finite() {
            format!("{value:e}").parse().ok()
        } else {
            None
        }
    }
}

macro_rules! from_whole_numbers {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Number {
            fn from(value: $kind) -> Self {
                Self(BigDecimal::from(value).normalized())
            }
        })*
    };
}

from_whole_numbers!(i8, i16, i32, i64, u8, u16, u32, u64);

impl From<isize> for Number {
    fn from(value: isize) -> Self {
        Self(BigDecimal::from(i128::try_from(value).unwrap_or_default()).normalized())
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        Self(BigDecimal::from(u128::try_from(value).unwrap_or_default()).normalized())
    }
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        if text.len() > MAX_DIGITS {
            return Err(NumberError::TooLong);
        }
        let malformed = || NumberError::Malformed(text.chars().take(40).collect());
        // BigDecimal accepts digit separators, which no Terraform value has.
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        {
            return Err(malformed());
        }
        let value = BigDecimal::from_str(text).map_err(|_| malformed())?;
        let (_, scale) = value.as_bigint_and_exponent();
        if scale.abs() > MAX_EXPONENT {
            return Err(NumberError::TooLong);
        }
        Ok(Self(value.normalized()))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl fmt::Display for Number {
    /// Plain decimal notation, never with an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_plain_string())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let got = text
            .parse::<Number>()
            .map_or_else(|error| format!("error: {error}"), |number| number.to_string());
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn text() {
        let long = format!("1{}", "0".repeat(300));
        check("0", "0");
        check("-0", "0");
        check("007", "7");
        check("1.500", "1.5");
        check("100", "100");
        check("1e3", "1000");
        check("1E-3", "0.001");
        check("+5", "5");
        check("1e300", &long);
        check(&long, &long);
        check("1e400", &format!("1{}", "0".repeat(400)));
        check("9223372036854775808", "9223372036854775808");
        check(
            "0.1000000000000000055511151231257827",
            "0.1000000000000000055511151231257827",
        );
    }

    #[test]
    fn what_is_not_a_number() {
        for garbage in [
            "", " ", "x", "1_000", "0x1f", "1 2", "NaN", "inf", "-", ".", "e", "1e", "1e+", "--1", "1.2.3", "１",
        ] {
            check(garbage, &format!("error: `{garbage}` is not a decimal number"));
        }
        check(&"9".repeat(5_000), "error: the number has more than 4096 digits");
        for exponent in ["1e5000", "1e-5000", "1e99999999999", "1e-99999999999"] {
            check(exponent, "error: the number has more than 4096 digits");
        }
        for exponent in [
            "1e9223372036854775807",
            "1.5e-9223372036854775808",
            "1e99999999999999999999999",
        ] {
            assert!(exponent.parse::<Number>().is_err(), "{exponent}");
        }
    }

    #[test]
    fn machine_numbers() {
        let number = |text: &str| text.parse::<Number>().unwrap();
        assert_eq!(Number::from(i64::MAX).to_i64(), Some(i64::MAX));
        assert_eq!(Number::from(i64::MIN).to_i64(), Some(i64::MIN));
        assert_eq!(Number::from(u64::MAX).to_i64(), None);
        assert_eq!(number("9223372036854775807").to_i64(), Some(i64::MAX));
        assert_eq!(number("-9223372036854775809").to_i64(), None);
        assert_eq!(number("7.0").to_i64(), Some(7));
        assert_eq!(number("7.5").to_i64(), None);
        assert!(number("1e400").to_f64().is_infinite());
        assert_eq!(Number::from_f64(0.1), Some(number("0.1")));
        assert_eq!(Number::from_f64(-2.5e-10), Some(number("-0.00000000025")));
        assert_eq!(Number::from_f64(1e23), Some(number("99999999999999991611392")));
        assert_eq!(Number::from_f64(f64::NAN), None);
        assert_eq!(Number::from_f64(f64::NEG_INFINITY), None);
    }

    #[test]
    fn equality_ignores_the_spelling() {
        let number = |text: &str| text.parse::<Number>().unwrap();
        assert_eq!(number("1.0"), number("1"));
        assert_eq!(number("10e2"), Number::from(1_000_i64));
        assert!(number("0.1") < number("0.10000000000000000000000000000000001"));
        assert!(number("-1e300") < number("1"));
    }
}
