//! The watch as a whole: accounts and regions side by side.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future;

use super::{
    event::{WatchEnd, WatchEvent, Watched},
    region::Region,
    subject::Subject,
    watching::Watching,
};
use crate::{
    observe::{EcsReader, Slots, ecs, ecs::Counters},
    scan::{ADVICE, Access, Connect},
};

/// Watches the latest rollout of each daemon until it has ended, and answers the ends by ARN. A daemon that cannot be read
/// keeps none of the others from being watched.
pub async fn watch<C: Connect>(connector: &C, watching: &Watching<'_>, subjects: Vec<Subject>) -> Vec<Watched> {
    let slots = Slots::new(watching.concurrency);
    let mut by_access: BTreeMap<Access, Vec<Subject>> = BTreeMap::new();
    for subject in subjects {
        by_access.entry(subject.access.clone()).or_default().push(subject);
    }
    let watches = by_access
        .into_iter()
        .map(|(access, subjects)| of_access(connector, watching, access, subjects, &slots));
    let mut ended: Vec<Watched> = future::join_all(watches).await.into_iter().flatten().collect();
    ended.sort_by(|one, other| one.daemon.cmp(&other.daemon));
    ended
}

async fn of_access<C: Connect>(
    connector: &C,
    watching: &Watching<'_>,
    access: Access,
    subjects: Vec<Subject>,
    slots: &Slots,
) -> Vec<Watched> {
    let unread = |subject: &Subject, reason: String| {
        let watched = Watched::new(&subject.arn.to_string(), WatchEnd::Unread, vec![reason]);
        (watching.tell)(WatchEvent::Ended(watched.clone()));
        watched
    };
    let all_unread = |reason: &str| {
        let unread = subjects.iter().map(|subject| unread(subject, reason.to_owned()));
        unread.collect()
    };
    let aws = match connector.connect(&access).await {
        Ok(aws) => aws,
        Err(problem) => return all_unread(&format!("{}: {}", problem.summary, problem.detail)),
    };
    let counters = Arc::new(Counters::default());
    let account = match ecs::account(&aws, &counters).await {
        Ok(account) => account,
        Err(failure) => {
            let problem = failure.problem(&ADVICE, "find out the account of the credentials", "the caller");
            return all_unread(&format!("{}: {}", problem.summary, problem.detail));
        }
    };
    let mut by_region: BTreeMap<String, Vec<Subject>> = BTreeMap::new();
    let mut ended = Vec::new();
    for subject in subjects {
        if subject.arn.arn.account == account {
            by_region
                .entry(subject.arn.arn.region.clone())
                .or_default()
                .push(subject);
        } else {
            ended.push(unread(
                &subject,
                format!("The credentials are of the account {account}."),
            ));
        }
    }
    let regions = by_region.into_iter().map(|(name, subjects)| {
        let region = Region {
            reader: EcsReader::new(&aws, &name, slots.clone(), counters.clone()),
            client: aws.ecs(&name),
            watching,
        };
        async move { region.watch(subjects).await }
    });
    ended.extend(future::join_all(regions).await.into_iter().flatten());
    ended
}
