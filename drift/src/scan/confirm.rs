//! Reads daemons until what was read can be believed.
//!
//! | first reading | what is done before it is believed |
//! |---|---|
//! | torn | read again, some times, with growing pauses; if only the tags are not there then, without them |
//! | not found | read again after 5 s, looked for in the list of its cluster, and read a last time |
//! | differs from what is wanted | read again at once; if its deployment moved meanwhile, once more |
//! | differs, and the source's deployment is unknown; or instances run what should not run | read again, some times: these are mostly answers of two moments |
//! | a deployment is not on record, nothing differs | the record alone is asked for again, 20 to a call; only if it is there now, the daemon is read again |
//! | as wanted | nothing: this is what keeps a scan cheap |

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws::{Failure, FailureKind};
use daemons::{
    absent,
    observe::{Known, Torn},
};
use jiff::Timestamp;

use super::Options;
use crate::{
    explain,
    observe::{End, Live, Reader, Reading, Target, describe, fetch},
    source::Wanted,
};

/// Readings after which torn answers are taken as final.
const TRIES: u32 = 8;
/// First pause between them; it grows by half up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between them.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Time after the first "not found" from which a second one counts.
const ABSENT_PAUSE: Duration = Duration::from_secs(5);
/// Readings of a daemon whose deployment keeps moving.
const MOVES: u32 = 3;

/// Readings that can be believed.
pub(super) struct Settled {
    /// One for each daemon, in their order.
    pub(super) readings: Vec<Reading>,
    /// Daemons that were read more than once, counted each time.
    pub(super) read_again: u64,
}

/// The reason why a reading is not believed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Something differs.
    Differs,
    /// It is torn, or something is not there: seconds have to pass.
    Pauses,
    /// Nothing differs, but a record is missing.
    OffRecord,
}

impl Doubt {
    pub(super) const ALL: [Self; 3] = [Self::Differs, Self::Pauses, Self::OffRecord];

    /// The reason why this reading is not believed; none if it is.
    pub(super) fn about(wanted: &Wanted, reading: &Reading) -> Option<Self> {
        match reading {
            Reading::Live(live) if explain::needs_history(wanted, live) || explain::seems_torn(wanted, live) => {
                Some(Self::Differs)
            }
            Reading::Live(live) => (!explain::off_record(wanted, live).is_empty()).then_some(Self::OffRecord),
            Reading::Torn(_) | Reading::DaemonNotFound | Reading::ClusterNotFound => Some(Self::Pauses),
            Reading::Failed(_) => None,
        }
    }

    /// True if a few are looked at soon, although more of them could share the calls.
    pub(super) fn is_worth_calls(self) -> bool {
        self != Self::OffRecord
    }
}

/// Reads some daemons until their readings can be believed.
pub(super) async fn settle<R: Reader>(
    reader: &R,
    wanted: &[&Wanted],
    readings: Vec<Reading>,
    options: &Options,
) -> Settled {
    let mut chunk = Chunk {
        reader,
        targets: wanted
            .iter()
            .map(|wanted| target(wanted, options.explain.tags))
            .collect(),
        readings,
        confirmed: BTreeSet::new(),
        read_again: 0,
        tagless: BTreeSet::new(),
        end: &options.end,
    };
    chunk.mend_torn().await;
    chunk.confirm_absent(wanted).await;
    chunk.confirm_off_record(wanted).await;
    chunk.confirm_different(wanted).await;
    // What was torn or gone on the way gets its chance, too.
    chunk.mend_torn().await;
    chunk.confirm_absent(wanted).await;
    Settled {
        readings: chunk.readings,
        read_again: chunk.read_again,
    }
}

struct Chunk<'a, R> {
    reader: &'a R,
    targets: Vec<Target>,
    readings: Vec<Reading>,
    /// Places whose absence has been looked into.
    confirmed: BTreeSet<usize>,
    read_again: u64,
    /// Places that are read without tags, since `ListTagsForResource` does not come to know the daemon.
    tagless: BTreeSet<usize>,
    end: &'a End,
}

impl<R: Reader> Chunk<'_, R> {
    /// Places of the readings for which a test holds.
    fn places(&self, test: impl Fn(usize, &Reading) -> bool) -> Vec<usize> {
        let all = self.readings.iter().enumerate();
        all.filter(|(place, reading)| test(*place, reading))
            .map(|(place, _)| place)
            .collect()
    }

    async fn again(&mut self, places: &[usize]) {
        if places.is_empty() {
            return;
        }
        let targets: Vec<Target> = places
            .iter()
            .filter_map(|place| self.targets.get(*place).cloned())
            .collect();
        self.read_again += u64::try_from(targets.len()).unwrap_or(u64::MAX);
        let readings = fetch(self.reader, &targets).await;
        for (place, mut reading) in places.iter().zip(readings) {
            if let (Reading::Live(live), true) = (&mut reading, self.tagless.contains(place)) {
                live.tags_unread = Some(tags_not_known());
            }
            if let Some(old) = self.readings.get_mut(*place) {
                *old = reading;
            }
        }
    }

    async fn mend_torn(&mut self) {
        let mut pause = FIRST_PAUSE;
        for _ in 1..TRIES {
            let torn = self.places(|_, reading| matches!(reading, Reading::Torn(_)));
            if torn.is_empty() {
                return;
            }
            self.end.sleep(pause).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
            self.again(&torn).await;
        }
        self.leave_tags().await;
    }

    /// Reads those again of which only the tags are not there, without them: the settings are none the less known.
    async fn leave_tags(&mut self) {
        let lacking = self.places(|_, reading| matches!(reading, Reading::Torn(Torn::TagsMissing)));
        for target in lacking.iter().copied() {
            if let Some(target) = self.targets.get_mut(target) {
                target.with_tags = false;
            }
        }
        self.tagless.extend(&lacking);
        self.again(&lacking).await;
    }

    /// A daemon that is not found may be one that a stale answer hides.
    async fn confirm_absent(&mut self, wanted: &[&Wanted]) {
        let is_absent = |reading: &Reading| matches!(reading, Reading::DaemonNotFound | Reading::ClusterNotFound);
        let absent = self.places(|place, reading| is_absent(reading) && !self.confirmed.contains(&place));
        if absent.is_empty() {
            return;
        }
        self.end.sleep(ABSENT_PAUSE).await;
        self.again(&absent).await;
        let mut lists: BTreeMap<String, Result<BTreeSet<String>, Failure>> = BTreeMap::new();
        for place in absent.iter().copied() {
            if !matches!(self.readings.get(place), Some(Reading::DaemonNotFound)) {
                continue;
            }
            let Some(wanted) = wanted.get(place) else { continue };
            let cluster = wanted.arn.cluster_arn().to_string();
            if !lists.contains_key(&cluster) {
                let list = self.reader.list_daemons(&cluster).await;
                lists.insert(cluster.clone(), list.map(|daemons| daemons.into_keys().collect()));
            }
            let verdict = match lists.get(&cluster) {
                Some(Ok(listed)) if listed.contains(&wanted.arn.to_string()) => Some(Reading::Torn(Torn::Empty)),
                Some(Err(failure)) if absent::is_cluster(failure) => Some(Reading::ClusterNotFound),
                Some(Err(failure)) => Some(Reading::Failed(failure.clone())),
                _ => None,
            };
            if let (Some(verdict), Some(reading)) = (verdict, self.readings.get_mut(place)) {
                *reading = verdict;
            }
        }
        // Answers of just after a write may be older than it, those of the list, too.
        let is_unlisted = |place: &usize| matches!(self.readings.get(*place), Some(Reading::DaemonNotFound));
        let absent: Vec<usize> = absent.into_iter().filter(is_unlisted).collect();
        self.again(&absent).await;
        self.confirmed = self.places(|_, reading| is_absent(reading)).into_iter().collect();
    }

    /// A record that is missing has expired, or is younger than the answer without it.
    async fn confirm_off_record(&mut self, wanted: &[&Wanted]) {
        let mut open: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (place, (reading, wanted)) in self.readings.iter().zip(wanted).enumerate() {
            let Reading::Live(live) = reading else { continue };
            let missing = explain::off_record(wanted, live);
            if !missing.is_empty() && !explain::needs_history(wanted, live) {
                open.insert(place, missing);
            }
        }
        if open.is_empty() {
            return;
        }
        let asked = open.values().flatten().cloned().collect();
        let found = describe(asked, |arns| self.reader.describe_deployments(arns)).await;
        let is_there = |arn: &String| matches!(found.get(arn), Some(Ok(_)));
        let appeared = open.iter().filter(|(_, missing)| missing.iter().any(is_there));
        let appeared: Vec<usize> = appeared.map(|(place, _)| *place).collect();
        self.again(&appeared).await;
    }

    /// Reads daemons that differ once more, since a difference may be an apply that goes on right now.
    async fn confirm_different(&mut self, wanted: &[&Wanted]) {
        let differs = |place: usize, reading: &Reading| {
            let wanted = wanted.get(place);
            wanted.is_some_and(|wanted| Doubt::about(wanted, reading) == Some(Doubt::Differs))
        };
        let mut open = self.places(differs);
        for _ in 0..MOVES {
            if open.is_empty() {
                return;
            }
            let before: Vec<Option<String>> = open.iter().map(|place| self.latest(*place)).collect();
            self.again(&open).await;
            let moved = open
                .iter()
                .zip(before)
                .filter(|(place, before)| self.latest(**place) != *before || self.seems_torn(**place, wanted));
            open = moved.map(|(place, _)| *place).collect();
        }
    }

    fn seems_torn(&self, place: usize, wanted: &[&Wanted]) -> bool {
        match (self.readings.get(place), wanted.get(place)) {
            (Some(Reading::Live(live)), Some(wanted)) => explain::seems_torn(wanted, live),
            _ => false,
        }
    }

    fn latest(&self, place: usize) -> Option<String> {
        match self.readings.get(place)? {
            Reading::Live(live) => live.detail.deployment_arn().map(str::to_owned),
            _ => None,
        }
    }
}

/// The failure that stands for tags which stay unknown although ECS knows the daemon.
fn tags_not_known() -> Failure {
    Failure {
        operation: "ListTagsForResource",
        kind: FailureKind::Refused,
        code: None,
        message: "it does not know the daemon, also after reading again".to_owned(),
        request_id: None,
    }
}

/// The target to read, with the state that was known before. A plan knows what its refresh saw, which is older than
/// what it wants.
pub(super) fn target(wanted: &Wanted, with_tags: bool) -> Target {
    let settings = wanted.last_seen().expose().clone();
    let known = wanted.deployment_arn.clone().map(|deployment_arn| Known {
        deployment_arn,
        revision: None,
        settings,
        just_made: false,
        ended: false,
        settled: false,
    });
    Target {
        arn: wanted.arn.to_string(),
        deployment_arn: wanted.deployment_arn.clone(),
        known,
        with_tags,
    }
}

/// The latest time that the answers about a daemon name.
pub(super) fn latest_time(live: &Live) -> Option<Timestamp> {
    let own = [live.detail.created_at(), live.detail.updated_at()];
    let deployments = live.deployments.iter().flat_map(|deployment| {
        [
            deployment.created_at(),
            deployment.started_at(),
            deployment.stopped_at(),
            deployment.finished_at(),
        ]
    });
    let times = own.into_iter().chain(deployments).flatten();
    times
        .filter_map(|time| Timestamp::from_nanosecond(time.as_nanos()).ok())
        .max()
}
