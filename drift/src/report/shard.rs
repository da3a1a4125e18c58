//! One of several parts of an estate, each of which a job of its own scans. All daemons of a cluster are in one part, since
//! what is said of a cluster needs all that inputs want of it.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Most parts.
const MOST: u32 = 1000;

/// A part of an estate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// Number of the part, from 1.
    pub part: u32,
    /// Number of all parts.
    pub of: u32,
}

impl Shard {
    /// True if a cluster is in this part. The answer depends on nothing but the ARN, so that jobs need not agree.
    pub fn has(self, cluster_arn: &str) -> bool {
        let hash = Sha256::digest(cluster_arn);
        let number = hash
            .iter()
            .take(8)
            .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        number % u64::from(self.of.max(1)) + 1 == u64::from(self.part)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("it must be a part and the number of all parts, such as 2/8; at most {MOST}");
        let (part, of) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<u32>().map_err(|_| wrong());
        let (part, of) = (number(part)?, number(of)?);
        if (1..=of).contains(&part) && of <= MOST {
            Ok(Self { part, of })
        } else {
            Err(wrong())
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.part, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cluster_is_in_one_part() {
        let mut sizes = [0; 8];
        for number in 0..800 {
            let arn = format!("arn:aws:ecs:eu-central-1:123456789012:cluster/c{number}");
            let parts: Vec<u32> = (1..=8).filter(|part| Shard { part: *part, of: 8 }.has(&arn)).collect();
            let [part] = parts.as_slice() else { panic!("{parts:?}") };
            sizes[usize::try_from(part - 1).unwrap()] += 1;
        }
        assert!(sizes.iter().all(|size| (60..140).contains(size)), "{sizes:?}");
        // Jobs of two versions must agree.
        assert!(Shard { part: 6, of: 8 }.has("arn:aws:ecs:eu-central-1:123456789012:cluster/prod"));
    }

    #[test]
    fn a_part_is_one_of_all() {
        assert_eq!("2/8".parse(), Ok(Shard { part: 2, of: 8 }));
        for wrong in ["", "2", "0/8", "9/8", "1/0", "a/b", "1/1001", "-1/2", "1/2/3"] {
            assert!(wrong.parse::<Shard>().unwrap_err().contains("such as 2/8"), "{wrong}");
        }
    }
}
