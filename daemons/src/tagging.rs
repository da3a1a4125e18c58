//! The three tagging calls, the same for every resource.

use std::collections::BTreeMap;

use aws::Failure;
use aws_sdk_ecs::{Client, types::Tag};

use crate::{absent, tags::TagChanges};

/// Tags of a resource.
pub async fn list(client: &Client, arn: &str) -> Result<BTreeMap<String, String>, Failure> {
    const OPERATION: &str = "ListTagsForResource";
    let answer = client.list_tags_for_resource().resource_arn(arn).send().await;
    let answer = answer.map_err(|error| Failure::from_sdk(OPERATION, error))?;
    // No member of the answer is required by the model: no list is taken for no tags, no value for an empty one.
    let tags = answer.tags.unwrap_or_default().into_iter();
    tags.map(|tag| {
        let key = tag
            .key
            .ok_or_else(|| Failure::unfit(OPERATION, "a tag in it has no key"))?;
        Ok((key, tag.value.unwrap_or_default()))
    })
    .collect()
}

/// Tags of a resource that is there; `None` while tagging does not know it yet.
pub async fn list_if_visible(client: &Client, arn: &str) -> Result<Option<BTreeMap<String, String>>, Failure> {
    match list(client, arn).await {
        Ok(tags) => Ok(Some(tags)),
        Err(failure) if absent::is_tagged_object(&failure) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Sets and removes what changed; calls nothing when nothing did.
pub async fn send(client: &Client, arn: &str, changes: TagChanges) -> Result<(), Failure> {
    if !changes.remove.is_empty() {
        let call = client
            .untag_resource()
            .resource_arn(arn)
            .set_tag_keys(Some(changes.remove))
            .send()
            .await;
        call.map_err(|error| Failure::from_sdk("UntagResource", error))?;
    }
    if !changes.set.is_empty() {
        let call = client
            .tag_resource()
            .resource_arn(arn)
            .set_tags(Some(api_tags(&changes.set)))
            .send()
            .await;
        call.map_err(|error| Failure::from_sdk("TagResource", error))?;
    }
    Ok(())
}

/// Tags in the form of the API.
pub fn api_tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}
