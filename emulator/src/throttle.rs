//! Token buckets in the form that AWS publishes for the ECS API: per account, region and group of operations, with a
//! capacity (burst) and a refill per second (sustained).
//!
//! The group "cluster read" with its capacity of 50 is AWS's own published example. The numbers of the other groups
//! and the daemons' membership in the service groups are assumed; docs/emulator-fidelity.md lists them. Buckets refill
//! in host time, because a client's backoff sleeps in host time and a jumping clock stands still meanwhile.

use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::api::Scope;

/// Group of operations that share a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    ClusterRead,
    ClusterModify,
    ServiceRead,
    ServiceModify,
    DefinitionRead,
    DefinitionModify,
    Tags,
}

impl Group {
    fn of(operation: &str) -> Self {
        let read = operation.starts_with("Describe") || operation.starts_with("List");
        if operation.contains("Tag") {
            Self::Tags
        } else if operation.contains("TaskDefinition") {
            if read {
                Self::DefinitionRead
            } else {
                Self::DefinitionModify
            }
        } else if operation.contains("Cluster") || operation.contains("CapacityProvider") {
            if read { Self::ClusterRead } else { Self::ClusterModify }
        } else if read {
            Self::ServiceRead
        } else {
            Self::ServiceModify
        }
    }

    /// Capacity, and tokens per second.
    fn limits(self) -> (f64, f64) {
        match self {
            Self::ClusterRead | Self::DefinitionRead => (50.0, 20.0),
            Self::ClusterModify | Self::DefinitionModify => (20.0, 1.0),
            Self::ServiceRead => (100.0, 20.0),
            Self::ServiceModify => (50.0, 5.0),
            Self::Tags => (20.0, 10.0),
        }
    }
}

/// All buckets that were used so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Throttle {
    buckets: BTreeMap<(Scope, Group), (f64, Instant)>,
}

impl Throttle {
    /// Takes a token; `false` when the bucket is empty.
    pub(crate) fn admit(&mut self, scope: &Scope, operation: &str) -> bool {
        let group = Group::of(operation);
        let (capacity, refill) = group.limits();
        let now = Instant::now();
        let (tokens, filled) = self.buckets.entry((scope.clone(), group)).or_insert((capacity, now));
        let seconds = now.saturating_duration_since(*filled).as_secs_f64();
        *tokens = (*tokens + seconds * refill).min(capacity);
        *filled = now;
        if *tokens < 1.0 {
            return false;
        }
        *tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Throttle;
    use crate::api::Scope;

    #[tokio::test(start_paused = true)]
    async fn a_burst_empties_the_bucket_and_time_refills_it() {
        let scope = Scope {
            account: "1".into(),
            region: "r".into(),
        };
        let mut throttle = Throttle::default();
        let admitted = (0..60).filter(|_| throttle.admit(&scope, "DescribeClusters")).count();
        assert_eq!(admitted, 50);
        assert!(throttle.admit(&scope, "DescribeDaemon"), "another bucket");
        tokio::time::advance(Duration::from_secs(1)).await;
        let admitted = (0..60).filter(|_| throttle.admit(&scope, "ListClusters")).count();
        assert_eq!(admitted, 20);
    }
}
