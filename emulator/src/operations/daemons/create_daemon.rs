//! `CreateDaemon`. The daemon is ACTIVE in the answer; its first deployment has only begun.

use serde_json::{Value, json};

use super::daemon_request::{Wanted, make_revision};
use crate::api::{ApiError, Call};
use crate::knobs::DuplicateCreate;
use crate::operations::shared::answer::timestamp;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::{client, invalid};
use crate::operations::shared::request::{Request, is_name};
use crate::operations::shared::{lookup, tagging};
use crate::records::daemon::{Daemon, Purpose};
use crate::records::events::Kind;
use crate::records::names::Tags;
use crate::records::replay::Replay;
use crate::simulation::Opening;
use crate::simulation::region::Region;

/// Longest client token.
const TOKEN_LENGTH: usize = 36;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let name = request.required("daemonName");
    if !is_name(name) {
        return Err(invalid(
            "A daemon name has up to 255 letters, digits, hyphens and underscores.",
        ));
    }
    let cluster = lookup::active_cluster(region.records, &region.scope, request.text("clusterArn"))?
        .name
        .clone();
    let token = token(request)?.map(|token| (cluster.clone(), token.to_owned()));
    if let Some(replay) = token.as_ref().and_then(|token| region.records.replays.get(token)) {
        return replayed(replay, call);
    }
    let wanted = Wanted::read(region.records, &region.scope, &cluster, request)?;
    let tags = tagging::requested(request)?;
    let arn = region.arn(&format!("daemon/{cluster}/{name}"));
    if let Some(existing) = region.records.daemons.get(&arn) {
        return duplicate(region, existing);
    }
    create(region, &cluster, name, &arn, &wanted, tags);
    let answer = region.records.daemons.get(&arn).map_or(Value::Null, created);
    if let Some(token) = token {
        let replay = Replay {
            daemon: arn,
            body: call.body.clone(),
            answer: answer.clone(),
        };
        region.records.replays.insert(token, replay);
    }
    Ok(answer)
}

fn create(region: &mut Region<'_>, cluster: &str, name: &str, arn: &str, wanted: &Wanted, tags: Tags) {
    let now = region.now();
    let mut daemon = Daemon {
        arn: arn.to_owned(),
        name: name.to_owned(),
        cluster: cluster.to_owned(),
        cluster_arn: region.arn(&format!("cluster/{cluster}")),
        active: true,
        created_at: now,
        updated_at: now,
        deployment: String::new(),
        goal: None,
        withdrawn: false,
        good: None,
        tags,
    };
    let write = region.write();
    region.records.daemons.insert(arn.to_owned(), daemon.clone(), write);
    region.note(
        Kind::Daemon,
        json!({ "daemon": name, "daemonArn": arn, "status": daemon.status() }),
    );
    let goal = make_revision(region, &daemon, wanted);
    daemon.goal = Some(goal.clone());
    let opening = Opening {
        purpose: Purpose::Rollout,
        target: Some(goal.clone()),
        sources: Vec::new(),
        configuration: wanted.configuration.clone(),
    };
    let deployment = region.open_deployment(&daemon, opening);
    if let Some(daemon) = region.records.daemons.change(arn, write) {
        daemon.deployment = deployment;
    }
    region.set_goal(arn, Some(&goal));
}

fn created(daemon: &Daemon) -> Value {
    json!({
        "daemonArn": daemon.arn,
        "status": daemon.status(),
        "createdAt": timestamp(daemon.created_at),
        "deploymentArn": daemon.deployment,
    })
}

/// The client token of a request, checked.
fn token(request: Request<'_>) -> Result<Option<&str>, ApiError> {
    let Some(token) = request.text("clientToken") else {
        return Ok(None);
    };
    let printable = token.bytes().all(|byte| (33..=126).contains(&byte));
    if printable && token.len() <= TOKEN_LENGTH {
        Ok(Some(token))
    } else {
        Err(invalid(format!(
            "A client token has up to {TOKEN_LENGTH} printable ASCII characters without spaces."
        )))
    }
}

/// Assumed: the same token with the same request repeats the answer, with another one it is refused.
fn replayed(replay: &Replay, call: &Call) -> Answer {
    if replay.body == call.body {
        Ok(replay.answer.clone())
    } else {
        Err(invalid("The client token was used before for another request."))
    }
}

/// Assumed: a taken name is refused like that of a service, while deletion runs too.
fn duplicate(region: &Region<'_>, existing: &Daemon) -> Answer {
    match region.shared.knobs.duplicate_create {
        DuplicateCreate::ReturnsExisting if existing.active => Ok(created(existing)),
        _ if existing.active => Err(invalid(format!(
            "A daemon named {} already exists in the cluster.",
            existing.name
        ))),
        _ => Err(client(format!("A daemon named {} is being deleted.", existing.name))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_tokens_are_short_and_printable() {
        let check = |token: &str, valid: bool| {
            let members = serde_json::Map::from_iter([("clientToken".to_owned(), Value::from(token))]);
            assert_eq!(super::token(Request(&members)).is_ok(), valid, "{token:?}");
        };
        check("0123456789abcdef", true);
        check(&"x".repeat(36), true);
        check(&"x".repeat(37), false);
        check("with space", false);
        check("ümlaut", false);
    }
}
