//! Reads many daemons with few calls.
//!
//! `DescribeDaemon` and `ListTagsForResource` know one daemon at a time; deployments and revisions come 20
//! to a call. So n daemons cost n + n (with tags) + n/20 + n/20 calls. A batch that is refused is asked for
//! one by one, so that one ARN that may not be read does not hide the other 19.

use std::{collections::BTreeMap, sync::Arc};

use aws::Failure;
use aws_sdk_ecs::types::{DaemonDeployment, DaemonDetail, DaemonRevision};
use daemons::{
    describe::{BATCH, Described, may_be_about_one},
    observe::{self, Answers, Known},
    unknown::Members,
};
use futures_util::{StreamExt, stream};

use super::{
    live::{Live, Reading},
    reader::{Reader, Tags},
};

/// Daemons whose own calls wait or run at a time. More than slots, so that those which wait for their pace leave
/// the slots to others.
const UNDER_WAY: usize = 64;

/// A daemon to read.
#[derive(Clone, Debug)]
pub struct Target {
    /// ARN.
    pub arn: String,
    /// Deployment in the source, to be described beside the latest one.
    pub deployment_arn: Option<String>,
    /// State that was known before, for the reading.
    pub known: Option<Known>,
    /// True if the tags are to be read; otherwise they count as none.
    pub with_tags: bool,
}

/// Records, or the failures to describe them, by ARN. An ARN that is on no record is not here.
type Batched<T> = BTreeMap<String, Result<Arc<Described<T>>, Failure>>;

/// Reads daemons; one reading for each target, in their order.
pub async fn fetch<R: Reader>(reader: &R, targets: &[Target]) -> Vec<Reading> {
    let asked = stream::iter(targets.iter().enumerate())
        .map(|(place, target)| async move { (place, ask(reader, target.clone()).await) });
    // A call that has to be repeated holds up none of those after it.
    let mut asked: Vec<_> = asked.buffer_unordered(UNDER_WAY).collect().await;
    asked.sort_by_key(|(place, _)| *place);
    complete(reader, asked.into_iter().map(|(_, asked)| asked).collect()).await
}

/// The answers about one daemon alone. Tags that cannot be read hide no setting.
type Own = Result<(DaemonDetail, Result<Option<Tags>, Failure>), Failure>;

/// A daemon about which alone everything was asked; what is described in batches is missing.
pub(crate) struct Asked {
    target: Target,
    own: Own,
}

/// Makes the calls that know one daemon at a time.
pub(crate) async fn ask<R: Reader>(reader: &R, target: Target) -> Asked {
    let own = own_calls(reader, &target).await;
    Asked { target, own }
}

/// Describes in batches what is missing, and reads the answers; one reading for each daemon, in their order.
pub(crate) async fn complete<R: Reader>(reader: &R, asked: Vec<Asked>) -> Vec<Reading> {
    let needed = asked
        .iter()
        .flat_map(|asked| deployments_needed(&asked.target, &asked.own));
    let deployments = describe(needed.collect(), |arns| reader.describe_deployments(arns)).await;
    let first: Vec<_> = asked
        .into_iter()
        .map(|Asked { target, own }| (First::new(&target, own, &deployments), target))
        .collect();
    let needed = first.iter().filter_map(|(first, _)| first.as_ref().ok());
    let needed = needed.flat_map(|first| observe::revisions_needed(&first.detail, &first.deployments));
    let revisions = describe(needed.collect(), |arns| reader.describe_revisions(arns)).await;
    let readings = first.into_iter().map(|(first, target)| match first {
        Ok(first) => first.read(&target, &revisions),
        Err(reading) => *reading,
    });
    readings.collect()
}

async fn own_calls<R: Reader>(reader: &R, target: &Target) -> Own {
    let arn = target.arn.as_str();
    if !target.with_tags {
        return Ok((reader.describe_daemon(arn).await?, Ok(Some(Tags::new()))));
    }
    let (detail, tags) = tokio::join!(reader.describe_daemon(arn), reader.list_tags(arn));
    Ok((detail?, tags))
}

fn deployments_needed(target: &Target, own: &Own) -> Vec<String> {
    let Ok((detail, _)) = own else { return Vec::new() };
    let latest = detail.deployment_arn().map(str::to_owned);
    let source = target.deployment_arn.clone().filter(|arn| !arn.is_empty());
    let mut arns: Vec<String> = latest.into_iter().chain(source).collect();
    arns.dedup();
    arns
}

/// Describes things in batches; on a refused batch one by one.
pub(crate) async fn describe<T, F>(mut arns: Vec<String>, ask: impl Fn(Vec<String>) -> F) -> Batched<T>
where
    F: Future<Output = Result<Vec<Described<T>>, Failure>>,
{
    arns.sort();
    arns.dedup();
    let ask = &ask;
    let batches: Vec<Vec<String>> = arns.chunks(BATCH).map(<[String]>::to_vec).collect();
    let answers = stream::iter(batches).map(|batch| async move {
        let answer = ask(batch.clone()).await;
        (batch, answer)
    });
    let answers: Vec<_> = answers.buffered(UNDER_WAY).collect().await;
    let mut described = Batched::new();
    for (batch, answer) in answers {
        match answer {
            Err(failure) if batch.len() > 1 && may_be_about_one(&failure) => {
                for arn in batch {
                    let answer = ask(vec![arn.clone()]).await;
                    note(&mut described, &[arn], answer);
                }
            }
            answer => note(&mut described, &batch, answer),
        }
    }
    described
}

fn note<T>(described: &mut Batched<T>, batch: &[String], answer: Result<Vec<Described<T>>, Failure>) {
    match answer {
        Ok(things) => described.extend(things.into_iter().map(|thing| (thing.arn.clone(), Ok(Arc::new(thing))))),
        Err(failure) => described.extend(batch.iter().map(|arn| (arn.clone(), Err(failure.clone())))),
    }
}

/// A daemon whose revisions are not described yet.
struct First {
    detail: DaemonDetail,
    tags: Result<Option<Tags>, Failure>,
    deployments: Vec<DaemonDeployment>,
    unknown_members: Members,
}

impl First {
    fn new(target: &Target, own: Own, described: &Batched<DaemonDeployment>) -> Result<Self, Box<Reading>> {
        let needed = deployments_needed(target, &own);
        let (detail, tags) = own.map_err(Reading::of_failure)?;
        let mut unknown_members = Members::default();
        let deployments = pick(&needed, described, &mut unknown_members).map_err(Reading::Failed)?;
        Ok(Self {
            detail,
            tags,
            deployments,
            unknown_members,
        })
    }

    fn read(self, target: &Target, described: &Batched<DaemonRevision>) -> Reading {
        let Self {
            detail,
            tags,
            deployments,
            mut unknown_members,
        } = self;
        let needed = observe::revisions_needed(&detail, &deployments);
        let revisions = match pick(&needed, described, &mut unknown_members) {
            Ok(revisions) => revisions,
            Err(failure) => return Reading::Failed(failure),
        };
        let (tags, tags_unread) = match tags {
            Ok(tags) => (tags, None),
            Err(failure) => (Some(Tags::new()), Some(failure)),
        };
        let answers = Answers {
            daemon: detail,
            deployments,
            revisions,
            tags,
            unknown_members,
        };
        match observe::observe(&answers, target.known.as_ref()) {
            Ok(observed) => Reading::Live(Box::new(Live {
                detail: answers.daemon,
                deployments: answers.deployments,
                revisions: answers.revisions,
                observed,
                tags_unread,
            })),
            Err(torn) => Reading::Torn(torn),
        }
    }
}

/// Those of the ARNs that were described, what is unknown in them noted; the failure if one of them failed.
fn pick<T: Clone>(arns: &[String], described: &Batched<T>, unknown: &mut Members) -> Result<Vec<T>, Failure> {
    let found = arns.iter().filter_map(|arn| described.get(arn));
    found
        .map(|answer| match answer {
            Ok(thing) => Ok(Described::clone(thing).noted(unknown)),
            Err(failure) => Err(failure.clone()),
        })
        .collect()
}
