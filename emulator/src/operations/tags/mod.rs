//! Operations on tags of any resource.

pub(super) mod list_tags_for_resource;
pub(super) mod tag_resource;
pub(super) mod untag_resource;
