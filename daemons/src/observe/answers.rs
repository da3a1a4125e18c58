//! The input of [`observe`](super::observe): what ECS answers, what was known before, and how the answers may contradict
//! each other.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{DaemonDeployment, DaemonDetail, DaemonRevision};

use crate::{settings::Settings, unknown};

/// The answers, as they came.
#[derive(Clone, Debug)]
pub struct Answers {
    /// `DescribeDaemon`.
    pub daemon: DaemonDetail,
    /// `DescribeDaemonDeployments` of the latest deployment and of the one in the state; none if the description
    /// confirms a settled daemon.
    pub deployments: Vec<DaemonDeployment>,
    /// `DescribeDaemonRevisions` of [`revisions_needed`](super::revisions_needed).
    pub revisions: Vec<DaemonRevision>,
    /// `ListTagsForResource`; `None` when it does not know the daemon yet.
    pub tags: Option<BTreeMap<String, String>>,
    /// Settings in the answers that this version does not know.
    pub unknown_members: unknown::Members,
}

/// The knowledge from before: the settings in the state and the deployment that made them.
#[derive(Clone, Debug)]
pub struct Known {
    /// Deployment in the state.
    pub deployment_arn: String,
    /// Revision that counted before, if it is known.
    pub revision: Option<KnownRevision>,
    /// Settings in the state.
    pub settings: Settings,
    /// True if this very apply made the deployment, so that not seeing it is a stale answer.
    pub just_made: bool,
    /// True if its end was seen, so that an answer in which it goes on is a stale one.
    pub ended: bool,
    /// True if the settings are what a reading of a [settled](super::Observed::is_settled) daemon has seen under this
    /// deployment and revision, so that the description of the daemon alone can confirm them.
    pub settled: bool,
}

/// A revision as it was seen before. Each `UpdateDaemon` makes another one, so what a revision runs on does not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRevision {
    /// Its ARN. It is asked for in the first round trip; that it counts no more costs another one and nothing else.
    pub arn: String,
    /// Capacity providers that it was given.
    pub capacity_provider_arns: BTreeSet<String>,
}

/// Answers that contradict each other; reading again helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Torn {
    /// A revision that counts is not readable yet.
    RevisionMissing(String),
    /// The daemon names a deployment older than the one in the state.
    BackInTime {
        /// Deployment that the answer names.
        answered: String,
        /// Newer deployment in the state.
        known: String,
    },
    /// A deployment that has ended is still under way.
    BeforeItsEnd(String),
    /// The daemon is there, but its tags are not yet.
    TagsMissing,
    /// The daemon names no deployment and no revision.
    Empty,
    /// A record lacks a member that settings are read from.
    MemberMissing {
        /// ARN of the record.
        record: String,
        /// Name of the member in the API.
        member: &'static str,
    },
}
