//! The retained revisions that are still there to go back to.
//!
//! A plan asks nobody, so a revision that was deleted outside would be offered until an apply fails. Therefore a refresh
//! takes such revisions out of the state. It costs one call, and only where a plan could take a retained revision.

use std::collections::BTreeSet;

use aws::Failure;
use aws_sdk_ecs::{Client, types::SortOrder};
use daemons::{arn::RevisionArn, poll::Poll};
use tfplug_core::{Value, resource::ReadResponse};

use super::{api, contents::Contents, plan::ACTIVE, table::name};

/// Most pages of a family that are looked through, newest revisions first. Older ones count as there.
const MOST_PAGES: usize = 5;

/// Takes the revisions that are no longer there out of the answer of a read.
pub(super) async fn drop_deleted(
    client: &Client,
    poll: &Poll,
    arn: &RevisionArn,
    mut read: ReadResponse,
) -> ReadResponse {
    let retained = read.state.get(name::RETAINED).clone();
    let contents = Contents::from_private(&read.private).of(&retained);
    if contents.is_empty() {
        return read;
    }
    let arns = retained.elements().filter_map(Value::as_str);
    let unlisted = match unlisted(client, &arn.family, arns.map(str::to_owned).collect()).await {
        Ok(unlisted) => unlisted,
        Err(failure) => {
            // The apply looks at a revision before it takes it.
            tracing::warn!(%arn, error = %failure.message, "retained revisions could not be looked at");
            return read;
        }
    };
    let mut deleted = BTreeSet::new();
    for revision in unlisted {
        // A list may lag behind, and what leaves the state is not deleted with the resource.
        if let Ok(found) = api::read(client, poll, &revision).await
            && found.is_none_or(|(found, _)| found.status != ACTIVE)
        {
            tracing::info!(%revision, "a retained revision was deleted outside");
            deleted.insert(revision);
        }
    }
    let is_there = |arn: &&Value| arn.as_str().is_none_or(|arn| !deleted.contains(arn));
    let left = Value::list(retained.elements().filter(is_there).cloned());
    read.private = contents.of(&left).to_private();
    read.state.insert(name::RETAINED, left);
    read
}

/// Those of the revisions that the list of the active ones of their family does not have.
async fn unlisted(client: &Client, family: &str, mut revisions: BTreeSet<String>) -> Result<BTreeSet<String>, Failure> {
    const OPERATION: &str = "ListDaemonTaskDefinitions";
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let call = client
            .list_daemon_task_definitions()
            .family(family)
            .sort(SortOrder::Desc)
            .set_next_token(token);
        let answer = call.send().await.map_err(|error| Failure::from_sdk(OPERATION, error))?;
        for listed in answer.daemon_task_definitions.unwrap_or_default() {
            revisions.remove(listed.arn().unwrap_or_default());
        }
        token = answer.next_token;
        if revisions.is_empty() || token.is_none() {
            return Ok(revisions);
        }
    }
    Ok(BTreeSet::new())
}
